#include "crypto/expand.h"

#include "base/secret.h"
#include "crypto/hash.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 128 /* that SHA-512 takes in at a time */

void sg_expand(uint8_t out[static SG_EXPAND_BYTES], const struct sg_expand_part *parts,
               size_t count, const char *front, const void *back, size_t n)
{
    static const uint8_t zeros[BLOCK_BYTES], length[3] = {0, SG_EXPAND_BYTES, 0}, one = 1;
    uint8_t tag[SG_EXPAND_TAG_BYTES + 1], first[SG_SHA512_BYTES];
    size_t front_len = strlen(front), tag_len = front_len + n;
    struct sg_sha512 h;

    if (tag_len > SG_EXPAND_TAG_BYTES)
        abort();
    for (size_t i = 0; i < front_len; i++) /* without its NUL */
        tag[i] = (uint8_t)front[i];
    if (n)
        memcpy(tag + front_len, back, n);
    tag[tag_len++] = (uint8_t)(front_len + n);

    sg_sha512_init(&h);
    sg_sha512_update(&h, zeros, sizeof zeros);
    for (size_t i = 0; i < count; i++)
        sg_sha512_update(&h, parts[i].p, parts[i].n);
    sg_sha512_update(&h, length, sizeof length);
    sg_sha512_update(&h, tag, tag_len);
    sg_sha512_final(&h, first);

    sg_sha512_init(&h);
    sg_sha512_update(&h, first, sizeof first);
    sg_sha512_update(&h, &one, 1);
    sg_sha512_update(&h, tag, tag_len);
    sg_sha512_final(&h, out);
    sg_wipe(first, sizeof first);
}
