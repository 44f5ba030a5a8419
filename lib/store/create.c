#include "store/private.h"

#include "crypto/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The store's own tables. The commit counter and its tag are in page 1 (transaction.c). */
static const char tables[] = "CREATE TABLE sg_store (rollbacks INTEGER NOT NULL);"
                             "INSERT INTO sg_store VALUES (0);"
                             "CREATE TABLE sg_schema (room TEXT PRIMARY KEY, version INTEGER NOT "
                             "NULL) WITHOUT ROWID;"
                             "CREATE TABLE sg_slot (name TEXT PRIMARY KEY, recipients TEXT NOT "
                             "NULL) WITHOUT ROWID;";

/* Makes the database, sealed, with the store's own tables. */
static enum sg_err make_database(const char *path, const struct sg_store_place *place,
                                 const struct sg_label *label, const struct sg_store_keys *keys,
                                 const struct sg_slot_new *slots, size_t count,
                                 struct sg_error *err)
{
    struct sg_vfs *v;
    sqlite3 *db = NULL;
    int rc;
    enum sg_err r = sg_vfs_start(&v, path, place->vfs, keys, label->id, err);

    if (r != SG_OK)
        return r;
    r = sg_store_open_database(&db, v, true, place->wait_ms, err);
    if (r == SG_OK) {
        rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(db, tables, NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            r = sg_store_fault(v, db, rc, err);
    }
    for (size_t i = 0; r == SG_OK && i < count; i++)
        r = sg_slot_record(v, db, slots[i].name, &slots[i].way, err);
    if (r == SG_OK) {
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            r = sg_store_fault(v, db, rc, err);
    }
    (void)sqlite3_close(db);
    sg_vfs_end(v);
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): SG_OK means there is a path */
    if (r == SG_OK && chmod(path, 0600) != 0)
        r = sg_fail_sys(err, errno, "cannot protect", path);
    return r;
}

static enum sg_err make_slots(const char *folder, const struct sg_slot_new *slots, size_t count,
                              const uint8_t *key, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < count; i++) {
        struct sg_buffer content;
        sg_buffer_init(&content, SG_SLOT_FILE_MAX_BYTES);
        r = sg_slot_seal(&content, &slots[i].way, key, err);
        if (r == SG_OK)
            r = sg_slot_write(folder, slots[i].name, sg_slot_kind_of(&slots[i].way), &content, err);
        sg_buffer_free(&content);
    }
    return r;
}

static enum sg_err check_slots(const struct sg_slot_new *slots, size_t count, struct sg_error *err)
{
    if (count == 0)
        return sg_fail(err, SG_ERR_LAST_SLOT, NULL);
    for (size_t i = 0; i < count; i++) {
        sg_error_name(err, slots[i].name);
        if (!sg_slot_name_ok(slots[i].name))
            return sg_fail(err, SG_ERR_NAME, SG_SLOT_NAME_RULE);
        for (size_t j = 0; j < i; j++)
            if (strcmp(slots[i].name, slots[j].name) == 0)
                return sg_fail(err, SG_ERR_EXISTS, NULL);
    }
    return SG_OK;
}

/* Puts a whole store together in vault.new, and then in its place. */
static enum sg_err build(struct sg_store *s, struct sg_building *b, const struct sg_slot_new *slots,
                         size_t count, const uint8_t *key, struct sg_error *err)
{
    char *database = sg_path_join(b->path, SG_DATABASE_NAME, NULL);
    char *label = sg_path_join(b->path, SG_LABEL_NAME, NULL);
    char *folder = sg_path_join(b->path, SG_SLOTS_NAME, NULL);
    struct sg_secret keys = {0};
    enum sg_err r = SG_OK;

    if (!database || !label || !folder)
        r = sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(b->path), 0);
    if (r == SG_OK)
        r = sg_store_keys_derive(&keys, key, s->label.id, err);
    if (r == SG_OK)
        r = sg_building_make(b, err);
    if (r == SG_OK)
        r = make_slots(folder, slots, count, key, err);
    if (r == SG_OK)
        r = make_database(database, &s->place, &s->label, sg_store_keys_of(&keys), slots, count,
                          err);
    if (r == SG_OK)
        r = sg_label_write(&s->label, label, sg_store_keys_of(&keys), err);
    if (r == SG_OK)
        r = sg_building_place(b, err);
    sg_secret_free(&keys);
    free(database);
    free(label);
    free(folder);
    return r;
}

enum sg_err sg_store_create(struct sg_store **out, const struct sg_store_place *place,
                            const struct sg_slot_new *slots, size_t count, struct sg_error *err)
{
    struct sg_building b = {.fd = -1};
    struct sg_secret key = {0};
    struct sg_store *s = NULL;
    struct stat st;
    enum sg_err r = check_slots(slots, count, err);

    *out = NULL;
    if (r == SG_OK)
        r = sg_store_new(&s, place, err);
    if (r == SG_OK && stat(s->label_path, &st) == 0) {
        sg_error_name(err, s->folder);
        r = sg_fail(err, SG_ERR_EXISTS, NULL);
    }
    if (r == SG_OK)
        r = sg_secret_new(&key, SG_STORE_KEY_BYTES, err);
    if (r == SG_OK) {
        sg_random(key.data, key.size);
        sg_random(s->label.id, sizeof s->label.id);
        sg_label_name(&s->label);
        r = sg_guard_start(&s->guard, place->state, s->label.text, err);
    }
    if (r == SG_OK)
        r = sg_path_make(place->home, err);
    if (r == SG_OK)
        r = sg_building_start(&b, place->home, err);
    if (r == SG_OK)
        r = build(s, &b, slots, count, key.data, err);
    if (r == SG_OK)
        r = sg_store_open_key(s, key.data, err);
    sg_building_end(&b);
    sg_secret_free(&key);
    if (r != SG_OK) {
        sg_store_close(s);
        return r;
    }
    *out = s;
    return SG_OK;
}
