/*
 * edwards - the group of prime order in edwards25519, which Ed25519's keys are in (RFC 8032).
 *
 * Points are 32 bytes as RFC 8032 encodes them. A point that somebody else sent must pass
 * sg_edwards_check() before anything else is done with it; all other functions count on that, and
 * what they give passes it too, but for the neutral point. Times do not depend on scalars.
 */
#ifndef SG_CRYPTO_EDWARDS_H
#define SG_CRYPTO_EDWARDS_H

#include "crypto/scalar.h"
#include "crypto/sign.h"

#define SG_EDWARDS_BYTES 32

/*
 * Whether 32 bytes are the canonical encoding of a point of prime order: on the curve, in the prime
 * order subgroup through and through (no part of order 2, 4 or 8), and not the neutral point. As
 * sg_sign_check(), and besides it relies on no release of libsodium: some let a part of order 2
 * pass (CVE-2025-69277).
 */
SG_CHECKED bool sg_edwards_check(const uint8_t p[static SG_EDWARDS_BYTES]);

/* q = s * B of the base point B. False, which is for s = 0 alone, with q zeros. */
SG_CHECKED bool sg_edwards_base(uint8_t q[static SG_EDWARDS_BYTES],
                                const uint8_t s[static SG_SCALAR_BYTES]);

/* q = s * p. False for s = 0 or a point that is none, with q zeros. q may be p. */
SG_CHECKED bool sg_edwards_mul(uint8_t q[static SG_EDWARDS_BYTES],
                               const uint8_t s[static SG_SCALAR_BYTES],
                               const uint8_t p[static SG_EDWARDS_BYTES]);

/* r = p + q. False for points that are none, with r zeros. r may be p or q. */
SG_CHECKED bool sg_edwards_add(uint8_t r[static SG_EDWARDS_BYTES],
                               const uint8_t p[static SG_EDWARDS_BYTES],
                               const uint8_t q[static SG_EDWARDS_BYTES]);

/* r = s * p + t * q, where p may be NULL and then is B. False as the above. */
SG_CHECKED bool sg_edwards_sum(uint8_t r[static SG_EDWARDS_BYTES],
                               const uint8_t s[static SG_SCALAR_BYTES], const uint8_t *p,
                               const uint8_t t[static SG_SCALAR_BYTES],
                               const uint8_t q[static SG_EDWARDS_BYTES]);

/*
 * A point that nobody knows the discrete logarithm of: RFC 9381, section 5.4.1.1
 * (encode_to_curve_try_and_increment) with SHA-512, suite_string the text `label`, no salt, and
 * alpha_string the n bytes at p. For public inputs: the time depends on them.
 */
void sg_edwards_hash(uint8_t out[static SG_EDWARDS_BYTES], const char *label, const void *p,
                     size_t n);

/* The secret scalar of an Ed25519 seed (RFC 8032, section 5.1.5), reduced. The caller wipes it. */
void sg_edwards_scalar(uint8_t s[static SG_SCALAR_BYTES],
                       const uint8_t seed[static SG_SIGN_SEED_BYTES]);

#endif
