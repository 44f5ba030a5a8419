#include "ratchet/session.h"

#include "base/ct.h"
#include "base/secret.h"
#include "ratchet/body.h"
#include "ratchet/bytes.h"
#include "ratchet/chain.h"
#include "ratchet/derive.h"
#include "ratchet/header.h"
#include "ratchet/skipped.h"

#include <string.h>

#define LATE_MS UINT64_C(3600000)

/* Which chain's key opened the header. */
enum which { NONE, CURRENT, NEXT, OLD };

/* A header that opened, and where. */
struct match {
    enum which which;
    size_t at;                  /* of the header: 0, or after an envelope */
    struct sg_old_chain *chain; /* when OLD */
    struct sg_message_header header;
};

/*
 * What a message would change, worked out beside the session and carried over only when the body
 * has proved authentic.
 */
struct step {
    bool absorb;             /* NEXT: the root absorbs an epoch's secret */
    struct sg_skipped *kept; /* the key is one that was kept, or NULL */
    uint8_t mk[32];          /* the message's key */
    uint8_t chain[32];       /* CKr after it */
    uint8_t first[32];       /* NEXT: CKr before any of the chain */
    uint8_t root[32];        /* NEXT */
    struct sg_siv_key nhkr;  /* NEXT */
    uint32_t gap;
};

/* ---- R1: whose header is it? ------------------------------------------------------------------
 */

static bool match_at(struct match *m, struct sg_session *s, const uint8_t *wire, size_t at,
                     uint64_t now)
{
    struct sg_message_header *h = &m->header;
    const uint8_t *header = wire + at;
    bool stale;

    m->at = at;
    if (s->receiving && sg_message_header_open(h, &s->hkr, s->sid, header)) {
        m->which = CURRENT;
        return true;
    }
    if (sg_message_header_open(h, &s->nhkr, s->sid, header)) {
        m->which = NEXT;
        return true;
    }
    stale = s->old_count && sg_skipped_stale(s, now);
    for (uint32_t i = s->old_count; i-- > 0;) {
        struct sg_old_chain *chain = &s->old[i];
        if (sg_old_chain_alive(s, chain, stale, now) &&
            sg_message_header_open(h, &chain->header, s->sid, header)) {
            m->which = OLD;
            m->chain = chain;
            return true;
        }
    }
    return false;
}

static bool match(struct match *m, struct sg_session *s, const uint8_t *wire, size_t len,
                  uint64_t now)
{
    *m = (struct match){.which = NONE};
    return (s->opened_known && match_at(m, s, wire, 0, now)) ||
           (s->role == SG_ROLE_B && len >= SG_OPENING_MIN_BYTES &&
            match_at(m, s, wire, SG_ENVELOPE_BYTES, now));
}

/* ---- R2 and R3: the message's key -------------------------------------------------------------
 */

/* Goes along a chain from its message `from` to message n: mk of n, and the chain key after it. */
static void walk(uint8_t chain[static 32], uint8_t mk[static 32], uint32_t from, uint32_t n)
{
    for (uint32_t i = from; i <= n; i++)
        sg_chain_next(chain, mk);
}

static enum sg_word take_kept(struct step *step, struct sg_session *s, uint32_t serial, uint32_t n,
                              uint64_t now)
{
    step->kept = sg_skipped_find(s, serial, n, now);
    if (!step->kept)
        return SG_WORD_DUPLICATE;
    memcpy(step->mk, step->kept->mk, sizeof step->mk);
    return SG_WORD_OK;
}

static enum sg_word on_current(struct step *step, struct sg_session *s,
                               const struct sg_message_header *h, uint64_t now)
{
    if (memcmp(h->dh, s->dhr, sizeof h->dh) != 0 || h->ep != s->ep_r)
        return SG_WORD_FORK;
    if (h->n < s->nr)
        return take_kept(step, s, s->serial_r, h->n, now);
    memcpy(step->chain, s->ckr, sizeof step->chain);
    walk(step->chain, step->mk, s->nr, h->n);
    step->gap = h->n - s->nr;
    return SG_WORD_OK;
}

static enum sg_word on_old(struct step *step, struct sg_session *s,
                           const struct sg_old_chain *chain, const struct sg_message_header *h,
                           uint64_t now)
{
    if (memcmp(h->dh, chain->dh, sizeof h->dh) != 0 || h->ep != chain->ep)
        return SG_WORD_CORRUPT; /* its header key may have been stolen long ago */
    return take_kept(step, s, chain->serial, h->n, now);
}

