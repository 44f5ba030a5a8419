#include "vault/entry.h"

#include "vault/part.h"
#include "vault/row.h"

#include <string.h>

#define READ_BYTES (1U << 20)        /* read in one snapshot, then written */
#define MOVED_MAX_BYTES (256U << 20) /* of names that are moved in one go */

/* Gives a part that was taken its place under a name. */
static enum sg_err place(struct sg_part_new *n, struct sg_store *s, const char *name,
                         enum sg_putting how, int64_t now, struct sg_error *err)
{
    struct sg_place where = {.number = 1, .created = now};
    struct sg_row row;
    enum sg_err r = sg_row_find(&row, s, name, strlen(name), err);

    if (r == SG_OK && !row.id)
        r = sg_row_add(&row, s, name, strlen(name), err);
    if (r != SG_OK)
        return r;
    if (how == SG_APPEND && row.revision) {
        where.revision = row.revision;
        where.number = row.parts + 1;
        row.size += n->part.size;
        row.text &= n->is_text;
    } else {
        r = sg_row_last_revision(&where.revision, s, row.id, err);
        where.revision++;
        row.size = n->part.size;
        row.text = n->is_text;
    }
    row.revision = where.revision;
    row.parts = where.number;
    row.changed = now;
    where.entry = row.id;
    if (r == SG_OK)
        r = sg_part_place(n, s, &where, err);
    return r == SG_OK ? sg_row_set(&row, s, err) : r;
}

enum sg_err sg_entry_put(struct sg_store *s, const char *name, struct sg_source *in,
                         enum sg_putting how, int64_t now, const struct sg_progress *progress,
                         struct sg_error *err)
{
    struct sg_part_new n = {0};
    enum sg_err r = sg_name_check(name, err);
    bool large;

    if (r == SG_OK)
        r = sg_part_take(&n, s, in, now, false, progress, err);
    large = n.part.id != 0;
    if (r == SG_OK) {
        r = sg_store_begin(s, SG_STORE_WRITE, err);
        if (r == SG_OK) {
            sg_error_name(err, name);
            r = place(&n, s, name, how, now, err);
        }
        r = sg_store_end(s, r, err);
    }
    sg_part_end(&n, s, r == SG_OK);
    if (r == SG_OK && large) { /* what others left behind goes with the next chance */
        struct sg_error unheard = {0};
        (void)!sg_part_sweep(s, now - SG_LOOSE_SECONDS, NULL, &unheard);
    }
    return r;
}

/* How far the reading of an entry is. */
struct reading {
    struct sg_store *store;
    int64_t entry;
    uint64_t revision;
    uint64_t number, last; /* of the part at hand, and the last one wanted */
    uint64_t chunk;        /* the next of that part */
    uint64_t size;         /* of all parts wanted */
};

/* Finds out what there is to read. */
static enum sg_err resolve(struct reading *g, const struct sg_getting *what, struct sg_error *err)
{
    struct sg_row row;
    struct sg_sum sum;
    enum sg_err r = sg_row_find(&row, g->store, what->name, strlen(what->name), err);

    if (r != SG_OK)
        return r;
    if (!row.id)
        return sg_not_found(err, "entry", what->name);
    if (!row.revision && !what->revision)
        return sg_not_found(err, "entry any more", what->name);
    g->entry = row.id;
    g->revision = what->revision ? what->revision : row.revision;
    sum = (struct sg_sum){.parts = row.parts, .size = row.size};
    if (g->revision != row.revision)
        r = sg_row_sum(&sum, g->store, row.id, g->revision, err);
    if (r == SG_OK && !sum.parts)
        return sg_not_found(err, "revision of it", what->name);
    if (r == SG_OK && what->part > sum.parts)
        return sg_not_found(err, "part of it", what->name);
    g->number = what->part ? what->part : 1;
    g->last = what->part ? what->part : sum.parts;
    g->size = sum.size;
    return r;
}

