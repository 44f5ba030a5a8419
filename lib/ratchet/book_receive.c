#include "ratchet/book_private.h"

#include <string.h>

enum { FLAG_LATE = 1, FLAG_OLD = 2, FLAG_REOPENED = 4 };

/* Whether a stranger's texts have room for one of so many bytes more. */
static enum sg_err room_for(struct sg_book *b, bool *room, int64_t contact, size_t more,
                            struct sg_error *err)
{
    int64_t count = 0, bytes = 0;
    enum sg_err r = sg_book_number(
        &count, b, err, "SELECT count(*) FROM ratchet_inbox WHERE contact = ?1", "i", contact);

    if (r == SG_OK)
        r = sg_book_number(&bytes, b, err,
                           "SELECT coalesce(sum(size), 0) FROM ratchet_inbox WHERE contact = ?1",
                           "i", contact);
    *room = r == SG_OK && sg_decide_hold((size_t)count, (size_t)bytes, more);
    return r;
}

/* Fills what a message told into *got. */
static void tell(struct sg_book_got *got, const struct sg_received *m, const struct sg_session *s,
                 enum sg_word mark)
{
    memcpy(got->sid, s->sid, sizeof got->sid);
    got->n = m->n;
    got->ep = m->ep;
    got->gap = m->gap;
    got->late = m->late;
    got->with_time = m->with_time;
    got->time = m->time;
    got->old_session = mark == SG_WORD_OLD_SESSION;
    got->reopened = mark == SG_WORD_REOPENED;
    got->word = got->late ? SG_WORD_LATE : SG_WORD_OK;
    if (mark != SG_WORD_OK)
        got->word = mark;
}

/* Journals the text of a message, and an offer that came along. */
static enum sg_err keep_text(struct sg_book *b, struct sg_book_got *got,
                             const struct sg_received *m, struct sg_error *err)
{
    int64_t flags = (got->late ? FLAG_LATE : 0) | (got->old_session ? FLAG_OLD : 0) |
                    (got->reopened ? FLAG_REOPENED : 0);
    enum sg_err r = SG_OK;

    if (m->offer)
        r = sg_book_run(b, err, "UPDATE ratchet_contact SET offer = ?2 WHERE id = ?1", "ib",
                        got->contact.id, m->offer, (size_t)SG_OFFER_BYTES);
    if (r == SG_OK && m->text) {
        r = sg_book_run(b, err,
                        "INSERT INTO ratchet_inbox (contact, sid, n, ep, gap, flags, size, text, "
                        "time) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                        m->with_time ? "ibiiiiibi" : "ibiiiiibn", got->contact.id, got->sid,
                        sizeof got->sid, (int64_t)m->n, (int64_t)m->ep, (int64_t)m->gap, flags,
                        (int64_t)m->text_len, m->text, m->text_len, (int64_t)m->time);
        got->row = sg_query_inserted(b->store);
    }
    if (r == SG_OK && got->contact.trust == SG_STRANGER) {
        got->word = SG_WORD_QUARANTINED;
        got->row = 0;
    } else if (r == SG_OK) {
        got->text = m->text;
        got->text_len = m->text_len;
    }
    return r;
}

/* A message under a session that is there: its key opened the header. */
static enum sg_err under_session(struct sg_book *b, struct sg_book_got *got, int64_t id,
                                 const uint8_t *wire, size_t len, const struct sg_receiving *how,
                                 struct sg_error *err)
{
    struct sg_session *s = sg_book_s(b);
    struct sg_kept kept[SG_HELD_MAX], k;
    struct sg_held held[SG_HELD_MAX];
    struct sg_received m = {0};
    size_t n = 0, i = 0;
    bool room = true;
    enum sg_err r = sg_kept_load(b, &k, id, err);

