/*
 * Journals and temporaries: files that SQLite reads and writes anywhere. They are kept as records
 * of a block each:
 *
 *     file id 16 || nonce 24 || tag 16 || length u32 || zeros 4 || content
 *
 * Of a block, `length` bytes are sealed, and the rest is zeros: so it tells how long the file is,
 * where the block is the last. The file id is random and new whenever the file was empty, so that
 * nothing of an earlier journal opens in a later one. The block in use is held, and sealed when
 * another is wanted or the file is synced.
 */
#include "store/file.h"

#include "crypto/random.h"

#include <errno.h>
#include <string.h>

#define AT_ID 0
#define AT_NONCE (AT_ID + SG_FILE_ID_BYTES)
#define AT_TAG (AT_NONCE + SG_XCHACHA20_NONCE_BYTES)
#define AT_LENGTH (AT_TAG + SG_XCHACHA20_TAG_BYTES)
#define AT_CONTENT (AT_LENGTH + 8)
#define RECORD_BYTES (AT_CONTENT + SG_BLOCK_BYTES)

/* What a journal ends in when it belongs to a transaction over several files: never, here. */
#define JOURNAL_TAIL 16
#define JOURNAL_MAGIC 8
#define JOURNAL_HEAD 28

_Static_assert(RECORD_BYTES <= SG_STRIDE_TEMPORARY, "a record fits before the next");
_Static_assert(RECORD_BYTES <= SG_FILE_RAW_BYTES, "and into the file's buffer");

static struct sg_file *of(sqlite3_file *file)
{
    return (struct sg_file *)(void *)file;
}

static sqlite3_int64 place_of(const struct sg_file *f, uint64_t number)
{
    return (sqlite3_int64)number * f->stride;
}

/* How much of a block counts: of the last one, what the size says. */
static uint32_t length_of(const struct sg_file *f, uint64_t number)
{
    int64_t left = f->size - (int64_t)number * SG_BLOCK_BYTES;

    return left >= SG_BLOCK_BYTES ? SG_BLOCK_BYTES : left > 0 ? (uint32_t)left : 0;
}

/* Reads the record of a block and opens it into f->block. *ok: whether it opened. */
static int read_record(struct sg_file *f, uint64_t number, bool *ok)
{
    uint32_t length;
    int rc;

    *ok = false;
    errno = 0;
    rc = sg_vfs_lower(
        f->vfs, f->name,
        f->lower->pMethods->xRead(f->lower, f->raw, RECORD_BYTES, place_of(f, number)));
    if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ) /* the rest of it is zeros then */
        return rc;
    length = sg_get_be32(f->raw + AT_LENGTH);
    if (length == 0 || length > SG_BLOCK_BYTES)
        return SQLITE_OK;
    if (!f->has_id || sg_equal(f->id, f->raw + AT_ID, sizeof f->id)) {
        const struct sg_block_place place = {f->kind, f->raw + AT_ID, number, length};
        *ok = sg_block_open(f->block, f->raw + AT_CONTENT, length, f->raw + AT_NONCE,
                            f->raw + AT_TAG, &place, f->key);
        memset(f->block + length, 0, SG_BLOCK_BYTES - length);
    }
    return SQLITE_OK;
}

/* A journal starts with a block of which SQLite uses a few bytes; it is sealed twice each time. */
static uint32_t shortened(const struct sg_file *f, const uint8_t *content, uint64_t number,
                          uint32_t length)
{
    static const uint8_t zeros[SG_BLOCK_BYTES];

    if (f->kind == SG_FILE_JOURNAL && number == 0 && length > JOURNAL_HEAD &&
        memcmp(content + JOURNAL_HEAD, zeros, length - JOURNAL_HEAD) == 0)
        return JOURNAL_HEAD;
    return length;
}

static int write_record(struct sg_file *f, const uint8_t *content, uint64_t number, uint32_t length)
{
    uint32_t n = shortened(f, content, number, length);
    const struct sg_block_place place = {f->kind, f->id, number, n};

    sg_block_seal(f->raw + AT_CONTENT, f->raw + AT_NONCE, f->raw + AT_TAG, content, n, &place,
                  f->key);
    memcpy(f->raw + AT_ID, f->id, sizeof f->id);
    sg_put_be32(f->raw + AT_LENGTH, n);
    sg_put_be32(f->raw + AT_LENGTH + 4, 0);
    if (f->written <= number)
        f->written = number + 1;
    errno = 0;
    return sg_vfs_lower(
        f->vfs, f->name,
        f->lower->pMethods->xWrite(f->lower, f->raw, (int)(AT_CONTENT + n), place_of(f, number)));
}

static int flush(struct sg_file *f)
{
    int rc = SQLITE_OK;

    if (f->held && f->dirty)
        rc = write_record(f, f->block, f->number, length_of(f, f->number));
    if (rc == SQLITE_OK)
        f->dirty = false;
    return rc;
}

/*
 * Learns, once, how long the file is and which id it has: the id of its first block. When that does
 * not open, it was never synced, and neither was what it should have protected: the file counts as
 * empty. A last block that does not open is taken for a whole one.
 */
