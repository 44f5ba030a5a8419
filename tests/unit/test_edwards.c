/*
 * edwards and scalar: points and scalars that must be refused, the laws of the group, and the hash
 * to a point.
 */
#include "unit/torsion.h"

#include "crypto/edwards.h"
#include "crypto/hash.h"

/* L, and numbers round it. */
static const char ORDER[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
static const char BELOW[] = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

static void random_point(uint8_t p[32])
{
    uint8_t s[32];

    sg_scalar_random(s);
    assert_true(sg_edwards_base(p, s));
}

static void test_torsion(void **state)
{
    uint8_t p[32], t[32], q[32];

    (void)state;
    for (size_t i = 0; i < TORSION; i++) {
        from_hex(t, torsion[i]);
        assert_false(sg_edwards_check(t));
        random_point(p);
        assert_true(sg_edwards_check(p));
        if (i == 0)
            continue;
        assert_true(sg_edwards_add(q, p, t)); /* a point with a part of small order */
        assert_false(sg_edwards_check(q));
        assert_false(sg_sign_check(q));
    }
}

static void test_encodings(void **state)
{
    static const char *const bad[] = {
        /* y = 2^255 - 19 and above, which stand for small y */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        /* the neutral point with the sign of x set */
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        /* y = 2: on no point */
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    uint8_t p[32];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        from_hex(p, bad[i]);
        assert_false(sg_edwards_check(p));
    }
}

static void test_scalars(void **state)
{
    uint8_t s[32], t[32], zero[32] = {0}, one[32] = {1};

    (void)state;
    from_hex(s, ORDER);
    assert_false(sg_scalar_check(s));
    s[0]++;
    assert_false(sg_scalar_check(s));
    memset(s, 0xff, sizeof s);
    assert_false(sg_scalar_check(s));
    from_hex(s, BELOW);
    assert_true(sg_scalar_check(s));
    assert_true(sg_scalar_check(zero));
    sg_scalar_add(t, s, one);
    assert_true(sg_scalar_is_zero(t));
    sg_scalar_negate(t, one);
    assert_memory_equal(t, s, 32);
    for (int i = 0; i < 50; i++) {
        uint8_t high[32];
        sg_scalar_random(s);
        assert_true(sg_scalar_check(s));
        sg_scalar_invert(t, s);
        sg_scalar_mul(t, t, s);
        assert_memory_equal(t, one, 32);
        memcpy(high, s, 32);
        high[31] |= 0x20; /* plus 2^253 */
        assert_false(sg_scalar_check(high));
    }
}

static void test_laws(void **state)
{
    uint8_t a[32], b[32], sum[32], p[32], q[32], r[32], zero[32] = {0};

    (void)state;
    for (int i = 0; i < 20; i++) {
        sg_scalar_random(a);
        sg_scalar_random(b);
        sg_scalar_add(sum, a, b);
        assert_true(sg_edwards_base(p, a) && sg_edwards_base(q, b) && sg_edwards_base(r, sum));
        assert_true(sg_edwards_add(p, p, q));
        assert_memory_equal(p, r, 32);
        assert_true(sg_edwards_mul(p, b, r)); /* b (a + b) B = (a + b) (b B) */
        assert_true(sg_edwards_mul(q, sum, q));
        assert_memory_equal(p, q, 32);
        random_point(p);
        assert_true(sg_edwards_sum(r, a, NULL, b, p));
        assert_true(sg_edwards_base(q, a) && sg_edwards_mul(p, b, p) && sg_edwards_add(q, q, p));
        assert_memory_equal(q, r, 32);
    }
    assert_false(sg_edwards_base(p, zero));
    assert_memory_equal(p, zero, 32);
    assert_false(sg_edwards_mul(q, zero, r));
    memset(p, 0, sizeof p);
    p[0] = 2; /* no point */
    assert_false(sg_edwards_mul(q, a, p));
    assert_false(sg_edwards_add(q, r, p));
}

/* The scalar of a seed makes the key that signatures are checked with. */
static void test_seed(void **state)
{
    uint8_t seed[32], key[32], again[32], s[32];
    uint64_t number = seed_now();

    (void)state;
    for (int i = 0; i < 20; i++) {
        fill(seed, sizeof seed, number + (uint64_t)i);
        sg_sign_public(key, seed);
        sg_edwards_scalar(s, seed);
        assert_true(sg_scalar_check(s));
        assert_true(sg_edwards_base(again, s));
        assert_memory_equal(key, again, 32);
    }
}

static void test_hash(void **state)
{
    uint8_t p[32], q[32], text[8] = {0};

    (void)state;
    for (unsigned i = 0; i < 200; i++) {
        memcpy(text, &i, sizeof i);
        sg_edwards_hash(p, "label", text, sizeof text);
        assert_true(sg_edwards_check(p));
        sg_edwards_hash(q, "label", text, sizeof text);
        assert_memory_equal(p, q, 32);
        sg_edwards_hash(q, "lebal", text, sizeof text);
        assert_memory_not_equal(p, q, 32);
    }
    /* RFC 9381, appendix B.3, examples 16 to 18: there the salt is the key, before the text. */
    static const struct {
        const char *alpha, *h;
    } known[] = {
        {"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
         "91bbed02a99461df1ad4c6564a5f5d829d0b90cfc7903e7a5797bd658abf3318"},
        {"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c72",
         "5b659fc3d4e9263fd9a4ed1d022d75eaacc20df5e09f9ea937502396598dc551"},
        {"fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025af82",
         "bf4339376f5542811de615e3313d2b36f6f53c0acfebb482159711201192576a"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint8_t alpha[64];
        size_t n = from_hex(alpha, known[i].alpha);
        sg_edwards_hash(p, "\x03", alpha, n);
        assert_hex(p, known[i].h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_torsion), cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_scalars), cmocka_unit_test(test_laws),
        cmocka_unit_test(test_seed),    cmocka_unit_test(test_hash),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
