/*
 * ML-KEM-768: the accumulated test vectors (each hash stands for all the values of that many key
 * pairs, encapsulations, decapsulations and rejections), bad public keys and bad ciphertexts.
 */
#include "base/secret.h"
#include "crypto/keccak.h"
#include "crypto/mlkem768.h"
#include "crypto/random.h"
#include "vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint8_t seed[SG_MLKEM768_SEED_BYTES], coins[SG_MLKEM768_COINS_BYTES];
static uint8_t public[SG_MLKEM768_PUBLIC_BYTES], ciphertext[SG_MLKEM768_CIPHERTEXT_BYTES];
static uint8_t shared[SG_MLKEM768_SHARED_BYTES], opened[SG_MLKEM768_SHARED_BYTES];
static struct sg_mlkem768_key key;

/* The hash of `rounds` rounds whose inputs come from SHAKE-128 of nothing. */
static void accumulate(uint8_t hash[static 32], int rounds)
{
    struct sg_keccak source, sum;
    uint8_t wild[SG_MLKEM768_CIPHERTEXT_BYTES];

    sg_keccak_init(&source, SG_SHAKE128);
    sg_keccak_init(&sum, SG_SHAKE128);
    for (int i = 0; i < rounds; i++) {
        sg_keccak_squeeze(&source, seed, sizeof seed);
        sg_keccak_squeeze(&source, coins, sizeof coins);
        sg_keccak_squeeze(&source, wild, sizeof wild);
        sg_mlkem768_keypair(public, &key, seed);
        assert_true(sg_mlkem768_encapsulate_with(ciphertext, shared, public, coins));
        sg_mlkem768_decapsulate(opened, ciphertext, &key);
        assert_memory_equal(opened, shared, sizeof shared);
        sg_mlkem768_decapsulate(opened, wild, &key);
        sg_keccak_absorb(&sum, public, sizeof public);
        sg_keccak_absorb(&sum, key.bytes, sizeof key.bytes);
        sg_keccak_absorb(&sum, ciphertext, sizeof ciphertext);
        sg_keccak_absorb(&sum, shared, sizeof shared);
        sg_keccak_absorb(&sum, opened, sizeof opened);
    }
    sg_keccak_squeeze(&sum, hash, 32);
}

static void test_accumulated(void **state)
{
    uint8_t hash[32];

    (void)state;
    accumulate(hash, 100);
    assert_hex(hash, 32, "8d65b902f28edc683cebee2872962fd165a4d197c9e24ec74caa4470270df0b7");
    if (getenv("SG_TEST_QUICK"))
        return;
    accumulate(hash, 10000);
    assert_hex(hash, 32, "f959d18d3d1180121433bf0e05f11e7908cf9d03edc150b2b07cb90bef5bc1c1");
}

static void make(void)
{
    sg_random(seed, sizeof seed);
    sg_mlkem768_keypair(public, &key, seed);
    assert_true(sg_mlkem768_encapsulate(ciphertext, shared, public));
}

static void test_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        make();
        assert_true(sg_mlkem768_check(public));
        sg_mlkem768_decapsulate(opened, ciphertext, &key);
        assert_memory_equal(opened, shared, sizeof shared);
    }
}

static void test_fresh_each_time(void **state)
{
    uint8_t other[SG_MLKEM768_CIPHERTEXT_BYTES], other_shared[SG_MLKEM768_SHARED_BYTES];

    (void)state;
    make();
    assert_true(sg_mlkem768_encapsulate(other, other_shared, public));
    assert_memory_not_equal(other, ciphertext, sizeof other);
    assert_memory_not_equal(other_shared, shared, sizeof shared);
}

/* Every coefficient of a public key, out of range by the least and by the most. */
static void test_public_out_of_range(void **state)
{
    static const uint8_t zeros[SG_MLKEM768_CIPHERTEXT_BYTES];

    (void)state;
    make();
    for (size_t i = 0; i < 768; i++) {
        uint8_t *p = public + i / 2 * 3, keep[3];
        static const unsigned values[] = {3328, 3329, 4095};

        memcpy(keep, p, 3);
        for (size_t v = 0; v < 3; v++) {
            if (i % 2 == 0) {
                p[0] = (uint8_t)values[v];
                p[1] = (uint8_t)((keep[1] & 0xf0) | values[v] >> 8);
            } else {
                p[1] = (uint8_t)((keep[1] & 15) | values[v] << 4);
                p[2] = (uint8_t)(values[v] >> 4);
            }
            assert_int_equal(sg_mlkem768_check(public), values[v] < 3329);
            if (values[v] < 3329)
                continue;
            memset(ciphertext, 1, sizeof ciphertext);
            memset(shared, 1, sizeof shared);
            assert_false(sg_mlkem768_encapsulate(ciphertext, shared, public));
            assert_memory_equal(ciphertext, zeros, sizeof ciphertext);
            assert_memory_equal(shared, zeros, sizeof shared);
        }
        memcpy(p, keep, 3);
    }
    assert_true(sg_mlkem768_check(public));
}

/* Every bit of a ciphertext, flipped: the secret is SHAKE-256 of z and the ciphertext. */
static void test_implicit_rejection(void **state)
{
    (void)state;
    make();
    for (size_t bit = 0; bit < 8 * sizeof ciphertext; bit++) {
        uint8_t expected[SG_MLKEM768_SHARED_BYTES];
        struct sg_keccak k;

        ciphertext[bit / 8] ^= (uint8_t)(1U << bit % 8);
        sg_keccak_init(&k, SG_SHAKE256);
        sg_keccak_absorb(&k, seed + 32, 32);
        sg_keccak_absorb(&k, ciphertext, sizeof ciphertext);
        sg_keccak_squeeze(&k, expected, sizeof expected);
        sg_mlkem768_decapsulate(opened, ciphertext, &key);
        assert_memory_equal(opened, expected, sizeof expected);
        ciphertext[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    sg_mlkem768_decapsulate(opened, ciphertext, &key);
    assert_memory_equal(opened, shared, sizeof shared);
}

static void test_wrong_key(void **state)
{
    (void)state;
    make();
    seed[0] ^= 1;
    sg_mlkem768_keypair(public, &key, seed);
    sg_mlkem768_decapsulate(opened, ciphertext, &key);
    assert_memory_not_equal(opened, shared, sizeof shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accumulated),        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_fresh_each_time),    cmocka_unit_test(test_public_out_of_range),
        cmocka_unit_test(test_implicit_rejection), cmocka_unit_test(test_wrong_key),
    };
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
