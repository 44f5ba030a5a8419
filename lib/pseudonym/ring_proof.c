#include "pseudonym/ring_proof.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/edwards.h"
#include "pseudonym/nonce.h"
#include "pseudonym/statement.h"

#include <string.h>

#define CLAIM_BYTES ((size_t)2 * SG_SCALAR_BYTES)                        /* c, z */
#define DISAVOWAL_BYTES (SG_EDWARDS_BYTES + (size_t)3 * SG_SCALAR_BYTES) /* C, c, za, zr */

/* Each is hashed with its NUL. */
static const char CLAIM[] = "signet/ring/v1/claim";
static const char DISAVOWAL[] = "signet/ring/v1/disavowal";

/* c = H(domain, statement, points) mod the order */
static void challenge(uint8_t c[static SG_SCALAR_BYTES], const char *domain,
                      const uint8_t hash[static SG_SHA512_BYTES], const uint8_t *points,
                      size_t count)
{
    uint8_t wide[SG_SHA512_BYTES];
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, domain, strlen(domain) + 1);
    sg_sha512_update(&h, hash, SG_SHA512_BYTES);
    sg_sha512_update(&h, points, count * SG_EDWARDS_BYTES);
    sg_sha512_final(&h, wide);
    sg_scalar_reduce(c, wide);
}

/* The points that every challenge is over: P, h, T. */
static void put_common(uint8_t *points, const struct sg_ring_signature *s, const uint8_t *key)
{
    memcpy(points, key, SG_EDWARDS_BYTES);
    memcpy(points + SG_EDWARDS_BYTES, s->base, SG_EDWARDS_BYTES);
    memcpy(points + 2 * (size_t)SG_EDWARDS_BYTES, s->tag, SG_EDWARDS_BYTES);
}

/* The lines before the proof, and their hash. */
static enum sg_err put_lines(struct sg_buffer *out, uint8_t hash[static SG_SHA512_BYTES],
                             const char *first, const struct sg_ring_signature *s,
                             const uint8_t *key, struct sg_error *err)
{
    size_t start = out->len;
    enum sg_err r = sg_buffer_text(out, first, err);

    if (r == SG_OK)
        r = sg_statement_put_key(out, "key", key, err);
    if (r == SG_OK)
        r = sg_statement_put_bytes(out, "signature", s->id, sizeof s->id, err);
    if (r == SG_OK)
        sg_statement_hash(hash, (const char *)out->data + start, out->len - start);
    return r;
}

/* The scalar and key of a seed, which must be in the ring; *mine: whether the tag is its. */
static enum sg_err who(uint8_t x[static SG_SCALAR_BYTES], uint8_t key[static SG_EDWARDS_BYTES],
                       bool *mine, const struct sg_ring_signature *s, const struct sg_ring *ring,
                       const uint8_t seed[static 32], struct sg_error *err)
{
    uint8_t tag[SG_EDWARDS_BYTES];
    bool ok;

    sg_edwards_scalar(x, seed);
    ok = sg_edwards_base(key, x) && sg_edwards_mul(tag, x, s->base);
    sg_ct_declassify(key, SG_EDWARDS_BYTES); /* the member comes forward */
    *mine = sg_equal(tag, s->tag, sizeof tag);
    sg_ct_declassify(mine, sizeof *mine); /* and says so */
    sg_wipe(tag, sizeof tag);
    return ok && sg_ring_has(ring, key) ? SG_OK : sg_fail(err, SG_ERR_OUTSIDE, NULL);
}

enum sg_err sg_ring_claim(struct sg_buffer *out, const struct sg_ring_signature *s,
                          const struct sg_ring *ring, const uint8_t seed[static 32],
                          struct sg_error *err)
{
    uint8_t x[SG_SCALAR_BYTES], k[SG_SCALAR_BYTES], proof[CLAIM_BYTES], hash[SG_SHA512_BYTES];
    uint8_t key[SG_EDWARDS_BYTES], points[5 * SG_EDWARDS_BYTES];
    uint8_t *c = proof, *z = proof + SG_SCALAR_BYTES;
    struct sg_nonce nonce;
    bool mine = false, ok;
    enum sg_err r = who(x, key, &mine, s, ring, seed, err);

