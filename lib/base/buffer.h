/*
 * buffer - bytes that grow, up to a bound given at the start.
 *
 * A plain buffer lives on the heap and is for public bytes. A secret one lives in the guarded heap
 * (base/secret.h) and is wiped whenever it moves or is freed. Bytes are appended at the end; the
 * owner may read data[0 .. len).
 */
#ifndef SG_BASE_BUFFER_H
#define SG_BASE_BUFFER_H

#include "base/error.h"
#include "base/secret.h"

struct sg_buffer {
    uint8_t *data; /* NULL while empty; moves when the buffer grows */
    size_t len;    /* bytes in use */
    size_t cap;    /* bytes allocated */
    size_t max;    /* bytes it may ever hold */
    bool secret;
    struct sg_secret block; /* the storage of a secret buffer */
};

/* Starts an empty buffer that holds at most max bytes. Nothing is allocated yet. */
void sg_buffer_init(struct sg_buffer *b, size_t max);
void sg_buffer_init_secret(struct sg_buffer *b, size_t max);

/*
 * Makes room for `more` bytes beyond len. SG_ERR_LIMIT when that is over max, SG_ERR_MEMORY when
 * there is none; the buffer is unchanged then.
 */
SG_CHECKED enum sg_err sg_buffer_reserve(struct sg_buffer *b, size_t more, struct sg_error *err);

/* Appends n bytes, or the characters of a text without its NUL. Fails as sg_buffer_reserve(). */
SG_CHECKED enum sg_err sg_buffer_append(struct sg_buffer *b, const void *p, size_t n,
                                        struct sg_error *err);
SG_CHECKED enum sg_err sg_buffer_text(struct sg_buffer *b, const char *text, struct sg_error *err);

/* Appends a number in decimal. */
SG_CHECKED enum sg_err sg_buffer_number(struct sg_buffer *b, uint64_t n, struct sg_error *err);

/* Releases the storage, wiped when secret; the buffer is empty and may be used again. */
void sg_buffer_free(struct sg_buffer *b);

#endif
