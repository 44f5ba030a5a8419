#include "ratchet/heist_thief.h"

#include <string.h>

void heist_pairs_note(struct heist_pairs *all, const uint8_t public[static SG_X25519_BYTES],
                      const uint8_t secret[static SG_X25519_BYTES])
{
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(all->pair[i].public, public, SG_X25519_BYTES) == 0)
            return;
    if (all->count < sizeof all->pair / sizeof *all->pair) {
        memcpy(all->pair[all->count].public, public, SG_X25519_BYTES);
        memcpy(all->pair[all->count++].secret, secret, SG_X25519_BYTES);
    }
}

/* What a quantum computer would find for a public key; random bytes when he has none. */
static void secret_of(uint8_t secret[static SG_X25519_BYTES], const struct heist_scene *x,
                      const struct heist_thief *t, const uint8_t public[static SG_X25519_BYTES])
{
    sg_hedge_draw(x->hedge, secret, 1);
    for (size_t i = 0; t->told_x25519 && i < x->all->count; i++)
        if (memcmp(x->all->pair[i].public, public, SG_X25519_BYTES) == 0)
            memcpy(secret, x->all->pair[i].secret, SG_X25519_BYTES);
}

static bool receive(struct heist_scene *x, unsigned i, const uint8_t *wire, size_t len)
{
    char text[HEIST_TEXT_BYTES];
    size_t n = heist_text(text, i);
    struct sg_received got;

    return sg_session_receive(x->scratch, &got, x->plain, wire, len, x->now) == SG_WORD_OK &&
           got.text_len == n && memcmp(got.text, text, n) == 0;
}

/* Makes scratch the other side of s, as far as s tells; dhs: the other's ratchet secret. */
static void mirror(struct heist_scene *x, const struct sg_session *s,
                   const uint8_t dhs[static SG_X25519_BYTES])
{
    struct sg_session *m = x->scratch;

    memset(m, 0, sizeof *m);
    m->role = s->role == SG_ROLE_A ? SG_ROLE_B : SG_ROLE_A;
    memcpy(m->sid, s->sid, sizeof m->sid);
    m->opened = s->opened;
    m->opened_known = true;
    memcpy(m->root, s->root, sizeof m->root);
    m->have_dhs = true;
    memcpy(m->dhs, dhs, sizeof m->dhs);
    memcpy(m->dhs_public, s->dhr, sizeof m->dhs_public);
    memcpy(m->dhr, s->dhs_public, sizeof m->dhr);
    m->nhkr = s->nhks;
    m->receiving = s->sending || s->ns > 0;
    m->nr = s->ns;
    m->ep_r = s->ep_s;
    if (s->sending) {
        m->hkr = s->hks;
        memcpy(m->ckr, s->cks, sizeof m->ckr);
    } else {
        sg_hedge_draw(x->hedge, m->hkr.mac, 1); /* of a chain that has been left: forgotten */
        sg_hedge_draw(x->hedge, m->hkr.enc, 1);
    }
    m->pq.root = s->pq.root;
    if (s->pq.phase == SG_PHASE_READY) { /* so the other has answered */
        m->pq.phase = SG_PHASE_ANSWERING;
        memcpy(m->pq.key, s->pq.key, sizeof m->pq.key);
    }
}

static bool try_owner(struct heist_scene *x, const struct heist_thief *t, unsigned i,
                      const uint8_t *wire, size_t len)
{
    uint8_t secret[SG_X25519_BYTES];
    bool ok;

    secret_of(secret, x, t, t->session->dhr);
    mirror(x, t->session, secret);
    ok = receive(x, i, wire, len);
    sg_wipe(secret, sizeof secret);
    for (size_t k = 0; k < t->own.count && !ok; k++) {
        mirror(x, t->session, t->own.pair[k].secret);
        ok = receive(x, i, wire, len);
    }
    return ok;
}

/* As he is; and where the next step wants a ratchet key that he does not have, with all he has. */
static bool try_other(struct heist_scene *x, const struct heist_thief *t, unsigned i,
                      const uint8_t *wire, size_t len)
{
    bool ok;

    *x->scratch = *t->session;
    ok = receive(x, i, wire, len);
    for (size_t k = 0; k < t->own.count && !ok; k++) {
        *x->scratch = *t->session;
        x->scratch->need_send = false;
        x->scratch->have_dhs = true;
        memcpy(x->scratch->dhs, t->own.pair[k].secret, SG_X25519_BYTES);
        memcpy(x->scratch->dhs_public, t->own.pair[k].public, SG_X25519_BYTES);
        ok = receive(x, i, wire, len);
    }
    return ok;
}

