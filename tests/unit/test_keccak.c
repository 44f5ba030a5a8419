/*
 * SHA-3 and SHAKE: NIST's example values (no message, 1600 bits of a3), "abc", a million a's, and
 * every way to split a message or an output in two.
 */
#include "crypto/keccak.h"
#include "vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static uint8_t a3[200], out[512];

static void test_sha3_256(void **state)
{
    (void)state;
    sg_sha3_256(out, NULL, 0);
    assert_hex(out, 32, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    sg_sha3_256(out, "abc", 3);
    assert_hex(out, 32, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    sg_sha3_256(out, a3, sizeof a3);
    assert_hex(out, 32, "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787");
}

static void test_sha3_512(void **state)
{
    (void)state;
    sg_sha3_512(out, NULL, 0);
    assert_hex(out, 64,
               "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
               "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26");
    sg_sha3_512(out, "abc", 3);
    assert_hex(out, 64,
               "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
               "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0");
    sg_sha3_512(out, a3, sizeof a3);
    assert_hex(out, 64,
               "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca8"
               "1b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00");
}

static void test_shake(void **state)
{
    (void)state;
    sg_shake128(out, 64, NULL, 0);
    assert_hex(out, 64,
               "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26"
               "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2");
    sg_shake128(out, 512, a3, sizeof a3);
    assert_hex(out + 480, 32, "44c9fb359fd56ac0a9a75a743cff6862f17d7259ab075216c0699511643b6439");
    sg_shake256(out, 64, NULL, 0);
    assert_hex(out, 64,
               "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762f"
               "d75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be");
    sg_shake256(out, 512, a3, sizeof a3);
    assert_hex(out + 480, 32, "6a1a9d7846436e4dca5728b6f760eef0ca92bf0be5615e96959d767197a0beeb");
}

static void test_million(void **state)
{
    uint8_t block[1000];
    struct sg_keccak k;

    (void)state;
    memset(block, 'a', sizeof block);
    sg_keccak_init(&k, SG_SHA3_256);
    for (int i = 0; i < 1000; i++)
        sg_keccak_absorb(&k, block, sizeof block);
    sg_keccak_squeeze(&k, out, 32);
    assert_hex(out, 32, "5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1");
}

static void test_splits(void **state)
{
    static const enum sg_keccak_kind kinds[] = {SG_SHA3_256, SG_SHA3_512, SG_SHAKE128, SG_SHAKE256};
    uint8_t message[400], whole[400], parts[400];
    struct sg_keccak k;

    (void)state;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(7 * i);
    for (size_t kind = 0; kind < 4; kind++) {
        size_t n = kind == 0 ? 32 : kind == 1 ? 64 : sizeof whole;

        sg_keccak_init(&k, kinds[kind]);
        sg_keccak_absorb(&k, message, sizeof message);
        sg_keccak_squeeze(&k, whole, n);
        for (size_t split = 0; split <= sizeof message; split++) {
            size_t cut = split % (n + 1);

            sg_keccak_init(&k, kinds[kind]);
            sg_keccak_absorb(&k, message, split);
            sg_keccak_absorb(&k, message + split, sizeof message - split);
            sg_keccak_squeeze(&k, parts, cut);
            sg_keccak_squeeze(&k, parts + cut, n - cut);
            assert_memory_equal(parts, whole, n);
        }
        sg_keccak_init(&k, kinds[kind]);
        for (size_t i = 0; i < sizeof message; i++)
            sg_keccak_absorb(&k, message + i, 1);
        for (size_t i = 0; i < n; i++)
            sg_keccak_squeeze(&k, parts + i, 1);
        assert_memory_equal(parts, whole, n);
    }
}

/* Lengths round the rate, where the padding has one byte, or a block of its own (by Python's
 * hashlib). */
static void test_padding(void **state)
{
    (void)state;
    sg_sha3_256(out, a3, 135);
    assert_hex(out, 32, "d51927265ca4bf0cc8b4453387700918c03f8894e395ad437d4573f3be4d2c34");
    sg_sha3_256(out, a3, 136);
    assert_hex(out, 32, "0adf6bfb359ae40019b67d8c49c361574b70242a6b752de6f9e0d426ca177f7a");
    sg_shake128(out, 32, a3, 167);
    assert_hex(out, 32, "e783d770f81839ef4c1584c25275d85110fae5d7cb94ae5dbeebefb328c8034d");
    sg_shake128(out, 32, a3, 168);
    assert_hex(out, 32, "4d24ec06f7d2b3a71ca0a1b0f3ac5ce970beebd83008e7497dd72cfc34c967aa");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha3_256), cmocka_unit_test(test_sha3_512),
        cmocka_unit_test(test_shake),    cmocka_unit_test(test_million),
        cmocka_unit_test(test_splits),   cmocka_unit_test(test_padding),
    };

    memset(a3, 0xa3, sizeof a3);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
