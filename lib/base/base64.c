#include "base/base64.h"

#include "base/secret.h"

#include <string.h>

/*
 * The work is done in blocks of 48 bytes and 64 characters, in two plain loops each: one moves
 * bits, one maps values to characters by comparing and masking. Compilers turn the mapping into
 * vector code, and no table is indexed by data.
 */
#define BLOCK_BYTES 48
#define BLOCK_CHARS 64

static void map_to_chars(uint8_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t x = v[i];
        uint8_t c = (uint8_t)(x + 'A');
        c = (uint8_t)(c + (x > 25 ? 'a' - 'Z' - 1 : 0));
        c = (uint8_t)(c - (x > 51 ? 'z' - '0' + 1 : 0));
        c = (uint8_t)(c - (x > 61 ? '9' - '+' + 1 : 0));
        c = (uint8_t)(c + (x > 62 ? '/' - '+' - 1 : 0));
        v[i] = c;
    }
}

/* Maps n characters to values; returns 0 when all were of the alphabet, else not 0. */
static uint8_t map_to_values(uint8_t *v, const char *in, size_t n)
{
    uint8_t bad = 0;

    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)in[i];
        uint8_t upper = (uint8_t)(c - 'A') < 26 ? 0xff : 0;
        uint8_t lower = (uint8_t)(c - 'a') < 26 ? 0xff : 0;
        uint8_t digit = (uint8_t)(c - '0') < 10 ? 0xff : 0;
        uint8_t plus = c == '+' ? 0xff : 0;
        uint8_t slash = c == '/' ? 0xff : 0;
        uint8_t value = (uint8_t)(((uint8_t)(c - 'A') & upper) | ((uint8_t)(c - 'a' + 26) & lower) |
                                  ((uint8_t)(c - '0' + 52) & digit) | (62 & plus) | (63 & slash));
        bad |= (uint8_t) ~(upper | lower | digit | plus | slash);
        v[i] = value;
    }
    return bad;
}

/* n bytes, of which a short last group counts as filled with zeros, to 6-bit values. */
static void split(uint8_t *v, const uint8_t *in, size_t n)
{
    for (size_t i = 0, j = 0; i < n; i += 3, j += 4) {
        uint8_t a = in[i], b = i + 1 < n ? in[i + 1] : 0, c = i + 2 < n ? in[i + 2] : 0;
        v[j] = a >> 2;
        v[j + 1] = (uint8_t)((a << 4 | b >> 4) & 63);
        v[j + 2] = (uint8_t)((b << 2 | c >> 6) & 63);
        v[j + 3] = c & 63;
    }
}

static void join(uint8_t *out, const uint8_t *v, size_t groups)
{
    for (size_t g = 0; g < groups; g++, out += 3, v += 4) {
        out[0] = (uint8_t)(v[0] << 2 | v[1] >> 4);
        out[1] = (uint8_t)(v[1] << 4 | v[2] >> 2);
        out[2] = (uint8_t)(v[2] << 6 | v[3]);
    }
}

size_t sg_base64_encode(char *out, const uint8_t *in, size_t n, enum sg_base64_padding padding)
{
    uint8_t v[BLOCK_CHARS] = {0};
    size_t done = 0, chars = 0, len;

    for (; n - done >= BLOCK_BYTES; done += BLOCK_BYTES, chars += BLOCK_CHARS) {
        split(v, in + done, BLOCK_BYTES);
        map_to_chars(v, BLOCK_CHARS);
        memcpy(out + chars, v, BLOCK_CHARS);
    }
    split(v, in + done, n - done);
    map_to_chars(v, BLOCK_CHARS);
    len = SG_BASE64_RAW_CHARS(n - done);
    memcpy(out + chars, v, len);
    chars += len;
    while (padding == SG_BASE64_PADDED && chars % 4)
        out[chars++] = '=';
    sg_wipe(v, sizeof v);
    return chars;
}

bool sg_base64_decode(uint8_t *out, size_t *len, const char *in, size_t n,
                      enum sg_base64_padding padding)
{
    uint8_t v[BLOCK_CHARS] = {0}, last[3];
    uint8_t bad = 0;
    size_t bytes = 0, tail;

    *len = 0;
    if (padding == SG_BASE64_PADDED) {
        if (n % 4)
            return false;
        for (int i = 0; i < 2 && n && in[n - 1] == '='; i++)
            n--;
    }
    if (n % 4 == 1)
        return false;
    for (; n >= BLOCK_CHARS; n -= BLOCK_CHARS, in += BLOCK_CHARS, bytes += BLOCK_BYTES) {
        bad |= map_to_values(v, in, BLOCK_CHARS);
        join(out + bytes, v, BLOCK_CHARS / 4);
    }
    bad |= map_to_values(v, in, n);
    join(out + bytes, v, n / 4);
    bytes += n / 4 * 3;
    tail = n % 4;
    if (tail) {
        const uint8_t *t = v + (n - tail);
        uint8_t group[4] = {t[0], t[1], tail == 3 ? t[2] : 0, 0};
        join(last, group, 1);
        memcpy(out + bytes, last, tail - 1);
        bad |= last[tail - 1]; /* bits past the last whole byte: zero when canonical */
        bytes += tail - 1;
        sg_wipe(group, sizeof group);
        sg_wipe(last, sizeof last);
    }
    sg_wipe(v, sizeof v);
    if (bad)
        return false;
    *len = bytes;
    return true;
}

bool sg_base64_decode_exact(uint8_t *out, size_t size, const char *in, size_t n)
{
    size_t len;

    return n == SG_BASE64_RAW_CHARS(size) && sg_base64_decode(out, &len, in, n, SG_BASE64_RAW);
}
