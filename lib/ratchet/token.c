#include "ratchet/token.h"

#include "base/base64.h"
#include "ratchet/bytes.h"
#include "ratchet/fragment.h"
#include "ratchet/offer.h"

#include <string.h>

static const char PREFIX[] = "rt1"; /* then the kind, then a point */

#define KIND_AT 3
#define POINT_AT 4

/* Read in blocks of whole groups of four characters. */
#define BLOCK_CHARS 1024
#define BLOCK_BYTES (BLOCK_CHARS / 4 * 3)

bool sg_token_fits(enum sg_token_kind kind, size_t n)
{
    switch (kind) {
    case SG_TOKEN_MESSAGE:
        return sg_padding_is_class(n);
    case SG_TOKEN_OFFER:
        return n == SG_OFFER_BYTES;
    case SG_TOKEN_FRAGMENT:
        return n > SG_FRAGMENT_HEAD_BYTES && n <= SG_FRAGMENT_MAX_BYTES;
    }
    return false;
}

size_t sg_token_write(char *out, enum sg_token_kind kind, const uint8_t *bytes, size_t n)
{
    char *at = out + SG_TOKEN_PREFIX_CHARS;
    size_t chars = sg_base64_encode(at, bytes, n, SG_BASE64_RAW);

    memcpy(out, PREFIX, sizeof PREFIX - 1);
    out[KIND_AT] = (char)kind;
    out[POINT_AT] = '.';
    for (size_t i = 0; i < chars; i++) { /* to the alphabet of RFC 4648, section 5 */
        if (at[i] == '+')
            at[i] = '-';
        if (at[i] == '/')
            at[i] = '_';
    }
    at[chars] = '.';
    return SG_TOKEN_PREFIX_CHARS + chars + 1;
}

/* The character of base64 that one of base64url stands for, or 0. */
static char plain(char c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return c;
    if (c == '-')
        return '+';
    if (c == '_')
        return '/';
    return '\0';
}

static bool skipped(char c)
{
    return c == ' ' || c == '\r' || c == '\n' || c == '\t' || c == '>';
}

/*
 * Reads what follows a prefix. False unless it is base64url up to a point. Bytes beyond what out
 * holds are counted, not written: no token is so long.
 */
static bool read_bytes(uint8_t *out, size_t *n, const char *text, size_t len)
{
    char block[BLOCK_CHARS];
    uint8_t bytes[BLOCK_BYTES + 2];
    size_t held = 0, got;

    *n = 0;
    for (size_t at = 0; at < len; at++) {
        char c = plain(text[at]);

        if (c) {
            block[held++] = c;
        } else if (!skipped(text[at]) && text[at] != '.') {
            return false;
        }
        if (held && (held == BLOCK_CHARS || text[at] == '.')) {
            if (!sg_base64_decode(bytes, &got, block, held, SG_BASE64_RAW))
                return false;
            if (*n + got <= SG_WIRE_MAX_BYTES)
                memcpy(out + *n, bytes, got);
            *n += got;
            held = 0;
        }
        if (text[at] == '.')
            return true;
    }
    return false;
}

bool sg_token_next(struct sg_token_scan *scan, enum sg_token_kind *kind, uint8_t *out, size_t *n)
{
    *n = 0;
    while (scan->at < scan->len) {
        const char *start = scan->text + scan->at;
        const char *found = memmem(start, scan->len - scan->at, PREFIX, sizeof PREFIX - 1);
        char letter;

        if (!found || (size_t)(scan->text + scan->len - found) < SG_TOKEN_PREFIX_CHARS) {
            scan->at = scan->len;
            break;
        }
        letter = found[KIND_AT];
        scan->at = (size_t)(found - scan->text) + sizeof PREFIX - 1;
        if ((letter != 'm' && letter != 'o' && letter != 'f') || found[POINT_AT] != '.')
            continue;
        scan->at = (size_t)(found - scan->text) + SG_TOKEN_PREFIX_CHARS;
        *kind = (enum sg_token_kind)letter;
        if (read_bytes(out, n, scan->text + scan->at, scan->len - scan->at) &&
            sg_token_fits(*kind, *n))
            return true;
        *n = 0;
        scan->ignored++;
    }
    return false;
}

void sg_frame_head(uint8_t out[static SG_FRAME_HEAD_BYTES], size_t n)
{
    sg_put32(out, (uint32_t)n);
}

size_t sg_frame_length(const uint8_t head[static SG_FRAME_HEAD_BYTES])
{
    size_t n = sg_get32(head);

    return sg_padding_is_class(n) ? n : 0;
}
