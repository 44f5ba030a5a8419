/*
 * hmac - HMAC-SHA-256 (RFC 2104) and HKDF-SHA-256 (RFC 5869).
 */
#ifndef SG_CRYPTO_HMAC_H
#define SG_CRYPTO_HMAC_H

#include <stddef.h>
#include <stdint.h>

#define SG_HMAC_BYTES 32

/* The most that HKDF can give: 255 blocks of the hash. */
#define SG_HKDF_MAX_BYTES ((size_t)255 * SG_HMAC_BYTES)

/* out = HMAC-SHA-256(key, text). The key is secret and of any length. */
void sg_hmac(uint8_t out[static SG_HMAC_BYTES], const void *key, size_t key_len, const void *text,
             size_t text_len);

/*
 * HKDF's two halves, for protocols that use them apart. prk: a uniform secret, which the caller
 * wipes. salt may be NULL with salt_len 0. The limit on n is as below.
 */
void sg_hkdf_extract(uint8_t prk[static SG_HMAC_BYTES], const void *ikm, size_t ikm_len,
                     const void *salt, size_t salt_len);
void sg_hkdf_expand(uint8_t *out, size_t n, const uint8_t prk[static SG_HMAC_BYTES],
                    const void *info, size_t info_len);

/*
 * out = HKDF-SHA-256(ikm, salt, info), n bytes: Extract (section 2.2) and then Expand (2.3). salt
 * may be NULL with salt_len 0. `info` is a text that names the purpose: each key has one of its
 * own. Asking for more than SG_HKDF_MAX_BYTES is a mistake of the caller and aborts.
 */
void sg_hkdf(uint8_t *out, size_t n, const void *ikm, size_t ikm_len, const void *salt,
             size_t salt_len, const void *info, size_t info_len);

#endif
