/*
 * Plugins: the codec of stanzas, the rules of names, the keys' text, and what is hard to reach from
 * a command line: short patience, a plugin that has to be killed, callbacks that are missing.
 */
#include "base/bech32.h"
#include "key/key.h"
#include "key/plugin_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static struct sg_error err;

static enum sg_err read_stanza(struct sg_stanza *s, struct sg_buffer *text, const char *input,
                               size_t n)
{
    struct sg_source in;
    struct sg_stanza_reader r = {
        .in = &in, .text = text, .code = SG_ERR_HEADER, .ended = "ended", .too_large = "too large"};
    enum sg_err e;

    text->len = 0;
    sg_source_memory(&in, input, n, NULL);
    e = sg_stanza_read_line(&r, &err);
    if (e == SG_OK)
        e = sg_stanza_line_starts(&r, SG_STANZA_START) ? sg_stanza_read(s, &r, &err)
                                                       : SG_ERR_HEADER;
    sg_source_close(&in);
    return e;
}

/* Bodies of every length round a line's, written and read back. */
static void test_codec_round_trip(void **state)
{
    struct sg_buffer out, text;
    uint8_t body[200], back[200];
    size_t len, n;

    (void)state;
    sg_buffer_init(&out, 4096);
    sg_buffer_init(&text, 4096);
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i <= sizeof body; i++) {
        struct sg_stanza s;
        out.len = 0;
        assert_int_equal(sg_stanza_write(&out, "a bc d!~", 8, i ? body : NULL, i, &err), SG_OK);
        assert_int_equal(read_stanza(&s, &text, (const char *)out.data, out.len), SG_OK);
        assert_int_equal(text.len, out.len);
        assert_true(sg_stanza_text_is(&text, &s, 0, "a") && sg_stanza_text_is(&text, &s, 1, "bc"));
        assert_true(sg_stanza_text_is(&text, &s, 2, "d!~") && !sg_stanza_text_is(&text, &s, 3, ""));
        assert_int_equal(sg_stanza_text_arguments(&text, &s), 3);
        assert_null(sg_stanza_text_argument(&text, &s, 3, &n));
        assert_true(sg_stanza_text_body(back, i, &len, &text, &s));
        assert_int_equal(len, i);
        assert_memory_equal(back, body, i);
        assert_false(i && sg_stanza_text_body(back, i - 1, &len, &text, &s));
        /* every truncation fails */
        for (size_t cut = 0; cut < out.len; cut++)
            assert_int_equal(read_stanza(&s, &text, (const char *)out.data, cut), SG_ERR_HEADER);
    }
    sg_buffer_free(&out);
    sg_buffer_free(&text);
}

static void test_codec_refuses(void **state)
{
    static const char *const bad[] = {
        "->\n\n",
        "-> \n\n",
        "-> a \n\n",
        "->  a\n\n",
        "-> a  b\n\n",
        "-> a\tb\n\n",
        "-> \x80\n\n",
        "-> a\r\n\n",
        "-> a\nAA\r\n",
        "-> a\nAB\n",
        "-> a\nAA=\n",
        "-> a\nA\n",
        "-> a\n A\n",
        "-> a\nAA==\n",
        "-> a\x7f\n\n",
        "-> a\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "-> a\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
    };
    struct sg_buffer text;
    struct sg_stanza s;

    (void)state;
    sg_buffer_init(&text, 4096);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_stanza(&s, &text, bad[i], strlen(bad[i])), SG_ERR_HEADER);
    sg_buffer_free(&text);
    sg_buffer_init(&text, 16);
    assert_int_equal(read_stanza(&s, &text, "-> 0123456789abcdef\n\n", 21), SG_ERR_LIMIT);
    assert_string_equal(err.what, "too large");
    assert_int_equal(err.limit, 16);
    sg_buffer_free(&text);
}

static void test_names(void **state)
{
    char name[SG_PLUGIN_NAME_BYTES], longest[66];

    (void)state;
    assert_true(sg_plugin_name_take(name, "YubiKey-2.0_a+b", 15));
    assert_string_equal(name, "yubikey-2.0_a+b");
    memset(longest, 'x', sizeof longest);
    assert_true(sg_plugin_name_take(name, longest, 64));
    assert_false(sg_plugin_name_take(name, longest, 65));
    assert_false(sg_plugin_name_take(name, "", 0));
    for (int c = 0; c < 256; c++) {
        char one = (char)c;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool good = letter || (c >= '0' && c <= '9') || (c && strchr("+-._", c));
        assert_int_equal(sg_plugin_name_take(name, &one, 1), good);
        assert_true(good || name[0] == '\0');
    }
}

