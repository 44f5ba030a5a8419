/*
 * Transactions, the commit counter and the guard.
 *
 * The counter (48 bits) and its tag (16 bits) stand in page 1, which SQLite writes with every
 * commit anyway: its user_version holds the counter's lower 32 bits, its application_id the tag
 * above the counter's upper 16. So putting back an older page 1, or an older journal, which holds
 * one, takes the counter back.
 */
#include "store/private.h"

#include "crypto/random.h"

#include <limits.h>
#include <string.h>

#define COUNTER_MAX ((UINT64_C(1) << 48) - 1)

static int read_pragma(sqlite3 *db, const char *sql, uint32_t *out)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    if (rc == SQLITE_ROW)
        *out = (uint32_t)sqlite3_column_int(q, 0);
    (void)sqlite3_finalize(q);
    return rc == SQLITE_ROW ? SQLITE_OK : rc == SQLITE_DONE ? SQLITE_ERROR : rc;
}

enum sg_err sg_store_read_state(struct sg_vfs *v, sqlite3 *db, struct sg_guard_state *state,
                                struct sg_error *err)
{
    uint32_t low = 0, high = 0;
    int rc = read_pragma(db, "PRAGMA user_version", &low);

    if (rc == SQLITE_OK)
        rc = read_pragma(db, "PRAGMA application_id", &high);
    if (rc != SQLITE_OK)
        return sg_store_fault(v, db, rc, err);
    state->counter = (uint64_t)(high & 0xffff) << 32 | low;
    state->tag = high >> 16;
    return SG_OK;
}

static int write_pragma(sqlite3 *db, const char *start, uint32_t value)
{
    char sql[64];
    int32_t number = (int32_t)value;

    (void)sqlite3_snprintf(sizeof sql, sql, "PRAGMA %s = %d", start, number);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

enum sg_err sg_store_write_state(struct sg_vfs *v, sqlite3 *db, const struct sg_guard_state *state,
                                 struct sg_error *err)
{
    int rc = write_pragma(db, "user_version", (uint32_t)state->counter);

    if (rc == SQLITE_OK)
        rc = write_pragma(db, "application_id",
                          state->tag << 16 | (uint32_t)(state->counter >> 32 & 0xffff));
    return rc == SQLITE_OK ? SG_OK : sg_store_fault(v, db, rc, err);
}

enum sg_err sg_store_run(struct sg_store *s, const char *sql, struct sg_error *err)
{
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? SG_OK : sg_store_fault(s->vfs, s->db, rc, err);
}

static enum sg_err read_rollbacks(struct sg_store *s, struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, s, "SELECT rollbacks FROM sg_store", err);

    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (r == SG_OK && there)
        s->rollbacks = (uint64_t)sg_query_int(&q, 0);
    sg_query_end(&q);
    return r;
}

/* Compares the state of the snapshot with the guard. */
static enum sg_err compare(struct sg_store *s, struct sg_error *err)
{
    struct sg_guard_state seen;
    bool there;
    enum sg_err r =
        sg_guard_read(&s->guard, &seen, &there, sg_store_keys_of(&s->keys), s->label.id, err);

    if (r != SG_OK)
        return r;
    s->verdict = SG_GUARD_CURRENT;
    if (there ? seen.counter > s->state.counter ||
                    (seen.counter == s->state.counter && seen.tag != s->state.tag)
              : s->state.counter > 0)
        s->verdict = SG_GUARD_ROLLED_BACK;
    return SG_OK;
}

/* Notes a rollback that was found: in the store, when this transaction writes. */
static enum sg_err note_rollback(struct sg_store *s, struct sg_error *err)
{
    enum sg_err r;

    if (s->verdict != SG_GUARD_ROLLED_BACK)
        return SG_OK;
    s->rollbacks++;
    if (!s->writing)
        return SG_OK;
    r = sg_store_run(s, "UPDATE sg_store SET rollbacks = rollbacks + 1", err);
    s->dirty = true;
    return r;
}

