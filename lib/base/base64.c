#include "base/base64.h"

#include "base/secret.h"

#include <string.h>

/*
 * The work is done in blocks of 48 bytes and 64 characters: bits are moved in plain code, and
 * values are mapped to characters and back sixteen at a time by comparing and masking, in the
 * vector types of gcc and clang, which every machine has an equivalent of. No table is indexed by
 * data.
 */
#define BLOCK_BYTES 48
#define BLOCK_CHARS 64
#define LANES 16

typedef uint8_t lanes __attribute__((vector_size(LANES)));

_Static_assert(BLOCK_CHARS % LANES == 0, "a block is whole vectors");

/* Whether each lane is in [least, most], as 0xff or 0. */
static lanes between(lanes x, uint8_t least, uint8_t most)
{
    return (lanes)((x >= least) & (x <= most));
}

static void map_to_chars(uint8_t v[static BLOCK_CHARS])
{
    for (size_t i = 0; i < BLOCK_CHARS; i += LANES) {
        lanes x, c;
        memcpy(&x, v + i, LANES);
        c = x + 'A';
        c += (lanes)(x > 25) & ('a' - 'Z' - 1);
        c -= (lanes)(x > 51) & ('z' - '0' + 1);
        c -= (lanes)(x > 61) & ('9' - '+' + 1);
        c += (lanes)(x > 62) & ('/' - '+' - 1);
        memcpy(v + i, &c, LANES);
    }
}

/* Maps characters to values in place; returns 0 when all were of the alphabet, else not 0. */
static uint8_t map_to_values(uint8_t v[static BLOCK_CHARS])
{
    lanes good = (lanes){0} - 1;
    uint8_t bad = 0;

    for (size_t i = 0; i < BLOCK_CHARS; i += LANES) {
        lanes c, upper, lower, digit, plus, slash;
        memcpy(&c, v + i, LANES);
        upper = between(c, 'A', 'Z');
        lower = between(c, 'a', 'z');
        digit = between(c, '0', '9');
        plus = (lanes)(c == '+');
        slash = (lanes)(c == '/');
        good &= upper | lower | digit | plus | slash;
        c = ((c - 'A') & upper) | ((c - ('a' - 26)) & lower) | ((c + (52 - '0')) & digit) |
            (62 & plus) | (63 & slash);
        memcpy(v + i, &c, LANES);
    }
    for (size_t i = 0; i < LANES; i++)
        bad |= (uint8_t)~good[i];
    return bad;
}

/* Groups of three bytes to four 6-bit values each. */
static void split(uint8_t *v, const uint8_t *in, size_t groups)
{
    for (size_t g = 0; g < groups; g++, in += 3, v += 4) {
        uint32_t bits = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        v[0] = (uint8_t)(bits >> 18);
        v[1] = bits >> 12 & 63;
        v[2] = bits >> 6 & 63;
        v[3] = bits & 63;
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
    uint8_t v[BLOCK_CHARS], rest[BLOCK_BYTES] = {0};
    size_t done = 0, chars = 0, len;

    for (; n - done >= BLOCK_BYTES; done += BLOCK_BYTES, chars += BLOCK_CHARS) {
        split(v, in + done, BLOCK_BYTES / 3);
        map_to_chars(v);
        memcpy(out + chars, v, BLOCK_CHARS);
    }
    len = SG_BASE64_RAW_CHARS(n - done);
    if (len == 0)
        goto out;
    memcpy(rest, in + done, n - done); /* and zeros, of which the last group may take some */
    split(v, rest, BLOCK_BYTES / 3);
    map_to_chars(v);
    memcpy(out + chars, v, len);
    chars += len;
    while (padding == SG_BASE64_PADDED && chars % 4)
        out[chars++] = '=';
out:
    sg_wipe(v, sizeof v);
    sg_wipe(rest, sizeof rest);
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
        memcpy(v, in, BLOCK_CHARS);
        bad |= map_to_values(v);
        join(out + bytes, v, BLOCK_CHARS / 4);
    }
    tail = n % 4;
    if (n) {
        memset(v, 'A', sizeof v); /* which stands for zero */
        memcpy(v, in, n);
        bad |= map_to_values(v);
        join(out + bytes, v, n / 4);
        bytes += n / 4 * 3;
    }
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
