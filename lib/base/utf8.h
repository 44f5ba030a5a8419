/*
 * utf8 - whether bytes are text that a terminal shows and does not act on.
 */
#ifndef SG_BASE_UTF8_H
#define SG_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of a text so far. Start with a zeroed struct. */
struct sg_utf8 {
    unsigned expect;   /* continuation bytes of a character still to come */
    uint32_t letter;   /* what it has so far */
    uint32_t least;    /* the smallest value that its length may stand for */
    bool after_return; /* the last character was a carriage return */
};

/*
 * Takes the next byte: false when it cannot stand there in UTF-8 (RFC 3629), or makes a control
 * character other than tab, newline and a carriage return before a newline.
 */
bool sg_utf8_take(struct sg_utf8 *u, uint8_t byte);

/* Whether the text may end here: not within a character. */
bool sg_utf8_may_end(const struct sg_utf8 *u);

#endif
