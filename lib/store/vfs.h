/*
 * vfs - what stands between SQLite and the system's files: it seals every block that SQLite writes
 * and opens every block that it reads. Private to the room.
 *
 * Each store has one of its own, registered under a name of its own while the store is open, over
 * the system's VFS. It opens one database, its journal, and temporaries, and no other file: so
 * nothing can be attached. There is no shared memory and no mapping, thus no write-ahead log.
 *
 *   database   block n of the file is page n of SQLite: file_database.c
 *   others     records of a block each, wherever SQLite reads and writes: file_stream.c
 *
 * Of the lower file's abilities none is passed on: sectors are as large as blocks, and a block that
 * is being written may be lost, but no other with it.
 */
#ifndef SG_STORE_VFS_H
#define SG_STORE_VFS_H

#include "store/block.h"

#include <sqlite3.h>

enum sg_vfs_trouble {
    SG_VFS_NONE,
    SG_VFS_BLOCK,  /* a block is not authentic */
    SG_VFS_MOVED,  /* the database at this path is another one by now */
    SG_VFS_SYSTEM, /* the lower VFS failed */
};

/* What went wrong first since the fault was last cleared. */
struct sg_vfs_fault {
    enum sg_vfs_trouble trouble;
    const char *file; /* a path of the VFS's, or a word */
    uint64_t block;   /* from 1 */
    const char *what; /* static */
    int sys;          /* errno */
};

struct sg_file;

struct sg_vfs {
    sqlite3_vfs base; /* first: SQLite holds a pointer to it */
    sqlite3_vfs *lower;
    const struct sg_store_keys *keys; /* not owned */
    uint8_t id[SG_STORE_ID_BYTES];
    char name[40];
    char *database, *journal; /* full paths */
    struct sg_vfs_fault fault;
    struct sg_file *open_database; /* or NULL */
    bool journal_is_ours;          /* what is in the journal was written by this process */
    bool torn; /* a write to the database has failed since the last journal's end */
};

/*
 * Registers a VFS for the database at `path`. lower: the name of the VFS below, or NULL. The keys
 * must outlive it. SG_ERR_MEMORY; SG_ERR_DATABASE when SQLite does not start. *v is NULL unless
 * SG_OK.
 */
SG_CHECKED enum sg_err sg_vfs_start(struct sg_vfs **v, const char *path, const char *lower,
                                    const struct sg_store_keys *keys,
                                    const uint8_t id[static SG_STORE_ID_BYTES],
                                    struct sg_error *err);

/* Unregisters and releases it, after its files were closed. NULL is fine. */
void sg_vfs_end(struct sg_vfs *v);

/* Records trouble and returns the code for SQLite that stands for it. */
int sg_vfs_fail(struct sg_vfs *v, enum sg_vfs_trouble trouble, const char *file, uint64_t block,
                const char *what);

/* Takes note of errno when a call of the lower VFS failed. Returns rc. */
int sg_vfs_lower(struct sg_vfs *v, const char *file, int rc);

#endif
