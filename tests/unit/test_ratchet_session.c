/*
 * Sessions within their limits: how much text a length class holds, long chains, keys that expire,
 * epochs by count, time and wish, offers sent along, what is late, what is advised.
 */
#include "ratchet.h"

#include "ratchet/skipped.h"

static uint8_t wire[SG_WIRE_MAX_BYTES];
static uint8_t text[SG_TEXT_MAX_BYTES + 1];
static struct sg_buffer before, after;
static struct pair p;

static void converse(unsigned n)
{
    size_t len;

    pair_start(&p);
    len = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    for (unsigned i = 0; i < n; i++) {
        len = say(p.sb, wire, "from B", NOW);
        assert_int_equal(sg_session_receive(p.sa, &p.got, p.plain, wire, len, NOW), SG_WORD_OK);
        len = say(p.sa, wire, "from A", NOW);
        assert_int_equal(sg_session_receive(p.sb, &p.got, p.plain, wire, len, NOW), SG_WORD_OK);
    }
}

static enum sg_word take(struct sg_session *s, size_t len, uint64_t now)
{
    return sg_session_receive(s, &p.got, p.plain, wire, len, now);
}

/* The wire's length for n bytes of text; 0 when it is refused. What was done is undone. */
static size_t length_of(struct sg_session *s, size_t n, bool with_time, size_t floor)
{
    struct sg_outgoing m = {.text = text, .text_len = n, .with_time = with_time, .floor = floor};
    struct sg_session *kept = malloc(sizeof *kept);
    enum sg_word word;
    size_t len;

    memcpy(kept, s, sizeof *kept);
    word = sg_session_send(s, wire, &len, NULL, &m, NOW, &p.hedge);
    if (word != SG_WORD_OK) {
        assert_int_equal(word, SG_WORD_TOO_LONG);
        assert_memory_equal(kept, s, sizeof *kept);
    }
    memcpy(s, kept, sizeof *kept);
    free(kept);
    return len;
}

static void assert_fits(struct sg_session *s, size_t n, size_t class)
{
    assert_int_equal(length_of(s, n, false, 0), class);
    assert_true(length_of(s, n + 1, false, 0) > class);
    assert_int_equal(length_of(s, n - 11, true, 0), class);
    assert_true(length_of(s, n - 10, true, 0) > class);
}

