#include "store/private.h"

#include "crypto/random.h"
#include "key/key.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TICK_BLOCKS 256

/* The store as it is being made anew, beside the one in use. */
struct renewal {
    struct sg_store *s;
    const struct sg_store_rekey *how;
    struct sg_building b;
    char *path, *slots, *label_path;
    struct sg_label label;
    struct sg_secret key, keys;
    struct sg_vfs *vfs;
    struct sg_guard_state state;
};

static enum sg_err start(struct renewal *n, struct sg_error *err)
{
    struct sg_store *s = n->s;
    enum sg_err r = sg_building_start(&n->b, s->place.home, err);

    if (r != SG_OK)
        return r;
    n->path = sg_path_join(n->b.path, SG_DATABASE_NAME, NULL);
    n->slots = sg_path_join(n->b.path, SG_SLOTS_NAME, NULL);
    n->label_path = sg_path_join(n->b.path, SG_LABEL_NAME, NULL);
    if (!n->path || !n->slots || !n->label_path)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(n->b.path), 0);
    n->label = s->label;
    r = sg_secret_new(&n->key, SG_STORE_KEY_BYTES, err);
    if (r != SG_OK)
        return r;
    sg_random(n->key.data, n->key.size);
    r = sg_store_keys_derive(&n->keys, n->key.data, n->label.id, err);
    return r == SG_OK ? sg_building_make(&n->b, err) : r;
}

static void end(struct renewal *n)
{
    sg_vfs_end(n->vfs);
    sg_secret_free(&n->key);
    sg_secret_free(&n->keys);
    sg_building_end(&n->b);
    free(n->path);
    free(n->slots);
    free(n->label_path);
}

/* A password must be the one that the old slot has: nobody wants to find out later. */
static enum sg_err check_password(struct renewal *n, const struct sg_slot *slot,
                                  const struct sg_password *password, struct sg_error *err)
{
    char *path = sg_slot_path(n->s->slots, slot->name, slot->kind);
    struct sg_source in = {.fd = -1};
    struct sg_sealed f = {0};
    enum sg_err r;

    if (!path)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(n->s->slots), 0);
    r = sg_source_file(&in, path, err);
    if (r == SG_OK)
        r = sg_sealed_read(&f, &in, err);
    if (r == SG_OK)
        r = sg_sealed_unlock_password(&f, password, n->how->max_work, err);
    sg_sealed_close(&f);
    sg_source_close(&in);
    free(path);
    return r;
}

static enum sg_err renew_slot(struct renewal *n, const struct sg_slot *slot,
                              const struct sg_recipients *known, bool *kept, struct sg_error *err)
{
    struct sg_slot_way way = {.recipients = sg_recipients_count(known) ? known : NULL,
                              .kdf = SG_KDF_ARGON2ID,
                              .work = SG_WORK_DEFAULT};
    struct sg_buffer content;
    bool drop = slot->kind == SG_SLOT_DAMAGED;
    enum sg_err r;

    *kept = false;
    sg_error_name(err, slot->name);
    r = n->how->slot(n->how->context, slot, &way, &drop, err);
    if (r != SG_OK || drop)
        return r;
    if (sg_slot_kind_of(&way) != slot->kind || (slot->kind == SG_SLOT_KEY && !way.recipients))
        return sg_fail(err, SG_ERR_NO_KEYS, "nobody to seal the slot to");
    if (way.password)
        r = check_password(n, slot, way.password, err);
    sg_buffer_init(&content, SG_SLOT_FILE_MAX_BYTES);
    if (r == SG_OK)
        r = sg_slot_seal(&content, &way, n->key.data, err);
    if (r == SG_OK)
        r = sg_slot_write(n->slots, slot->name, slot->kind, &content, err);
    sg_buffer_free(&content);
    *kept = r == SG_OK;
    return r;
}

/* What sg_slot_list() hands over, and how many slots the new store has by now. */
struct slots {
    struct renewal *n;
    size_t kept;
};

static enum sg_err each_slot(void *context, const struct sg_slot *slot, struct sg_error *err)
{
    struct slots *all = context;
    struct sg_recipients known;
    bool kept = false;
    enum sg_err r = SG_OK;

    sg_recipients_init(&known);
    known.plugins = all->n->how->plugins;
    if (slot->recipients[0])
        r = sg_recipients_parse(&known, slot->recipients, strlen(slot->recipients), err);
    if (r == SG_OK)
        r = renew_slot(all->n, slot, &known, &kept, err);
    sg_recipients_free(&known);
    all->kept += kept;
    return r;
}

static enum sg_err renew_slots(struct renewal *n, struct sg_error *err)
{
    struct slots all = {n, 0};
    enum sg_err r = sg_slot_list(n->s, each_slot, &all, err);

    if (r == SG_OK && all.kept == 0) {
        sg_error_name(err, n->s->slots);
        r = sg_fail(err, SG_ERR_LAST_SLOT, NULL);
    }
    return r;
}

