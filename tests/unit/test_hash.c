/*
 * hash: SHA-2 and BLAKE2b by the examples of FIPS 180-4 and RFC 7693 (appendix A); keyed BLAKE2b
 * and HKDF-SHA-512 by numbers that Python's hashlib and OpenSSL gave. RFC 5869 has no vectors for
 * SHA-512: its inputs of appendix A.1 to A.3 were used.
 */
#include "unit/helper.h"

#include "crypto/hash.h"
#include "crypto/hkdf512.h"

static void test_sha2(void **state)
{
    uint8_t out[SG_SHA512_BYTES];

    (void)state;
    sg_sha256(out, "abc", 3);
    assert_memory_equal(out,
                        "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23\xb0\x03"
                        "\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad",
                        SG_SHA256_BYTES);
    sg_sha512(out, "abc", 3);
    assert_hex(out, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void test_blake2b(void **state)
{
    uint8_t out[64], key[64], text[255];

    (void)state;
    sg_blake2b(out, 64, NULL, 0, "abc", 3);
    assert_hex(out, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                    "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (uint8_t)i;
    memcpy(key, text, sizeof key);
    sg_blake2b(out, 64, key, 64, text, sizeof text);
    assert_hex(out, "142709d62e28fcccd0af97fad0f8465b971e82201dc51070faa0372aa43e9248"
                    "4be1c1e73ba10906d5d1853db6a4106e0a7bf9800d373d6dee2d46d62ef2a461");
    sg_blake2b(out, 32, key, 32, text, 100);
    assert_hex(out, "5c0ab21018b1328b7612b997a8899146f97aab2dc0a3d8f7113717558bf25e5a");
    sg_blake2b(out, 1, NULL, 0, "abc", 3);
    assert_int_equal(out[0], 0x6b);
}

static void test_in_pieces(void **state)
{
    uint8_t text[300], key[32], whole[64], parts[64];
    uint64_t seed = seed_now();

    (void)state;
    fill(text, sizeof text, seed);
    fill(key, sizeof key, seed + 1);
    for (size_t n = 0; n <= sizeof text; n++) {
        struct sg_sha512 sha;
        struct sg_blake2b blake;
        size_t cut = n ? next_number(&seed) % n : 0;

        sg_sha512(whole, text, n);
        sg_sha512_init(&sha);
        sg_sha512_update(&sha, text, cut);
        sg_sha512_update(&sha, text + cut, n - cut);
        sg_sha512_final(&sha, parts);
        assert_memory_equal(whole, parts, SG_SHA512_BYTES);

        sg_blake2b(whole, 48, key, sizeof key, text, n);
        sg_blake2b_init(&blake, 48, key, sizeof key);
        sg_blake2b_update(&blake, text, cut);
        sg_blake2b_update(&blake, text + cut, n - cut);
        sg_blake2b_final(&blake, parts);
        assert_memory_equal(whole, parts, 48);
    }
}

static void test_hkdf512(void **state)
{
    uint8_t ikm[80], salt[80], info[80], out[82];

    (void)state;
    memset(ikm, 0x0b, 22);
    for (uint8_t i = 0; i < 13; i++)
        salt[i] = i;
    for (uint8_t i = 0; i < 10; i++)
        info[i] = (uint8_t)(0xf0 + i);
    sg_hkdf512(out, 42, ikm, 22, salt, 13, info, 10);
    assert_hex(out, "832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c14815793"
                    "38da362cb8d9f925d7cb");
    sg_hkdf512(out, 42, ikm, 22, NULL, 0, NULL, 0);
    assert_hex(out, "f5fa02b18298a72a8c23898a8703472c6eb179dc204c03425c970e3b164bf90f"
                    "ff22d04836d0e2343bac");
    for (uint8_t i = 0; i < 80; i++) {
        ikm[i] = i;
        salt[i] = (uint8_t)(0x60 + i);
        info[i] = (uint8_t)(0xb0 + i);
    }
    sg_hkdf512(out, 82, ikm, 80, salt, 80, info, 80);
    assert_hex(out, "ce6c97192805b346e6161e821ed165673b84f400a2b514b2fe23d84cd189ddf1"
                    "b695b48cbd1c8388441137b3ce28f16aa64ba33ba466b24df6cfcb021ecff235"
                    "f6a2056ce3af1de44d572097a8505d9e7a93");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha2),
        cmocka_unit_test(test_blake2b),
        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_hkdf512),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
