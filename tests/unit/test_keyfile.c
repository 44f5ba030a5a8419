/* keyfile: identity files in the clear and under a password, asked for as often as the asker likes.
 */
#include "unit/helper.h"

#include "key/key.h"
#include "sealed/keyfile.h"

#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

/* An asker that gives what the test wrote down, one after the other. */
struct script {
    const char *answers[5];
    unsigned asked;
};

static enum sg_err answer(void *context, const char *name, unsigned attempt,
                          struct sg_password *password, struct sg_error *err)
{
    struct script *s = context;
    const char *text = s->answers[attempt];

    assert_string_equal(name, "key.age");
    assert_int_equal(attempt, s->asked);
    s->asked++;
    if (!text)
        return sg_fail(err, attempt ? SG_ERR_WRONG_PASSWORD : SG_ERR_PASSWORD, "no answer");
    password->bytes = (const uint8_t *)text;
    password->len = strlen(text);
    return SG_OK;
}

static void seal_text(struct sg_buffer *out, const char *text, size_t n, const char *password,
                      enum sg_kdf kdf, bool armor)
{
    struct sg_password with = {.bytes = (const uint8_t *)password, .len = 0};
    struct sg_seal how = {.kdf = kdf, .work = 6, .armor = armor};
    struct sg_recipients to;
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sink sink;

    sg_recipients_init(&to);
    if (password) {
        with.len = strlen(password);
        how.password = &with;
    } else {
        assert_int_equal(sg_recipient_read(&to, RECIPIENT, strlen(RECIPIENT), &err), SG_OK);
        how.recipients = &to;
    }
    sg_buffer_init(out, 4 << 20);
    sg_sink_buffer(&sink, out);
    sg_source_memory(&in, text, n, NULL);
    assert_int_equal(sg_seal(&sink, &in, &how, &err), SG_OK);
    sg_source_close(&in);
    sg_recipients_free(&to);
}

static enum sg_err load(struct sg_identities *ids, const void *p, size_t n, size_t step,
                        struct script *script, struct sg_error *err)
{
    struct sg_password_asker asker = {.ask = answer, .context = script, .max_work = 10};
    struct sg_source in;
    struct trickle t;
    enum sg_err r;

    trickle_source(&in, &t, p, n, step);
    in.name = "key.age";
    r = sg_identities_load(ids, &in, &asker, err);
    sg_source_close(&in);
    return r;
}

static void test_in_the_clear(void **state)
{
    static const char text[] = "# a key\n" IDENTITY "\n";

    (void)state;
    for (size_t j = 0; j < ODD_STEPS; j++) {
        struct script script = {0};
        struct sg_identities ids;
        struct sg_error err = {0};
        sg_identities_init(&ids);
        assert_int_equal(load(&ids, text, sizeof text - 1, odd_steps[j], &script, &err), SG_OK);
        assert_int_equal(sg_identities_count(&ids), 1);
        assert_int_equal(script.asked, 0);
        sg_identities_free(&ids);
    }
}

static void test_under_a_password(void **state)
{
    (void)state;
    for (int kdf = SG_KDF_ARGON2ID; kdf <= SG_KDF_SCRYPT; kdf++) {
        for (int armor = 0; armor < 2; armor++) {
            struct sg_buffer sealed;
            seal_text(&sealed, IDENTITY "\n", 75, "right", (enum sg_kdf)kdf, armor);
            for (unsigned wrong = 0; wrong < 4; wrong++) {
                struct script script = {.answers = {"a", "b", "c", "d"}};
                struct sg_identities ids;
                struct sg_error err = {0};
                sg_identities_init(&ids);
                script.answers[wrong] = "right";
                assert_int_equal(
                    load(&ids, sealed.data, sealed.len, odd_steps[wrong], &script, &err), SG_OK);
                assert_int_equal(script.asked, wrong + 1);
                assert_int_equal(sg_identities_count(&ids), 1);
                sg_identities_free(&ids);
            }
            sg_buffer_free(&sealed);
        }
    }
}

static void assert_load_fails(const struct sg_buffer *file, struct script script, enum sg_err want,
                              unsigned asked)
{
    struct sg_identities ids;
    struct sg_error err = {0};

    sg_identities_init(&ids);
    assert_int_equal(load(&ids, file->data, file->len, 4093, &script, &err), want);
    assert_int_equal(err.code, want);
    assert_string_equal(err.name, "key.age");
    assert_int_equal(script.asked, asked);
    assert_int_equal(sg_identities_count(&ids), 0);
    assert_false(holds(&err, sizeof err, "GFPYYSJZ", 8));
    assert_true(!err.what || !strstr(err.what, "GFPYYSJZ"));
    sg_identities_free(&ids);
}

