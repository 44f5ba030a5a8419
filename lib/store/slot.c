#include "store/private.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAIL ".age"
#define TAIL_BOTH ".all.age"
#define SLOTS_MAX 4096
#define RECIPIENTS_MAX_BYTES (4U << 20)

/* Whether a file's name is that of a slot; then the slot's name, and whether it takes both. */
static bool read_name(struct sg_slot *slot, const char *file)
{
    size_t n = strlen(file);
    bool both =
        n > sizeof TAIL_BOTH - 1 && strcmp(file + n - (sizeof TAIL_BOTH - 1), TAIL_BOTH) == 0;
    size_t tail = both ? sizeof TAIL_BOTH - 1 : sizeof TAIL - 1;

    if (n <= tail || n - tail > SG_SLOT_NAME_MAX || (!both && strcmp(file + n - tail, TAIL) != 0))
        return false;
    memset(slot, 0, sizeof *slot);
    memcpy(slot->name, file, n - tail);
    slot->kind = both ? SG_SLOT_BOTH : SG_SLOT_KEY;
    slot->recipients = "";
    return sg_slot_name_ok(slot->name);
}

/* Looks into a slot's file for what its name does not tell. */
static void read_kind(struct sg_slot *slot, const char *folder)
{
    char *path = sg_slot_path(folder, slot->name, slot->kind);
    struct sg_error ignored = {0};
    struct sg_sealed f = {0};
    struct sg_source in = {.fd = -1};
    bool password = false, good = false;

    if (path && sg_source_file(&in, path, &ignored) == SG_OK) {
        good = sg_sealed_read(&f, &in, &ignored) == SG_OK;
        password = good && sg_sealed_has_password(&f);
        sg_sealed_close(&f);
        sg_source_close(&in);
    }
    if (!good || (slot->kind == SG_SLOT_BOTH && !password))
        slot->kind = SG_SLOT_DAMAGED;
    else if (password && slot->kind == SG_SLOT_KEY)
        slot->kind = SG_SLOT_PASSWORD;
    free(path);
}

static int by_name(const void *a, const void *b)
{
    const struct sg_slot *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static enum sg_err add_name(struct sg_slot_names *all, const struct sg_slot *slot,
                            struct sg_error *err)
{
    struct sg_slot *more;

    if (all->count >= SLOTS_MAX)
        return sg_fail_limit(err, SG_ERR_LIMIT, "more slots than there should be", all->count,
                             SLOTS_MAX);
    more = realloc(all->slots, (all->count + 1) * sizeof *more);
    if (!more)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, (all->count + 1) * sizeof *more, 0);
    all->slots = more;
    all->slots[all->count++] = *slot;
    return SG_OK;
}

enum sg_err sg_slot_names(struct sg_slot_names *all, const char *folder, struct sg_error *err)
{
    enum sg_err r = SG_OK;
    struct sg_slot slot;
    struct dirent *e;
    DIR *d = opendir(folder);

    *all = (struct sg_slot_names){0};
    if (!d)
        return sg_fail_sys(err, errno, "cannot open", folder);
    while (r == SG_OK && (e = readdir(d)))
        if (read_name(&slot, e->d_name))
            r = add_name(all, &slot, err);
    (void)closedir(d);
    if (r != SG_OK) {
        sg_slot_names_free(all);
        return r;
    }
    if (all->count)
        qsort(all->slots, all->count, sizeof *all->slots, by_name);
    for (size_t i = 0; i < all->count; i++)
        read_kind(&all->slots[i], folder);
    return SG_OK;
}

void sg_slot_names_free(struct sg_slot_names *all)
{
    free(all->slots);
    *all = (struct sg_slot_names){0};
}

/* The texts of the recipients, a line each. A plugin's identity has none: then nothing is known. */
static enum sg_err texts_of(struct sg_buffer *out, const struct sg_recipients *all,
                            struct sg_error *err)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; all && r == SG_OK && i < sg_recipients_count(all); i++) {
        r = sg_recipient_text(out, sg_recipients_at(all, i), err);
        if (r == SG_ERR_PLUGIN_PUBLIC) {
            out->len = 0;
            return SG_OK;
        }
        if (r == SG_OK)
            r = sg_buffer_text(out, "\n", err);
    }
    return r;
}

