/*
 * P-256 and the HPKE of recipients in hardware: published vectors, points and scalars that must be
 * refused, both forms of a point, and what is left behind by a failure.
 */
#include "base/secret.h"
#include "crypto/hpke_p256.h"
#include "crypto/random.h"
#include "vector.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

/* The generator, and the order of the group. */
#define G                                                                \
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" \
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static uint8_t point[SG_P256_POINT_BYTES], share[SG_P256_POINT_BYTES], again[SG_P256_POINT_BYTES];
static uint8_t scalar[SG_P256_SCALAR_BYTES], shared[SG_P256_SHARED_BYTES];
static const uint8_t zeros[SG_HYBRID_P256_ENC_BYTES];

static void test_vectors(void **state)
{
    static struct vector_file v;
    static uint8_t enc[SG_HYBRID_P256_ENC_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];
    int count = 0;

    (void)state;
    for (vector_open(&v, "hpke_p256"); vector_next(&v); count++) {
        const struct vector_field *public = vector_get(&v, "public");
        memcpy(scalar, vector_bytes(&v, "scalar", sizeof scalar), sizeof scalar);
        if (strcmp(vector_get(&v, "kem")->text, "dhkem") == 0) {
            const struct vector_field *info = vector_get(&v, "info");
            assert_int_equal(public->len, SG_P256_POINT_BYTES);
            assert_int_equal(sg_hpke_p256_encapsulate_with(enc, shared, public->bytes, scalar),
                             SG_P256_OK);
            assert_memory_equal(enc, vector_bytes(&v, "enc", sizeof share), sizeof share);
            sg_hpke_schedule(key, nonce, SG_HPKE_DHKEM_P256, shared, info->bytes, info->len);
            assert_memory_equal(key, vector_bytes(&v, "key", sizeof key), sizeof key);
            assert_memory_equal(nonce, vector_bytes(&v, "nonce", sizeof nonce), sizeof nonce);
        } else {
            const uint8_t *coins = vector_bytes(&v, "coins", SG_MLKEM768_COINS_BYTES);
            assert_int_equal(public->len, SG_HYBRID_P256_PUBLIC_BYTES);
            assert_int_equal(
                sg_hpke_hybrid_p256_encapsulate_with(enc, shared, public->bytes, coins, scalar),
                SG_P256_OK);
            assert_memory_equal(enc, vector_bytes(&v, "enc", sizeof enc), sizeof enc);
        }
        assert_memory_equal(shared, vector_bytes(&v, "shared", sizeof shared), sizeof shared);
    }
    fclose(v.file);
    assert_int_equal(count, 3);
}

/* Diffie-Hellman, with fresh keys: a's scalar and b's point give what b's scalar and a's give. */
static void test_agreement(void **state)
{
    uint8_t other[SG_P256_SCALAR_BYTES], a[SG_P256_POINT_BYTES], b[SG_P256_POINT_BYTES];
    uint8_t one[SG_P256_SHARED_BYTES];

    (void)state;
    assert_int_equal(unhex(point, G), sizeof point);
    for (int i = 0; i < 20; i++) {
        sg_random(scalar, sizeof scalar);
        sg_random(other, sizeof other);
        scalar[0] = other[0] = 1; /* in range */
        assert_int_equal(sg_p256_share_with(a, shared, point, scalar), SG_P256_OK);
        assert_memory_equal(shared, a + 1, sizeof shared);
        assert_int_equal(sg_p256_share_with(b, shared, point, other), SG_P256_OK);
        assert_int_equal(sg_p256_share_with(again, one, b, scalar), SG_P256_OK);
        assert_memory_equal(again, a, sizeof a);
        assert_int_equal(sg_p256_share_with(again, shared, a, other), SG_P256_OK);
        assert_memory_equal(one, shared, sizeof one);
        assert_int_equal(sg_p256_share(share, shared, b), SG_P256_OK);
        assert_memory_not_equal(share, b, sizeof share);
        assert_memory_not_equal(shared, one, sizeof one);
    }
}

