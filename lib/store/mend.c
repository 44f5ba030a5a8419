/*
 * What a crash leaves torn that SQLite does not put right.
 *
 * Before SQLite writes to a page, it keeps the old content in the journal: but not that of a page
 * that was unused, a leaf of its list of free pages. When a crash tears such a page, playing back
 * the journal leaves it so. SQLite may read it later, in order to move it or to put it on a list,
 * and has no use for what is in it; but a block that does not open is an error. So when a journal
 * was played back, and before it is given up, every leaf that does not open is sealed anew, as
 * zeros.
 */
#include "store/file.h"

#include <string.h>

static int read_page(struct sg_file *db, uint8_t *page, uint64_t number)
{
    return sg_file_database.xRead(&db->base, page, SG_BLOCK_BYTES,
                                  (sqlite3_int64)(number - 1) * SG_BLOCK_BYTES);
}

/* Whether the page does not open, which is no fault here. */
static int is_torn(struct sg_file *db, uint8_t *page, uint64_t number, bool *torn)
{
    struct sg_vfs_fault before = db->vfs->fault;
    int rc = read_page(db, page, number);

    *torn = rc == SQLITE_IOERR_DATA;
    if (!*torn)
        return rc;
    db->vfs->fault = before;
    return SQLITE_OK;
}

/* The leaves that one page of the list names. */
static int mend_leaves(struct sg_file *db, const uint8_t *trunk, uint64_t pages, bool *mended)
{
    static const uint8_t zeros[SG_BLOCK_BYTES];
    uint8_t page[SG_BLOCK_BYTES];
    uint32_t leaves = sg_get_be32(trunk + SG_TRUNK_COUNT);
    int rc = SQLITE_OK;

    for (uint32_t i = 0; rc == SQLITE_OK && i < leaves && i < SG_TRUNK_MAX; i++) {
        uint64_t leaf = sg_get_be32(trunk + SG_TRUNK_LEAVES + 4 * (size_t)i);
        bool torn = false;
        if (leaf < 2 || leaf > pages)
            continue;
        rc = is_torn(db, page, leaf, &torn);
        if (rc == SQLITE_OK && torn) {
            rc = sg_file_database.xWrite(&db->base, zeros, SG_BLOCK_BYTES,
                                         (sqlite3_int64)(leaf - 1) * SG_BLOCK_BYTES);
            *mended = true;
        }
    }
    sg_wipe(page, sizeof page);
    return rc;
}

int sg_file_mend(struct sg_file *db)
{
    uint8_t page[SG_BLOCK_BYTES];
    sqlite3_int64 size = 0;
    uint64_t pages, trunk = 0, seen = 0;
    bool mended = false, torn = false;
    int rc = sg_file_database.xFileSize(&db->base, &size);

    pages = (uint64_t)size / SG_BLOCK_BYTES;
    if (rc != SQLITE_OK || pages == 0)
        return rc;
    rc = is_torn(db, page, 1, &torn);
    if (rc == SQLITE_OK && !torn)
        trunk = sg_get_be32(page + SG_HEADER_TRUNK);
    /* What does not open among the pages in use is for whoever reads them to find. */
    while (rc == SQLITE_OK && trunk >= 2 && trunk <= pages && seen++ < pages) {
        rc = is_torn(db, page, trunk, &torn);
        if (rc != SQLITE_OK || torn)
            break;
        trunk = sg_get_be32(page + SG_TRUNK_NEXT);
        rc = mend_leaves(db, page, pages, &mended);
    }
    if (rc == SQLITE_OK && mended)
        rc = sg_file_database.xSync(&db->base, SQLITE_SYNC_FULL);
    sg_wipe(page, sizeof page);
    return rc;
}
