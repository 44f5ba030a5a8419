/*
 * nonce - the random scalars of proofs, hedged: of the secret key, of fresh randomness and of what
 * is proved, so that neither a broken random generator nor a repeated statement gives a scalar away
 * twice. Private to the room.
 */
#ifndef SG_PSEUDONYM_NONCE_H
#define SG_PSEUDONYM_NONCE_H

#include "crypto/hash.h"
#include "crypto/scalar.h"

struct sg_nonce {
    uint8_t key[64]; /* secret: wipe with sg_nonce_end() */
    uint32_t count;
};

/* Starts from the seed of the key that proves and the hash of what it proves. */
void sg_nonce_start(struct sg_nonce *n, const char *label, const uint8_t seed[static 32],
                    const uint8_t hash[static SG_SHA512_BYTES]);

/* The next scalar: uniform to who does not know the key, and not zero. */
void sg_nonce_next(uint8_t scalar[static SG_SCALAR_BYTES], struct sg_nonce *n);

void sg_nonce_end(struct sg_nonce *n);

#endif
