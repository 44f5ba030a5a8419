/* stanza: each way to wrap the file key, undone; wrong keys, low order, wrong passwords, work. */
#include "unit/helper.h"

#include "base/base64.h"
#include "key/key.h"
#include "sealed/stanza.h"

#define LOW_ORDER 7
static const char *const low_order[LOW_ORDER] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static const uint8_t file_key[SG_FILE_KEY_BYTES] = "YELLOW SUBMARIN", zeros[SG_FILE_KEY_BYTES];

static struct sg_password password_of(const char *text)
{
    return (struct sg_password){.bytes = (const uint8_t *)text, .len = strlen(text)};
}

/* Reads back what was built, as a file would be read. */
static void read_back(struct sg_header *h, struct sg_header *built)
{
    struct sg_error err = {0};
    struct sg_source in;

    assert_int_equal(sg_header_finish(built, file_key, &err), SG_OK);
    sg_source_memory(&in, built->text.data, built->text.len, NULL);
    sg_header_init(h);
    assert_int_equal(sg_header_read(h, &in, &err), SG_OK);
    sg_source_close(&in);
    sg_header_free(built);
}

static void test_keys(void **state)
{
    static const enum sg_key_type types[] = {SG_KEY_X25519, SG_KEY_PQ};

    (void)state;
    for (size_t t = 0; t < 2; t++) {
        enum { KEYS = 4 };
        struct sg_identities ids[KEYS], stranger, all;
        struct sg_recipients to;
        struct sg_header built, h;
        struct sg_error err = {0};
        uint8_t got[SG_FILE_KEY_BYTES];

        sg_header_init(&built);
        assert_int_equal(sg_header_begin(&built, &err), SG_OK);
        sg_recipients_init(&to);
        for (size_t i = 0; i < KEYS; i++) {
            sg_identities_init(&ids[i]);
            assert_int_equal(sg_identity_new(&ids[i], types[t], &err), SG_OK);
            assert_int_equal(sg_recipient_of(&to, sg_identities_at(&ids[i], 0), &err), SG_OK);
            assert_int_equal(sg_stanza_wrap_key(&built, sg_recipients_at(&to, i), file_key, &err),
                             SG_OK);
        }
        read_back(&h, &built);
        assert_int_equal(sg_header_count(&h), KEYS);
        assert_false(sg_stanzas_have_password(&h));
        for (size_t i = 0; i < KEYS; i++) {
            memset(got, 0xff, sizeof got);
            assert_int_equal(sg_stanzas_unwrap_key(got, &h, &ids[i], &err), SG_OK);
            assert_memory_equal(got, file_key, sizeof got);
        }
        sg_identities_init(&stranger);
        memset(got, 0xff, sizeof got);
        assert_int_equal(sg_stanzas_unwrap_key(got, &h, &stranger, &err), SG_ERR_NO_MATCH);
        assert_memory_equal(got, zeros, sizeof got);
        assert_int_equal(sg_identity_new(&stranger, SG_KEY_X25519, &err), SG_OK);
        assert_int_equal(sg_identity_new(&stranger, SG_KEY_PQ, &err), SG_OK);
        memset(got, 0xff, sizeof got);
        assert_int_equal(sg_stanzas_unwrap_key(got, &h, &stranger, &err), SG_ERR_NO_MATCH);
        assert_int_equal(err.value, KEYS);
        assert_int_equal(err.limit, 2);
        assert_memory_equal(got, zeros, sizeof got);
        /* The right one stands last among others. */
        sg_identities_init(&all);
        assert_int_equal(sg_identity_new(&all, SG_KEY_PQ, &err), SG_OK);
        assert_int_equal(sg_identity_new(&all, SG_KEY_X25519, &err), SG_OK);
        {
            struct sg_buffer text;
            sg_buffer_init_secret(&text, 1000);
            assert_int_equal(sg_identity_text(&text, sg_identities_at(&ids[KEYS - 1], 0), &err),
                             SG_OK);
            assert_int_equal(sg_identity_read(&all, (const char *)text.data, text.len, &err),
                             SG_OK);
            sg_buffer_free(&text);
        }
        assert_int_equal(sg_stanzas_unwrap_key(got, &h, &all, &err), SG_OK);
        assert_memory_equal(got, file_key, sizeof got);
        for (size_t i = 0; i < KEYS; i++)
            sg_identities_free(&ids[i]);
        sg_identities_free(&stranger);
        sg_identities_free(&all);
        sg_recipients_free(&to);
        sg_header_free(&h);
    }
}

