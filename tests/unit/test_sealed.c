/* sealed: whole files sealed and opened, binary and armored; strange files named; second tries. */
#include "unit/helper.h"

#include "key/key.h"
#include "sealed/sealed.h"
#include "sealed/sniff.h"

#define C SG_CHUNK_BYTES

static uint8_t *plain;
static struct sg_identities mine, others;
static struct sg_recipients to_me, to_both;
static const struct sg_password password = {.bytes = (const uint8_t *)"right", .len = 5};
static const struct sg_password wrong = {.bytes = (const uint8_t *)"wrong", .len = 5};

static int set_up(void **state)
{
    struct sg_error err = {0};

    if (start_library(state) != 0)
        return -1;
    plain = malloc(4 * C);
    fill(plain, 4 * C, 19);
    sg_identities_init(&mine);
    sg_identities_init(&others);
    sg_recipients_init(&to_me);
    sg_recipients_init(&to_both);
    return sg_identity_new(&mine, SG_KEY_X25519, &err) ||
           sg_identity_new(&others, SG_KEY_X25519, &err) ||
           sg_recipient_of(&to_me, sg_identities_at(&mine, 0), &err) ||
           sg_recipient_of(&to_both, sg_identities_at(&others, 0), &err) ||
           sg_recipient_of(&to_both, sg_identities_at(&mine, 0), &err);
}

static int tear_down(void **state)
{
    (void)state;
    free(plain);
    sg_identities_free(&mine);
    sg_identities_free(&others);
    sg_recipients_free(&to_me);
    sg_recipients_free(&to_both);
    return 0;
}

static void seal(struct sg_buffer *out, const struct sg_seal *how, size_t n, size_t step)
{
    struct sg_error err = {0};
    struct sg_source in;
    struct trickle t;
    struct sg_sink sink;

    sg_buffer_init(out, 1 << 20);
    sg_sink_buffer(&sink, out);
    trickle_source(&in, &t, plain, n, step);
    assert_int_equal(sg_seal(&sink, &in, how, &err), SG_OK);
    sg_source_close(&in);
}

/* Opens with a password when there is one, else with the identities. */
static enum sg_err open_bytes(const void *p, size_t n, size_t step, const struct sg_identities *ids,
                              const struct sg_password *with, size_t *released,
                              struct sg_error *err)
{
    struct sg_buffer text;
    struct sg_source in;
    struct trickle t;
    struct sg_sink out;
    struct sg_sealed f;
    enum sg_err r;

    sg_buffer_init(&text, 1 << 20);
    sg_sink_buffer(&out, &text);
    trickle_source(&in, &t, p, n, step);
    r = sg_sealed_read(&f, &in, err);
    if (r == SG_OK) {
        assert_int_equal(sg_sealed_has_password(&f), with != NULL);
        r = with ? sg_sealed_unlock_password(&f, with, 10, err) : sg_sealed_unlock(&f, ids, err);
    }
    if (r == SG_OK)
        r = sg_sealed_open(&out, &f, NULL, err);
    sg_sealed_close(&f);
    sg_source_close(&in);
    *released = text.len;
    assert_true(text.len == 0 || memcmp(text.data, plain, text.len) == 0);
    sg_buffer_free(&text);
    if (r != SG_OK)
        assert_string_equal(err->name, "trickle");
    return r;
}

static void test_round_trips(void **state)
{
    static const size_t sizes[] = {0, 1, 47, 48, 49, C - 1, C, C + 1, 2 * C, 2 * C + 1, 3 * C};
    const struct sg_seal ways[] = {
        {.recipients = &to_me},
        {.recipients = &to_both},
        {.recipients = &to_both, .armor = true},
        {.password = &password, .kdf = SG_KDF_ARGON2ID, .work = 5},
        {.password = &password, .kdf = SG_KDF_SCRYPT, .work = 5, .armor = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
            for (size_t j = 0; j < ODD_STEPS; j++) {
                struct sg_buffer sealed;
                struct sg_error err = {0};
                size_t released;
                if (build_is("valgrind") && odd_steps[j] < 100 && sizes[i] > 100)
                    continue;
                seal(&sealed, &ways[w], sizes[i], odd_steps[j]);
                assert_int_equal(open_bytes(sealed.data, sealed.len, odd_steps[(j + 1) % ODD_STEPS],
                                            &mine, ways[w].password, &released, &err),
                                 SG_OK);
                assert_int_equal(released, sizes[i]);
                sg_buffer_free(&sealed);
            }
        }
    }
}

