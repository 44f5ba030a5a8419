/*
 * ssh_wire - reading SSH's binary encoding (RFC 4251, section 5). Private to the library.
 */
#ifndef SG_KEY_SSH_WIRE_H
#define SG_KEY_SSH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that are still to be read. */
struct sg_ssh_bytes {
    const uint8_t *p;
    size_t n;
};

/* Take what comes next; false, and nothing taken, when there is not so much. */
static inline bool sg_ssh_take_number(struct sg_ssh_bytes *w, uint32_t *out)
{
    if (w->n < 4)
        return false;
    *out = (uint32_t)w->p[0] << 24 | (uint32_t)w->p[1] << 16 | (uint32_t)w->p[2] << 8 | w->p[3];
    w->p += 4;
    w->n -= 4;
    return true;
}

static inline bool sg_ssh_take_string(struct sg_ssh_bytes *w, struct sg_ssh_bytes *out)
{
    struct sg_ssh_bytes rest = *w;
    uint32_t n;

    if (!sg_ssh_take_number(&rest, &n) || n > rest.n)
        return false;
    *out = (struct sg_ssh_bytes){rest.p, n};
    w->p = rest.p + n;
    w->n = rest.n - n;
    return true;
}

static inline bool sg_ssh_wire_is(const struct sg_ssh_bytes *w, const char *text)
{
    return w->n == strlen(text) && memcmp(w->p, text, w->n) == 0;
}

#endif