static void test_failures(void **state)
{
    struct script right = {.answers = {"right"}}, never = {0};
    struct script wrong = {.answers = {"a", "b", "c"}};
    struct sg_buffer file;
    char text[200];

    (void)state;
    seal_text(&file, IDENTITY "\n", 75, "right", SG_KDF_ARGON2ID, true);
    assert_load_fails(&file, wrong, SG_ERR_WRONG_PASSWORD, 4);
    assert_load_fails(&file, never, SG_ERR_PASSWORD, 1);
    file.len -= 60; /* the end cut off: seen before anything is asked */
    assert_load_fails(&file, right, SG_ERR_ARMOR, 0);
    sg_buffer_free(&file);

    seal_text(&file, IDENTITY "\n", 75, "right", SG_KDF_ARGON2ID, false);
    file.data[file.len - 1] ^= 1;
    assert_load_fails(&file, right, SG_ERR_PAYLOAD, 1);
    sg_buffer_free(&file);

    (void)snprintf(text, sizeof text, "# comment\n%.73sQ\n", IDENTITY); /* a letter mistyped */
    seal_text(&file, text, strlen(text), "right", SG_KDF_SCRYPT, false);
    assert_load_fails(&file, right, SG_ERR_IDENTITY, 1);
    sg_buffer_free(&file);

    seal_text(&file, "# nothing\n", 10, "right", SG_KDF_SCRYPT, false);
    assert_load_fails(&file, right, SG_ERR_NO_KEYS, 1);
    sg_buffer_free(&file);

    seal_text(&file, IDENTITY "\n", 75, NULL, SG_KDF_SCRYPT, false); /* to a key */
    assert_load_fails(&file, right, SG_ERR_NO_MATCH, 0);
    sg_buffer_free(&file);

    sg_buffer_init(&file, 100);
    assert_load_fails(&file, never, SG_ERR_NO_KEYS, 0);
    sg_buffer_free(&file);
}

/* A sealed identity file whose header asks for more work than is allowed is not asked about twice.
 */
static void test_too_much_work(void **state)
{
    struct script right = {.answers = {"right", "right"}};
    struct sg_password_asker asker = {.ask = answer, .context = &right, .max_work = 5};
    struct sg_identities ids;
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_buffer file;

    (void)state;
    seal_text(&file, IDENTITY "\n", 75, "right", SG_KDF_SCRYPT, false);
    sg_identities_init(&ids);
    sg_source_memory(&in, file.data, file.len, "key.age");
    assert_int_equal(sg_identities_load(&ids, &in, &asker, &err), SG_ERR_WORK);
    assert_int_equal(right.asked, 1);
    sg_source_close(&in);
    sg_identities_free(&ids);
    sg_buffer_free(&file);
}

/* Files of up to 1 MiB, in the clear and sealed; not of more. */
static void test_sizes(void **state)
{
    static const size_t sizes[] = {4000,
                                   4096,
                                   4097,
                                   SG_KEY_FILE_MAX_BYTES - 1,
                                   SG_KEY_FILE_MAX_BYTES,
                                   SG_KEY_FILE_MAX_BYTES + 1,
                                   SG_KEY_FILE_MAX_BYTES + 4097,
                                   3 << 20};
    char *text = malloc(3 << 20);

    (void)state;
    memset(text, '\n', 3 << 20);
    memcpy(text, IDENTITY, 74);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (int sealed = 0; sealed < 2; sealed++) {
            bool fits = sizes[i] <= SG_KEY_FILE_MAX_BYTES;
            struct script right = {.answers = {"right"}};
            struct sg_identities ids;
            struct sg_error err = {0};
            enum sg_err r;
            if (sealed) {
                struct sg_buffer file;
                sg_identities_init(&ids);
                seal_text(&file, text, sizes[i], "right", SG_KDF_SCRYPT, false);
                r = load(&ids, file.data, file.len, SIZE_MAX, &right, &err);
                sg_buffer_free(&file);
            } else {
                sg_identities_init(&ids);
                r = load(&ids, text, sizes[i], SIZE_MAX, &right, &err);
            }
            if (fits)
                assert_int_equal(r, SG_OK);
            else if (sizes[i] > SG_KEY_FILE_MAX_BYTES + 4096) /* a page more is let through */
                assert_int_equal(r, SG_ERR_LIMIT);
            if (r == SG_ERR_LIMIT)
                assert_string_equal(err.name, "key.age");
            sg_identities_free(&ids);
        }
    }
    free(text);
}

static void test_recipients(void **state)
{
    static const char text[] = "# friends\n" RECIPIENT "\n";

    (void)state;
    for (size_t j = 0; j < ODD_STEPS; j++) {
        struct sg_recipients all;
        struct sg_error err = {0};
        struct sg_source in;
        struct trickle t;
        sg_recipients_init(&all);
        trickle_source(&in, &t, text, sizeof text - 1, odd_steps[j]);
        assert_int_equal(sg_recipients_load(&all, &in, &err), SG_OK);
        assert_int_equal(sg_recipients_count(&all), 1);
        sg_source_close(&in);
        trickle_source(&in, &t, IDENTITY "\n", 75, odd_steps[j]);
        assert_int_equal(sg_recipients_load(&all, &in, &err), SG_ERR_RECIPIENT);
        assert_string_equal(err.name, "trickle");
        assert_int_equal(err.line, 1);
        assert_false(holds(&err, sizeof err, "GFPYYSJZ", 8));
        assert_null(strstr(err.what, "GFPYYSJZ"));
        sg_source_close(&in);
        trickle_source(&in, &t, text, 20, odd_steps[j]);
        t.fails = SG_ERR_IO;
        assert_int_equal(sg_recipients_load(&all, &in, &err), SG_ERR_IO);
        sg_source_close(&in);
        sg_recipients_free(&all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_the_clear), cmocka_unit_test(test_under_a_password),
        cmocka_unit_test(test_failures),     cmocka_unit_test(test_too_much_work),
        cmocka_unit_test(test_sizes),        cmocka_unit_test(test_recipients),
    };

    return cmocka_run_group_tests_name("keyfile", tests, start_library, NULL);
}
