/*
 * onion - a Tor v3 onion service of a pseudonym: its address, and the files that tor keeps its key
 * in (rend-spec-v3, "Encoding onion addresses"; tor's HiddenServiceDir).
 */
#ifndef SG_PSEUDONYM_ONION_H
#define SG_PSEUDONYM_ONION_H

#include "base/error.h"

#define SG_ONION_HOST_CHARS 62 /* 56 of base32 and ".onion" */
#define SG_ONION_SECRET_BYTES 96
#define SG_ONION_PUBLIC_BYTES 64
#define SG_ONION_SEED_BYTES 32

/* The address of a public key, with a NUL. */
void sg_onion_host(char host[static SG_ONION_HOST_CHARS + 1], const uint8_t key[static 32]);

/*
 * What is in hs_ed25519_secret_key and hs_ed25519_public_key for a seed. `secret` is secret: tag,
 * and the expanded key SHA-512(seed) with its scalar clamped, which the caller wipes.
 */
void sg_onion_secret_file(uint8_t secret[static SG_ONION_SECRET_BYTES],
                          const uint8_t seed[static SG_ONION_SEED_BYTES]);
void sg_onion_public_file(uint8_t public[static SG_ONION_PUBLIC_BYTES],
                          const uint8_t seed[static SG_ONION_SEED_BYTES]);

#endif
