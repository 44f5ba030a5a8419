#include "store/fault.h"

#include <errno.h>
#include <string.h>

static enum sg_err of_the_file(const struct sg_vfs_fault *f, struct sg_error *err)
{
    enum sg_err r;

    sg_error_name(err, f->file);
    switch (f->trouble) {
    case SG_VFS_MOVED:
        return sg_fail(err, SG_ERR_CHANGED, NULL);
    case SG_VFS_BLOCK:
        r = sg_fail(err, SG_ERR_BLOCK, f->what);
        err->value = f->block;
        return r;
    default:
        return sg_fail_sys(err, f->sys, "cannot read or write", f->file);
    }
}

static enum sg_err of_the_database(sqlite3 *db, int rc, struct sg_error *err)
{
    enum sg_err r = sg_fail(err, SG_ERR_DATABASE, sqlite3_errstr(rc));
    const char *words = db ? sqlite3_errmsg(db) : NULL;

    if (words && strcmp(words, err->what) != 0)
        sg_error_words(err, words);
    return r;
}

enum sg_err sg_store_fault(struct sg_vfs *v, sqlite3 *db, int rc, struct sg_error *err)
{
    struct sg_vfs_fault f = v->fault;

    memset(&v->fault, 0, sizeof v->fault);
    sg_error_name(err, v->database);
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return sg_fail(err, SG_ERR_IN_USE, NULL);
    case SQLITE_NOMEM:
        return sg_fail(err, SG_ERR_MEMORY, "the database");
    case SQLITE_TOOBIG:
        return sg_fail_limit(err, SG_ERR_LIMIT, "too large for one row", 0,
                             db ? (uint64_t)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, -1) : 0);
    case SQLITE_READONLY:
        return sg_fail_sys(err, EROFS, "cannot write", v->database);
    case SQLITE_CONSTRAINT:
        if (rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_UNIQUE ||
            rc == SQLITE_CONSTRAINT_ROWID)
            return sg_fail(err, SG_ERR_EXISTS, NULL);
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        if (f.trouble != SG_VFS_NONE)
            break;
        return sg_fail(err, SG_ERR_DATABASE, "its blocks are authentic but do not fit together");
    default:
        break;
    }
    if (f.trouble != SG_VFS_NONE)
        return of_the_file(&f, err);
    if ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN ||
        (rc & 0xff) == SQLITE_FULL) {
        int sys = (rc & 0xff) == SQLITE_FULL ? ENOSPC : db ? sqlite3_system_errno(db) : 0;
        return sg_fail_sys(err, sys ? sys : EIO, "cannot read or write", v->database);
    }
    return of_the_database(db, rc, err);
}
