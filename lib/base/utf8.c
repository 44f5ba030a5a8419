#include "base/utf8.h"

static bool is_control(uint32_t letter)
{
    return (letter < 32 && letter != '\t' && letter != '\n') || (letter >= 127 && letter < 160);
}

static void begin(struct sg_utf8 *u, unsigned expect, uint32_t letter, uint32_t least)
{
    u->expect = expect;
    u->letter = letter;
    u->least = least;
}

bool sg_utf8_take(struct sg_utf8 *u, uint8_t byte)
{
    if (u->after_return && byte != '\n')
        return false;
    u->after_return = byte == '\r' && !u->expect;
    if (u->expect) {
        if ((byte & 0xc0) != 0x80)
            return false;
        u->letter = u->letter << 6 | (byte & 0x3f);
        if (--u->expect)
            return true;
        return u->letter >= u->least && u->letter <= 0x10ffff &&
               (u->letter < 0xd800 || u->letter > 0xdfff) && !is_control(u->letter);
    }
    if (byte < 0x80)
        return u->after_return || !is_control(byte);
    if (byte >= 0xc2 && byte < 0xe0)
        begin(u, 1, byte & 0x1f, 0x80);
    else if (byte >= 0xe0 && byte < 0xf0)
        begin(u, 2, byte & 0x0f, 0x800);
    else if (byte >= 0xf0 && byte < 0xf5)
        begin(u, 3, byte & 0x07, 0x10000);
    else
        return false;
    return true;
}

bool sg_utf8_may_end(const struct sg_utf8 *u)
{
    return !u->expect;
}
