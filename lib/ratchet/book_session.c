#include "ratchet/book_private.h"

#include <string.h>

#define COLUMNS                                                                           \
    "SELECT id, contact, sid, opened, heard, retired, mine, awaiting, stopped, suspect, " \
    "single_use, state FROM ratchet_session "

static enum sg_err read_kept(struct sg_query *q, struct sg_kept *k, struct sg_error *err)
{
    size_t n;
    const uint8_t *sid = sg_query_bytes(q, 2, &n);

    memset(k, 0, sizeof *k);
    if (n != sizeof k->held.sid)
        return sg_fail(err, SG_ERR_STORE, "a damaged conversation");
    memcpy(k->held.sid, sid, n);
    k->id = sg_query_int(q, 0);
    k->contact = sg_query_int(q, 1);
    k->held.opened = (uint64_t)sg_query_int(q, 3);
    k->held.heard = (uint64_t)sg_query_int(q, 4);
    k->held.retired = (uint64_t)sg_query_int(q, 5);
    k->held.mine = sg_query_int(q, 6) != 0;
    k->held.awaiting = sg_query_int(q, 7) != 0;
    k->held.stopped = sg_query_int(q, 8) != 0;
    k->held.suspect = sg_query_int(q, 9) != 0;
    k->single_use = sg_query_int(q, 10) != 0;
    return SG_OK;
}

enum sg_err sg_kept_of(struct sg_book *b, struct sg_kept *kept, struct sg_held *held, size_t *n,
                       int64_t contact, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r =
        sg_book_query(&q, b, err, COLUMNS "WHERE contact = ?1 ORDER BY id", "i", contact);

    *n = 0;
    while (r == SG_OK && *n < SG_HELD_MAX && (r = sg_query_row(&q, &there, err)) == SG_OK &&
           there) {
        r = read_kept(&q, &kept[*n], err);
        held[*n] = kept[*n].held;
        ++*n;
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_kept_load(struct sg_book *b, struct sg_kept *k, int64_t id, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_book_query(&q, b, err, COLUMNS "WHERE id = ?1", "i", id);

    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (r == SG_OK && there)
        r = read_kept(&q, k, err);
    if (r == SG_OK) {
        size_t n;
        const uint8_t *state = sg_query_bytes(&q, 11, &n);
        if (!there || !sg_session_decode(sg_book_s(b), state, n))
            r = sg_fail(err, SG_ERR_STORE, "a damaged conversation");
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_kept_store(struct sg_book *b, struct sg_kept *k, struct sg_error *err)
{
    struct sg_session *s = sg_book_s(b);
    uint8_t keys[SG_SESSION_KEYS_MAX_BYTES];
    size_t n = sg_session_keys(keys, s);
    struct sg_buffer state;
    enum sg_err r;

    k->held.suspect = s->suspect;
    k->held.opened = s->opened;
    memcpy(k->held.sid, s->sid, sizeof k->held.sid);
    sg_buffer_init_secret(&state, SG_SESSION_MAX_BYTES);
    r = sg_session_encode(&state, s, err);
    if (r == SG_OK && k->id)
        r = sg_book_run(b, err,
                        "UPDATE ratchet_session SET opened = ?2, heard = ?3, retired = ?4, "
                        "awaiting = ?5, suspect = ?6, keys = ?7, state = ?8 WHERE id = ?1",
                        "iiiiiibb", k->id, (int64_t)k->held.opened, (int64_t)k->held.heard,
                        (int64_t)k->held.retired, (int64_t)k->held.awaiting,
                        (int64_t)k->held.suspect, keys, n, state.data, state.len);
    else if (r == SG_OK)
        r = sg_book_run(b, err,
                        "INSERT INTO ratchet_session (contact, sid, opened, heard, retired, mine, "
                        "awaiting, stopped, suspect, single_use, keys, state) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11)",
                        "ibiiiiiiibb", k->contact, s->sid, sizeof s->sid, (int64_t)k->held.opened,
                        (int64_t)k->held.heard, (int64_t)k->held.retired, (int64_t)k->held.mine,
                        (int64_t)k->held.awaiting, (int64_t)k->held.suspect, (int64_t)k->single_use,
                        keys, n, state.data, state.len);
    if (r == SG_OK && !k->id)
        k->id = sg_query_inserted(b->store);
    sg_buffer_free(&state);
    sg_wipe(keys, sizeof keys);
    return r;
}

enum sg_err sg_kept_decided(struct sg_book *b, const struct sg_decision *d,
                            const struct sg_kept *kept, size_t n, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < n; i++) {
        if (d->drop[i])
            r = sg_book_run(b, err, "DELETE FROM ratchet_session WHERE id = ?1", "i", kept[i].id);
        if (r == SG_OK && d->retire[i])
            r = sg_book_run(b, err,
                            "UPDATE ratchet_session SET retired = ?2 "
                            "WHERE id = ?1 AND retired = 0",
                            "ii", kept[i].id, (int64_t)b->now);
        if (r == SG_OK && d->settle[i])
            r = sg_book_run(b, err, "UPDATE ratchet_session SET awaiting = 0 WHERE id = ?1", "i",
                            kept[i].id);
    }
    return r;
}