    if (r == SG_OK)
        r = sg_contact_by_id(b, &got->contact, k.contact, err);
    if (r == SG_OK)
        r = sg_kept_of(b, kept, held, &n, k.contact, err);
    if (r != SG_OK)
        return r;
    got->known = true;
    if (k.held.stopped && !how->stale) {
        got->word = SG_WORD_ROLLBACK;
        return SG_OK;
    }
    got->word = sg_session_receive(s, &m, sg_book_w(b)->plain, wire, len, b->now);
    got->n = m.n;
    got->ep = m.ep;
    got->advise_reopen = m.advise_reopen;
    memcpy(got->sid, s->sid, sizeof got->sid);
    if (got->word == SG_WORD_FORK || got->word == SG_WORD_CORRUPT)
        return sg_kept_store(b, &k, err);
    if (got->word != SG_WORD_OK)
        return SG_OK;
    if (got->contact.trust == SG_STRANGER && m.text) {
        r = room_for(b, &room, got->contact.id, m.text_len, err);
        if (r != SG_OK || !room) {
            got->word = SG_WORD_QUARANTINE_FULL;
            return r;
        }
    }
    while (i < n && kept[i].id != id)
        i++;
    tell(got, &m, s, i < n ? sg_decide_mark(held, n, i) : SG_WORD_OK);
    k.held.heard = b->now;
    r = sg_kept_store(b, &k, err);
    if (r == SG_OK && got->contact.trust == SG_BLOCKED) {
        got->word = SG_WORD_BLOCKED;
        return SG_OK;
    }
    return r == SG_OK ? keep_text(b, got, &m, err) : r;
}

/* Erases the contact that has to make room for another stranger. *full: there is no such. */
static enum sg_err make_room(struct sg_book *b, bool *full, bool single_use, struct sg_error *err)
{
    struct sg_stranger strangers[SG_QUARANTINE_MAX];
    int64_t ids[SG_QUARANTINE_MAX];
    struct sg_query q = {0};
    struct sg_contact gone = {0};
    bool there = false;
    size_t n = 0;
    int which;
    enum sg_err r =
        sg_book_query(&q, b, err,
                      "SELECT c.id, coalesce(max(s.heard), 0), coalesce(max(s.single_use), 0) "
                      "FROM ratchet_contact c LEFT JOIN ratchet_session s ON s.contact = c.id "
                      "WHERE c.trust = 0 GROUP BY c.id LIMIT 32",
                      "");

    while (r == SG_OK && n < SG_QUARANTINE_MAX && (r = sg_query_row(&q, &there, err)) == SG_OK &&
           there) {
        ids[n] = sg_query_int(&q, 0);
        strangers[n].heard = (uint64_t)sg_query_int(&q, 1);
        strangers[n++].single_use = sg_query_int(&q, 2) != 0;
    }
    sg_query_end(&q);
    which = r == SG_OK ? sg_decide_stranger(strangers, n, single_use) : -1;
    *full = which == -2;
    if (r == SG_OK && which >= 0) {
        gone.id = ids[which];
        r = sg_book_run(b, err, "DELETE FROM ratchet_tombstone WHERE contact = ?1", "i", gone.id);
        if (r == SG_OK)
            r = sg_book_forget(b, &gone, err);
    }
    return r;
}

/* Stores an opening that is wanted: session, tombstone, contact, text; a single-use offer goes. */
static enum sg_err keep_opened(struct sg_book *b, struct sg_book_got *got,
                               const struct sg_opening *found, const struct sg_offer_row *offer,
                               const struct sg_received *m, const struct sg_decision *d,
                               const struct sg_kept *kept, size_t n, struct sg_error *err)
{
    struct sg_kept k = {.single_use = offer->kind == SG_OFFER_SINGLE};
    enum sg_err r = SG_OK;

    if (!got->contact.id)
        r = sg_contact_add(b, &got->contact, NULL, err);
    k.contact = got->contact.id;
    k.held.heard = b->now;
    k.held.awaiting = d->awaiting;
    k.held.retired = d->retired ? b->now : 0;
    if (r == SG_OK)
        r = sg_kept_decided(b, d, kept, n, err);
    if (r == SG_OK)
        r = sg_kept_store(b, &k, err);
    if (r == SG_OK)
        r = sg_book_run(b, err, "UPDATE ratchet_contact SET opened = max(opened, ?2) WHERE id = ?1",
                        "ii", k.contact, (int64_t)k.held.opened);
    if (r == SG_OK && offer->kind == SG_OFFER_REUSABLE)
        r = sg_book_run(b, err,
                        "INSERT INTO ratchet_tombstone (seen, offer, contact) VALUES (?1, ?2, ?3)",
                        "bii", found->seen, sizeof found->seen, offer->id, k.contact);
    else if (r == SG_OK)
        r = sg_book_revoke(b, offer->id, err);
    got->known = true;
    return r == SG_OK ? keep_text(b, got, m, err) : r;
}