enum sg_err sg_slot_record(struct sg_vfs *v, sqlite3 *db, const char *name,
                           const struct sg_slot_way *way, struct sg_error *err)
{
    struct sg_buffer text;
    sqlite3_stmt *q = NULL;
    int rc;
    enum sg_err r;

    sg_buffer_init(&text, RECIPIENTS_MAX_BYTES);
    r = texts_of(&text, way->recipients, err);
    if (r == SG_OK) {
        rc = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO sg_slot VALUES (?1, ?2)", -1, &q, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
        if (rc == SQLITE_OK)
            rc = sqlite3_bind_text(q, 2, text.len ? (const char *)text.data : "", (int)text.len,
                                   SQLITE_STATIC);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(q);
        if (rc != SQLITE_DONE)
            r = sg_store_fault(v, db, rc, err);
        (void)sqlite3_finalize(q);
    }
    sg_buffer_free(&text);
    return r;
}

/* Hands the slots over with the recipients that the store knows; q is NULL when it is locked. */
static enum sg_err tell(const struct sg_slot_names *all, struct sg_query *q,
                        enum sg_err (*each)(void *, const struct sg_slot *, struct sg_error *),
                        void *context, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < all->count; i++) {
        bool known = false;
        if (q) {
            sg_query_again(q);
            sg_query_set_text(q, 1, all->slots[i].name, strlen(all->slots[i].name));
            r = sg_query_row(q, &known, err);
        }
        all->slots[i].recipients = known ? sg_query_text(q, 0, NULL) : "";
        if (r == SG_OK)
            r = each(context, &all->slots[i], err);
    }
    return r;
}

enum sg_err sg_slot_list(struct sg_store *s,
                         enum sg_err (*each)(void *context, const struct sg_slot *slot,
                                             struct sg_error *err),
                         void *context, struct sg_error *err)
{
    bool begun = s->db && !s->open;
    struct sg_slot_names all;
    struct sg_query q = {0};
    enum sg_err r = sg_slot_names(&all, s->slots, err);

    if (r != SG_OK)
        return r;
    if (begun)
        r = sg_store_begin(s, SG_STORE_READ, err);
    if (r == SG_OK && s->db)
        r = sg_query_start(&q, s, "SELECT recipients FROM sg_slot WHERE name = ?1", err);
    if (r == SG_OK)
        r = tell(&all, s->db ? &q : NULL, each, context, err);
    sg_query_end(&q);
    if (begun)
        sg_store_rollback(s);
    sg_slot_names_free(&all);
    return r;
}

static const struct sg_slot *find(const struct sg_slot_names *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->slots[i].name, name) == 0)
            return &all->slots[i];
    return NULL;
}

/* Removes a slot's file of either kind. */
static enum sg_err unlink_slot(struct sg_store *s, const char *name, struct sg_error *err)
{
    static const enum sg_slot_kind kinds[] = {SG_SLOT_KEY, SG_SLOT_BOTH};
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < 2; i++) {
        char *path = sg_slot_path(s->slots, name, kinds[i]);
        if (!path)
            r = sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(s->slots), 0);
        else if (unlink(path) != 0 && errno != ENOENT)
            r = sg_fail_sys(err, errno, "cannot remove", path);
        free(path);
    }
    return r == SG_OK ? sg_path_sync(s->slots, err) : r;
}

/* SG_ERR_EXISTS when there is a slot of the name. */
static enum sg_err see_free(struct sg_store *s, const char *name, struct sg_error *err)
{
    struct sg_slot_names all;
    enum sg_err r = sg_slot_names(&all, s->slots, err);

    if (r != SG_OK)
        return r;
    sg_error_name(err, name);
    if (find(&all, name))
        r = sg_fail(err, SG_ERR_EXISTS, NULL);
    sg_slot_names_free(&all);
    return r;
}

/* Whether the row of the slot still says what sg_slot_record() wrote; SG_ERR_EXISTS when not. */
static enum sg_err see_recorded(struct sg_store *s, const struct sg_slot_new *slot,
                                struct sg_error *err)
{
    struct sg_buffer text;
    struct sg_query q;
    bool there = false;
    enum sg_err r;

