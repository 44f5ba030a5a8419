#include "pseudonym/nonce.h"

#include "base/secret.h"
#include "crypto/hkdf512.h"
#include "crypto/random.h"

#include <string.h>

#define RANDOM_BYTES 32

void sg_nonce_start(struct sg_nonce *n, const char *label, const uint8_t seed[static 32],
                    const uint8_t hash[static SG_SHA512_BYTES])
{
    uint8_t ikm[32 + RANDOM_BYTES];

    memcpy(ikm, seed, 32);
    sg_random(ikm + 32, RANDOM_BYTES);
    n->count = 0;
    sg_hkdf512(n->key, sizeof n->key, ikm, sizeof ikm, label, strlen(label), hash, SG_SHA512_BYTES);
    sg_wipe(ikm, sizeof ikm);
}

void sg_nonce_next(uint8_t scalar[static SG_SCALAR_BYTES], struct sg_nonce *n)
{
    uint8_t wide[SG_SCALAR_WIDE_BYTES];

    do {
        uint32_t c = n->count++;
        uint8_t at[4] = {(uint8_t)(c >> 24), (uint8_t)(c >> 16), (uint8_t)(c >> 8), (uint8_t)c};
        sg_hmac512(wide, n->key, sizeof n->key, at, sizeof at);
        sg_scalar_reduce(scalar, wide);
    } while (sg_scalar_is_zero(scalar));
    sg_wipe(wide, sizeof wide);
}

void sg_nonce_end(struct sg_nonce *n)
{
    sg_wipe(n, sizeof *n);
}
