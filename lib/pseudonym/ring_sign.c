#include "pseudonym/ring_sign.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "pseudonym/pem.h"
#include "pseudonym/nonce.h"

#include <string.h>

#define HEAD_BYTES 6
#define SIGNATURE_BYTES(n) (HEAD_BYTES + SG_RING_FRESH_BYTES + 96 + (n)*SG_SCALAR_BYTES)

/* out = yes ? out : other, in time that depends on n alone. */
static void keep_if(uint8_t *out, const uint8_t *other, size_t n, uint32_t yes)
{
    uint8_t mask = (uint8_t)(sg_ct_hide(yes) - 1); /* 0 for yes, 255 for no */

    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(out[i] ^ (mask & (out[i] ^ other[i])));
}

/* 1 when two numbers below 2^31 are equal, else 0. */
static uint32_t same(uint32_t a, uint32_t b)
{
    return sg_ct_hide(((a ^ b) - 1) >> 31);
}

/* Where in the ring a key is, looking at all of it: *found is 1 when it is there. */
static uint32_t find(uint32_t *found, const struct sg_ring *ring, const uint8_t key[static 32])
{
    uint32_t at = 0;

    *found = 0;
    for (uint32_t i = 0; i < (uint32_t)sg_ring_count(ring); i++) {
        uint32_t differs = 0, equal;
        for (size_t j = 0; j < SG_RING_KEY_BYTES; j++)
            differs |= (uint32_t)(sg_ring_at(ring, i)[j] ^ key[j]);
        equal = same(differs, 0);
        at |= i & (0 - equal);
        *found |= equal;
    }
    return at;
}

/*
 * Turns n records of 32 bytes so that record `by` comes first, in steps of the bits of `by`, each
 * of which moves everything or keeps everything. scratch: room for as many.
 */
static void turn(uint8_t *records, uint8_t *scratch, size_t n, uint32_t by)
{
    for (unsigned bit = 0; (size_t)1 << bit < n; bit++) {
        size_t step = ((size_t)1 << bit) % n;
        for (size_t i = 0; i < n; i++)
            memcpy(scratch + 32 * i, records + 32 * ((i + step) % n), 32);
        keep_if(records, scratch, 32 * n, 1 - (by >> bit & 1));
    }
}

/* What signing works with. */
struct work {
    uint8_t x[SG_SCALAR_BYTES],
        key[SG_EDWARDS_BYTES]; /* secret, and public but secretly this one */
    uint8_t base[SG_EDWARDS_BYTES], tag[SG_EDWARDS_BYTES];
    uint8_t t[SG_SHA512_BYTES];
    uint32_t at;                 /* the signer's place: secret */
    uint8_t *keys, *s, *scratch; /* n records each; the signer's comes first */
    uint8_t c0[SG_SCALAR_BYTES];
};

/* Goes round the ring, from behind the signer to the signer. */
static bool go_round(struct work *w, size_t n, struct sg_nonce *nonce)
{
    uint8_t k[SG_SCALAR_BYTES], c[SG_SCALAR_BYTES], l[SG_EDWARDS_BYTES], r[SG_EDWARDS_BYTES];
    uint32_t first = (uint32_t)n - w->at; /* where member 0 is in the turned ring; n when it is 0 */
    bool ok;

    sg_nonce_next(k, nonce);
    ok = sg_edwards_base(l, k) && sg_edwards_mul(r, k, w->base);
    sg_ring_challenge(c, w->t, l, r);
    for (size_t i = 1; ok && i <= n; i++) {
        keep_if(w->c0, c, sizeof c, 1 - same((uint32_t)i, first));
        if (i == n)
            break;
        sg_nonce_next(w->s + i * SG_SCALAR_BYTES, nonce);
        ok = sg_ring_step(c, w->t, w->s + i * SG_SCALAR_BYTES, c, w->keys + i * SG_EDWARDS_BYTES,
                          w->base, w->tag);
    }
    sg_scalar_mul(c, c, w->x); /* the signer's own: s = k - c x */
    sg_scalar_sub(w->s, k, c);
    sg_wipe(k, sizeof k);
    sg_wipe(c, sizeof c);
    return ok;
}

