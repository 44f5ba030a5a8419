/*
 * RSA keys on SSH's wire: every way to write one but the right one, and bounds. That they open what
 * others seal is shown beside age, in tests/cli/ssh.bats.
 */
#include "key/ssh_rsa.h"

#include "base/secret.h"
#include "crypto/random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ROOM 8192

static uint8_t wire[ROOM];

/* Appends a string of n bytes. */
static size_t put(size_t at, const void *p, size_t n)
{
    wire[at] = (uint8_t)(n >> 24);
    wire[at + 1] = (uint8_t)(n >> 16);
    wire[at + 2] = (uint8_t)(n >> 8);
    wire[at + 3] = (uint8_t)n;
    memcpy(wire + at + 4, p, n);
    return at + 4 + n;
}

/* A key with this exponent and an odd modulus of so many bits; returns its size. */
static size_t make(const char *type, const void *e, size_t e_len, size_t bits)
{
    static uint8_t modulus[ROOM];
    size_t n = bits / 8 + 1, at = put(0, type, strlen(type));

    memset(modulus, 0x55, n);
    modulus[0] = (uint8_t)(bits % 8 ? 1U << (bits % 8 - 1) : 0); /* a sign, when it is full */
    modulus[1] |= bits % 8 ? 0 : 0x80;
    at = put(at, e, e_len);
    return put(at, modulus, n);
}

static const char *judge(size_t n)
{
    struct sg_rsa_key key;

    return sg_ssh_rsa_public(&key, wire, n);
}

static void good(size_t n)
{
    const char *what = judge(n);

    if (what)
        fail_msg("%s", what);
}

static void bad(size_t n, const char *part)
{
    const char *what = judge(n);

    assert_non_null(what);
    assert_non_null(strstr(what, part));
}

#define NO_KEY "is not an ssh-rsa key"

static void test_sizes(void **state)
{
    (void)state;
    good(make("ssh-rsa", "\1\0\1", 3, 2048));
    good(make("ssh-rsa", "\1\0\1", 3, 2049));
    good(make("ssh-rsa", "\1\0\1", 3, 4096));
    good(make("ssh-rsa", "\1\0\1", 3, 16384));
    bad(make("ssh-rsa", "\1\0\1", 3, 2047), "too weak");
    bad(make("ssh-rsa", "\1\0\1", 3, 1024), "too weak");
    bad(make("ssh-rsa", "\1\0\1", 3, 8), "too weak");
    bad(make("ssh-rsa", "\1\0\1", 3, 16385), "over 16384 bits");
    bad(make("ssh-rsa", "\1\0\1", 3, 32768), "over 16384 bits");
}

static void test_exponents(void **state)
{
    (void)state;
    good(make("ssh-rsa", "\3", 1, 2048));
    good(make("ssh-rsa", "\0\xff", 2, 2048));
    good(make("ssh-rsa", "\x7f\xff\xff\xff\xff\xff\xff\xff", 8, 2048));
    bad(make("ssh-rsa", "\1", 1, 2048), NO_KEY);
    bad(make("ssh-rsa", "\2", 1, 2048), NO_KEY);
    bad(make("ssh-rsa", "\1\0\0", 3, 2048), NO_KEY);
    bad(make("ssh-rsa", "\0", 1, 2048), NO_KEY);
    bad(make("ssh-rsa", "", 0, 2048), NO_KEY);
    bad(make("ssh-rsa", "\xff", 1, 2048), NO_KEY);     /* negative */
    bad(make("ssh-rsa", "\0\1\0\1", 4, 2048), NO_KEY); /* a zero too many */
    bad(make("ssh-rsa", "\0\0\xff", 3, 2048), NO_KEY); /* the same */
    bad(make("ssh-rsa", "\1\1\1\1\1\1\1\1\1", 9, 2048), NO_KEY);
    bad(make("ssh-rsb", "\3", 1, 2048), NO_KEY);
    bad(make("ssh-rsa ", "\3", 1, 2048), NO_KEY);
}

static void test_shape(void **state)
{
    size_t n = make("ssh-rsa", "\1\0\1", 3, 2048);

    (void)state;
    for (size_t cut = 0; cut < n; cut++)
        bad(cut, NO_KEY);
    wire[n] = 0;
    bad(n + 1, NO_KEY);
    wire[n - 1] ^= 1; /* even */
    bad(n, NO_KEY);
    wire[n - 1] ^= 1;
    good(n);
    for (size_t at = 0; at < 4; at++) { /* lengths that lie */
        wire[at] ^= 0x40;
        bad(n, NO_KEY);
        wire[at] ^= 0x40;
    }
}

/* What libcrypto is given is bounded, and no key of numbers alone opens anything. */
static void test_no_key(void **state)
{
    size_t n = make("ssh-rsa", "\1\0\1", 3, 2048);
    uint8_t sealed[SG_RSA_MAX_BYTES], opened[16], text[16] = "sixteen  bytes.";
    static const uint8_t zeros[16];
    struct sg_rsa_key key;

    (void)state;
    assert_true(sg_rsa_available());
    assert_null(sg_ssh_rsa_public(&key, wire, n));
    assert_int_equal(sg_rsa_seal(sealed, &key, "label", text, 16), SG_RSA_OK);
    memset(opened, 1, sizeof opened);
    assert_int_equal(sg_rsa_open(opened, 16, &key, "label", sealed), SG_RSA_FAILED); /* no secret */
    assert_memory_equal(opened, zeros, sizeof zeros);
    key.secret = key.modulus;
    assert_int_equal(sg_rsa_open(opened, 16, &key, "label", sealed), SG_RSA_FAILED);
    key.modulus.n = 0;
    assert_int_equal(sg_rsa_seal(sealed, &key, "label", text, 16), SG_RSA_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_exponents),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_no_key),
    };
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