/* Two stanzas for one recipient have nothing in common. */
static void test_fresh(void **state)
{
    struct sg_identities ids;
    struct sg_recipients to;
    struct sg_header h;
    struct sg_error err = {0};
    const struct sg_stanza *a, *b;

    (void)state;
    sg_identities_init(&ids);
    sg_recipients_init(&to);
    sg_header_init(&h);
    assert_int_equal(sg_identity_new(&ids, SG_KEY_X25519, &err), SG_OK);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&ids, 0), &err), SG_OK);
    {
        struct sg_header built;
        sg_header_init(&built);
        assert_int_equal(sg_header_begin(&built, &err), SG_OK);
        for (int i = 0; i < 2; i++)
            assert_int_equal(sg_stanza_wrap_key(&built, sg_recipients_at(&to, 0), file_key, &err),
                             SG_OK);
        read_back(&h, &built);
    }
    a = sg_header_stanza(&h, 0);
    b = sg_header_stanza(&h, 1);
    assert_int_equal(a->arguments_len, b->arguments_len);
    assert_memory_not_equal(h.text.data + a->arguments, h.text.data + b->arguments,
                            a->arguments_len);
    assert_memory_not_equal(h.text.data + a->body, h.text.data + b->body, a->body_len);
    sg_header_free(&h);
    sg_recipients_free(&to);
    sg_identities_free(&ids);
}

/* Points of low order are nobody's recipient, and as a share of somebody's file they are refused.
 */
static void test_low_order(void **state)
{
    struct sg_identities ids;
    struct sg_error err = {0};

    (void)state;
    sg_identities_init(&ids);
    assert_int_equal(sg_identity_new(&ids, SG_KEY_X25519, &err), SG_OK);
    for (size_t i = 0; i < LOW_ORDER; i++) {
        uint8_t point[32], got[SG_FILE_KEY_BYTES], body[32] = {0};
        char arguments[64] = "X25519 ";
        struct sg_recipient to = {.type = SG_KEY_X25519, .key = point, .len = 32};
        struct sg_header built, h;

        from_hex(point, low_order[i]);
        sg_header_init(&built);
        assert_int_equal(sg_header_begin(&built, &err), SG_OK);
        assert_int_equal(sg_stanza_wrap_key(&built, to, file_key, &err), SG_ERR_RECIPIENT);
        assert_non_null(err.what);
        assert_int_equal(sg_header_begin(&built, &err), SG_OK);
        arguments[7 + sg_base64_encode(arguments + 7, point, 32, SG_BASE64_RAW)] = '\0';
        assert_int_equal(sg_header_add(&built, "first", body, 0, &err), SG_OK);
        assert_int_equal(sg_header_add(&built, arguments, body, sizeof body, &err), SG_OK);
        read_back(&h, &built);
        memset(got, 0xff, sizeof got);
        assert_int_equal(sg_stanzas_unwrap_key(got, &h, &ids, &err), SG_ERR_HEADER);
        assert_int_equal(err.line, 4);
        assert_memory_equal(got, zeros, sizeof got);
        sg_header_free(&h);
    }
    sg_identities_free(&ids);
}

