/*
 * Conversations in one process, both sides: messages of 100 bytes a second, sent and received. The
 * same is measured of peers by ratchet_olm.c, ratchet_signal.c and ratchet.mjs.
 */
#include "ratchet/ratchet.h"

#include "base/base.h"
#include "crypto/random.h"
#include "rate.h"

#include <stdlib.h>
#include <string.h>

#define NOW UINT64_C(1800000000000)
#define ROUND 100

static struct sg_ratchet_identity alice, bob;
static struct sg_offer_secret offer;
static struct sg_hedge hedge;
static struct sg_secret memory[3];
static struct sg_session *a, *b, *spare;
static struct sg_buffer stored;
static uint8_t wire[SG_WIRE_MAX_BYTES], plain[SG_WIRE_MAX_BYTES], text[100];
static uint8_t keys[1000][SG_SESSION_KEYS_MAX_BYTES];
static size_t keys_len[1000];

static void check(bool ok)
{
    if (!ok) {
        fputs("ratchet: something went wrong\n", stderr);
        exit(1);
    }
}

static size_t out(struct sg_session *s)
{
    struct sg_outgoing m = {.text = text, .text_len = sizeof text, .with_time = true};
    size_t len;

    check(sg_session_send(s, wire, &len, NULL, &m, NOW, &hedge) == SG_WORD_OK);
    return len;
}

static void in(struct sg_session *s, size_t len)
{
    struct sg_received got;

    check(sg_session_receive(s, &got, plain, wire, len, NOW) == SG_WORD_OK &&
          got.text_len == sizeof text);
}

static void store(const struct sg_session *s)
{
    struct sg_error err = {0};

    stored.len = 0;
    check(sg_session_encode(&stored, s, &err) == SG_OK);
}

/* One way, with an answer now and then, as a chain has an end. */
static void one_way(void)
{
    for (int i = 0; i < ROUND; i++)
        in(b, out(a));
    if (a->ns > SG_CHAIN_MAX - 2 * ROUND) {
        in(a, out(b));
        in(b, out(a));
    }
}

static void ping_pong(void)
{
    for (int i = 0; i < ROUND / 2; i++) {
        in(b, out(a));
        in(a, out(b));
    }
}

/* Both states stored and read back at each message. */
static void ping_pong_stored(void)
{
    for (int i = 0; i < ROUND / 2; i++) {
        size_t len = out(a);
        store(a);
        check(sg_session_decode(a, stored.data, stored.len));
        in(b, len);
        store(b);
        check(sg_session_decode(b, stored.data, stored.len));
        len = out(b);
        store(b);
        in(a, len);
        store(a);
    }
}

static void start(void)
{
    check(sg_session_start(a, &alice, offer.offer, NOW, NOW, &hedge) == SG_WORD_OK);
}

static void answer(void)
{
    const struct sg_offer_secret *offers[] = {&offer};
    struct sg_opening found;
    size_t len = out(a);

    check(sg_session_find_opening(b, &found, &bob, offers, 1, wire, len, NOW) == SG_WORD_OK);
    in(b, len);
}

static void begin(void)
{
    start();
    answer();
    in(a, out(b));
    ping_pong();
}

static void find_opening(void)
{
    const struct sg_offer_secret *offers[] = {&offer};
    struct sg_opening found;

    check(sg_session_find_opening(spare, &found, &bob, offers, 1, wire, 2048, NOW) ==
          SG_WORD_NOT_FOR_US);
}

/* A message for none of 1,000 conversations, of those that have two header keys. */
static void trial(void)
{
    for (size_t i = 0; i < 1000; i++)
        check(!sg_session_keys_match(keys[i], keys_len[i], wire, 2048));
}

int main(void)
{
    struct sg_error err = {0};

    check(sg_secret_init(&err) == SG_OK);
    for (size_t i = 0; i < 3; i++)
        check(sg_session_new(&memory[i], &err) == SG_OK);
    a = (struct sg_session *)(void *)memory[0].data;
    b = (struct sg_session *)(void *)memory[1].data;
    spare = (struct sg_session *)(void *)memory[2].data;
    sg_buffer_init_secret(&stored, SG_SESSION_MAX_BYTES);
    sg_hedge_new(&hedge);
    sg_random(text, sizeof text);
    sg_ratchet_identity_new(&alice, &hedge);
    sg_ratchet_identity_new(&bob, &hedge);
    sg_offer_new(&offer, &bob, SG_OFFER_REUSABLE, (uint32_t)(NOW / SG_DAY_MS) + 30, &hedge);
    begin();
    rate_print("signet ratchet", "messages, one way", ROUND, one_way);
    rate_print("signet ratchet", "messages, ping-pong", ROUND, ping_pong);
    rate_print("signet ratchet", "the same, state stored each time", ROUND, ping_pong_stored);
    for (size_t i = 0; i < 1000; i++) {
        keys_len[i] = sg_session_keys(keys[i], i % 2 ? a : b);
        sg_random(keys[i] + 33, keys_len[i] - 33);
    }
    sg_random(wire, sizeof wire);
    rate_print("signet ratchet", "trials of 1,000 conversations", 1, trial);
    rate_print("signet ratchet", "trials of an offer", 1, find_opening);
    rate_print("signet ratchet", "starts (16 envelopes)", 1, start);
    for (size_t i = 0; i < 3; i++)
        sg_secret_free(&memory[i]);
    sg_buffer_free(&stored);
    return 0;
}