static enum sg_word on_next(struct step *step, struct sg_session *s,
                            const struct sg_message_header *h)
{
    struct sg_root_step root = {
        .secret = s->dhs, .their = h->dh, .creator = h->dh, .other = s->dhs_public, .ep = h->ep};

    if (s->need_send || !s->have_dhs)
        return SG_WORD_FORK;
    step->absorb = h->ep == s->pq.root + 1 && s->pq.phase == SG_PHASE_ANSWERING;
    if (h->ep != s->pq.root && !step->absorb)
        return SG_WORD_FORK;
    if (s->receiving ? h->pn < s->nr : h->pn != 0)
        return SG_WORD_FORK;
    root.kem = step->absorb ? s->pq.key : NULL;
    if (!sg_root_next(step->root, step->first, &step->nhkr, s->root, &root))
        return SG_WORD_CORRUPT;
    memcpy(step->chain, step->first, sizeof step->chain);
    walk(step->chain, step->mk, 0, h->n);
    step->gap = (s->receiving ? h->pn - s->nr : 0) + h->n;
    return SG_WORD_OK;
}

static enum sg_word find_key(struct step *step, struct sg_session *s, const struct match *m,
                             uint64_t now)
{
    const struct sg_message_header *h = &m->header;

    if (h->flags != 0)
        return SG_WORD_UNSUPPORTED;
    if (h->n >= SG_CHAIN_MAX || h->pn > SG_CHAIN_MAX)
        return SG_WORD_TOO_FAR;
    switch (m->which) {
    case CURRENT:
        return on_current(step, s, h, now);
    case NEXT:
        return on_next(step, s, h);
    case OLD:
        return on_old(step, s, m->chain, h, now);
    case NONE:
        break;
    }
    return SG_WORD_NOT_FOR_US;
}

/* ---- R4: the body -----------------------------------------------------------------------------
 */

static uint64_t number(const struct sg_body *b, enum sg_item type)
{
    sg_ct_declassify(b->value[type], 8); /* a time, judged at once */
    return sg_get64(b->value[type]);
}

/*
 * OPENED travels with every envelope and with nothing else, and never changes. word: what reading
 * the items gave; items before one that is not supported have been read, and count first.
 */
static enum sg_word check_opened(enum sg_word word, const struct sg_body *b,
                                 const struct sg_session *s, size_t at, uint64_t now)
{
    bool there = b->value[SG_ITEM_OPENED] != NULL;

    if (there && (at == 0 || (s->opened_known && number(b, SG_ITEM_OPENED) != s->opened)))
        return SG_WORD_MALFORMED;
    if (word != SG_WORD_OK)
        return word;
    if (!there && at != 0)
        return SG_WORD_MALFORMED;
    if (there && !s->opened_known && number(b, SG_ITEM_OPENED) > now + SG_DAY_MS)
        return SG_WORD_CLOCK;
    return SG_WORD_OK;
}

/* plain is wiped unless the body is good. */
static enum sg_word open_body(struct sg_body *b, uint8_t *plain, const struct sg_session *s,
                              const struct match *m, const struct step *step, const uint8_t *wire,
                              size_t len, uint64_t now)
{
    size_t before = m->at + SG_SEALED_HEADER_BYTES, n = len - before - SG_SIV_TAG_BYTES;
    struct sg_span ad[] = {{s->sid, sizeof s->sid}, {wire, before}};
    enum sg_word word = SG_WORD_CORRUPT;
    struct sg_siv_key key;

    sg_siv_key(&key, step->mk);
    if (sg_siv_open(plain, &key, ad, 2, wire + before, len - before)) {
        word = check_opened(sg_body_parse(b, plain, n), b, s, m->at, now);
        if (word != SG_WORD_OK)
            sg_wipe(plain, n);
    }
    sg_wipe(&key, sizeof key);
    return word;
}

/* ---- R5: what follows from it -----------------------------------------------------------------
 */

/* R3: the peer's new chain takes the place of the one before, whose missing keys are kept. */
static void turn(struct sg_session *s, const struct sg_message_header *h, const struct step *step,
                 uint64_t now)
{
    if (s->receiving) {
        sg_skipped_keep(s, s->ckr, s->nr, h->pn, now);
        sg_old_chain_keep(s, now);
    }
    s->hkr = s->nhkr;
    s->nhkr = step->nhkr;
    memcpy(s->dhr, h->dh, sizeof s->dhr);
    memcpy(s->root, step->root, sizeof s->root);
    memcpy(s->ckr, step->first, sizeof s->ckr);
    s->receiving = true;
    s->serial_r++;
    s->nr = 0;
    s->ep_r = h->ep;
    s->need_send = true;
    s->have_dhs = false;
    s->sending = false;
    sg_wipe(s->dhs, sizeof s->dhs);
    sg_wipe(&s->hks, sizeof s->hks);
    sg_wipe(s->cks, sizeof s->cks);
    memset(s->dhs, 0, sizeof s->dhs);
    memset(s->dhs_public, 0, sizeof s->dhs_public);
    memset(&s->hks, 0, sizeof s->hks);
    memset(s->cks, 0, sizeof s->cks);
    if (step->absorb) {
        s->pq.root++;
        sg_epoch_next(&s->pq, s->role, now);
    }
}