/* A body that was changed does not open; an argument that was changed neither. */
static void test_flips(void **state)
{
    struct sg_identities ids;
    struct sg_recipients to;
    struct sg_header built, h;
    struct sg_error err = {0};
    size_t step = stride(3, 41);

    (void)state;
    sg_identities_init(&ids);
    sg_recipients_init(&to);
    sg_header_init(&built);
    assert_int_equal(sg_identity_new(&ids, SG_KEY_X25519, &err), SG_OK);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&ids, 0), &err), SG_OK);
    assert_int_equal(sg_header_begin(&built, &err), SG_OK);
    assert_int_equal(sg_stanza_wrap_key(&built, sg_recipients_at(&to, 0), file_key, &err), SG_OK);
    read_back(&h, &built);
    for (size_t bit = 0; bit < h.authenticated * 8; bit += step) {
        uint8_t got[SG_FILE_KEY_BYTES];
        struct sg_header again;
        struct sg_source in;
        h.text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        sg_source_memory(&in, h.text.data, h.text.len, NULL);
        sg_header_init(&again);
        if (sg_header_read(&again, &in, &err) == SG_OK) {
            enum sg_err r = sg_stanzas_unwrap_key(got, &again, &ids, &err);
            if (r == SG_OK) /* only bits that are not the stanza's own, such as X25519's top bit */
                assert_int_equal(sg_header_verify(&again, got, &err), SG_ERR_MAC);
            else
                assert_true(r == SG_ERR_NO_MATCH || r == SG_ERR_HEADER);
        }
        sg_header_free(&again);
        sg_source_close(&in);
        h.text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    sg_header_free(&h);
    sg_recipients_free(&to);
    sg_identities_free(&ids);
}

static void test_passwords(void **state)
{
    static const enum sg_kdf kdfs[] = {SG_KDF_ARGON2ID, SG_KDF_SCRYPT};
    char longest[SG_PASSWORD_MAX_BYTES + 1];
    const char *const texts[] = {"x", "correct horse battery staple", "p\xc3\xa4ssw\xc3\xb6rd",
                                 longest};

    (void)state;
    memset(longest, 'y', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    for (size_t k = 0; k < 2; k++) {
        for (unsigned work = SG_WORK_MIN; work < SG_WORK_MIN + 4; work++) {
            for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
                struct sg_password right = password_of(texts[i]), wrong = password_of("wrong");
                struct sg_header built, h;
                struct sg_error err = {0};
                struct sg_identities none;
                uint8_t got[SG_FILE_KEY_BYTES];

                sg_identities_init(&none);
                sg_header_init(&built);
                assert_int_equal(sg_header_begin(&built, &err), SG_OK);
                assert_int_equal(
                    sg_stanza_wrap_password(&built, &right, kdfs[k], work, file_key, &err), SG_OK);
                read_back(&h, &built);
                assert_true(sg_stanzas_have_password(&h));
                assert_int_equal(sg_stanzas_unwrap_password(got, &h, &right, work, &err), SG_OK);
                assert_memory_equal(got, file_key, sizeof got);
                memset(got, 0xff, sizeof got);
                assert_int_equal(sg_stanzas_unwrap_password(got, &h, &wrong, work, &err),
                                 SG_ERR_WRONG_PASSWORD);
                assert_memory_equal(got, zeros, sizeof got);
                wrong = right;
                wrong.len--;
                assert_int_equal(sg_stanzas_unwrap_password(got, &h, &wrong, work, &err),
                                 SG_ERR_WRONG_PASSWORD);
                memset(got, 0xff, sizeof got);
                assert_int_equal(sg_stanzas_unwrap_password(got, &h, &right, work - 1, &err),
                                 SG_ERR_WORK);
                assert_int_equal(err.value, work);
                assert_int_equal(err.limit, work - 1);
                assert_memory_equal(got, zeros, sizeof got);
                assert_int_equal(sg_stanzas_unwrap_key(got, &h, &none, &err), SG_ERR_NO_MATCH);
                sg_header_free(&h);
            }
        }
    }
}

