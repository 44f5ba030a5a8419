/*
 * hkdf512 - HKDF (RFC 5869) with HMAC-SHA-512.
 */
#ifndef SG_CRYPTO_HKDF512_H
#define SG_CRYPTO_HKDF512_H

#include <stddef.h>
#include <stdint.h>

#define SG_HMAC512_BYTES 64

/* The most that it can give: 255 blocks of the hash. */
#define SG_HKDF512_MAX_BYTES ((size_t)255 * SG_HMAC512_BYTES)

/* out = HMAC-SHA-512(key, text). The key is secret and of any length. */
void sg_hmac512(uint8_t out[static SG_HMAC512_BYTES], const void *key, size_t key_len,
                const void *text, size_t text_len);

/*
 * out = HKDF-SHA-512(ikm, salt, info), n bytes: Extract (section 2.2) and then Expand (2.3). salt
 * and info may be NULL with a length of 0. Asking for more than SG_HKDF512_MAX_BYTES is a mistake
 * of the caller and aborts.
 */
void sg_hkdf512(uint8_t *out, size_t n, const void *ikm, size_t ikm_len, const void *salt,
                size_t salt_len, const void *info, size_t info_len);

#endif
