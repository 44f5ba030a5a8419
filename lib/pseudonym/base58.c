#include "pseudonym/base58.h"

#include <stdlib.h>
#include <string.h>

static const char ALPHABET[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

size_t sg_base58_encode(char *out, const uint8_t *in, size_t n)
{
    uint8_t digits[SG_BASE58_CHARS(SG_BASE58_MAX_BYTES)] = {0}; /* the least first */
    size_t count = 0, at = 0;

    if (n > SG_BASE58_MAX_BYTES)
        abort();
    while (at < n && in[at] == 0)
        out[at++] = ALPHABET[0]; /* a leading zero byte is a character of its own */
    for (size_t i = at; i < n; i++) {
        unsigned carry = in[i];
        for (size_t j = 0; j < count || carry; j++) {
            carry += (unsigned)digits[j] * 256;
            digits[j] = (uint8_t)(carry % 58);
            carry /= 58;
            count = j + 1 > count ? j + 1 : count;
        }
    }
    while (count)
        out[at++] = ALPHABET[digits[--count]];
    out[at] = '\0';
    return at;
}

bool sg_base58_decode(uint8_t *out, size_t size, const char *in, size_t n)
{
    char again[SG_BASE58_CHARS(SG_BASE58_MAX_BYTES) + 1];

    memset(out, 0, size);
    if (size > SG_BASE58_MAX_BYTES || n == 0 || n > SG_BASE58_CHARS(size))
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *digit = in[i] ? strchr(ALPHABET, in[i]) : NULL;
        unsigned carry = digit ? (unsigned)(digit - ALPHABET) : 58;
        for (size_t j = size; carry < 58 * 256 && j-- > 0;) {
            carry += (unsigned)out[j] * 58;
            out[j] = (uint8_t)carry;
            carry >>= 8;
        }
        if (!digit || carry) {
            memset(out, 0, size);
            return false;
        }
    }
    /* The one canonical text, with just as many leading zeros. */
    if (sg_base58_encode(again, out, size) == n && memcmp(again, in, n) == 0)
        return true;
    memset(out, 0, size);
    return false;
}
