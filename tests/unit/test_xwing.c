/*
 * X-Wing: the draft's vectors; public keys and encapsulations that must be refused; every byte of
 * an encapsulation changed.
 */
#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"
#include "vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define POINT_AT (SG_XWING_PUBLIC_BYTES - SG_X25519_BYTES)
#define SHARE_AT (SG_XWING_ENC_BYTES - SG_X25519_BYTES)

static uint8_t seed[SG_XWING_SEED_BYTES], public[SG_XWING_PUBLIC_BYTES], enc[SG_XWING_ENC_BYTES];
static uint8_t shared[SG_XWING_SHARED_BYTES], opened[SG_XWING_SHARED_BYTES];
static const uint8_t zeros[SG_XWING_ENC_BYTES];

/* All points of order 1, 2, 4 and 8, and their unreduced forms (libsodium refuses the same). */
static const char *const LOW_ORDER[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000080",
};

static void make(void)
{
    sg_random(seed, sizeof seed);
    sg_xwing_public(public, seed);
    assert_true(sg_xwing_encapsulate(enc, shared, public));
}

static void test_draft(void **state)
{
    static struct vector_file v;
    int count = 0;

    (void)state;
    for (vector_open(&v, "xwing"); vector_next(&v); count++) {
        const uint8_t *given = vector_bytes(&v, "seed", SG_XWING_SEED_BYTES);

        sg_xwing_public(public, given);
        assert_memory_equal(public, vector_bytes(&v, "public", sizeof public), sizeof public);
        assert_true(sg_xwing_encapsulate_with(enc, shared, public,
                                              vector_bytes(&v, "coins", SG_XWING_COINS_BYTES)));
        assert_memory_equal(enc, vector_bytes(&v, "enc", sizeof enc), sizeof enc);
        assert_memory_equal(shared, vector_bytes(&v, "shared", sizeof shared), sizeof shared);
        assert_true(sg_xwing_decapsulate(opened, enc, given));
        assert_memory_equal(opened, shared, sizeof shared);
    }
    fclose(v.file);
    assert_int_equal(count, 3);
}

static void test_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        make();
        assert_true(sg_xwing_check(public));
        assert_true(sg_xwing_decapsulate(opened, enc, seed));
        assert_memory_equal(opened, shared, sizeof shared);
    }
}

/* What a refused public key leaves behind. */
static void assert_no_encapsulation(void)
{
    memset(enc, 1, sizeof enc);
    memset(shared, 1, sizeof shared);
    assert_false(sg_xwing_encapsulate(enc, shared, public));
    assert_memory_equal(enc, zeros, sizeof enc);
    assert_memory_equal(shared, zeros, sizeof shared);
}

static void test_coefficient_out_of_range(void **state)
{
    (void)state;
    make();
    public[0] = 0x01; /* 3329 */
    public[1] = (uint8_t)((public[1] & 0xf0) | 0x0d);
    assert_false(sg_xwing_check(public));
    assert_no_encapsulation();
}

static void test_low_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LOW_ORDER / sizeof *LOW_ORDER; i++) {
        make();
        assert_int_equal(unhex(public + POINT_AT, LOW_ORDER[i]), SG_X25519_BYTES);
        assert_no_encapsulation();
        make();
        assert_int_equal(unhex(enc + SHARE_AT, LOW_ORDER[i]), SG_X25519_BYTES);
        memset(opened, 1, sizeof opened);
        assert_false(sg_xwing_decapsulate(opened, enc, seed));
        assert_memory_equal(opened, zeros, sizeof opened);
    }
}

static void test_changed(void **state)
{
    (void)state;
    make();
    for (size_t i = 0; i < sizeof enc; i++) {
        uint8_t bit = (uint8_t)(1U << i % 8);

        enc[i] ^= bit;
        assert_true(sg_xwing_decapsulate(opened, enc, seed));
        assert_memory_not_equal(opened, shared, sizeof shared);
        enc[i] ^= bit;
    }
    seed[31] ^= 1;
    assert_true(sg_xwing_decapsulate(opened, enc, seed));
    assert_memory_not_equal(opened, shared, sizeof shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draft),     cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_low_order), cmocka_unit_test(test_coefficient_out_of_range),
        cmocka_unit_test(test_changed),
    };
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