/* Opens every page with the old key and seals it with the new one. */
static enum sg_err copy_pages(struct renewal *n, sqlite3_file *to, struct sg_error *err)
{
    struct sg_store *s = n->s;
    sqlite3_int64 size = 0;
    sqlite3_file *from = NULL;
    struct sg_secret page;
    uint64_t pages, i = 0;
    int rc = sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&from);
    enum sg_err r;

    if (rc == SQLITE_OK)
        rc = from->pMethods->xFileSize(from, &size);
    if (rc != SQLITE_OK)
        return sg_store_fault(s->vfs, s->db, rc, err);
    r = sg_secret_new(&page, SG_BLOCK_BYTES, err);
    if (r != SG_OK)
        return r;
    pages = (uint64_t)size / SG_BLOCK_BYTES;
    for (; r == SG_OK && i < pages; i++) {
        rc = from->pMethods->xRead(from, page.data, SG_BLOCK_BYTES,
                                   (sqlite3_int64)i * SG_BLOCK_BYTES);
        if (rc != SQLITE_OK) {
            r = sg_store_fault(s->vfs, s->db, rc, err);
            break;
        }
        rc = to->pMethods->xWrite(to, page.data, SG_BLOCK_BYTES, (sqlite3_int64)i * SG_BLOCK_BYTES);
        if (rc != SQLITE_OK)
            r = sg_store_fault(n->vfs, NULL, rc, err);
        if (n->how->tick && (i % TICK_BLOCKS == 0 || i + 1 == pages))
            n->how->tick(n->how->context, i + 1, pages);
    }
    sg_secret_free(&page);
    if (r == SG_OK) {
        rc = to->pMethods->xSync(to, SQLITE_SYNC_NORMAL);
        if (rc != SQLITE_OK)
            r = sg_store_fault(n->vfs, NULL, rc, err);
    }
    return r;
}

static enum sg_err renew_pages(struct renewal *n, struct sg_error *err)
{
    sqlite3_file *to;
    int rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;
    enum sg_err r = sg_vfs_start(&n->vfs, n->path, n->s->place.vfs, sg_store_keys_of(&n->keys),
                                 n->label.id, err);

    if (r != SG_OK)
        return r;
    to = sqlite3_malloc(n->vfs->base.szOsFile);
    if (!to)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, (uint64_t)n->vfs->base.szOsFile, 0);
    memset(to, 0, (size_t)n->vfs->base.szOsFile);
    rc = n->vfs->base.xOpen(&n->vfs->base, n->vfs->database, to, flags, &flags);
    if (rc != SQLITE_OK)
        r = sg_store_fault(n->vfs, NULL, rc, err);
    if (r == SG_OK) {
        r = copy_pages(n, to, err);
        rc = to->pMethods->xClose(to);
        if (r == SG_OK && rc != SQLITE_OK)
            r = sg_store_fault(n->vfs, NULL, rc, err);
    }
    sqlite3_free(to);
    if (r == SG_OK && chmod(n->path, 0600) != 0)
        r = sg_fail_sys(err, errno, "cannot protect", n->path);
    return r;
}

/* The new store's first commit: the counter goes on. */
static enum sg_err raise_state(struct renewal *n, struct sg_error *err)
{
    sqlite3 *db = NULL;
    uint16_t tag;
    int rc;
    enum sg_err r = sg_store_open_database(&db, n->vfs, false, n->s->place.wait_ms, err);

    if (r != SG_OK)
        return r;
    sg_random(&tag, sizeof tag);
    n->state = (struct sg_guard_state){n->s->state.counter + 1, tag};
    rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    r = rc == SQLITE_OK ? sg_store_write_state(n->vfs, db, &n->state, err)
                        : sg_store_fault(n->vfs, db, rc, err);
    if (r == SG_OK && n->s->verdict == SG_GUARD_ROLLED_BACK) {
        rc = sqlite3_exec(db, "UPDATE sg_store SET rollbacks = rollbacks + 1", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            r = sg_store_fault(n->vfs, db, rc, err);
    }
    if (r == SG_OK) {
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            r = sg_store_fault(n->vfs, db, rc, err);
    }
    (void)sqlite3_close(db);
    return r;
}

/*
 * Within a transaction that keeps everybody else out of the old store. The guard gets a record for
 * the new keys beside the one for the old: so it fits before the exchange and after it.
 */
static enum sg_err renew(struct renewal *n, struct sg_error *err)
{
    struct sg_store *s = n->s;
    enum sg_err r = start(n, err);

    if (r == SG_OK)
        r = renew_slots(n, err);
    if (r == SG_OK)
        r = renew_pages(n, err);
    if (r == SG_OK)
        r = raise_state(n, err);
    if (r == SG_OK)
        r = sg_label_write(&n->label, n->label_path, sg_store_keys_of(&n->keys), err);
    if (r == SG_OK)
        r = sg_guard_write(&s->guard, &n->state, false, sg_store_keys_of(&n->keys),
                           sg_store_keys_of(&s->keys), s->label.id, err);
    if (r == SG_OK)
        r = sg_building_exchange(&n->b, err);
    return r;
}

/* Begins a transaction that keeps out readers too. */
static enum sg_err begin_alone(struct sg_store *s, struct sg_error *err)
{
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r == SG_OK)
        r = sg_store_run(s, "ROLLBACK; BEGIN EXCLUSIVE", err); /* the guard's lock is held on */
    if (r == SG_OK)
        r = sg_store_read_state(s->vfs, s->db, &s->state, err);
    if (r != SG_OK)
        sg_store_rollback(s);
    return r;
}

enum sg_err sg_store_rekey(struct sg_store *s, const struct sg_store_rekey *how,
                           struct sg_error *err)
{
    struct renewal n = {.s = s, .how = how, .b = {.fd = -1}};
    struct sg_error ignored = {0};
    struct sg_secret key = {0};
    bool had;
    enum sg_err r = sg_secret_new(&key, SG_STORE_KEY_BYTES, err);

    if (r == SG_OK)
        r = begin_alone(s, err);
    if (r != SG_OK) {
        sg_secret_free(&key);
        return r;
    }
    r = renew(&n, err);
    if (r == SG_OK) {
        memcpy(key.data, n.key.data, key.size);
        s->label = n.label;
        (void)!sg_keyring_clear(s->label.text, &had, &ignored);
        r = sg_store_open_key(s, key.data, err); /* closes the old one, and lets go of the lock */
    } else {
        sg_store_rollback(s);
    }
    sg_secret_free(&key);
    end(&n);
    return r;
}
