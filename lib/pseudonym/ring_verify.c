/*
 * ring_verify - judging ring signatures.
 */
#include "base/secret.h"
#include "key/ssh_wire.h"
#include "pseudonym/pem.h"
#include "pseudonym/ring_sign.h"

#include <string.h>

#define SIGNATURE_MAX_BYTES (256 + (size_t)SG_RING_MAX * SG_SCALAR_BYTES)

/* What is in a signature; the scalars are in the bytes that were read. */
struct parts {
    enum sg_ring_kind kind;
    uint8_t fresh[SG_RING_FRESH_BYTES], digest[32], tag[SG_EDWARDS_BYTES], c0[SG_SCALAR_BYTES];
    uint32_t n;
    const uint8_t *s;
};

/* Takes n bytes; false when there are fewer. */
static bool take(struct sg_ssh_bytes *w, void *out, size_t n)
{
    if (w->n < n)
        return false;
    memcpy(out, w->p, n);
    w->p += n;
    w->n -= n;
    return true;
}

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_SIGNATURE, what);
}

static enum sg_err read_parts(struct parts *p, struct sg_buffer *bytes, const char *text, size_t n,
                              struct sg_error *err)
{
    enum sg_err r = sg_pem_read(bytes, SG_RING_LABEL, text, n, err);
    struct sg_ssh_bytes w = {bytes->data, bytes->len};
    uint8_t head[2];

    if (r == SG_ERR_LIMIT)
        return bad(err, "a ring signature that is larger than any");
    if (r != SG_OK)
        return r;
    if (!take(&w, head, sizeof head))
        return bad(err, "a ring signature that is cut off");
    if (head[0] != SG_RING_VERSION)
        return bad(err, "a ring signature of a version that is not known");
    p->kind = (enum sg_ring_kind)head[1];
    if (p->kind != SG_RING_SCOPED && p->kind != SG_RING_ONCE)
        return bad(err, "a ring signature of a kind that is not known");
    if (!sg_ssh_take_number(&w, &p->n) ||
        (p->kind == SG_RING_ONCE && !take(&w, p->fresh, sizeof p->fresh)) ||
        !take(&w, p->digest, sizeof p->digest) || !take(&w, p->tag, sizeof p->tag) ||
        !take(&w, p->c0, sizeof p->c0))
        return bad(err, "a ring signature that is cut off");
    if (p->n == 0 || p->n > SG_RING_MAX || w.n != (size_t)p->n * SG_SCALAR_BYTES)
        return bad(err, "a ring signature whose length does not fit its ring");
    p->s = w.p;
    if (!sg_scalar_check(p->c0))
        return bad(err, "a ring signature with a scalar that is not reduced");
    for (size_t i = 0; i < p->n; i++)
        if (!sg_scalar_check(p->s + i * SG_SCALAR_BYTES))
            return bad(err, "a ring signature with a scalar that is not reduced");
    if (!sg_edwards_check(p->tag))
        return bad(err, "a ring signature whose tag is no point of prime order");
    return SG_OK;
}

static enum sg_err forged(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_FORGED, what);
}

static enum sg_err judge(struct sg_ring_signature *out, const struct parts *p,
                         const struct sg_ring *ring, const uint8_t *message, const char *scope,
                         struct sg_error *err)
{
    struct sg_ring_scope s = {SG_RING_ONCE, p->fresh, sizeof p->fresh};
    uint8_t digest[32], t[SG_SHA512_BYTES], c[SG_SCALAR_BYTES];

    if (p->kind == SG_RING_SCOPED && !scope)
        return forged(err, "it was made in a scope, which must be named");
    if (p->kind == SG_RING_ONCE && scope)
        return forged(err, "it was made in no scope");
    if (scope)
        s = (struct sg_ring_scope){SG_RING_SCOPED, scope, strlen(scope)};
    sg_ring_digest(digest, ring);
    if (memcmp(digest, p->digest, sizeof digest) != 0) {
        bool differ = p->n != sg_ring_count(ring);
        return sg_fail_limit(err, SG_ERR_FORGED, "it was made for another ring", differ ? p->n : 0,
                             differ ? sg_ring_count(ring) : 0);
    }
    sg_ring_base(out->base, &s);
    memcpy(out->tag, p->tag, sizeof out->tag);
    sg_ring_statement(t, &s, digest, p->tag, message);
    memcpy(c, p->c0, sizeof c);
    for (size_t i = 0; i < p->n; i++)
        if (!sg_ring_step(c, t, p->s + i * SG_SCALAR_BYTES, c, sg_ring_at(ring, i), out->base,
                          p->tag))
            return forged(err, "the content, the scope or the signature was changed");
    return sg_equal(c, p->c0, sizeof c)
               ? SG_OK
               : forged(err, "the content, the scope or the signature was changed");
}

enum sg_err sg_ring_verify(struct sg_ring_signature *s, const struct sg_ring *ring,
                           const char *text, size_t n,
                           const uint8_t message[static SG_SHA512_BYTES], const char *scope,
                           struct sg_error *err)
{
    struct sg_buffer bytes;
    struct parts p = {0};
    enum sg_err r;

    memset(s, 0, sizeof *s);
    sg_buffer_init(&bytes, SIGNATURE_MAX_BYTES);
    r = read_parts(&p, &bytes, text, n, err);
    if (r == SG_OK)
        r = judge(s, &p, ring, message, scope, err);
    if (r == SG_OK)
        sg_sha512(s->id, bytes.data, bytes.len);
    else
        memset(s, 0, sizeof *s);
    sg_buffer_free(&bytes);
    return r;
}
