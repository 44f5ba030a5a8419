/*
 * sign: RFC 8032's vectors (section 7.1, tests 1 to 3); every bit of signature, text and key; and
 * the signatures that libraries disagree about.
 */
#include "unit/helper.h"

#include "crypto/sign.h"

static const struct {
    const char *seed, *public, *text, *signature;
} known[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

static void test_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint8_t seed[SG_SIGN_SEED_BYTES], public[SG_SIGN_PUBLIC_BYTES], text[2];
        uint8_t signature[SG_SIGN_BYTES];
        size_t n = from_hex(text, known[i].text);

        from_hex(seed, known[i].seed);
        sg_sign_public(public, seed);
        assert_hex(public, known[i].public);
        sg_sign(signature, text, n, seed);
        assert_hex(signature, known[i].signature);
        assert_true(sg_sign_verify(signature, text, n, public));
    }
}

static void test_every_bit(void **state)
{
    struct {
        uint8_t signature[SG_SIGN_BYTES], public[SG_SIGN_PUBLIC_BYTES], text[20];
    } good, bad;
    uint8_t seed[SG_SIGN_SEED_BYTES];
    uint64_t number = seed_now();

    (void)state;
    fill(seed, sizeof seed, number);
    fill(good.text, sizeof good.text, number + 1);
    sg_sign_public(good.public, seed);
    sg_sign(good.signature, good.text, sizeof good.text, seed);
    assert_true(sg_sign_verify(good.signature, good.text, sizeof good.text, good.public));
    for (size_t bit = 0; bit < 8 * sizeof good; bit++) {
        bad = good;
        ((uint8_t *)&bad)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(sg_sign_verify(bad.signature, bad.text, sizeof bad.text, bad.public));
    }
    assert_false(sg_sign_verify(good.signature, good.text, sizeof good.text - 1, good.public));
}

/* The neutral point as key and R with S = 0 satisfies the bare equation for every text. */
static void test_small_order(void **state)
{
    uint8_t signature[SG_SIGN_BYTES] = {1}, public[SG_SIGN_PUBLIC_BYTES] = {1};

    (void)state;
    assert_false(sg_sign_verify(signature, "any", 3, public));
}

/* S + L is the same number to a verifier that does not look. */
static void test_unreduced(void **state)
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                      0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0x10};
    uint8_t seed[SG_SIGN_SEED_BYTES] = {7}, public[SG_SIGN_PUBLIC_BYTES];
    uint8_t signature[SG_SIGN_BYTES];
    unsigned carry = 0;

    (void)state;
    sg_sign_public(public, seed);
    sg_sign(signature, "text", 4, seed);
    for (size_t i = 0; i < 32; i++) {
        carry += signature[32 + i] + (unsigned)order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_false(sg_sign_verify(signature, "text", 4, public));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_small_order),
        cmocka_unit_test(test_unreduced),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
