#include "ratchet/book_private.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/*
 * ratchet_self       the one identity, the hedge, and how many rollbacks were dealt with
 * ratchet_offer      live offers with their secrets; for one fingerprint, or for anybody
 * ratchet_contact    a person, by fingerprint; trust as enum sg_trust; offer: the newest he sent
 * ratchet_session    state as sg_session_encode() has it, header keys beside it, and what decides
 *                    between sessions
 * ratchet_tombstone  openings that were accepted, as long as their offer lives
 * ratchet_outbox     wires, until they are told to have left, and some time after
 * ratchet_own        digests of what one sent
 * ratchet_inbox      texts, until they were shown
 * ratchet_piece      fragments
 */
static const char tables_1[] =
    "CREATE TABLE ratchet_self (id INTEGER PRIMARY KEY CHECK (id = 1), secrets BLOB NOT NULL,"
    "    hedge BLOB NOT NULL, rollbacks INTEGER NOT NULL) STRICT;"
    "CREATE TABLE ratchet_offer (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
    "    not_after INTEGER NOT NULL, only_fp BLOB, secret BLOB NOT NULL) STRICT;"
    "CREATE TABLE ratchet_contact (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
    "    fp BLOB NOT NULL UNIQUE, trust INTEGER NOT NULL, opened INTEGER NOT NULL, offer BLOB"
    ") STRICT;"
    "CREATE TABLE ratchet_session (id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL,"
    "    sid BLOB NOT NULL UNIQUE, opened INTEGER NOT NULL, heard INTEGER NOT NULL,"
    "    retired INTEGER NOT NULL, mine INTEGER NOT NULL, awaiting INTEGER NOT NULL,"
    "    stopped INTEGER NOT NULL, suspect INTEGER NOT NULL, single_use INTEGER NOT NULL,"
    "    keys BLOB NOT NULL, state BLOB NOT NULL) STRICT;"
    "CREATE INDEX ratchet_session_contact ON ratchet_session (contact);"
    "CREATE TABLE ratchet_tombstone (seen BLOB PRIMARY KEY, offer INTEGER NOT NULL,"
    "    contact INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ratchet_outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL,"
    "    made INTEGER NOT NULL, emitted INTEGER NOT NULL, size INTEGER NOT NULL,"
    "    wire BLOB NOT NULL) STRICT;"
    "CREATE INDEX ratchet_outbox_contact ON ratchet_outbox (contact, id);"
    "CREATE TABLE ratchet_own (id INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE,"
    "    made INTEGER NOT NULL) STRICT;"
    "CREATE TABLE ratchet_inbox (id INTEGER PRIMARY KEY AUTOINCREMENT, contact INTEGER NOT NULL,"
    "    sid BLOB NOT NULL, n INTEGER NOT NULL, ep INTEGER NOT NULL, gap INTEGER NOT NULL,"
    "    flags INTEGER NOT NULL, time INTEGER, size INTEGER NOT NULL, text BLOB NOT NULL) STRICT;"
    "CREATE INDEX ratchet_inbox_contact ON ratchet_inbox (contact, id);"
    "CREATE TABLE ratchet_piece (serial INTEGER PRIMARY KEY, mid BLOB NOT NULL,"
    "    idx INTEGER NOT NULL, cnt INTEGER NOT NULL, touched INTEGER NOT NULL, chunk BLOB NOT NULL"
    ") STRICT;";

static const char *const steps[] = {tables_1};

static void set(struct sg_query *q, const char *types, va_list a)
{
    for (int i = 1; *types; i++, types++) {
        if (*types == 'i') {
            sg_query_set_int(q, i, va_arg(a, int64_t));
        } else if (*types == 'b') {
            const void *p = va_arg(a, const void *);
            sg_query_set_bytes(q, i, p, va_arg(a, size_t));
        } else if (*types == 't') {
            const char *t = va_arg(a, const char *);
            sg_query_set_text(q, i, t, strlen(t));
        } else {
            sg_query_set_null(q, i);
        }
    }
}

enum sg_err sg_book_query(struct sg_query *q, struct sg_book *b, struct sg_error *err,
                          const char *sql, const char *types, ...)
{
    enum sg_err r = sg_query_start(q, b->store, sql, err);
    va_list a;

    va_start(a, types);
    if (r == SG_OK)
        set(q, types, a);
    va_end(a);
    return r;
}

enum sg_err sg_book_run(struct sg_book *b, struct sg_error *err, const char *sql, const char *types,
                        ...)
{
    struct sg_query q = {0};
    enum sg_err r = sg_query_start(&q, b->store, sql, err);
    va_list a;

    va_start(a, types);
    if (r == SG_OK) {
        set(&q, types, a);
        r = sg_query_run(&q, err);
    }
    va_end(a);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_number(int64_t *x, struct sg_book *b, struct sg_error *err, const char *sql,
                           const char *types, ...)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_query_start(&q, b->store, sql, err);
    va_list a;

    *x = 0;
    va_start(a, types);
    if (r == SG_OK) {
        set(&q, types, a);
        r = sg_query_row(&q, &there, err);
    }
    va_end(a);
    if (r == SG_OK && there)
        *x = sg_query_int(&q, 0);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_open(struct sg_book **out, struct sg_store *s, struct sg_error *err)
{
    static const struct sg_schema schema = {
        .room = "ratchet",
        .version = sizeof steps / sizeof *steps,
        .steps = steps,
    };
    struct sg_book *b = calloc(1, sizeof *b);
    enum sg_err r;

    *out = NULL;
    if (!b)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, sizeof *b, 0);
    b->store = s;
    r = sg_store_schema(s, &schema, err);
    if (r == SG_OK)
        r = sg_secret_new(&b->work, sizeof(struct sg_book_work), err);
    if (r == SG_OK)
        r = sg_session_new(&b->session, err);
    if (r == SG_OK)
        *out = b;
    else
        sg_book_close(b);
    return r;
}

