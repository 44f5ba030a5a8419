/*
 * voprf: RFC 9497's vectors for OPRF, VOPRF and batches; what proofs and elements must not be.
 */
#include "unit/helper.h"
#undef assert_hex
#include "unit/vector.h"

#include "pseudonym/voprf.h"

#define BATCH 2

/* The values of a field that holds one or several: `size` bytes each, or as many as there are. */
static size_t values(uint8_t out[BATCH][64], size_t len[BATCH], const struct vector_file *v,
                     const char *name)
{
    char text[2048];
    size_t count = 0;

    strcpy(text, vector_get(v, name)->text);
    for (char *one = strtok(text, ","); one; one = strtok(NULL, ","))
        len[count] = unhex(out[count], one), count++;
    return count;
}

static bool has(const struct vector_file *v, const char *name)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->field[i].name, name) == 0)
            return true;
    return false;
}

static void test_vectors(void **state)
{
    static struct vector_file v;
    unsigned modes[2] = {0}, batches = 0;

    (void)state;
    vector_open(&v, "voprf");
    while (vector_next(&v)) {
        uint8_t input[BATCH][64], blind[BATCH][64], blinded[BATCH][64], evaluated[BATCH][64];
        uint8_t output[BATCH][64], secret[32], public[32], got[64], c[BATCH * 32], d[BATCH * 32];
        size_t n[BATCH], len[BATCH];
        enum sg_voprf_mode mode = vector_get(&v, "mode")->text[0] == '1' ? SG_VOPRF : SG_OPRF;
        const struct vector_field *info = vector_get(&v, "info");
        size_t count = values(input, n, &v, "input");

        assert_int_equal(values(blind, len, &v, "blind"), count);
        assert_int_equal(values(blinded, len, &v, "blinded"), count);
        assert_int_equal(values(evaluated, len, &v, "evaluated"), count);
        assert_int_equal(values(output, len, &v, "output"), count);
        assert_true(sg_voprf_key(secret, public, vector_bytes(&v, "seed", 32), info->bytes,
                                 info->len, mode));
        assert_memory_equal(secret, vector_bytes(&v, "secret", 32), 32);
        if (mode == SG_VOPRF)
            assert_memory_equal(public, vector_bytes(&v, "public", 32), 32);
        for (size_t i = 0; i < count; i++) {
            assert_true(sg_voprf_blind(got, input[i], n[i], blind[i], mode));
            assert_memory_equal(got, blinded[i], 32);
            memcpy(c + 32 * i, got, 32);
            assert_true(sg_voprf_evaluate(got, secret, blinded[i]));
            assert_memory_equal(got, evaluated[i], 32);
            memcpy(d + 32 * i, got, 32);
            assert_true(sg_voprf_finalize(got, input[i], n[i], blind[i], evaluated[i]));
            assert_memory_equal(got, output[i], 64);
            assert_true(sg_voprf_value(got, secret, input[i], n[i], mode));
            assert_memory_equal(got, output[i], 64);
        }
        assert_int_equal(has(&v, "proof"), mode == SG_VOPRF);
        if (mode == SG_VOPRF) {
            const uint8_t *proof = vector_bytes(&v, "proof", 64);
            assert_true(
                sg_voprf_prove(got, secret, public, c, d, count, vector_bytes(&v, "random", 32)));
            assert_memory_equal(got, proof, 64);
            assert_true(sg_voprf_verify(proof, public, c, d, count));
        }
        modes[mode]++;
        batches += count > 1;
    }
    fclose(v.file);
    assert_int_equal(modes[0], 2);
    assert_int_equal(modes[1], 3);
    assert_int_equal(batches, 1);
}

/* A batch of our own, changed in every bit of proof, key, elements and what was made of them. */
static void test_every_bit(void **state)
{
    struct {
        uint8_t proof[64], public[32], c[64], d[64];
    } good, bad;
    uint8_t seed[32], secret[32], r[32], blind[32];
    uint64_t number = seed_now();

    (void)state;
    fill(seed, sizeof seed, number);
    assert_true(sg_voprf_key(secret, good.public, seed, "info", 4, SG_VOPRF));
    for (size_t i = 0; i < 2; i++) {
        uint8_t input[2] = {(uint8_t)i, 7};
        sg_scalar_random(blind);
        assert_true(sg_voprf_blind(good.c + 32 * i, input, 2, blind, SG_VOPRF));
        assert_true(sg_voprf_evaluate(good.d + 32 * i, secret, good.c + 32 * i));
    }
    sg_scalar_random(r);
    assert_true(sg_voprf_prove(good.proof, secret, good.public, good.c, good.d, 2, r));
    assert_true(sg_voprf_verify(good.proof, good.public, good.c, good.d, 2));
    for (size_t bit = 0; bit < 8 * sizeof good; bit += stride(3, 29)) {
        bad = good;
        ((uint8_t *)&bad)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(sg_voprf_verify(bad.proof, bad.public, bad.c, bad.d, 2));
    }
    /* Fewer, and in another order. */
    assert_false(sg_voprf_verify(good.proof, good.public, good.c, good.d, 1));
    bad = good;
    memcpy(bad.c, good.c + 32, 32);
    memcpy(bad.c + 32, good.c, 32);
    memcpy(bad.d, good.d + 32, 32);
    memcpy(bad.d + 32, good.d, 32);
    assert_false(sg_voprf_verify(bad.proof, bad.public, bad.c, bad.d, 2));
}

/* A key that marks somebody: one element evaluated with another key is found out. */
static void test_other_key(void **state)
{
    uint8_t seed[2][32], secret[2][32], public[2][32], c[64], d[64], blind[32], r[32], proof[64];

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        fill(seed[i], 32, i);
        assert_true(sg_voprf_key(secret[i], public[i], seed[i], NULL, 0, SG_VOPRF));
        sg_scalar_random(blind);
        assert_true(sg_voprf_blind(c + 32 * i, "x", 1, blind, SG_VOPRF));
        assert_true(sg_voprf_evaluate(d + 32 * i, secret[i], c + 32 * i));
    }
    sg_scalar_random(r);
    assert_true(sg_voprf_prove(proof, secret[0], public[0], c, d, 2, r));
    assert_false(sg_voprf_verify(proof, public[0], c, d, 2));
    assert_false(sg_voprf_verify(proof, public[1], c, d, 2));
}

/* RFC 9496, appendix A.3: encodings that are none. */
static void test_elements(void **state)
{
    static const char *const bad[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
        "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    };
    /* appendix A.1: the generator */
    static const char generator[] =
        "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76";
    uint8_t p[32], q[32], one[32] = {1};

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unhex(p, bad[i]);
        assert_false(sg_ristretto_check(p));
    }
    unhex(p, generator);
    assert_true(sg_ristretto_check(p));
    assert_true(sg_ristretto_base(q, one));
    assert_memory_equal(p, q, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_every_bit),
        cmocka_unit_test(test_other_key),
        cmocka_unit_test(test_elements),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
