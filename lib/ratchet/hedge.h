/*
 * hedge - fresh randomness that stays unpredictable when the system's generator fails once
 * (signet-ratchet(7), "Randomness").
 *
 * Every 32-byte block is BLAKE2b-256 keyed with a local seed over 32 fresh bytes and a counter. The
 * seed is made with the identity and kept with it; the counter goes up with every block. Store the
 * hedge in the transaction that stores what was made with it.
 */
#ifndef SG_RATCHET_HEDGE_H
#define SG_RATCHET_HEDGE_H

#include <stddef.h>
#include <stdint.h>

#define SG_HEDGE_BLOCK_BYTES 32
#define SG_HEDGE_BYTES 40

struct sg_hedge {
    uint8_t bytes[SG_HEDGE_BYTES]; /* secret: seed[32] || u64 counter; kept as it is */
};

/* A new hedge, from the system's generator. The caller wipes it. */
void sg_hedge_new(struct sg_hedge *h);

/* Fills `blocks` blocks of 32 bytes, each with a counter value of its own. */
void sg_hedge_draw(struct sg_hedge *h, uint8_t *out, size_t blocks);

#endif
