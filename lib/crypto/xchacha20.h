/*
 * xchacha20 - XChaCha20 (draft-irtf-cfrg-xchacha-03): a cipher whose 24-byte nonces may be random.
 *
 * With Poly1305 it is the AEAD of section 2.1 there, its tag apart from its text; on its own, the
 * stream of section 2.3, which authenticates nothing and is for constructions that do.
 */
#ifndef SG_CRYPTO_XCHACHA20_H
#define SG_CRYPTO_XCHACHA20_H

#include "base/error.h"

#include <stdbool.h>

#define SG_XCHACHA20_KEY_BYTES 32
#define SG_XCHACHA20_NONCE_BYTES 24
#define SG_XCHACHA20_TAG_BYTES 16

/* Seals n bytes into n bytes at out, which may be `in` itself, and a tag. ad may be NULL with 0. */
void sg_xaead_seal(uint8_t *out, uint8_t tag[static SG_XCHACHA20_TAG_BYTES], const uint8_t *in,
                   size_t n, const void *ad, size_t ad_len,
                   const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                   const uint8_t key[static SG_XCHACHA20_KEY_BYTES]);

/* Opens n bytes into out, which may be `in`. False when the tag does not fit; out is unspecified
 * then, but holds nothing of the message. */
SG_CHECKED bool sg_xaead_open(uint8_t *out, const uint8_t *in, size_t n,
                              const uint8_t tag[static SG_XCHACHA20_TAG_BYTES], const void *ad,
                              size_t ad_len, const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                              const uint8_t key[static SG_XCHACHA20_KEY_BYTES]);

/* out = in xor the stream from block 0 on; n bytes; out may be `in`. */
void sg_xchacha20_xor(uint8_t *out, const uint8_t *in, size_t n,
                      const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                      const uint8_t key[static SG_XCHACHA20_KEY_BYTES]);

#endif