enum sg_err sg_store_begin(struct sg_store *s, enum sg_store_access access, struct sg_error *err)
{
    uint64_t left = s->place.wait_ms;
    enum sg_err r = SG_OK;

    s->writing = access == SG_STORE_WRITE;
    s->dirty = s->raised = false;
    if (s->writing)
        r = sg_guard_lock(&s->guard, s->place.wait_ms, &left, err);
    if (r == SG_ERR_IN_USE)
        sg_error_name(err, s->path);
    if (r != SG_OK)
        return r;
    (void)sqlite3_busy_timeout(s->db, left > INT_MAX ? INT_MAX : (int)left);
    r = sg_store_run(s, s->writing ? "BEGIN IMMEDIATE" : "BEGIN", err);
    s->open = r == SG_OK;
    if (r == SG_OK)
        r = sg_store_read_state(s->vfs, s->db, &s->state, err);
    if (r == SG_OK)
        r = compare(s, err);
    if (r == SG_OK)
        r = read_rollbacks(s, err);
    if (r == SG_OK)
        r = note_rollback(s, err);
    if (r != SG_OK) {
        sg_store_rollback(s);
        sg_guard_unlock(&s->guard);
    }
    return r;
}

static enum sg_err raise_counter(struct sg_store *s, struct sg_error *err)
{
    uint16_t tag;
    enum sg_err r;

    if (s->raised || !s->dirty)
        return SG_OK;
    if (s->state.counter >= COUNTER_MAX) {
        sg_error_name(err, s->path);
        return sg_fail(err, SG_ERR_LIMIT, "it has seen more commits than it can count");
    }
    sg_random(&tag, sizeof tag);
    s->state.counter++;
    s->state.tag = tag;
    r = sg_store_write_state(s->vfs, s->db, &s->state, err);
    s->raised = r == SG_OK;
    return r;
}

enum sg_err sg_store_commit(struct sg_store *s, struct sg_error *err)
{
    struct sg_error ignored = {0};
    enum sg_err r = raise_counter(s, err);

    if (r == SG_OK)
        r = sg_store_run(s, "COMMIT", err);
    if (r == SG_ERR_IN_USE)
        return r;
    if (r != SG_OK) {
        sg_store_rollback(s);
        return r;
    }
    s->open = false;
    /* The commit stands, whatever becomes of the guard: one that is behind is mended by the next
     * transaction that writes, and where it cannot be written, that one does not begin. */
    if (s->raised)
        (void)!sg_guard_write(&s->guard, &s->state, s->verdict == SG_GUARD_ROLLED_BACK,
                              sg_store_keys_of(&s->keys), NULL, s->label.id, &ignored);
    sg_guard_unlock(&s->guard);
    s->dirty = s->raised = s->writing = false;
    return SG_OK;
}

void sg_store_rollback(struct sg_store *s)
{
    if (!s->open)
        return;
    for (size_t i = 0; i < SG_STORE_KEPT; i++)
        if (s->kept[i].statement)
            (void)sqlite3_reset(s->kept[i].statement);
    (void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    memset(&s->vfs->fault, 0, sizeof s->vfs->fault);
    s->open = s->writing = s->dirty = s->raised = false;
    sg_guard_unlock(&s->guard);
}

enum sg_err sg_store_end(struct sg_store *s, enum sg_err r, struct sg_error *err)
{
    if (r == SG_OK)
        r = sg_store_commit(s, err);
    if (r != SG_OK)
        sg_store_rollback(s);
    return r;
}

bool sg_store_in_transaction(const struct sg_store *s)
{
    return s->open;
}

enum sg_err sg_store_exec(struct sg_store *s, const char *sql, struct sg_error *err)
{
    if (s->writing)
        s->dirty = true;
    return sg_store_run(s, sql, err);
}

enum sg_store_guard sg_store_guard(const struct sg_store *s)
{
    return s->verdict;
}

uint64_t sg_store_rollbacks(const struct sg_store *s)
{
    return s->rollbacks;
}

uint64_t sg_store_counter(const struct sg_store *s)
{
    return s->state.counter;
}
