/*
 * qr - a text as a QR code, drawn with characters for a terminal.
 */
#ifndef PSEUDONYM_QR_H
#define PSEUDONYM_QR_H

#include "base/base.h"

/* Whether this program can draw any. */
bool qr_possible(void);

/*
 * Appends the code of a text, two rows of modules to a line, with a quiet zone of four. Drawn in
 * what is bright on a dark terminal.
 */
SG_CHECKED enum sg_err qr_draw(struct sg_buffer *out, const char *text, struct sg_error *err);

#endif
