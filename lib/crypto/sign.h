/*
 * sign - Ed25519 signatures (RFC 8032), and the use of their keys for Diffie-Hellman on Curve25519.
 *
 * A key pair is kept as its 32-byte seed. The curves are birationally equivalent, so that
 * sg_x25519() with the scalar of a seed and the point of somebody else's key agrees on a secret.
 */
#ifndef SG_CRYPTO_SIGN_H
#define SG_CRYPTO_SIGN_H

#include "base/error.h"

#include <stdbool.h>

#define SG_SIGN_SEED_BYTES 32
#define SG_SIGN_PUBLIC_BYTES 32
#define SG_SIGN_BYTES 64 /* of a signature */

/* The public key of a secret seed. */
void sg_sign_public(uint8_t public[static SG_SIGN_PUBLIC_BYTES],
                    const uint8_t seed[static SG_SIGN_SEED_BYTES]);

/*
 * Whether a public key may be trusted to be one: the canonical encoding (RFC 8032, section 5.1.3)
 * of a point in the group of prime order, and not the neutral one.
 */
SG_CHECKED bool sg_sign_check(const uint8_t public[static SG_SIGN_PUBLIC_BYTES]);

/* signature = that of n bytes under the seed (section 5.1.6): the same each time. */
void sg_sign(uint8_t signature[static SG_SIGN_BYTES], const void *p, size_t n,
             const uint8_t seed[static SG_SIGN_SEED_BYTES]);

/*
 * Whether a signature is that of n bytes under the public key (section 5.1.7). Stricter than the
 * RFC asks, so that every version of every library agrees: the key and the signature's point R must
 * both pass sg_sign_check(), and S be reduced. Nothing that a signer makes by the rules is refused.
 */
SG_CHECKED bool sg_sign_verify(const uint8_t signature[static SG_SIGN_BYTES], const void *p,
                               size_t n, const uint8_t public[static SG_SIGN_PUBLIC_BYTES]);

/*
 * The X25519 point (RFC 7748, section 4.1: u = (1 + y) / (1 - y)) of a public key. False, with the
 * point zeroed, for a key that sg_sign_check() refuses.
 */
SG_CHECKED bool sg_sign_x25519_public(uint8_t point[static 32],
                                      const uint8_t public[static SG_SIGN_PUBLIC_BYTES]);

/* The X25519 scalar of a seed: SHA-512(seed)[0..31], not clamped. Secret; the caller wipes it. */
void sg_sign_x25519_scalar(uint8_t scalar[static 32],
                           const uint8_t seed[static SG_SIGN_SEED_BYTES]);

#endif
