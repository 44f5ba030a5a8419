/*
 * shim - a VFS that stands between ours and the system's, and a count of everything that is done to
 * files through it or by the library itself (test_store_kill.flags): at a given number the process
 * ends, in the middle of a write if need be, or the call fails.
 */
#ifndef SG_TEST_SHIM_H
#define SG_TEST_SHIM_H

#include "unit/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <sqlite3.h>

enum shim_end {
    SHIM_NOTHING,
    SHIM_KILL,
    SHIM_ENOSPC,
    SHIM_EIO,
};

static struct {
    enum shim_end end;
    uint64_t at, seen;
    bool torn; /* half of a write is done first */
    bool on;   /* every call after it fails, too */
    bool struck;
    int strikes[8]; /* how often each kind of call was struck */
} shim;

enum shim_call {
    SHIM_WRITE,
    SHIM_SYNC,
    SHIM_TRUNCATE,
    SHIM_DELETE,
    SHIM_RENAME,
    SHIM_LINK,
    SHIM_MKDIR
};

/* Whether this call is the one; the process may end here. */
static bool shim_strikes(enum shim_call call)
{
    uint64_t number = shim.seen++;

    if (shim.end == SHIM_NOTHING || number < shim.at || (number > shim.at && !shim.on))
        return false;
    if (shim.end == SHIM_ENOSPC && call != SHIM_WRITE && call != SHIM_LINK && call != SHIM_MKDIR)
        return false;
    shim.struck = true;
    shim.strikes[call]++;
    if (shim.end == SHIM_KILL && !(call == SHIM_WRITE && shim.torn))
        _exit(9);
    errno = shim.end == SHIM_ENOSPC ? ENOSPC : EIO;
    return true;
}

struct shim_file {
    sqlite3_file base;
    sqlite3_file *lower;
};

static sqlite3_file *shim_lower(sqlite3_file *file)
{
    return ((struct shim_file *)(void *)file)->lower;
}

static int shim_close(sqlite3_file *f)
{
    return shim_lower(f)->pMethods->xClose(shim_lower(f));
}

static int shim_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
    return shim_lower(f)->pMethods->xRead(shim_lower(f), out, n, at);
}

static int shim_write(sqlite3_file *f, const void *in, int n, sqlite3_int64 at)
{
    if (!shim_strikes(SHIM_WRITE))
        return shim_lower(f)->pMethods->xWrite(shim_lower(f), in, n, at);
    if (shim.torn)
        (void)shim_lower(f)->pMethods->xWrite(shim_lower(f), in, n / 2, at);
    if (shim.end == SHIM_KILL)
        _exit(9);
    errno = shim.end == SHIM_ENOSPC ? ENOSPC : EIO;
    return shim.end == SHIM_ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return shim_strikes(SHIM_TRUNCATE) ? SQLITE_IOERR_TRUNCATE
                                       : shim_lower(f)->pMethods->xTruncate(shim_lower(f), size);
}

static int shim_sync(sqlite3_file *f, int flags)
{
    return shim_strikes(SHIM_SYNC) ? SQLITE_IOERR_FSYNC
                                   : shim_lower(f)->pMethods->xSync(shim_lower(f), flags);
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return shim_lower(f)->pMethods->xFileSize(shim_lower(f), size);
}

static int shim_lock(sqlite3_file *f, int level)
{
    return shim_lower(f)->pMethods->xLock(shim_lower(f), level);
}

static int shim_unlock(sqlite3_file *f, int level)
{
    return shim_lower(f)->pMethods->xUnlock(shim_lower(f), level);
}

static int shim_reserved(sqlite3_file *f, int *out)
{
    return shim_lower(f)->pMethods->xCheckReservedLock(shim_lower(f), out);
}

static int shim_control(sqlite3_file *f, int op, void *arg)
{
    return shim_lower(f)->pMethods->xFileControl(shim_lower(f), op, arg);
}

static int shim_sector(sqlite3_file *f)
{
    return shim_lower(f)->pMethods->xSectorSize(shim_lower(f));
}

static int shim_abilities(sqlite3_file *f)
{
    return shim_lower(f)->pMethods->xDeviceCharacteristics(shim_lower(f));
}