    if (r == SG_OK && !mine)
        r = sg_fail(err, SG_ERR_FORGED, "this key did not make the signature");
    if (r == SG_OK)
        r = put_lines(out, hash, SG_STATEMENT_CLAIM, s, key, err);
    if (r == SG_OK) {
        put_common(points, s, key);
        sg_nonce_start(&nonce, CLAIM, seed, hash);
        sg_nonce_next(k, &nonce);
        sg_nonce_end(&nonce);
        ok = sg_edwards_base(points + 3 * (size_t)SG_EDWARDS_BYTES, k) &&
             sg_edwards_mul(points + 4 * (size_t)SG_EDWARDS_BYTES, k, s->base);
        challenge(c, CLAIM, hash, points, 5);
        sg_scalar_mul(z, c, x);
        sg_scalar_sub(z, k, z);
        sg_ct_declassify(proof, sizeof proof);
        r = ok ? sg_statement_put_bytes(out, "proof", proof, sizeof proof, err)
               : sg_fail(err, SG_ERR_SIGNATURE, "it cannot be claimed");
    }
    sg_wipe(x, sizeof x);
    sg_wipe(k, sizeof k);
    return r;
}

/* r = s * p - t * q, p being B when it is NULL */
static bool difference(uint8_t r[static SG_EDWARDS_BYTES], const uint8_t *s, const uint8_t *p,
                       const uint8_t *t, const uint8_t *q)
{
    uint8_t minus[SG_SCALAR_BYTES];
    bool ok;

    sg_scalar_negate(minus, t);
    ok = sg_edwards_sum(r, s, p, minus, q);
    sg_wipe(minus, sizeof minus);
    return ok;
}

enum sg_err sg_ring_disavow(struct sg_buffer *out, const struct sg_ring_signature *s,
                            const struct sg_ring *ring, const uint8_t seed[static 32],
                            struct sg_error *err)
{
    /* x; a = r x and r; and the scalars ka and kr that hide them */
    uint8_t x[SG_SCALAR_BYTES], secret[4][SG_SCALAR_BYTES];
    uint8_t proof[DISAVOWAL_BYTES], hash[SG_SHA512_BYTES];
    uint8_t key[SG_EDWARDS_BYTES], points[6 * SG_EDWARDS_BYTES];
    uint8_t *c = proof + SG_EDWARDS_BYTES;
    struct sg_nonce nonce;
    bool mine = false, ok;
    enum sg_err r = who(x, key, &mine, s, ring, seed, err);

    if (r == SG_OK && mine)
        r = sg_fail(err, SG_ERR_FORGED, "this key made the signature");
    if (r == SG_OK)
        r = put_lines(out, hash, SG_STATEMENT_DISAVOWAL, s, key, err);
    if (r == SG_OK) {
        put_common(points, s, key);
        sg_nonce_start(&nonce, DISAVOWAL, seed, hash);
        for (size_t i = 1; i < 4; i++)
            sg_nonce_next(secret[i], &nonce);
        sg_nonce_end(&nonce);
        sg_scalar_mul(secret[0], secret[1], x);
        ok = difference(proof, secret[0], s->base, secret[1], s->tag);
        sg_ct_declassify(proof, SG_EDWARDS_BYTES); /* C, which is random */
        memcpy(points + 3 * (size_t)SG_EDWARDS_BYTES, proof, SG_EDWARDS_BYTES);
        ok = ok &&
             difference(points + 4 * (size_t)SG_EDWARDS_BYTES, secret[2], s->base, secret[3],
                        s->tag) &&
             difference(points + 5 * (size_t)SG_EDWARDS_BYTES, secret[2], NULL, secret[3], key);
        challenge(c, DISAVOWAL, hash, points, 6);
        for (size_t i = 0; i < 2; i++) { /* z = k - c times the secret */
            uint8_t *z = c + (i + 1) * SG_SCALAR_BYTES;
            sg_scalar_mul(z, c, secret[i]);
            sg_scalar_sub(z, secret[i + 2], z);
        }
        sg_ct_declassify(proof, sizeof proof);
        r = ok ? sg_statement_put_bytes(out, "proof", proof, sizeof proof, err)
               : sg_fail(err, SG_ERR_SIGNATURE, "it cannot be disavowed");
    }
    sg_wipe(x, sizeof x);
    sg_wipe(secret, sizeof secret);
    return r;
}

