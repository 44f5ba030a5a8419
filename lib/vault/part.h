/*
 * part - content on its way into the tables and out of them. Private to the room.
 *
 * A part is cut into chunks of at most SG_CHUNK_BYTES, found by arithmetic: the only chunk of part
 * p is p << 24; where there are several, chunk k (from 0) is -(p << 24) + k. So a search tells a
 * piece of a longer text, whose words may be spread over several of them, from a text that is
 * whole. A part has several chunks exactly when it is larger than SG_CHUNK_BYTES.
 *
 * Text is cut between words where it can be, and each further chunk repeats the last words of the
 * one before, so that phrases are found across the cut.
 *
 * Content over SG_BATCH_BYTES is written in several transactions, as a loose part: one without a
 * place, which nobody sees. The last transaction gives it its place. A loose part's `created` is
 * when it was last written to, or 0 when it is to be forgotten; one that nobody has written to for
 * SG_LOOSE_SECONDS was left by a process that was killed, and is swept away.
 */
#ifndef SG_VAULT_PART_H
#define SG_VAULT_PART_H

#include "io/io.h"
#include "sealed/payload.h"
#include "store/store.h"

#define SG_CHUNK_BYTES 65536
#define SG_CHUNK_BITS 24
#define SG_BATCH_BYTES (4U << 20)
#define SG_PART_MAX_BYTES ((uint64_t)1 << 39)
#define SG_LOOSE_SECONDS 86400

/* A part that is stored. */
struct sg_part {
    int64_t id;
    uint64_t size, chunks, indexed;
    int64_t created;
};

/* The key of the k-th chunk of a part of `size` bytes. */
int64_t sg_chunk_id(int64_t part, uint64_t size, uint64_t k);

/* The part that a chunk belongs to. */
int64_t sg_chunk_part(int64_t chunk);

/* A part that is being made. Start with a zeroed struct. */
struct sg_part_new {
    struct sg_part part;   /* its id is 0 while nothing is stored */
    struct sg_buffer data; /* content that is not stored yet, secret */
    size_t skip;           /* bytes at its beginning that the chunk before has, too */
    struct sg_utf8 text;
    bool is_text;
    bool ended;
};

/*
 * Takes all of `in`. Afterwards the rest of it, if not all, waits in memory for sg_part_place().
 * within: whether it happens inside one transaction of the caller; else it makes transactions of
 * its own, as many as it needs, and none while it reads. SG_ERR_LIMIT for content over
 * SG_PART_MAX_BYTES; errors of the source.
 */
SG_CHECKED enum sg_err sg_part_take(struct sg_part_new *n, struct sg_store *s, struct sg_source *in,
                                    int64_t now, bool within, const struct sg_progress *progress,
                                    struct sg_error *err);

/* Where a part belongs. */
struct sg_place {
    int64_t entry;
    uint64_t revision, number;
    int64_t created;
};

/* Stores the rest and gives the part its place, inside the caller's transaction. */
SG_CHECKED enum sg_err sg_part_place(struct sg_part_new *n, struct sg_store *s,
                                     const struct sg_place *place, struct sg_error *err);

/* Releases it. What was stored of a part that got no place is swept away, as far as can be. */
void sg_part_end(struct sg_part_new *n, struct sg_store *s, bool placed);

/*
 * Appends to `out` the chunks of a part from *k on, until it holds `enough` bytes or the part is
 * done (*k == part->chunks), inside the caller's transaction. SG_ERR_GONE when a chunk is not
 * there.
 */
SG_CHECKED enum sg_err sg_part_read(struct sg_buffer *out, struct sg_store *s,
                                    const struct sg_part *part, uint64_t *k, size_t enough,
                                    struct sg_error *err);

/*
 * Deletes loose parts last written to at `before` or earlier, in transactions of its own. *bytes,
 * which may be NULL, is raised by what their content took.
 */
SG_CHECKED enum sg_err sg_part_sweep(struct sg_store *s, int64_t before, uint64_t *bytes,
                                     struct sg_error *err);

/* Makes the parts of an entry loose, of its revisions up to `last`, to be swept away. */
SG_CHECKED enum sg_err sg_part_loosen(struct sg_store *s, int64_t entry, uint64_t last,
                                      struct sg_error *err);

#endif
