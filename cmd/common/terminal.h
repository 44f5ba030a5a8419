/*
 * terminal - a sink that lets text through to a terminal and stops at anything else, because
 * control characters from a stranger can make a terminal lie.
 */
#ifndef COMMON_TERMINAL_H
#define COMMON_TERMINAL_H

#include "base/base.h"
#include "io/io.h"

struct terminal_guard {
    struct sg_sink sink; /* write here */
    struct sg_sink *below;
    struct sg_utf8 text;
};

/*
 * Writes UTF-8 text without control characters, other than tab and line ends, to `below`. Anything
 * else is SG_ERR_BINARY, and of the bytes written in that call nothing is passed on.
 */
void terminal_guard(struct terminal_guard *g, struct sg_sink *below);

#endif
