/*
 * ratchet_side - someone who talks with one contact, over several sessions if it comes to that:
 * what a store would keep, in memory, with every decision taken by decide.h.
 */
#ifndef SG_TEST_RATCHET_SIDE_H
#define SG_TEST_RATCHET_SIDE_H

#include "ratchet.h"

#define SEEN_MAX 256

struct side {
    struct sg_ratchet_identity id;
    struct sg_offer_secret offer;
    struct sg_secret block[SG_HELD_MAX + 1]; /* the last is for a session that is not held yet */
    struct sg_session *session[SG_HELD_MAX], *spare;
    struct sg_held held[SG_HELD_MAX];
    size_t count;
    uint8_t seen[SEEN_MAX][16]; /* tombstones */
    size_t seens;
    uint64_t opened; /* the greatest OPENED known of the contact */
    uint8_t *plain;
    struct sg_secret block_plain;
};

static inline void side_new(struct side *s)
{
    struct sg_error err = {0};

    memset(s, 0, sizeof *s);
    for (size_t i = 0; i <= SG_HELD_MAX; i++)
        assert_int_equal(sg_session_new(&s->block[i], &err), SG_OK);
    for (size_t i = 0; i < SG_HELD_MAX; i++)
        s->session[i] = (struct sg_session *)(void *)s->block[i].data;
    s->spare = (struct sg_session *)(void *)s->block[SG_HELD_MAX].data;
    assert_int_equal(sg_secret_new(&s->block_plain, SG_WIRE_MAX_BYTES, &err), SG_OK);
    s->plain = s->block_plain.data;
}

static inline void side_free(struct side *s)
{
    for (size_t i = 0; i <= SG_HELD_MAX; i++)
        sg_secret_free(&s->block[i]);
    sg_secret_free(&s->block_plain);
}

/* Somebody new, with a public offer. */
static inline void side_begin(struct side *s)
{
    struct sg_hedge hedge = {{0}};

    s->count = s->seens = 0;
    s->opened = 0;
    sg_ratchet_identity_new(&s->id, &hedge);
    sg_offer_new(&s->offer, &s->id, SG_OFFER_REUSABLE, TODAY + 60, &hedge);
}

/* Carries a decision out on the sessions held. */
static inline void side_apply(struct side *s, const struct sg_decision *d, uint64_t now)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->count; i++) {
        struct sg_session *moved = s->session[i];
        if (d->drop[i])
            continue;
        s->session[i] = s->session[kept];
        s->session[kept] = moved;
        s->held[kept] = s->held[i];
        if (d->retire[i] && !s->held[kept].retired)
            s->held[kept].retired = now;
        if (d->settle[i])
            s->held[kept].awaiting = false;
        kept++;
    }
    s->count = kept;
}

/* And holds the spare session beside them. */
static inline void side_hold(struct side *s, struct sg_held held, const struct sg_decision *d,
                             uint64_t now)
{
    struct sg_session *moved = s->spare;

    side_apply(s, d, now);
    assert_true(s->count < SG_HELD_MAX);
    s->spare = s->session[s->count];
    s->session[s->count] = moved;
    held.awaiting = d->awaiting;
    held.retired = d->retired ? now : 0;
    s->held[s->count++] = held;
    if (held.opened > s->opened)
        s->opened = held.opened;
}

/* `start`, from the other's public offer. */
static inline const uint8_t *side_start(struct side *s, const struct side *other, bool replace,
                                        uint64_t now)
{
    struct sg_held held = {.opened = sg_decide_opened_at(now, s->opened), .mine = true};
    struct sg_hedge hedge = {{0}};
    struct sg_decision d;

    assert_int_equal(
        sg_session_start(s->spare, &s->id, other->offer.offer, held.opened, now, &hedge),
        SG_WORD_OK);
    memcpy(held.sid, s->spare->sid, sizeof held.sid);
    sg_decide_started(&d, s->held, s->count, &held, replace);
    side_hold(s, held, &d, now);
    return s->session[s->count - 1]->sid;
}

/* An opening, as a whole transaction. *d tells what was decided, when the word is OK. */
static inline enum sg_word side_receive_opening(struct side *s, struct sg_received *got,
                                                struct sg_decision *d, const uint8_t *bytes,
                                                size_t len, uint64_t now)
{
    const struct sg_offer_secret *offers[] = {&s->offer};
    struct sg_held held = {.heard = now};
    struct sg_opening found;
    enum sg_word word =
        sg_session_find_opening(s->spare, &found, &s->id, offers, 1, bytes, len, now);

    if (word != SG_WORD_OK)
        return word;
    for (size_t i = 0; i < s->seens; i++)
        if (memcmp(s->seen[i], found.seen, sizeof found.seen) == 0)
            return SG_WORD_DUPLICATE;
    word = sg_session_receive(s->spare, got, s->plain, bytes, len, now);
    if (word != SG_WORD_OK)
        return word;
    held.opened = s->spare->opened;
    memcpy(held.sid, s->spare->sid, sizeof held.sid);
    sg_decide_opened(d, s->held, s->count, &held, now);
    if (!d->keep)
        return d->word;
    side_hold(s, held, d, now);
    assert_true(s->seens < SEEN_MAX);
    memcpy(s->seen[s->seens++], found.seen, sizeof found.seen);
    return SG_WORD_OK;
}

#endif
