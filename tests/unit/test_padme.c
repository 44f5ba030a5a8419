/* LDFLAGS: -lm */
/*
 * Padmé, beside its definition and the bounds that its paper proves, and as the sizes of padded
 * envelopes.
 */
#include "unit/envelope_helper.h"

#include <math.h>

/* PoPETs 2019(4), algorithm 1, written with floating-point logarithms as it is there. */
static uint64_t by_definition(uint64_t n)
{
    uint64_t e, s, last, mask;

    if (n < 2)
        return n;
    e = (uint64_t)floorl(log2l((long double)n));
    s = e ? (uint64_t)floorl(log2l((long double)e)) + 1 : 0;
    last = e - s;
    mask = ((uint64_t)1 << last) - 1;
    return (n + mask) & ~mask;
}

static void as_defined(void **state)
{
    uint64_t seed = seed_now();

    (void)state;
    for (uint64_t n = 0; n <= 1000000; n++)
        assert_int_equal(sg_padme(n), by_definition(n));
    for (int i = 0; i < 1000000; i++) {
        uint64_t n = next_number(&seed) >> (12 + next_number(&seed) % 50); /* exact logarithms */
        assert_int_equal(sg_padme(n), by_definition(n));
    }
}

/* Values anybody can check by hand, and the table in signet-seal(1). */
static void known_values(void **state)
{
    static const uint64_t values[][2] = {{0, 0},
                                         {1, 1},
                                         {2, 2},
                                         {3, 3},
                                         {9, 10},
                                         {100, 104},
                                         {1000, 1024},
                                         {1025, 1088},
                                         {10000, 10240},
                                         {65537, 67584},
                                         {99999, 100352},
                                         {1000000, 1015808},
                                         {1048577, 1081344},
                                         {1000000000, 1006632960}};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(sg_padme(values[i][0]), values[i][1]);
}

static void at_most_twelve_percent(void **state)
{
    uint64_t seed = seed_now();
    double worst = 0;

    (void)state;
    for (uint64_t n = 1; n <= 2000000; n++) {
        double over = (double)(sg_padme(n) - n) / (double)n;
        assert_true(sg_padme(n) >= n);
        worst = over > worst ? over : worst;
    }
    for (int i = 0; i < 1000000; i++) {
        uint64_t n = (next_number(&seed) >> (2 + next_number(&seed) % 60)) + 1;
        double over = (double)(sg_padme(n) - n) / (double)n;
        assert_int_equal(sg_padme(sg_padme(n)), sg_padme(n)); /* a padded length stays */
        worst = over > worst ? over : worst;
    }
    print_message("largest overhead: %.2f %%\n", worst * 100);
    assert_true(worst <= 0.12);
}

/*
 * What a length lets show, measured: the entropy of the padded length of random files, whose sizes
 * are spread evenly over all magnitudes up to 2^k, beside the paper's bound: the exponent and as
 * many bits behind it, 2 (floor(log2 log2 M) + 1).
 */
static void leaks_as_little_as_proven(void **state)
{
    static const unsigned magnitudes[] = {16, 20, 30, 40, 50};
    uint64_t seed = seed_now();
    enum { DRAWS = 200000, SLOTS = 1 << 16 };
    struct {
        uint64_t length;
        unsigned count;
    } *seen = calloc(SLOTS, sizeof *seen);

    (void)state;
    assert_non_null(seen);
    for (size_t m = 0; m < sizeof magnitudes / sizeof *magnitudes; m++) {
        unsigned k = magnitudes[m];
        double bound = 2 * (floor(log2(k)) + 1), bits = 0;
        memset(seen, 0, SLOTS * sizeof *seen);
        for (int i = 0; i < DRAWS; i++) {
            double x = (double)(next_number(&seed) >> 11) / 9007199254740992.0;
            uint64_t padded = sg_padme((uint64_t)exp2(x * k)), at = padded * 0x9e3779b97f4a7c15;
            for (at >>= 48; seen[at].count && seen[at].length != padded; at = (at + 1) % SLOTS)
                ;
            seen[at].length = padded;
            seen[at].count++;
        }
        for (int i = 0; i < SLOTS; i++)
            if (seen[i].count)
                bits -= seen[i].count / (double)DRAWS * log2(seen[i].count / (double)DRAWS);
        print_message("up to 2^%u: %.2f bits show, of %u; bound %.0f\n", k, bits, k, bound);
        assert_true(bits <= bound);
    }
    free(seen);
}

/* The length of the padded envelope of n bytes that are stored. */
static size_t padded_length(const uint8_t *p, size_t n, const uint8_t *seed)
{
    const struct sg_wrap_how how = {.pad = true, .seed = seed, .threads = 1};
    struct sg_buffer e;
    size_t len;

    make_envelope(&e, p, n, SIZE_MAX, &how, &here);
    len = e.len;
    sg_buffer_free(&e);
    return len;
}

/*
 * Padded files of 1 to 1,000,000 bytes take only Padmé values, and grow by no more than twelve
 * percent and what an envelope takes. All of them with SG_TEST_FULL=1; else all up to 2,000, those
 * round each change of the layout, and random ones.
 */
static void padded_sizes_are_padme_values(void **state)
{
    uint64_t seed = seed_now();
    bool full = getenv("SG_TEST_FULL") != NULL;
    size_t random = build_is("plain") ? 1500 : 40, done = 0, distinct = 0, before = 0;
    uint8_t *p = calloc(1, 1000000);

    (void)state;
    assert_non_null(p);
    for (size_t n = 1; n <= 1000000; n++) {
        size_t to_edge = n % SG_MEMBER_BYTES, len;
        if (!full && n > 2000 / stride(4, 20) && to_edge > 3 && to_edge < SG_MEMBER_BYTES - 3 &&
            next_number(&seed) % 1000000 >= random)
            continue;
        len = padded_length(p, n, NULL);
        assert_int_equal(sg_padme(len), len);
        assert_true(len >= n && (double)len <= ((double)n + 700) * 1.12);
        if (full) {
            assert_true(len >= before);
            distinct += len != before;
            before = len;
        }
        if (n % 7 == 0) {
            len = padded_length(p, n, alice);
            assert_int_equal(sg_padme(len), len);
        }
        done++;
    }
    print_message("%zu lengths", done);
    print_message(full ? ", %zu padded lengths\n" : "\n", distinct);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_defined),
        cmocka_unit_test(known_values),
        cmocka_unit_test(at_most_twelve_percent),
        cmocka_unit_test(leaks_as_little_as_proven),
        cmocka_unit_test(padded_sizes_are_padme_values),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
