/*
 * HPKE with MLKEM768-X25519: the draft's vector down to the key schedule, the stanzas of the age
 * vectors, and everything changed that can be.
 */
#include "base/secret.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#define FILE_KEY_BYTES 16
#define BODY_BYTES (FILE_KEY_BYTES + SG_HPKE_TAG_BYTES)

static const char INFO[] = "age-encryption.org/mlkem768x25519";
#define INFO_LEN (sizeof INFO - 1)

static uint8_t seed[SG_XWING_SEED_BYTES], public[SG_XWING_PUBLIC_BYTES], enc[SG_XWING_ENC_BYTES];
static uint8_t file_key[FILE_KEY_BYTES], body[BODY_BYTES], opened[FILE_KEY_BYTES];

static void make(void)
{
    sg_random(seed, sizeof seed);
    sg_random(file_key, sizeof file_key);
    sg_xwing_public(public, seed);
    assert_true(sg_hpke_seal(enc, body, public, INFO, INFO_LEN, file_key, sizeof file_key));
}

static enum sg_hpke try(void)
{
    return sg_hpke_open(opened, seed, enc, INFO, INFO_LEN, body, sizeof body);
}

/* The vector's message has additional data, so that libsodium seals it here in our stead. */
static void test_draft(void **state)
{
    static struct vector_file v;
    uint8_t shared[SG_XWING_SHARED_BYTES], key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];
    int count = 0;

    (void)state;
    for (vector_open(&v, "hpke_schedule"); vector_next(&v); count++) {
        const struct vector_field *info = vector_get(&v, "info"), *aad = vector_get(&v, "aad");
        const struct vector_field *plain = vector_get(&v, "plain");
        const struct vector_field *want = vector_get(&v, "sealed");
        uint8_t sealed[256];

        sg_xwing_public(public, vector_bytes(&v, "seed", sizeof seed));
        assert_memory_equal(public, vector_bytes(&v, "public", sizeof public), sizeof public);
        assert_true(sg_xwing_encapsulate_with(enc, shared, public,
                                              vector_bytes(&v, "coins", SG_XWING_COINS_BYTES)));
        assert_memory_equal(enc, vector_bytes(&v, "enc", sizeof enc), sizeof enc);
        assert_memory_equal(shared, vector_bytes(&v, "shared", sizeof shared), sizeof shared);
        sg_hpke_schedule(key, nonce, SG_HPKE_MLKEM768_X25519, shared, info->bytes, info->len);
        assert_memory_equal(key, vector_bytes(&v, "key", sizeof key), sizeof key);
        assert_memory_equal(nonce, vector_bytes(&v, "nonce", sizeof nonce), sizeof nonce);
        assert_int_equal(plain->len + SG_AEAD_TAG_BYTES, want->len);
        (void)crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, plain->bytes, plain->len,
                                                        aad->bytes, aad->len, NULL, nonce, key);
        assert_memory_equal(sealed, want->bytes, want->len);
    }
    fclose(v.file);
    assert_int_equal(count, 1);
}

static void test_age(void **state)
{
    static struct vector_file v;
    int count = 0;

    (void)state;
    for (vector_open(&v, "hpke_age"); vector_next(&v); count++) {
        const char *result = vector_get(&v, "result")->text;
        enum sg_hpke want = strcmp(result, "ok") == 0      ? SG_HPKE_OK
                            : strcmp(result, "share") == 0 ? SG_HPKE_SHARE
                                                           : SG_HPKE_TAG;

        memcpy(seed, vector_bytes(&v, "seed", sizeof seed), sizeof seed);
        memcpy(enc, vector_bytes(&v, "enc", sizeof enc), sizeof enc);
        memcpy(body, vector_bytes(&v, "body", sizeof body), sizeof body);
        assert_int_equal(try(), want);
        if (want == SG_HPKE_OK)
            assert_memory_equal(opened, vector_bytes(&v, "plain", sizeof opened), sizeof opened);
    }
    fclose(v.file);
    assert_int_equal(count, 6);
}

static void test_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        make();
        assert_int_equal(try(), SG_HPKE_OK);
        assert_memory_equal(opened, file_key, sizeof file_key);
    }
}

static void test_lengths(void **state)
{
    uint8_t text[100], sealed[sizeof text + SG_HPKE_TAG_BYTES], info[SG_HPKE_INFO_MAX_BYTES];

    (void)state;
    make();
    memset(info, 'i', sizeof info);
    for (size_t n = 0; n <= sizeof text; n += 25) {
        memset(text, 't', sizeof text);
        memcpy(sealed, text, n);
        assert_true(sg_hpke_seal(enc, sealed, public, info, sizeof info, sealed, n));
        for (size_t cut = 0; cut < n + SG_HPKE_TAG_BYTES; cut++)
            assert_int_equal(sg_hpke_open(text, seed, enc, info, sizeof info, sealed, cut),
                             SG_HPKE_TAG);
        assert_int_equal(
            sg_hpke_open(sealed, seed, enc, info, sizeof info, sealed, n + SG_HPKE_TAG_BYTES),
            SG_HPKE_OK);
        memset(text, 't', sizeof text);
        assert_memory_equal(sealed, text, n);
    }
    assert_true(sg_hpke_seal(enc, body, public, NULL, 0, file_key, sizeof file_key));
    assert_int_equal(sg_hpke_open(opened, seed, enc, NULL, 0, body, sizeof body), SG_HPKE_OK);
}

static void test_changed(void **state)
{
    (void)state;
    make();
    for (size_t bit = 0; bit < 8 * sizeof body; bit++) {
        body[bit / 8] ^= (uint8_t)(1U << bit % 8);
        memcpy(opened, file_key, sizeof opened);
        assert_int_equal(try(), SG_HPKE_TAG);
        assert_memory_not_equal(opened, file_key, sizeof opened);
        body[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t i = 0; i < sizeof enc; i += 3) {
        enc[i] ^= (uint8_t)(1U << i % 8);
        assert_int_equal(try(), SG_HPKE_TAG);
        enc[i] ^= (uint8_t)(1U << i % 8);
    }
    assert_int_equal(sg_hpke_open(opened, seed, enc, INFO, INFO_LEN - 1, body, sizeof body),
                     SG_HPKE_TAG);
    seed[0] ^= 1;
    assert_int_equal(try(), SG_HPKE_TAG);
    seed[0] ^= 1;
    assert_int_equal(try(), SG_HPKE_OK);
}

static void test_unusable(void **state)
{
    uint8_t untouched[BODY_BYTES];

    (void)state;
    make();
    memset(enc + SG_XWING_ENC_BYTES - 32, 0, 32);
    assert_int_equal(try(), SG_HPKE_SHARE);
    memset(public + SG_XWING_PUBLIC_BYTES - 32, 0, 32);
    memcpy(untouched, body, sizeof body);
    assert_false(sg_hpke_seal(enc, body, public, INFO, INFO_LEN, file_key, sizeof file_key));
    assert_memory_equal(body, untouched, sizeof body);
    make();
    public[0] = public[1] = 0xff;
    assert_false(sg_hpke_seal(enc, body, public, INFO, INFO_LEN, file_key, sizeof file_key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draft),      cmocka_unit_test(test_age),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_changed),    cmocka_unit_test(test_unusable),
    };
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
