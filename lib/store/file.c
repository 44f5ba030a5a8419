#include "store/file.h"

#include <errno.h>

int sg_file_close(sqlite3_file *file)
{
    struct sg_file *f = (struct sg_file *)(void *)file;
    int rc = f->lower->pMethods ? f->lower->pMethods->xClose(f->lower) : SQLITE_OK;

    if (f->vfs->open_database == f)
        f->vfs->open_database = NULL;
    if (f->block)
        sg_wipe(f->block, SG_BLOCK_BYTES);
    sqlite3_free(f->block);
    f->block = f->raw = NULL;
    return rc;
}

int sg_file_before_end(struct sg_vfs *v)
{
    struct sg_file *db = v->open_database;
    int rc = SQLITE_OK;

    if (db && db->lock == SQLITE_LOCK_EXCLUSIVE && (!v->journal_is_ours || v->torn)) {
        rc = sg_file_mend(db);
        if (rc == SQLITE_OK)
            v->torn = false;
    }
    if (rc == SQLITE_OK)
        v->journal_is_ours = false;
    return rc;
}

int sg_file_sync(sqlite3_file *file, int flags)
{
    struct sg_file *f = (struct sg_file *)(void *)file;

    errno = 0;
    return sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xSync(f->lower, flags));
}

/* Whether the name of the file has come to mean another one. */
static bool moved(struct sg_file *f)
{
    int yes = 0;

    return f->kind == SG_FILE_DATABASE &&
           f->lower->pMethods->xFileControl(f->lower, SQLITE_FCNTL_HAS_MOVED, &yes) == SQLITE_OK &&
           yes;
}

int sg_file_lock(sqlite3_file *file, int level)
{
    struct sg_file *f = (struct sg_file *)(void *)file;
    int rc;

    errno = 0;
    rc = sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xLock(f->lower, level));
    if (rc != SQLITE_OK)
        return rc;
    /* A rekey puts another file in this one's place, under a lock that keeps out this one. From
     * then on, even looking at the journal would be wrong: it is the other file's. */
    if (f->lock == SQLITE_LOCK_NONE && moved(f)) {
        (void)f->lower->pMethods->xUnlock(f->lower, SQLITE_LOCK_NONE);
        return sg_vfs_fail(f->vfs, SG_VFS_MOVED, f->name, 0, NULL);
    }
    f->lock = level;
    return rc;
}

int sg_file_unlock(sqlite3_file *file, int level)
{
    struct sg_file *f = (struct sg_file *)(void *)file;
    int rc = f->lower->pMethods->xUnlock(f->lower, level);

    f->lock = level;
    f->end = 0;
    return rc;
}

int sg_file_reserved(sqlite3_file *file, int *out)
{
    struct sg_file *f = (struct sg_file *)(void *)file;

    return f->lower->pMethods->xCheckReservedLock(f->lower, out);
}

int sg_file_control(sqlite3_file *file, int op, void *arg)
{
    struct sg_file *f = (struct sg_file *)(void *)file;

    switch (op) {
    case SQLITE_FCNTL_LOCKSTATE:
    case SQLITE_FCNTL_LAST_ERRNO:
    case SQLITE_FCNTL_HAS_MOVED:
    case SQLITE_FCNTL_LOCK_TIMEOUT:
        return f->lower->pMethods->xFileControl(f->lower, op, arg);
    default: /* hints and promises about bytes that are not the file's bytes */
        return SQLITE_NOTFOUND;
    }
}

int sg_file_sector(sqlite3_file *file)
{
    (void)file;
    return SG_BLOCK_BYTES;
}

int sg_file_abilities(sqlite3_file *file)
{
    (void)file;
    return 0;
}