static void advance(struct sg_session *s, const struct match *m, const struct step *step,
                    uint64_t now)
{
    const struct sg_message_header *h = &m->header;

    if (step->kept) {
        sg_skipped_use(s, step->kept);
        return;
    }
    if (m->which == NEXT)
        turn(s, h, step, now);
    sg_skipped_keep(s, s->ckr, s->nr, h->n, now);
    memcpy(s->ckr, step->chain, sizeof s->ckr);
    s->nr = h->n + 1;
}

static void heard_epoch(struct sg_session *s, const struct sg_body *b)
{
    const uint8_t *ek = b->value[SG_ITEM_PQ_EK], *ct = b->value[SG_ITEM_PQ_CT];

    if (b->value[SG_ITEM_REKEY])
        sg_epoch_heard_rekey(&s->pq);
    if (ek)
        sg_epoch_heard_ek(&s->pq, sg_get16(ek), ek + 2);
    if (ct)
        sg_epoch_heard_ct(&s->pq, sg_get16(ct), ct + 2, s->sid);
    sg_epoch_count(&s->pq);
}

static bool offer_is_good(const struct sg_session *s, const uint8_t *offer, uint64_t now)
{
    struct sg_party who = sg_offer_party(offer);
    const char *why;

    sg_ct_declassify(offer, SG_OFFER_BYTES); /* a signed, public statement */
    return sg_offer_check(offer, SG_OFFER_BYTES, (uint32_t)(now / SG_DAY_MS), &why) == SG_WORD_OK &&
           memcmp(&who, &s->peer, sizeof who) == 0;
}

static void tell(struct sg_received *got, const struct sg_session *s, const struct match *m,
                 const struct step *step, const struct sg_body *b, uint64_t now)
{
    got->gap = step->gap;
    got->late = step->kept != NULL;
    if (b->value[SG_ITEM_TIME]) {
        got->with_time = true;
        got->time = number(b, SG_ITEM_TIME);
        got->late = got->late || (now > got->time && now - got->time > LATE_MS);
    }
    got->late = got->late || m->which == OLD;
    got->text = b->value[SG_ITEM_TEXT];
    got->text_len = b->len[SG_ITEM_TEXT];
    if (b->value[SG_ITEM_OFFER]) {
        bool good = offer_is_good(s, b->value[SG_ITEM_OFFER], now);
        got->offer = good ? b->value[SG_ITEM_OFFER] : NULL;
        got->offer_dropped = !good;
    }
}

static void succeed(struct sg_session *s, struct sg_received *got, const struct match *m,
                    const struct step *step, const struct sg_body *b, uint64_t now)
{
    advance(s, m, step, now);
    if (!s->opened_known) {
        s->opened = number(b, SG_ITEM_OPENED);
        s->opened_known = true;
    }
    heard_epoch(s, b);
    (void)sg_session_expire(s, now);
    memset(s->env, 0, s->envelopes ? sizeof s->env : 0); /* the opening has been answered */
    s->envelopes = s->envelopes_out = 0;
    memset(s->bad, 0, sizeof s->bad);
    s->bad_count = 0;
    tell(got, s, m, step, b, now);
}

/* Notes a message whose header is right and whose body is not, for the advice that may follow. */
static void note_bad(struct sg_session *s, const uint8_t *header)
{
    struct sg_span x = {header, SG_SEALED_HEADER_BYTES};
    uint8_t hash[32];

    sg_derive_hash(hash, "bad", &x, 1);
    for (uint32_t i = 0; i < s->bad_count; i++)
        if (memcmp(s->bad[i], hash, sizeof s->bad[i]) == 0)
            return;
    if (s->bad_count < SG_BAD_MAX)
        memcpy(s->bad[s->bad_count++], hash, sizeof s->bad[0]);
}

enum sg_word sg_session_receive(struct sg_session *s, struct sg_received *got,
                                uint8_t plain[static SG_WIRE_MAX_BYTES], const uint8_t *wire,
                                size_t len, uint64_t now)
{
    bool fresh = !s->opened_known;
    struct step step = {.kept = NULL};
    struct sg_body body;
    enum sg_word word;
    struct match m;

    memset(got, 0, sizeof *got);
    if (!sg_padding_is_class(len))
        return SG_WORD_MALFORMED;
    if (!match(&m, s, wire, len, now))
        return fresh ? SG_WORD_CORRUPT : SG_WORD_NOT_FOR_US; /* a new one's envelope has opened */
    got->header_known = true;
    got->n = m.header.n;
    got->ep = m.header.ep;
    word = find_key(&step, s, &m, now);
    if (word == SG_WORD_OK)
        word = open_body(&body, plain, s, &m, &step, wire, len, now);
    if (word == SG_WORD_OK)
        succeed(s, got, &m, &step, &body, now);
    else if (word == SG_WORD_FORK)
        s->suspect = true;
    else if (word == SG_WORD_CORRUPT && m.which != OLD)
        note_bad(s, wire + m.at);
    got->advise_reopen = s->bad_count == SG_BAD_MAX;
    sg_wipe(&step, sizeof step);
    return word;
}
