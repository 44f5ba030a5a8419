/*
 * token - messages, offers and fragments as text (signet-ratchet(7), "Text"):
 *
 *     rt1m.BASE64URL.     rt1o.BASE64URL.     rt1f.BASE64URL.
 *
 * on one line when written; when read, found anywhere in other text, quoted and wrapped or not.
 */
#ifndef SG_RATCHET_TOKEN_H
#define SG_RATCHET_TOKEN_H

#include "ratchet/padding.h"

#include "base/error.h"

#include <stdbool.h>

#define SG_TOKEN_INPUT_MAX_BYTES (1U << 20) /* of text that is looked through */
#define SG_TOKEN_PREFIX_CHARS 5

/* Characters of a token of n bytes, without a NUL or a newline. */
#define SG_TOKEN_CHARS(n) (SG_TOKEN_PREFIX_CHARS + ((n)*4 + 2) / 3 + 1)

enum sg_token_kind { SG_TOKEN_MESSAGE = 'm', SG_TOKEN_OFFER = 'o', SG_TOKEN_FRAGMENT = 'f' };

/* Whether a token of the kind may hold n bytes. */
bool sg_token_fits(enum sg_token_kind kind, size_t n);

/* Writes a token, SG_TOKEN_CHARS(n) characters; returns their number. */
size_t sg_token_write(char *out, enum sg_token_kind kind, const uint8_t *bytes, size_t n);

/* Text that is looked through. Start with {.text = text, .len = len}. */
struct sg_token_scan {
    const char *text;
    size_t len;
    size_t at;      /* where to look on */
    size_t ignored; /* prefixes so far that no token came of */
};

/*
 * Finds the next token that counts: its kind, and *n bytes at out, which has room for
 * SG_WIRE_MAX_BYTES. False when there is none. Reads every character at most twice in all.
 */
SG_CHECKED bool sg_token_next(struct sg_token_scan *scan, enum sg_token_kind *kind, uint8_t *out,
                              size_t *n);

/* Raw messages in a stream: u32 length, then so many bytes. */
#define SG_FRAME_HEAD_BYTES 4
void sg_frame_head(uint8_t out[static SG_FRAME_HEAD_BYTES], size_t n);

/* The length that a head tells; 0 when a message cannot be so long (SG_WORD_MALFORMED). */
size_t sg_frame_length(const uint8_t head[static SG_FRAME_HEAD_BYTES]);

#endif
