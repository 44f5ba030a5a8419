/*
 * The talk in a session, recorded, and its thieves.
 */
#include "ratchet/heist_thief.h"

#include <stdlib.h>
#include <string.h>

#define THIEVES 3
#define STEP_MS 60000
#define RECORD_BYTES ((size_t)1 << 23)

static const struct {
    enum heist_design design;
    bool told_x25519, told_ml_kem;
} thieves[THIEVES] = {
    {HEIST_DH, false, true},
    {HEIST_DH_QUANTUM, true, true},
    {HEIST_PQ_QUANTUM, true, false},
};

/* All of the stage; secret. */
struct stage {
    struct sg_ratchet_identity victim, peer;
    struct sg_offer_secret offer;
    struct heist_pairs all;
    struct heist_thief thief[THIEVES];
    size_t at[HEIST_MESSAGES_MAX + 2]; /* where each message begins in the record */
    uint8_t plain[SG_WIRE_MAX_BYTES], wire[SG_WIRE_MAX_BYTES];
    struct sg_session ours, theirs, scratch, stolen[THIEVES];
};

static void note(struct stage *g, const struct sg_session *s)
{
    if (s->have_dhs)
        heist_pairs_note(&g->all, s->dhs_public, s->dhs);
}

static enum sg_err failed(struct sg_error *err)
{
    return sg_fail(err, SG_ERR_LIMIT, "the conversation that was made up did not go as it should");
}

static enum sg_err begin(struct stage *g, struct heist_scene *x, struct sg_error *err)
{
    sg_ratchet_identity_new(&g->victim, x->hedge);
    sg_ratchet_identity_new(&g->peer, x->hedge);
    sg_offer_new(&g->offer, &g->peer, SG_OFFER_SINGLE,
                 (uint32_t)(x->now / SG_DAY_MS) + SG_OFFER_SINGLE_DAYS, x->hedge);
    heist_pairs_note(&g->all, g->victim.public.dh, g->victim.dh);
    heist_pairs_note(&g->all, g->peer.public.dh, g->peer.dh);
    for (size_t k = 0; k < THIEVES; k++) {
        g->thief[k].told_x25519 = thieves[k].told_x25519;
        g->thief[k].told_ml_kem = thieves[k].told_ml_kem;
        g->thief[k].session = &g->stolen[k];
    }
    return sg_session_start(&g->ours, &g->victim, g->offer.offer, x->now, x->now, x->hedge) ==
                   SG_WORD_OK
               ? SG_OK
               : failed(err);
}

/* Message i is made, recorded and delivered. */
static enum sg_err talk(struct stage *g, struct heist_scene *x, struct heist_message *told,
                        unsigned i, struct sg_buffer *record, struct sg_error *err)
{
    struct sg_session *from = told->from_victim ? &g->ours : &g->theirs;
    struct sg_session *to = told->from_victim ? &g->theirs : &g->ours;
    const struct sg_offer_secret *offers[] = {&g->offer};
    char text[HEIST_TEXT_BYTES];
    struct sg_outgoing m = {.text = (const uint8_t *)text, .text_len = heist_text(text, i)};
    struct sg_opening found;
    struct sg_received got;
    enum sg_err r;

    if (sg_session_send(from, g->wire, &told->bytes, NULL, &m, x->now, x->hedge) != SG_WORD_OK)
        return failed(err);
    told->epoch = from->ep_s;
    g->at[i] = record->len;
    r = sg_buffer_append(record, g->wire, told->bytes, err);
    g->at[i + 1] = record->len;
    if (r != SG_OK)
        return r;
    if (i == 1 && sg_session_find_opening(to, &found, &g->peer, offers, 1, g->wire, told->bytes,
                                          x->now) != SG_WORD_OK)
        return failed(err);
    note(g, from);
    note(g, to);
    return sg_session_receive(to, &got, g->plain, g->wire, told->bytes, x->now) == SG_WORD_OK
               ? SG_OK
               : failed(err);
}

/* The victim's state, written as it is kept, goes to all who do not listen yet. */
static enum sg_err steal(struct stage *g, struct heist *h, struct heist_scene *x,
                         const struct sg_buffer *record, struct sg_error *err)
{
    struct sg_buffer loot;
    enum sg_err r;

    sg_buffer_init_secret(&loot, SG_SESSION_MAX_BYTES);
    r = sg_session_encode(&loot, &g->ours, err);
    for (size_t k = 0; r == SG_OK && k < THIEVES; k++) {
        struct heist_thief *t = &g->thief[k];
        h->state[thieves[k].design] = loot.len;
        if (t->listens)
            continue;
        if (!sg_session_decode(t->session, loot.data, loot.len))
            r = failed(err);
        t->listens = t->of_victim = true;
        heist_pairs_note(&t->own, g->victim.public.dh, g->victim.dh);
        if (t->session->have_dhs)
            heist_pairs_note(&t->own, t->session->dhs_public, t->session->dhs);
        for (unsigned i = 1; r == SG_OK && i <= h->at; i++)
            h->message[i].opened[thieves[k].design] =
                heist_thief_tries(x, t, i, record->data + g->at[i], g->at[i + 1] - g->at[i]);
    }
    sg_buffer_free(&loot);
    return r;
}

enum sg_err heist_play_session(struct heist *h, struct sg_hedge *hedge, uint64_t now,
                               struct sg_error *err)
{
    struct sg_secret block = {0};
    struct sg_buffer record;
    struct heist_scene x = {.hedge = hedge, .now = now};
    struct stage *g;
    enum sg_err r = sg_secret_new(&block, sizeof *g, err);

    if (r != SG_OK)
        return r;
    g = (struct stage *)(void *)block.data;
    x.all = &g->all;
    x.scratch = &g->scratch;
    x.plain = g->plain;
    sg_buffer_init(&record, RECORD_BYTES);
    r = begin(g, &x, err);
    for (unsigned i = 1; r == SG_OK && i <= h->messages; i++) {
        struct heist_message *m = &h->message[i];
        x.now += STEP_MS;
        r = talk(g, &x, m, i, &record, err);
        for (size_t k = 0; r == SG_OK && k < THIEVES; k++) {
            struct heist_thief *t = &g->thief[k];
            m->opened[thieves[k].design] =
                i == 1 ? heist_thief_tries_opening(&x, t, &g->peer, &g->offer, g->wire, m->bytes)
                       : heist_thief_hears(&x, t, i, m->from_victim ? &g->ours : &g->theirs,
                                           g->wire, m->bytes);
        }
        if (r == SG_OK && i == h->at)
            r = steal(g, h, &x, &record, err);
    }
    sg_buffer_free(&record);
    sg_secret_free(&block);
    return r;
}
