/*
 * The database: block n of the file is page n of SQLite, which keeps the last 40 bytes of each page
 * free for the block's nonce and tag. So offsets and sizes are SQLite's own.
 */
#include "store/file.h"

#include <errno.h>
#include <string.h>

static struct sg_file *of(sqlite3_file *file)
{
    return (struct sg_file *)(void *)file;
}

static int not_authentic(struct sg_file *f, uint64_t number, const char *what)
{
    return sg_vfs_fail(f->vfs, SG_VFS_BLOCK, f->name, number + 1, what);
}

static bool open_block(struct sg_file *f, uint8_t *out, const uint8_t *raw, uint64_t number)
{
    const struct sg_block_place place = {SG_FILE_DATABASE, f->vfs->id, number, SG_BLOCK_CONTENT};

    return sg_block_open(out, raw, SG_BLOCK_CONTENT, raw + SG_BLOCK_CONTENT,
                         raw + SG_BLOCK_CONTENT + SG_XCHACHA20_NONCE_BYTES, &place, f->key);
}

/*
 * Holds the size of the file against the number of pages that page 1 tells, for a reader whose
 * snapshot it is. SQLite reads what is missing as zeros.
 */
static int check_end(struct sg_file *f, const uint8_t *page)
{
    sqlite3_int64 size = 0;
    uint32_t pages = sg_get_be32(page + SG_HEADER_PAGES);
    int rc;

    if (f->lock != SQLITE_LOCK_SHARED ||
        memcmp(page + SG_HEADER_CHANGES, page + SG_HEADER_COUNTED, 4) != 0)
        return SQLITE_OK;
    rc = sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xFileSize(f->lower, &size));
    if (rc == SQLITE_OK && size / SG_BLOCK_BYTES < (sqlite3_int64)pages)
        return not_authentic(f, (uint64_t)(size / SG_BLOCK_BYTES), "the file is cut off before it");
    return rc;
}

/* Reads a block as it is on the disk. *there: false at and past the end of the file. */
static int read_raw(struct sg_file *f, uint8_t *raw, uint64_t number, bool *there)
{
    sqlite3_int64 at = (sqlite3_int64)number * SG_BLOCK_BYTES, size = 0;
    int rc;

    errno = 0;
    rc =
        sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xRead(f->lower, raw, SG_BLOCK_BYTES, at));
    *there = rc == SQLITE_OK;
    if (rc != SQLITE_IOERR_SHORT_READ)
        return rc;
    rc = sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xFileSize(f->lower, &size));
    *there = size > at; /* in part, so it will not open */
    return rc;
}

static int read_block(struct sg_file *f, uint8_t *out, uint64_t number)
{
    bool there;
    int rc = read_raw(f, out, number, &there);

    if (rc != SQLITE_OK)
        return rc;
    if (!there)
        return SQLITE_IOERR_SHORT_READ;
    if (!open_block(f, out, out, number)) {
        memset(out, 0, SG_BLOCK_BYTES);
        return not_authentic(f, number, NULL);
    }
    memset(out + SG_BLOCK_CONTENT, 0, SG_BLOCK_RESERVED);
    return number == 0 ? check_end(f, out) : SQLITE_OK;
}

/*
 * A part of a block: SQLite looks at the head of page 1, at the start of every transaction to see
 * whether anything has changed, and once without any lock, when a writer may be halfway through
 * it; that look may find nothing. The block last seen is kept, and opened again when it differs.
 */
static int read_part(struct sg_file *f, uint8_t *out, size_t n, uint64_t number, size_t from)
{
    uint8_t raw[SG_BLOCK_BYTES];
    bool there;
    int rc = read_raw(f, raw, number, &there);

    memset(out, 0, n);
    if (rc != SQLITE_OK)
        return rc;
    if (!there)
        return SQLITE_IOERR_SHORT_READ;
    if (!f->seen || f->number != number || memcmp(f->raw, raw, sizeof raw) != 0) {
        f->seen = open_block(f, f->block, raw, number);
        f->number = number;
        memcpy(f->raw, raw, sizeof raw);
        memset(f->block + SG_BLOCK_CONTENT, 0, SG_BLOCK_RESERVED);
    }
    if (!f->seen)
        return f->lock == SQLITE_LOCK_NONE ? SQLITE_OK : not_authentic(f, number, NULL);
    memcpy(out, f->block + from, n);
    return number == 0 ? check_end(f, f->block) : SQLITE_OK;
}

