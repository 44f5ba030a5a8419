/*
 * archive - everything in a vault as one tar archive, and the way back.
 *
 * The archive is one that tar(1) unpacks: signet-formats(5), "VAULT". Each part of each
 * revision is a member; with current/, earlier/REVISION/ or removed/REVISION/ before its name, and
 * /part-NUMBER after it where a revision has several parts or other entries are in the folder of
 * that name. What cannot be told from that stands in extended attributes user.signet.*, and those
 * are what counts.
 *
 * It is not sealed: whoever calls sees to that.
 */
#ifndef SG_VAULT_ARCHIVE_H
#define SG_VAULT_ARCHIVE_H

#include "io/io.h"

struct sg_store;
struct sg_export;

/*
 * Starts a source that gives the archive of everything, as of now. Until sg_export_end(), which is
 * always called, a snapshot is open: others can read, but not write. *x is NULL unless SG_OK.
 */
SG_CHECKED enum sg_err sg_export_start(struct sg_export **x, struct sg_source *archive,
                                       struct sg_store *s, struct sg_error *err);

/* How many entries it has given so far, the removed ones included. */
uint64_t sg_export_entries(const struct sg_export *x);

void sg_export_end(struct sg_export *x);

/* What becomes of an entry in the archive whose name is taken. */
enum sg_existing {
    SG_EXISTING_REFUSE, /* nothing is imported: SG_ERR_EXISTS */
    SG_EXISTING_SKIP,   /* it is passed over */
    SG_EXISTING_ADD,    /* its revisions follow those that are there; but one that was removed */
                        /* is passed over */
};

struct sg_importing {
    const char *under; /* folder that all names are put in; or NULL */
    enum sg_existing existing;
    int64_t now;
};

struct sg_imported {
    uint64_t entries, parts, bytes;
    uint64_t skipped; /* entries whose name was taken */
    uint64_t others;  /* members that are no files, and no folders: links and devices */
};

/*
 * Reads an archive, made by an export or by any tar, and adds what is in it: all of it or, on any
 * failure, nothing. Members that an export did not make become entries named by their paths,
 * without "./" before them. Other writers wait until it is done. SG_ERR_ARCHIVE; SG_ERR_NAME for a
 * member that cannot be an entry; SG_ERR_EXISTS; errors of the source.
 */
SG_CHECKED enum sg_err sg_import(struct sg_imported *done, struct sg_store *s,
                                 struct sg_source *archive, const struct sg_importing *what,
                                 struct sg_error *err);

#endif
