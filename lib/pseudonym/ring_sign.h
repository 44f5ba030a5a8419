/*
 * ring_sign - what making and judging ring signatures share. Private to the room.
 *
 * The bytes of a signature, before they are base64:
 *
 *     version 1, kind (1: in a scope, 2: once), n in four bytes, big-endian
 *     once: the fresh scope, 32
 *     D, the hash of the ring, 32;  T, 32;  c_0, 32;  s_0 .. s_n-1, 32 each
 */
#ifndef SG_PSEUDONYM_RING_SIGN_H
#define SG_PSEUDONYM_RING_SIGN_H

#include "crypto/edwards.h"
#include "pseudonym/ring.h"

#define SG_RING_VERSION 1
#define SG_RING_FRESH_BYTES 32

enum sg_ring_kind { SG_RING_SCOPED = 1, SG_RING_ONCE = 2 };

/* The scope of a signature. */
struct sg_ring_scope {
    enum sg_ring_kind kind;
    const void *p; /* a text, or SG_RING_FRESH_BYTES bytes */
    size_t n;
};

/* D = SHA-512("signet/ring/v1/keys" 0x00, n, the keys)[0..31] */
void sg_ring_digest(uint8_t digest[static 32], const struct sg_ring *ring);

/* h: sg_edwards_hash() with the label "signet/ring/v1/scope" or "signet/ring/v1/once". */
void sg_ring_base(uint8_t base[static SG_EDWARDS_BYTES], const struct sg_ring_scope *scope);

/* t = SHA-512("signet/ring/v1/statement" 0x00, kind, D, length of the scope, scope, T, message) */
void sg_ring_statement(uint8_t t[static SG_SHA512_BYTES], const struct sg_ring_scope *scope,
                       const uint8_t digest[static 32], const uint8_t tag[static 32],
                       const uint8_t message[static SG_SHA512_BYTES]);

/* c = SHA-512("signet/ring/v1/link" 0x00, t, L, R) mod the order */
void sg_ring_challenge(uint8_t c[static SG_SCALAR_BYTES], const uint8_t t[static SG_SHA512_BYTES],
                       const uint8_t l[static SG_EDWARDS_BYTES],
                       const uint8_t r[static SG_EDWARDS_BYTES]);

/* c of the next member: L = s B + c P, R = s h + c T. False when that cannot be. */
SG_CHECKED bool
sg_ring_step(uint8_t next[static SG_SCALAR_BYTES], const uint8_t t[static SG_SHA512_BYTES],
             const uint8_t s[static SG_SCALAR_BYTES], const uint8_t c[static SG_SCALAR_BYTES],
             const uint8_t p[static SG_EDWARDS_BYTES], const uint8_t h[static SG_EDWARDS_BYTES],
             const uint8_t tag[static SG_EDWARDS_BYTES]);

#endif
