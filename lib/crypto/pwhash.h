/*
 * pwhash - keys from passwords, slow on purpose: Argon2id (RFC 9106) and scrypt (RFC 7914).
 *
 * The costs are the caller's to choose and, when read from a file, to bound first: see the limits
 * below, outside of which both functions refuse.
 */
#ifndef SG_CRYPTO_PWHASH_H
#define SG_CRYPTO_PWHASH_H

#include "base/error.h"

#define SG_ARGON2ID_MAX_PASSES 65535U
#define SG_ARGON2ID_MAX_LANES 255U
#define SG_ARGON2ID_MAX_KIB (1U << 28) /* 256 GiB */
#define SG_SCRYPT_MAX_LOG2_N 30U

struct sg_argon2id {
    uint32_t passes;    /* t: 1 to SG_ARGON2ID_MAX_PASSES */
    uint32_t memory;    /* m: KiB, 8 for each lane to SG_ARGON2ID_MAX_KIB */
    uint32_t lanes;     /* p: 1 to SG_ARGON2ID_MAX_LANES */
    const uint8_t *key; /* K and X of the RFC, rarely used: NULL and 0 */
    size_t key_len;
    const uint8_t *ad;
    size_t ad_len;
};

/*
 * out = Argon2id(password, salt), n bytes (4 or more). Runs on as many threads as there are lanes
 * and processors. salt: 8 bytes or more. SG_ERR_MEMORY when the memory asked for cannot be had,
 * SG_ERR_LIMIT when a parameter is out of range; out is zeros then.
 */
SG_CHECKED enum sg_err sg_argon2id(uint8_t *out, size_t n, const uint8_t *password,
                                   size_t password_len, const uint8_t *salt, size_t salt_len,
                                   const struct sg_argon2id *cost, struct sg_error *err);

/*
 * out = scrypt(password, salt, N = 2^log2_n, r, p), n bytes. Takes 128 * r * N bytes of memory.
 * Errors as above.
 */
SG_CHECKED enum sg_err sg_scrypt(uint8_t *out, size_t n, const uint8_t *password,
                                 size_t password_len, const uint8_t *salt, size_t salt_len,
                                 unsigned log2_n, uint32_t r, uint32_t p, struct sg_error *err);

#endif
