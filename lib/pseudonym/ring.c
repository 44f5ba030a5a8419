#include "pseudonym/ring.h"

#include "crypto/edwards.h"
#include "pseudonym/public.h"

#include <string.h>

_Static_assert(SG_RING_KEY_BYTES == SG_EDWARDS_BYTES, "a member is a point");

void sg_ring_init(struct sg_ring *ring)
{
    sg_buffer_init(&ring->keys, (size_t)SG_RING_MAX * SG_RING_KEY_BYTES);
}

void sg_ring_free(struct sg_ring *ring)
{
    sg_buffer_free(&ring->keys);
}

size_t sg_ring_count(const struct sg_ring *ring)
{
    return ring->keys.len / SG_RING_KEY_BYTES;
}

const uint8_t *sg_ring_at(const struct sg_ring *ring, size_t i)
{
    return ring->keys.data + i * SG_RING_KEY_BYTES;
}

/* Where a key is, or would be. */
static size_t place(const struct sg_ring *ring, const uint8_t key[static 32])
{
    size_t low = 0, high = sg_ring_count(ring);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(sg_ring_at(ring, middle), key, SG_RING_KEY_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool sg_ring_has(const struct sg_ring *ring, const uint8_t key[static 32])
{
    size_t at = place(ring, key);

    return at < sg_ring_count(ring) && memcmp(sg_ring_at(ring, at), key, SG_RING_KEY_BYTES) == 0;
}

enum sg_err sg_ring_add(struct sg_ring *ring, const uint8_t key[static 32], struct sg_error *err)
{
    size_t count = sg_ring_count(ring), at = place(ring, key);
    uint8_t *slot;
    enum sg_err r;

    if (!sg_edwards_check(key))
        return sg_fail(err, SG_ERR_RING, "it is no point that an Ed25519 key can have");
    if (sg_ring_has(ring, key))
        return sg_fail(err, SG_ERR_RING, "the key is in the ring already");
    if (count == SG_RING_MAX)
        return sg_fail(err, SG_ERR_RING, "a ring has at most 16384 keys");
    r = sg_buffer_reserve(&ring->keys, SG_RING_KEY_BYTES, err);
    if (r != SG_OK)
        return r;
    slot = ring->keys.data + at * SG_RING_KEY_BYTES;
    memmove(slot + SG_RING_KEY_BYTES, slot, (count - at) * SG_RING_KEY_BYTES);
    memcpy(slot, key, SG_RING_KEY_BYTES);
    ring->keys.len += SG_RING_KEY_BYTES;
    return SG_OK;
}
