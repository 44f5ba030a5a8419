/* header: the grammar to the letter, the limits, what is built is what is read, and the MAC. */
#include "unit/helper.h"

#include "base/base64.h"
#include "sealed/header.h"

#define V "age-encryption.org/v1\n"
#define MAC_TEXT "WyJwA9F/9FOZh7gJdheq2WIJcwHZc8NJVh3dwhrcNgA"
#define MAC "--- " MAC_TEXT "\n"
#define LINE48 "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\n"
#define SHARE "TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc"
#define BODY32 "EmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U\n"
#define X25519 "-> X25519 " SHARE "\n" BODY32
#define SALT "rF0/NwblUHHTpgQgRpe5CQ"
#define SCRYPT "-> scrypt " SALT " 10\ngUjEymFKMVXQEKdMMHL24oYexjE3TIC0O0zGSqJ2aUY\n"
#define ARGON "-> signet/argon2id " SALT " 3 10 4\n" BODY32
#define GREASE "-> grease a b c\n\n"

static const uint8_t file_key[SG_FILE_KEY_BYTES] = "YELLOW SUBMARIN";

/* Reads a header of n bytes with "rest" behind it, and checks that the rest is left. */
static enum sg_err read_header(struct sg_header *h, const char *text, size_t n, size_t step,
                               struct sg_error *err)
{
    struct sg_buffer all;
    struct sg_source in;
    struct trickle t;
    uint8_t rest[5];
    size_t got;
    enum sg_err r;

    sg_buffer_init(&all, 64U << 20);
    assert_int_equal(sg_buffer_append(&all, text, n, err), SG_OK);
    assert_int_equal(sg_buffer_text(&all, "rest", err), SG_OK);
    sg_header_init(h);
    trickle_source(&in, &t, all.data, all.len, step);
    r = sg_header_read(h, &in, err);
    if (r == SG_OK) {
        assert_int_equal(sg_source_read(&in, rest, sizeof rest, &got, err), SG_OK);
        assert_int_equal(got, 4);
        assert_memory_equal(rest, "rest", 4);
        assert_int_equal(h->text.len, n);
        assert_memory_equal(h->text.data, text, n);
    }
    sg_source_close(&in);
    sg_buffer_free(&all);
    return r;
}

