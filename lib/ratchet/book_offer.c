#include "ratchet/book_private.h"

#include <string.h>

enum sg_err sg_book_offer(struct sg_book *b, uint8_t out[static SG_OFFER_BYTES],
                          enum sg_offer_kind kind, const uint8_t *only, uint32_t days,
                          struct sg_error *err)
{
    struct sg_book_work *w = sg_book_w(b);
    uint32_t not_after = (uint32_t)(b->now / SG_DAY_MS) + days;
    struct sg_secret block = {0};
    int64_t live = 0, reusable = 0;
    enum sg_err r = sg_book_number(&live, b, err, "SELECT count(*) FROM ratchet_offer", "");

    if (r == SG_OK)
        r = sg_book_number(&reusable, b, err, "SELECT count(*) FROM ratchet_offer WHERE kind = 2",
                           "");
    if (r == SG_OK && live >= SG_OFFER_LIVE_MAX)
        r = sg_fail_limit(err, SG_ERR_LIMIT, "offers", (uint64_t)live + 1, SG_OFFER_LIVE_MAX);
    if (r == SG_OK && kind == SG_OFFER_REUSABLE && reusable >= SG_OFFER_LIVE_REUSABLE_MAX)
        r = sg_fail_limit(err, SG_ERR_LIMIT, "reusable offers", (uint64_t)reusable + 1,
                          SG_OFFER_LIVE_REUSABLE_MAX);
    if (r == SG_OK)
        r = sg_secret_new(&block, sizeof(struct sg_offer_secret), err);
    if (r == SG_OK) {
        struct sg_offer_secret *o = (struct sg_offer_secret *)(void *)block.data;
        sg_offer_new(o, &w->self, kind, not_after, &w->hedge);
        memcpy(out, o->offer, SG_OFFER_BYTES);
        r = sg_book_run(b, err,
                        "INSERT INTO ratchet_offer (kind, not_after, only_fp, secret) "
                        "VALUES (?1, ?2, ?4, ?3)",
                        only ? "iibb" : "iibn", (int64_t)kind, (int64_t)not_after, block.data,
                        sizeof *o, only, (size_t)SG_TOKEN_FP_BYTES);
    }
    sg_secret_free(&block);
    return r;
}

static bool read_row(struct sg_query *q, struct sg_offer_row *o)
{
    size_t n;
    const uint8_t *only;

    memset(o, 0, sizeof *o);
    o->id = sg_query_int(q, 0);
    o->kind = (enum sg_offer_kind)sg_query_int(q, 1);
    o->not_after = (uint32_t)sg_query_int(q, 2);
    o->only_known = !sg_query_is_null(q, 3);
    only = sg_query_bytes(q, 3, &n);
    if (o->only_known && n != sizeof o->only)
        return false;
    memcpy(o->only, only, n);
    return true;
}

#define ROW "SELECT id, kind, not_after, only_fp, secret FROM ratchet_offer ORDER BY id"

enum sg_err sg_book_offers(struct sg_book *b,
                           enum sg_err (*row)(void *context, const struct sg_offer_row *o,
                                              struct sg_error *err),
                           void *context, struct sg_error *err)
{
    struct sg_offer_row o;
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_book_query(&q, b, err, ROW, "");

    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there)
        r = read_row(&q, &o) ? row(context, &o, err)
                             : sg_fail(err, SG_ERR_STORE, "a damaged offer");
    sg_query_end(&q);
    return r;
}

enum sg_err sg_live_load(struct sg_book *b, struct sg_live *live, struct sg_error *err)
{
    struct sg_offer_secret *all;
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r;

    memset(live, 0, sizeof *live);
    r = sg_secret_new(&live->block, SG_OFFER_LIVE_MAX * sizeof *all, err);
    all = (struct sg_offer_secret *)(void *)live->block.data;
    if (r == SG_OK)
        r = sg_book_query(&q, b, err, ROW, "");
    while (r == SG_OK && live->n < SG_OFFER_LIVE_MAX &&
           (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        size_t n;
        const uint8_t *secret = sg_query_bytes(&q, 4, &n);
        if (n != sizeof *all || !read_row(&q, &live->rows[live->n])) {
            r = sg_fail(err, SG_ERR_STORE, "a damaged offer");
            break;
        }
        memcpy(&all[live->n], secret, n);
        live->offers[live->n] = &all[live->n];
        live->n++;
    }
    sg_query_end(&q);
    return r;
}

void sg_live_free(struct sg_live *live)
{
    sg_secret_free(&live->block);
}

enum sg_err sg_book_revoke(struct sg_book *b, int64_t id, struct sg_error *err)
{
    enum sg_err r = sg_book_run(b, err, "DELETE FROM ratchet_offer WHERE id = ?1", "i", id);

    if (r == SG_OK && sg_query_changed(b->store) == 0)
        r = sg_fail(err, SG_ERR_NOT_FOUND, "offer");
    return r;
}