static const sqlite3_io_methods shim_methods = {
    .iVersion = 1,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_reserved,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_abilities,
};

static sqlite3_vfs *shim_system(void)
{
    return sqlite3_vfs_find(NULL);
}

static int shim_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags, int *out)
{
    struct shim_file *f = (struct shim_file *)(void *)file;
    int rc;

    (void)v;
    memset(f, 0, sizeof *f);
    f->lower = (sqlite3_file *)(void *)(f + 1);
    memset(f->lower, 0, (size_t)shim_system()->szOsFile);
    rc = shim_system()->xOpen(shim_system(), name, f->lower, flags, out);
    if (rc == SQLITE_OK)
        f->base.pMethods = &shim_methods;
    return rc;
}

static int shim_delete(sqlite3_vfs *v, const char *name, int sync_folder)
{
    (void)v;
    return shim_strikes(SHIM_DELETE) ? SQLITE_IOERR_DELETE
                                     : shim_system()->xDelete(shim_system(), name, sync_folder);
}

static inline void shim_register(sqlite3_vfs *v)
{
    *v = *shim_system();
    v->pNext = NULL;
    v->iVersion = 1;
    v->zName = "shim";
    v->szOsFile = (int)sizeof(struct shim_file) + shim_system()->szOsFile;
    v->xOpen = shim_open;
    v->xDelete = shim_delete;
    assert_int_equal(sqlite3_vfs_register(v, 0), SQLITE_OK);
}

/* What the library itself does to files. */

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __real_pwrite(int fd, const void *p, size_t n, off_t at);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_linkat(int a, const char *from, int b, const char *to, int flags);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __real_unlinkat(int at, const char *path, int flags);
int __real_unlink(const char *path);
int __real_mkdir(const char *path, mode_t mode);
ssize_t __wrap_write(int fd, const void *p, size_t n);
ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __wrap_unlinkat(int at, const char *path, int flags);
int __wrap_unlink(const char *path);
int __wrap_mkdir(const char *path, mode_t mode);

static bool shim_no_exchange; /* as on a file system that cannot exchange two folders */

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    if (!shim_strikes(SHIM_WRITE))
        return __real_write(fd, p, n);
    if (shim.torn)
        (void)!__real_write(fd, p, n / 2);
    if (shim.end == SHIM_KILL)
        _exit(9);
    errno = shim.end == SHIM_ENOSPC ? ENOSPC : EIO;
    return -1;
}

ssize_t __wrap_pwrite(int fd, const void *p, size_t n, off_t at)
{
    if (!shim_strikes(SHIM_WRITE))
        return __real_pwrite(fd, p, n, at);
    if (shim.torn)
        (void)!__real_pwrite(fd, p, n / 2, at);
    if (shim.end == SHIM_KILL)
        _exit(9);
    errno = shim.end == SHIM_ENOSPC ? ENOSPC : EIO;
    return -1;
}

int __wrap_fsync(int fd)
{
    return shim_strikes(SHIM_SYNC) ? -1 : __real_fsync(fd);
}

int __wrap_fdatasync(int fd)
{
    return shim_strikes(SHIM_SYNC) ? -1 : __real_fdatasync(fd);
}

int __wrap_linkat(int a, const char *from, int b, const char *to, int flags)
{
    return shim_strikes(SHIM_LINK) ? -1 : __real_linkat(a, from, b, to, flags);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
    return shim_strikes(SHIM_RENAME) ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    if (shim_no_exchange) {
        errno = EINVAL;
        return -1;
    }
    return shim_strikes(SHIM_RENAME) ? -1 : __real_renameat2(a, from, b, to, flags);
}

int __wrap_unlinkat(int at, const char *path, int flags)
{
    return shim_strikes(SHIM_DELETE) ? -1 : __real_unlinkat(at, path, flags);
}

int __wrap_unlink(const char *path)
{
    return shim_strikes(SHIM_DELETE) ? -1 : __real_unlink(path);
}

int __wrap_mkdir(const char *path, mode_t mode)
{
    return shim_strikes(SHIM_MKDIR) ? -1 : __real_mkdir(path, mode);
}

#endif