/* Reads on, inside a snapshot, until there is enough to write or nothing is left. */
static enum sg_err read_on(struct sg_buffer *out, struct reading *g, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, g->store,
                                   "SELECT id, size, chunks, number FROM vault_part WHERE "
                                   "entry = ?1 AND revision = ?2 AND number >= ?3 ORDER BY number",
                                   err);

    sg_query_set_int(&q, 1, g->entry);
    sg_query_set_int(&q, 2, (int64_t)g->revision);
    sg_query_set_int(&q, 3, (int64_t)g->number);
    while (r == SG_OK && g->number <= g->last && out->len < READ_BYTES) {
        struct sg_part part = {0};
        bool there;
        r = sg_query_row(&q, &there, err);
        if (r != SG_OK)
            break;
        if (!there || (uint64_t)sg_query_int(&q, 3) != g->number) {
            r = sg_fail(err, SG_ERR_GONE, "it was forgotten or moved while it was read");
            break;
        }
        part.id = sg_query_int(&q, 0);
        part.size = (uint64_t)sg_query_int(&q, 1);
        part.chunks = (uint64_t)sg_query_int(&q, 2);
        r = sg_part_read(out, g->store, &part, &g->chunk, READ_BYTES, err);
        if (r == SG_OK && g->chunk == part.chunks) {
            g->number++;
            g->chunk = 0;
        }
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_entry_get(struct sg_sink *out, struct sg_store *s, const struct sg_getting *what,
                         struct sg_error *err)
{
    struct reading g = {.store = s};
    struct sg_buffer data;
    uint64_t done = 0;
    bool begun = false;
    enum sg_err r = sg_name_check(what->name, err);

    sg_buffer_init_secret(&data, READ_BYTES + SG_CHUNK_BYTES);
    while (r == SG_OK && (!begun || g.number <= g.last)) {
        r = sg_store_begin(s, SG_STORE_READ, err);
        if (r == SG_OK && !begun)
            r = resolve(&g, what, err);
        if (r == SG_OK && !begun && what->size)
            what->size(what->context, g.size);
        begun = true;
        data.len = 0;
        if (r == SG_OK) {
            sg_error_name(err, what->name);
            r = read_on(&data, &g, err);
        }
        sg_store_rollback(s); /* of a snapshot: it ends */
        if (r == SG_OK)
            r = sg_sink_write(out, data.data, data.len, err);
        done += data.len;
        if (r == SG_OK && what->progress)
            what->progress->tick(what->progress->context, done);
    }
    sg_buffer_free(&data);
    return r;
}

/* Sets parameters 1 to 3 of a statement to a name and the bounds of its folder. */
static void set_names(struct sg_query *q, const char *name, bool below,
                      char bounds[static 2 * SG_BOUND_BYTES])
{
    size_t n = strlen(name);
    char *low = bounds, *high = bounds + SG_BOUND_BYTES;

    memcpy(low, name, n + 1);
    low[n] = '/';
    low[n + 1] = '\0';
    if (below)
        (void)sg_bound_above(high, low, n + 1);
    else
        memcpy(high, low, n + 2); /* nothing is in between */
    sg_query_set_text(q, 1, name, n);
    sg_query_set_text(q, 2, low, n + 1);
    sg_query_set_text(q, 3, high, n + 1);
}

/* Runs a statement on an entry and, when asked to, those in its folder. time: parameter 4. */
static enum sg_err run_on(struct sg_store *s, const char *sql, const struct sg_removing *what,
                          bool time, struct sg_error *err)
{
    char bounds[2 * SG_BOUND_BYTES];
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, sql, err);

    set_names(&q, what->name, what->below, bounds);
    if (time)
        sg_query_set_int(&q, 4, what->now);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

static const char remove_entries[] =
    "UPDATE vault_entry SET revision = 0, changed = ?4 "
    "WHERE (name = ?1 OR (name >= ?2 AND name < ?3)) AND revision > 0";
static const char loosen_parts[] =
    "UPDATE vault_part SET entry = NULL, revision = NULL, number = NULL, created = 0 "
    "WHERE entry IN (SELECT id FROM vault_entry "
    "                WHERE name = ?1 OR (name >= ?2 AND name < ?3))";
static const char delete_entries[] =
    "DELETE FROM vault_entry WHERE name = ?1 OR (name >= ?2 AND name < ?3)";

enum sg_err sg_entry_remove(uint64_t *count, struct sg_store *s, const struct sg_removing *what,
                            struct sg_error *err)
{
    enum sg_err r = sg_name_check(what->name, err);

    *count = 0;
    if (r != SG_OK)
        return r;
    r = sg_store_begin(s, SG_STORE_WRITE, err);
    if (r == SG_OK && what->forget)
        r = run_on(s, loosen_parts, what, false, err);
    if (r == SG_OK)
        r = run_on(s, what->forget ? delete_entries : remove_entries, what, !what->forget, err);
    if (r == SG_OK)
        *count = (uint64_t)sg_query_changed(s);
    if (r == SG_OK && *count == 0)
        r = sg_not_found(err, "entry", what->name);
    r = sg_store_end(s, r, err);
    return r == SG_OK && what->forget ? sg_part_sweep(s, 0, NULL, err) : r;
}

/* Gives the entry of a row the name. */
static enum sg_err move_one(const struct sg_row *row, struct sg_store *s, const char *to, size_t n,
                            bool over, struct sg_error *err)
{
    char shown[SG_NAME_MAX_BYTES + 1];
    struct sg_row there;
    enum sg_err r = sg_name_check_bytes(to, n, err);

    if (r == SG_OK)
        r = sg_row_find(&there, s, to, n, err);
    if (r != SG_OK)
        return r;
    if (!there.id)
        return sg_row_rename(row->id, s, to, n, err);
    if (there.revision && !over) {
        memcpy(shown, to, n);
        shown[n] = '\0';
        sg_error_name(err, shown);
        return sg_fail(err, SG_ERR_EXISTS, NULL);
    }
    return sg_row_join(&there, s, row, err);
}

/* Lists an entry and, when asked to, those in its folder: of each the length of its name, and it.
 */
static enum sg_err list_names(struct sg_buffer *names, struct sg_store *s,
                              const struct sg_moving *what, struct sg_error *err)
{
    char bounds[2 * SG_BOUND_BYTES];
    struct sg_query q;
    bool there = true;
    enum sg_err r = sg_query_start(&q, s,
                                   "SELECT name FROM vault_entry WHERE "
                                   "(name = ?1 OR (name >= ?2 AND name < ?3)) AND revision > 0",
                                   err);

    set_names(&q, what->from, what->below, bounds);
    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        size_t n;
        const char *name = sg_query_text(&q, 0, &n);
        uint16_t length = (uint16_t)n;
        r = sg_buffer_append(names, &length, sizeof length, err);
        if (r == SG_OK)
            r = sg_buffer_append(names, name, n, err);
    }
    sg_query_end(&q);
    return r;
}

