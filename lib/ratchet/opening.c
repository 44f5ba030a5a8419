#include "ratchet/session.h"

#include "base/ct.h"
#include "base/secret.h"
#include "ratchet/chain.h"
#include "ratchet/derive.h"
#include "ratchet/header.h"
#include "ratchet/offer_parts.h"

#include <string.h>

/*
 * The block that tells who opens, as it stands in every envelope of a session:
 *     0x01 || IKs || IKd || E0 || r
 */
#define BLOCK_BYTES 129
#define BLOCK_VERSION 1
#define PARTY_AT 1
#define E0_AT (PARTY_AT + SG_PARTY_BYTES)
#define R_AT (E0_AT + 32)

/* An envelope: E || ct || the sealed block. */
#define CT_AT 32
#define SEALED_AT (CT_AT + SG_MLKEM768_CIPHERTEXT_BYTES)
#define SEALED_BYTES (BLOCK_BYTES + SG_SIV_TAG_BYTES)

#define DH_BYTES 64U /* of an envelope: DH(e, SPK), then DH(e, IKd) */

_Static_assert(R_AT + 32 == BLOCK_BYTES, "the parts of the block");
_Static_assert(SEALED_AT + SEALED_BYTES == SG_ENVELOPE_BYTES, "the parts of an envelope");

/* k of an envelope. */
static void envelope_key(struct sg_siv_key *key, const uint8_t oh[static 32],
                         const uint8_t *envelope, const uint8_t dh[static DH_BYTES],
                         const uint8_t shared[static 32])
{
    struct sg_span public[] = {{oh, 32}, {envelope, SEALED_AT}};
    uint8_t salt[32], ikm[DH_BYTES + 32], k[32];

    sg_derive_hash(salt, "env", public, 2);
    memcpy(ikm, dh, DH_BYTES);
    memcpy(ikm + DH_BYTES, shared, 32);
    sg_derive_kdf(k, sizeof k, salt, sizeof salt, ikm, sizeof ikm, "envelope", NULL, 0);
    sg_siv_key(key, k);
    sg_wipe(ikm, sizeof ikm);
    sg_wipe(k, sizeof k);
}

/* ---- A ----------------------------------------------------------------------------------------
 */

static bool write_envelope(uint8_t *out, const uint8_t *offer, const uint8_t oh[static 32],
                           const uint8_t block[static BLOCK_BYTES], struct sg_hedge *hedge)
{
    uint8_t e[32], coins[32], shared[32], dh[DH_BYTES];
    struct sg_siv_key key;
    bool ok;

    sg_hedge_draw(hedge, e, 1);
    sg_hedge_draw(hedge, coins, 1);
    sg_x25519_public(out, e);
    ok = sg_mlkem768_encapsulate_with(out + CT_AT, shared, offer + SG_OFFER_PQPK_AT, coins) &&
         sg_x25519(dh, e, offer + SG_OFFER_SPK_AT) &&
         sg_x25519(dh + 32, e, offer + SG_OFFER_IKD_AT);
    if (ok) {
        sg_ct_declassify(out, SEALED_AT); /* sent in clear */
        envelope_key(&key, oh, out, dh, shared);
        sg_siv_seal(out + SEALED_AT, &key, NULL, 0, block, BLOCK_BYTES);
        sg_wipe(&key, sizeof key);
    }
    sg_wipe(e, sizeof e);
    sg_wipe(coins, sizeof coins);
    sg_wipe(shared, sizeof shared);
    sg_wipe(dh, sizeof dh);
    return ok;
}

/* The four secrets that the two sides agree on, as A has them. */
static bool agree_as_opener(uint8_t dh[static SG_AGREEMENT_DH_BYTES],
                            const struct sg_ratchet_identity *self, const uint8_t e0[static 32],
                            const uint8_t *offer)
{
    const uint8_t *ikd = offer + SG_OFFER_IKD_AT, *spk = offer + SG_OFFER_SPK_AT;

    return sg_x25519(dh, self->dh, ikd) && sg_x25519(dh + 32, self->dh, spk) &&
           sg_x25519(dh + 64, e0, ikd) && sg_x25519(dh + 96, e0, spk);
}

