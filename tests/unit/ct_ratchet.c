/*
 * The constant-time check of conversations: opening, sending and receiving, headers and bodies,
 * kept keys and epochs. Built and run as ct_mlkem.c is: identities, the secrets of offers, whole
 * sessions and what is said are undefined memory; what is sent is declassified here.
 *
 * What a session's fields say of its course (how far it is, which part of an epoch is under way) is
 * acted upon, and so is who opened it: those are made public here. Keys and texts are not.
 */
#include "base/base.h"
#include "base/ct.h"
#include "ratchet/ratchet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SG_CT
#error "the constant-time check needs -DSG_CT"
#endif

#define NOW UINT64_C(1800000000000)
#define TODAY ((uint32_t)(NOW / SG_DAY_MS))
#define CLASSIFY(x) sg_ct_classify(&(x), sizeof(x))

static struct sg_hedge hedge;
static struct sg_ratchet_identity alice, bob;
static struct sg_offer_secret offer;
static struct sg_secret memory[4];
static uint8_t wire[SG_WIRE_MAX_BYTES], kept[SG_WIRE_MAX_BYTES];

/* Makes undefined all that is secret in a session, though it may be computed from public bytes. */
static void classify(struct sg_session *s)
{
    CLASSIFY(s->root);
    CLASSIFY(s->dhs);
    CLASSIFY(s->hks);
    CLASSIFY(s->nhks);
    CLASSIFY(s->cks);
    CLASSIFY(s->hkr);
    CLASSIFY(s->nhkr);
    CLASSIFY(s->ckr);
    CLASSIFY(s->pq.seed);
    CLASSIFY(s->pq.key);
    for (size_t i = 0; i < SG_OLD_CHAINS_MAX; i++)
        CLASSIFY(s->old[i].header);
    for (size_t i = 0; i < SG_SKIPPED_MAX; i++)
        CLASSIFY(s->skipped[i].mk);
}

static struct sg_session *session(size_t i)
{
    return (struct sg_session *)(void *)memory[i].data;
}

static size_t send(struct sg_session *s)
{
    uint8_t text[50] = "what is said is nobody's business";
    struct sg_outgoing m = {.text = text, .text_len = sizeof text, .with_time = true};
    size_t len;

    CLASSIFY(text);
    classify(s);
    if (sg_session_send(s, wire, &len, NULL, &m, NOW, &hedge) != SG_WORD_OK)
        return 0;
    sg_ct_declassify(wire, len); /* it is sent */
    return len;
}

/* What came out is what was said. The program may know; the library may not. */
static bool said(const struct sg_received *got)
{
    uint8_t text[50] = "what is said is nobody's business";
    bool same = got->text_len == sizeof text && sg_equal(got->text, text, sizeof text);

    sg_ct_declassify(&same, sizeof same);
    return same;
}

static enum sg_word receive(struct sg_session *s, const uint8_t *bytes, size_t len)
{
    struct sg_received got;
    enum sg_word word;

    classify(s);
    word = sg_session_receive(s, &got, memory[2].data, bytes, len, NOW);
    return word == SG_WORD_OK && !said(&got) ? SG_WORD_CORRUPT : word;
}

static bool begin(struct sg_session *a, struct sg_session *b)
{
    const struct sg_offer_secret *offers[] = {&offer};
    struct sg_opening found;
    size_t len;

    sg_hedge_new(&hedge);
    CLASSIFY(hedge);
    sg_ratchet_identity_new(&alice, &hedge);
    sg_ratchet_identity_new(&bob, &hedge);
    sg_ct_declassify(&alice.public, sizeof alice.public);
    sg_ct_declassify(&bob.public, sizeof bob.public);
    sg_offer_new(&offer, &bob, SG_OFFER_REUSABLE, TODAY, &hedge);
    sg_ct_declassify(offer.offer, sizeof offer.offer); /* it is handed out */
    CLASSIFY(offer.spk);
    CLASSIFY(offer.seed);
    if (sg_session_start(a, &alice, offer.offer, NOW, NOW, &hedge) != SG_WORD_OK)
        return false;
    len = send(a);
    if (len == 0 ||
        sg_session_find_opening(b, &found, &bob, offers, 1, wire, len, NOW) != SG_WORD_OK)
        return false;
    return receive(b, wire, len) == SG_WORD_OK;
}

/* Turns, epochs, messages that come late, twice, changed, or are for others. */
static bool talk(struct sg_session *a, struct sg_session *b)
{
    static uint8_t keys[SG_SESSION_KEYS_MAX_BYTES];

    for (unsigned i = 0; i < 8; i++) {
        struct sg_session *from = i % 2 ? a : b, *to = i % 2 ? b : a;
        size_t late = send(from), len, n;

        memcpy(kept, wire, late);
        len = send(from);
        if (late == 0 || len == 0 || receive(to, wire, len) != SG_WORD_OK)
            return false;
        if (receive(to, kept, late) != SG_WORD_OK || receive(to, kept, late) != SG_WORD_DUPLICATE)
            return false;
        len = send(from);
        wire[len - 1] ^= 1;
        if (receive(to, wire, len) != SG_WORD_CORRUPT)
            return false;
        wire[0] ^= 1;
        n = sg_session_keys(keys, to);
        sg_ct_declassify(keys, 1); /* the role */
        if (receive(to, wire, len) != SG_WORD_NOT_FOR_US ||
            sg_session_keys_match(keys, n, wire, len))
            return false;
    }
    return a->pq.root == 1 && b->pq.root == 1;
}

int main(void)
{
    struct sg_error err = {0};
    bool ok = true;

    if (!RUNNING_ON_VALGRIND || sg_secret_init(&err) != SG_OK)
        return 2;
    ok = sg_session_new(&memory[0], &err) == SG_OK && sg_session_new(&memory[1], &err) == SG_OK &&
         sg_secret_new(&memory[2], SG_WIRE_MAX_BYTES, &err) == SG_OK;
    if (!ok)
        return 2;
    if (!begin(session(0), session(1)) || !talk(session(0), session(1))) {
        fputs("ct_ratchet: a result is wrong\n", stderr);
        return 1;
    }
    return 0;
}
