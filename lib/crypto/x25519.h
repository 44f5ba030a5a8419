/*
 * x25519 - Diffie-Hellman on Curve25519 (RFC 7748).
 */
#ifndef SG_CRYPTO_X25519_H
#define SG_CRYPTO_X25519_H

#include "base/error.h"

#include <stdbool.h>

#define SG_X25519_BYTES 32

/* point = X25519(scalar, base point). The scalar is secret: any 32 bytes, clamped by the function.
 */
void sg_x25519_public(uint8_t point[static SG_X25519_BYTES],
                      const uint8_t scalar[static SG_X25519_BYTES]);

/*
 * shared = X25519(scalar, point). False when the result is all zeros, which a point of low order
 * gives (section 6.1); shared is wiped then.
 */
SG_CHECKED bool sg_x25519(uint8_t shared[static SG_X25519_BYTES],
                          const uint8_t scalar[static SG_X25519_BYTES],
                          const uint8_t point[static SG_X25519_BYTES]);

#endif
