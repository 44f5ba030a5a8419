/*
 * ristretto - the group ristretto255 (RFC 9496), of prime order.
 *
 * Elements are 32 bytes in their one encoding. What somebody else sent must pass
 * sg_ristretto_check() first. Times do not depend on scalars or elements.
 */
#ifndef SG_CRYPTO_RISTRETTO_H
#define SG_CRYPTO_RISTRETTO_H

#include "crypto/scalar.h"

#define SG_RISTRETTO_BYTES 32
#define SG_RISTRETTO_HASH_BYTES 64

/* Whether 32 bytes are an element in its canonical encoding, and not the neutral one. */
SG_CHECKED bool sg_ristretto_check(const uint8_t p[static SG_RISTRETTO_BYTES]);

/* q = s * B of the generator B. False for s = 0, with q zeros, which is the neutral element. */
SG_CHECKED bool sg_ristretto_base(uint8_t q[static SG_RISTRETTO_BYTES],
                                  const uint8_t s[static SG_SCALAR_BYTES]);

/* q = s * p. False when that is the neutral element or p none, with q zeros. q may be p. */
SG_CHECKED bool sg_ristretto_mul(uint8_t q[static SG_RISTRETTO_BYTES],
                                 const uint8_t s[static SG_SCALAR_BYTES],
                                 const uint8_t p[static SG_RISTRETTO_BYTES]);

/* r = p + q, where zeros are the neutral element. False when one is none. r may be p or q. */
SG_CHECKED bool sg_ristretto_add(uint8_t r[static SG_RISTRETTO_BYTES],
                                 const uint8_t p[static SG_RISTRETTO_BYTES],
                                 const uint8_t q[static SG_RISTRETTO_BYTES]);

/* The element of 64 uniform bytes (section 4.3.4). */
void sg_ristretto_from_hash(uint8_t out[static SG_RISTRETTO_BYTES],
                            const uint8_t hash[static SG_RISTRETTO_HASH_BYTES]);

#endif
