/*
 * disk - a device that loses power: a VFS for SQLite whose files are in memory, and which can be
 * asked at any moment what might be on the disk if the machine stopped now.
 *
 * What was written since a file was last synced may be there or not, piece by piece, in any order;
 * a device that is `destroying` may besides have ruined whole sectors that it was about to write,
 * with all that is in them. Before each write, sync, truncation and deletion, the disk calls
 * `before`, and the test may then take an image (disk_image()), or have the call fail (`fail`).
 */
#ifndef SG_TEST_DISK_H
#define SG_TEST_DISK_H

#include "unit/helper.h"

#include <sqlite3.h>

#define DISK_FILES 8
#define DISK_UNIT 512    /* written whole or not at all */
#define DISK_SECTOR 4096 /* ruined whole */

enum disk_call {
    DISK_WRITE,
    DISK_SYNC,
    DISK_TRUNCATE,
    DISK_DELETE,
    DISK_CALLS,
};

/* Something that was done to a file and not synced: a write, or with no data a truncation. */
struct disk_step {
    int64_t at;
    size_t n;
    uint8_t *data;
};

struct disk_bytes {
    uint8_t *p;
    size_t n, cap;
};

struct disk_file {
    char name[64];
    bool there, there_for_sure; /* now, and whatever happens */
    struct disk_bytes now, synced;
    struct disk_step *steps;
    size_t steps_n, steps_cap;
};

struct disk {
    sqlite3_vfs base;
    char name[32];
    struct disk_file files[DISK_FILES];
    unsigned temporary; /* number of the next */
    bool destroying;
    bool dead;                                          /* every call fails from now on */
    int (*before)(struct disk *d, enum disk_call call); /* an SQLite code other than OK: it fails */
    void *context;
    uint64_t calls;
};

struct disk_handle {
    sqlite3_file base;
    struct disk *disk;
    struct disk_file *file;
    bool temporary;
};

static void disk_resize(struct disk_bytes *b, size_t n)
{
    if (n > b->cap) {
        size_t cap = b->cap ? b->cap : 65536;
        while (cap < n)
            cap *= 2;
        b->p = realloc(b->p, cap);
        assert_non_null(b->p);
        b->cap = cap;
    }
    if (n > b->n)
        memset(b->p + b->n, 0, n - b->n);
    b->n = n;
}

static void disk_step_free(struct disk_file *f)
{
    for (size_t i = 0; i < f->steps_n; i++)
        free(f->steps[i].data);
    f->steps_n = 0;
}

static void disk_file_free(struct disk_file *f)
{
    disk_step_free(f);
    free(f->steps);
    free(f->now.p);
    free(f->synced.p);
    memset(f, 0, sizeof *f);
}

static void disk_copy(struct disk_bytes *to, const struct disk_bytes *from)
{
    disk_resize(to, from->n);
    if (from->n)
        memcpy(to->p, from->p, from->n);
}

static struct disk_file *disk_find(struct disk *d, const char *name, bool make)
{
    struct disk_file *spare = NULL;

    for (size_t i = 0; i < DISK_FILES; i++) {
        if (strcmp(d->files[i].name, name) == 0)
            return &d->files[i];
        if (!d->files[i].name[0] && !spare)
            spare = &d->files[i];
    }
    if (!make)
        return NULL;
    assert_non_null(spare);
    (void)snprintf(spare->name, sizeof spare->name, "%s", name);
    return spare;
}

static void disk_note(struct disk_file *f, int64_t at, size_t n, const void *data)
{
    struct disk_step *s;

    if (f->steps_n == f->steps_cap) {
        f->steps_cap = f->steps_cap ? 2 * f->steps_cap : 64;
        f->steps = realloc(f->steps, f->steps_cap * sizeof *f->steps);
        assert_non_null(f->steps);
    }
    s = &f->steps[f->steps_n++];
    *s = (struct disk_step){at, n, NULL};
    if (data) {
        s->data = malloc(n ? n : 1);
        assert_non_null(s->data);
        memcpy(s->data, data, n);
    }
}

/* Does the first n bytes of a step. */
static void disk_do(struct disk_bytes *b, const struct disk_step *s, size_t n)
{
    if (!s->data) {
        disk_resize(b, (size_t)s->at);
        return;
    }
    if ((size_t)s->at + n > b->n)
        disk_resize(b, (size_t)s->at + n);
    if (n)
        memcpy(b->p + s->at, s->data, n);
}

static int disk_before(struct disk *d, enum disk_call call)
{
    d->calls++;
    if (d->dead)
        return SQLITE_IOERR;
    return d->before ? d->before(d, call) : SQLITE_OK;
}

static struct disk_handle *disk_of(sqlite3_file *file)
{
    return (struct disk_handle *)(void *)file;
}

