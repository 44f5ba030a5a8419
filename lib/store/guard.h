/*
 * guard - the newest state of a store that was seen on this device. Private to the room.
 *
 * A file outside the home with two records, of which each write takes the older: so a write that is
 * cut short leaves the other. A record:
 *
 *     "SGGUARD1" || store id 16 bytes || counter u64 || tag u32 || zeros 4 || mac 32
 *
 * The mac is HMAC-SHA-512, cut to 32 bytes, of what stands before it, under the guard key. The tag
 * is random, and in the store itself beside the counter: two stores of one origin that have gone
 * different ways do not have the same. signet-formats(5), "SEALED STORE", Guard.
 *
 * Whoever writes to the store holds the guard's lock from before the transaction until after the
 * guard was written.
 */
#ifndef SG_STORE_GUARD_H
#define SG_STORE_GUARD_H

#include "store/keys.h"

struct sg_guard {
    char *folder, *path;
    int fd;      /* -1 while not open */
    bool locked; /* by this process */
    bool writable;
};

/* A state: what a record tells. */
struct sg_guard_state {
    uint64_t counter;
    uint32_t tag;
};

/* Says where the guard of the store `id` (hex) is. SG_ERR_MEMORY. Release with sg_guard_end(). */
SG_CHECKED enum sg_err sg_guard_start(struct sg_guard *g, const char *folder, const char *id,
                                      struct sg_error *err);
void sg_guard_end(struct sg_guard *g);

/*
 * Takes the lock, making folder and file when missing; waits up to wait_ms, of which *left_ms are
 * left. SG_ERR_IN_USE; SG_ERR_IO.
 */
SG_CHECKED enum sg_err sg_guard_lock(struct sg_guard *g, uint64_t wait_ms, uint64_t *left_ms,
                                     struct sg_error *err);
void sg_guard_unlock(struct sg_guard *g);

/* Reads the newest valid record; with the lock or without. *there: whether there is one. SG_ERR_IO,
 * but a file that is not there is no failure. */
SG_CHECKED enum sg_err sg_guard_read(struct sg_guard *g, struct sg_guard_state *state, bool *there,
                                     const struct sg_store_keys *keys,
                                     const uint8_t id[static SG_STORE_ID_BYTES],
                                     struct sg_error *err);

/*
 * Writes a record and syncs it; with the lock. It takes the place of the older one; of both when
 * `both`, as a state that is not newer must. When the store is about to get new keys, `old` are
 * those that its newest record still stands under; else NULL. SG_ERR_IO.
 */
SG_CHECKED enum sg_err sg_guard_write(struct sg_guard *g, const struct sg_guard_state *state,
                                      bool both, const struct sg_store_keys *keys,
                                      const struct sg_store_keys *old,
                                      const uint8_t id[static SG_STORE_ID_BYTES],
                                      struct sg_error *err);

#endif
