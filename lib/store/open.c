#include "store/memory.h"
#include "store/private.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NAP_MS 10

/*
 * What every connection is told first. Temporary files are sealed as all others are, so they need
 * not fill the memory; deleted content is overwritten; nothing is committed before it is on the
 * disk.
 */
static const char settings[] = "PRAGMA page_size = 4096;"
                               "PRAGMA journal_mode = TRUNCATE;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA temp_store = FILE;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA cache_size = -16384;";

enum sg_err sg_store_new(struct sg_store **out, const struct sg_store_place *place,
                         struct sg_error *err)
{
    struct sg_store *s = calloc(1, sizeof *s);

    *out = NULL;
    if (!s)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, sizeof *s, 0);
    sg_store_memory_wiped();
    s->guard.fd = -1;
    s->place = *place;
    s->place.home = sg_path_join(place->home, NULL, NULL);
    s->place.state = sg_path_join(place->state, NULL, NULL);
    s->place.vfs = place->vfs ? sg_path_join(place->vfs, NULL, NULL) : NULL;
    s->folder = sg_path_join(place->home, "/vault", NULL);
    s->slots = sg_path_join(place->home, "/vault/slots", NULL);
    s->path = sg_path_join(place->home, "/vault", SG_DATABASE_NAME);
    s->label_path = sg_path_join(place->home, "/vault/store.id", NULL);
    if (!s->place.home || !s->place.state || (place->vfs && !s->place.vfs) || !s->folder ||
        !s->slots || !s->path || !s->label_path) {
        sg_store_close(s);
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(place->home), 0);
    }
    *out = s;
    return SG_OK;
}

void sg_store_close(struct sg_store *s)
{
    if (!s)
        return;
    sg_store_lock(s);
    sg_guard_end(&s->guard);
    free((char *)s->place.home);
    free((char *)s->place.state);
    free((char *)s->place.vfs);
    free(s->folder);
    free(s->slots);
    free(s->path);
    free(s->label_path);
    free(s);
}

/* Reads the label. While a rekey is between two steps, there is none for a moment. */
static enum sg_err read_label(struct sg_store *s, const struct sg_building *b, struct sg_error *err)
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};
    struct stat st;

    for (uint64_t waited = 0;; waited += NAP_MS) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): SG_OK means there is a store */
        enum sg_err r = sg_label_read(&s->label, s->label_path, err);
        if (r != SG_ERR_NO_STORE || waited > s->place.wait_ms || stat(b->old, &st) != 0) {
            if (r == SG_ERR_NO_STORE)
                sg_error_name(err, s->folder);
            return r;
        }
        (void)nanosleep(&nap, NULL);
    }
}

enum sg_err sg_store_find(struct sg_store **out, const struct sg_store_place *place,
                          struct sg_error *err)
{
    struct sg_building b = {.fd = -1};
    struct sg_error ignored = {0};
    struct sg_store *s;
    enum sg_err r = sg_store_new(&s, place, err);

    *out = NULL;
    if (r != SG_OK)
        return r;
    r = sg_building_start(&b, place->home, err);
    if (r == SG_OK) {
        (void)!sg_building_mend(&b,
                                &ignored); /* a home that may only be read can be used as it is */
        r = read_label(s, &b, err);
    }
    if (r == SG_OK)
        r = sg_guard_start(&s->guard, place->state, s->label.text, err);
    sg_building_end(&b);
    if (r != SG_OK) {
        sg_store_close(s);
        return r;
    }
    *out = s;
    return SG_OK;
}

const char *sg_store_id(const struct sg_store *s)
{
    return s->label.text;
}

const char *sg_store_folder(const struct sg_store *s)
{
    return s->folder;
}

bool sg_store_is_unlocked(const struct sg_store *s)
{
    return s->db != NULL;
}

void sg_store_subkey(uint8_t out[static SG_STORE_SUBKEY_BYTES], const struct sg_store *s,
                     const char *label)
{
    if (!s->db)
        abort(); /* the caller's mistake */
    sg_store_keys_subkey(out, SG_STORE_SUBKEY_BYTES, sg_store_keys_of(&s->keys), s->label.id,
                         label);
}

static int run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

enum sg_err sg_store_open_database(sqlite3 **db, struct sg_vfs *v, bool create, uint64_t wait_ms,
                                   struct sg_error *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int reserve = SG_BLOCK_RESERVED;
    int rc = sqlite3_open_v2(v->database, db, flags, v->name);
    enum sg_err r;

    if (rc == SQLITE_OK)
        rc = sqlite3_extended_result_codes(*db, 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(*db, wait_ms > INT_MAX ? INT_MAX : (int)wait_ms);
    if (rc == SQLITE_OK)
        rc = sqlite3_file_control(*db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (rc == SQLITE_OK)
        rc = run(*db, settings);
    if (rc == SQLITE_OK)
        return SG_OK;
    r = sg_store_fault(v, *db, rc, err);
    (void)sqlite3_close(*db);
    *db = NULL;
    return r;
}

/* An empty file is a database to SQLite, but none of ours. */
static enum sg_err check_tables(struct sg_store *s, struct sg_error *err)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(s->db, "SELECT 1 FROM sg_store", -1, &q, NULL);

    (void)sqlite3_finalize(q);
    if (rc == SQLITE_ERROR && s->vfs->fault.trouble == SG_VFS_NONE) {
        sg_error_name(err, s->path);
        return sg_fail(err, SG_ERR_BLOCK, "the file has been emptied");
    }
    return rc == SQLITE_OK ? SG_OK : sg_store_fault(s->vfs, s->db, rc, err);
}

/* Whether a rekey has come between the reading of the label and now. */
static bool label_changed(const struct sg_store *s)
{
    struct sg_error ignored = {0};
    struct sg_label now;

    return sg_label_read(&now, s->label_path, &ignored) == SG_OK &&
           memcmp(now.mac, s->label.mac, sizeof now.mac) != 0;
}

enum sg_err sg_store_open_key(struct sg_store *s, const uint8_t key[static SG_STORE_KEY_BYTES],
                              struct sg_error *err)
{
    enum sg_err r;

    sg_store_lock(s);
    r = sg_store_keys_derive(&s->keys, key, s->label.id, err);
    if (r == SG_OK && !sg_label_fits(&s->label, sg_store_keys_of(&s->keys))) {
        sg_error_name(err, s->label_path);
        r = sg_fail(err, SG_ERR_STORE,
                    "the key is not that of this store, or the file was changed");
    }
    if (r == SG_OK)
        r = sg_vfs_start(&s->vfs, s->path, s->place.vfs, sg_store_keys_of(&s->keys), s->label.id,
                         err);
    if (r == SG_OK)
        r = sg_store_open_database(&s->db, s->vfs, false, s->place.wait_ms, err);
    if (r == SG_OK)
        r = check_tables(s, err);
    if (r != SG_OK)
        sg_store_lock(s);
    if ((r == SG_ERR_STORE || r == SG_ERR_BLOCK) && label_changed(s)) {
        sg_error_name(err, s->folder);
        r = sg_fail(err, SG_ERR_CHANGED, NULL);
    }
    return r;
}

void sg_store_lock(struct sg_store *s)
{
    sg_store_rollback(s);
    sg_query_drop_all(s);
    (void)sqlite3_close(s->db);
    s->db = NULL;
    sg_vfs_end(s->vfs);
    s->vfs = NULL;
    sg_secret_free(&s->keys);
}