/* An opening was found in the wire bytes; b->session is the new session. */
static enum sg_err opening(struct sg_book *b, struct sg_book_got *got,
                           const struct sg_opening *found, const struct sg_offer_row *offer,
                           const uint8_t *wire, size_t len, const struct sg_receiving *how,
                           struct sg_error *err)
{
    struct sg_session *s = sg_book_s(b);
    struct sg_kept kept[SG_HELD_MAX];
    struct sg_held held[SG_HELD_MAX], fresh = {0};
    uint8_t fp[SG_FINGERPRINT_BYTES];
    struct sg_received m = {0};
    struct sg_decision d;
    int64_t seen = 0, openings = 0;
    bool full = false;
    size_t n = 0;
    enum sg_err r;

    sg_fingerprint(fp, &s->peer);
    r = sg_contact_by_fp(b, &got->contact, fp, err);
    if (r == SG_OK)
        r = sg_book_number(&seen, b, err, "SELECT 1 FROM ratchet_tombstone WHERE seen = ?1", "b",
                           found->seen, sizeof found->seen);
    if (r == SG_OK)
        r = sg_book_number(
            &openings, b, err,
            "SELECT count(*) FROM ratchet_tombstone WHERE offer = ?1 AND contact = ?2", "ii",
            offer->id, got->contact.id);
    if (r == SG_OK)
        r = sg_kept_of(b, kept, held, &n, got->contact.id, err);
    if (r != SG_OK)
        return r;
    got->known = got->contact.id != 0;
    if (got->known && got->contact.trust == SG_BLOCKED)
        got->word = SG_WORD_BLOCKED;
    else if (offer->only_known && memcmp(fp, offer->only, sizeof offer->only) != 0)
        got->word = SG_WORD_NOT_FOR_US;
    else if (seen)
        got->word = SG_WORD_DUPLICATE;
    else
        got->word = sg_session_receive(s, &m, sg_book_w(b)->plain, wire, len, b->now);
    if (got->word != SG_WORD_OK)
        return SG_OK;
    memcpy(got->contact.fingerprint, fp, sizeof fp);
    if (!got->known)
        got->contact.trust = how->accept_any ? SG_UNVERIFIED : SG_STRANGER;
    if (openings >= SG_OPENINGS_PER_OFFER) {
        got->word = SG_WORD_QUARANTINE_FULL;
        return SG_OK;
    }
    if (got->known && got->contact.trust == SG_STRANGER && m.text) {
        bool room = true;
        r = room_for(b, &room, got->contact.id, m.text_len, err);
        full = !room;
    }
    fresh.opened = s->opened;
    memcpy(fresh.sid, s->sid, sizeof fresh.sid);
    sg_decide_opened(&d, held, n, &fresh, b->now);
    if (r == SG_OK && !full && d.keep && !got->known && got->contact.trust == SG_STRANGER)
        r = make_room(b, &full, offer->kind == SG_OFFER_SINGLE, err);
    if (r != SG_OK || full || !d.keep) {
        got->word = full ? SG_WORD_QUARANTINE_FULL : d.word;
        got->reopened = got->word == SG_WORD_REOPENED;
        return r;
    }
    tell(got, &m, s, d.word);
    return keep_opened(b, got, found, offer, &m, &d, kept, n, err);
}

/* Tries the bytes as an opening of one of the live offers. */
static enum sg_err as_opening(struct sg_book *b, struct sg_book_got *got, const uint8_t *wire,
                              size_t len, const struct sg_receiving *how, struct sg_error *err)
{
    struct sg_opening found;
    struct sg_live live;
    enum sg_err r = sg_live_load(b, &live, err);

    if (r == SG_OK && live.n) {
        got->word = sg_session_find_opening(sg_book_s(b), &found, &sg_book_w(b)->self, live.offers,
                                            live.n, wire, len, b->now);
        if (got->word == SG_WORD_OK)
            r = opening(b, got, &found, &live.rows[found.offer], wire, len, how, err);
    }
    sg_live_free(&live);
    return r;
}

