/*
 * aead: ChaCha20-Poly1305. RFC 8439's vector (section 2.8.2) has associated data, which this room
 * never uses; its key, nonce and text without them were sealed by OpenSSL (by way of node) and by
 * @noble/ciphers, which agree.
 */
#include "unit/helper.h"

#include "crypto/aead.h"

#define TEXT                                                                                       \
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, " \
    "sunscreen would be it."

static uint8_t key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];

static int set_key(void **state)
{
    from_hex(key, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    from_hex(nonce, "070000004041424344454647");
    return start_library(state);
}

static void test_known(void **state)
{
    uint8_t out[sizeof TEXT - 1 + SG_AEAD_TAG_BYTES], back[sizeof TEXT];

    (void)state;
    sg_aead_seal(out, (const uint8_t *)TEXT, sizeof TEXT - 1, nonce, key);
    assert_hex(out, "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                    "3ff4def08e4b7a9de576d26586cec64b61166a23a4681fd59456aea1d29f8247"
                    "7216");
    assert_true(sg_aead_open(back, out, sizeof out, nonce, key));
    assert_memory_equal(back, TEXT, sizeof TEXT - 1);
    sg_aead_seal(out, out, 0, nonce, key);
    assert_hex(out, "a0784d7a4716f3feb4f64e7f4b39bf04");
    assert_true(sg_aead_open(back, out, SG_AEAD_TAG_BYTES, nonce, key));
}

static void test_in_place(void **state)
{
    (void)state;
    for (size_t n = 0; n < 300; n++) {
        uint8_t *plain = malloc(n + 1), *apart = malloc(n + SG_AEAD_TAG_BYTES);
        uint8_t *same = malloc(n + SG_AEAD_TAG_BYTES);

        fill(plain, n, n);
        if (n)
            memcpy(same, plain, n);
        sg_aead_seal(apart, plain, n, nonce, key);
        sg_aead_seal(same, same, n, nonce, key);
        assert_memory_equal(apart, same, n + SG_AEAD_TAG_BYTES);
        assert_true(sg_aead_open(same, same, n + SG_AEAD_TAG_BYTES, nonce, key));
        assert_memory_equal(same, plain, n);
        free(plain);
        free(apart);
        free(same);
    }
}

/* Whether what is left in `out` tells nothing of the message. */
static void assert_nothing_of(const uint8_t *out, const uint8_t *plain, size_t n)
{
    size_t same = 0;

    for (size_t i = 0; i < n; i++)
        same += out[i] == plain[i];
    assert_true(same < n / 4);
}

static void test_flips(void **state)
{
    uint8_t sealed[100 + SG_AEAD_TAG_BYTES], plain[100], out[100];

    (void)state;
    for (size_t i = 0; i < sizeof plain; i++)
        plain[i] = (uint8_t)(i + 1);
    sg_aead_seal(sealed, plain, sizeof plain, nonce, key);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        memset(out, 0, sizeof out);
        assert_false(sg_aead_open(out, sealed, sizeof sealed, nonce, key));
        assert_nothing_of(out, plain, sizeof out);
        sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t n = 0; n < sizeof sealed; n++)
        assert_false(sg_aead_open(out, sealed, n, nonce, key));
    for (size_t bit = 0; bit < sizeof key * 8; bit++) {
        key[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(sg_aead_open(out, sealed, sizeof sealed, nonce, key));
        key[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t bit = 0; bit < sizeof nonce * 8; bit++) {
        nonce[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(sg_aead_open(out, sealed, sizeof sealed, nonce, key));
        nonce[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_true(sg_aead_open(out, sealed, sizeof sealed, nonce, key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_in_place),
        cmocka_unit_test(test_flips),
    };

    return cmocka_run_group_tests_name("aead", tests, set_key, NULL);
}