    sg_buffer_init(&text, RECIPIENTS_MAX_BYTES);
    r = texts_of(&text, slot->way.recipients, err);
    if (r == SG_OK)
        r = sg_query_start(&q, s, "SELECT 1 FROM sg_slot WHERE name = ?1 AND recipients = ?2", err);
    if (r == SG_OK) {
        sg_query_set_text(&q, 1, slot->name, strlen(slot->name));
        sg_query_set_text(&q, 2, text.len ? (const char *)text.data : "", text.len);
        r = sg_query_row(&q, &there, err);
        sg_query_end(&q);
    }
    if (r == SG_OK && !there)
        r = sg_fail(err, SG_ERR_EXISTS, NULL);
    sg_buffer_free(&text);
    return r;
}

/* Notes whom the slot is to be sealed to, for good. */
static enum sg_err record(struct sg_store *s, const struct sg_slot_new *slot, struct sg_error *err)
{
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r != SG_OK)
        return r;
    r = see_free(s, slot->name, err);
    if (r == SG_OK) {
        s->dirty = true;
        r = sg_slot_record(s->vfs, s->db, slot->name, &slot->way, err);
    }
    return sg_store_end(s, r, err);
}

/*
 * The row is there for good before the file is, since nobody could renew a slot without knowing
 * whom it is for; a row without a file means nothing. Between the two somebody else may have taken
 * the name: then the file is theirs to write.
 */
enum sg_err sg_slot_add(struct sg_store *s, const struct sg_slot_new *slot, struct sg_error *err)
{
    struct sg_buffer content;
    enum sg_err r;

    sg_error_name(err, slot->name);
    if (!sg_slot_name_ok(slot->name))
        return sg_fail(err, SG_ERR_NAME, SG_SLOT_NAME_RULE);
    /* Sealed first: it may take the user's time, which nobody else should wait for. */
    sg_buffer_init(&content, SG_SLOT_FILE_MAX_BYTES);
    r = sg_slot_seal(&content, &slot->way, sg_store_keys_of(&s->keys)->store, err);
    if (r == SG_OK)
        r = record(s, slot, err);
    if (r == SG_OK) {
        r = sg_store_begin(s, SG_STORE_WRITE, err);
        if (r == SG_OK) {
            r = see_free(s, slot->name, err);
            if (r == SG_OK)
                r = see_recorded(s, slot, err);
            if (r == SG_OK)
                r = sg_slot_write(s->slots, slot->name, sg_slot_kind_of(&slot->way), &content, err);
            sg_store_rollback(s); /* nothing was written to the database; others may go on */
        }
    }
    sg_buffer_free(&content);
    return r;
}

/* Within a transaction. */
static enum sg_err take_away(struct sg_store *s, const char *name, bool last_too,
                             struct sg_error *err)
{
    struct sg_slot_names all;
    struct sg_query q;
    size_t good = 0;
    enum sg_err r = sg_slot_names(&all, s->slots, err);

    if (r != SG_OK)
        return r;
    sg_error_name(err, name);
    for (size_t i = 0; i < all.count; i++)
        good += all.slots[i].kind != SG_SLOT_DAMAGED && strcmp(all.slots[i].name, name) != 0;
    if (!find(&all, name))
        r = sg_fail(err, SG_ERR_NOT_FOUND, "slot");
    else if (good == 0 && find(&all, name)->kind != SG_SLOT_DAMAGED && !last_too)
        r = sg_fail(err, SG_ERR_LAST_SLOT, NULL);
    sg_slot_names_free(&all);
    if (r != SG_OK)
        return r;
    r = sg_query_start(&q, s, "DELETE FROM sg_slot WHERE name = ?1", err);
    if (r == SG_OK) {
        sg_query_set_text(&q, 1, name, strlen(name));
        r = sg_query_run(&q, err);
    }
    sg_query_end(&q);
    return r == SG_OK ? unlink_slot(s, name, err) : r;
}

enum sg_err sg_slot_remove(struct sg_store *s, const char *name, bool last_too,
                           struct sg_error *err)
{
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r != SG_OK)
        return r;
    r = take_away(s, name, last_too, err);
    return sg_store_end(s, r, err);
}