static enum sg_err put_signature(struct sg_buffer *out, const struct work *w,
                                 const struct sg_ring_scope *scope, const uint8_t digest[static 32],
                                 size_t n, struct sg_error *err)
{
    uint8_t head[HEAD_BYTES] = {SG_RING_VERSION,    (uint8_t)scope->kind, (uint8_t)(n >> 24),
                                (uint8_t)(n >> 16), (uint8_t)(n >> 8),    (uint8_t)n};
    struct sg_buffer bytes;
    enum sg_err r;

    sg_buffer_init(&bytes, SIGNATURE_BYTES(n));
    r = sg_buffer_append(&bytes, head, sizeof head, err);
    if (r == SG_OK && scope->kind == SG_RING_ONCE)
        r = sg_buffer_append(&bytes, scope->p, scope->n, err);
    if (r == SG_OK)
        r = sg_buffer_append(&bytes, digest, 32, err);
    if (r == SG_OK)
        r = sg_buffer_append(&bytes, w->tag, sizeof w->tag, err);
    if (r == SG_OK)
        r = sg_buffer_append(&bytes, w->c0, sizeof w->c0, err);
    if (r == SG_OK)
        r = sg_buffer_append(&bytes, w->s, n * SG_SCALAR_BYTES, err);
    if (r == SG_OK)
        r = sg_pem_write(out, SG_RING_LABEL, bytes.data, bytes.len, err);
    sg_buffer_free(&bytes);
    return r;
}

static enum sg_err sign(struct sg_buffer *out, struct work *w, const struct sg_ring *ring,
                        const struct sg_ring_scope *scope, const uint8_t seed[static 32],
                        const uint8_t message[static SG_SHA512_BYTES], struct sg_error *err)
{
    size_t n = sg_ring_count(ring);
    uint8_t digest[32];
    uint32_t found;
    struct sg_nonce nonce;
    bool ok;

    sg_edwards_scalar(w->x, seed);
    ok = sg_edwards_base(w->key, w->x);
    w->at = find(&found, ring, w->key);
    sg_ct_declassify(&found, sizeof found); /* whether it is there, not where */
    if (!ok || !found)
        return sg_fail(err, SG_ERR_OUTSIDE, NULL);
    sg_ring_digest(digest, ring);
    sg_ring_base(w->base, scope);
    ok = sg_edwards_mul(w->tag, w->x, w->base);
    sg_ct_declassify(w->tag, sizeof w->tag); /* part of the signature */
    sg_ring_statement(w->t, scope, digest, w->tag, message);

    memcpy(w->keys, ring->keys.data, n * SG_EDWARDS_BYTES);
    turn(w->keys, w->scratch, n, w->at);
    /* Public keys in an order that is secret. libsodium asks whether each is a point, and they all
     * are: nothing to be told apart by. */
    sg_ct_declassify(w->keys, n * SG_EDWARDS_BYTES);
    sg_nonce_start(&nonce, "signet/ring/v1/nonce", seed, w->t);
    ok = ok && go_round(w, n, &nonce);
    sg_nonce_end(&nonce);
    turn(w->s, w->scratch, n, (uint32_t)n - w->at); /* and back */
    sg_ct_declassify(w->s, n * SG_SCALAR_BYTES);
    sg_ct_declassify(w->c0, sizeof w->c0);
    return ok ? put_signature(out, w, scope, digest, n, err)
              : sg_fail(err, SG_ERR_RING, "a key in it is no point");
}

enum sg_err sg_ring_sign(struct sg_buffer *out, const struct sg_ring *ring,
                         const uint8_t seed[static 32],
                         const uint8_t message[static SG_SHA512_BYTES], const char *scope,
                         struct sg_error *err)
{
    struct sg_ring_scope s = {SG_RING_SCOPED, scope, scope ? strlen(scope) : 0};
    size_t n = sg_ring_count(ring);
    uint8_t fresh[SG_RING_FRESH_BYTES];
    struct sg_secret records = {0}, work = {0};
    struct work *w;
    enum sg_err r;

    if (n == 0)
        return sg_fail(err, SG_ERR_RING, "there is no key in it: a ring needs one or more");
    if (scope && (s.n == 0 || s.n > SG_RING_SCOPE_MAX_BYTES))
        return sg_fail_limit(err, SG_ERR_LIMIT, "a scope is a text of 1 to 1024 bytes", s.n,
                             SG_RING_SCOPE_MAX_BYTES);
    if (!scope) {
        sg_random(fresh, sizeof fresh);
        s = (struct sg_ring_scope){SG_RING_ONCE, fresh, sizeof fresh};
    }
    r = sg_secret_new(&work, sizeof *w, err);
    if (r == SG_OK)
        r = sg_secret_new(&records, 3 * n * 32, err);
    if (r == SG_OK) {
        w = (struct work *)(void *)work.data;
        w->keys = records.data;
        w->s = records.data + n * 32;
        w->scratch = records.data + 2 * n * 32;
        r = sign(out, w, ring, &s, seed, message, err);
    }
    sg_secret_free(&records);
    sg_secret_free(&work);
    return r;
}
