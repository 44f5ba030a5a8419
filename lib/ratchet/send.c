#include "ratchet/session.h"

#include "base/secret.h"
#include "ratchet/body.h"
#include "ratchet/bytes.h"
#include "ratchet/chain.h"
#include "ratchet/header.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(SG_TEXT_MAX_BYTES == SG_ITEM_TEXT_MAX_BYTES, "the longest text");
_Static_assert(SG_ENVELOPE_BYTES + SG_SEALED_HEADER_BYTES + SG_SIV_TAG_BYTES ==
                   SG_OPENING_MIN_BYTES,
               "an opening with nothing in it");
_Static_assert(SG_WIRE_MAX_BYTES - SG_OPENING_MIN_BYTES - SG_ITEM_BYTES(SG_ITEM_OPENED_BYTES) -
                       SG_ITEM_BYTES(0) - SG_ITEM_BYTES(SG_ITEM_TIME_BYTES) - SG_ITEM_BYTES(0) ==
                   SG_TEXT_MAX_BYTES,
               "the longest text fits every message");

/* A message before it is made: what goes into it, and how long that is. */
struct draft {
    bool turn;   /* it begins a chain */
    bool absorb; /* whose root absorbs an epoch's secret */
    bool offer;  /* there is room for the offer */
    enum sg_epoch_item epoch;
    size_t env;  /* bytes before the header */
    size_t wire; /* bytes in all */
};

static size_t epoch_bytes(enum sg_epoch_item item)
{
    switch (item) {
    case SG_EPOCH_EK:
        return SG_ITEM_BYTES(SG_ITEM_PQ_EK_BYTES);
    case SG_EPOCH_CT:
        return SG_ITEM_BYTES(SG_ITEM_PQ_CT_BYTES);
    case SG_EPOCH_REKEY:
        return SG_ITEM_BYTES(0);
    case SG_EPOCH_NONE:
        break;
    }
    return 0;
}

static enum sg_word plan(struct draft *d, const struct sg_session *s, const struct sg_outgoing *m,
                         uint64_t now)
{
    size_t n = SG_SEALED_HEADER_BYTES + SG_SIV_TAG_BYTES;

    d->turn = s->need_send;
    d->absorb = d->turn && s->pq.phase == SG_PHASE_READY;
    d->epoch = sg_epoch_plan(&s->pq, d->absorb, d->turn || s->ns == 0, now);
    d->env = s->envelopes ? SG_ENVELOPE_BYTES : 0;
    n += d->env + epoch_bytes(d->epoch);
    n += d->env ? SG_ITEM_BYTES(SG_ITEM_OPENED_BYTES) : 0;
    n += m->with_time ? SG_ITEM_BYTES(SG_ITEM_TIME_BYTES) : 0;
    n += m->text ? SG_ITEM_BYTES(m->text_len) : 0;
    d->offer = m->offer && n + SG_ITEM_BYTES(SG_OFFER_BYTES) <= SG_WIRE_MAX_BYTES;
    n += d->offer ? SG_ITEM_BYTES(SG_OFFER_BYTES) : 0;
    d->wire = sg_padding_class(n, m->floor);
    if (m->text_len > SG_TEXT_MAX_BYTES || d->wire == 0)
        return SG_WORD_TOO_LONG;
    if (s->suspect && !m->force)
        return SG_WORD_SUSPECT;
    if (s->envelopes && s->envelopes_out == SG_ENVELOPES && !m->force)
        return SG_WORD_UNANSWERED;
    if (!d->turn && s->ns >= SG_CHAIN_MAX)
        return SG_WORD_CHAIN_FULL;
    return SG_WORD_OK;
}

/* Step 1: a chain with a key born now, whose root absorbs an epoch's secret if one is ready. */
static void begin_chain(struct sg_session *s, bool absorb, uint64_t now, struct sg_hedge *hedge)
{
    struct sg_siv_key next;
    struct sg_root_step step = {.secret = s->dhs,
                                .their = s->dhr,
                                .creator = s->dhs_public,
                                .other = s->dhr,
                                .kem = absorb ? s->pq.key : NULL};

    s->pn = s->ns;
    s->ns = 0;
    s->hks = s->nhks;
    sg_hedge_draw(hedge, s->dhs, 1);
    sg_x25519_public(s->dhs_public, s->dhs);
    s->have_dhs = true;
    if (absorb)
        s->pq.root++;
    step.ep = s->pq.root;
    if (!sg_root_next(s->root, s->cks, &next, s->root, &step))
        abort(); /* the peer's key was seen not to be of low order when it came */
    s->nhks = next;
    s->ep_s = s->pq.root;
    s->sending = true;
    s->need_send = false;
    if (absorb)
        sg_epoch_next(&s->pq, s->role, now);
    sg_wipe(&next, sizeof next);
}

