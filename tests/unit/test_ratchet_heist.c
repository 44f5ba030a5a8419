/* LDFLAGS: -Icmd */
/*
 * The theft that `ratchet heist` plays: what each thief opens, whenever he came.
 */
#include "helper.h"

#include "../../cmd/ratchet/heist_plain.c"
#include "../../cmd/ratchet/heist_play.c"
#include "../../cmd/ratchet/heist_session.c"
#include "../../cmd/ratchet/heist_thief.c"

#define MESSAGES 130

static struct heist h;

static void play(unsigned at)
{
    struct sg_error err = {0};

    assert_int_equal(heist_play(&h, MESSAGES, at, UINT64_C(1800000000000), &err), SG_OK);
}

static bool opened(unsigned i, enum heist_design d)
{
    return h.message[i].opened[d];
}

/* The last that a design lets the thief open, or `at` when he opened none after the theft. */
static unsigned last(enum heist_design d)
{
    unsigned i = MESSAGES;

    while (i > h.at && !opened(i, d))
        i--;
    return i;
}

/* The first message from `i` on with which a side begins to speak. */
static unsigned next_turn(unsigned i, bool victim)
{
    while (i <= MESSAGES && !(heist_from_victim(i) == victim && heist_from_victim(i - 1) != victim))
        i++;
    return i;
}

static void check(unsigned at)
{
    uint32_t epoch = h.message[at].epoch;
    unsigned healed, quantum;

    for (unsigned i = 1; i <= MESSAGES; i++) {
        assert_true(opened(i, HEIST_STATIC));
        assert_true(opened(i, HEIST_DH_QUANTUM));
        assert_int_equal(opened(i, HEIST_CHAIN), i > at);
        if (i <= at)
            assert_false(opened(i, HEIST_DH) || opened(i, HEIST_PQ_QUANTUM));
    }
    healed = last(HEIST_DH);
    quantum = last(HEIST_PQ_QUANTUM);
    /* Within a round trip: nothing from the next chain that the victim begins on. */
    assert_true(healed < next_turn(at + 1, true));
    for (unsigned i = at + 1; i <= healed; i++)
        assert_true(opened(i, HEIST_DH));
    for (unsigned i = at + 1; i <= quantum; i++)
        assert_true(opened(i, HEIST_PQ_QUANTUM));
    /* The epoch under way, and one that began after the theft; and really he read for a while. */
    assert_true(quantum < MESSAGES);
    assert_true(h.message[quantum].epoch <= epoch + 2);
    assert_true(quantum >= healed);
}

static void test_any_moment(void **state)
{
    unsigned step = build_is("plain") ? 1 : 23, most_dh = 0, most_pq = 0;

    (void)state;
    for (unsigned at = 1; at <= 60; at += step) {
        play(at);
        check(at);
        most_dh = last(HEIST_DH) - at > most_dh ? last(HEIST_DH) - at : most_dh;
        most_pq = last(HEIST_PQ_QUANTUM) - at > most_pq ? last(HEIST_PQ_QUANTUM) - at : most_pq;
    }
    print_message("read on at most: DH %u messages, quantum %u messages\n", most_dh, most_pq);
    assert_true(most_dh >= 1 && most_pq > most_dh);
}

static void test_sizes(void **state)
{
    struct sg_error err = {0};

    (void)state;
    assert_int_equal(heist_play(&h, 2, 1, UINT64_C(1800000000000), &err), SG_OK);
    assert_int_equal(heist_play(&h, 2, 2, UINT64_C(1800000000000), &err), SG_OK);
    assert_true(h.state[HEIST_STATIC] == 32 && h.state[HEIST_CHAIN] == 64);
    assert_true(h.state[HEIST_DH] > 64 && h.state[HEIST_DH] == h.state[HEIST_PQ_QUANTUM]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_moment),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests_name("ratchet_heist", tests, start_library, NULL);
}
