/*
 * file - an open file of the sealing VFS. Private to the room.
 */
#ifndef SG_STORE_FILE_H
#define SG_STORE_FILE_H

#include "store/vfs.h"

/* Bytes from one record of a file to the next, and the most that a block takes on the disk. */
#define SG_STRIDE_JOURNAL 8192
#define SG_STRIDE_TEMPORARY 4160
#define SG_FILE_RAW_BYTES 4160

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

/* Of SQLite's file format: offsets in page 1 and in the pages of the list of free pages. */
#define SG_HEADER_CHANGES 24 /* a count of changes; the count of pages holds when this ... */
#define SG_HEADER_PAGES 28
#define SG_HEADER_TRUNK 32   /* the first page of the list */
#define SG_HEADER_COUNTED 92 /* ... is the same as this */
#define SG_TRUNK_NEXT 0
#define SG_TRUNK_COUNT 4
#define SG_TRUNK_LEAVES 8
#define SG_TRUNK_MAX ((SG_BLOCK_CONTENT - SG_TRUNK_LEAVES) / 4)

/* Seals anew what a crash may have torn of the database (mend.c). An SQLite code. */
int sg_file_mend(struct sg_file *db);

/* Called before a journal is given up: mends when it was played back, or when a write has failed.
 */
int sg_file_before_end(struct sg_vfs *v);

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