bool heist_thief_tries(struct heist_scene *x, const struct heist_thief *t, unsigned i,
                       const uint8_t *wire, size_t len)
{
    if (!t->listens)
        return false;
    return heist_from_victim(i) == t->of_victim ? try_owner(x, t, i, wire, len)
                                                : try_other(x, t, i, wire, len);
}

/* The owner's step, read in the mirror, is taken in the copy of his state. */
static void take_over(struct heist_scene *x, struct heist_thief *t)
{
    struct sg_session *s = t->session;
    const struct sg_session *m = x->scratch;

    if (s->need_send) {
        bool absorbed = m->pq.root > s->pq.root;
        memcpy(s->root, m->root, sizeof s->root);
        memcpy(s->dhs_public, m->dhr, sizeof s->dhs_public);
        secret_of(s->dhs, x, t, m->dhr);
        s->have_dhs = true;
        s->hks = m->hkr;
        s->nhks = m->nhkr;
        s->pn = s->ns;
        s->ep_s = m->ep_r;
        s->sending = true;
        s->need_send = false;
        if (absorbed) {
            s->pq.root++;
            sg_epoch_next(&s->pq, s->role, x->now);
        }
    }
    memcpy(s->cks, m->ckr, sizeof s->cks);
    s->ns = m->nr;
}

/* An ML-KEM secret that the owner drew for this message: told, or unknown. */
static void follow_epoch(struct heist_scene *x, struct heist_thief *t,
                         const struct sg_session *speaker)
{
    struct sg_epoch *q = &t->session->pq;
    const struct sg_epoch *his = &speaker->pq;

    if (q->phase == SG_PHASE_IDLE && his->phase == SG_PHASE_OFFERING) {
        sg_hedge_draw(x->hedge, q->seed, 2);
        if (t->told_ml_kem)
            memcpy(q->seed, his->seed, sizeof q->seed);
    } else if (q->phase == SG_PHASE_PENDING && his->phase == SG_PHASE_ANSWERING) {
        sg_hedge_draw(x->hedge, q->key, 1);
        if (t->told_ml_kem)
            memcpy(q->key, his->key, sizeof q->key);
        memcpy(q->bytes, his->bytes, sizeof q->bytes); /* the ciphertext: he has just read it */
    }
    q->phase = his->phase;
}

bool heist_thief_hears(struct heist_scene *x, struct heist_thief *t, unsigned i,
                       const struct sg_session *speaker, const uint8_t *wire, size_t len)
{
    if (!heist_thief_tries(x, t, i, wire, len))
        return false;
    if (heist_from_victim(i) == t->of_victim) {
        take_over(x, t);
        follow_epoch(x, t, speaker);
    } else {
        *t->session = *x->scratch;
    }
    return true;
}

bool heist_thief_tries_opening(struct heist_scene *x, struct heist_thief *t,
                               const struct sg_ratchet_identity *peer,
                               const struct sg_offer_secret *offer, const uint8_t *wire, size_t len)
{
    struct sg_ratchet_identity as = {.public = peer->public};
    struct sg_offer_secret guess = *offer;
    const struct sg_offer_secret *offers[] = {&guess};
    struct sg_opening found;
    bool ok;

    sg_hedge_draw(x->hedge, as.dh, 1);
    sg_hedge_draw(x->hedge, guess.spk, 1);
    sg_hedge_draw(x->hedge, guess.seed, 2);
    if (t->told_x25519) {
        memcpy(as.dh, peer->dh, sizeof as.dh);
        memcpy(guess.spk, offer->spk, sizeof guess.spk);
    }
    if (t->told_ml_kem)
        memcpy(guess.seed, offer->seed, sizeof guess.seed);
    ok = sg_session_find_opening(x->scratch, &found, &as, offers, 1, wire, len, x->now) ==
             SG_WORD_OK &&
         receive(x, 1, wire, len);
    if (ok) {
        *t->session = *x->scratch;
        t->listens = true;
        t->of_victim = false;
    }
    sg_wipe(&as, sizeof as);
    sg_wipe(&guess, sizeof guess);
    return ok;
}