static enum sg_err move_all(uint64_t *count, const struct sg_buffer *names, struct sg_store *s,
                            const struct sg_moving *what, struct sg_error *err)
{
    char to[2 * SG_NAME_MAX_BYTES];
    size_t from_len = strlen(what->from), to_len = strlen(what->to);
    enum sg_err r = SG_OK;

    memcpy(to, what->to, to_len);
    for (size_t at = 0; r == SG_OK && at < names->len; ++*count) {
        struct sg_row row;
        const char *name;
        uint16_t n;
        memcpy(&n, names->data + at, sizeof n);
        name = (const char *)names->data + at + sizeof n;
        at += sizeof n + n;
        memcpy(to + to_len, name + from_len, n - from_len);
        r = sg_row_find(&row, s, name, n, err);
        if (r == SG_OK)
            r = move_one(&row, s, to, to_len + n - from_len, what->over, err);
    }
    return r;
}

/* Whether one name is the other, or in its folder. */
static bool within(const char *inner, const char *outer)
{
    size_t n = strlen(outer);

    return strncmp(inner, outer, n) == 0 && (inner[n] == '/' || inner[n] == '\0');
}

enum sg_err sg_entry_move(uint64_t *count, struct sg_store *s, const struct sg_moving *what,
                          struct sg_error *err)
{
    struct sg_buffer names;
    enum sg_err r = sg_name_check(what->from, err);

    *count = 0;
    sg_buffer_init_secret(&names, MOVED_MAX_BYTES);
    if (r == SG_OK)
        r = sg_name_check(what->to, err);
    if (r == SG_OK)
        sg_error_name(err, what->to);
    if (r == SG_OK && strcmp(what->from, what->to) == 0)
        return sg_fail(err, SG_ERR_NAME, "it is called that already");
    if (r == SG_OK && what->below && (within(what->to, what->from) || within(what->from, what->to)))
        return sg_fail(err, SG_ERR_NAME, "one of the two is in the other");
    if (r != SG_OK)
        return r;
    r = sg_store_begin(s, SG_STORE_WRITE, err);
    if (r == SG_OK)
        r = list_names(&names, s, what, err);
    if (r == SG_OK)
        r = move_all(count, &names, s, what, err);
    if (r == SG_OK && *count == 0)
        r = sg_not_found(err, "entry", what->from);
    r = sg_store_end(s, r, err);
    sg_buffer_free(&names);
    return r;
}
