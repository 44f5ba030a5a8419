/*
 * stanza - the text that sealed files' headers, and the conversations with plugins, are made of
 * (age specification, "Header"; age-plugin specification, "IPC protocol").
 *
 *     -> TYPE ARGUMENT...
 *     lines of 64 characters of base64, the last one shorter, if need be empty
 *
 * Reading keeps every line in a buffer and says where in it a stanza's parts stand. It checks the
 * grammar to the letter: one space between arguments, visible characters only, each body line
 * canonical base64. What the arguments mean is for the caller.
 */
#ifndef SG_IO_STANZA_H
#define SG_IO_STANZA_H

#include "base/buffer.h"
#include "io/source.h"

#include <stdbool.h>

#define SG_STANZA_START "-> "
#define SG_STANZA_COLUMNS 64 /* characters of a full body line */
#define SG_STANZA_BYTES 48   /* bytes in it */

/* One stanza: where its parts stand in the text. */
struct sg_stanza {
    uint32_t arguments;     /* offset of the first argument, its type */
    uint32_t arguments_len; /* bytes of all arguments with the spaces between */
    uint32_t body;          /* offset of the first body line */
    uint32_t body_len;      /* bytes of all body lines with their newlines */
    uint32_t line;          /* line that it begins on, from 1 */
};

/* Reads lines. Set the first five; the rest begins as zeros. */
struct sg_stanza_reader {
    struct sg_source *in;
    struct sg_buffer *text; /* where each line is kept; not owned; under 4 GiB */
    enum sg_err code;       /* of text that is malformed */
    const char *ended;      /* static: what to say when a line is missing */
    const char *too_large;  /* static: what to say when the text's bound is reached */

    uint32_t line;   /* number of the line last read */
    uint32_t offset; /* where it begins in the text */
    const char *p;   /* the line without its newline; holds until the next is read */
    size_t n;
};

/* Records that the line last read is malformed; returns the reader's code. */
enum sg_err sg_stanza_malformed(const struct sg_stanza_reader *r, const char *what,
                                struct sg_error *err);

/*
 * Reads the next line. The reader's code, with err->line and err->what, for one that is missing,
 * without end, or ends in CR LF; SG_ERR_LIMIT, or as the source fails.
 */
SG_CHECKED enum sg_err sg_stanza_read_line(struct sg_stanza_reader *r, struct sg_error *err);

/* Whether the line last read begins with the text. */
bool sg_stanza_line_starts(const struct sg_stanza_reader *r, const char *with);

/*
 * Reads the stanza that begins with the line last read, which starts with SG_STANZA_START. Errors
 * as sg_stanza_read_line().
 */
SG_CHECKED enum sg_err sg_stanza_read(struct sg_stanza *s, struct sg_stanza_reader *r,
                                      struct sg_error *err);

/* The i-th argument, 0 being the type; NULL when there are fewer. Not NUL-terminated. */
const char *sg_stanza_text_argument(const struct sg_buffer *text, const struct sg_stanza *s,
                                    size_t i, size_t *len);

/* Whether the i-th argument is there and is the word. */
bool sg_stanza_text_is(const struct sg_buffer *text, const struct sg_stanza *s, size_t i,
                       const char *word);

/* How many arguments there are, the type included. */
size_t sg_stanza_text_arguments(const struct sg_buffer *text, const struct sg_stanza *s);

/* Decodes the body into cap bytes; *len is their number. False, *len 0, when there are more. */
SG_CHECKED bool sg_stanza_text_body(uint8_t *out, size_t cap, size_t *len,
                                    const struct sg_buffer *text, const struct sg_stanza *s);

/*
 * Appends a stanza: n characters of arguments (without SG_STANZA_START and newline), and a body.
 * Fails as sg_buffer_append().
 */
SG_CHECKED enum sg_err sg_stanza_write(struct sg_buffer *out, const char *arguments, size_t n,
                                       const uint8_t *body, size_t body_len, struct sg_error *err);

#endif