static int learn(struct sg_file *f)
{
    sqlite3_int64 bytes = 0;
    uint64_t blocks;
    bool ok;
    int rc;

    if (f->size >= 0)
        return SQLITE_OK;
    errno = 0;
    rc = sg_vfs_lower(f->vfs, f->name, f->lower->pMethods->xFileSize(f->lower, &bytes));
    if (rc != SQLITE_OK)
        return rc;
    if (bytes == 0) {
        f->size = 0;
        return SQLITE_OK;
    }
    blocks = ((uint64_t)bytes + (uint64_t)f->stride - 1) / (uint64_t)f->stride;
    rc = read_record(f, 0, &ok);
    if (rc != SQLITE_OK)
        return rc;
    if (!ok) {
        f->size = 0;
        return SQLITE_OK;
    }
    memcpy(f->id, f->raw + AT_ID, sizeof f->id);
    f->has_id = true;
    if (blocks > 1)
        rc = read_record(f, blocks - 1, &ok);
    if (rc != SQLITE_OK)
        return rc;
    f->size = (int64_t)(blocks - 1) * SG_BLOCK_BYTES +
              (ok ? (int64_t)sg_get_be32(f->raw + AT_LENGTH) : SG_BLOCK_BYTES);
    f->held = ok;
    f->number = blocks - 1;
    f->dirty = false;
    return SQLITE_OK;
}

/* Brings a block that is within the file into f->block. *ok: whether it opened. */
static int hold(struct sg_file *f, uint64_t number, bool *ok)
{
    int rc;

    *ok = true;
    if (f->held && f->number == number)
        return SQLITE_OK;
    rc = flush(f);
    if (rc != SQLITE_OK)
        return rc;
    f->held = false;
    rc = read_record(f, number, ok);
    if (rc != SQLITE_OK)
        return rc;
    f->held = *ok;
    f->number = number;
    return SQLITE_OK;
}

/*
 * After a crash, what was written and not synced may be anything. There SQLite looks only for the
 * start of a journal (its first byte, or the 8 bytes that each part of it starts with) and for its
 * tail; such a look finds nothing where a block does not open. Whatever else SQLite reads, it has
 * synced before.
 */
static bool only_looks(const struct sg_file *f, size_t n, int64_t at)
{
    return f->kind == SG_FILE_JOURNAL &&
           ((n == 1 && at == 0) || (n == JOURNAL_MAGIC && at % SG_BLOCK_BYTES == 0) ||
            (n == 4 && at == f->size - JOURNAL_TAIL));
}