static void test_password_is_no_key(void **state)
{
    struct sg_password any = password_of("any");
    struct sg_identities ids;
    struct sg_recipients to;
    struct sg_header built, h;
    struct sg_error err = {0};
    uint8_t got[SG_FILE_KEY_BYTES];

    (void)state;
    sg_identities_init(&ids);
    sg_recipients_init(&to);
    assert_int_equal(sg_identity_new(&ids, SG_KEY_X25519, &err), SG_OK);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&ids, 0), &err), SG_OK);
    for (int n = 1; n <= 2; n++) {
        sg_header_init(&built);
        assert_int_equal(sg_header_begin(&built, &err), SG_OK);
        for (int i = 0; i < n; i++)
            assert_int_equal(sg_stanza_wrap_key(&built, sg_recipients_at(&to, 0), file_key, &err),
                             SG_OK);
        read_back(&h, &built);
        assert_int_equal(sg_stanzas_unwrap_password(got, &h, &any, 22, &err), SG_ERR_NO_MATCH);
        sg_header_free(&h);
    }
    sg_identities_free(&ids);
    sg_recipients_free(&to);
}

static void test_work_range(void **state)
{
    static const unsigned out_of_range[] = {0, SG_WORK_MIN - 1, SG_WORK_MAX + 1, 32, 64, 1U << 31};
    struct sg_password any = password_of("any");

    (void)state;
    for (size_t i = 0; i < sizeof out_of_range / sizeof *out_of_range; i++) {
        for (int kdf = SG_KDF_ARGON2ID; kdf <= SG_KDF_SCRYPT; kdf++) {
            struct sg_header h;
            struct sg_error err = {0};
            sg_header_init(&h);
            assert_int_equal(sg_header_begin(&h, &err), SG_OK);
            assert_int_equal(sg_stanza_wrap_password(&h, &any, (enum sg_kdf)kdf, out_of_range[i],
                                                     file_key, &err),
                             SG_ERR_LIMIT);
            sg_header_free(&h);
        }
    }
}

/* Costs that others wrote: refused before any work is done, whatever they are. */
static void test_costs_bounded(void **state)
{
    static const struct {
        const char *arguments;
        unsigned max_work;
        bool allowed;
    } costs[] = {
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 10", 10, true},
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 11", 10, false},
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 23", SG_MAX_WORK_DEFAULT, false},
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 29", 100, false},
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 63", 100, false},
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 64", 100, false},
        {"scrypt rF0/NwblUHHTpgQgRpe5CQ 999999999", 100, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 10 4", 10, true},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 16 8 4", 8, true},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 17 8 4", 8, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 32 8 4", 9, true},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 11 4", 10, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 23 4", SG_MAX_WORK_DEFAULT, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 17 22 4", SG_MAX_WORK_DEFAULT, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 65536 5 4", SG_MAX_WORK_DEFAULT, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 999999999 5 4", 100, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 999999999 28 4", 100, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 999999999 4", 100, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 31 255", 100, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 32 255", 100, false},
        {"signet/argon2id rF0/NwblUHHTpgQgRpe5CQ 1 64 255", 100, false},
    };
    struct sg_password any = password_of("any");

    (void)state;
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++) {
        struct sg_header built, h;
        struct sg_error err = {0};
        uint8_t got[SG_FILE_KEY_BYTES], body[32] = {0};
        clock_t start = clock();

        sg_header_init(&built);
        assert_int_equal(sg_header_begin(&built, &err), SG_OK);
        assert_int_equal(sg_header_add(&built, costs[i].arguments, body, sizeof body, &err), SG_OK);
        read_back(&h, &built);
        assert_int_equal(sg_stanzas_unwrap_password(got, &h, &any, costs[i].max_work, &err),
                         costs[i].allowed ? SG_ERR_WRONG_PASSWORD : SG_ERR_WORK);
        if (!costs[i].allowed) {
            assert_int_equal(err.limit,
                             costs[i].max_work < SG_WORK_MAX ? costs[i].max_work : SG_WORK_MAX);
            assert_true(clock() - start < CLOCKS_PER_SEC / 2);
        }
        sg_header_free(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),       cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_low_order),  cmocka_unit_test(test_flips),
        cmocka_unit_test(test_passwords),  cmocka_unit_test(test_password_is_no_key),
        cmocka_unit_test(test_work_range), cmocka_unit_test(test_costs_bounded),
    };

    return cmocka_run_group_tests_name("stanza", tests, start_library, NULL);
}
