/*
 * p256 - Diffie-Hellman on the curve P-256 (NIST SP 800-186), by way of libcrypto (OpenSSL 3).
 *
 * libsodium has no such curve, and nothing here rests on it but recipients that live in hardware.
 * So libcrypto is loaded when it is first needed, and may be missing: SG_P256_MISSING then. Points
 * and scalars are as SEC 1 writes them.
 */
#ifndef SG_CRYPTO_P256_H
#define SG_CRYPTO_P256_H

#include "base/error.h"

#include <stdbool.h>

#define SG_P256_POINT_BYTES 65 /* uncompressed: 4, x, y */
#define SG_P256_SHORT_BYTES 33 /* compressed: 2 or 3, x */
#define SG_P256_SCALAR_BYTES 32
#define SG_P256_SHARED_BYTES 32 /* the x of a product */

enum sg_p256 {
    SG_P256_OK = 0,
    SG_P256_MISSING, /* libcrypto is not there, or not one that can do it */
    SG_P256_BAD      /* what was given is no point, or no scalar, of the curve */
};

/* Whether libcrypto is there. */
SG_CHECKED bool sg_p256_available(void);

/*
 * Reads a point of n bytes, compressed or not, which must be on the curve and not its zero, and
 * writes it uncompressed.
 */
SG_CHECKED enum sg_p256 sg_p256_point(uint8_t point[static SG_P256_POINT_BYTES], const uint8_t *in,
                                      size_t n);

/*
 * A fresh key pair's public half, `share`, and the secret it has in common with the owner of the
 * uncompressed `point`. Both are zeros unless SG_P256_OK.
 */
SG_CHECKED enum sg_p256 sg_p256_share(uint8_t share[static SG_P256_POINT_BYTES],
                                      uint8_t shared[static SG_P256_SHARED_BYTES],
                                      const uint8_t point[static SG_P256_POINT_BYTES]);

/* The same with the scalar given: secret, uniform, used only once. SG_P256_BAD: out of range. */
SG_CHECKED enum sg_p256 sg_p256_share_with(uint8_t share[static SG_P256_POINT_BYTES],
                                           uint8_t shared[static SG_P256_SHARED_BYTES],
                                           const uint8_t point[static SG_P256_POINT_BYTES],
                                           const uint8_t scalar[static SG_P256_SCALAR_BYTES]);

#endif
