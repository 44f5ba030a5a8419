/*
 * file - an open file of the sealing VFS. Private to the room.
 */
#ifndef SG_STORE_FILE_H
#define SG_STORE_FILE_H

#include "store/vfs.h"

struct sg_file {
    sqlite3_file base; /* first: SQLite holds a pointer to it */
    struct sg_vfs *vfs;
    sqlite3_file *lower; /* behind this struct, in SQLite's memory */
    enum sg_file_kind kind;
    const char *name; /* for faults */
    const uint8_t *key;

    uint8_t *block; /* a block's content, of files other than the database; of the database, the
                       content of the block last read in part */
    uint8_t *raw;   /* a block as it is on the disk */

    /* the database */
    int lock;    /* SQLITE_LOCK_* */
    int64_t end; /* bytes that the file has at least, while this process alone writes; else 0 */
    bool seen;   /* `raw` and `block` hold block `number`, as it was when last looked at */

    /* files that are records */
    int64_t stride; /* bytes from one record to the next */
    int64_t size;   /* bytes of content, or -1 while not known */
    uint8_t id[SG_FILE_ID_BYTES];
    bool has_id;
    uint64_t number;  /* the block that is held */
    uint64_t written; /* blocks that this process wrote since the file was empty, or the last + 1 */
    bool held, dirty;
};

/* The methods of the database's file and of the others. */
extern const sqlite3_io_methods sg_file_database;
extern const sqlite3_io_methods sg_file_stream;

/* What both have in common. */
int sg_file_sync(sqlite3_file *file, int flags);
int sg_file_lock(sqlite3_file *file, int level);
int sg_file_unlock(sqlite3_file *file, int level);
int sg_file_reserved(sqlite3_file *file, int *out);
int sg_file_control(sqlite3_file *file, int op, void *arg);
int sg_file_sector(sqlite3_file *file);
int sg_file_abilities(sqlite3_file *file);

/* Closes the lower file and releases what the file owns. */
int sg_file_close(sqlite3_file *file);

#endif
