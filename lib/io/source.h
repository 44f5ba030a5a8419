/*
 * source - where bytes come from: a file, a descriptor, memory, or another source seen through a
 * decoder.
 *
 * A source is read forwards, once. sg_source_line() and sg_source_peek() look at a small window of
 * what comes next (SG_SOURCE_WINDOW bytes, in wiped memory, allocated when first needed);
 * sg_source_read() moves bytes straight to the caller. Order of calls: one of sg_source_file(),
 * _fd(), _memory() or _custom(), then any reading, then sg_source_close().
 */
#ifndef SG_IO_SOURCE_H
#define SG_IO_SOURCE_H

#include "base/error.h"
#include "base/secret.h"

#define SG_SOURCE_WINDOW 16384

struct sg_source {
    /* Gives 1 to cap bytes, or 0 at the end. The one thing that a custom source must do. */
    enum sg_err (*pull)(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err);
    void *context;    /* of a custom source */
    const char *name; /* for errors: what the user called it, or NULL; not owned */

    int fd;         /* of a file or descriptor, else -1 */
    bool owns_fd;   /* closed by sg_source_close() */
    uint64_t taken; /* bytes handed out so far */

    const uint8_t *memory; /* what is left of a memory source; not owned */
    size_t memory_len;

    struct sg_secret window;
    size_t at, have; /* the unread part of the window */
    bool ended;      /* pull has said so; it is not asked again */
};

/*
 * Opens the file at `path`, which must stay valid. SG_ERR_IO when it cannot be opened, SG_ERR_KIND
 * for a folder. Anything else that can be read is fine.
 */
SG_CHECKED enum sg_err sg_source_file(struct sg_source *s, const char *path, struct sg_error *err);

/* Reads from a descriptor that stays the caller's. */
void sg_source_fd(struct sg_source *s, int fd, const char *name);

/* Reads n bytes of memory, which must stay valid. */
void sg_source_memory(struct sg_source *s, const void *p, size_t n, const char *name);

/* Reads what `pull` gives. */
void sg_source_custom(struct sg_source *s,
                      enum sg_err (*pull)(struct sg_source *, uint8_t *, size_t, size_t *,
                                          struct sg_error *),
                      void *context, const char *name);

/* Reads n bytes, or fewer at the end of the source only. On failure out is unspecified. */
SG_CHECKED enum sg_err sg_source_read(struct sg_source *s, uint8_t *out, size_t n, size_t *got,
                                      struct sg_error *err);

/*
 * Looks at the next n bytes (SG_SOURCE_WINDOW at most) without taking them: *have is n, or fewer at
 * the end. *p stays valid until the next call on this source.
 */
SG_CHECKED enum sg_err sg_source_peek(struct sg_source *s, size_t n, const uint8_t **p,
                                      size_t *have, struct sg_error *err);

/*
 * Takes the next line, its newline included; without one only at the end of the source, and *len is
 * 0 only there. SG_ERR_LIMIT when the line is longer than the window. *line stays valid until the
 * next call on this source.
 */
SG_CHECKED enum sg_err sg_source_line(struct sg_source *s, const char **line, size_t *len,
                                      struct sg_error *err);

/*
 * How many bytes are still to come, where that shows without reading them: in memory, and in a
 * regular file. False, with *left 0, anywhere else. Nothing is taken.
 */
SG_CHECKED bool sg_source_left(const struct sg_source *s, uint64_t *left);

/* Releases what the source owns; safe on a zeroed struct and when called twice. */
void sg_source_close(struct sg_source *s);

#endif