/* The text of a key of a plugin: prefix and data as given. */
static size_t encode(char *out, const char *prefix, size_t data, bool upper)
{
    static const uint8_t zeros[8000];

    sg_bech32_encode(out, prefix, zeros, data, upper);
    return strlen(out);
}

static void test_recipients(void **state)
{
    static const struct {
        const char *prefix;
        size_t data;
        enum sg_err expected;
        const char *what;
    } cases[] = {
        {"age1a", 0, SG_OK, NULL},
        {"age1yubikey", 33, SG_OK, NULL},
        {"age1a1b", 5, SG_OK, NULL}, /* a digit 1 in the name */
        {"age1+-._", 5, SG_OK, NULL},
        {"age1tags", 33, SG_OK, NULL}, /* which is not age1tag1 */
        {"age1a", 5000, SG_OK, NULL},
        {"age1a", 5001, SG_ERR_RECIPIENT, "it is too short or too long"},
        {"age1", 5, SG_ERR_RECIPIENT, "it names no plugin"},
        {"age1../x", 5, SG_ERR_RECIPIENT,
         "the plugin's name in it has a character that is not allowed"},
        {"age1/bin/sh", 5, SG_ERR_RECIPIENT,
         "the plugin's name in it has a character that is not allowed"},
        {"age1a@b", 5, SG_ERR_RECIPIENT,
         "the plugin's name in it has a character that is not allowed"},
        {"age1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 5,
         SG_ERR_RECIPIENT, "the plugin's name in it is too long"},
    };
    char text[9000], name[SG_PLUGIN_NAME_BYTES];
    struct sg_recipients all;
    struct sg_buffer back;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = encode(text, cases[i].prefix, cases[i].data, false);
        sg_recipients_init(&all);
        assert_int_equal(sg_recipient_read(&all, text, n, &err), cases[i].expected);
        if (cases[i].expected == SG_OK) {
            struct sg_recipient to = sg_recipients_at(&all, 0);
            assert_int_equal(to.type, SG_KEY_PLUGIN);
            sg_plugin_name(name, to.type, to.key, to.len);
            assert_string_equal(name, cases[i].prefix + 4);
            sg_buffer_init(&back, 9000);
            assert_int_equal(sg_recipient_text(&back, to, &err), SG_OK);
            assert_int_equal(back.len, n);
            assert_memory_equal(back.data, text, n);
            sg_buffer_free(&back);
            /* one wrong character is found, and every truncation refused */
            text[n - 1] = text[n - 1] == 'q' ? 'p' : 'q';
            assert_int_equal(sg_recipient_read(&all, text, n, &err), SG_ERR_RECIPIENT);
            assert_true(n > 1000 || n == 62 || err.column == n);
            for (size_t cut = 0; cut < n && n < 100; cut++)
                assert_int_equal(sg_recipient_read(&all, text, cut, &err), SG_ERR_RECIPIENT);
        } else {
            assert_string_equal(err.what, cases[i].what);
        }
        sg_recipients_free(&all);
    }
    /* all in upper case is no recipient */
    sg_recipients_init(&all);
    size_t n = encode(text, "age1abc", 5, true);
    assert_int_equal(sg_recipient_read(&all, text, n, &err), SG_ERR_RECIPIENT);
    assert_int_equal(sg_recipients_count(&all), 0);
    sg_recipients_free(&all);
}

