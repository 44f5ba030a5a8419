/*
 * statement - what a pseudonym says in public, as text that people can read:
 *
 *     signet link v1
 *     key: ssh-ed25519 AAAA...
 *     key: ssh-ed25519 AAAA...
 *     date: 2026-11-25
 *     proof: BASE64
 *
 * A line that says what it is, lines "NAME: VALUE", and last the proof over all lines before it.
 * Each kind has its own names, in a fixed order. Lines end in LF. What is proved is
 * SHA-512("signet/statement/v1" 0x00, the lines before "proof:").
 */
#ifndef SG_PSEUDONYM_STATEMENT_H
#define SG_PSEUDONYM_STATEMENT_H

#include "base/buffer.h"
#include "crypto/hash.h"

#include <stdbool.h>

#define SG_STATEMENT_LINK "signet link v1\n"
#define SG_STATEMENT_RETIREMENT "signet retirement v1\n"
#define SG_STATEMENT_CLAIM "signet ring claim v1\n"
#define SG_STATEMENT_DISAVOWAL "signet ring disavowal v1\n"
#define SG_STATEMENT_REQUEST "signet token request v1\n"
#define SG_STATEMENT_RESPONSE "signet token response v1\n"
#define SG_STATEMENT_STATE "signet token state v1\n"

/* A value has at most so many bytes of UTF-8, without control characters. */
#define SG_STATEMENT_VALUE_MAX_BYTES 1024

/* A text as it is read: the lines not yet taken. */
struct sg_statement {
    const char *text; /* all of it */
    size_t len;
    size_t at;     /* where the next line begins */
    uint64_t line; /* its number, from 1 */
};

/* Starts to read n characters. SG_ERR_SIGNATURE when they do not begin with the line `first`. */
SG_CHECKED enum sg_err sg_statement_read(struct sg_statement *s, const char *first,
                                         const char *text, size_t n, struct sg_error *err);

/*
 * Takes the next line when it has the name: *value, of *len bytes, is in the text. False, with
 * *value NULL, when the next line has another.
 */
SG_CHECKED bool sg_statement_take(struct sg_statement *s, const char *name, const char **value,
                                  size_t *len);

/* Takes the next line, which must be the name and a key, or just `size` bytes in base64. */
SG_CHECKED enum sg_err sg_statement_key(struct sg_statement *s, const char *name,
                                        uint8_t key[static 32], struct sg_error *err);
SG_CHECKED enum sg_err sg_statement_bytes(struct sg_statement *s, const char *name, uint8_t *out,
                                          size_t size, struct sg_error *err);

/* Says that the line that comes next is not as it should be. */
enum sg_err sg_statement_bad(const struct sg_statement *s, const char *what, struct sg_error *err);

/* SG_ERR_SIGNATURE unless the whole text has been taken. */
SG_CHECKED enum sg_err sg_statement_end(const struct sg_statement *s, struct sg_error *err);

/* The hash of the lines taken so far: what the proof is over. */
void sg_statement_hash(uint8_t hash[static SG_SHA512_BYTES], const char *text, size_t n);

/* Appends a line: a text, a key, or bytes in base64. */
SG_CHECKED enum sg_err sg_statement_put(struct sg_buffer *out, const char *name, const char *value,
                                        struct sg_error *err);
SG_CHECKED enum sg_err sg_statement_put_key(struct sg_buffer *out, const char *name,
                                            const uint8_t key[static 32], struct sg_error *err);
SG_CHECKED enum sg_err sg_statement_put_bytes(struct sg_buffer *out, const char *name,
                                              const uint8_t *p, size_t n, struct sg_error *err);

/* Whether n bytes may be a value: UTF-8, no control characters, 1 to the maximum. */
SG_CHECKED bool sg_statement_is_value(const char *value, size_t n);

/* Whether n characters are a date as RFC 3339 has it: 2026-11-25, or 2026-11-25T07:05:00Z. */
SG_CHECKED bool sg_statement_is_date(const char *text, size_t n);

#endif
