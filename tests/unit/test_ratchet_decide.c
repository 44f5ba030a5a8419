/*
 * Several sessions with one contact: which one is answered, what a re-opening does, who is thrown
 * out; and that two who open at once, again and again, and lose their state, end on one session.
 */
#include "ratchet_side.h"

static struct sg_held held_at(uint64_t opened, uint8_t sid)
{
    struct sg_held h = {.opened = opened};

    memset(h.sid, sid, sizeof h.sid);
    return h;
}

static struct sg_held heard_at(uint64_t opened, uint8_t sid, uint64_t heard)
{
    struct sg_held h = held_at(opened, sid);

    h.heard = heard;
    return h;
}

static void test_order(void **state)
{
    struct sg_held h[3] = {held_at(5, 9), held_at(7, 1), held_at(7, 2)};
    int which;

    (void)state;
    assert_int_equal(sg_decide_greatest(h, 0), -1);
    assert_int_equal(sg_decide_greatest(h, 2), 1);
    assert_int_equal(sg_decide_greatest(h, 3), 2);
    assert_int_equal(sg_decide_send(&which, h, 0, false), SG_WORD_NOT_FOR_US);
    assert_int_equal(sg_decide_send(&which, h, 3, false), SG_WORD_OK);
    assert_int_equal(which, 2);
    assert_int_equal(sg_decide_mark(h, 3, 2), SG_WORD_OK);
    assert_int_equal(sg_decide_mark(h, 3, 0), SG_WORD_OLD_SESSION);
    h[0].heard = UINT64_MAX; /* hearing on an old one moves nothing */
    assert_int_equal(sg_decide_send(&which, h, 3, false), SG_WORD_OK);
    assert_int_equal(which, 2);
    h[2].suspect = true;
    assert_int_equal(sg_decide_send(&which, h, 3, false), SG_WORD_SUSPECT);
    assert_int_equal(sg_decide_send(&which, h, 3, true), SG_WORD_OK);
    h[2].stopped = true;
    assert_int_equal(sg_decide_send(&which, h, 3, true), SG_WORD_ROLLBACK);
    h[2].awaiting = true;
    assert_int_equal(sg_decide_send(&which, h, 3, true), SG_WORD_REOPENED);
    assert_int_equal(sg_decide_mark(h, 3, 2), SG_WORD_REOPENED);
    assert_int_equal(sg_decide_opened_at(10, 5), 10);
    assert_int_equal(sg_decide_opened_at(10, 10), 11);
    assert_int_equal(sg_decide_opened_at(10, 99), 100);
}

static void test_first(void **state)
{
    struct sg_held fresh = held_at(NOW, 1);
    struct sg_decision d;

    (void)state;
    sg_decide_opened(&d, NULL, 0, &fresh, NOW);
    assert_true(d.keep && !d.awaiting && !d.retired);
    assert_int_equal(d.word, SG_WORD_OK);
}