static void test_identities(void **state)
{
    static const struct {
        const char *prefix;
        enum sg_err expected;
        const char *name;
    } cases[] = {
        {"age-plugin-a-", SG_OK, "a"},
        {"age-plugin-yubikey-", SG_OK, "yubikey"},
        {"age-plugin-a-b-", SG_OK, "a-b"},
        {"age-plugin---", SG_OK, "-"},
        {"age-plugin-pq-", SG_OK, "pq"},
        {"age-plugin-", SG_ERR_IDENTITY, NULL},
        {"age-plugin--", SG_ERR_IDENTITY, NULL},
        {"age-plugin-a", SG_ERR_IDENTITY, NULL},
        {"age-plugin-a/b-", SG_ERR_IDENTITY, NULL},
        {"age-plugin-a%-", SG_ERR_IDENTITY, NULL},
    };
    char text[200], name[SG_PLUGIN_NAME_BYTES];
    struct sg_identities ids;
    struct sg_recipients all;
    struct sg_buffer back;
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sg_identities_init(&ids);
        n = encode(text, cases[i].prefix, i, true);
        assert_int_equal(sg_identity_read(&ids, text, n, &err), cases[i].expected);
        assert_int_equal(sg_identities_count(&ids), cases[i].expected == SG_OK);
        if (cases[i].name) {
            struct sg_identity id = sg_identities_at(&ids, 0);
            sg_plugin_name(name, id.type, id.secret, id.len);
            assert_string_equal(name, cases[i].name);
        }
        n = encode(text, cases[i].prefix, i, false); /* in lower case */
        assert_int_equal(sg_identity_read(&ids, text, n, &err), SG_ERR_IDENTITY);
        sg_identities_free(&ids);
    }
    /* without data; it stands in for its recipient, and is never given out as one */
    sg_identities_init(&ids);
    sg_recipients_init(&all);
    sg_buffer_init(&back, 1000);
    assert_int_equal(sg_identity_of_plugin(&ids, "signet", &err), SG_OK);
    n = encode(text, "age-plugin-signet-", 0, true);
    assert_int_equal(sg_identity_read(&ids, text, n, &err), SG_OK);
    assert_int_equal(sg_identities_count(&ids), 1);
    assert_int_equal(sg_recipient_of(&all, sg_identities_at(&ids, 0), &err), SG_OK);
    assert_int_equal(sg_recipients_at(&all, 0).type, SG_KEY_PLUGIN_IDENTITY);
    assert_int_equal(sg_recipient_text(&back, sg_recipients_at(&all, 0), &err),
                     SG_ERR_PLUGIN_PUBLIC);
    assert_string_equal(err.plugin, "age-plugin-signet");
    assert_int_equal(back.len, 0);
    sg_buffer_free(&back);
    sg_recipients_free(&all);
    sg_identities_free(&ids);
}

/* A folder with one plugin, a shell script. */
static char folder[] = "/tmp/signet-plugin.XXXXXX";
static char program[64], path[128];