static void test_accepted(void **state)
{
    static const struct {
        const char *text;
        size_t stanzas;
    } good[] = {
        {V X25519 MAC, 1},
        {V SCRYPT MAC, 1},
        {V ARGON MAC, 1},
        {V GREASE MAC, 1},
        {V GREASE X25519 GREASE MAC, 3},
        {V X25519 X25519 X25519 MAC, 3},
        {V "-> x\n\n" MAC, 1},
        {V "-> !\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~\n\n" MAC, 1},
        {V "-> x\n" LINE48 "\n" MAC, 1},
        {V "-> x\n" LINE48 LINE48 LINE48 "OGE\n" MAC, 1},
        {V "-> x\nOA\n" MAC, 1},
        {V "-> x X25519\n\n" MAC, 1},
        {V "-> x25519\n\n" MAC, 1},
        {V "-> X25519x " SHARE "\n\n" MAC, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        for (size_t j = 0; j < ODD_STEPS; j++) {
            struct sg_header h;
            struct sg_error err = {0};
            uint8_t mac[32];
            enum sg_err r = read_header(&h, good[i].text, strlen(good[i].text), odd_steps[j], &err);
            if (r != SG_OK)
                fail_msg("%s: %s", good[i].text, err.what);
            assert_int_equal(sg_header_count(&h), good[i].stanzas);
            assert_true(sg_base64_decode_exact(mac, 32, MAC_TEXT, 43));
            assert_memory_equal(h.mac, mac, 32);
            assert_int_equal(h.authenticated, strlen(good[i].text) - 45);
            sg_header_free(&h);
            sg_header_free(&h);
        }
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        uint64_t line;
    } bad[] = {
        {"", 1},
        {"\n", 1},
        {"x\n", 1},
        {"age-encryption.org\n" X25519 MAC, 1},
        {V, 2},
        {V MAC, 2}, /* no stanza */
        {V X25519, 4},
        {V "\n" X25519 MAC, 2},
        {V "x\n" X25519 MAC, 2},
        {V X25519 "\n" MAC, 4},
        {V X25519 "x\n" MAC, 4},
        {V X25519 MAC_TEXT "\n", 4},
        {V X25519 "--\n", 4},
        {V X25519 "---\n", 4},
        {V X25519 "--- \n", 4},
        {V X25519 "---" MAC_TEXT "\n", 4},
        {V X25519 "---  " MAC_TEXT "\n", 4},
        {V X25519 "--- " MAC_TEXT " \n", 4},
        {V X25519 "--- " MAC_TEXT "=\n", 4},
        {V X25519 "--- " MAC_TEXT "A\n", 4},
        {V X25519 "--- WyJwA9F/9FOZh7gJdheq2WIJcwHZc8NJVh3dwhrcNgB\n", 4}, /* not canonical */
        {V X25519 "--- WyJwA9F/9FOZh7gJdheq2WIJcwHZc8NJVh3dwhrcNg\n", 4},
        {V X25519 " " MAC, 4},
        {V "->\n\n" MAC, 2},
        {V "-> \n\n" MAC, 2},
        {V "->x\n\n" MAC, 2},
        {V "->  x\n\n" MAC, 2},
        {V "-> x \n\n" MAC, 2},
        {V "-> x  y\n\n" MAC, 2},
        {V "-> x\ty\n\n" MAC, 2},
        {V "-> x\x7f\n\n" MAC, 2},
        {V "-> x\x80\n\n" MAC, 2},
        {V "-> \xc3\xa9\n\n" MAC, 2},
        {V " -> x\n\n" MAC, 2},
        {V "-> x\n" MAC, 3},
        {V "-> x\n-> y\n\n" MAC, 3},
        {V "-> x\n" LINE48 MAC, 4}, /* no short line after a full one */
        {V "-> x\n" LINE48 "-> y\n\n" MAC, 4},
        {V "-> x\nOA==\n" MAC, 3},
        {V "-> x\nOB\n" MAC, 3},
        {V "-> x\nO\n" MAC, 3},
        {V "-> x\n OA\n" MAC, 3},
        {V "-> x\nOA \n" MAC, 3},
        {V "-> x\nOA\nOA\n" MAC, 4},
        {V "-> x\nMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3A\n\n" MAC, 3},
        {V "-> x\nMDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3OTA5\n\n" MAC, 3},
        {"age-encryption.org/v1\r\n" X25519 MAC, 1},
        {V "-> x\r\n\n" MAC, 2},
        {V "-> x\n\r\n" MAC, 3},
        {V "-> x\nOA\r\n" MAC, 3},
        {V X25519 "--- " MAC_TEXT "\r\n", 4},
        /* X25519 */
        {V "-> X25519\n" BODY32 MAC, 2},
        {V "-> X25519 " SHARE " x\n" BODY32 MAC, 2},
        {V "-> X25519 " SHARE "=\n" BODY32 MAC, 2},
        {V "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCd\n" BODY32 MAC, 2},
        {V "-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOA\n" BODY32 MAC, 2},
        {V "-> X25519 " SHARE "\n\n" MAC, 2},
        {V "-> X25519 " SHARE "\nEmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nwA\n" MAC, 2},
        {V "-> X25519 " SHARE "\n" LINE48 "\n" MAC, 2},
        {V X25519 "-> X25519 " SHARE "\n\n" MAC, 4}, /* the second of two */
        /* passwords */
        {V SCRYPT X25519 MAC, 0},
        {V X25519 SCRYPT MAC, 0},
        {V SCRYPT SCRYPT MAC, 0},
        {V SCRYPT GREASE MAC, 0},
        {V ARGON GREASE MAC, 0},
        {V ARGON SCRYPT MAC, 0},
        {V X25519 ARGON MAC, 0},
        {V ARGON ARGON MAC, 0},
        {V "-> scrypt\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT "\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 10 x\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 0\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 010\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " +10\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " -1\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 0xa\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 1e1\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 4294967306\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 18446744073709551626\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT "= 10\n" BODY32 MAC, 2},
        {V "-> scrypt rF0/NwblUHHTpgQgRpe5CR 10\n" BODY32 MAC, 2},
        {V "-> scrypt rF0/NwblUHHTpgQgRpe5 10\n" BODY32 MAC, 2},
        {V "-> scrypt " SALT " 10\n\n" MAC, 2},
        {V "-> signet/argon2id\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 3 10\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 3 10 4 x\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 0 10 4\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 3 0 4\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 3 10 0\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 03 10 4\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 3 4 4\n" BODY32 MAC, 2}, /* 16 KiB for four lanes */
        {V "-> signet/argon2id " SALT " 3 20 256\n" BODY32 MAC, 2},
        {V "-> signet/argon2id rF0/ 3 10 4\n" BODY32 MAC, 2},
        {V "-> signet/argon2id " SALT " 3 10 4\n\n" MAC, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t j = 0; j < ODD_STEPS; j++) {
            struct sg_header h;
            struct sg_error err = {0};
            struct sg_source in;
            struct trickle t;
            enum sg_err r;

            sg_header_init(&h);
            trickle_source(&in, &t, bad[i].text, strlen(bad[i].text), odd_steps[j]);
            r = sg_header_read(&h, &in, &err);
            if (r != SG_ERR_HEADER)
                fail_msg("%d for %s", (int)r, bad[i].text);
            assert_int_equal(err.code, SG_ERR_HEADER);
            assert_non_null(err.what);
            if (bad[i].line && err.line != bad[i].line)
                fail_msg("line %d for %s", (int)err.line, bad[i].text);
            sg_source_close(&in);
            sg_header_free(&h);
        }
    }
}

static void test_versions(void **state)
{
    static const char *const versions[] = {"age-encryption.org/v2",  "age-encryption.org/v",
                                           "age-encryption.org/v10", "age-encryption.org/v1 ",
                                           "age-encryption.org/V1",  "age-encryption.org/"};

    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct sg_header h;
        struct sg_error err = {0};
        char text[1000];
        (void)snprintf(text, sizeof text, "%s\n%s", versions[i], X25519 MAC);
        assert_int_equal(read_header(&h, text, strlen(text), 7, &err), SG_ERR_VERSION);
        sg_header_free(&h);
    }
}

