/* x25519: RFC 7748's vectors (sections 5.2 and 6.1), and every point of low order refused. */
#include "unit/helper.h"

#include "crypto/x25519.h"

static void test_rfc7748_vectors(void **state)
{
    static const char *const vectors[][3] = {
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
         "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
         "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
         "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
         "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint8_t scalar[32], point[32], shared[32];
        from_hex(scalar, vectors[i][0]);
        from_hex(point, vectors[i][1]);
        assert_true(sg_x25519(shared, scalar, point));
        assert_hex(shared, vectors[i][2]);
    }
}

static void test_rfc7748_iterated(void **state)
{
    uint8_t k[32] = {9}, u[32] = {9}, out[32];
    int rounds = build_is("valgrind") ? 1 : 1000;

    (void)state;
    for (int i = 1; i <= rounds; i++) {
        assert_true(sg_x25519(out, k, u));
        memcpy(u, k, sizeof u);
        memcpy(k, out, sizeof k);
        if (i == 1)
            assert_hex(k, "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
    if (rounds == 1000)
        assert_hex(k, "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
}

static void test_rfc7748_exchange(void **state)
{
    uint8_t a[32], b[32], a_public[32], b_public[32], shared[32];

    (void)state;
    from_hex(a, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    from_hex(b, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    sg_x25519_public(a_public, a);
    assert_hex(a_public, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    sg_x25519_public(b_public, b);
    assert_hex(b_public, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    assert_true(sg_x25519(shared, a, b_public));
    assert_hex(shared, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    assert_true(sg_x25519(shared, b, a_public));
    assert_hex(shared, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

/* Points of order 1, 2, 4 and 8 on the curve and its twist, canonical or not, the top bit set or
 * not. */
static void test_low_order(void **state)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t zero[32] = {0};

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        for (int top = 0; top < 2; top++) {
            uint8_t scalar[32], point[32], shared[32];
            from_hex(point, points[i]);
            point[31] |= (uint8_t)(top << 7);
            fill(scalar, sizeof scalar, i);
            memset(shared, 0xff, sizeof shared);
            assert_false(sg_x25519(shared, scalar, point));
            if (!build_is("valgrind")) /* wiped memory is undefined there */
                assert_memory_equal(shared, zero, sizeof shared);
        }
    }
}

/* The function clamps: bits 0, 1, 2, 254 and 255 of a scalar do not matter. */
static void test_clamping(void **state)
{
    static const size_t bits[] = {0, 1, 2, 254, 255};
    uint8_t scalar[32], point[32], other[32];

    (void)state;
    fill(scalar, sizeof scalar, 6);
    sg_x25519_public(point, scalar);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        scalar[bits[i] / 8] ^= (uint8_t)(1U << bits[i] % 8);
        sg_x25519_public(other, scalar);
        assert_memory_equal(other, point, sizeof point);
    }
    scalar[1] ^= 1;
    sg_x25519_public(other, scalar);
    assert_memory_not_equal(other, point, sizeof point);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc7748_vectors),  cmocka_unit_test(test_rfc7748_iterated),
        cmocka_unit_test(test_rfc7748_exchange), cmocka_unit_test(test_low_order),
        cmocka_unit_test(test_clamping),
    };

    return cmocka_run_group_tests_name("x25519", tests, start_library, NULL);
}