enum sg_word sg_session_start(struct sg_session *s, const struct sg_ratchet_identity *self,
                              const uint8_t offer[static SG_OFFER_BYTES], uint64_t opened,
                              uint64_t now, struct sg_hedge *hedge)
{
    uint8_t e0[32], block[BLOCK_BYTES], dh[SG_AGREEMENT_DH_BYTES], oh[32];
    struct sg_agreement agreed = {0};
    bool ok;

    memset(s, 0, sizeof *s);
    s->peer = sg_offer_party(offer);
    if (memcmp(&s->peer, &self->public, sizeof s->peer) == 0) { /* an offer is public */
        memset(s, 0, sizeof *s);
        return SG_WORD_MALFORMED;
    }
    sg_offer_hash(oh, offer);
    sg_hedge_draw(hedge, e0, 1);
    sg_hedge_draw(hedge, block + R_AT, 1);
    block[0] = BLOCK_VERSION;
    memcpy(block + PARTY_AT, &self->public, SG_PARTY_BYTES);
    sg_x25519_public(block + E0_AT, e0);
    ok = agree_as_opener(dh, self, e0, offer);
    if (ok)
        sg_agree(&agreed, oh, &self->public, block + E0_AT, dh, block + R_AT);
    for (size_t i = 0; ok && i < SG_ENVELOPES; i++)
        ok = write_envelope(s->env[i], offer, oh, block, hedge);
    if (ok) {
        s->role = SG_ROLE_A;
        s->opened = opened;
        s->opened_known = true;
        s->need_send = true;
        s->envelopes = SG_ENVELOPES;
        memcpy(s->sid, agreed.sid, sizeof s->sid);
        memcpy(s->root, agreed.root, sizeof s->root);
        memcpy(s->dhr, offer + SG_OFFER_SPK_AT, sizeof s->dhr);
        sg_siv_key(&s->nhks, agreed.hka);
        sg_siv_key(&s->nhkr, agreed.nhkb);
        sg_epoch_next(&s->pq, s->role, now);
    } else {
        sg_wipe(s, sizeof *s);
        memset(s, 0, sizeof *s);
    }
    sg_wipe(e0, sizeof e0);
    sg_wipe(block, sizeof block);
    sg_wipe(dh, sizeof dh);
    sg_wipe(&agreed, sizeof agreed);
    return ok ? SG_WORD_OK : SG_WORD_MALFORMED;
}

/* ---- B ----------------------------------------------------------------------------------------
 */

/* Opens the envelope as one to this offer. ikd_e: DH(IKd, E), the same for every offer. */
static bool open_envelope(uint8_t block[static BLOCK_BYTES], uint8_t oh[static 32],
                          const struct sg_offer_secret *o, const uint8_t *envelope,
                          const uint8_t ikd_e[static 32])
{
    uint8_t public[SG_MLKEM768_PUBLIC_BYTES], shared[32], dh[DH_BYTES];
    struct sg_mlkem768_key kem;
    struct sg_siv_key key;
    bool ok = sg_x25519(dh, o->spk, envelope);

    if (ok) {
        memcpy(dh + 32, ikd_e, 32);
        sg_mlkem768_keypair(public, &kem, o->seed);
        sg_mlkem768_decapsulate(shared, envelope + CT_AT, &kem);
        sg_offer_hash(oh, o->offer);
        envelope_key(&key, oh, envelope, dh, shared);
        ok = sg_siv_open(block, &key, NULL, 0, envelope + SEALED_AT, SEALED_BYTES);
        sg_wipe(&kem, sizeof kem);
        sg_wipe(&key, sizeof key);
        sg_wipe(shared, sizeof shared);
    }
    sg_wipe(dh, sizeof dh);
    return ok;
}