static void test_wrong_keys(void **state)
{
    const struct sg_seal to_one = {.recipients = &to_me};
    const struct sg_seal by_password = {.password = &password, .work = 5};
    struct sg_identities none;
    struct sg_buffer sealed;
    struct sg_error err = {0};
    size_t released;

    (void)state;
    sg_identities_init(&none);
    seal(&sealed, &to_one, 100, SIZE_MAX);
    assert_int_equal(open_bytes(sealed.data, sealed.len, 7, &others, NULL, &released, &err),
                     SG_ERR_NO_MATCH);
    assert_int_equal(released, 0);
    assert_int_equal(open_bytes(sealed.data, sealed.len, 7, &none, NULL, &released, &err),
                     SG_ERR_NO_MATCH);
    sg_buffer_free(&sealed);
    seal(&sealed, &by_password, 100, SIZE_MAX);
    assert_int_equal(open_bytes(sealed.data, sealed.len, 7, NULL, &wrong, &released, &err),
                     SG_ERR_WRONG_PASSWORD);
    assert_int_equal(released, 0);
    sg_buffer_free(&sealed);
}

/* After a key or password that does not fit, another may be tried on the same file. */
static void test_second_try(void **state)
{
    const struct sg_seal ways[] = {{.recipients = &to_me}, {.password = &password, .work = 5}};

    (void)state;
    for (size_t w = 0; w < 2; w++) {
        struct sg_buffer sealed, text;
        struct sg_error err = {0};
        struct sg_source in;
        struct sg_sealed f;
        struct sg_sink out;
        seal(&sealed, &ways[w], 1000, SIZE_MAX);
        sg_buffer_init(&text, 10000);
        sg_sink_buffer(&out, &text);
        sg_source_memory(&in, sealed.data, sealed.len, "file");
        assert_int_equal(sg_sealed_read(&f, &in, &err), SG_OK);
        for (int i = 0; i < 3; i++) {
            enum sg_err r = w ? sg_sealed_unlock_password(&f, &wrong, 10, &err)
                              : sg_sealed_unlock(&f, &others, &err);
            assert_int_equal(r, w ? SG_ERR_WRONG_PASSWORD : SG_ERR_NO_MATCH);
            assert_null(f.file_key.data); /* nothing of a try is left */
        }
        if (w)
            assert_int_equal(sg_sealed_unlock_password(&f, &password, 4, &err), SG_ERR_WORK);
        assert_int_equal(w ? sg_sealed_unlock_password(&f, &password, 10, &err)
                           : sg_sealed_unlock(&f, &mine, &err),
                         SG_OK);
        assert_int_equal(sg_sealed_open(&out, &f, NULL, &err), SG_OK);
        assert_int_equal(text.len, 1000);
        assert_memory_equal(text.data, plain, 1000);
        sg_sealed_close(&f);
        sg_sealed_close(&f);
        sg_source_close(&in);
        sg_buffer_free(&sealed);
        sg_buffer_free(&text);
    }
}

static void test_close_unused(void **state)
{
    struct sg_sealed f = {0};

    (void)state;
    sg_sealed_close(&f);
    sg_sealed_close(&f);
}

/* A header that was changed is refused, though its stanza opens. */
static void test_mac(void **state)
{
    const struct sg_seal ways[] = {{.recipients = &to_me}, {.password = &password, .work = 5}};

    (void)state;
    for (size_t w = 0; w < 2; w++) {
        struct sg_buffer sealed;
        struct sg_error err = {0};
        size_t released;
        char *mac;
        seal(&sealed, &ways[w], 100, SIZE_MAX);
        mac = memmem(sealed.data, sealed.len, "\n--- ", 5);
        assert_non_null(mac);
        for (size_t i = 0; i < 42; i++) {
            char was = mac[5 + i];
            mac[5 + i] = was == 'A' ? 'B' : 'A';
            assert_int_equal(
                open_bytes(sealed.data, sealed.len, 4093, &mine, ways[w].password, &released, &err),
                SG_ERR_MAC);
            assert_int_equal(released, 0);
            mac[5 + i] = was;
        }
        sg_buffer_free(&sealed);
    }
}

