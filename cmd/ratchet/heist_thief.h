/*
 * heist_thief - one who listens to a session with the state of one side of it.
 *
 * What the other side says he receives as that side would. What the state's owner says he receives
 * in a mirror of the state, made as the other side's would be. Where a new ratchet key comes up,
 * he tries every X25519 secret that he has or is told.
 */
#ifndef RATCHET_HEIST_THIEF_H
#define RATCHET_HEIST_THIEF_H

#include "ratchet/heist.h"

/* Every X25519 key pair that the talk has used so far. */
struct heist_pair {
    uint8_t public[SG_X25519_BYTES], secret[SG_X25519_BYTES];
};
struct heist_pairs {
    size_t count;
    struct heist_pair pair[HEIST_MESSAGES_MAX + 8];
};

/* Notes a pair, unless it is there. */
void heist_pairs_note(struct heist_pairs *all, const uint8_t public[static SG_X25519_BYTES],
                      const uint8_t secret[static SG_X25519_BYTES]);

struct heist_thief {
    bool told_x25519, told_ml_kem;
    bool listens;               /* he has a state, of the side: */
    bool of_victim;             /* the victim, or the peer */
    struct sg_session *session; /* it; his own copy */
    struct heist_pairs own;     /* secrets he has by theft */
};

/* What the thieves work with. */
struct heist_scene {
    const struct heist_pairs *all;
    struct sg_session *scratch;
    uint8_t *plain;
    struct sg_hedge *hedge;
    uint64_t now;
};

/* Whether he opens message i without being changed by it. */
bool heist_thief_tries(struct heist_scene *x, const struct heist_thief *t, unsigned i,
                       const uint8_t *wire, size_t len);

/* The same, and he goes on from there. speaker: the real session that made the message, after it.
 */
bool heist_thief_hears(struct heist_scene *x, struct heist_thief *t, unsigned i,
                       const struct sg_session *speaker, const uint8_t *wire, size_t len);

/* Tries the recorded opening, message 1, with what he is told of the peer's prekeys; if it opens he
 * listens from there, as the peer. */
bool heist_thief_tries_opening(struct heist_scene *x, struct heist_thief *t,
                               const struct sg_ratchet_identity *peer,
                               const struct sg_offer_secret *offer, const uint8_t *wire,
                               size_t len);

#endif
