/*
 * epoch - the post-quantum ratchet (signet-ratchet(7), "Epochs"): an ML-KEM secret now and then,
 * absorbed into the root key once both sides are known to hold it.
 *
 * Epoch e = root_ep + 1 is under way. The offerer (B when e is odd, A when it is even) sends a
 * public key, the other answers with a ciphertext, and the offerer's next sending chain absorbs the
 * secret; the header's `ep` tells the other to do so too. Until then nothing depends on a secret,
 * so any of these messages may be lost.
 */
#ifndef SG_RATCHET_EPOCH_H
#define SG_RATCHET_EPOCH_H

#include "ratchet/hedge.h"

#include "base/error.h"
#include "crypto/mlkem768.h"

#include <stdbool.h>

#define SG_EPOCH_LAST 65535U /* never offered */

enum sg_role {
    SG_ROLE_A = 0, /* opened the session */
    SG_ROLE_B = 1  /* made the offer */
};

enum sg_phase {
    SG_PHASE_IDLE = 0, /* offerer */
    SG_PHASE_OFFERING,
    SG_PHASE_READY,
    SG_PHASE_WAIT_EK, /* answerer */
    SG_PHASE_PENDING,
    SG_PHASE_ANSWERING,
    SG_PHASE_COUNT
};

/* What a message carries of an epoch, if anything. */
enum sg_epoch_item { SG_EPOCH_NONE = 0, SG_EPOCH_EK, SG_EPOCH_CT, SG_EPOCH_REKEY };

struct sg_epoch {
    enum sg_phase phase;
    uint32_t root;  /* root_ep: secrets absorbed, 0 to 65534 */
    uint32_t count; /* messages sent and received in this epoch */
    uint64_t last;  /* unix ms: when it began */
    bool asked;     /* fresh secrets are wanted */
    uint32_t since; /* messages sent without the item since it was */
    /* secret, by phase */
    uint8_t seed[SG_MLKEM768_SEED_BYTES];    /* OFFERING */
    uint8_t key[32];                         /* K: READY, ANSWERING */
    uint8_t bytes[SG_MLKEM768_PUBLIC_BYTES]; /* ek: PENDING; ct: ANSWERING */
};

_Static_assert(SG_MLKEM768_CIPHERTEXT_BYTES <= SG_MLKEM768_PUBLIC_BYTES, "both fit");

/* The number of the epoch under way: root + 1. */
uint32_t sg_epoch_number(const struct sg_epoch *q);

/* next_epoch(): forgets all but `asked`, and begins epoch root + 1 in the role's first phase. */
void sg_epoch_next(struct sg_epoch *q, enum sg_role role, uint64_t now);

/*
 * What the next message would carry. absorb: it would begin a chain that absorbs the secret; first:
 * it would be the first of its chain. Changes nothing.
 */
enum sg_epoch_item sg_epoch_plan(const struct sg_epoch *q, bool absorb, bool first, uint64_t now);

/*
 * Takes the step that was planned: makes a seed (two blocks of the hedge) or encapsulates (one)
 * where that is due, and writes ek or ct to item; nothing for REKEY and NONE.
 */
void sg_epoch_send(struct sg_epoch *q, uint8_t item[static SG_MLKEM768_PUBLIC_BYTES],
                   enum sg_epoch_item plan, const uint8_t sid[static 32], struct sg_hedge *hedge);

/* Items of an authentic message; those of another epoch or phase are ignored. */
void sg_epoch_heard_ek(struct sg_epoch *q, uint32_t e,
                       const uint8_t ek[static SG_MLKEM768_PUBLIC_BYTES]);
void sg_epoch_heard_ct(struct sg_epoch *q, uint32_t e,
                       const uint8_t ct[static SG_MLKEM768_CIPHERTEXT_BYTES],
                       const uint8_t sid[static 32]);
void sg_epoch_heard_rekey(struct sg_epoch *q);

/* Counts a message, sent or received, once it has been tested. */
void sg_epoch_count(struct sg_epoch *q);

#endif
