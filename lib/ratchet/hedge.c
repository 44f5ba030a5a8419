#include "ratchet/hedge.h"

#include "base/secret.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "ratchet/bytes.h"

#include <string.h>

#define COUNTER_AT 32

void sg_hedge_new(struct sg_hedge *h)
{
    memset(h, 0, sizeof *h);
    sg_random(h->bytes, COUNTER_AT);
}

void sg_hedge_draw(struct sg_hedge *h, uint8_t *out, size_t blocks)
{
    uint8_t in[SG_HEDGE_BLOCK_BYTES + 8];

    for (size_t i = 0; i < blocks; i++, out += SG_HEDGE_BLOCK_BYTES) {
        uint64_t counter = sg_get64(h->bytes + COUNTER_AT);

        sg_random(in, SG_HEDGE_BLOCK_BYTES);
        sg_put64(in + SG_HEDGE_BLOCK_BYTES, counter);
        sg_put64(h->bytes + COUNTER_AT, counter + 1);
        sg_blake2b(out, SG_HEDGE_BLOCK_BYTES, h->bytes, COUNTER_AT, in, sizeof in);
    }
    sg_wipe(in, sizeof in);
}
