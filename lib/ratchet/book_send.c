#include "ratchet/book_private.h"

#include <string.h>

/* Who the offer is of: under `name`, a contact of that name and fingerprint, or a new one. */
static enum sg_err find_whom(struct sg_book *b, struct sg_contact *c, const char *name,
                             const uint8_t fp[static SG_FINGERPRINT_BYTES], struct sg_error *err)
{
    int64_t taken = 0;
    enum sg_err r = sg_contact_by_fp(b, c, fp, err);

    if (r == SG_OK)
        r = sg_book_number(&taken, b, err, "SELECT id FROM ratchet_contact WHERE name = ?1", "t",
                           name);
    if (r == SG_OK && taken && taken != c->id) {
        sg_error_name(err, name);
        return sg_fail(err, SG_ERR_EXISTS, "a contact with another fingerprint");
    }
    if (r == SG_OK && c->id && !taken && c->trust != SG_STRANGER) {
        sg_error_name(err, c->name);
        return sg_fail(err, SG_ERR_EXISTS, "the offer's maker is known by this name");
    }
    return r;
}

/* Keeps a session that was just started with c, a new contact when c->id is 0. */
static enum sg_err keep_started(struct sg_book *b, struct sg_contact *c, const char *name,
                                bool replace, struct sg_error *err)
{
    struct sg_kept kept[SG_HELD_MAX], k = {0};
    struct sg_held held[SG_HELD_MAX];
    struct sg_decision d;
    size_t n = 0;
    enum sg_err r = SG_OK;

    if (!c->id) {
        c->trust = SG_UNVERIFIED;
        r = sg_contact_add(b, c, name, err);
    } else if (c->trust == SG_STRANGER) {
        r = sg_book_trust(b, c, SG_UNVERIFIED, err);
        if (r == SG_OK)
            r = sg_book_rename(b, c, name, err);
    }
    if (r == SG_OK)
        r = sg_kept_of(b, kept, held, &n, c->id, err);
    k.contact = c->id;
    k.held.mine = true;
    k.held.opened = sg_book_s(b)->opened;
    memcpy(k.held.sid, sg_book_s(b)->sid, sizeof k.held.sid);
    if (r == SG_OK) {
        sg_decide_started(&d, held, n, &k.held, replace);
        r = sg_kept_decided(b, &d, kept, n, err);
    }
    if (r == SG_OK)
        r = sg_kept_store(b, &k, err);
    if (r == SG_OK)
        r = sg_book_run(b, err, "UPDATE ratchet_contact SET opened = ?2 WHERE id = ?1", "ii", c->id,
                        (int64_t)k.held.opened);
    return r;
}