/* A stanza added by somebody else is noticed, and so is one taken away. */
static void test_stanzas_changed(void **state)
{
    const struct sg_seal how = {.recipients = &to_both};
    struct sg_buffer sealed, other;
    struct sg_error err = {0};
    size_t released, first;
    uint8_t *p;

    (void)state;
    seal(&sealed, &how, 100, SIZE_MAX);
    sg_buffer_init(&other, 10000);
    p = memmem(sealed.data, sealed.len, "\n-> ", 4);
    assert_non_null(p);
    first = (size_t)(p - sealed.data) + 1;
    assert_int_equal(sg_buffer_append(&other, sealed.data, first, &err), SG_OK);
    assert_int_equal(sg_buffer_text(&other, "-> grease\n\n", &err), SG_OK);
    assert_int_equal(sg_buffer_append(&other, p + 1, sealed.len - first, &err), SG_OK);
    assert_int_equal(open_bytes(other.data, other.len, 4093, &mine, NULL, &released, &err),
                     SG_ERR_MAC);
    p = memmem(p + 1, sealed.len - first, "\n-> ", 4);
    assert_non_null(p);
    other.len = first;
    assert_int_equal(
        sg_buffer_append(&other, p + 1, sealed.len - (size_t)(p + 1 - sealed.data), &err), SG_OK);
    assert_int_equal(open_bytes(other.data, other.len, 4093, &mine, NULL, &released, &err),
                     SG_ERR_MAC);
    sg_buffer_free(&sealed);
    sg_buffer_free(&other);
}

static void test_mixed_recipients(void **state)
{
    struct sg_identities pq;
    struct sg_recipients to;
    struct sg_error err = {0};
    struct sg_buffer sealed;
    struct sg_source in;
    struct sg_sink out;
    struct sg_seal how = {.recipients = &to};

    (void)state;
    sg_identities_init(&pq);
    sg_recipients_init(&to);
    sg_buffer_init(&sealed, 100000);
    sg_sink_buffer(&out, &sealed);
    assert_int_equal(sg_identity_new(&pq, SG_KEY_PQ, &err), SG_OK);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&pq, 0), &err), SG_OK);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&mine, 0), &err), SG_OK);
    sg_source_memory(&in, plain, 10, NULL);
    assert_int_equal(sg_seal(&out, &in, &how, &err), SG_ERR_MIXED);
    assert_int_equal(sealed.len, 0);
    sg_source_close(&in);
    sg_buffer_free(&sealed);
    sg_identities_free(&pq);
    sg_recipients_free(&to);
}