void sg_book_close(struct sg_book *b)
{
    if (!b)
        return;
    sg_secret_free(&b->work);
    sg_secret_free(&b->session);
    free(b);
}

/* Reads who one is, or makes it. *rollbacks: those dealt with. */
static enum sg_err load_self(struct sg_book *b, uint64_t *rollbacks, struct sg_error *err)
{
    struct sg_book_work *w = sg_book_w(b);
    uint8_t secrets[SG_RATCHET_IDENTITY_BYTES];
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r =
        sg_book_query(&q, b, err, "SELECT secrets, hedge, rollbacks FROM ratchet_self", "");

    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (r == SG_OK && there) {
        size_t n, m;
        const uint8_t *p = sg_query_bytes(&q, 0, &n);
        const uint8_t *h = sg_query_bytes(&q, 1, &m);
        if (n == sizeof secrets && m == SG_HEDGE_BYTES) {
            sg_ratchet_identity_load(&w->self, p);
            memcpy(w->hedge.bytes, h, m);
            *rollbacks = (uint64_t)sg_query_int(&q, 2);
        } else {
            r = sg_fail(err, SG_ERR_STORE, "the identity of conversations is damaged");
        }
    }
    sg_query_end(&q);
    if (r == SG_OK && !there) {
        sg_hedge_new(&w->hedge);
        sg_ratchet_identity_new(&w->self, &w->hedge);
        sg_ratchet_identity_secrets(secrets, &w->self);
        *rollbacks = sg_store_rollbacks(b->store);
        r = sg_book_run(b, err, "INSERT INTO ratchet_self VALUES (1, ?1, ?2, ?3)", "bbi", secrets,
                        sizeof secrets, w->hedge.bytes, sizeof w->hedge.bytes, (int64_t)*rollbacks);
        sg_wipe(secrets, sizeof secrets);
    }
    w->hedge_stored = w->hedge;
    return r;
}

/* The store was put back: nothing of what it says of now is true any more. */
static enum sg_err stop_all(struct sg_book *b, struct sg_error *err)
{
    enum sg_err r = sg_book_run(b, err, "DELETE FROM ratchet_offer", "");

    if (r == SG_OK)
        r = sg_book_run(b, err, "UPDATE ratchet_session SET stopped = 1", "");
    if (r == SG_OK)
        r = sg_book_run(b, err, "UPDATE ratchet_self SET rollbacks = ?1", "i",
                        (int64_t)sg_store_rollbacks(b->store));
    return r;
}

/* Forgets what has had its time. */
static enum sg_err expire(struct sg_book *b, struct sg_error *err)
{
    int64_t today = (int64_t)(b->now / SG_DAY_MS), now = (int64_t)b->now;
    enum sg_err r = sg_book_run(
        b, err, "DELETE FROM ratchet_offer WHERE not_after + iif(kind = 1, ?2, ?3) < ?1", "iii",
        today, (int64_t)SG_OFFER_SINGLE_GRACE_DAYS, (int64_t)SG_OFFER_REUSABLE_GRACE_DAYS);

    if (r == SG_OK)
        r = sg_book_run(b, err,
                        "DELETE FROM ratchet_tombstone WHERE offer NOT IN "
                        "(SELECT id FROM ratchet_offer)",
                        "");
    if (r == SG_OK)
        r = sg_book_run(b, err, "DELETE FROM ratchet_session WHERE retired > 0 AND retired < ?1",
                        "i", now - (int64_t)SG_KEEP_MS);
    if (r == SG_OK)
        r = sg_book_run(b, err, "DELETE FROM ratchet_outbox WHERE made < ?1", "i",
                        now - (int64_t)SG_OUTBOX_MS);
    if (r == SG_OK)
        r = sg_book_run(b, err, "DELETE FROM ratchet_own WHERE made < ?1", "i",
                        now - (int64_t)SG_KEEP_MS);
    return r;
}

enum sg_err sg_book_begin(struct sg_book *b, uint64_t now, bool *rolled_back, struct sg_error *err)
{
    uint64_t rollbacks = 0;
    enum sg_err r = sg_store_begin(b->store, SG_STORE_WRITE, err);

    *rolled_back = false;
    if (r != SG_OK)
        return r;
    b->now = now;
    r = load_self(b, &rollbacks, err);
    if (r == SG_OK && sg_store_rollbacks(b->store) > rollbacks) {
        *rolled_back = true;
        r = stop_all(b, err);
    }
    if (r == SG_OK)
        r = expire(b, err);
    if (r != SG_OK)
        sg_store_rollback(b->store);
    return r;
}

enum sg_err sg_book_commit(struct sg_book *b, struct sg_error *err)
{
    struct sg_book_work *w = sg_book_w(b);
    enum sg_err r = SG_OK;

    if (!sg_equal(w->hedge.bytes, w->hedge_stored.bytes, sizeof w->hedge.bytes))
        r = sg_book_run(b, err, "UPDATE ratchet_self SET hedge = ?1", "b", w->hedge.bytes,
                        sizeof w->hedge.bytes);
    r = sg_store_end(b->store, r, err);
    if (r == SG_OK)
        w->hedge_stored = w->hedge;
    return r;
}

void sg_book_rollback(struct sg_book *b)
{
    sg_store_rollback(b->store);
}

const uint8_t *sg_book_fingerprint(const struct sg_book *b)
{
    return sg_book_w(b)->self.fingerprint;
}