/* Makes the session of an envelope that opened; false when a DH is zero. */
static bool become_offerer(struct sg_session *s, const struct sg_ratchet_identity *self,
                           const struct sg_offer_secret *o, const uint8_t oh[static 32],
                           const uint8_t block[static BLOCK_BYTES], uint64_t now)
{
    struct sg_agreement agreed;
    uint8_t dh[SG_AGREEMENT_DH_BYTES];
    bool ok;

    memcpy(&s->peer, block + PARTY_AT, sizeof s->peer);
    ok = sg_x25519(dh, self->dh, s->peer.dh) && sg_x25519(dh + 32, o->spk, s->peer.dh) &&
         sg_x25519(dh + 64, self->dh, block + E0_AT) && sg_x25519(dh + 96, o->spk, block + E0_AT);
    if (ok) {
        sg_agree(&agreed, oh, &s->peer, block + E0_AT, dh, block + R_AT);
        s->role = SG_ROLE_B;
        memcpy(s->sid, agreed.sid, sizeof s->sid);
        memcpy(s->root, agreed.root, sizeof s->root);
        memcpy(s->dhs, o->spk, sizeof s->dhs);
        memcpy(s->dhs_public, o->offer + SG_OFFER_SPK_AT, sizeof s->dhs_public);
        s->have_dhs = true;
        sg_siv_key(&s->nhkr, agreed.hka);
        sg_siv_key(&s->nhks, agreed.nhkb);
        sg_epoch_next(&s->pq, s->role, now);
        sg_wipe(&agreed, sizeof agreed);
    }
    sg_wipe(dh, sizeof dh);
    return ok;
}

/* Tries one offer. */
static enum sg_word try_offer(struct sg_session *s, const struct sg_ratchet_identity *self,
                              const struct sg_offer_secret *o, const uint8_t *envelope,
                              const uint8_t ikd_e[static 32], uint64_t now)
{
    uint8_t block[BLOCK_BYTES], oh[32];
    enum sg_word word = SG_WORD_NOT_FOR_US;

    if (!open_envelope(block, oh, o, envelope, ikd_e))
        return SG_WORD_NOT_FOR_US;
    sg_ct_declassify(block, R_AT); /* who opens: looked up and told at once */
    if (block[0] != BLOCK_VERSION)
        word = SG_WORD_UNSUPPORTED;
    else if (memcmp(block + PARTY_AT, &self->public, SG_PARTY_BYTES) != 0 &&
             become_offerer(s, self, o, oh, block, now))
        word = SG_WORD_OK;
    sg_wipe(block, sizeof block);
    return word;
}

enum sg_word sg_session_find_opening(struct sg_session *s, struct sg_opening *found,
                                     const struct sg_ratchet_identity *self,
                                     const struct sg_offer_secret *const *offers, size_t count,
                                     const uint8_t *wire, size_t len, uint64_t now)
{
    enum sg_word word = SG_WORD_NOT_FOR_US;
    uint8_t ikd_e[32];

    memset(s, 0, sizeof *s);
    memset(found, 0, sizeof *found);
    if (len < SG_OPENING_MIN_BYTES || !sg_padding_is_class(len) ||
        !sg_x25519(ikd_e, self->dh, wire))
        return SG_WORD_NOT_FOR_US;
    for (size_t i = 0; i < count && word == SG_WORD_NOT_FOR_US; i++) {
        word = try_offer(s, self, offers[i], wire, ikd_e, now);
        found->offer = i;
    }
    sg_wipe(ikd_e, sizeof ikd_e);
    if (word == SG_WORD_OK) {
        struct sg_span sid = {s->sid, sizeof s->sid};
        uint8_t hash[32];
        sg_derive_hash(hash, "seen", &sid, 1);
        memcpy(found->seen, hash, sizeof found->seen);
    } else {
        memset(s, 0, sizeof *s); /* at most a name was written to it */
        found->offer = 0;
    }
    return word;
}
