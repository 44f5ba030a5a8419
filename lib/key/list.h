/*
 * list - keys of different types and sizes, one after the other. Private to the room.
 */
#ifndef SG_KEY_LIST_H
#define SG_KEY_LIST_H

#include "base/buffer.h"

/* Where a key stands among the bytes of its list. */
struct sg_key_record {
    uint32_t type, at, len;
};

/* More than a key file can hold. */
#define SG_KEY_LIST_MAX_BYTES (4U << 20)

/* Adds a key unless the same is there already. SG_ERR_LIMIT or SG_ERR_MEMORY. */
SG_CHECKED enum sg_err sg_key_list_add(struct sg_buffer *records, struct sg_buffer *bytes,
                                       uint32_t type, const void *key, size_t len,
                                       struct sg_error *err);

const struct sg_key_record *sg_key_list_at(const struct sg_buffer *records, size_t i);

#endif
