/*
 * pem - bytes as text between two lines, as OpenSSH writes signatures:
 *
 *     -----BEGIN SSH SIGNATURE-----
 *     lines of 70 characters of base64, the last one shorter or full
 *     -----END SSH SIGNATURE-----
 *
 * Private to the room.
 */
#ifndef SG_PSEUDONYM_PEM_H
#define SG_PSEUDONYM_PEM_H

#include "base/buffer.h"

#define SG_PEM_COLUMNS 70

/* Appends n bytes as a block whose lines name it `label`, the last newline included. */
SG_CHECKED enum sg_err sg_pem_write(struct sg_buffer *out, const char *label, const void *p,
                                    size_t n, struct sg_error *err);

/*
 * Reads the block that n characters are: nothing but white space may stand before and after it.
 * Lines may be of any length, and end in LF or CRLF, as OpenSSH reads them; the base64 must be
 * canonical. Appends the bytes. SG_ERR_SIGNATURE with err->what.
 */
SG_CHECKED enum sg_err sg_pem_read(struct sg_buffer *out, const char *label, const char *text,
                                   size_t n, struct sg_error *err);

#endif