enum sg_err sg_book_receive(struct sg_book *b, struct sg_book_got *got, const uint8_t *wire,
                            size_t len, const struct sg_receiving *how, struct sg_error *err)
{
    struct sg_span x = {wire, len};
    struct sg_query q = {0};
    uint8_t digest[32];
    bool there = false;
    int64_t own = 0;
    enum sg_err r;

    memset(got, 0, sizeof *got);
    got->word = SG_WORD_MALFORMED;
    if (!sg_padding_is_class(len))
        return SG_OK;
    sg_derive_hash(digest, "own", &x, 1);
    r = sg_book_number(&own, b, err, "SELECT 1 FROM ratchet_own WHERE digest = ?1", "b", digest,
                       (size_t)16);
    if (r == SG_OK && own) {
        got->word = SG_WORD_OWN;
        return SG_OK;
    }
    got->word = SG_WORD_NOT_FOR_US;
    if (r == SG_OK)
        r = sg_book_query(&q, b, err, "SELECT id, keys FROM ratchet_session", "");
    while (r == SG_OK && got->word == SG_WORD_NOT_FOR_US &&
           (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        size_t n;
        const uint8_t *keys = sg_query_bytes(&q, 1, &n);
        if (sg_session_keys_match(keys, n, wire, len))
            r = under_session(b, got, sg_query_int(&q, 0), wire, len, how, err);
    }
    sg_query_end(&q);
    if (r == SG_OK && got->word == SG_WORD_NOT_FOR_US && len >= SG_OPENING_MIN_BYTES)
        r = as_opening(b, got, wire, len, how, err);
    return r;
}

enum sg_err sg_book_unshown(struct sg_book *b, struct sg_book_got *got, int64_t after,
                            struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    int64_t contact = 0;
    enum sg_err r =
        sg_book_query(&q, b, err,
                      "SELECT i.id, i.contact, i.sid, i.n, i.ep, i.gap, i.flags, i.time, i.text "
                      "FROM ratchet_inbox i JOIN ratchet_contact c ON c.id = i.contact "
                      "WHERE i.id > ?1 AND c.trust IN (1, 2) ORDER BY i.id LIMIT 1",
                      "i", after);

    memset(got, 0, sizeof *got);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (r == SG_OK && there) {
        size_t n, m;
        const uint8_t *sid = sg_query_bytes(&q, 2, &m), *text = sg_query_bytes(&q, 8, &n);
        int64_t flags = sg_query_int(&q, 6);
        if (n > SG_WIRE_MAX_BYTES || m != sizeof got->sid) {
            sg_query_end(&q);
            return sg_fail(err, SG_ERR_STORE, "a damaged message");
        }
        got->word = SG_WORD_RECOVERED;
        got->recovered = true;
        got->row = sg_query_int(&q, 0);
        contact = sg_query_int(&q, 1);
        memcpy(got->sid, sid, m);
        got->n = (uint32_t)sg_query_int(&q, 3);
        got->ep = (uint32_t)sg_query_int(&q, 4);
        got->gap = (uint32_t)sg_query_int(&q, 5);
        got->late = (flags & FLAG_LATE) != 0;
        got->old_session = (flags & FLAG_OLD) != 0;
        got->reopened = (flags & FLAG_REOPENED) != 0;
        got->with_time = !sg_query_is_null(&q, 7);
        got->time = (uint64_t)sg_query_int(&q, 7);
        memcpy(sg_book_w(b)->plain, text, n);
        got->text = sg_book_w(b)->plain;
        got->text_len = n;
        got->known = true;
    }
    sg_query_end(&q);
    if (r == SG_OK && got->known)
        r = sg_contact_by_id(b, &got->contact, contact, err);
    return r;
}

enum sg_err sg_book_shown(struct sg_book *b, int64_t row, struct sg_error *err)
{
    return sg_book_run(b, err, "DELETE FROM ratchet_inbox WHERE id = ?1", "i", row);
}