static void test_reopening(void **state)
{
    struct sg_held h[SG_HELD_MAX] = {heard_at(100, 1, NOW)}, fresh = held_at(200, 2);
    struct sg_decision d;

    (void)state;
    sg_decide_opened(&d, h, 1, &fresh, NOW + SG_KEEP_MS); /* heard on within 30 days */
    assert_true(d.keep && d.awaiting && !d.retired && !d.retire[0] && !d.drop[0]);
    assert_int_equal(d.word, SG_WORD_REOPENED);
    sg_decide_opened(&d, h, 1, &fresh, NOW + SG_KEEP_MS + 1); /* not within them */
    assert_true(d.keep && !d.awaiting && d.retire[0] && !d.drop[0]);
    assert_int_equal(d.word, SG_WORD_OK);
    h[0].suspect = true; /* a suspect one still needs `accept` */
    sg_decide_opened(&d, h, 1, &fresh, NOW);
    assert_true(d.awaiting);
    h[0].suspect = false;
    h[0].stopped = true; /* all stopped: it does not */
    sg_decide_opened(&d, h, 1, &fresh, NOW);
    assert_true(d.keep && !d.awaiting && d.retire[0]);
    h[0].stopped = false;
    h[0].mine = true; /* mine and answered: it does */
    sg_decide_opened(&d, h, 1, &fresh, NOW);
    assert_true(d.awaiting);
    h[0].heard = 0; /* mine and not answered: crossed openings */
    sg_decide_opened(&d, h, 1, &fresh, NOW);
    assert_true(d.keep && !d.awaiting && d.retire[0]);
    assert_int_equal(d.word, SG_WORD_OK);
    h[1] = heard_at(50, 3, NOW); /* also with an older one that was heard on */
    sg_decide_opened(&d, h, 2, &fresh, NOW);
    assert_true(d.keep && !d.awaiting && d.retire[0] && d.retire[1]);
    fresh.opened = 99; /* less than mine: an old session from the start */
    sg_decide_opened(&d, h, 2, &fresh, NOW);
    assert_true(d.keep && !d.awaiting && d.retired && !d.retire[0]);
    assert_int_equal(d.word, SG_WORD_OLD_SESSION);
    fresh.opened = 100; /* the sid decides */
    fresh.sid[0] = 0;
    sg_decide_opened(&d, h, 1, &fresh, NOW);
    assert_true(d.retired);
    fresh.sid[0] = 2;
    sg_decide_opened(&d, h, 1, &fresh, NOW);
    assert_false(d.retired);
}

static void test_one_awaits(void **state)
{
    struct sg_held h[SG_HELD_MAX] = {heard_at(100, 1, NOW), heard_at(200, 2, NOW)};
    struct sg_held fresh = held_at(150, 3);
    struct sg_decision d;

    (void)state;
    h[1].awaiting = true;
    sg_decide_opened(&d, h, 2, &fresh, NOW); /* greater than the live one, less than the waiting */
    assert_false(d.keep);
    assert_int_equal(d.word, SG_WORD_REOPENED);
    fresh.opened = 250;
    sg_decide_opened(&d, h, 2, &fresh, NOW);
    assert_true(d.keep && d.awaiting && d.drop[1] && !d.drop[0] && !d.retire[0]);
    fresh.opened = 90; /* an old session all the same */
    sg_decide_opened(&d, h, 2, &fresh, NOW);
    assert_true(d.keep && d.retired && !d.drop[0] && !d.drop[1]);
    assert_int_equal(d.word, SG_WORD_OLD_SESSION);

    fresh.opened = 250;
    h[0].heard = 0; /* what waits is a session in use, too */
    sg_decide_opened(&d, h, 2, &fresh, NOW);
    assert_true(d.keep && d.awaiting && d.drop[1]);
    sg_decide_opened(&d, h + 1, 1, &fresh, NOW);
    assert_true(d.keep && d.awaiting && d.drop[0]);

    assert_true(sg_decide_accept(&d, h, 2, true));
    assert_true(d.settle[1] && d.retire[0] && !d.retire[1] && !d.drop[0] && !d.drop[1]);
    assert_true(sg_decide_accept(&d, h, 2, false)); /* declined: as if it had never come */
    assert_true(d.drop[1] && !d.drop[0] && !d.retire[0]);
    h[1].awaiting = false;
    assert_false(sg_decide_accept(&d, h, 2, true));

    h[1].awaiting = true;
    fresh.opened = 300;
    sg_decide_started(&d, h, 2, &fresh, false); /* one's own start */
    assert_true(d.keep && !d.awaiting && d.retire[0] && d.retire[1] && d.settle[1]);
    assert_true(!d.drop[0] && !d.drop[1]);
    sg_decide_started(&d, h, 2, &fresh, true);
    assert_true(d.drop[0] && d.drop[1]);
}

