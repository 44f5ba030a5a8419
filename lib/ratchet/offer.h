/*
 * offer - 1352 signed bytes that let somebody write first (signet-ratchet(7), "Offers").
 *
 *     0  version = 1      1  suite = 1      2  kind      3  highest version spoken, above 1, else 0
 *     4  not_after, u32 days since 1970-01-01
 *     8  IKs[32]     40  IKd[32]     72  SPK[32]     104  PQPK[1184]     1288  signature[64]
 *
 * One signature covers all, so nothing can be mixed and matched. Each offer has prekeys of its own;
 * there are no key ids. Whose secrets are erased, openings to it end. When that is, is the book's
 * concern.
 */
#ifndef SG_RATCHET_OFFER_H
#define SG_RATCHET_OFFER_H

#include "ratchet/identity.h"
#include "ratchet/word.h"

#include "crypto/mlkem768.h"

#define SG_OFFER_BYTES 1352
#define SG_OFFER_SECRET_BYTES (SG_OFFER_BYTES + 32 + SG_MLKEM768_SEED_BYTES)

/* Days that an offer is good for when nothing is said, and that its secrets are kept afterwards. */
#define SG_OFFER_SINGLE_DAYS 60U
#define SG_OFFER_SINGLE_GRACE_DAYS 7U
#define SG_OFFER_REUSABLE_DAYS 30U
#define SG_OFFER_REUSABLE_GRACE_DAYS 30U

/* Offers whose secrets may be there at once, and how many of them reusable. */
#define SG_OFFER_LIVE_MAX 64
#define SG_OFFER_LIVE_REUSABLE_MAX 4

enum sg_offer_kind { SG_OFFER_SINGLE = 1, SG_OFFER_REUSABLE = 2 };

/* What the maker keeps, in this order and as it is: the offer, and the secrets of SPK and PQPK. */
struct sg_offer_secret {
    uint8_t offer[SG_OFFER_BYTES];
    uint8_t spk[SG_X25519_BYTES];         /* secret */
    uint8_t seed[SG_MLKEM768_SEED_BYTES]; /* secret: PQPK is made from it each time */
};

_Static_assert(sizeof(struct sg_offer_secret) == SG_OFFER_SECRET_BYTES, "it is stored as it is");

/* Makes an offer that is good up to and with the day `not_after`; draws SPK, then PQPK's seed. */
void sg_offer_new(struct sg_offer_secret *o, const struct sg_ratchet_identity *self,
                  enum sg_offer_kind kind, uint32_t not_after, struct sg_hedge *hedge);

/* The parts of an offer. */
enum sg_offer_kind sg_offer_kind_of(const uint8_t offer[static SG_OFFER_BYTES]);
uint32_t sg_offer_not_after(const uint8_t offer[static SG_OFFER_BYTES]);
struct sg_party sg_offer_party(const uint8_t offer[static SG_OFFER_BYTES]);

/* oh = H("offer", all of it). */
void sg_offer_hash(uint8_t out[static 32], const uint8_t offer[static SG_OFFER_BYTES]);

/*
 * Judges n bytes that somebody else calls an offer; today: days since 1970-01-01, UTC. SG_WORD_OK;
 * SG_WORD_EXPIRED; SG_WORD_UNSUPPORTED for a later version or suite; SG_WORD_MALFORMED for another
 * length or kind, or a PQPK out of range; SG_WORD_CORRUPT when the signature does not fit. *why:
 * static text, NULL for OK. A key of low order is found by sg_session_start() alone.
 */
SG_CHECKED enum sg_word sg_offer_check(const uint8_t *offer, size_t n, uint32_t today,
                                       const char **why);

#endif
