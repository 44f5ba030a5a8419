/* hmac: RFC 4231's vectors for HMAC-SHA-256 and RFC 5869's for HKDF-SHA-256. */
#include "unit/helper.h"

#include "crypto/hmac.h"

#include <sys/resource.h>
#include <sys/wait.h>

static void test_rfc4231(void **state)
{
    uint8_t aa[131], dd[50], cd[50], b0[20], c0[20], counted[25], out[SG_HMAC_BYTES];
    static const char longer[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    static const char longest[] =
        "This is a test using a larger than block-size key and a larger than block-size data. The "
        "key needs to be hashed before being used by the HMAC algorithm.";

    (void)state;
    memset(aa, 0xaa, sizeof aa);
    memset(dd, 0xdd, sizeof dd);
    memset(cd, 0xcd, sizeof cd);
    memset(b0, 0x0b, sizeof b0);
    memset(c0, 0x0c, sizeof c0);
    for (uint8_t i = 0; i < sizeof counted; i++)
        counted[i] = (uint8_t)(i + 1);
    sg_hmac(out, b0, sizeof b0, "Hi There", 8);
    assert_hex(out, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    sg_hmac(out, "Jefe", 4, "what do ya want for nothing?", 28);
    assert_hex(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    sg_hmac(out, aa, 20, dd, sizeof dd);
    assert_hex(out, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    sg_hmac(out, counted, sizeof counted, cd, sizeof cd);
    assert_hex(out, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    sg_hmac(out, c0, sizeof c0, "Test With Truncation", 20);
    assert_hex(out, "a3b6167473100ee06e0c796c2955552b");
    sg_hmac(out, aa, sizeof aa, longer, sizeof longer - 1);
    assert_hex(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    sg_hmac(out, aa, sizeof aa, longest, sizeof longest - 1);
    assert_hex(out, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

static void count(uint8_t *p, uint8_t from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(from + i);
}

static void test_rfc5869(void **state)
{
    uint8_t ikm[80], salt[80], info[80], out[82];

    (void)state;
    memset(ikm, 0x0b, 22);
    count(salt, 0, 13);
    count(info, 0xf0, 10);
    sg_hkdf(out, 42, ikm, 22, salt, 13, info, 10);
    assert_hex(out, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887"
                    "185865");
    sg_hkdf(out, 42, ikm, 22, NULL, 0, NULL, 0);
    assert_hex(out, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b6"
                    "1a96c8");
    count(ikm, 0, 80);
    count(salt, 0x60, 80);
    count(info, 0xb0, 80);
    sg_hkdf(out, 82, ikm, 80, salt, 80, info, 80);
    assert_hex(out, "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac782"
                    "7271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3"
                    "434f1d87");
}

/* RFC 5869, section 2.2: no salt is a salt of as many zeros as the hash has bytes. */
static void test_no_salt(void **state)
{
    uint8_t zeros[SG_HMAC_BYTES] = {0}, a[64], b[64];

    (void)state;
    sg_hkdf(a, sizeof a, "secret", 6, NULL, 0, "info", 4);
    sg_hkdf(b, sizeof b, "secret", 6, zeros, sizeof zeros, "info", 4);
    assert_memory_equal(a, b, sizeof a);
}

/* A longer output begins with each shorter one; nothing is written behind it. */
static void test_lengths(void **state)
{
    static uint8_t all[SG_HKDF_MAX_BYTES], out[SG_HKDF_MAX_BYTES + 1];
    size_t step = stride(1, 97);

    (void)state;
    sg_hkdf(all, sizeof all, "secret", 6, "salt", 4, "info", 4);
    for (size_t n = 0; n <= SG_HKDF_MAX_BYTES; n += n < 100 ? 1 : step + 16) {
        memset(out, 0x5a, sizeof out);
        sg_hkdf(out, n, "secret", 6, "salt", 4, "info", 4);
        assert_memory_equal(out, all, n);
        assert_int_equal(out[n], 0x5a);
    }
}

static void test_too_much_aborts(void **state)
{
    static const struct rlimit none = {0, 0};
    static uint8_t out[SG_HKDF_MAX_BYTES + 1];
    pid_t child;
    int status;

    (void)state;
    if (!build_is("plain"))
        skip();
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &none);
        sg_hkdf(out, sizeof out, "secret", 6, NULL, 0, NULL, 0);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc4231),         cmocka_unit_test(test_rfc5869),
        cmocka_unit_test(test_no_salt),         cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_too_much_aborts),
    };

    return cmocka_run_group_tests_name("hmac", tests, start_library, NULL);
}
