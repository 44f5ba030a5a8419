/*
 * view - bytes that can be read at any place: what a source is to a stream, for random access.
 */
#ifndef SG_IO_VIEW_H
#define SG_IO_VIEW_H

#include "base/error.h"

struct sg_view {
    /* Reads n bytes from `at` on, all of which lie inside the size. */
    enum sg_err (*read)(struct sg_view *v, uint8_t *out, size_t n, uint64_t at,
                        struct sg_error *err);
    void *context;
    uint64_t size; /* bytes in all */
};

#endif
