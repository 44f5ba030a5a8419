/*
 * ring_hash - the hashes that ring signatures are made of.
 */
#include "pseudonym/ring_sign.h"

#include <string.h>

/* Each is hashed with its NUL. */
static const char KEYS[] = "signet/ring/v1/keys";
static const char STATEMENT[] = "signet/ring/v1/statement";
static const char LINK[] = "signet/ring/v1/link";

static void put_number(struct sg_sha512 *h, size_t n)
{
    uint8_t bytes[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

    sg_sha512_update(h, bytes, sizeof bytes);
}

void sg_ring_digest(uint8_t digest[static 32], const struct sg_ring *ring)
{
    uint8_t hash[SG_SHA512_BYTES];
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, KEYS, sizeof KEYS);
    put_number(&h, sg_ring_count(ring));
    sg_sha512_update(&h, ring->keys.data, ring->keys.len);
    sg_sha512_final(&h, hash);
    memcpy(digest, hash, 32);
}

void sg_ring_base(uint8_t base[static SG_EDWARDS_BYTES], const struct sg_ring_scope *scope)
{
    sg_edwards_hash(base,
                    scope->kind == SG_RING_SCOPED ? "signet/ring/v1/scope" : "signet/ring/v1/once",
                    scope->p, scope->n);
}

void sg_ring_statement(uint8_t t[static SG_SHA512_BYTES], const struct sg_ring_scope *scope,
                       const uint8_t digest[static 32], const uint8_t tag[static 32],
                       const uint8_t message[static SG_SHA512_BYTES])
{
    uint8_t kind = (uint8_t)scope->kind;
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, STATEMENT, sizeof STATEMENT);
    sg_sha512_update(&h, &kind, 1);
    sg_sha512_update(&h, digest, 32);
    put_number(&h, scope->n);
    sg_sha512_update(&h, scope->p, scope->n);
    sg_sha512_update(&h, tag, 32);
    sg_sha512_update(&h, message, SG_SHA512_BYTES);
    sg_sha512_final(&h, t);
}

void sg_ring_challenge(uint8_t c[static SG_SCALAR_BYTES], const uint8_t t[static SG_SHA512_BYTES],
                       const uint8_t l[static SG_EDWARDS_BYTES],
                       const uint8_t r[static SG_EDWARDS_BYTES])
{
    uint8_t wide[SG_SHA512_BYTES];
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, LINK, sizeof LINK);
    sg_sha512_update(&h, t, SG_SHA512_BYTES);
    sg_sha512_update(&h, l, SG_EDWARDS_BYTES);
    sg_sha512_update(&h, r, SG_EDWARDS_BYTES);
    sg_sha512_final(&h, wide);
    sg_scalar_reduce(c, wide);
}

bool sg_ring_step(uint8_t next[static SG_SCALAR_BYTES], const uint8_t t[static SG_SHA512_BYTES],
                  const uint8_t s[static SG_SCALAR_BYTES], const uint8_t c[static SG_SCALAR_BYTES],
                  const uint8_t p[static SG_EDWARDS_BYTES],
                  const uint8_t h[static SG_EDWARDS_BYTES],
                  const uint8_t tag[static SG_EDWARDS_BYTES])
{
    uint8_t l[SG_EDWARDS_BYTES], r[SG_EDWARDS_BYTES];

    if (!sg_edwards_sum(l, s, NULL, c, p) || !sg_edwards_sum(r, s, h, c, tag))
        return false;
    sg_ring_challenge(next, t, l, r);
    return true;
}
