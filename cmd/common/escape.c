#include "common/escape.h"

#include <stdbool.h>
#include <stdint.h>

/* The character that UTF-8 text begins with, *n its bytes; *n is 0 when there is none. */
static uint32_t first_character(const unsigned char *p, size_t *n)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t c = p[0];
    size_t bytes = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;

    *n = 0;
    if (bytes == 0)
        return 0;
    if (bytes > 1)
        c &= 0x7fU >> bytes;
    for (size_t i = 1; i < bytes; i++) {
        if (p[i] >> 6 != 2) /* so also at the NUL */
            return 0;
        c = c << 6 | (p[i] & 63U);
    }
    if (c < least[bytes] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *n = bytes;
    return c;
}

/* Neither control characters nor marks that turn or break the line. */
static bool is_harmless(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return false;
    return c != 0x61c && c != 0x200e && c != 0x200f && !(c >= 0x2028 && c <= 0x202e) &&
           !(c >= 0x2066 && c <= 0x2069) && c != 0xfeff;
}

size_t escape_text(char *out, size_t size, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *p = (const unsigned char *)text;
    size_t at = 0;

    while (*p) {
        size_t n;
        bool plain = is_harmless(first_character(p, &n)) && n;
        size_t take = n ? n : 1;
        if (at + take * (plain ? 1 : 4) >= size)
            break;
        for (; take; take--, p++) {
            if (plain) {
                out[at++] = (char)*p;
                continue;
            }
            out[at++] = '\\';
            out[at++] = 'x';
            out[at++] = hex[*p >> 4];
            out[at++] = hex[*p & 15];
        }
    }
    out[at] = '\0';
    return at;
}