/* Every truncation of a header fails; so does every bit flip, in reading it or in its MAC. */
static void test_every_fault(void **state)
{
    struct sg_header h, again;
    struct sg_error err = {0};
    uint8_t body[32];
    size_t n, step = stride(3, 31);

    (void)state;
    fill(body, sizeof body, 16);
    sg_header_init(&h);
    assert_int_equal(sg_header_begin(&h, &err), SG_OK);
    assert_int_equal(sg_header_add(&h, "X25519 " SHARE, body, sizeof body, &err), SG_OK);
    assert_int_equal(sg_header_add(&h, "some other", body, 0, &err), SG_OK);
    assert_int_equal(sg_header_finish(&h, file_key, &err), SG_OK);
    n = h.text.len;
    assert_int_equal(read_header(&again, (char *)h.text.data, n, SIZE_MAX, &err), SG_OK);
    assert_int_equal(sg_header_verify(&again, file_key, &err), SG_OK);
    sg_header_free(&again);
    for (size_t i = 0; i < n; i++) {
        struct sg_source in;
        sg_source_memory(&in, h.text.data, i, NULL);
        sg_header_init(&again);
        assert_int_equal(sg_header_read(&again, &in, &err), SG_ERR_HEADER);
        sg_header_free(&again);
        sg_source_close(&in);
    }
    for (size_t bit = 0; bit < n * 8; bit += step) {
        enum sg_err r;
        h.text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        r = read_header(&again, (char *)h.text.data, n, SIZE_MAX, &err);
        if (r == SG_OK)
            assert_int_equal(sg_header_verify(&again, file_key, &err), SG_ERR_MAC);
        else
            assert_true(r == SG_ERR_HEADER || (r == SG_ERR_VERSION && bit / 8 < sizeof V - 1));
        sg_header_free(&again);
        h.text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t bit = 0; bit < sizeof file_key * 8; bit++) {
        uint8_t other[SG_FILE_KEY_BYTES];
        memcpy(other, file_key, sizeof other);
        other[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(sg_header_verify(&h, other, &err), SG_ERR_MAC);
    }
    assert_int_equal(sg_header_verify(&h, file_key, &err), SG_OK);
    sg_header_free(&h);
}

/* Stanzas of all sizes of body, built, read, and taken apart. */
static void test_round_trips(void **state)
{
    uint8_t bodies[200], out[201];
    struct sg_header h, again;
    struct sg_error err = {0};

    (void)state;
    fill(bodies, sizeof bodies, 17);
    sg_header_init(&h);
    assert_int_equal(sg_header_begin(&h, &err), SG_OK);
    for (size_t n = 0; n <= sizeof bodies; n++) {
        char arguments[64];
        (void)snprintf(arguments, sizeof arguments, "type%zu b%zu", n, n * n);
        assert_int_equal(sg_header_add(&h, arguments, bodies, n, &err), SG_OK);
    }
    assert_int_equal(sg_header_finish(&h, file_key, &err), SG_OK);
    for (size_t j = 0; j < ODD_STEPS; j++) {
        assert_int_equal(
            read_header(&again, (const char *)h.text.data, h.text.len, odd_steps[j], &err), SG_OK);
        assert_int_equal(sg_header_count(&again), sizeof bodies + 1);
        for (size_t n = 0; n <= sizeof bodies; n++) {
            const struct sg_stanza *s = sg_header_stanza(&again, n);
            const char *p;
            char want[64];
            size_t len;
            (void)snprintf(want, sizeof want, "type%zu", n);
            assert_true(sg_stanza_is(&again, s, want));
            assert_false(sg_stanza_is(&again, s, "type"));
            assert_int_equal(sg_stanza_arguments(&again, s), 2);
            (void)snprintf(want, sizeof want, "b%zu", n * n);
            p = sg_stanza_argument(&again, s, 1, &len);
            assert_int_equal(len, strlen(want));
            assert_memory_equal(p, want, len);
            assert_null(sg_stanza_argument(&again, s, 2, &len));
            assert_null(sg_stanza_argument(&again, s, 1000, &len));
            assert_int_equal(len, 0);
            out[n] = 0x5a;
            assert_true(sg_stanza_body(&again, s, out, n));
            assert_memory_equal(out, bodies, n);
            assert_int_equal(out[n], 0x5a);
            assert_false(sg_stanza_body(&again, s, out, n + 1));
            if (n)
                assert_false(sg_stanza_body(&again, s, out, n - 1));
        }
        assert_int_equal(sg_header_verify(&again, file_key, &err), SG_OK);
        sg_header_free(&again);
    }
    sg_header_free(&h);
}

/* Headers too large to be meant well, and the most that is read and built. */
static void test_limits(void **state)
{
    struct sg_buffer text;
    struct sg_header h;
    struct sg_error err = {0};
    size_t stanza = strlen(GREASE), count = (SG_HEADER_MAX_BYTES - 100) / stanza;

    (void)state;
    if (build_is("valgrind"))
        skip();
    sg_buffer_init(&text, 64U << 20); /* as large as may be */
    assert_int_equal(sg_buffer_text(&text, V, &err), SG_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sg_buffer_text(&text, GREASE, &err), SG_OK);
    assert_int_equal(sg_buffer_text(&text, MAC, &err), SG_OK);
    assert_true(text.len <= SG_HEADER_MAX_BYTES);
    assert_int_equal(read_header(&h, (const char *)text.data, text.len, 4093, &err), SG_OK);
    assert_int_equal(sg_header_count(&h), count);
    sg_header_free(&h);

    text.len -= strlen(MAC); /* a little larger, and much */
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(sg_buffer_text(&text, GREASE, &err), SG_OK);
    assert_int_equal(sg_buffer_text(&text, MAC, &err), SG_OK);
    assert_int_equal(read_header(&h, (const char *)text.data, text.len, 4093, &err), SG_ERR_LIMIT);
    assert_int_equal(err.limit, SG_HEADER_MAX_BYTES);
    assert_non_null(err.what);
    sg_header_free(&h);

    text.len = strlen(V); /* a stanza whose body does not end */
    assert_int_equal(sg_buffer_text(&text, "-> x\n", &err), SG_OK);
    for (size_t i = 0; i < 80000; i++)
        assert_int_equal(sg_buffer_text(&text, LINE48, &err), SG_OK);
    assert_int_equal(read_header(&h, (const char *)text.data, text.len, 4093, &err), SG_ERR_LIMIT);
    sg_header_free(&h);

    text.len = strlen(V); /* and a line that does not */
    assert_int_equal(sg_buffer_text(&text, "-> ", &err), SG_OK);
    for (size_t i = 0; i < 20000; i++)
        assert_int_equal(sg_buffer_text(&text, "x", &err), SG_OK);
    assert_int_equal(read_header(&h, (const char *)text.data, text.len, 4093, &err), SG_ERR_LIMIT);
    assert_non_null(err.what);
    sg_header_free(&h);
    sg_buffer_free(&text);

    sg_header_init(&h); /* and building one */
    assert_int_equal(sg_header_begin(&h, &err), SG_OK);
    for (size_t i = 0; i < 80000; i++) {
        static const uint8_t body[32];
        enum sg_err r = sg_header_add(&h, "X25519 " SHARE, body, sizeof body, &err);
        if (r == SG_OK)
            continue;
        assert_int_equal(r, SG_ERR_LIMIT);
        assert_true(i > 40000 * 9 / 10);
        sg_header_free(&h);
        return;
    }
    fail();
}

/* A header is read again into the same struct. */
static void test_reuse(void **state)
{
    struct sg_header h;
    struct sg_error err = {0};

    (void)state;
    sg_header_init(&h);
    for (int i = 0; i < 3; i++) {
        struct sg_source in;
        static const char text[] = V GREASE X25519 MAC;
        sg_source_memory(&in, text, sizeof text - 1, NULL);
        assert_int_equal(sg_header_read(&h, &in, &err), SG_OK);
        assert_int_equal(sg_header_count(&h), 2);
        sg_source_close(&in);
    }
    sg_header_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_versions),    cmocka_unit_test(test_every_fault),
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_limits),
        cmocka_unit_test(test_reuse),
    };

    return cmocka_run_group_tests_name("header", tests, start_library, NULL);
}