static void test_four(void **state)
{
    struct sg_held h[SG_HELD_MAX] = {heard_at(100, 1, NOW), heard_at(400, 2, NOW),
                                     heard_at(300, 3, NOW), heard_at(200, 4, NOW)};
    struct sg_held fresh = held_at(150, 5);
    struct sg_decision d;

    (void)state;
    sg_decide_opened(&d, h, 4, &fresh, NOW); /* the least goes */
    assert_true(d.keep && d.retired && d.drop[0] && !d.drop[1] && !d.drop[2] && !d.drop[3]);
    fresh.opened = 50; /* which may be the newcomer */
    sg_decide_opened(&d, h, 4, &fresh, NOW);
    assert_false(d.keep);
    assert_int_equal(d.word, SG_WORD_DUPLICATE);
    fresh.opened = 500; /* a re-opening never costs the live one its place */
    sg_decide_opened(&d, h, 4, &fresh, NOW);
    assert_true(d.keep && d.awaiting && d.drop[0] && !d.drop[1]);
    sg_decide_started(&d, h, 4, &fresh, false);
    assert_true(d.drop[0] && !d.drop[1] && !d.drop[2] && !d.drop[3]);
    h[1].awaiting = true; /* the waiting one leaves, so nothing else must */
    sg_decide_opened(&d, h, 4, &fresh, NOW);
    assert_true(d.keep && d.awaiting && d.drop[1] && !d.drop[0] && !d.drop[2] && !d.drop[3]);
}

/* A flood of re-openings by who has stolen ikd: the live session stays, one waits. */
static void test_flood_of_reopenings(void **state)
{
    struct sg_held h[SG_HELD_MAX] = {heard_at(1000, 1, NOW)};
    uint64_t seed = seed_now();
    size_t n = 1;

    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        struct sg_held fresh = heard_at(next_number(&seed) % 3000, (uint8_t)i, NOW);
        struct sg_decision d;
        size_t kept = 0, waiting = 0;
        bool live = false;

        sg_decide_opened(&d, h, n, &fresh, NOW);
        if (!d.keep)
            continue;
        for (size_t j = 0; j < n; j++)
            if (!d.drop[j])
                h[kept++] = h[j];
        fresh.awaiting = d.awaiting;
        h[kept++] = fresh;
        n = kept;
        assert_true(n <= SG_HELD_MAX);
        for (size_t j = 0; j < n; j++) {
            waiting += h[j].awaiting;
            live = live || (h[j].opened == 1000 && h[j].sid[0] == 1);
        }
        assert_true(waiting <= 1 && live);
    }
}

static void test_outlived(void **state)
{
    struct sg_held h = held_at(1, 1);

    (void)state;
    assert_false(sg_decide_outlived(&h, NOW));
    h.retired = NOW;
    assert_false(sg_decide_outlived(&h, NOW + SG_KEEP_MS));
    assert_true(sg_decide_outlived(&h, NOW + SG_KEEP_MS + 1));
    assert_false(sg_decide_outlived(&h, NOW - 1));
}

static void test_strangers(void **state)
{
    struct sg_stranger s[SG_QUARANTINE_MAX];

    (void)state;
    for (size_t i = 0; i < SG_QUARANTINE_MAX; i++)
        s[i] = (struct sg_stranger){.heard = 100 + (i * 7) % SG_QUARANTINE_MAX};
    for (size_t n = 0; n < SG_QUARANTINE_MAX; n++)
        assert_int_equal(sg_decide_stranger(s, n, false), -1);
    assert_int_equal(sg_decide_stranger(s, SG_QUARANTINE_MAX, false), 0); /* heard longest ago */
    s[0].single_use = true; /* came by a private offer: not for one of a public one */
    assert_int_equal(sg_decide_stranger(s, SG_QUARANTINE_MAX, true), 0);
    assert_int_not_equal(sg_decide_stranger(s, SG_QUARANTINE_MAX, false), 0);
    for (size_t i = 0; i < SG_QUARANTINE_MAX; i++)
        s[i].single_use = true;
    assert_int_equal(sg_decide_stranger(s, SG_QUARANTINE_MAX, false), -2);
    assert_int_equal(sg_decide_stranger(s, SG_QUARANTINE_MAX, true), 0);
    assert_true(sg_decide_hold(15, 0, 65536));
    assert_false(sg_decide_hold(16, 0, 0));
    assert_true(sg_decide_hold(0, 65000, 536));
    assert_false(sg_decide_hold(0, 65000, 537));
    assert_false(sg_decide_hold(0, 0, SIZE_MAX));
}

