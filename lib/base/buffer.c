#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 512

static void init(struct sg_buffer *b, size_t max, bool secret)
{
    memset(b, 0, sizeof *b);
    b->max = max;
    b->secret = secret;
}

void sg_buffer_init(struct sg_buffer *b, size_t max)
{
    init(b, max, false);
}

void sg_buffer_init_secret(struct sg_buffer *b, size_t max)
{
    init(b, max, true);
}

enum sg_err sg_buffer_reserve(struct sg_buffer *b, size_t more, struct sg_error *err)
{
    size_t cap;

    if (more > b->max - b->len)
        return sg_fail_limit(err, SG_ERR_LIMIT, NULL, 0, b->max);
    if (more <= b->cap - b->len)
        return SG_OK;
    cap = b->cap ? b->cap : FIRST_BYTES;
    while (cap - b->len < more)
        cap = cap > b->max / 2 ? b->max : cap * 2;
    if (b->secret) {
        enum sg_err r = sg_secret_grow(&b->block, cap, err);
        if (r != SG_OK)
            return r;
        b->data = b->block.data;
    } else {
        uint8_t *p = (uint8_t *)realloc(b->data, cap);
        if (!p)
            return sg_fail_limit(err, SG_ERR_MEMORY, NULL, cap, 0);
        b->data = p;
    }
    b->cap = cap;
    return SG_OK;
}

enum sg_err sg_buffer_append(struct sg_buffer *b, const void *p, size_t n, struct sg_error *err)
{
    enum sg_err r = sg_buffer_reserve(b, n, err);

    if (r == SG_OK && n) {
        memcpy(b->data + b->len, p, n);
        b->len += n;
    }
    return r;
}

enum sg_err sg_buffer_text(struct sg_buffer *b, const char *text, struct sg_error *err)
{
    return sg_buffer_append(b, text, strlen(text), err);
}

enum sg_err sg_buffer_number(struct sg_buffer *b, uint64_t n, struct sg_error *err)
{
    char digits[20];
    size_t i = sizeof digits;

    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    return sg_buffer_append(b, digits + i, sizeof digits - i, err);
}

void sg_buffer_free(struct sg_buffer *b)
{
    if (b->secret)
        sg_secret_free(&b->block);
    else
        free(b->data);
    init(b, b->max, b->secret);
}
