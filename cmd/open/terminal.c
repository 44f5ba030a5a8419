#include "open/terminal.h"

#include <string.h>

static bool is_control(uint32_t letter)
{
    return (letter < 32 && letter != '\t' && letter != '\n') || (letter >= 127 && letter < 160);
}

/* Takes one byte of UTF-8 (RFC 3629); false when it is not text. */
static bool take(struct terminal_guard *g, uint8_t c)
{
    if (g->after_return && c != '\n')
        return false;
    g->after_return = c == '\r';
    if (g->expect) {
        if ((c & 0xc0) != 0x80)
            return false;
        g->letter = g->letter << 6 | (c & 0x3f);
        if (--g->expect)
            return true;
        return g->letter >= g->least && g->letter <= 0x10ffff &&
               (g->letter < 0xd800 || g->letter > 0xdfff) && !is_control(g->letter);
    }
    if (c < 0x80)
        return g->after_return || !is_control(c);
    if (c >= 0xc2 && c < 0xe0) {
        g->expect = 1;
        g->letter = c & 0x1f;
        g->least = 0x80;
    } else if (c >= 0xe0 && c < 0xf0) {
        g->expect = 2;
        g->letter = c & 0x0f;
        g->least = 0x800;
    } else if (c >= 0xf0 && c < 0xf5) {
        g->expect = 3;
        g->letter = c & 0x07;
        g->least = 0x10000;
    } else {
        return false;
    }
    return true;
}

static enum sg_err put(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    struct terminal_guard *g = k->context;

    for (size_t i = 0; i < n; i++) {
        if (!take(g, p[i])) {
            sg_error_name(err, k->name);
            return sg_fail(err, SG_ERR_BINARY, NULL);
        }
    }
    return sg_sink_write(g->below, p, n, err);
}

void terminal_guard(struct terminal_guard *g, struct sg_sink *below)
{
    memset(g, 0, sizeof *g);
    g->below = below;
    sg_sink_custom(&g->sink, put, NULL, g, below->name);
}