static void test_text_in_a_class(void **state)
{
    size_t len;

    (void)state;
    pair_start(&p);
    assert_fits(p.sa, 133, 1536); /* an opening */
    len = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    assert_fits(p.sb, 236, 1536); /* beside an ek */
    len = say(p.sb, wire, "hi", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_fits(p.sa, 332, 1536); /* beside a ct */
    len = say(p.sa, wire, "one", NOW);
    assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    assert_fits(p.sb, 145, 256);
    assert_fits(p.sb, 401, 512);
    assert_fits(p.sb, 913, 1024);
    assert_fits(p.sb, 1425, 1536);
    assert_int_equal(length_of(p.sb, 1, false, 1536), 1536);
    assert_int_equal(length_of(p.sb, 1, false, 1537), 2048);
    assert_int_equal(length_of(p.sb, 1, false, 65536), 65536);
    assert_int_equal(length_of(p.sb, 1, false, 65537), 0);
}

static void test_longest_text(void **state)
{
    struct sg_outgoing m = {.text = text, .text_len = SG_TEXT_MAX_BYTES, .with_time = true};
    struct sg_hedge hedge = {{0}};
    uint64_t seed = 7;
    size_t len;

    (void)state;
    fill(text, sizeof text, seed);
    pair_start(&p);
    assert_int_equal(length_of(p.sa, SG_TEXT_MAX_BYTES + 1, false, 0), 0);
    sg_session_rekey(
        p.sa); /* an envelope, OPENED, REKEY and TIME beside it: just as much as fits */
    assert_int_equal(sg_session_send(p.sa, wire, &len, NULL, &m, NOW, &hedge), SG_WORD_OK);
    assert_int_equal(len, SG_WIRE_MAX_BYTES);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    assert_int_equal(p.got.text_len, SG_TEXT_MAX_BYTES);
    assert_memory_equal(p.got.text, text, SG_TEXT_MAX_BYTES);
    for (unsigned i = 0; i < 6; i++) { /* beside an ek, a ct and nothing */
        struct sg_session *from = i % 2 ? p.sa : p.sb, *to = i % 2 ? p.sb : p.sa;
        assert_int_equal(length_of(from, SG_TEXT_MAX_BYTES + 1, false, 0), 0);
        assert_int_equal(sg_session_send(from, wire, &len, NULL, &m, NOW, &hedge), SG_WORD_OK);
        assert_int_equal(len, SG_WIRE_MAX_BYTES);
        assert_int_equal(take(to, len, NOW), SG_WORD_OK);
        assert_memory_equal(p.got.text, text, SG_TEXT_MAX_BYTES);
    }
    assert_int_equal(p.sb->pq.root, 1);
}

static void test_heartbeat(void **state)
{
    size_t len;

    (void)state;
    converse(2);
    len = say(p.sb, wire, NULL, NOW);
    assert_int_equal(len, 256);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_null(p.got.text);
    assert_false(p.got.with_time);
}

/* The longest chain, then the longest jump over another one. */
static void test_long_chains(void **state)
{
    struct sg_outgoing m = {.text = text, .text_len = 1};
    size_t len;

    (void)state;
    converse(2);
    for (unsigned i = 0; i < SG_CHAIN_MAX; i++)
        len = say(p.sb, wire, "x", NOW);
    assert_int_equal(sg_session_send(p.sb, wire + 256, &len, NULL, &m, NOW, &p.hedge),
                     SG_WORD_CHAIN_FULL);
    assert_int_equal(take(p.sa, 256, NOW), SG_WORD_OK); /* the last of them is the first to come */
    assert_int_equal(p.got.n, SG_CHAIN_MAX - 1);
    assert_int_equal(p.got.gap, SG_CHAIN_MAX - 1);
    assert_int_equal(p.sa->skipped_count, SG_SKIPPED_MAX);
    assert_int_equal(p.sa->skipped[0].n, SG_CHAIN_MAX - 1 - SG_SKIPPED_MAX);
    encode(&before, p.sa);
    assert_true(sg_session_decode(p.sa, before.data, before.len));
    len = say(p.sa, wire, "an answer", NOW);
    assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    for (unsigned i = 0; i < SG_CHAIN_MAX;
         i++) /* the next chain is full, too, and all of it lost */
        len = say(p.sb, wire, "x", NOW);
    len = say(p.sa, wire, "A goes on", NOW);
    assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    assert_false(p.sb->need_send); /* it is the same chain of A's: B cannot turn */
    assert_int_equal(sg_session_send(p.sb, wire, &len, NULL, &m, NOW, &p.hedge),
                     SG_WORD_CHAIN_FULL);
}

/* Eviction: the newest 1,000 keys of all chains, and 32 old chains. */
static void test_bounds_of_what_is_kept(void **state)
{
    size_t len;

    (void)state;
    converse(2);
    for (unsigned turn = 0; turn < 60; turn++) {
        for (unsigned i = 0; i < 40; i++)
            say(p.sb, wire, "lost", NOW);
        len = say(p.sb, wire, "read", NOW);
        assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
        assert_true(p.sa->skipped_count <= SG_SKIPPED_MAX);
        assert_true(p.sa->old_count <= SG_OLD_CHAINS_MAX);
        len = say(p.sa, wire, "answer", NOW);
        assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    }
    assert_int_equal(p.sa->skipped_count, SG_SKIPPED_MAX); /* 25 chains of 40 */
    assert_int_equal(p.sa->old_count, 24);
    converse(2);
    for (unsigned turn = 0; turn < 60; turn++) {
        say(p.sb, wire, "lost", NOW);
        len = say(p.sb, wire, "read", NOW);
        assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
        len = say(p.sa, wire, "answer", NOW);
        assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    }
    assert_int_equal(p.sa->old_count, SG_OLD_CHAINS_MAX);
    assert_int_equal(p.sa->skipped_count, SG_OLD_CHAINS_MAX + 1);
    encode(&before, p.sa);
    assert_true(before.len < SG_SESSION_MAX_BYTES);
    assert_true(sg_session_decode(p.sa, before.data, before.len));
    encode(&after, p.sa);
    assert_memory_equal(before.data, after.data, before.len);
}

static void test_expiry(void **state)
{
    static uint8_t late[4][256];
    size_t len;

    (void)state;
    converse(2);
    len = say(p.sb, late[0], "in the current chain", NOW);
    say(p.sb, late[1], "in it, too", NOW);
    len = say(p.sb, wire, "read", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    memcpy(wire, late[0], len);
    assert_int_equal(take(p.sa, len, NOW + SG_KEEP_MS), SG_WORD_OK);
    assert_true(p.got.late);
    memcpy(wire, late[1], len);
    assert_int_equal(take(p.sa, len, NOW + SG_KEEP_MS + 1), SG_WORD_DUPLICATE);
    assert_int_equal(p.sa->skipped_count, 1); /* nothing was written for a refusal's sake */
    assert_true(sg_session_expire(p.sa, NOW + SG_KEEP_MS + 1));
    assert_int_equal(p.sa->skipped_count, 0);
    assert_false(sg_session_expire(p.sa, NOW + SG_KEEP_MS + 1));

    converse(2);
    say(p.sb, late[0], "in an old chain", NOW);
    len = say(p.sb, wire, "read", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    len = say(p.sa, wire, "answer", NOW);
    assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    len = say(p.sb, wire, "the next chain", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_int_equal(p.sa->old_count, 1);
    memcpy(wire, late[0], 256);
    assert_int_equal(take(p.sa, 256, NOW + SG_KEEP_MS + 1), SG_WORD_NOT_FOR_US);
    len = say(p.sb, wire, "another", NOW);
    assert_int_equal(take(p.sa, len, NOW + SG_KEEP_MS + 1), SG_WORD_OK); /* and they are gone */
    assert_int_equal(p.sa->old_count, 0);
    assert_int_equal(p.sa->skipped_count, 0);

    converse(2);
    say(p.sb, late[0], "of a chain that is left later", NOW);
    say(p.sb, late[1], "of it, too", NOW);
    len = say(p.sb, wire, "read", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    len = say(p.sa, wire, "answer", NOW);
    assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    len = say(p.sb, wire, "the next chain", NOW);
    assert_int_equal(take(p.sa, len, NOW + SG_KEEP_MS), SG_WORD_OK);
    memcpy(wire, late[1], 256);
    assert_int_equal(take(p.sa, 256, NOW + SG_KEEP_MS), SG_WORD_OK);
    memcpy(wire, late[0], 256); /* a chain whose keys have expired has gone, though it has not */
    assert_int_equal(take(p.sa, 256, NOW + SG_KEEP_MS + 1), SG_WORD_NOT_FOR_US);
}

/* Goes on in turns until epoch `root` is absorbed on both sides; how many messages that took. */
static unsigned until_epoch(uint32_t root, uint64_t now)
{
    unsigned n = 0;

    while (p.sa->pq.root < root || p.sb->pq.root < root) {
        size_t len = say(p.sb, wire, "x", now);
        assert_int_equal(take(p.sa, len, now), SG_WORD_OK);
        len = say(p.sa, wire, "x", now);
        assert_int_equal(take(p.sb, len, now), SG_WORD_OK);
        n += 2;
        assert_true(n < 200);
    }
    return n;
}

static void test_epochs(void **state)
{
    unsigned n;

    (void)state;
    converse(0);
    n = until_epoch(1, NOW);
    assert_true(n <= 4);
    n = until_epoch(2, NOW); /* due after 32 messages */
    assert_true(n >= 30 && n <= 38);
    n = until_epoch(3, NOW + SG_DAY_MS); /* or a day */
    assert_true(n <= 8);
    for (unsigned i = 4; i < 8; i++) {
        sg_session_rekey(i % 2 ? p.sb : p.sa); /* or when the offerer's own user asks */
        n = until_epoch(i, NOW + SG_DAY_MS);
        assert_true(n <= 8);
    }
    for (unsigned i = 8; i < 12; i++) {
        sg_session_rekey(i % 2 ? p.sa : p.sb); /* or when the other's does */
        n = until_epoch(i, NOW + SG_DAY_MS);
        assert_true(n <= 8);
        assert_false(p.sa->pq.asked || p.sb->pq.asked);
    }
}

/* The last epoch there is: never offered, and talk goes on. */
static void test_last_epoch(void **state)
{
    (void)state;
    converse(3);
    assert_int_equal(p.sa->pq.root, p.sb->pq.root);
    for (int i = 0; i < 2; i++) {
        struct sg_session *s = i ? p.sa : p.sb;
        s->pq.root = s->ep_r = s->ep_s = SG_EPOCH_LAST - 2;
        sg_epoch_next(&s->pq, s->role, NOW);
    }
    sg_session_rekey(p.sa);
    sg_session_rekey(p.sb);
    (void)until_epoch(SG_EPOCH_LAST - 1, NOW);
    for (unsigned i = 0; i < 100; i++) {
        size_t len = say(p.sb, wire, "x", NOW + i * SG_DAY_MS);
        assert_int_equal(len, 256);
        assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
        sg_session_rekey(p.sa);
        sg_session_rekey(p.sb);
        len = say(p.sa, wire, "x", NOW + i * SG_DAY_MS);
        assert_int_equal(len, 256);
        assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    }
    assert_int_equal(p.sa->pq.root, SG_EPOCH_LAST - 1);
    encode(&before, p.sa);
    assert_true(sg_session_decode(p.sa, before.data, before.len));
}

/* A ct that is lost is sent again: with each chain's first message, and after eight others. */
static void test_resent_items(void **state)
{
    unsigned large = 0;
    size_t len;

    (void)state;
    converse(0);
    len = say(p.sb, wire, "with an ek", NOW);
    assert_int_equal(len, 1536);
    for (unsigned i = 1; i < 28; i++) /* one way: the first, the tenth, the nineteenth */
        large += say(p.sb, wire, "x", NOW) == 1536;
    assert_int_equal(large, 3);
    assert_int_equal(take(p.sa, 1536, NOW), SG_WORD_OK);
    assert_int_equal(p.sa->pq.phase, SG_PHASE_PENDING);
}

static void test_offers_sent_along(void **state)
{
    struct sg_outgoing m = {.text = text, .text_len = 5};
    struct sg_offer_secret mine, theirs;
    struct sg_ratchet_identity carol;
    bool sent;
    size_t len;

    (void)state;
    converse(2);
    sg_offer_new(&mine, &p.b, SG_OFFER_SINGLE, TODAY, &p.hedge);
    m.offer = mine.offer;
    assert_int_equal(sg_session_send(p.sb, wire, &len, &sent, &m, NOW, &p.hedge), SG_WORD_OK);
    assert_true(sent);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_non_null(p.got.offer);
    assert_memory_equal(p.got.offer, mine.offer, SG_OFFER_BYTES);
    assert_int_equal(p.got.text_len, 5);
    assert_int_equal(sg_session_send(p.sb, wire, &len, &sent, &m, NOW, &p.hedge), SG_WORD_OK);
    assert_int_equal(take(p.sa, len, NOW + SG_DAY_MS), SG_WORD_OK); /* its day is over */
    assert_true(p.got.offer == NULL && p.got.offer_dropped);
    m.text_len = SG_TEXT_MAX_BYTES;
    assert_int_equal(sg_session_send(p.sb, wire, &len, &sent, &m, NOW, &p.hedge), SG_WORD_OK);
    assert_false(sent); /* no room */
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_true(p.got.offer == NULL && !p.got.offer_dropped);
    m.text_len = 5;
    sg_ratchet_identity_new(&carol, &p.hedge); /* a third party's */
    sg_offer_new(&theirs, &carol, SG_OFFER_SINGLE, TODAY + 1, &p.hedge);
    m.offer = theirs.offer;
    assert_int_equal(sg_session_send(p.sb, wire, &len, &sent, &m, NOW, &p.hedge), SG_WORD_OK);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_true(p.got.offer == NULL && p.got.offer_dropped);
    assert_int_equal(p.got.text_len, 5); /* the message counts all the same */
    memcpy(mine.offer + 200, "changed", 7);
    m.offer = mine.offer;
    assert_int_equal(sg_session_send(p.sb, wire, &len, &sent, &m, NOW, &p.hedge), SG_WORD_OK);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    assert_true(p.got.offer == NULL && p.got.offer_dropped);
}

static void test_late(void **state)
{
    struct sg_outgoing m = {.text = text, .text_len = 5, .with_time = true};
    static const struct {
        uint64_t after;
        bool late;
    } CASES[] = {{0, false}, {3600000, false}, {3600001, true}, {30 * SG_DAY_MS, true}};
    size_t len;

    (void)state;
    converse(2);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_int_equal(sg_session_send(p.sb, wire, &len, NULL, &m, NOW, &p.hedge), SG_WORD_OK);
        assert_int_equal(take(p.sa, len, NOW + CASES[i].after), SG_WORD_OK);
        assert_int_equal(p.got.late, CASES[i].late);
        assert_int_equal(p.got.time, NOW);
    }
    assert_int_equal(sg_session_send(p.sb, wire, &len, NULL, &m, NOW + 5, &p.hedge), SG_WORD_OK);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK); /* from a clock that is ahead */
    assert_false(p.got.late);
    len = say(p.sb, wire, "no time", NOW);
    assert_int_equal(take(p.sa, len, NOW + 30 * SG_DAY_MS), SG_WORD_OK);
    assert_false(p.got.late);
}

static void test_advice(void **state)
{
    size_t len;

    (void)state;
    pair_start(&p);
    len = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    assert_int_equal(sg_session_advice(p.sb, NOW), SG_ADVICE_FIRST_EPOCH);
    for (unsigned i = 0; i < 15; i++) {
        len = say(p.sa, wire, "x", NOW);
        assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    }
    len = say(p.sb, wire, "an answer", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    for (unsigned i = 0; i < 50; i++) {
        unsigned advice = sg_session_advice(p.sa, NOW);
        assert_int_equal(advice & SG_ADVICE_REPLY, i >= 49 ? SG_ADVICE_REPLY : 0);
        assert_int_equal(advice & SG_ADVICE_NO_EPOCH, i >= 15 ? SG_ADVICE_NO_EPOCH : 0);
        len = say(p.sb, wire, "x", NOW);
        assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    }
    assert_true(sg_session_advice(p.sa, NOW) & SG_ADVICE_REPLY);
    assert_false(sg_session_advice(p.sa, NOW) & SG_ADVICE_STALLED);
    assert_true(sg_session_advice(p.sa, NOW + 31 * SG_DAY_MS) & SG_ADVICE_STALLED);
    (void)until_epoch(1, NOW);
    assert_int_equal(sg_session_advice(p.sa, NOW), 0);
    assert_int_equal(sg_session_advice(p.sb, NOW), 0);
}

/* A late opening is read after the answer to another, when the offer's secrets have gone. */
static void test_late_opening(void **state)
{
    static uint8_t delayed[1536];
    size_t len;

    (void)state;
    pair_start(&p);
    say(p.sa, delayed, "the first", NOW);
    len = say(p.sa, wire, "the second", NOW);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    assert_int_equal(p.got.gap, 1);
    len = say(p.sb, wire, "answer", NOW);
    assert_int_equal(take(p.sa, len, NOW), SG_WORD_OK);
    len = say(p.sa, wire, "the next chain", NOW);
    assert_int_equal(take(p.sb, len, NOW), SG_WORD_OK);
    memcpy(wire, delayed, sizeof delayed);
    assert_int_equal(take(p.sb, sizeof delayed, NOW), SG_WORD_OK);
    assert_true(heard(&p.got, "the first") && p.got.late);
    assert_int_equal(take(p.sa, sizeof delayed, NOW), SG_WORD_NOT_FOR_US); /* one's own is not */
}

static int set_up(void **state)
{
    if (start_library(state) != 0)
        return -1;
    pair_new(&p);
    sg_buffer_init_secret(&before, SG_SESSION_MAX_BYTES);
    sg_buffer_init_secret(&after, SG_SESSION_MAX_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pair_free(&p);
    sg_buffer_free(&before);
    sg_buffer_free(&after);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_in_a_class),
        cmocka_unit_test(test_longest_text),
        cmocka_unit_test(test_heartbeat),
        cmocka_unit_test(test_long_chains),
        cmocka_unit_test(test_bounds_of_what_is_kept),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_last_epoch),
        cmocka_unit_test(test_resent_items),
        cmocka_unit_test(test_offers_sent_along),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_late_opening),
    };

    return cmocka_run_group_tests_name("ratchet_session", tests, set_up, tear_down);
}
