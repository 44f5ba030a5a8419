#include "vault/prune.h"

#include "vault/entry.h"
#include "vault/part.h"
#include "vault/row.h"

#include <string.h>

#define BATCH_ENTRIES 500            /* pruned in one transaction */
#define NAMES_MAX_BYTES (512U << 20) /* of all entries that there are to look at */

/* What is to be pruned, and what was found so far. */
struct pruning {
    struct sg_store *store;
    const struct sg_pruning *what;
    struct sg_pruned *done;
    struct sg_buffer names; /* each with its NUL */
};

static enum sg_err note(void *context, const struct sg_entry *entry, struct sg_error *err)
{
    struct pruning *p = context;

    return sg_buffer_append(&p->names, entry->name, strlen(entry->name) + 1, err);
}

/* How many revisions of an entry there are up to `last`, and how many bytes in them. */
static enum sg_err count(struct pruning *p, int64_t entry, uint64_t last, struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, p->store,
                                   "SELECT count(DISTINCT revision), coalesce(sum(size), 0) "
                                   "FROM vault_part WHERE entry = ?1 AND revision <= ?2",
                                   err);

    sg_query_set_int(&q, 1, entry);
    sg_query_set_int(&q, 2, (int64_t)last);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (there) {
        p->done->revisions += (uint64_t)sg_query_int(&q, 0);
        p->done->bytes += (uint64_t)sg_query_int(&q, 1);
    }
    sg_query_end(&q);
    return r;
}

/* The newest revision of an entry that goes, when so many are kept; 0 when none goes. */
static enum sg_err newest_to_go(uint64_t *revision, struct pruning *p, int64_t entry,
                                struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, p->store,
                                   "SELECT DISTINCT revision FROM vault_part WHERE entry = ?1 "
                                   "ORDER BY revision DESC LIMIT 1 OFFSET ?2",
                                   err);

    *revision = 0;
    sg_query_set_int(&q, 1, entry);
    sg_query_set_int(&q, 2, (int64_t)p->what->keep);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (there)
        *revision = (uint64_t)sg_query_int(&q, 0);
    sg_query_end(&q);
    return r;
}

static enum sg_err prune_entry(struct pruning *p, const char *name, struct sg_error *err)
{
    struct sg_row row;
    uint64_t last = INT64_MAX;
    enum sg_err r = sg_row_find(&row, p->store, name, strlen(name), err);

    if (r == SG_OK && row.revision)
        r = newest_to_go(&last, p, row.id, err);
    if (r != SG_OK || !row.id || !last)
        return r;
    p->done->removed += !row.revision;
    r = count(p, row.id, last, err);
    if (p->what->dry)
        return r;
    if (r == SG_OK)
        r = sg_part_loosen(p->store, row.id, last, err);
    return r == SG_OK && !row.revision ? sg_row_delete(row.id, p->store, err) : r;
}

/* Prunes the entries listed, some in each transaction. */
static enum sg_err prune_entries(struct pruning *p, struct sg_error *err)
{
    enum sg_store_access access = p->what->dry ? SG_STORE_READ : SG_STORE_WRITE;
    size_t at = 0;
    enum sg_err r = SG_OK;

    while (r == SG_OK && at < p->names.len) {
        r = sg_store_begin(p->store, access, err);
        for (int i = 0; r == SG_OK && i < BATCH_ENTRIES && at < p->names.len; i++) {
            const char *name = (const char *)p->names.data + at;
            r = prune_entry(p, name, err);
            at += strlen(name) + 1;
        }
        r = sg_store_end(p->store, r, err);
    }
    return r;
}

enum sg_err sg_vault_merge(struct sg_store *s, struct sg_error *err)
{
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r == SG_OK)
        r = sg_store_exec(s, "INSERT INTO vault_text (vault_text) VALUES ('optimize')", err);
    return sg_store_end(s, r, err);
}

enum sg_err sg_prune(struct sg_pruned *done, struct sg_store *s, const struct sg_pruning *what,
                     struct sg_error *err)
{
    struct pruning p = {.store = s, .what = what, .done = done};
    struct sg_listing list = {.pattern = what->pattern};
    enum sg_err r;

    memset(done, 0, sizeof *done);
    sg_buffer_init_secret(&p.names, NAMES_MAX_BYTES);
    r = sg_entry_list(s, &list, note, &p, err);
    list.removed = true;
    if (r == SG_OK)
        r = sg_entry_list(s, &list, note, &p, err);
    if (r == SG_OK)
        r = prune_entries(&p, err);
    sg_buffer_free(&p.names);
    if (r == SG_OK && !what->dry)
        r = sg_part_sweep(s, 0, NULL, err);
    if (r == SG_OK && !what->dry)
        r = sg_part_sweep(s, what->now - SG_LOOSE_SECONDS, &done->bytes, err);
    return r == SG_OK && !what->dry ? sg_vault_merge(s, err) : r;
}
