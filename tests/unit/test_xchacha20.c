/*
 * xchacha20: the vectors of draft-irtf-cfrg-xchacha-03, appendix A.3; in place and apart; every
 * bit.
 */
#include "unit/helper.h"

#include "crypto/xchacha20.h"

#define TEXT                                                                                       \
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " \
    "sunscreen would be it."

static uint8_t key[SG_XCHACHA20_KEY_BYTES], nonce[SG_XCHACHA20_NONCE_BYTES];

static int set_key(void **state)
{
    from_hex(key, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    from_hex(nonce, "404142434445464748494a4b4c4d4e4f5051525354555657");
    return start_library(state);
}

static void test_aead(void **state)
{
    uint8_t out[sizeof TEXT - 1], back[sizeof TEXT], tag[SG_XCHACHA20_TAG_BYTES], ad[12];

    (void)state;
    from_hex(ad, "50515253c0c1c2c3c4c5c6c7");
    sg_xaead_seal(out, tag, (const uint8_t *)TEXT, sizeof out, ad, sizeof ad, nonce, key);
    assert_hex(out, "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                    "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                    "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                    "21f9664c97637da9768812f615c68b13b52e");
    assert_hex(tag, "c0875924c1c7987947deafd8780acf49");
    assert_true(sg_xaead_open(back, out, sizeof out, tag, ad, sizeof ad, nonce, key));
    assert_memory_equal(back, TEXT, sizeof out);
}

static void test_stream(void **state)
{
    static const uint8_t zeros[64];
    uint8_t out[64], other[SG_XCHACHA20_NONCE_BYTES];

    (void)state;
    memcpy(other, nonce, sizeof other);
    other[23] = 0x58;
    sg_xchacha20_xor(out, zeros, sizeof out, other, key);
    for (size_t i = 0; i < 34; i++)
        out[i] ^= (uint8_t) "The dhole (pronounced \"dole\") is also known"[i];
    assert_memory_equal(out,
                        "\x45\x59\xab\xba\x4e\x48\xc1\x61\x02\xe8\xbb\x2c\x05\xe6\x94\x7f\x50\xa7"
                        "\x86\xde\x16\x2f\x9b\x0b\x7e\x59\x2a\x9b\x53\xd0\xd4\xe9",
                        32);
}

static void test_every_bit(void **state)
{
    uint8_t plain[40], sealed[40], tag[SG_XCHACHA20_TAG_BYTES], ad[9];
    uint64_t seed = seed_now();

    (void)state;
    fill(plain, sizeof plain, seed);
    fill(ad, sizeof ad, seed + 1);
    memcpy(sealed, plain, sizeof plain);
    sg_xaead_seal(sealed, tag, sealed, sizeof sealed, ad, sizeof ad, nonce, key);
    for (size_t bit = 0; bit < 8 * (sizeof sealed + sizeof tag + sizeof ad); bit++) {
        uint8_t all[sizeof sealed + sizeof tag + sizeof ad], out[sizeof sealed];

        memcpy(all, sealed, sizeof sealed);
        memcpy(all + sizeof sealed, tag, sizeof tag);
        memcpy(all + sizeof sealed + sizeof tag, ad, sizeof ad);
        all[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(sg_xaead_open(out, all, sizeof sealed, all + sizeof sealed,
                                   all + sizeof sealed + sizeof tag, sizeof ad, nonce, key));
        assert_memory_not_equal(out, plain, sizeof plain);
    }
    assert_true(sg_xaead_open(sealed, sealed, sizeof sealed, tag, ad, sizeof ad, nonce, key));
    assert_memory_equal(sealed, plain, sizeof plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_aead),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_every_bit),
    };

    return cmocka_run_group_tests(tests, set_key, NULL);
}