static uint8_t *put_number(uint8_t *at, enum sg_item type, uint64_t x)
{
    at = sg_body_head(at, type, 8);
    sg_put64(at, x);
    return at + 8;
}

/* Step 2: what the epoch sends along. */
static uint8_t *put_epoch(uint8_t *at, struct sg_session *s, enum sg_epoch_item item,
                          struct sg_hedge *hedge)
{
    uint8_t value[SG_MLKEM768_PUBLIC_BYTES];
    size_t n = item == SG_EPOCH_EK ? SG_MLKEM768_PUBLIC_BYTES : SG_MLKEM768_CIPHERTEXT_BYTES;

    sg_epoch_send(&s->pq, value, item, s->sid, hedge);
    if (item == SG_EPOCH_NONE)
        return at;
    if (item == SG_EPOCH_REKEY)
        return sg_body_head(at, SG_ITEM_REKEY, 0);
    at = sg_body_head(at, item == SG_EPOCH_EK ? SG_ITEM_PQ_EK : SG_ITEM_PQ_CT, 2 + n);
    sg_put16(at, sg_epoch_number(&s->pq));
    memcpy(at + 2, value, n);
    return at + 2 + n;
}

/* Steps 2 and 3: the items, in their order. Returns where they end. */
static uint8_t *put_items(uint8_t *at, struct sg_session *s, const struct draft *d,
                          const struct sg_outgoing *m, uint64_t now, struct sg_hedge *hedge)
{
    if (d->env)
        at = put_number(at, SG_ITEM_OPENED, s->opened);
    at = put_epoch(at, s, d->epoch, hedge);
    if (m->with_time)
        at = put_number(at, SG_ITEM_TIME, now);
    if (d->offer) {
        at = sg_body_head(at, SG_ITEM_OFFER, SG_OFFER_BYTES);
        memcpy(at, m->offer, SG_OFFER_BYTES);
        at += SG_OFFER_BYTES;
    }
    if (m->text) {
        at = sg_body_head(at, SG_ITEM_TEXT, m->text_len);
        memcpy(at, m->text, m->text_len);
        at += m->text_len;
    }
    return at;
}

/* Step 4: the next envelope goes in front; the last one stays, to be used again if it must. */
static void put_envelope(uint8_t *wire, struct sg_session *s)
{
    uint8_t *next = s->env[SG_ENVELOPES - s->envelopes];

    memcpy(wire, next, SG_ENVELOPE_BYTES);
    if (s->envelopes > 1) {
        memset(next, 0, SG_ENVELOPE_BYTES); /* public as soon as it is sent */
        s->envelopes--;
    }
    if (s->envelopes_out < SG_ENVELOPES)
        s->envelopes_out++;
}

/* Step 5: the header and the body, whose text stands behind where its tag will, are sealed. */
static void seal(uint8_t *wire, struct sg_session *s, const struct draft *d)
{
    uint8_t *header = wire + d->env, *body = header + SG_SEALED_HEADER_BYTES;
    struct sg_message_header h = {.pn = s->pn, .n = s->ns, .ep = s->ep_s};
    struct sg_span ad[] = {{s->sid, sizeof s->sid}, {wire, d->env + SG_SEALED_HEADER_BYTES}};
    struct sg_siv_key key;
    uint8_t mk[32];

    sg_chain_next(s->cks, mk);
    sg_siv_key(&key, mk);
    memcpy(h.dh, s->dhs_public, sizeof h.dh);
    sg_message_header_seal(header, &s->hks, s->sid, &h);
    sg_siv_seal(body, &key, ad, 2, body + SG_SIV_TAG_BYTES,
                (size_t)(wire + d->wire - body) - SG_SIV_TAG_BYTES);
    s->ns++;
    sg_wipe(mk, sizeof mk);
    sg_wipe(&key, sizeof key);
}

enum sg_word sg_session_send(struct sg_session *s, uint8_t *wire, size_t *len, bool *offer_sent,
                             const struct sg_outgoing *m, uint64_t now, struct sg_hedge *hedge)
{
    struct draft d;
    enum sg_word word = plan(&d, s, m, now);
    uint8_t *end;

    *len = 0;
    if (offer_sent)
        *offer_sent = false;
    if (word != SG_WORD_OK)
        return word;
    if (!d.turn && !s->sending)
        abort(); /* a new session as B, of which nothing has been received */
    if (d.turn)
        begin_chain(s, d.absorb, now, hedge);
    end = put_items(wire + d.env + SG_SEALED_HEADER_BYTES + SG_SIV_TAG_BYTES, s, &d, m, now, hedge);
    memset(end, 0, (size_t)(wire + d.wire - end));
    if (d.env)
        put_envelope(wire, s);
    seal(wire, s, &d);
    sg_epoch_count(&s->pq);
    *len = d.wire;
    if (offer_sent)
        *offer_sent = d.offer;
    return SG_WORD_OK;
}
