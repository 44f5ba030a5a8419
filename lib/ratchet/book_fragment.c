#include "ratchet/book_private.h"

#include <string.h>

/* What the pieces tell of their changes is carried over to the store. */
struct carry {
    struct sg_book *b;
    struct sg_error *err;
    enum sg_err r; /* what went wrong first */
};

static void added(void *context, const struct sg_piece *p)
{
    struct carry *c = context;

    if (c->r == SG_OK)
        c->r = sg_book_run(c->b, c->err,
                           "INSERT INTO ratchet_piece (serial, mid, idx, cnt, touched, chunk) "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                           "ibiiib", (int64_t)p->serial, p->mid, sizeof p->mid, (int64_t)p->idx,
                           (int64_t)p->cnt, (int64_t)p->touched, p->chunk, p->n);
}

static void touched(void *context, const struct sg_piece *p)
{
    struct carry *c = context;

    if (c->r == SG_OK)
        c->r = sg_book_run(c->b, c->err, "UPDATE ratchet_piece SET touched = ?2 WHERE serial = ?1",
                           "ii", (int64_t)p->serial, (int64_t)p->touched);
}

static void gone(void *context, uint64_t serial)
{
    struct carry *c = context;

    if (c->r == SG_OK)
        c->r = sg_book_run(c->b, c->err, "DELETE FROM ratchet_piece WHERE serial = ?1", "i",
                           (int64_t)serial);
}

static enum sg_err load(struct sg_book *b, struct sg_fragments *all, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_book_query(
        &q, b, err,
        "SELECT serial, mid, idx, cnt, touched, chunk FROM ratchet_piece ORDER BY serial", "");

    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        size_t n, m;
        const uint8_t *mid = sg_query_bytes(&q, 1, &m);
        uint8_t chunk[SG_FRAGMENT_CHUNK_MAX_BYTES];
        const uint8_t *p = sg_query_bytes(&q, 5, &n);
        struct sg_piece piece = {
            .serial = (uint64_t)sg_query_int(&q, 0),
            .idx = (uint8_t)sg_query_int(&q, 2),
            .cnt = (uint8_t)sg_query_int(&q, 3),
            .touched = (uint64_t)sg_query_int(&q, 4),
            .chunk = chunk,
            .n = n,
        };
        if (m != sizeof piece.mid || n > sizeof chunk) {
            r = sg_fail(err, SG_ERR_STORE, "a damaged fragment");
            break;
        }
        memcpy(piece.mid, mid, m);
        memcpy(chunk, p, n);
        r = sg_fragments_restore(all, &piece, err);
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_fragment(struct sg_book *b, struct sg_book_got *got, const uint8_t *raw,
                             size_t len, const struct sg_receiving *how, struct sg_error *err)
{
    struct carry carry = {.b = b, .err = err, .r = SG_OK};
    enum sg_fragment what = SG_FRAGMENT_MALFORMED;
    uint8_t *whole = sg_book_w(b)->whole;
    struct sg_fragments all;
    size_t n = 0;
    enum sg_err r;

    memset(got, 0, sizeof *got);
    sg_fragments_init(&all);
    r = load(b, &all, err);
    all.added = added;
    all.touched = touched;
    all.gone = gone;
    all.context = &carry;
    if (r == SG_OK) {
        sg_fragments_expire(&all, b->now);
        r = sg_fragments_add(&all, &what, whole, &n, raw, len, b->now, err);
    }
    if (r == SG_OK)
        r = carry.r;
    all.gone = NULL;
    sg_fragments_free(&all);
    got->word = what == SG_FRAGMENT_KEPT ? SG_WORD_PARTIAL : SG_WORD_MALFORMED;
    if (r == SG_OK && what == SG_FRAGMENT_WHOLE)
        r = sg_book_receive(b, got, whole, n, how, err);
    return r;
}
