#include "base/bech32.h"

#include "base/secret.h"

#include <string.h>

static const char ALPHABET[33] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One step of the checksum's linear code over GF(32): the state times x, plus one symbol. */
static uint32_t step(uint32_t state, uint32_t symbol)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
    uint32_t top = state >> 25;

    state = (state & 0x1ffffff) << 5 ^ symbol;
    for (unsigned i = 0; i < 5; i++)
        state ^= generator[i] & (0 - (top >> i & 1));
    return state;
}

static uint8_t lower(char c)
{
    uint8_t u = (uint8_t)c;

    return (uint8_t)(u - 'A') < 26 ? (uint8_t)(u + 32) : u;
}

static uint32_t checksum_of_prefix(const char *prefix, size_t n)
{
    uint32_t state = 1;

    for (size_t i = 0; i < n; i++)
        state = step(state, lower(prefix[i]) >> 5);
    state = step(state, 0);
    for (size_t i = 0; i < n; i++)
        state = step(state, lower(prefix[i]) & 31);
    return state;
}

/* The character of a symbol, and the symbol of a character (or 255), without an indexed load. */
static char char_of(uint8_t symbol)
{
    uint8_t c = 0;

    for (uint8_t i = 0; i < 32; i++)
        c |= (uint8_t)((uint8_t)ALPHABET[i] & (i == symbol ? 0xff : 0));
    return (char)c;
}

static uint8_t symbol_of(char character)
{
    uint8_t c = lower(character), symbol = 0, found = 0;

    for (uint8_t i = 0; i < 32; i++) {
        uint8_t hit = (uint8_t)ALPHABET[i] == c ? 0xff : 0;
        symbol |= (uint8_t)(i & hit);
        found |= hit;
    }
    return (uint8_t)(symbol | (uint8_t)~found);
}

void sg_bech32_encode(char *out, const char *prefix, const uint8_t *data, size_t n, bool upper)
{
    size_t h = strlen(prefix), at = h + 1;
    uint32_t state = checksum_of_prefix(prefix, h), bits = 0;
    unsigned have = 0;

    memcpy(out, prefix, h);
    out[h] = '1';
    for (size_t i = 0; i < n; i++) {
        bits = bits << 8 | data[i];
        for (have += 8; have >= 5; have -= 5) {
            uint8_t symbol = bits >> (have - 5) & 31;
            out[at++] = char_of(symbol);
            state = step(state, symbol);
        }
    }
    if (have) {
        uint8_t symbol = bits << (5 - have) & 31;
        out[at++] = char_of(symbol);
        state = step(state, symbol);
    }
    for (int i = 0; i < SG_BECH32_CHECKSUM_CHARS; i++)
        state = step(state, 0);
    state ^= 1;
    for (int i = 0; i < SG_BECH32_CHECKSUM_CHARS; i++)
        out[at++] = char_of(state >> (25 - 5 * i) & 31);
    out[at] = '\0';
    for (size_t i = 0; upper && i < at; i++)
        out[i] = (char)(out[i] - ((uint8_t)(out[i] - 'a') < 26 ? 32 : 0));
    sg_wipe(&bits, sizeof bits);
}

/* The last separator of text, or n when there is none where one can be. */
static size_t separator(const char *text, size_t n)
{
    size_t i = n;

    while (i > 0 && text[i - 1] != '1')
        i--;
    if (i < 2 || n - i < SG_BECH32_CHECKSUM_CHARS)
        return n;
    return i - 1;
}

enum sg_bech32 sg_bech32_decode(size_t *prefix_len, uint8_t *data, size_t cap, size_t *len,
                                size_t *column, const char *text, size_t n)
{
    enum sg_bech32 r = SG_BECH32_OK;
    bool has_upper = false, has_lower = false;
    uint32_t state, bits = 0;
    unsigned have = 0;
    size_t h, bytes = 0;

    *prefix_len = *len = *column = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c < 33 || c > 126) {
            *column = i + 1;
            return SG_BECH32_CHARACTER;
        }
        has_upper |= (uint8_t)(c - 'A') < 26;
        has_lower |= (uint8_t)(c - 'a') < 26;
    }
    h = separator(text, n);
    if (h == n)
        return SG_BECH32_SHAPE;
    *prefix_len = h;
    if (has_upper && has_lower)
        return SG_BECH32_CASE;

    state = checksum_of_prefix(text, h);
    for (size_t i = h + 1; i < n; i++) {
        uint8_t symbol = symbol_of(text[i]);
        if (symbol > 31) {
            *column = i + 1;
            r = SG_BECH32_CHARACTER;
            goto out;
        }
        state = step(state, symbol);
        if (i >= n - SG_BECH32_CHECKSUM_CHARS)
            continue;
        bits = (bits << 5 | symbol) & 0xfff;
        have += 5;
        if (have >= 8) {
            have -= 8;
            if (bytes == cap) {
                r = SG_BECH32_SIZE;
                goto out;
            }
            data[bytes++] = (uint8_t)(bits >> have);
        }
    }
    if (state != 1)
        r = SG_BECH32_CHECKSUM;
    else if (have >= 5 || (bits & ((1U << have) - 1)) != 0)
        r = SG_BECH32_PADDING;
out:
    if (r == SG_BECH32_OK)
        *len = bytes;
    else
        sg_wipe(data, bytes);
    sg_wipe(&bits, sizeof bits);
    return r;
}

size_t sg_bech32_locate(const char *text, size_t n)
{
    size_t h = separator(text, n), found = 0;
    uint32_t effect[31], wrong; /* effect[e - 1]: what changing a symbol by e does to the state */

    if (h == n)
        return 0;
    wrong = checksum_of_prefix(text, h);
    for (size_t i = h + 1; i < n; i++) {
        uint8_t symbol = symbol_of(text[i]);
        if (symbol > 31)
            return 0;
        wrong = step(wrong, symbol);
    }
    wrong ^= 1;
    for (uint32_t e = 1; e < 32; e++)
        effect[e - 1] = e;
    for (size_t i = n; i-- > h + 1;) {
        for (unsigned e = 0; e < 31; e++) {
            if (effect[e] == wrong) {
                if (found)
                    return 0;
                found = i + 1;
            }
            effect[e] = step(effect[e], 0);
        }
    }
    return found;
}
