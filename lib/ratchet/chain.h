/*
 * chain - the steps of the double ratchet that sending and receiving share (signet-ratchet(7),
 * "Session"). For the room alone.
 */
#ifndef SG_RATCHET_CHAIN_H
#define SG_RATCHET_CHAIN_H

#include "ratchet/session.h"

/* CHAIN: mk is the next message's key, and the chain key moves on. */
void sg_chain_next(uint8_t chain[static 32], uint8_t mk[static 32]);

/* What a root step starts from. */
struct sg_root_step {
    const uint8_t *secret;  /* one's own ratchet key */
    const uint8_t *their;   /* the other side's, public */
    const uint8_t *creator; /* Pc: the public key of who makes the chain */
    const uint8_t *other;   /* Po: that of the other */
    const uint8_t *kem;     /* K, or NULL when no epoch is absorbed */
    uint32_t ep;
};

/*
 * ROOT: from RK to the next RK, a chain key and the header key of the chain after it. False, with
 * all outputs as they were, when the DH is zero. next_root may be root.
 */
SG_CHECKED bool sg_root_next(uint8_t next_root[static 32], uint8_t chain[static 32],
                             struct sg_siv_key *next_header, const uint8_t root[static 32],
                             const struct sg_root_step *step);

#define SG_AGREEMENT_DH_BYTES 128U /* DH0 to DH3 */

/* What `start` and an opening agree on. dh: DH0 || DH1 || DH2 || DH3. */
struct sg_agreement {
    uint8_t root[32], hka[32], nhkb[32], sid[32];
};
void sg_agree(struct sg_agreement *a, const uint8_t oh[static 32], const struct sg_party *opener,
              const uint8_t e0_public[static 32], const uint8_t dh[static SG_AGREEMENT_DH_BYTES],
              const uint8_t r[static 32]);

#endif
