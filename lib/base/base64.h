/*
 * base64 - RFC 4648 section 4, strict and in constant time.
 *
 * Time depends on the lengths alone, never on the bytes, so keys may pass through. Decoding accepts
 * the canonical encoding only (section 3.5: the unused bits of the last character are zero), no
 * white space, and padding exactly when asked for.
 */
#ifndef SG_BASE_BASE64_H
#define SG_BASE_BASE64_H

#include "base/error.h"

#include <stdbool.h>

enum sg_base64_padding {
    SG_BASE64_RAW,   /* no '=' at the end, none accepted */
    SG_BASE64_PADDED /* filled with '=' to a multiple of four characters, and so demanded */
};

/* Characters that n bytes take, without and with padding. */
#define SG_BASE64_RAW_CHARS(n) (((n)*4 + 2) / 3)
#define SG_BASE64_PADDED_CHARS(n) (((n) + 2) / 3 * 4)

/* Writes n bytes as characters (no NUL) to out, which has room for them; returns their number. */
size_t sg_base64_encode(char *out, const uint8_t *in, size_t n, enum sg_base64_padding padding);

/*
 * Reads n characters into out, which has room for n / 4 * 3 + 2 bytes; *len is the number of
 * bytes. False, with *len 0 and out unspecified, when the text is not the one canonical encoding.
 */
SG_CHECKED bool sg_base64_decode(uint8_t *out, size_t *len, const char *in, size_t n,
                                 enum sg_base64_padding padding);

/* As above, and the text must stand for exactly `size` bytes, all that out has room for. */
SG_CHECKED bool sg_base64_decode_exact(uint8_t *out, size_t size, const char *in, size_t n);

#endif
