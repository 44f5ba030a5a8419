/*
 * After a theft of one side's whole state: how long a thief who only listens can read on, when all
 * X25519 secrets are told him from then on (what a quantum computer could find out), or all of
 * ML-KEM's, or both.
 *
 * The thief is a copy of the victim's session. It hears all that the peer sends, and goes along
 * when the victim sends: with the same random blocks where he is told, with others where he is not.
 * He has the victim's keys as long as the two chain keys are the same.
 */
#include "ratchet.h"

#define BLOCK SG_HEDGE_BLOCK_BYTES

enum told { NOTHING = 0, X25519 = 1, ML_KEM = 2, BOTH = 3 };

static struct pair p;
static struct sg_session *thief;
static uint8_t wire[SG_WIRE_MAX_BYTES], stolen_wire[SG_WIRE_MAX_BYTES];
static uint64_t rng, now;

static void random_blocks(uint8_t *out, size_t blocks)
{
    for (size_t i = 0; i < blocks * BLOCK; i++)
        out[i] = (uint8_t)next_number(&rng);
}

/* Puts a DH key, if one will be drawn, and what ML-KEM may draw on the tape. */
static void lay_tape(bool with_dh, const uint8_t dh[static BLOCK],
                     const uint8_t kem[static 2 * BLOCK])
{
    tape.count = tape.next = 0;
    if (with_dh)
        memcpy(tape.block[tape.count++], dh, BLOCK);
    memcpy(tape.block[tape.count++], kem, BLOCK);
    memcpy(tape.block[tape.count++], kem + BLOCK, BLOCK);
}

/* The victim sends; whether the thief has the key of the message. */
static bool victim_sends(struct sg_session *victim, enum told told, size_t *len)
{
    uint8_t dh[2][BLOCK], kem[2][2 * BLOCK];
    bool in_step = thief->need_send == victim->need_send;

    random_blocks(dh[0], 1);
    random_blocks(dh[1], 1);
    random_blocks(kem[0], 2);
    random_blocks(kem[1], 2);
    lay_tape(victim->need_send, dh[0], kem[0]);
    *len = say(victim, wire, "from the victim", now);
    if (!in_step || (!thief->need_send && !thief->sending))
        return false;
    lay_tape(thief->need_send, dh[told & X25519 ? 0 : 1], kem[told & ML_KEM ? 0 : 1]);
    (void)say(thief, stolen_wire, "from the victim", now);
    return memcmp(thief->cks, victim->cks, sizeof thief->cks) == 0;
}

static bool thief_hears(size_t len)
{
    struct sg_received got;

    return sg_session_receive(thief, &got, p.plain, wire, len, now) == SG_WORD_OK &&
           heard(&got, "from the peer");
}

struct course {
    unsigned messages;     /* from the theft to the last that was read */
    uint32_t epochs;       /* begun after the theft, and absorbed, when it was read */
    unsigned victim_turns; /* chains that the victim had begun since, when it was read */
};

/*
 * Talks on in bursts for so many messages, the victim being A or B, and the theft happening before
 * any of them: what was read last.
 */
static struct course listen(bool victim_is_a, enum told told, unsigned burst, unsigned before,
                            unsigned after)
{
    struct course c = {0, 0, 0};
    struct sg_session *victim = NULL, *peer = NULL;
    uint32_t root = 0;
    unsigned turns = 0;
    size_t len;

    pair_start(&p);
    victim = victim_is_a ? p.sa : p.sb;
    peer = victim_is_a ? p.sb : p.sa;
    now = NOW;
    len = say(p.sa, wire, "hello", now);
    assert_int_equal(pair_answer(&p, wire, len, now), SG_WORD_OK);
    for (unsigned i = 0; i < before + after; i++) {
        bool from_victim = (i / burst % 2 == 1) == victim_is_a; /* B begins */
        bool read;

        now += 1000;
        if (i == before) {
            memcpy(thief, victim, sizeof *thief);
            root = victim->pq.root;
            turns = 0;
        }
        tape.count = tape.next = 0;
        if (from_victim) {
            bool turn = victim->need_send;
            if (i >= before) {
                read = victim_sends(victim, told, &len);
            } else {
                len = say(victim, wire, "from the victim", now);
                read = false;
            }
            turns += turn;
            tape.count = tape.next = 0;
            assert_int_equal(sg_session_receive(peer, &p.got, p.plain, wire, len, now), SG_WORD_OK);
        } else {
            len = say(peer, wire, "from the peer", now);
            read = i >= before && thief_hears(len);
            assert_int_equal(sg_session_receive(victim, &p.got, p.plain, wire, len, now),
                             SG_WORD_OK);
        }
        if (i >= before && read) {
            c.messages = i - before + 1;
            c.victim_turns = turns;
            /* The epoch under way at the theft is root + 1; those after it were begun since. */
            c.epochs = victim->pq.root > root + 1 ? victim->pq.root - root - 1 : 0;
        }
    }
    return c;
}

