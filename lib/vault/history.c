#include "vault/entry.h"
#include "vault/row.h"

#include <string.h>

#define BATCH_ROWS 256 /* read in one snapshot, then told */

/* A history under way: of revisions below `next`, or of parts of a revision from `next` on. */
struct walk {
    struct sg_store *store;
    int64_t entry;
    uint64_t revision, current, parts, next;
    struct sg_revision rows[BATCH_ROWS];
    unsigned count;
};

static const char revisions_sql[] =
    "SELECT revision, 0, count(*), sum(size), min(created), max(created), min(indexed = chunks) "
    "FROM vault_part WHERE entry = ?1 AND revision < ?2 GROUP BY revision ORDER BY revision DESC";
static const char parts_sql[] =
    "SELECT revision, number, 1, size, created, created, indexed = chunks FROM vault_part "
    "WHERE entry = ?1 AND number >= ?2 AND revision = ?3 ORDER BY number";

/* Reads the next rows of a statement. Fewer than BATCH_ROWS are the last. */
static enum sg_err read_rows(struct walk *w, const char *sql, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, w->store, sql, err);

    sg_query_set_int(&q, 1, w->entry);
    sg_query_set_int(&q, 2, (int64_t)w->next);
    if (sql == parts_sql)
        sg_query_set_int(&q, 3, (int64_t)w->revision);
    for (w->count = 0; r == SG_OK && w->count < BATCH_ROWS; w->count++) {
        struct sg_revision *row = &w->rows[w->count];
        bool there;
        r = sg_query_row(&q, &there, err);
        if (r != SG_OK || !there)
            break;
        row->revision = (uint64_t)sg_query_int(&q, 0);
        row->part = (uint64_t)sg_query_int(&q, 1);
        row->parts = (uint64_t)sg_query_int(&q, 2);
        row->size = (uint64_t)sg_query_int(&q, 3);
        row->created = sg_query_int(&q, 4);
        row->changed = sg_query_int(&q, 5);
        row->text = sg_query_int(&q, 6) != 0;
        row->current = row->revision == w->current;
        w->next = sql == parts_sql ? row->part + 1 : row->revision;
    }
    sg_query_end(&q);
    return r;
}

/* Finds the entry, and the revision that is meant. */
static enum sg_err find(struct walk *w, const char *name, struct sg_error *err)
{
    struct sg_row row;
    struct sg_sum sum;
    enum sg_err r = sg_row_find(&row, w->store, name, strlen(name), err);

    if (r == SG_OK && !row.id)
        return sg_not_found(err, "entry", name);
    w->entry = row.id;
    w->current = row.revision;
    if (r == SG_OK && w->revision == SG_REVISION_CURRENT && !row.revision)
        r = sg_row_last_revision(&w->revision, w->store, row.id, err);
    else if (w->revision == SG_REVISION_CURRENT)
        w->revision = row.revision;
    if (r != SG_OK || !w->revision)
        return r;
    r = sg_row_sum(&sum, w->store, row.id, w->revision, err);
    return r == SG_OK && !sum.parts ? sg_not_found(err, "revision of it", name) : r;
}

static enum sg_err walk(struct walk *w, const char *name, const char *sql,
                        enum sg_err (*each)(void *context, const struct sg_revision *revision,
                                            struct sg_error *err),
                        void *context, struct sg_error *err)
{
    enum sg_err r = sg_name_check(name, err);
    bool found = false;

    while (r == SG_OK) {
        r = sg_store_begin(w->store, SG_STORE_READ, err);
        if (r == SG_OK && !found)
            r = find(w, name, err);
        found = true;
        if (r == SG_OK)
            r = read_rows(w, sql, err);
        sg_store_rollback(w->store);
        for (unsigned i = 0; r == SG_OK && i < w->count; i++)
            r = each(context, &w->rows[i], err);
        if (w->count < BATCH_ROWS)
            break;
    }
    return r;
}

enum sg_err sg_entry_history(struct sg_store *s, const char *name,
                             enum sg_err (*each)(void *context, const struct sg_revision *revision,
                                                 struct sg_error *err),
                             void *context, struct sg_error *err)
{
    struct walk w = {.store = s, .next = INT64_MAX};

    return walk(&w, name, revisions_sql, each, context, err);
}

enum sg_err sg_entry_parts(struct sg_store *s, const char *name, uint64_t revision,
                           enum sg_err (*each)(void *context, const struct sg_revision *revision,
                                               struct sg_error *err),
                           void *context, struct sg_error *err)
{
    struct walk w = {.store = s, .revision = revision, .next = 1};

    return walk(&w, name, parts_sql, each, context, err);
}
