#include "store/vfs.h"

#include "store/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNED(n) (((n) + 15U) & ~(size_t)15)

static struct sg_vfs *of(sqlite3_vfs *base)
{
    return (struct sg_vfs *)(void *)base;
}

int sg_vfs_fail(struct sg_vfs *v, enum sg_vfs_trouble trouble, const char *file, uint64_t block,
                const char *what)
{
    if (v->fault.trouble == SG_VFS_NONE)
        v->fault = (struct sg_vfs_fault){trouble, file, block, what, 0};
    return trouble == SG_VFS_MOVED ? SQLITE_IOERR_LOCK : SQLITE_IOERR_DATA;
}

int sg_vfs_lower(struct sg_vfs *v, const char *file, int rc)
{
    int primary = rc & 0xff, sys = errno;

    if (v->fault.trouble == SG_VFS_NONE && rc != SQLITE_IOERR_SHORT_READ &&
        (primary == SQLITE_IOERR || primary == SQLITE_FULL || primary == SQLITE_CANTOPEN))
        v->fault = (struct sg_vfs_fault){SG_VFS_SYSTEM, file, 0, NULL,
                                         primary == SQLITE_FULL ? ENOSPC
                                         : sys                  ? sys
                                                                : EIO};
    return rc;
}

/* Which kind a file is, by its name: what SQLite says it is for is not enough to go by. */
static bool kind_of(const struct sg_vfs *v, const char *name, enum sg_file_kind *kind)
{
    if (!name)
        *kind = SG_FILE_TEMPORARY;
    else if (strcmp(name, v->database) == 0)
        *kind = SG_FILE_DATABASE;
    else if (strcmp(name, v->journal) == 0)
        *kind = SG_FILE_JOURNAL;
    else
        return false;
    return true;
}

static int open_file(sqlite3_vfs *base, sqlite3_filename name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    struct sg_vfs *v = of(base);
    struct sg_file *f = (struct sg_file *)(void *)file;
    enum sg_file_kind kind;
    int rc;

    memset(f, 0, sizeof *f);
    if (!kind_of(v, name, &kind))
        return SQLITE_CANTOPEN;
    f->vfs = v;
    f->kind = kind;
    f->lower = (sqlite3_file *)(void *)((uint8_t *)file + ALIGNED(sizeof *f));
    memset(f->lower, 0, sizeof *f->lower);
    f->name = kind == SG_FILE_DATABASE  ? v->database
              : kind == SG_FILE_JOURNAL ? v->journal
                                        : "a temporary file";
    f->key = kind == SG_FILE_DATABASE  ? v->keys->database
             : kind == SG_FILE_JOURNAL ? v->keys->journal
                                       : v->keys->temporary;
    f->block = sqlite3_malloc(SG_BLOCK_BYTES + SG_FILE_RAW_BYTES);
    if (!f->block)
        return SQLITE_NOMEM;
    f->raw = f->block + SG_BLOCK_BYTES;
    f->size = -1;
    /* Records of a journal never share a sector, for one must not be lost with another. */
    f->stride = kind == SG_FILE_JOURNAL ? SG_STRIDE_JOURNAL : SG_STRIDE_TEMPORARY;
    errno = 0;
    rc = sg_vfs_lower(v, f->name, v->lower->xOpen(v->lower, name, f->lower, flags, out_flags));
    if (rc != SQLITE_OK) {
        sqlite3_free(f->block);
        return rc;
    }
    if (kind == SG_FILE_DATABASE)
        v->open_database = f;
    f->base.pMethods = kind == SG_FILE_DATABASE ? &sg_file_database : &sg_file_stream;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *base, const char *name, int sync_folder)
{
    struct sg_vfs *v = of(base);
    int rc;

    if (strcmp(name, v->journal) != 0)
        return SQLITE_IOERR_DELETE;
    rc = sg_file_before_end(v);
    if (rc != SQLITE_OK)
        return rc;
    /* SQLite gives up a journal that it has played back without syncing the folder. */
    (void)sync_folder;
    return sg_vfs_lower(v, v->journal, v->lower->xDelete(v->lower, name, 1));
}

static int access_file(sqlite3_vfs *base, const char *name, int flags, int *out)
{
    struct sg_vfs *v = of(base);

    return v->lower->xAccess(v->lower, name, flags, out);
}

static int full_path(sqlite3_vfs *base, const char *name, int n, char *out)
{
    struct sg_vfs *v = of(base);

    return v->lower->xFullPathname(v->lower, name, n, out);
}

