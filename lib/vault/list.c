#include "vault/entry.h"
#include "vault/row.h"

#include <string.h>

#define BATCH_ROWS 1000 /* read in one snapshot, then told */
#define ROW_BYTES (sizeof(struct sg_entry) + SG_NAME_MAX_BYTES + 1)
#define PATTERN_CHARACTERS "*?["

/* A listing under way: names from `low` on, to before `high`, that match the pattern. */
struct walk {
    struct sg_store *store;
    char low[SG_BOUND_BYTES], high[SG_BOUND_BYTES];
    size_t low_len, high_len;
    const char *pattern; /* all match when it is "*" */
    bool removed;
    struct sg_buffer rows; /* what one snapshot gave: an entry, then its name with a NUL */
};

/* Reads the next rows. Fewer than BATCH_ROWS are the last. */
static enum sg_err read_rows(struct walk *w, unsigned *count, struct sg_error *err)
{
    struct sg_query q;
    bool there = true;
    enum sg_err r =
        sg_query_start(&q, w->store,
                       "SELECT name, revision, parts, size, changed, text FROM vault_entry "
                       "WHERE name >= ?1 AND name < ?2 AND (revision = 0) = ?3 AND name GLOB ?4 "
                       "ORDER BY name",
                       err);

    sg_query_set_text(&q, 1, w->low, w->low_len);
    sg_query_set_text(&q, 2, w->high, w->high_len);
    sg_query_set_int(&q, 3, w->removed);
    sg_query_set_text(&q, 4, w->pattern, strlen(w->pattern));
    w->rows.len = 0;
    for (*count = 0; r == SG_OK && *count < BATCH_ROWS; ++*count) {
        struct sg_entry e = {0};
        const char *name;
        size_t n;
        r = sg_query_row(&q, &there, err);
        if (r != SG_OK || !there)
            break;
        e.revision = (uint64_t)sg_query_int(&q, 1);
        e.parts = (uint64_t)sg_query_int(&q, 2);
        e.size = (uint64_t)sg_query_int(&q, 3);
        e.changed = sg_query_int(&q, 4);
        e.text = sg_query_int(&q, 5) != 0;
        name = sg_query_text(&q, 0, &n);
        if (n > SG_NAME_MAX_BYTES) {
            r = sg_fail(err, SG_ERR_DATABASE, "a name is too long");
            break;
        }
        r = sg_buffer_append(&w->rows, &e, sizeof e, err);
        if (r == SG_OK)
            r = sg_buffer_append(&w->rows, name, n + 1, err);
        /* The next name is at least this one with the smallest character that a name can have. */
        memcpy(w->low, name, n);
        memcpy(w->low + n, " ", 2);
        w->low_len = n + 1;
    }
    sg_query_end(&q);
    return r;
}

static enum sg_err walk(struct walk *w,
                        enum sg_err (*each)(void *context, const struct sg_entry *entry,
                                            struct sg_error *err),
                        void *context, struct sg_error *err)
{
    unsigned count;
    enum sg_err r;

    do {
        size_t at = 0;
        r = sg_store_begin(w->store, SG_STORE_READ, err);
        if (r == SG_OK)
            r = read_rows(w, &count, err);
        sg_store_rollback(w->store);
        for (unsigned i = 0; r == SG_OK && i < count; i++) {
            struct sg_entry e;
            memcpy(&e, w->rows.data + at, sizeof e);
            e.name = (const char *)w->rows.data + at + sizeof e;
            at += sizeof e + strlen(e.name) + 1;
            r = each(context, &e, err);
        }
    } while (r == SG_OK && count == BATCH_ROWS);
    return r;
}

/* Sets out for names that begin with n bytes of text. */
static void begin_with(struct walk *w, const char *text, size_t n)
{
    memcpy(w->low, text, n);
    w->low_len = n;
    w->high_len = sg_bound_above(w->high, text, n);
}

/* A name without pattern characters: the entry itself, then its folder. */
static enum sg_err walk_folder(struct walk *w, const char *name,
                               enum sg_err (*each)(void *context, const struct sg_entry *entry,
                                                   struct sg_error *err),
                               void *context, struct sg_error *err)
{
    char folder[SG_NAME_MAX_BYTES + 2];
    size_t n = strlen(name);
    bool slash = n && name[n - 1] == '/';
    enum sg_err r = sg_name_check_bytes(name, n - slash, err);

    if (r != SG_OK)
        return r;
    memcpy(folder, name, n + 1);
    if (!slash) {
        folder[n++] = '/';
        folder[n] = '\0';
    }
    if (!slash) { /* from the name to before the first that goes on from it */
        begin_with(w, folder, n - 1);
        memcpy(w->high, folder, n - 1);
        memcpy(w->high + n - 1, " ", 2);
        w->high_len = n;
        r = walk(w, each, context, err);
    }
    if (r != SG_OK)
        return r;
    begin_with(w, folder, n);
    return walk(w, each, context, err);
}

enum sg_err sg_entry_list(struct sg_store *s, const struct sg_listing *what,
                          enum sg_err (*each)(void *context, const struct sg_entry *entry,
                                              struct sg_error *err),
                          void *context, struct sg_error *err)
{
    const char *pattern = what->pattern ? what->pattern : "*";
    size_t literal = strcspn(pattern, PATTERN_CHARACTERS);
    struct walk w = {.store = s, .pattern = "*", .removed = what->removed};
    enum sg_err r;

    sg_buffer_init_secret(&w.rows, BATCH_ROWS * ROW_BYTES);
    if (!pattern[literal]) {
        r = walk_folder(&w, pattern, each, context, err);
    } else if (literal > SG_NAME_MAX_BYTES) {
        r = SG_OK; /* no name is so long */
    } else {
        w.pattern = pattern;
        begin_with(&w, pattern, literal);
        r = walk(&w, each, context, err);
    }
    sg_buffer_free(&w.rows);
    return r;
}