/* The newest offer that a contact sent along; *len is 0 when there is none. */
static enum sg_err sent_along(struct sg_book *b, uint8_t out[static SG_OFFER_BYTES], size_t *len,
                              const char *name, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r =
        sg_book_query(&q, b, err, "SELECT offer FROM ratchet_contact WHERE name = ?1", "t", name);

    *len = 0;
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (r == SG_OK && there) {
        size_t n;
        const uint8_t *p = sg_query_bytes(&q, 0, &n);
        if (n == SG_OFFER_BYTES) {
            memcpy(out, p, n);
            *len = n;
        }
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_start(struct sg_book *b, enum sg_word *word, const char **why, const char *name,
                          const uint8_t *offer, size_t len, bool replace, struct sg_error *err)
{
    struct sg_book_work *w = sg_book_w(b);
    uint8_t fp[SG_FINGERPRINT_BYTES], kept[SG_OFFER_BYTES];
    struct sg_party maker;
    struct sg_contact c;
    enum sg_err r = sg_contact_name_check(name, err);

    *why = NULL;
    *word = SG_WORD_MALFORMED;
    if (r == SG_OK && !offer) {
        r = sent_along(b, kept, &len, name, err);
        offer = kept;
        if (r == SG_OK && len == 0) {
            sg_error_name(err, name);
            r = sg_fail(err, SG_ERR_NOT_FOUND, "offer that was sent along by the contact");
        }
    }
    if (r != SG_OK)
        return r;
    *word = sg_offer_check(offer, len, (uint32_t)(b->now / SG_DAY_MS), why);
    if (*word != SG_WORD_OK)
        return SG_OK;
    maker = sg_offer_party(offer);
    sg_fingerprint(fp, &maker);
    if (memcmp(fp, w->self.fingerprint, sizeof fp) == 0) {
        *why = "it is one's own";
        *word = SG_WORD_MALFORMED;
        return SG_OK;
    }
    r = find_whom(b, &c, name, fp, err);
    if (r == SG_OK && c.trust == SG_BLOCKED && c.id) {
        *word = SG_WORD_BLOCKED;
        return SG_OK;
    }
    if (r != SG_OK)
        return r;
    *word = sg_session_start(sg_book_s(b), &w->self, offer, sg_decide_opened_at(b->now, c.opened),
                             b->now, &w->hedge);
    if (*word != SG_WORD_OK) {
        *why = "it has a key of low order";
        return SG_OK;
    }
    memcpy(c.fingerprint, fp, sizeof fp);
    return keep_started(b, &c, name, replace, err);
}

/* Keeps what is to leave, and no more than the outbox holds. */
static enum sg_err keep_wire(struct sg_book *b, int64_t *row, int64_t contact, const uint8_t *wire,
                             size_t len, struct sg_error *err)
{
    struct sg_span x = {wire, len};
    uint8_t digest[32];
    int64_t oldest = 0;
    enum sg_err r = sg_book_run(b, err,
                                "INSERT INTO ratchet_outbox (contact, made, emitted, size, wire) "
                                "VALUES (?1, ?2, 0, ?3, ?4)",
                                "iiib", contact, (int64_t)b->now, (int64_t)len, wire, len);

    *row = sg_query_inserted(b->store);
    if (r == SG_OK)
        r = sg_book_number(&oldest, b, err,
                           "SELECT min(id) FROM (SELECT id, row_number() OVER w AS place, "
                           "sum(size) OVER w AS bytes FROM ratchet_outbox WHERE contact = ?1 "
                           "WINDOW w AS (ORDER BY id DESC)) WHERE place <= ?2 AND bytes <= ?3",
                           "iii", contact, (int64_t)SG_OUTBOX_MAX, (int64_t)SG_OUTBOX_BYTES);
    if (r == SG_OK)
        r = sg_book_run(b, err, "DELETE FROM ratchet_outbox WHERE contact = ?1 AND id < ?2", "ii",
                        contact, oldest);
    sg_derive_hash(digest, "own", &x, 1);
    if (r == SG_OK)
        r = sg_book_run(b, err, "INSERT OR IGNORE INTO ratchet_own (digest, made) VALUES (?1, ?2)",
                        "bi", digest, (size_t)16, (int64_t)b->now);
    if (r == SG_OK)
        r = sg_book_run(b, err,
                        "DELETE FROM ratchet_own WHERE id <= "
                        "(SELECT max(id) FROM ratchet_own) - ?1",
                        "i", (int64_t)SG_OWN_MAX);
    return r;
}

/* The session to send on, in b->session. */
static enum sg_err choose(struct sg_book *b, enum sg_word *word, struct sg_kept *k, int64_t contact,
                          bool force, struct sg_error *err)
{
    struct sg_kept kept[SG_HELD_MAX];
    struct sg_held held[SG_HELD_MAX];
    size_t n = 0;
    int which = -1;
    enum sg_err r = sg_kept_of(b, kept, held, &n, contact, err);

    if (r != SG_OK)
        return r;
    *word = sg_decide_send(&which, held, n, force);
    return *word == SG_WORD_OK ? sg_kept_load(b, k, kept[which].id, err) : SG_OK;
}

enum sg_err sg_book_send(struct sg_book *b, enum sg_word *word, uint8_t *wire, size_t *len,
                         int64_t *row, const struct sg_contact *c, const struct sg_outgoing *m,
                         struct sg_error *err)
{
    struct sg_kept k;
    enum sg_err r = SG_OK;

    *len = 0;
    *row = 0;
    *word = c->trust == SG_STRANGER ? SG_WORD_QUARANTINED : SG_WORD_BLOCKED;
    if (c->trust == SG_STRANGER || c->trust == SG_BLOCKED)
        return SG_OK;
    r = choose(b, word, &k, c->id, m->force, err);
    if (r != SG_OK || *word != SG_WORD_OK)
        return r;
    *word = sg_session_send(sg_book_s(b), wire, len, NULL, m, b->now, &sg_book_w(b)->hedge);
    if (*word != SG_WORD_OK)
        return SG_OK;
    r = sg_kept_store(b, &k, err);
    if (r == SG_OK)
        r = keep_wire(b, row, c->id, wire, *len, err);
    return r;
}

enum sg_err sg_book_sent(struct sg_book *b, int64_t row, struct sg_error *err)
{
    return sg_book_run(b, err, "UPDATE ratchet_outbox SET emitted = 1 WHERE id = ?1", "i", row);
}

enum sg_err sg_book_resend(struct sg_book *b, const struct sg_contact *c,
                           enum sg_err (*wire)(void *context, int64_t row, const uint8_t *bytes,
                                               size_t n, struct sg_error *err),
                           void *context, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_book_query(
        &q, b, err,
        "SELECT id, wire FROM ratchet_outbox WHERE contact = ?1 AND (emitted = 0 OR "
        "(id = (SELECT max(id) FROM ratchet_outbox WHERE contact = ?1) AND NOT EXISTS "
        "(SELECT 1 FROM ratchet_outbox WHERE contact = ?1 AND emitted = 0))) ORDER BY id",
        "i", c->id);

    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        size_t n;
        const uint8_t *p = sg_query_bytes(&q, 1, &n);
        r = wire(context, sg_query_int(&q, 0), p, n, err);
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_rekey(struct sg_book *b, enum sg_word *word, const struct sg_contact *c,
                          struct sg_error *err)
{
    struct sg_kept k;
    enum sg_err r = choose(b, word, &k, c->id, false, err);

    if (r != SG_OK || *word != SG_WORD_OK)
        return r;
    sg_session_rekey(sg_book_s(b));
    return sg_kept_store(b, &k, err);
}