static void test_forms(void **state)
{
    uint8_t wire[SG_P256_POINT_BYTES + 1];

    (void)state;
    assert_true(sg_p256_available());
    assert_int_equal(unhex(point, G), sizeof point);
    assert_int_equal(sg_p256_point(again, point, sizeof point), SG_P256_OK);
    assert_memory_equal(again, point, sizeof point);
    memcpy(wire, point, sizeof point);
    for (int first = 0; first < 256; first++) { /* G's y is odd */
        enum sg_p256 r;
        wire[0] = (uint8_t)first;
        r = sg_p256_point(again, wire, SG_P256_SHORT_BYTES);
        assert_int_equal(r, first == 2 || first == 3 ? SG_P256_OK : SG_P256_BAD);
        assert_int_equal(memcmp(again, point, sizeof point) == 0, first == 3);
        r = sg_p256_point(again, wire, SG_P256_POINT_BYTES);
        assert_int_equal(r, first == 4 ? SG_P256_OK : SG_P256_BAD);
    }
    memcpy(wire, point, sizeof point);
    for (size_t n = 0; n <= sizeof wire; n++)
        if (n != SG_P256_POINT_BYTES)
            assert_int_equal(sg_p256_point(again, wire, n), SG_P256_BAD);
    for (size_t i = 1; i < sizeof point; i++) { /* off the curve */
        wire[i] ^= 1;
        assert_int_equal(sg_p256_point(again, wire, sizeof point), SG_P256_BAD);
        assert_memory_equal(again, zeros, sizeof again);
        wire[i] ^= 1;
    }
    memset(wire + 1, 0xff, sizeof wire - 1); /* coordinates over the field */
    assert_int_equal(sg_p256_point(again, wire, sizeof point), SG_P256_BAD);
    wire[0] = 2;
    assert_int_equal(sg_p256_point(again, wire, SG_P256_SHORT_BYTES), SG_P256_BAD);
}

static void refused(void)
{
    memset(share, 1, sizeof share);
    memset(shared, 1, sizeof shared);
    assert_int_equal(sg_p256_share_with(share, shared, point, scalar), SG_P256_BAD);
    assert_memory_equal(share, zeros, sizeof share);
    assert_memory_equal(shared, zeros, sizeof shared);
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(unhex(point, G), sizeof point);
    memset(scalar, 0, sizeof scalar);
    refused();
    assert_int_equal(unhex(scalar, ORDER), sizeof scalar);
    refused();
    memset(scalar, 0xff, sizeof scalar);
    refused();
    assert_int_equal(unhex(scalar, ORDER), sizeof scalar);
    scalar[31] ^= 1; /* one less */
    assert_int_equal(sg_p256_share_with(share, shared, point, scalar), SG_P256_OK);
    point[64] ^= 1;
    refused();
    memset(share, 1, sizeof share);
    assert_int_equal(sg_p256_share(share, shared, point), SG_P256_BAD);
    assert_memory_equal(share, zeros, sizeof share);
}

static void test_hybrid_refused(void **state)
{
    static uint8_t public[SG_HYBRID_P256_PUBLIC_BYTES], enc[SG_HYBRID_P256_ENC_BYTES];
    static struct sg_mlkem768_key key;
    uint8_t seed[SG_MLKEM768_SEED_BYTES], body[16 + SG_HPKE_TAG_BYTES];

    (void)state;
    sg_random(seed, sizeof seed);
    sg_mlkem768_keypair(public, &key, seed);
    assert_int_equal(unhex(public + SG_MLKEM768_PUBLIC_BYTES, G), SG_P256_POINT_BYTES);
    assert_int_equal(sg_hpke_hybrid_p256_seal(enc, body, public, "i", 1, zeros, 16), SG_P256_OK);
    assert_memory_not_equal(body, zeros, sizeof body);
    public[SG_MLKEM768_PUBLIC_BYTES + 1] ^= 1;
    assert_int_equal(sg_hpke_hybrid_p256_seal(enc, body, public, "i", 1, zeros, 16), SG_P256_BAD);
    assert_memory_equal(enc, zeros, sizeof enc);
    assert_memory_equal(body, zeros, sizeof body);
    public[SG_MLKEM768_PUBLIC_BYTES + 1] ^= 1;
    public[0] = 0xff;
    public[1] |= 0x0f;
    assert_int_equal(sg_hpke_hybrid_p256_seal(enc, body, public, "i", 1, zeros, 16), SG_P256_BAD);
    assert_memory_equal(enc, zeros, sizeof enc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),        cmocka_unit_test(test_agreement),
        cmocka_unit_test(test_forms),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hybrid_refused),
    };
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