static bool fits_claim(const struct sg_ring_signature *s, const uint8_t *key,
                       const uint8_t hash[static SG_SHA512_BYTES],
                       const uint8_t proof[static CLAIM_BYTES])
{
    const uint8_t *c = proof, *z = proof + SG_SCALAR_BYTES;
    uint8_t again[SG_SCALAR_BYTES], points[5 * SG_EDWARDS_BYTES];

    if (!sg_scalar_check(c) || !sg_scalar_check(z))
        return false;
    put_common(points, s, key);
    if (!sg_edwards_sum(points + 3 * (size_t)SG_EDWARDS_BYTES, z, NULL, c, key) ||
        !sg_edwards_sum(points + 4 * (size_t)SG_EDWARDS_BYTES, z, s->base, c, s->tag))
        return false;
    challenge(again, CLAIM, hash, points, 5);
    return sg_equal(again, c, sizeof again);
}

static bool fits_disavowal(const struct sg_ring_signature *s, const uint8_t *key,
                           const uint8_t hash[static SG_SHA512_BYTES],
                           const uint8_t proof[static DISAVOWAL_BYTES])
{
    const uint8_t *c = proof + SG_EDWARDS_BYTES, *za = c + SG_SCALAR_BYTES;
    const uint8_t *zr = za + SG_SCALAR_BYTES;
    uint8_t again[SG_SCALAR_BYTES], points[6 * SG_EDWARDS_BYTES], part[SG_EDWARDS_BYTES];
    uint8_t *first = points + 4 * (size_t)SG_EDWARDS_BYTES;

    if (!sg_edwards_check(proof) || !sg_scalar_check(c) || !sg_scalar_check(za) ||
        !sg_scalar_check(zr))
        return false;
    put_common(points, s, key);
    memcpy(points + 3 * (size_t)SG_EDWARDS_BYTES, proof, SG_EDWARDS_BYTES);
    if (!difference(first, za, s->base, zr, s->tag) || !sg_edwards_mul(part, c, proof) ||
        !sg_edwards_add(first, first, part) ||
        !difference(points + 5 * (size_t)SG_EDWARDS_BYTES, za, NULL, zr, key))
        return false;
    challenge(again, DISAVOWAL, hash, points, 6);
    return sg_equal(again, c, sizeof again);
}

enum sg_err sg_ring_proof_check(struct sg_ring_proof *p, const struct sg_ring_signature *s,
                                const struct sg_ring *ring, const char *text, size_t n,
                                struct sg_error *err)
{
    uint8_t hash[SG_SHA512_BYTES], id[SG_SHA512_BYTES], proof[DISAVOWAL_BYTES];
    struct sg_statement t;
    bool claim = sg_statement_read(&t, SG_STATEMENT_CLAIM, text, n, err) == SG_OK;
    enum sg_err r = claim ? SG_OK : sg_statement_read(&t, SG_STATEMENT_DISAVOWAL, text, n, err);

    memset(p, 0, sizeof *p);
    if (r == SG_OK)
        r = sg_statement_key(&t, "key", p->key, err);
    if (r == SG_OK)
        r = sg_statement_bytes(&t, "signature", id, sizeof id, err);
    sg_statement_hash(hash, text, t.at);
    if (r == SG_OK)
        r = sg_statement_bytes(&t, "proof", proof, claim ? CLAIM_BYTES : DISAVOWAL_BYTES, err);
    if (r == SG_OK)
        r = sg_statement_end(&t, err);
    if (r == SG_OK && memcmp(id, s->id, sizeof id) != 0)
        r = sg_fail(err, SG_ERR_FORGED, "it is about another signature");
    if (r == SG_OK && !sg_ring_has(ring, p->key))
        r = sg_fail(err, SG_ERR_FORGED, "its key is not in the ring");
    if (r == SG_OK &&
        !(claim ? fits_claim(s, p->key, hash, proof) : fits_disavowal(s, p->key, hash, proof)))
        r = sg_fail(err, SG_ERR_FORGED, "its proof does not fit what it says");
    p->claim = claim;
    if (r != SG_OK)
        memset(p, 0, sizeof *p);
    return r;
}