static int disk_close(sqlite3_file *file)
{
    struct disk_handle *h = disk_of(file);

    if (h->temporary)
        disk_file_free(h->file);
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    const struct disk_bytes *b = &disk_of(file)->file->now;
    size_t have = (size_t)at < b->n ? b->n - (size_t)at : 0;

    have = have < (size_t)n ? have : (size_t)n;
    memset(out, 0, (size_t)n);
    if (have)
        memcpy(out, b->p + at, have);
    return have < (size_t)n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int disk_write(sqlite3_file *file, const void *in, int n, sqlite3_int64 at)
{
    struct disk_handle *h = disk_of(file);
    int rc = disk_before(h->disk, DISK_WRITE);

    if (rc != SQLITE_OK)
        return rc;
    disk_note(h->file, at, (size_t)n, in);
    disk_do(&h->file->now, &h->file->steps[h->file->steps_n - 1], (size_t)n);
    return SQLITE_OK;
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct disk_handle *h = disk_of(file);
    int rc = disk_before(h->disk, DISK_TRUNCATE);

    if (rc != SQLITE_OK)
        return rc;
    disk_note(h->file, size, 0, NULL);
    disk_resize(&h->file->now, (size_t)size);
    return SQLITE_OK;
}

static int disk_sync(sqlite3_file *file, int flags)
{
    struct disk_handle *h = disk_of(file);
    struct disk_file *f = h->file;
    int rc = disk_before(h->disk, DISK_SYNC);

    (void)flags;
    if (rc != SQLITE_OK)
        return rc;
    for (size_t i = 0; i < f->steps_n; i++)
        disk_do(&f->synced, &f->steps[i], f->steps[i].n);
    disk_step_free(f);
    f->there_for_sure = true;
    return SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)disk_of(file)->file->now.n;
    return SQLITE_OK;
}

static int disk_lock(sqlite3_file *file, int level)
{
    (void)file;
    (void)level;
    return SQLITE_OK;
}

static int disk_reserved(sqlite3_file *file, int *out)
{
    (void)file;
    *out = 0;
    return SQLITE_OK;
}

static int disk_control(sqlite3_file *file, int op, void *arg)
{
    (void)file;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}

static int disk_sector(sqlite3_file *file)
{
    (void)file;
    return DISK_SECTOR;
}

static int disk_abilities(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static const sqlite3_io_methods disk_methods = {
    .iVersion = 1,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_size,
    .xLock = disk_lock,
    .xUnlock = disk_lock,
    .xCheckReservedLock = disk_reserved,
    .xFileControl = disk_control,
    .xSectorSize = disk_sector,
    .xDeviceCharacteristics = disk_abilities,
};

static int disk_open(sqlite3_vfs *base, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct disk *d = (struct disk *)(void *)base;
    struct disk_handle *h = disk_of(file);
    char made[64];

    memset(h, 0, sizeof *h);
    h->disk = d;
    h->temporary = name == NULL;
    if (!name) {
        (void)snprintf(made, sizeof made, "temporary %u", d->temporary++);
        name = made;
    }
    h->file = disk_find(d, name, flags & SQLITE_OPEN_CREATE);
    if (!h->file || (!h->file->there && !(flags & SQLITE_OPEN_CREATE)))
        return SQLITE_CANTOPEN;
    h->file->there = true;
    if (out)
        *out = flags;
    h->base.pMethods = &disk_methods;
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *base, const char *name, int sync_folder)
{
    struct disk *d = (struct disk *)(void *)base;
    struct disk_file *f = disk_find(d, name, false);
    int rc = disk_before(d, DISK_DELETE);

    if (rc != SQLITE_OK)
        return rc;
    if (!f || !f->there)
        return SQLITE_IOERR_DELETE_NOENT;
    f->there = false;
    f->now.n = 0;
    if (sync_folder) {
        f->there_for_sure = false;
        f->synced.n = 0;
        disk_step_free(f);
    }
    return SQLITE_OK;
}

static int disk_access(sqlite3_vfs *base, const char *name, int flags, int *out)
{
    struct disk_file *f = disk_find((struct disk *)(void *)base, name, false);

    *out = f && f->there && (flags != SQLITE_ACCESS_EXISTS || f->now.n > 0);
    return SQLITE_OK;
}

static int disk_path(sqlite3_vfs *base, const char *name, int n, char *out)
{
    (void)base;
    (void)snprintf(out, (size_t)n, "%s", name);
    return SQLITE_OK;
}

static int disk_random(sqlite3_vfs *base, int n, char *out)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);

    (void)base;
    return system->xRandomness(system, n, out);
}

static int disk_nap(sqlite3_vfs *base, int microseconds)
{
    (void)base;
    (void)microseconds;
    return SQLITE_OK;
}

static int disk_time(sqlite3_vfs *base, double *out)
{
    (void)base;
    *out = 2460000.5;
    return SQLITE_OK;
}

/* Registers an empty disk. */
static inline void disk_start(struct disk *d)
{
    memset(d, 0, sizeof *d);
    (void)snprintf(d->name, sizeof d->name, "disk-%p", (void *)d);
    d->base = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(struct disk_handle),
        .mxPathname = 60,
        .zName = d->name,
        .xOpen = disk_open,
        .xDelete = disk_delete,
        .xAccess = disk_access,
        .xFullPathname = disk_path,
        .xRandomness = disk_random,
        .xSleep = disk_nap,
        .xCurrentTime = disk_time,
    };
    assert_int_equal(sqlite3_vfs_register(&d->base, 0), SQLITE_OK);
}