/* ---- they agree in the end ----------------------------------------------------------------------
 */

#define QUEUE_MAX 512

static struct side side[2];
static struct {
    uint8_t *wire;
    size_t len;
} queue[2][QUEUE_MAX];
static size_t waiting[2];
static uint64_t now, rng;

static size_t below(size_t n)
{
    return next_number(&rng) % n;
}

static void accept_if_asked(struct side *s)
{
    struct sg_decision d;

    if (sg_decide_accept(&d, s->held, s->count, true))
        side_apply(s, &d, now);
}

/* Sends on the session that is to be used. False when there is none, or it is exhausted. */
static bool send_one(int me)
{
    struct side *s = &side[me];
    struct sg_outgoing m = {.text = (const uint8_t *)"text", .text_len = 4};
    struct sg_hedge hedge = {{0}};
    static uint8_t wire[SG_WIRE_MAX_BYTES];
    size_t len, *n = &waiting[1 - me];
    int which;

    if (sg_decide_send(&which, s->held, s->count, true) == SG_WORD_REOPENED)
        accept_if_asked(s);
    if (sg_decide_send(&which, s->held, s->count, true) != SG_WORD_OK || *n == QUEUE_MAX ||
        sg_session_send(s->session[which], wire, &len, NULL, &m, now, &hedge) != SG_WORD_OK)
        return false;
    queue[1 - me][*n].wire = malloc(len);
    queue[1 - me][*n].len = len;
    memcpy(queue[1 - me][(*n)++].wire, wire, len);
    return true;
}

/* Takes one of what waits; the word. */
static enum sg_word receive_one(int me, size_t at)
{
    struct side *s = &side[me];
    uint8_t *wire = queue[me][at].wire;
    size_t len = queue[me][at].len;
    enum sg_word word = SG_WORD_NOT_FOR_US;
    struct sg_received got;
    struct sg_decision d;

    memmove(&queue[me][at], &queue[me][at + 1], (--waiting[me] - at) * sizeof queue[0][0]);
    for (size_t i = 0; i < s->count && word == SG_WORD_NOT_FOR_US; i++) {
        word = sg_session_receive(s->session[i], &got, s->plain, wire, len, now);
        if (word == SG_WORD_OK)
            s->held[i].heard = now;
    }
    if (word == SG_WORD_NOT_FOR_US)
        word = side_receive_opening(s, &got, &d, wire, len, now);
    free(wire);
    return word;
}

/* Everything is gone but who one is; the secrets of offers, too. A backup has the dates. */
static void lose_state(int me)
{
    struct side *s = &side[me];
    struct sg_hedge hedge = {{0}};

    s->count = s->seens = 0;
    if (below(2))
        s->opened = 0;
    sg_offer_new(&s->offer, &s->id, SG_OFFER_REUSABLE, TODAY + 60, &hedge);
}

static void disturb(void)
{
    for (size_t steps = 5 + below(60); steps > 0; steps--) {
        int me = (int)below(2);

        now += 1 + below(100000);
        switch (below(12)) {
        case 0:
            side_start(&side[me], &side[1 - me], below(4) == 0, now);
            break;
        case 1:
            if (below(3) == 0)
                lose_state(me);
            break;
        case 2:
            if (waiting[me]) /* lost */
                free(queue[me][--waiting[me]].wire);
            break;
        case 3:
        case 4:
        case 5:
        case 6:
            if (send_one(me))
                break;
            break;
        default:
            if (waiting[me])
                (void)receive_one(me, below(waiting[me]));
        }
    }
}

/* From here on nothing is lost. How many messages are not read before both have agreed. */
static unsigned settle(void)
{
    unsigned lost = 0;

    for (int me = 0; me < 2; me++) {
        if (side[me].count == 0)
            side_start(&side[me], &side[1 - me], false, ++now);
        while (waiting[me])
            (void)receive_one(me, 0);
    }
    for (unsigned i = 0; i < 12; i++) {
        int me = (int)(i % 2);

        now += 1000;
        if (!send_one(me)) /* its openings are used up: the user starts anew */
            side_start(&side[me], &side[1 - me], false, now), (void)send_one(me);
        while (waiting[1 - me]) {
            bool read = receive_one(1 - me, 0) == SG_WORD_OK;
            lost += !read;
            if (i >= 8)
                assert_true(read);
        }
    }
    return lost;
}

