#include "key/list.h"

#include <stdlib.h>

const struct sg_key_record *sg_key_list_at(const struct sg_buffer *records, size_t i)
{
    if (i >= records->len / sizeof(struct sg_key_record))
        abort();
    return (const struct sg_key_record *)(const void *)records->data + i;
}

enum sg_err sg_key_list_add(struct sg_buffer *records, struct sg_buffer *bytes, uint32_t type,
                            const void *key, size_t len, struct sg_error *err)
{
    struct sg_key_record new = {.type = type, .at = (uint32_t)bytes->len, .len = (uint32_t)len};
    enum sg_err r;

    for (size_t i = 0; i < records->len / sizeof new; i++) {
        const struct sg_key_record *old = sg_key_list_at(records, i);
        if (old->type == type && old->len == len && sg_equal(bytes->data + old->at, key, len))
            return SG_OK;
    }
    r = sg_buffer_append(bytes, key, len, err);
    if (r == SG_OK)
        r = sg_buffer_append(records, &new, sizeof new, err);
    if (r == SG_ERR_LIMIT)
        err->what = "there are more keys than any file should have";
    return r;
}