/* Many moments of three epochs as that of the theft. */
static struct course worst(enum told told, unsigned burst, unsigned after)
{
    struct course most = {0, 0, 0};
    unsigned step = getenv("SG_RATCHET_FULL") ? 1 : build_is("plain") ? 11 : 59;

    for (unsigned before = 2; before < 120; before += step)
        for (int a = 0; a < 2; a++) {
            struct course c = listen(a, told, burst, before, after);
            most.messages = c.messages > most.messages ? c.messages : most.messages;
            most.epochs = c.epochs > most.epochs ? c.epochs : most.epochs;
            most.victim_turns =
                c.victim_turns > most.victim_turns ? c.victim_turns : most.victim_turns;
        }
    return most;
}

static const unsigned BURSTS[] = {1, 3, 10};

static size_t burst_count(void)
{
    return build_is("plain") ? sizeof BURSTS / sizeof *BURSTS : 1;
}

/* The control: who is told everything reads everything, so what stops him is what he is not told.
 */
static void test_told_both(void **state)
{
    (void)state;
    for (size_t i = 0; i < burst_count(); i++)
        for (unsigned before = 2; before < 40; before += build_is("plain") ? 9 : 29)
            for (int a = 0; a < 2; a++)
                assert_int_equal(listen(a, BOTH, BURSTS[i], before, 200).messages, 200);
}

/* Told all of X25519: he is out once an epoch that began after the theft is absorbed. */
static void test_told_x25519(void **state)
{
    (void)state;
    for (size_t i = 0; i < burst_count(); i++) {
        struct course c = worst(X25519, BURSTS[i], 120);
        print_message("bursts of %2u: read on for at most %u messages\n", BURSTS[i], c.messages);
        assert_int_equal(c.epochs, 0);
        assert_true(c.messages > 2 && c.messages < 100);
    }
}

/* Told all of ML-KEM: he is out as soon as the victim has turned, and the peer has answered that.
 */
static void test_told_ml_kem(void **state)
{
    (void)state;
    for (size_t i = 0; i < burst_count(); i++) {
        struct course c = worst(ML_KEM, BURSTS[i], 60);
        print_message("bursts of %2u: read on for at most %u messages\n", BURSTS[i], c.messages);
        assert_int_equal(c.victim_turns, 0); /* nothing is read once a chain of his has begun */
        assert_true(c.messages <= 2 * BURSTS[i]);
    }
}

static void test_told_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < burst_count(); i++) {
        struct course c = worst(NOTHING, BURSTS[i], 60);
        assert_int_equal(c.victim_turns, 0);
        assert_true(c.messages <= 2 * BURSTS[i]);
    }
}

/* A stolen state does not open what was handled before it was stolen. */
static void test_past_messages(void **state)
{
    static uint8_t sent[60][2048];
    static size_t len[60];
    struct sg_received got;

    (void)state;
    pair_start(&p);
    len[0] = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, len[0], NOW), SG_WORD_OK);
    for (unsigned i = 0; i < (build_is("plain") ? 60 : 9); i++) {
        struct sg_session *from = i / 3 % 2 ? p.sa : p.sb, *to = i / 3 % 2 ? p.sb : p.sa;
        len[i] = say(from, sent[i], "past", NOW);
        assert_int_equal(sg_session_receive(to, &got, p.plain, sent[i], len[i], NOW), SG_WORD_OK);
        for (unsigned j = 0; j <= i; j++)
            for (int side = 0; side < 2; side++) {
                memcpy(thief, side ? p.sa : p.sb, sizeof *thief);
                assert_int_not_equal(sg_session_receive(thief, &got, p.plain, sent[j], len[j], NOW),
                                     SG_WORD_OK);
            }
    }
}

static int set_up(void **state)
{
    if (start_library(state) != 0)
        return -1;
    rng = seed_now();
    tape.seed = rng;
    pair_new(&p);
    thief = malloc(sizeof *thief);
    return thief ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    pair_free(&p);
    free(thief);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told_both),     cmocka_unit_test(test_told_x25519),
        cmocka_unit_test(test_told_ml_kem),   cmocka_unit_test(test_told_nothing),
        cmocka_unit_test(test_past_messages),
    };

    return cmocka_run_group_tests_name("ratchet_heal", tests, set_up, tear_down);
}
