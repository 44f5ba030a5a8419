/*
 * pwhash: RFC 9106's vector for Argon2id, known answers of libargon2's own tests, RFC 7914's
 * vectors for scrypt, and every parameter just outside its range.
 */
#include "unit/helper.h"

#include "crypto/pwhash.h"

#include <sys/resource.h>
#include <sys/wait.h>

static const uint8_t *bytes(const char *text)
{
    return (const uint8_t *)text;
}

static void test_rfc9106(void **state)
{
    uint8_t password[32], salt[16], key[8], ad[12], out[32];
    struct sg_argon2id cost = {.passes = 3,
                               .memory = 32,
                               .lanes = 4,
                               .key = key,
                               .key_len = sizeof key,
                               .ad = ad,
                               .ad_len = sizeof ad};
    struct sg_error err = {0};

    (void)state;
    memset(password, 1, sizeof password);
    memset(salt, 2, sizeof salt);
    memset(key, 3, sizeof key);
    memset(ad, 4, sizeof ad);
    assert_int_equal(
        sg_argon2id(out, sizeof out, password, sizeof password, salt, sizeof salt, &cost, &err),
        SG_OK);
    assert_hex(out, "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

static void test_argon2id_known(void **state)
{
    static const struct {
        uint32_t passes, log2_kib, lanes;
        const char *password, *salt, *hex;
    } vectors[] = {
        {2, 8, 1, "password", "somesalt",
         "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
        {2, 8, 2, "password", "somesalt",
         "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
        {1, 16, 1, "password", "somesalt",
         "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"},
        {2, 16, 1, "password", "somesalt",
         "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
        {4, 16, 1, "password", "somesalt",
         "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c"},
        {2, 16, 1, "differentpassword", "somesalt",
         "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"},
        {2, 16, 1, "password", "diffsalt",
         "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct sg_argon2id cost = {.passes = vectors[i].passes,
                                   .memory = 1U << vectors[i].log2_kib,
                                   .lanes = vectors[i].lanes};
        struct sg_error err = {0};
        uint8_t out[32];

        if (vectors[i].log2_kib > 8 && build_is("valgrind"))
            continue;
        assert_int_equal(sg_argon2id(out, sizeof out, bytes(vectors[i].password),
                                     strlen(vectors[i].password), bytes(vectors[i].salt),
                                     strlen(vectors[i].salt), &cost, &err),
                         SG_OK);
        assert_hex(out, vectors[i].hex);
    }
}

static void assert_refused(enum sg_err r, const struct sg_error *err, const uint8_t *out, size_t n)
{
    assert_int_equal(r, SG_ERR_LIMIT);
    assert_int_equal(err->code, SG_ERR_LIMIT);
    assert_non_null(err->what);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(out[i], 0);
}

static void test_argon2id_range(void **state)
{
    static const struct {
        uint32_t passes, memory, lanes;
        size_t salt_len, n;
    } refused[] = {
        {0, 32, 1, 16, 32},
        {SG_ARGON2ID_MAX_PASSES + 1, 32, 1, 16, 32},
        {UINT32_MAX, 32, 1, 16, 32},
        {1, 32, 0, 16, 32},
        {1, SG_ARGON2ID_MAX_KIB, SG_ARGON2ID_MAX_LANES + 1, 16, 32},
        {1, 0, UINT32_MAX / 8 + 1, 16, 32},
        {1, 0, 1, 16, 32},
        {1, 7, 1, 16, 32},
        {1, 31, 4, 16, 32},
        {1, SG_ARGON2ID_MAX_KIB + 1, 1, 16, 32},
        {1, UINT32_MAX, 1, 16, 32},
        {1, 32, 1, 7, 32},
        {1, 32, 1, 0, 32},
        {1, 32, 1, 16, 3},
    };
    static const uint8_t salt[16];
    uint8_t out[32];
    struct sg_error err = {0};
    struct sg_argon2id least = {.passes = 1, .memory = 8, .lanes = 1};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct sg_argon2id cost = {
            .passes = refused[i].passes, .memory = refused[i].memory, .lanes = refused[i].lanes};
        memset(out, 0xff, sizeof out);
        memset(&err, 0, sizeof err);
        assert_refused(
            sg_argon2id(out, refused[i].n, bytes("pw"), 2, salt, refused[i].salt_len, &cost, &err),
            &err, out, refused[i].n);
    }
    assert_int_equal(sg_argon2id(out, 4, bytes(""), 0, salt, 8, &least, &err), SG_OK);
    least.lanes = 4;
    least.memory = 32;
    assert_int_equal(sg_argon2id(out, 32, bytes("pw"), 2, salt, 16, &least, &err), SG_OK);
}

static void test_rfc7914(void **state)
{
    static const struct {
        const char *password, *salt;
        unsigned log2_n;
        uint32_t r, p;
        const char *hex;
    } vectors[] = {
        {"", "", 4, 1, 1,
         "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
         "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
        {"password", "NaCl", 10, 8, 16,
         "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
         "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
        {"pleaseletmein", "SodiumChloride", 14, 8, 1,
         "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
         "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct sg_error err = {0};
        uint8_t out[64];

        assert_int_equal(sg_scrypt(out, sizeof out, bytes(vectors[i].password),
                                   strlen(vectors[i].password), bytes(vectors[i].salt),
                                   strlen(vectors[i].salt), vectors[i].log2_n, vectors[i].r,
                                   vectors[i].p, &err),
                         SG_OK);
        assert_hex(out, vectors[i].hex);
    }
}

static void test_scrypt_range(void **state)
{
    static const struct {
        unsigned log2_n;
        uint32_t r, p;
    } refused[] = {
        {0, 8, 1},
        {SG_SCRYPT_MAX_LOG2_N + 1, 8, 1},
        {64, 8, 1},
        {UINT32_MAX, 8, 1},
        {10, 0, 1},
        {10, 8, 0},
        {10, 1U << 15, 1U << 15},
        {10, UINT32_MAX, UINT32_MAX},
    };
    uint8_t out[32];
    struct sg_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        memset(out, 0xff, sizeof out);
        memset(&err, 0, sizeof err);
        assert_refused(sg_scrypt(out, sizeof out, bytes("pw"), 2, bytes("salt"), 4,
                                 refused[i].log2_n, refused[i].r, refused[i].p, &err),
                       &err, out, sizeof out);
    }
    assert_int_equal(sg_scrypt(out, sizeof out, bytes(""), 0, bytes(""), 0, 1, 1, 1, &err), SG_OK);
}

/* Under a limit on memory both refuse, say how much was wanted, and give nothing. */
static void test_no_memory(void **state)
{
    static const struct rlimit little = {64U << 20, 64U << 20};
    pid_t child;
    int status;

    (void)state;
    if (!build_is("plain"))
        skip(); /* they need more than that to run at all */
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sg_argon2id cost = {.passes = 1, .memory = 1U << 20, .lanes = 1};
        struct sg_error err = {0};
        static const uint8_t zeros[32];
        uint8_t out[32];
        int bad = setrlimit(RLIMIT_AS, &little) != 0;

        memset(out, 1, sizeof out);
        bad |= sg_argon2id(out, 32, bytes("pw"), 2, bytes("saltsalt"), 8, &cost, &err) !=
               SG_ERR_MEMORY;
        bad |= err.code != SG_ERR_MEMORY || err.value != (uint64_t)1 << 30;
        bad |= memcmp(out, zeros, sizeof out) != 0;
        memset(out, 1, sizeof out);
        bad |=
            sg_scrypt(out, 32, bytes("pw"), 2, bytes("salt"), 4, 20, 8, 1, &err) != SG_ERR_MEMORY;
        bad |= err.code != SG_ERR_MEMORY || err.value != (uint64_t)1 << 30;
        bad |= memcmp(out, zeros, sizeof out) != 0;
        _exit(bad);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc9106),        cmocka_unit_test(test_argon2id_known),
        cmocka_unit_test(test_argon2id_range), cmocka_unit_test(test_rfc7914),
        cmocka_unit_test(test_scrypt_range),   cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests_name("pwhash", tests, start_library, NULL);
}
