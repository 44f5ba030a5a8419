/*
 * bech32 - text for keys: a prefix, the separator "1", data and a checksum (BIP-173).
 *
 * Used without BIP-173's limit of 90 characters, as the age specification asks. A string is all of
 * one case. Encoding and decoding take time that depends on lengths and case only, so secret keys
 * may pass through; sg_bech32_locate() is for public strings.
 */
#ifndef SG_BASE_BECH32_H
#define SG_BASE_BECH32_H

#include "base/error.h"

#include <stdbool.h>

#define SG_BECH32_CHECKSUM_CHARS 6

/* Characters, without a NUL, of a string with a prefix of h characters and n bytes of data. */
#define SG_BECH32_CHARS(h, n) ((h) + 1 + ((n)*8 + 4) / 5 + SG_BECH32_CHECKSUM_CHARS)

enum sg_bech32 {
    SG_BECH32_OK = 0,
    SG_BECH32_SHAPE,     /* no separator, an empty prefix, or no room for a checksum */
    SG_BECH32_CASE,      /* upper and lower case letters mixed */
    SG_BECH32_CHARACTER, /* a character outside the alphabet, at *column */
    SG_BECH32_CHECKSUM,  /* the checksum does not match */
    SG_BECH32_PADDING,   /* bits left over that are not a short run of zeros */
    SG_BECH32_SIZE       /* more data than there is room for */
};

/*
 * Writes prefix (lower case, without "1") and n bytes as text with a NUL to out, which has room for
 * SG_BECH32_CHARS + 1 characters; in upper case throughout when `upper` is set.
 */
void sg_bech32_encode(char *out, const char *prefix, const uint8_t *data, size_t n, bool upper);

/*
 * Reads n characters of text. prefix_len: characters of the prefix, which is text[0 .. prefix_len);
 * 0 when there is none. data: room for `cap` bytes; *len: bytes found. column: from 1, for
 * SG_BECH32_CHARACTER, else 0. On failure *len is 0 and data is wiped.
 */
SG_CHECKED enum sg_bech32 sg_bech32_decode(size_t *prefix_len, uint8_t *data, size_t cap,
                                           size_t *len, size_t *column, const char *text, size_t n);

/*
 * Where the one wrong character of a public string stands whose checksum does not match: its
 * column, from 1, or 0 when no single change, or more than one, would mend it. What the character
 * should be is not said, as BIP-173 advises: the key must come from its owner again.
 */
size_t sg_bech32_locate(const char *text, size_t n);

#endif