static int randomness(sqlite3_vfs *base, int n, char *out)
{
    struct sg_vfs *v = of(base);

    return v->lower->xRandomness(v->lower, n, out);
}

static int nap(sqlite3_vfs *base, int microseconds)
{
    struct sg_vfs *v = of(base);

    return v->lower->xSleep(v->lower, microseconds);
}

static int now(sqlite3_vfs *base, double *out)
{
    struct sg_vfs *v = of(base);

    return v->lower->xCurrentTime(v->lower, out);
}

static int last_error(sqlite3_vfs *base, int n, char *out)
{
    struct sg_vfs *v = of(base);

    return v->lower->xGetLastError ? v->lower->xGetLastError(v->lower, n, out) : 0;
}

/* There are no libraries to load. */
static void *load(sqlite3_vfs *base, const char *name)
{
    (void)base;
    (void)name;
    return NULL;
}

static void load_error(sqlite3_vfs *base, int n, char *out)
{
    (void)base;
    if (n > 0)
        out[0] = '\0';
}

static void (*load_symbol(sqlite3_vfs *base, void *library, const char *name))(void)
{
    (void)base;
    (void)library;
    (void)name;
    return NULL;
}

static void unload(sqlite3_vfs *base, void *library)
{
    (void)base;
    (void)library;
}

/* Names it after its address: no two that are registered have the same. */
static void name_vfs(struct sg_vfs *v)
{
    static const char start[] = "signet-";
    uintptr_t n = (uintptr_t)v;
    size_t at = sizeof start - 1;

    memcpy(v->name, start, at);
    for (; n; n >>= 4)
        v->name[at++] = "0123456789abcdef"[n & 15];
    v->name[at] = '\0';
}

static enum sg_err set_paths(struct sg_vfs *v, const char *path, struct sg_error *err)
{
    static const char tail[] = "-journal";
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): there is always a default one below */
    size_t cap = (size_t)v->lower->mxPathname + 1, n;
    int rc;

    v->database = calloc(1, cap + sizeof tail);
    v->journal = calloc(1, cap + 2 * sizeof tail);
    if (!v->database || !v->journal)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, cap, 0);
    errno = 0;
    rc = v->lower->xFullPathname(v->lower, path, (int)cap, v->database);
    if (rc != SQLITE_OK && rc != SQLITE_OK_SYMLINK)
        return sg_fail_sys(err, errno ? errno : ENAMETOOLONG, "cannot open", path);
    n = strlen(v->database);
    memcpy(v->journal, v->database, n);
    memcpy(v->journal + n, tail, sizeof tail);
    return SG_OK;
}

enum sg_err sg_vfs_start(struct sg_vfs **out, const char *path, const char *lower,
                         const struct sg_store_keys *keys,
                         const uint8_t id[static SG_STORE_ID_BYTES], struct sg_error *err)
{
    struct sg_vfs *v;
    enum sg_err r = SG_OK;

    *out = NULL;
    v = calloc(1, sizeof *v);
    if (!v)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, sizeof *v, 0);
    v->keys = keys;
    memcpy(v->id, id, sizeof v->id);
    v->lower = sqlite3_initialize() == SQLITE_OK ? sqlite3_vfs_find(lower) : NULL;
    if (!v->lower)
        r = sg_fail(err, SG_ERR_DATABASE, "it does not start");
    if (r == SG_OK)
        r = set_paths(v, path, err);
    if (r == SG_OK) {
        name_vfs(v);
        v->base = (sqlite3_vfs){
            .iVersion = 1,
            .szOsFile = (int)ALIGNED(sizeof(struct sg_file)) + v->lower->szOsFile,
            .mxPathname = v->lower->mxPathname,
            .zName = v->name,
            .xOpen = open_file,
            .xDelete = delete_file,
            .xAccess = access_file,
            .xFullPathname = full_path,
            .xDlOpen = load,
            .xDlError = load_error,
            .xDlSym = load_symbol,
            .xDlClose = unload,
            .xRandomness = randomness,
            .xSleep = nap,
            .xCurrentTime = now,
            .xGetLastError = last_error,
        };
        if (sqlite3_vfs_register(&v->base, 0) != SQLITE_OK)
            r = sg_fail(err, SG_ERR_DATABASE, "it does not start");
    }
    if (r != SG_OK) {
        free(v->database);
        free(v->journal);
        free(v);
        return r;
    }
    *out = v;
    return SG_OK;
}

void sg_vfs_end(struct sg_vfs *v)
{
    if (!v)
        return;
    (void)sqlite3_vfs_unregister(&v->base);
    free(v->database);
    free(v->journal);
    free(v);
}
