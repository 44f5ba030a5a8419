#include "ratchet/offer.h"

#include "base/secret.h"
#include "ratchet/bytes.h"
#include "ratchet/derive.h"
#include "ratchet/offer_parts.h"

#include <string.h>

#define VERSION 1
#define SUITE 1

_Static_assert(SG_OFFER_PQPK_AT + SG_MLKEM768_PUBLIC_BYTES == SG_OFFER_SIGNATURE_AT, "no gap");
_Static_assert(SG_OFFER_SIGNATURE_AT + SG_SIGN_BYTES == SG_OFFER_BYTES, "it ends with it");

/* What is signed: L("offer") || the offer up to its signature. Returns the bytes. */
static size_t signed_text(uint8_t out[static SG_LABEL_MAX_BYTES + SG_OFFER_SIGNATURE_AT],
                          const uint8_t offer[static SG_OFFER_BYTES])
{
    size_t n = sg_derive_label(out, "offer");

    memcpy(out + n, offer, SG_OFFER_SIGNATURE_AT);
    return n + SG_OFFER_SIGNATURE_AT;
}

void sg_offer_new(struct sg_offer_secret *o, const struct sg_ratchet_identity *self,
                  enum sg_offer_kind kind, uint32_t not_after, struct sg_hedge *hedge)
{
    uint8_t text[SG_LABEL_MAX_BYTES + SG_OFFER_SIGNATURE_AT];
    struct sg_mlkem768_key key;
    uint8_t *offer = o->offer;

    memset(o, 0, sizeof *o);
    sg_hedge_draw(hedge, o->spk, 1);
    sg_hedge_draw(hedge, o->seed, 2);
    offer[SG_OFFER_VERSION_AT] = VERSION;
    offer[SG_OFFER_SUITE_AT] = SUITE;
    offer[SG_OFFER_KIND_AT] = (uint8_t)kind;
    sg_put32(offer + SG_OFFER_NOT_AFTER_AT, not_after);
    memcpy(offer + SG_OFFER_IKS_AT, self->public.sign, sizeof self->public.sign);
    memcpy(offer + SG_OFFER_IKD_AT, self->public.dh, sizeof self->public.dh);
    sg_x25519_public(offer + SG_OFFER_SPK_AT, o->spk);
    sg_mlkem768_keypair(offer + SG_OFFER_PQPK_AT, &key, o->seed);
    sg_wipe(&key, sizeof key);
    sg_sign(offer + SG_OFFER_SIGNATURE_AT, text, signed_text(text, offer), self->sign);
}

enum sg_offer_kind sg_offer_kind_of(const uint8_t offer[static SG_OFFER_BYTES])
{
    return offer[SG_OFFER_KIND_AT] == SG_OFFER_SINGLE ? SG_OFFER_SINGLE : SG_OFFER_REUSABLE;
}

uint32_t sg_offer_not_after(const uint8_t offer[static SG_OFFER_BYTES])
{
    return sg_get32(offer + SG_OFFER_NOT_AFTER_AT);
}

struct sg_party sg_offer_party(const uint8_t offer[static SG_OFFER_BYTES])
{
    struct sg_party who;

    memcpy(who.sign, offer + SG_OFFER_IKS_AT, sizeof who.sign);
    memcpy(who.dh, offer + SG_OFFER_IKD_AT, sizeof who.dh);
    return who;
}

void sg_offer_hash(uint8_t out[static 32], const uint8_t offer[static SG_OFFER_BYTES])
{
    struct sg_span x = {offer, SG_OFFER_BYTES};

    sg_derive_hash(out, "offer", &x, 1);
}

static enum sg_word judge(const uint8_t *offer, size_t n, uint32_t today, const char **why)
{
    uint8_t text[SG_LABEL_MAX_BYTES + SG_OFFER_SIGNATURE_AT];

    *why = "an offer has 1352 bytes";
    if (n != SG_OFFER_BYTES)
        return SG_WORD_MALFORMED;
    *why = "it is of a later version";
    if (offer[SG_OFFER_VERSION_AT] != VERSION || offer[SG_OFFER_SUITE_AT] != SUITE)
        return SG_WORD_UNSUPPORTED;
    *why = "it is neither for one person nor for many";
    if (offer[SG_OFFER_KIND_AT] != SG_OFFER_SINGLE && offer[SG_OFFER_KIND_AT] != SG_OFFER_REUSABLE)
        return SG_WORD_MALFORMED;
    *why = "its ML-KEM key is out of range";
    if (!sg_mlkem768_check(offer + SG_OFFER_PQPK_AT))
        return SG_WORD_MALFORMED;
    *why = "its signature does not fit";
    if (!sg_sign_verify(offer + SG_OFFER_SIGNATURE_AT, text, signed_text(text, offer),
                        offer + SG_OFFER_IKS_AT))
        return SG_WORD_CORRUPT;
    *why = "its last day is over"; /* said of authentic offers alone */
    if (sg_offer_not_after(offer) < today)
        return SG_WORD_EXPIRED;
    return SG_WORD_OK;
}

enum sg_word sg_offer_check(const uint8_t *offer, size_t n, uint32_t today, const char **why)
{
    enum sg_word word = judge(offer, n, today, why);

    if (word == SG_WORD_OK)
        *why = NULL;
    return word;
}
