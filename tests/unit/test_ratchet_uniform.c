/*
 * What a stranger sees: the bytes of ordinary messages, and of openings but for one X25519 key and
 * one ML-KEM ciphertext, pass for random; no two openings have anything in common; lengths are the
 * listed ones. The bounds are six standard deviations, and the seed is fixed: the test cannot fail
 * by chance on one machine and not on another.
 */
#include "ratchet.h"

#define SIGMAS 6.0
#define POSITIONS 256 /* of a message's head, each looked at on its own */
#define CLEAR_BYTES (32 + SG_MLKEM768_CIPHERTEXT_BYTES)

static struct pair p;
static uint8_t wire[SG_WIRE_MAX_BYTES];

struct census {
    uint64_t bytes, messages;
    uint64_t value[256];              /* how often each byte value was seen */
    uint64_t pair[256][256];          /* and each value after each */
    uint64_t bit[POSITIONS][8];       /* how often each bit of the head was set */
    uint64_t same_as_last[POSITIONS]; /* how often a byte was that of the message before */
    uint8_t last[POSITIONS];
    uint64_t changes; /* bits unlike the bit before: the runs */
};

static void count(struct census *c, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        c->value[bytes[i]]++;
        if (i)
            c->pair[bytes[i - 1]][bytes[i]]++;
        c->changes += (uint64_t)__builtin_popcount((bytes[i] ^ bytes[i] << 1) & 0xfe);
    }
    for (size_t i = 0; i < POSITIONS && i < n; i++) {
        for (unsigned b = 0; b < 8; b++)
            c->bit[i][b] += bytes[i] >> b & 1;
        c->same_as_last[i] += c->messages && c->last[i] == bytes[i];
        c->last[i] = bytes[i];
    }
    c->bytes += n;
    c->messages++;
}

static double root(double x)
{
    double r = x > 1 ? x : 1;

    for (int i = 0; i < 60; i++)
        r = (r + x / r) / 2;
    return r;
}

/* Seen so often, of n chances of probability q each. */
static void assert_expected(uint64_t seen, double n, double q)
{
    double off = (double)seen - n * q;

    assert_true(off * off <= SIGMAS * SIGMAS * n * q * (1 - q) + 1);
}

static void assert_uniform(const struct census *c)
{
    double chi = 0, chi_pairs = 0, n = (double)c->bytes, pairs = n - (double)c->messages;

    for (unsigned v = 0; v < 256; v++) {
        double off = (double)c->value[v] - n / 256;
        chi += off * off / (n / 256);
        for (unsigned u = 0; u < 256; u++) {
            off = (double)c->pair[v][u] - pairs / 65536;
            chi_pairs += off * off / (pairs / 65536);
        }
    }
    print_message("%.0f bytes: chi-squared %.1f of 255, %.0f of 65535\n", n, chi, chi_pairs);
    assert_true(chi < 255 + SIGMAS * root(2 * 255) && chi > 255 - SIGMAS * root(2 * 255));
    assert_true(chi_pairs < 65535 + SIGMAS * root(2 * 65535) &&
                chi_pairs > 65535 - SIGMAS * root(2 * 65535));
    assert_expected(c->changes, n * 7, 0.5);
    for (unsigned i = 0; i < POSITIONS; i++) {
        for (unsigned b = 0; b < 8; b++)
            assert_expected(c->bit[i][b], (double)c->messages, 0.5);
        assert_expected(c->same_as_last[i], (double)c->messages - 1, 1.0 / 256);
    }
}

/* A test that finds nothing in bytes that are not random would be none. */
static void test_the_test(void **state)
{
    static struct census c;
    unsigned high = 0;

    (void)state;
    for (unsigned i = 0; i < 4000;
         i++) { /* a counter at one place, as a header in clear would be */
        fill(wire, 256, i);
        wire[40] = (uint8_t)i;
        count(&c, wire, 256);
        high += c.same_as_last[40] == 0;
    }
    assert_int_equal(high, 4000); /* a counter never repeats: 16 times were to be expected */
}

static void test_ordinary_messages(void **state)
{
    static const char *const TEXTS[] = {NULL, "x", "the same text each time",
                                        "aaaaaaaaaaaaaaaaaaaa"};
    static struct census c;
    unsigned rounds = build_is("plain") ? 8000 : 600;
    size_t len;

    (void)state;
    tape.seed = 4711;
    pair_start(&p);
    len = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    for (unsigned i = 0; i < rounds; i++) {
        struct sg_session *from = i / 5 % 2 ? p.sa : p.sb, *to = i / 5 % 2 ? p.sb : p.sa;
        len = say(from, wire, TEXTS[i % 4], NOW);
        assert_true(sg_padding_is_class(len));
        count(&c, wire, len);
        assert_int_equal(sg_session_receive(to, &p.got, p.plain, wire, len, NOW), SG_WORD_OK);
    }
    if (build_is("plain"))
        assert_uniform(&c);
}

/* All but the first 1120 bytes of an opening. */
static void test_openings(void **state)
{
    static struct census c;
    static uint8_t all[64][1536];
    unsigned rounds = build_is("plain") ? 250 : 2, kept = 0;

    (void)state;
    tape.seed = 4712;
    for (unsigned i = 0; i < rounds; i++) {
        pair_start(&p);
        for (unsigned j = 0; j < SG_ENVELOPES; j++) {
            assert_int_equal(say(p.sa, wire, "hello", NOW), 1536);
            count(&c, wire + CLEAR_BYTES, 1536 - CLEAR_BYTES);
            if (kept < 64 && j % 4 == 0)
                memcpy(all[kept++], wire, 1536);
        }
    }
    if (build_is("plain"))
        assert_uniform(&c);
    for (unsigned i = 0; i < kept; i++) /* and no two of one or of several sessions are alike */
        for (unsigned j = 0; j < i; j++) {
            unsigned same = 0;
            for (size_t at = 0; at + 8 <= 1536; at++)
                assert_memory_not_equal(all[i] + at, all[j] + at, 8);
            for (size_t at = 0; at < 1536; at++)
                same += all[i][at] == all[j][at];
            assert_true(same < 40); /* 6 are expected */
        }
}

static int set_up(void **state)
{
    if (start_library(state) != 0)
        return -1;
    pair_new(&p);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pair_free(&p);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_test),
        cmocka_unit_test(test_ordinary_messages),
        cmocka_unit_test(test_openings),
    };

    return cmocka_run_group_tests_name("ratchet_uniform", tests, set_up, tear_down);
}
