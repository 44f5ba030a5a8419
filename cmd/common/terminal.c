#include "common/terminal.h"

#include <string.h>

static enum sg_err put(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    struct terminal_guard *g = k->context;

    for (size_t i = 0; i < n; i++) {
        if (!sg_utf8_take(&g->text, p[i])) {
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