static void test_strange_files(void **state)
{
    static const struct {
        const char *text;
        size_t n; /* 0: all of it */
        enum sg_err r;
        const char *looks_like;
    } files[] = {
        {"", 0, SG_ERR_NOT_SEALED, "empty"},
        {"some text", 0, SG_ERR_NOT_SEALED, NULL},
        {"\0\0\0\0", 4, SG_ERR_NOT_SEALED, NULL},
        {"-----BEGIN PGP MESSAGE-----\n\nx", 0, SG_ERR_NOT_SEALED, "PGP message"},
        {"\n\n-----BEGIN PGP MESSAGE-----\n\nx", 0, SG_ERR_NOT_SEALED, "PGP message"},
        {"\x85\x02\x0c\x03\x01\x02\x03\x04", 8, SG_ERR_NOT_SEALED, "PGP message"},
        {"\x8c\x0d\x04\x09\x03\x08\x01\x02", 8, SG_ERR_NOT_SEALED, "PGP message"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\n", 0, SG_ERR_NOT_SEALED, "SSH private key"},
        {"untrusted comment: signature\n", 0, SG_ERR_NOT_SEALED, "minisign"},
        {"AGE-SECRET-KEY-1XYZ", 0, SG_ERR_NOT_SEALED, "identity"},
        {"# created: 2026-11-22T03:58:59Z\n", 0, SG_ERR_NOT_SEALED, "identity"},
        {"Salted__12345678", 0, SG_ERR_NOT_SEALED, "openssl"},
        {"\x1f\x8b\x08", 3, SG_ERR_NOT_SEALED, "gzip"},
        {"PK\x03\x04", 4, SG_ERR_NOT_SEALED, "zip"},
        {"age-encryption.org/v2\n", 0, SG_ERR_VERSION, NULL},
        {"age-encryption.org/v1", 0, SG_ERR_HEADER, NULL},
        {"-----BEGIN AGE ENCRYPTED FILE-----", 0, SG_ERR_ARMOR, NULL},
        {"-----BEGIN AGE ENCRYPTED FILE-----\n", 0, SG_ERR_ARMOR, NULL},
        {"> -----BEGIN AGE ENCRYPTED FILE-----\n", 0, SG_ERR_ARMOR, NULL},
        {"Hello,\n-----BEGIN AGE ENCRYPTED FILE-----\n", 0, SG_ERR_ARMOR, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        size_t n = files[i].n ? files[i].n : strlen(files[i].text), released;
        for (size_t j = 0; j < ODD_STEPS; j++) {
            struct sg_error err = {0};
            enum sg_err r =
                open_bytes(files[i].text, n, odd_steps[j], &mine, NULL, &released, &err);
            assert_int_equal(r, files[i].r);
            if (r != SG_ERR_NOT_SEALED)
                continue;
            if (files[i].looks_like && (!err.what || !strstr(err.what, files[i].looks_like)))
                fail_msg("%s: %s", files[i].looks_like, err.what ? err.what : "nothing known");
            if (!files[i].looks_like)
                assert_null(err.what);
        }
    }
}

/* A sink or source that fails while sealing: the error comes back, and nothing leaks. */
static void test_failures(void **state)
{
    const struct sg_seal ways[] = {
        {.recipients = &to_me},
        {.recipients = &to_both, .armor = true},
        {.password = &password, .work = 5},
    };

    (void)state;
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        for (size_t room = 0; room < 3000; room += 97) {
            struct sg_buffer small;
            struct sg_error err = {0};
            struct sg_source in;
            struct trickle t;
            struct sg_sink out;
            sg_buffer_init(&small, room);
            sg_sink_buffer(&out, &small);
            sg_source_memory(&in, plain, 3000, NULL);
            assert_int_equal(sg_seal(&out, &in, &ways[w], &err), SG_ERR_LIMIT);
            sg_source_close(&in);
            trickle_source(&in, &t, plain, room, 4093);
            t.fails = SG_ERR_IO;
            sg_buffer_free(&small);
            sg_buffer_init(&small, 100000);
            assert_int_equal(sg_seal(&out, &in, &ways[w], &err), SG_ERR_IO);
            sg_source_close(&in);
            sg_buffer_free(&small);
        }
    }
}

static void test_bad_recipient(void **state)
{
    static const uint8_t zeros[32];
    const struct sg_recipient low = {.type = SG_KEY_X25519, .key = zeros, .len = 32};
    struct sg_header h;
    struct sg_error err = {0};

    (void)state;
    sg_header_init(&h);
    assert_int_equal(sg_header_begin(&h, &err), SG_OK);
    assert_int_equal(sg_stanza_wrap_key(&h, low, zeros, &err), SG_ERR_RECIPIENT);
    sg_header_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_wrong_keys),
        cmocka_unit_test(test_second_try),
        cmocka_unit_test(test_close_unused),
        cmocka_unit_test(test_mac),
        cmocka_unit_test(test_stanzas_changed),
        cmocka_unit_test(test_mixed_recipients),
        cmocka_unit_test(test_strange_files),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_bad_recipient),
    };

    return cmocka_run_group_tests_name("sealed", tests, set_up, tear_down);
}
