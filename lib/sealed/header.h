/*
 * header - the textual head of a sealed file (age specification, "Header"): a version line, one or
 * more recipient stanzas, and a MAC.
 *
 * Reading checks the grammar to the letter and, of the stanza types known here, the number and size
 * of their parts; stanzas of other types are kept and passed over. Nothing read here is
 * authentic before sg_header_verify() has succeeded with the file key that a stanza gave.
 */
#ifndef SG_SEALED_HEADER_H
#define SG_SEALED_HEADER_H

#include "base/buffer.h"
#include "io/source.h"
#include "io/stanza.h"

#define SG_FILE_KEY_BYTES 16

/* The most bytes a header may have: some 40,000 X25519 recipients. */
#define SG_HEADER_MAX_BYTES (4U << 20)

struct sg_header {
    struct sg_buffer text;    /* as read or built, up to and with the MAC line */
    struct sg_buffer stanzas; /* an array of struct sg_stanza */
    size_t authenticated;     /* bytes of text that the MAC covers */
    uint8_t mac[32];          /* as read */
};

/* Starts an empty header. Release with sg_header_free(). */
void sg_header_init(struct sg_header *h);
void sg_header_free(struct sg_header *h);

/*
 * Reads a header from `in` and leaves `in` at the first byte after it. SG_ERR_HEADER with err->line
 * and err->what, SG_ERR_VERSION, SG_ERR_LIMIT for one over SG_HEADER_MAX_BYTES, or what `in`
 * returns.
 */
SG_CHECKED enum sg_err sg_header_read(struct sg_header *h, struct sg_source *in,
                                      struct sg_error *err);

/* The number of stanzas, and the i-th of them. */
size_t sg_header_count(const struct sg_header *h);
const struct sg_stanza *sg_header_stanza(const struct sg_header *h, size_t i);

/* The i-th argument of a stanza, 0 being its type; NULL when there are fewer. Not NUL-terminated.
 */
const char *sg_stanza_argument(const struct sg_header *h, const struct sg_stanza *s, size_t i,
                               size_t *len);

/* Whether a stanza is of the type, and how many arguments it has, its type included. */
bool sg_stanza_is(const struct sg_header *h, const struct sg_stanza *s, const char *type);
size_t sg_stanza_arguments(const struct sg_header *h, const struct sg_stanza *s);

/* Decodes the i-th argument, which must be the canonical base64 of `size` bytes; else false. */
SG_CHECKED bool sg_stanza_bytes(const struct sg_header *h, const struct sg_stanza *s, size_t i,
                                uint8_t *out, size_t size);

/* Decodes a body that must have exactly `size` bytes; false when it has not. */
SG_CHECKED bool sg_stanza_body(const struct sg_header *h, const struct sg_stanza *s, uint8_t *out,
                               size_t size);

/*
 * Building: begin once, then for each stanza its argument line (without "-> " and newline) and
 * body, then finish, which adds the MAC. SG_ERR_LIMIT when the header becomes too large.
 */
SG_CHECKED enum sg_err sg_header_begin(struct sg_header *h, struct sg_error *err);
SG_CHECKED enum sg_err sg_header_add(struct sg_header *h, const char *arguments,
                                     const uint8_t *body, size_t body_len, struct sg_error *err);
SG_CHECKED enum sg_err sg_header_finish(struct sg_header *h,
                                        const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                        struct sg_error *err);

/* SG_ERR_MAC when the header as read is not the one that was sealed with this file key. */
SG_CHECKED enum sg_err sg_header_verify(const struct sg_header *h,
                                        const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                        struct sg_error *err);

#endif
