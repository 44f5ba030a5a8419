/*
 * aead - ChaCha20-Poly1305 as in RFC 8439 (32-byte key, 12-byte nonce, 16-byte tag).
 *
 * A key and nonce are used for one message, ever. The functions here are the one seam through which
 * every bulk cipher of the library goes.
 */
#ifndef SG_CRYPTO_AEAD_H
#define SG_CRYPTO_AEAD_H

#include "base/error.h"

#include <stdbool.h>

#define SG_AEAD_KEY_BYTES 32
#define SG_AEAD_NONCE_BYTES 12
#define SG_AEAD_TAG_BYTES 16

/* Seals n bytes into n + SG_AEAD_TAG_BYTES bytes at out, which may be `in` itself. */
void sg_aead_seal(uint8_t *out, const uint8_t *in, size_t n,
                  const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                  const uint8_t key[static SG_AEAD_KEY_BYTES]);

/*
 * Opens n bytes (tag included) into n - SG_AEAD_TAG_BYTES bytes at out, which may be `in` itself.
 * False when n is too small or the tag does not fit; out then holds nothing of the message.
 */
SG_CHECKED bool sg_aead_open(uint8_t *out, const uint8_t *in, size_t n,
                             const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                             const uint8_t key[static SG_AEAD_KEY_BYTES]);

#endif
