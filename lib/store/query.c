#include "store/private.h"

#include <stdlib.h>
#include <string.h>

static const struct sg_query nothing = {NULL, NULL, -1, SQLITE_OK};

/* A statement kept prepared and not in use, by the address of its text; or a free place; or -1. */
static int find_kept(const struct sg_store *s, const char *sql)
{
    int place = -1;

    for (int i = 0; i < SG_STORE_KEPT; i++) {
        if (s->kept[i].sql == sql && s->kept[i].statement && !s->kept[i].busy)
            return i;
        if (!s->kept[i].statement && place < 0)
            place = i;
    }
    return place;
}

enum sg_err sg_query_start(struct sg_query *q, struct sg_store *s, const char *sql,
                           struct sg_error *err)
{
    const char *rest = NULL;
    int rc;

    *q = nothing;
    if (!s->db)
        abort(); /* the caller's mistake */
    q->store = s;
    q->kept = find_kept(s, sql);
    if (q->kept >= 0 && s->kept[q->kept].statement) {
        q->statement = s->kept[q->kept].statement;
        s->kept[q->kept].busy = true;
        return SG_OK;
    }
    rc = sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement, &rest);
    if (rc == SQLITE_OK && (!q->statement || (rest && rest[strspn(rest, " \n;")] != '\0')))
        rc = SQLITE_MISUSE; /* not one statement */
    if (rc != SQLITE_OK) {
        (void)sqlite3_finalize(q->statement);
        *q = nothing;
        return sg_store_fault(s->vfs, s->db, rc, err);
    }
    if (q->kept >= 0)
        s->kept[q->kept] = (struct sg_kept){sql, q->statement, true};
    return SG_OK;
}

static void note(struct sg_query *q, int rc)
{
    if (q->failed == SQLITE_OK)
        q->failed = rc;
}

void sg_query_set_int(struct sg_query *q, int at, int64_t value)
{
    if (q->statement)
        note(q, sqlite3_bind_int64(q->statement, at, value));
}

void sg_query_set_bytes(struct sg_query *q, int at, const void *p, size_t n)
{
    if (q->statement)
        note(q, sqlite3_bind_blob64(q->statement, at, n ? p : "", n, SQLITE_STATIC));
}

void sg_query_set_text(struct sg_query *q, int at, const char *text, size_t n)
{
    if (q->statement)
        note(q,
             sqlite3_bind_text64(q->statement, at, n ? text : "", n, SQLITE_STATIC, SQLITE_UTF8));
}

void sg_query_set_null(struct sg_query *q, int at)
{
    if (q->statement)
        note(q, sqlite3_bind_null(q->statement, at));
}

enum sg_err sg_query_row(struct sg_query *q, bool *there, struct sg_error *err)
{
    struct sg_store *s = q->store;
    int rc;

    *there = false;
    if (!q->statement)
        abort(); /* the caller did not look at what sg_query_start() said */
    rc = q->failed;
    if (rc == SQLITE_OK) {
        if (s->writing && !sqlite3_stmt_readonly(q->statement))
            s->dirty = true;
        rc = sqlite3_step(q->statement);
    }
    *there = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        return SG_OK;
    q->failed = SQLITE_OK;
    {
        enum sg_err r = sg_store_fault(s->vfs, s->db, rc, err);
        (void)sqlite3_reset(q->statement);
        return r;
    }
}

enum sg_err sg_query_run(struct sg_query *q, struct sg_error *err)
{
    bool there;
    enum sg_err r = sg_query_row(q, &there, err);

    while (r == SG_OK && there)
        r = sg_query_row(q, &there, err);
    (void)sqlite3_reset(q->statement);
    return r;
}

void sg_query_again(struct sg_query *q)
{
    if (q->statement)
        (void)sqlite3_reset(q->statement);
}

int64_t sg_query_int(struct sg_query *q, int column)
{
    return sqlite3_column_int64(q->statement, column);
}

const uint8_t *sg_query_bytes(struct sg_query *q, int column, size_t *n)
{
    const void *p = sqlite3_column_blob(q->statement, column);

    if (n)
        *n = (size_t)sqlite3_column_bytes(q->statement, column);
    return p ? p : (const uint8_t *)"";
}

const char *sg_query_text(struct sg_query *q, int column, size_t *n)
{
    const unsigned char *p = sqlite3_column_text(q->statement, column);

    if (n)
        *n = (size_t)sqlite3_column_bytes(q->statement, column);
    return p ? (const char *)p : "";
}

bool sg_query_is_null(struct sg_query *q, int column)
{
    return sqlite3_column_type(q->statement, column) == SQLITE_NULL;
}

void sg_query_end(struct sg_query *q)
{
    if (q->statement && q->kept >= 0) {
        (void)sqlite3_reset(q->statement);
        (void)sqlite3_clear_bindings(q->statement);
        q->store->kept[q->kept].busy = false;
    } else {
        (void)sqlite3_finalize(q->statement);
    }
    *q = nothing;
}

void sg_query_drop_all(struct sg_store *s)
{
    for (size_t i = 0; i < SG_STORE_KEPT; i++) {
        (void)sqlite3_finalize(s->kept[i].statement);
        s->kept[i] = (struct sg_kept){0};
    }
}

int64_t sg_query_inserted(const struct sg_store *s)
{
    return sqlite3_last_insert_rowid(s->db);
}

int64_t sg_query_changed(const struct sg_store *s)
{
    return sqlite3_changes64(s->db);
}