static int read_stream(sqlite3_file *file, void *out, int count, sqlite3_int64 at)
{
    struct sg_file *f = of(file);
    uint8_t *to = out;
    size_t n = (size_t)count, done = 0;
    int rc = learn(f);

    memset(out, 0, n);
    while (rc == SQLITE_OK && done < n && at + (int64_t)done < f->size) {
        uint64_t number = ((uint64_t)at + done) / SG_BLOCK_BYTES;
        size_t from = (size_t)(((uint64_t)at + done) % SG_BLOCK_BYTES);
        size_t take = SG_BLOCK_BYTES - from < n - done ? SG_BLOCK_BYTES - from : n - done;
        bool ok;
        rc = hold(f, number, &ok);
        if (rc != SQLITE_OK)
            break;
        if (!ok && only_looks(f, n, at))
            return SQLITE_OK;
        if (!ok)
            return sg_vfs_fail(f->vfs, SG_VFS_BLOCK, f->name, number + 1, NULL);
        if ((int64_t)take > f->size - at - (int64_t)done)
            take = (size_t)(f->size - at - (int64_t)done);
        memcpy(to + done, f->block + from, take);
        done += take;
    }
    return rc != SQLITE_OK ? rc : done < n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

/* Adds blocks of zeros until the file has this many. */
static int fill_gap(struct sg_file *f, uint64_t blocks)
{
    uint64_t have = ((uint64_t)f->size + SG_BLOCK_BYTES - 1) / SG_BLOCK_BYTES;
    int rc = SQLITE_OK;

    if (have >= blocks)
        return SQLITE_OK;
    rc = flush(f);
    f->held = false;
    memset(f->block, 0, SG_BLOCK_BYTES);
    for (; rc == SQLITE_OK && have < blocks; have++)
        rc = write_record(f, f->block, have, SG_BLOCK_BYTES);
    if (rc == SQLITE_OK)
        f->size = (int64_t)blocks * SG_BLOCK_BYTES;
    return rc;
}

/*
 * Makes a block the one in use, to be written to: its old content unless all of it is replaced.
 * What a journal holds from before a crash and does not open was not synced, and counts for
 * nothing.
 */
static int hold_to_write(struct sg_file *f, uint64_t number, bool whole)
{
    uint64_t have = ((uint64_t)f->size + SG_BLOCK_BYTES - 1) / SG_BLOCK_BYTES;
    bool ok;
    int rc;

    if (f->held && f->number == number)
        return SQLITE_OK;
    if (number < have && !whole) {
        rc = hold(f, number, &ok);
        if (rc != SQLITE_OK || ok)
            return rc;
        if (number < f->written)
            return sg_vfs_fail(f->vfs, SG_VFS_BLOCK, f->name, number + 1, NULL);
    }
    rc = flush(f);
    if (rc != SQLITE_OK)
        return rc;
    memset(f->block, 0, SG_BLOCK_BYTES);
    f->held = true;
    f->number = number;
    return SQLITE_OK;
}

/* In one of its modes SQLite gives a journal up by writing zeros over its first bytes. */
static bool ends_journal(const uint8_t *in, size_t n, int64_t at)
{
    static const uint8_t zeros[JOURNAL_HEAD];

    return at == 0 && n == sizeof zeros && memcmp(in, zeros, sizeof zeros) == 0;
}

static int write_stream(sqlite3_file *file, const void *in, int count, sqlite3_int64 at)
{
    struct sg_file *f = of(file);
    const uint8_t *from = in;
    size_t n = (size_t)count, done = 0;
    int rc = learn(f);

    if (rc != SQLITE_OK)
        return rc;
    if (f->kind == SG_FILE_JOURNAL && ends_journal(in, n, at))
        rc = sg_file_before_end(f->vfs);
    else if (f->kind == SG_FILE_JOURNAL)
        f->vfs->journal_is_ours = true;
    if (rc != SQLITE_OK)
        return rc;
    if (f->size == 0) {
        sg_random(f->id, sizeof f->id);
        f->has_id = true;
        f->held = f->dirty = false;
        f->written = 0;
    }
    rc = fill_gap(f, (uint64_t)at / SG_BLOCK_BYTES);
    while (rc == SQLITE_OK && done < n) {
        uint64_t number = ((uint64_t)at + done) / SG_BLOCK_BYTES;
        size_t to = (size_t)(((uint64_t)at + done) % SG_BLOCK_BYTES);
        size_t take = SG_BLOCK_BYTES - to < n - done ? SG_BLOCK_BYTES - to : n - done;
        rc = hold_to_write(f, number, take == SG_BLOCK_BYTES);
        if (rc != SQLITE_OK)
            break;
        memcpy(f->block + to, from + done, take);
        f->dirty = true;
        done += take;
        if (f->size < at + (int64_t)done)
            f->size = at + (int64_t)done;
    }
    return rc;
}

static int truncate_stream(sqlite3_file *file, sqlite3_int64 size)
{
    struct sg_file *f = of(file);
    uint64_t blocks = ((uint64_t)size + SG_BLOCK_BYTES - 1) / SG_BLOCK_BYTES;
    bool ok;
    int rc = learn(f);

    if (rc != SQLITE_OK)
        return rc;
    if (size && f->size <= size)
        return fill_gap(f, (uint64_t)size / SG_BLOCK_BYTES);
    if (size == 0 && f->kind == SG_FILE_JOURNAL) {
        rc = sg_file_before_end(f->vfs);
        if (rc != SQLITE_OK)
            return rc;
    }
    if (f->held && f->number >= blocks)
        f->held = f->dirty = false;
    if (size % SG_BLOCK_BYTES != 0) { /* its last block is to be sealed with its new length */
        rc = hold(f, blocks - 1, &ok);
        if (rc == SQLITE_OK && !ok)
            rc = sg_vfs_fail(f->vfs, SG_VFS_BLOCK, f->name, blocks, NULL);
        if (rc != SQLITE_OK)
            return rc;
        memset(f->block + size % SG_BLOCK_BYTES, 0,
               SG_BLOCK_BYTES - (size_t)(size % SG_BLOCK_BYTES));
        f->dirty = true;
    }
    errno = 0;
    rc = sg_vfs_lower(
        f->vfs, f->name,
        f->lower->pMethods->xTruncate(f->lower, blocks ? place_of(f, blocks - 1) + RECORD_BYTES
                                                       : (sqlite3_int64)0));
    if (rc == SQLITE_OK) {
        f->size = size;
        f->has_id = size != 0;
    }
    return rc;
}

static int sync_stream(sqlite3_file *file, int flags)
{
    int rc = flush(of(file));

    return rc == SQLITE_OK ? sg_file_sync(file, flags) : rc;
}

static int size_stream(sqlite3_file *file, sqlite3_int64 *size)
{
    int rc = learn(of(file));

    *size = rc == SQLITE_OK ? of(file)->size : 0;
    return rc;
}

static int close_stream(sqlite3_file *file)
{
    int rc = of(file)->kind == SG_FILE_JOURNAL ? flush(of(file)) : SQLITE_OK;
    int closed = sg_file_close(file);

    return rc == SQLITE_OK ? closed : rc;
}

const sqlite3_io_methods sg_file_stream = {
    .iVersion = 1,
    .xClose = close_stream,
    .xRead = read_stream,
    .xWrite = write_stream,
    .xTruncate = truncate_stream,
    .xSync = sync_stream,
    .xFileSize = size_stream,
    .xLock = sg_file_lock,
    .xUnlock = sg_file_unlock,
    .xCheckReservedLock = sg_file_reserved,
    .xFileControl = sg_file_control,
    .xSectorSize = sg_file_sector,
    .xDeviceCharacteristics = sg_file_abilities,
};