static inline void disk_end(struct disk *d)
{
    (void)sqlite3_vfs_unregister(&d->base);
    for (size_t i = 0; i < DISK_FILES; i++)
        disk_file_free(&d->files[i]);
}

static uint64_t disk_mix(uint64_t seed, uint64_t n)
{
    uint64_t state = seed ^ (n * 0x9e3779b97f4a7c15);

    return next_number(&state);
}

/*
 * How many of the steps have reached a piece of the disk: all, none, or, where it depends, some
 * number of them that differs from piece to piece.
 */
static size_t disk_reached(uint64_t seed, uint64_t piece, size_t steps)
{
    switch (seed % 8) {
    case 0:
        return steps;
    case 1:
        return 0;
    default:
        return (size_t)(disk_mix(seed, piece) % (steps + 1));
    }
}

/*
 * Brings the units of a step that have been reached to the disk. A truncation has happened or not,
 * with the size of the file: `sizes` is how many steps have had their effect on that.
 */
static void disk_do_units(struct disk_bytes *b, const struct disk_file *f, size_t i, size_t sizes,
                          uint64_t seed)
{
    const struct disk_step *s = &f->steps[i];
    size_t from = (size_t)s->at, end = s->data ? from + s->n : b->n;

    while (from < end && from < b->n) {
        size_t unit = from / DISK_UNIT, next = (unit + 1) * DISK_UNIT;
        next = next < end ? next : end;
        next = next < b->n ? next : b->n;
        if (i < (s->data ? disk_reached(seed, unit, f->steps_n) : sizes)) {
            if (s->data)
                memcpy(b->p + from, s->data + (from - (size_t)s->at), next - from);
            else
                memset(b->p + from, 0, next - from);
        }
        from = next;
    }
}

/* Ruins some of the sectors that a write was to go to. */
static void disk_ruin(struct disk_bytes *b, const struct disk_step *s, uint64_t seed)
{
    size_t sector = (size_t)s->at / DISK_SECTOR, end = ((size_t)s->at + s->n + DISK_SECTOR - 1);

    for (; s->data && sector < end / DISK_SECTOR && sector * DISK_SECTOR < b->n; sector++) {
        size_t at = sector * DISK_SECTOR, n = b->n - at < DISK_SECTOR ? b->n - at : DISK_SECTOR;
        if (disk_mix(seed + 1, sector) % 8 == 0)
            fill(b->p + at, n, disk_mix(seed + 2, sector));
    }
}

/*
 * Makes `out`, a disk that has been started and has no files, what may be left of d after a loss of
 * power. The seed decides what reached it.
 */
static inline void disk_image(struct disk *out, const struct disk *d, uint64_t seed)
{
    for (size_t k = 0; k < DISK_FILES; k++) {
        const struct disk_file *f = &d->files[k];
        struct disk_file *g;
        uint64_t own = disk_mix(seed, 1000 + k);
        size_t reached = disk_reached(own, 0xffff, f->steps_n), size = f->synced.n;
        if (!f->name[0] || strncmp(f->name, "temporary", 9) == 0)
            continue;
        if (!f->there_for_sure && !(f->there && own % 2))
            continue;
        if (f->there_for_sure && !f->there && own % 2)
            continue; /* deleted, and it has reached the disk */
        g = disk_find(out, f->name, true);
        g->there = g->there_for_sure = true;
        for (size_t i = 0; i < reached; i++) {
            size_t end = (size_t)f->steps[i].at + f->steps[i].n;
            size = f->steps[i].data ? (end > size ? end : size) : (size_t)f->steps[i].at;
        }
        disk_copy(&g->now, &f->synced);
        disk_resize(&g->now, size);
        for (size_t i = 0; i < f->steps_n; i++)
            disk_do_units(&g->now, f, i, reached, own);
        for (size_t i = 0; d->destroying && i < f->steps_n; i++)
            disk_ruin(&g->now, &f->steps[i], own);
        disk_copy(&g->synced, &g->now);
    }
}

/*
 * The same when only the process ended: all that it did is there, but of its last step a part at
 * most, when `half`.
 */
static inline void disk_image_killed(struct disk *out, const struct disk *d,
                                     const struct disk_file *last, bool half)
{
    for (size_t k = 0; k < DISK_FILES; k++) {
        const struct disk_file *f = &d->files[k];
        struct disk_file *g;
        if (!f->name[0] || strncmp(f->name, "temporary", 9) == 0 || !f->there)
            continue;
        g = disk_find(out, f->name, true);
        g->there = g->there_for_sure = true;
        disk_copy(&g->now, &f->synced);
        for (size_t i = 0; i < f->steps_n; i++)
            disk_do(&g->now, &f->steps[i],
                    f == last && half && i + 1 == f->steps_n ? f->steps[i].n / 2 : f->steps[i].n);
        disk_copy(&g->synced, &g->now);
    }
}

#endif
