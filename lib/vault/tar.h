/*
 * tar - archives as POSIX pax has them (IEEE Std 1003.1, pax, "pax Interchange Format"), written
 * and read. Private to the room.
 *
 * A member's particulars of ours stand in extended attributes, in records
 * SCHILY.xattr.user.signet.* as star introduced and GNU tar and bsdtar know them: tar(1) takes them
 * over with --xattrs and passes over them without a word otherwise.
 *
 * Reading also takes what other programs write: names by ustar's prefix, by pax records, and by GNU
 * tar's long names; sizes in octal, by pax records, and in base 256.
 */
#ifndef SG_VAULT_TAR_H
#define SG_VAULT_TAR_H

#include "io/io.h"

#define SG_TAR_BLOCK_BYTES 512
#define SG_TAR_PATH_BYTES 4096         /* of a path with its NUL */
#define SG_TAR_RECORDS_MAX_BYTES 65536 /* of the pax records of one member */

/* A member of an archive. */
struct sg_tar_member {
    char path[SG_TAR_PATH_BYTES];
    uint64_t size;
    int64_t modified; /* seconds since 1970 */
    bool file;        /* a regular file; else there is no content */
    bool folder;
    bool ours;                    /* it has a name by us; then also a revision and a part */
    char name[SG_TAR_PATH_BYTES]; /* with a NUL; what is longer does not fit, and is refused */
    uint64_t revision, part;      /* from 1 */
    int64_t removed;              /* when its entry was removed, or 0 */
};

/* Appends the blocks that come before a member's content. m->file and m->folder are passed over. */
SG_CHECKED enum sg_err sg_tar_begin(struct sg_buffer *out, const struct sg_tar_member *m,
                                    struct sg_error *err);

/* Appends what comes after `size` bytes of content; what ends the archive. */
SG_CHECKED enum sg_err sg_tar_pad(struct sg_buffer *out, uint64_t size, struct sg_error *err);
SG_CHECKED enum sg_err sg_tar_end(struct sg_buffer *out, struct sg_error *err);

/* An archive being read. Set `in`; the rest begins as zeros. Release with sg_tar_close(). */
struct sg_tar_reader {
    struct sg_source *in;
    uint64_t left, padding; /* of the member at hand: content, and what follows it */
    struct sg_buffer text;  /* long names, and pax records */
};

/*
 * Passes over what is left of a member and reads the next one's head. *there: false at the end of
 * the archive, up to which everything has then been read. SG_ERR_ARCHIVE, with err->what; errors of
 * the source.
 */
SG_CHECKED enum sg_err sg_tar_next(struct sg_tar_member *m, bool *there, struct sg_tar_reader *t,
                                   struct sg_error *err);

/* Reads the content of the member at hand. */
void sg_tar_content(struct sg_source *content, struct sg_tar_reader *t);

void sg_tar_close(struct sg_tar_reader *t);

#endif