static void write_plugin(const char *script)
{
    FILE *f = fopen(program, "w");

    assert_non_null(f);
    assert_true(fputs("#!/bin/sh\n", f) >= 0 && fputs(script, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(program, 0755), 0);
}

static int setup(void **state)
{
    (void)state;
    if (sg_secret_init(&err) != SG_OK || !mkdtemp(folder))
        return -1;
    (void)snprintf(program, sizeof program, "%s/age-plugin-t", folder);
    (void)snprintf(path, sizeof path, "relative:%s", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    (void)unlink(program);
    return rmdir(folder);
}

static int notices;
static unsigned patience = 30;
static pid_t process;

static void waiting(void *context, const char *name)
{
    assert_ptr_equal(context, &notices);
    assert_string_equal(name, "t");
    notices++;
}

static void running(void *context, pid_t pid)
{
    assert_ptr_equal(context, &notices);
    assert_true((pid == 0) != (process == 0));
    process = pid;
}

/* Has the plugin wrap a key, without anybody to ask; returns seconds in *took. */
static enum sg_err run(const char *script, double *took)
{
    char *const environment[] = {NULL};
    struct sg_plugin_client client = {.path = path,
                                      .environment = environment,
                                      .notice_seconds = 0,
                                      .silence_seconds = patience,
                                      .waiting = waiting,
                                      .running = running,
                                      .context = &notices};
    struct sg_buffer stanzas, labels;
    struct sg_recipients all;
    struct timespec a, b;
    uint8_t key[16] = {0};
    char text[64];
    enum sg_err r;

    notices = 0;
    write_plugin(script);
    sg_recipients_init(&all);
    sg_buffer_init(&stanzas, 1U << 20);
    sg_buffer_init(&labels, 1U << 16);
    all.plugins = &client;
    assert_int_equal(sg_recipient_read(&all, text, encode(text, "age1t", 3, false), &err), SG_OK);
    (void)clock_gettime(CLOCK_MONOTONIC, &a);
    r = sg_plugin_wrap(&stanzas, &labels, &all, "t", key, sizeof key, &err);
    (void)clock_gettime(CLOCK_MONOTONIC, &b);
    *took = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
    assert_int_equal(process, 0);
    if (r == SG_OK) {
        assert_int_equal(sg_buffer_append(&stanzas, "", 1, &err), SG_OK);
        assert_int_equal(sg_buffer_append(&labels, "", 1, &err), SG_OK);
        assert_string_equal((char *)stanzas.data, "-> x y\n\n");
        assert_string_equal((char *)labels.data, "a b c");
    }
    sg_buffer_free(&stanzas);
    sg_buffer_free(&labels);
    sg_recipients_free(&all);
    return r;
}

#define HEAR "while read l && [ \"$l\" != '-> done' ]; do :; done; read l\n"
#define SAY(x) "printf '%s\\n\\n' '-> " x "'; read l; read m\n"

static void test_a_good_plugin(void **state)
{
    double took;

    (void)state;
    assert_int_equal(
        run(HEAR SAY("grease 1 2") "[ \"$l\" = '-> unsupported' ] || exit 9\n" SAY("labels c a b")
                SAY("recipient-stanza 0 x y") "printf '%s\\n\\n' '-> done'\n",
            &took),
        SG_OK);
    assert_true(took < 1);
}

/* Without a user every question is answered with fail. */
static void test_nobody_to_ask(void **state)
{
    double took;

    (void)state;
    assert_int_equal(
        run(HEAR SAY("msg") "[ \"$l\" = '-> fail' ] || exit 9\n" SAY(
                "confirm eQ") "[ \"$l\" = '-> fail' ] || exit 9\n" SAY("request-public") "[ \"$l\" "
                                                                                         "= '-> "
                                                                                         "fail' ] "
                                                                                         "|| exit "
                                                                                         "9\n" SAY("request-secret") "[ \"$l\" = '-> fail' ] || exit 9\n" SAY(
                                                                                             "label"
                                                                                             "s c "
                                                                                             "a b")
                                                                                             SAY("r"
                                                                                                 "e"
                                                                                                 "c"
                                                                                                 "i"
                                                                                                 "p"
                                                                                                 "i"
                                                                                                 "e"
                                                                                                 "n"
                                                                                                 "t"
                                                                                                 "-"
                                                                                                 "s"
                                                                                                 "t"
                                                                                                 "a"
                                                                                                 "n"
                                                                                                 "z"
                                                                                                 "a"
                                                                                                 " "
                                                                                                 "0"
                                                                                                 " "
                                                                                                 "x"
                                                                                                 " "
                                                                                                 "y") "printf '%s\\n\\n' '-> done'\n",
            &took),
        SG_OK);
}

static void test_silence(void **state)
{
    double took;

    (void)state;
    patience = 1;
    assert_int_equal(run(HEAR "sleep 30\n", &took), SG_ERR_PLUGIN);
    assert_string_equal(err.what, "it gave no answer for too long");
    assert_int_equal(err.limit, 1);
    assert_int_equal(notices, 1);
    assert_true(took >= 1 && took < 20);
    /* a drop now and then does not make it longer */
    assert_int_equal(run(HEAR "for i in 1 2 3 4 5 6 7 8; do printf a; sleep 0.4; done\n", &took),
                     SG_ERR_PLUGIN);
    assert_string_equal(err.what, "it gave no answer for too long");
    assert_true(took < 20);
}

static void test_one_that_must_be_killed(void **state)
{
    double took;

    (void)state;
    patience = 1;
    assert_int_equal(run("trap '' INT TERM HUP PIPE\n" HEAR
                         "while :; do sleep 1 </dev/null >/dev/null; done\n",
                         &took),
                     SG_ERR_PLUGIN);
    assert_string_equal(err.what, "it gave no answer for too long");
    assert_true(took >= 3 && took < 30);
}

/* One that ends, hears nothing, or cannot be run. */
static void test_early_ends(void **state)
{
    double took;

    (void)state;
    patience = 30;
    assert_int_equal(run("exit 7\n", &took), SG_ERR_PLUGIN);
    assert_string_equal(err.what, "it ended before it was done");
    assert_string_equal(err.plugin, "age-plugin-t");
    assert_int_equal(err.value, 7);
    assert_int_equal(run("kill -9 $$\n", &took), SG_ERR_PLUGIN);
    assert_int_equal(err.value, 128 + 9);
    assert_int_equal(
        run("exec <&-; printf '%s\\n\\n' '-> labels c a b' '-> recipient-stanza 0 x y' "
            "'-> done'\n",
            &took),
        SG_OK);
    assert_int_equal(chmod(program, 0644), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codec_round_trip),
        cmocka_unit_test(test_codec_refuses),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_recipients),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_a_good_plugin),
        cmocka_unit_test(test_nobody_to_ask),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_one_that_must_be_killed),
        cmocka_unit_test(test_early_ends),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