static void test_they_agree(void **state)
{
    unsigned rounds = build_is("plain") ? 300 : 10, most = 0, total = 0, apart = 0;
    uint64_t seed = seed_now();

    (void)state;
    side_new(&side[0]);
    side_new(&side[1]);
    for (unsigned round = 0; round < rounds; round++) {
        unsigned lost;
        int a, b;

        rng = seed + round;
        tape.seed = ~rng;
        now = NOW;
        side_begin(&side[0]);
        side_begin(&side[1]);
        side_start(&side[0], &side[1], false, now);
        disturb();
        a = sg_decide_greatest(side[0].held, side[0].count);
        b = sg_decide_greatest(side[1].held, side[1].count);
        apart += a < 0 || b < 0 || memcmp(side[0].held[a].sid, side[1].held[b].sid, 32) != 0;
        lost = settle();
        a = sg_decide_greatest(side[0].held, side[0].count);
        b = sg_decide_greatest(side[1].held, side[1].count);
        assert_true(a >= 0 && b >= 0);
        assert_memory_equal(side[0].held[a].sid, side[1].held[b].sid, SG_SID_BYTES);
        most = lost > most ? lost : most;
        total += lost;
    }
    print_message("%u rounds, %u of them apart before; %u messages lost in all, at most %u\n",
                  rounds, apart, total, most);
    assert_true(most <= 2);
    side_free(&side[0]);
    side_free(&side[1]);
}

/* Whoever has the state of an old session can be read on it, marked so, and draws no answer there.
 */
static void test_old_session_draws_nothing(void **state)
{
    struct sg_session *thief = malloc(sizeof *thief);
    struct sg_hedge hedge = {{0}};
    struct sg_outgoing m = {.text = (const uint8_t *)"x", .text_len = 1};
    struct sg_received got;
    static uint8_t wire[SG_WIRE_MAX_BYTES];
    size_t len;
    int which;

    (void)state;
    side_new(&side[0]);
    side_new(&side[1]);
    now = NOW;
    side_begin(&side[0]);
    side_begin(&side[1]);
    side_start(&side[0], &side[1], false, now);
    for (int i = 0; i < 6; i++) {
        assert_true(send_one(i % 2));
        assert_int_equal(receive_one(1 - i % 2, 0), SG_WORD_OK);
    }
    memcpy(thief, side[0].session[0], sizeof *thief);
    side_start(&side[0], &side[1], false, now + 5);
    assert_true(send_one(0));
    assert_int_equal(receive_one(1, 0), SG_WORD_OK);
    assert_int_equal(sg_decide_send(&which, side[1].held, side[1].count, true), SG_WORD_REOPENED);
    accept_if_asked(&side[1]);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sg_session_send(thief, wire, &len, NULL, &m, now, &hedge), SG_WORD_OK);
        assert_int_equal(
            sg_session_receive(side[1].session[0], &got, side[1].plain, wire, len, now + 10),
            SG_WORD_OK);
        side[1].held[0].heard = now + 10;
        assert_int_equal(sg_decide_mark(side[1].held, side[1].count, 0), SG_WORD_OLD_SESSION);
        assert_int_equal(sg_decide_send(&which, side[1].held, side[1].count, false), SG_WORD_OK);
        assert_int_equal(which, 1);
    }
    free(thief);
    side_free(&side[0]);
    side_free(&side[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),      cmocka_unit_test(test_first),
        cmocka_unit_test(test_reopening),  cmocka_unit_test(test_one_awaits),
        cmocka_unit_test(test_four),       cmocka_unit_test(test_flood_of_reopenings),
        cmocka_unit_test(test_outlived),   cmocka_unit_test(test_strangers),
        cmocka_unit_test(test_they_agree), cmocka_unit_test(test_old_session_draws_nothing),
    };

    return cmocka_run_group_tests_name("ratchet_decide", tests, start_library, NULL);
}
