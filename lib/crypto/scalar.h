/*
 * scalar - numbers modulo the order of the groups edwards25519 and ristretto255,
 *
 *     L = 2^252 + 27742317777372353535851937790883648493
 *
 * 32 bytes, little-endian. Every function but the check wants reduced scalars (below L) and gives
 * them; all take time that does not depend on the values. Outputs may be inputs. Scalars are secret
 * unless somebody publishes them: the caller wipes.
 */
#ifndef SG_CRYPTO_SCALAR_H
#define SG_CRYPTO_SCALAR_H

#include "base/error.h"

#include <stdbool.h>

#define SG_SCALAR_BYTES 32
#define SG_SCALAR_WIDE_BYTES 64

/* Whether 32 bytes are a reduced scalar. The answer is public, the scalar need not be. */
SG_CHECKED bool sg_scalar_check(const uint8_t s[static SG_SCALAR_BYTES]);

/* Whether a scalar is zero. The answer is public. */
SG_CHECKED bool sg_scalar_is_zero(const uint8_t s[static SG_SCALAR_BYTES]);

/* out = wide mod L. Of 64 uniform bytes it makes a uniform scalar. */
void sg_scalar_reduce(uint8_t out[static SG_SCALAR_BYTES],
                      const uint8_t wide[static SG_SCALAR_WIDE_BYTES]);

/* A uniform scalar that is not zero. */
void sg_scalar_random(uint8_t out[static SG_SCALAR_BYTES]);

/* out = a + b, a - b, a * b. */
void sg_scalar_add(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES],
                   const uint8_t b[static SG_SCALAR_BYTES]);
void sg_scalar_sub(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES],
                   const uint8_t b[static SG_SCALAR_BYTES]);
void sg_scalar_mul(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES],
                   const uint8_t b[static SG_SCALAR_BYTES]);

/* out = -a, and 1 / a; a is not zero for the latter. */
void sg_scalar_negate(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES]);
void sg_scalar_invert(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES]);

#endif
