/*
 * fragment - a message in pieces, for transports with short lines (signet-ratchet(7), "Fragments").
 *
 *     mid[8] = H("frag", wire)[0..7]   idx u8   cnt u8   chunk
 *
 * Pieces of one message are joined by (mid, cnt). Whoever can inject pieces can keep a message from
 * being joined, as he could by dropping one; he cannot change it, for the whole is authenticated as
 * any other.
 */
#ifndef SG_RATCHET_FRAGMENT_H
#define SG_RATCHET_FRAGMENT_H

#include "ratchet/padding.h"
#include "ratchet/siv.h"

#define SG_FRAGMENT_HEAD_BYTES 10
#define SG_FRAGMENT_CHUNK_MAX_BYTES 49142
#define SG_FRAGMENT_MAX_BYTES (SG_FRAGMENT_HEAD_BYTES + SG_FRAGMENT_CHUNK_MAX_BYTES)
#define SG_FRAGMENTS_MAX 255
#define SG_FRAGMENT_CHARS_MIN 32 /* the shortest line that they can be made for */

/* Kept at most, with 64 bytes counted for each piece beside its chunk; for 7 days untouched. */
#define SG_FRAGMENT_POOL_BYTES (1U << 20)
#define SG_FRAGMENT_POOL_COST 64
#define SG_FRAGMENT_KEEP_MS UINT64_C(604800000)
#define SG_FRAGMENT_VARIANTS 3
#define SG_FRAGMENT_COMBINATIONS 64

/* ---- cutting ----------------------------------------------------------------------------------
 */

/*
 * Pieces that n wire bytes take when a token may have `chars` characters, and the bytes of a chunk;
 * 0 when it cannot be done with 255, or chars is less than SG_FRAGMENT_CHARS_MIN.
 */
size_t sg_fragment_count(size_t *chunk, size_t n, size_t chars);

/* Writes the idx-th of them to out, with room for its head and a chunk; returns its bytes. */
size_t sg_fragment_cut(uint8_t *out, const uint8_t *wire, size_t n, size_t chunk, size_t idx);

/* ---- joining ----------------------------------------------------------------------------------
 */

/* A piece that is kept. */
struct sg_piece {
    uint8_t mid[8];
    uint8_t idx, cnt;
    uint64_t serial;  /* the order in which pieces came, from 1; never used twice */
    uint64_t touched; /* unix ms: when the last piece of its message came */
    uint8_t *chunk;   /* of the heap */
    size_t n;
};

/*
 * The pieces kept, the newest last. A caller that stores them is told which are new and which have
 * gone; one that comes again goes, and is added anew. added(), touched() and gone() may be NULL.
 * Begin with sg_fragments_init().
 */
struct sg_fragments {
    struct sg_piece *pieces;
    size_t count, room;
    size_t bytes; /* as SG_FRAGMENT_POOL_BYTES counts */
    uint64_t next;
    void (*added)(void *context, const struct sg_piece *piece);
    void (*touched)(void *context, const struct sg_piece *piece); /* its time is another */
    void (*gone)(void *context, uint64_t serial);
    void *context;
};

void sg_fragments_init(struct sg_fragments *all);
void sg_fragments_free(struct sg_fragments *all);

/* Puts back a piece that was stored, in the order of serials; its chunk is copied. */
SG_CHECKED enum sg_err sg_fragments_restore(struct sg_fragments *all, const struct sg_piece *piece,
                                            struct sg_error *err);

enum sg_fragment {
    SG_FRAGMENT_KEPT,     /* SG_WORD_PARTIAL */
    SG_FRAGMENT_WHOLE,    /* a message has come together: go on with it as with any other */
    SG_FRAGMENT_MALFORMED /* SG_WORD_MALFORMED */
};

/*
 * Takes a piece in. *what; for SG_FRAGMENT_WHOLE *len bytes at wire, which has room for
 * SG_WIRE_MAX_BYTES, and the pieces have gone. SG_ERR_MEMORY.
 */
SG_CHECKED enum sg_err sg_fragments_add(struct sg_fragments *all, enum sg_fragment *what,
                                        uint8_t *wire, size_t *len, const uint8_t *raw, size_t n,
                                        uint64_t now, struct sg_error *err);

/* Drops pieces of messages untouched for 7 days. */
void sg_fragments_expire(struct sg_fragments *all, uint64_t now);

#endif
