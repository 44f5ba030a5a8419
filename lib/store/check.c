#include "store/file.h"
#include "store/private.h"

#include <stdlib.h>
#include <string.h>

struct checking {
    struct sg_store *s;
    struct sg_store_report *report;
    void (*fault)(void *context, const char *file, uint64_t block, const char *what);
    void *context;
    sqlite3_file *file;
    uint8_t *page;
    uint64_t pages; /* blocks of the file */
    struct sg_error first;
};

static void tell(struct checking *c, const char *file, uint64_t block, const char *what)
{
    if (c->fault)
        c->fault(c->context, file, block, what);
}

static void found(struct checking *c, enum sg_err code, const char *file, uint64_t block,
                  const char *what)
{
    tell(c, file, block, what);
    if (c->first.code != SG_OK)
        return;
    sg_error_name(&c->first, file);
    sg_fail(&c->first, code, what);
    c->first.value = block;
}

/* Reads a page, from 1. SQLITE_IOERR_DATA when its block does not open. */
static int read_page(struct checking *c, uint64_t number)
{
    int rc = c->file->pMethods->xRead(c->file, c->page, SG_BLOCK_BYTES,
                                      (sqlite3_int64)(number - 1) * SG_BLOCK_BYTES);

    if (rc == SQLITE_IOERR_DATA)
        memset(&c->s->vfs->fault, 0, sizeof c->s->vfs->fault);
    return rc;
}

static int open_blocks(struct checking *c)
{
    const char *file = c->s->vfs->database;

    for (uint64_t n = 1; n <= c->pages; n++) {
        int rc = read_page(c, n);
        c->report->blocks++;
        if (rc == SQLITE_OK)
            continue;
        if (rc != SQLITE_IOERR_DATA && rc != SQLITE_IOERR_SHORT_READ)
            return rc;
        c->report->damaged++;
        found(c, SG_ERR_BLOCK, file, n, NULL);
    }
    return SQLITE_OK;
}

static enum sg_err check_blocks(struct checking *c, struct sg_error *err)
{
    sqlite3_int64 size = 0;
    int rc = sqlite3_file_control(c->s->db, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&c->file);
    enum sg_err r = SG_OK;

    if (rc == SQLITE_OK)
        rc = c->file->pMethods->xFileSize(c->file, &size);
    if (rc != SQLITE_OK)
        return sg_store_fault(c->s->vfs, c->s->db, rc, err);
    c->pages = ((uint64_t)size + SG_BLOCK_BYTES - 1) / SG_BLOCK_BYTES;
    c->page = malloc(SG_BLOCK_BYTES);
    if (!c->page)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, SG_BLOCK_BYTES, 0);
    rc = open_blocks(c);
    if (rc != SQLITE_OK)
        r = sg_store_fault(c->s->vfs, c->s->db, rc, err);
    sg_wipe(c->page, SG_BLOCK_BYTES);
    free(c->page);
    return r;
}

static enum sg_err check_slots(struct checking *c, struct sg_error *err)
{
    struct sg_slot_names all;
    enum sg_err r = sg_slot_names(&all, c->s->slots, err);

    for (size_t i = 0; r == SG_OK && i < all.count; i++) {
        char *path = sg_slot_path(c->s->slots, all.slots[i].name, SG_SLOT_KEY);
        c->report->slots++;
        if (all.slots[i].kind == SG_SLOT_DAMAGED) {
            c->report->damaged_slots++;
            found(c, SG_ERR_STORE, path ? path : all.slots[i].name, 0, "the slot is damaged");
        }
        free(path);
    }
    sg_slot_names_free(&all);
    return r;
}

/* SQLite's own look at how the pages fit together. */
static enum sg_err check_structure(struct checking *c, struct sg_error *err)
{
    const char *file = c->s->vfs->database;
    struct sg_query q;
    bool there = true;
    enum sg_err r = sg_query_start(&q, c->s, "PRAGMA integrity_check", err);

    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        const char *words = sg_query_text(&q, 0, NULL);
        if (strcmp(words, "ok") == 0)
            continue;
        tell(c, file, 0, words);
        if (c->first.code == SG_OK) {
            sg_error_name(&c->first, file);
            sg_fail(&c->first, SG_ERR_DATABASE, "its blocks are authentic but do not fit together");
            sg_error_words(&c->first, words);
        }
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_store_check(struct sg_store *s, struct sg_store_report *report,
                           void (*fault)(void *context, const char *file, uint64_t block,
                                         const char *what),
                           void *context, struct sg_error *err)
{
    struct checking c = {.s = s, .report = report, .fault = fault, .context = context};
    enum sg_err r;

    *report = (struct sg_store_report){0};
    r = sg_store_begin(s, SG_STORE_READ, err);
    if (r == SG_ERR_BLOCK) { /* what every transaction reads is damaged; there may be more */
        found(&c, SG_ERR_BLOCK, err->name, err->value, err->what);
        r = sg_store_run(s, "BEGIN", err);
        s->open = r == SG_OK;
    }
    if (r == SG_OK)
        r = check_blocks(&c, err);
    if (r == SG_OK)
        r = check_slots(&c, err);
    if (r == SG_OK && report->damaged == 0 && c.first.code != SG_ERR_BLOCK)
        r = check_structure(&c, err);
    sg_store_rollback(s);
    if (r == SG_OK && c.first.code != SG_OK) {
        *err = c.first;
        r = err->code;
    }
    return r;
}

enum sg_err sg_store_compact(struct sg_store *s, struct sg_error *err)
{
    uint64_t left;
    enum sg_err r = sg_guard_lock(&s->guard, s->place.wait_ms, &left, err);

    if (r != SG_OK)
        return r;
    r = sg_store_run(s, "VACUUM", err);
    sg_guard_unlock(&s->guard);
    return r;
}