static int read_database(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    struct sg_file *f = of(file);
    uint64_t number = (uint64_t)at / SG_BLOCK_BYTES;
    size_t from = (size_t)at % SG_BLOCK_BYTES;

    if (from == 0 && n == SG_BLOCK_BYTES)
        return read_block(f, out, number);
    if (n < 0 || from + (size_t)n > SG_BLOCK_BYTES)
        return SQLITE_IOERR_READ; /* SQLite does no such thing */
    return read_part(f, out, (size_t)n, number, from);
}

static int write_block(struct sg_file *f, const uint8_t *in, uint64_t number)
{
    const struct sg_block_place place = {SG_FILE_DATABASE, f->vfs->id, number, SG_BLOCK_CONTENT};
    sqlite3_int64 at = (sqlite3_int64)number * SG_BLOCK_BYTES;
    uint8_t raw[SG_BLOCK_BYTES];
    int rc;

    sg_block_seal(raw, raw + SG_BLOCK_CONTENT, raw + SG_BLOCK_CONTENT + SG_XCHACHA20_NONCE_BYTES,
                  in, SG_BLOCK_CONTENT, &place, f->key);
    errno = 0;
    rc = sg_vfs_lower(f->vfs, f->name,
                      f->lower->pMethods->xWrite(f->lower, raw, SG_BLOCK_BYTES, at));
    if (rc == SQLITE_OK && f->end < at + SG_BLOCK_BYTES)
        f->end = at + SG_BLOCK_BYTES;
    if (rc != SQLITE_OK)
        f->vfs->torn = true;
    return rc;
}

/* What SQLite leaves out when it writes past the end reads as zeros, so it must open as zeros. */
static int fill_gap(struct sg_file *f, sqlite3_int64 at)
{
    static const uint8_t zeros[SG_BLOCK_BYTES];
    sqlite3_int64 size = 0;
    int rc = sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xFileSize(f->lower, &size));

    if (rc == SQLITE_OK && size > f->end)
        f->end = size - size % SG_BLOCK_BYTES;
    while (rc == SQLITE_OK && f->end < at)
        rc = write_block(f, zeros, (uint64_t)f->end / SG_BLOCK_BYTES);
    return rc;
}

static int write_database(sqlite3_file *file, const void *in, int n, sqlite3_int64 at)
{
    struct sg_file *f = of(file);
    int rc = SQLITE_OK;

    if (n != SG_BLOCK_BYTES || at % SG_BLOCK_BYTES != 0)
        return SQLITE_IOERR_WRITE; /* pages are whole, and of this size */
    if (f->end < at)
        rc = fill_gap(f, at);
    return rc == SQLITE_OK ? write_block(f, in, (uint64_t)at / SG_BLOCK_BYTES) : rc;
}

static int truncate_database(sqlite3_file *file, sqlite3_int64 size)
{
    struct sg_file *f = of(file);
    int rc;

    errno = 0;
    rc = sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xTruncate(f->lower, size));
    if (rc == SQLITE_OK)
        f->end = size;
    return rc;
}

static int size_database(sqlite3_file *file, sqlite3_int64 *size)
{
    struct sg_file *f = of(file);

    errno = 0;
    return sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xFileSize(f->lower, size));
}

const sqlite3_io_methods sg_file_database = {
    .iVersion = 1,
    .xClose = sg_file_close,
    .xRead = read_database,
    .xWrite = write_database,
    .xTruncate = truncate_database,
    .xSync = sg_file_sync,
    .xFileSize = size_database,
    .xLock = sg_file_lock,
    .xUnlock = sg_file_unlock,
    .xCheckReservedLock = sg_file_reserved,
    .xFileControl = sg_file_control,
    .xSectorSize = sg_file_sector,
    .xDeviceCharacteristics = sg_file_abilities,
};
