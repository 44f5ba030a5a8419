/*
 * secret - memory for keys, passwords and plaintext.
 *
 * A struct sg_secret owns a block from the guarded heap: locked against swapping as far as the
 * system allows, left out of core files, fenced by inaccessible pages, and wiped when released.
 * Call sg_secret_init() once per process before anything else in the library.
 *
 * It does not protect against someone who can read this process's memory while it runs.
 */
#ifndef SG_BASE_SECRET_H
#define SG_BASE_SECRET_H

#include "base/error.h"

#include <stdbool.h>

struct sg_secret {
    uint8_t *data; /* NULL when empty */
    size_t size;   /* bytes allocated */
};

/* Readies the guarded heap and the random generator. SG_ERR_IO when the system has no randomness.
 */
SG_CHECKED enum sg_err sg_secret_init(struct sg_error *err);

/*
 * Allocates `size` bytes (1 or more), filled with zeros. On failure *s is empty, and the call
 * returns SG_ERR_MEMORY. Release with sg_secret_free().
 */
SG_CHECKED enum sg_err sg_secret_new(struct sg_secret *s, size_t size, struct sg_error *err);

/*
 * Moves the block to one of `size` bytes, never fewer than it has; the bytes kept are copied, the
 * rest is zero and the old block is wiped. On failure *s is as it was.
 */
SG_CHECKED enum sg_err sg_secret_grow(struct sg_secret *s, size_t size, struct sg_error *err);

/* Wipes and releases; *s is empty afterwards. An empty *s is fine. */
void sg_secret_free(struct sg_secret *s);

/* Overwrites n bytes so that no compiler removes the write. p may be NULL when n is 0. */
void sg_wipe(void *p, size_t n);

/* Overwrites the part of the stack below the caller that finished calls may have left secrets in.
 */
void sg_wipe_stack(void);

/* Compares n bytes in time that depends on n alone. */
SG_CHECKED bool sg_equal(const void *a, const void *b, size_t n);

#endif
