/*
 * siv - Seal and Open (signet-ratchet(7), "Seal"): authenticated encryption that commits to its key
 * and needs no nonce.
 *
 *     Km || Ke = PRF64(K, "seal");  T = BLAKE2b-256(key = Km, u64(|ad|) || ad || P)
 *     Seal = T || XChaCha20(key = Ke, nonce = T[0..23], counter 0) xor P
 *
 * Sealing the same thing twice under one key gives the same bytes, and that is all that it leaks.
 */
#ifndef SG_RATCHET_SIV_H
#define SG_RATCHET_SIV_H

#include "base/error.h"

#include <stdbool.h>

#define SG_SIV_TAG_BYTES 32

/* A key made ready for use, which is how keys that serve often are kept. Secret. */
struct sg_siv_key {
    uint8_t mac[32]; /* Km */
    uint8_t enc[32]; /* Ke */
};

/* A piece of what is authenticated beside the message. */
struct sg_span {
    const void *p;
    size_t n;
};

void sg_siv_key(struct sg_siv_key *key, const uint8_t secret[static 32]);

/* Seals n bytes into n + 32 at out. `in` may be out + 32; else they must not overlap. */
void sg_siv_seal(uint8_t *out, const struct sg_siv_key *key, const struct sg_span *ad, size_t ads,
                 const uint8_t *in, size_t n);

/*
 * Opens n bytes, 32 or more, into n - 32 at out, which does not overlap them. False, with out
 * wiped, when they were not sealed with this key and ad, or are too few.
 */
SG_CHECKED bool sg_siv_open(uint8_t *out, const struct sg_siv_key *key, const struct sg_span *ad,
                            size_t ads, const uint8_t *in, size_t n);

#endif
