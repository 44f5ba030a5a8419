/*
 * skipped - keys kept for messages that have not come, and the chains that they belong to
 * (signet-ratchet(7), "Session"). For the room alone.
 *
 * At most SG_SKIPPED_MAX keys and SG_OLD_CHAINS_MAX old chains, the oldest going first, a chain
 * with its keys; both live for SG_KEEP_MS; an old chain without keys is dropped.
 */
#ifndef SG_RATCHET_SKIPPED_H
#define SG_RATCHET_SKIPPED_H

#include "ratchet/session.h"

/*
 * Goes along the receiving chain from message `from` to before message `to` and keeps the keys, the
 * last SG_SKIPPED_MAX of them. The chain key moves on.
 */
void sg_skipped_keep(struct sg_session *s, uint8_t chain[static 32], uint32_t from, uint32_t to,
                     uint64_t now);

/* The key of a chain's message n, or NULL. */
struct sg_skipped *sg_skipped_find(struct sg_session *s, uint32_t serial, uint32_t n, uint64_t now);

/* Forgets a key that was used. */
void sg_skipped_use(struct sg_session *s, struct sg_skipped *key);

/* The receiving chain becomes an old one, if it has keys. */
void sg_old_chain_keep(struct sg_session *s, uint64_t now);

/*
 * Whether old chains, or one of them, may still be tried: it has not expired, and has a key that
 * has not. Of many, ask for stale keys once: without any, the chain's own time tells.
 */
bool sg_skipped_stale(const struct sg_session *s, uint64_t now);
bool sg_old_chain_alive(const struct sg_session *s, const struct sg_old_chain *chain, bool stale,
                        uint64_t now);

#endif
