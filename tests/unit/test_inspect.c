/*
 * What a sealed file tells without a key: lengths at every boundary of the chunks, lengths that no
 * payload has, the types of stanza, and files that are wrong behind their header.
 */
#include "base/secret.h"
#include "io/io.h"
#include "key/key.h"
#include "sealed/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CHUNK 65536ULL
#define TAG 16ULL
#define NONCE 16ULL
#define MAC_LINE "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define BODY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

static const uint64_t lengths[] = {0,      1,      15,     16,     17,     4096,   65535,
                                   65536,  65537,  65551,  65552,  65553,  131071, 131072,
                                   131073, 196607, 196608, 196609, 262144, 1000000};

/* A payload's length as the specification gives it: a chunk at a time. */
static uint64_t payload_of(uint64_t n)
{
    uint64_t bytes = NONCE;

    do {
        uint64_t chunk = n < CHUNK ? n : CHUNK;
        bytes += chunk + TAG;
        n -= chunk;
    } while (n);
    return bytes;
}

static void test_measure(void **state)
{
    struct sg_payload_size size;
    struct sg_error err;

    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint64_t n = lengths[i], chunks = n == 0 ? 1 : (n + CHUNK - 1) / CHUNK;
        assert_int_equal(sg_payload_measure(&size, payload_of(n), &err), SG_OK);
        assert_int_equal(size.content, n);
        assert_int_equal(size.chunks, chunks);
        assert_int_equal(size.tags, chunks * TAG);
    }
}

/* Every length up to three chunks and a bit: it is one that a plaintext gives, or it is refused. */
static void test_every_length(void **state)
{
    struct sg_payload_size size;
    struct sg_error err;
    uint64_t next = 0;

    (void)state;
    for (uint64_t bytes = 0; bytes < payload_of(3 * CHUNK) + 100; bytes++) {
        bool possible = bytes == payload_of(next);
        assert_int_equal(sg_payload_measure(&size, bytes, &err) == SG_OK, possible);
        assert_int_equal(size.content, possible ? next : 0);
        next += possible;
    }
    assert_in_range(next, 3 * CHUNK + 1, 3 * CHUNK + 100);
}

static void impossible(uint64_t bytes, enum sg_err code, uint64_t chunk)
{
    struct sg_payload_size size;
    struct sg_error err = {0};

    assert_int_equal(sg_payload_measure(&size, bytes, &err), code);
    assert_int_equal(err.code, code);
    assert_int_equal(err.value, chunk);
    assert_int_equal(size.chunks | size.tags | size.content, 0);
}

static void test_impossible(void **state)
{
    (void)state;
    impossible(0, SG_ERR_HEADER, 0);
    impossible(NONCE - 1, SG_ERR_HEADER, 0);
    impossible(NONCE, SG_ERR_TRUNCATED, 1);
    impossible(NONCE + 1, SG_ERR_PAYLOAD, 1);
    impossible(NONCE + TAG - 1, SG_ERR_PAYLOAD, 1);
    impossible(payload_of(CHUNK) + 1, SG_ERR_PAYLOAD, 2);
    impossible(payload_of(CHUNK) + TAG - 1, SG_ERR_PAYLOAD, 2);
    impossible(payload_of(CHUNK) + TAG, SG_ERR_PAYLOAD, 2); /* an empty chunk behind another */
    impossible(payload_of(2 * CHUNK) + TAG, SG_ERR_PAYLOAD, 3);
}

static void test_huge(void **state)
{
    struct sg_payload_size size;
    struct sg_error err;

    (void)state;
    for (uint64_t less = 0; less < 3 * (CHUNK + TAG); less++) {
        uint64_t bytes = UINT64_MAX - less;
        if (sg_payload_measure(&size, bytes, &err) != SG_OK)
            continue;
        assert_int_equal(size.tags / TAG, size.chunks);
        assert_true(size.content + size.tags + NONCE == bytes);
        assert_true(size.content / CHUNK <= size.chunks);
        assert_true(size.content > (size.chunks - 1) * CHUNK);
    }
}

/* Seals n zero bytes to a fresh key. */
static void seal(struct sg_buffer *sealed, uint64_t n, enum sg_key_type type, bool armor)
{
    static const uint8_t zeros[1 << 20];
    struct sg_identities ids;
    struct sg_recipients to;
    struct sg_seal how = {.recipients = &to, .armor = armor};
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sink out;

    sg_identities_init(&ids);
    sg_recipients_init(&to);
    sg_buffer_init(sealed, 4 << 20);
    assert_int_equal(sg_identity_new(&ids, type, &err), SG_OK);
    assert_int_equal(sg_recipient_of(&to, sg_identities_at(&ids, 0), &err), SG_OK);
    sg_source_memory(&in, zeros, (size_t)n, "zeros");
    sg_sink_buffer(&out, sealed);
    assert_int_equal(sg_seal(&out, &in, &how, &err), SG_OK);
    sg_source_close(&in);
    sg_identities_free(&ids);
    sg_recipients_free(&to);
}

static void sums_up(const struct sg_inspection *found)
{
    assert_int_equal(found->total, found->armor + found->header_bytes + found->payload);
    assert_int_equal(found->payload, found->nonce + found->size.tags + found->size.content);
    assert_int_equal(found->header_bytes,
                     strlen("age-encryption.org/v1\n") + found->stanza_bytes + found->mac_bytes);
    assert_int_equal(found->mac_bytes, strlen(MAC_LINE));
}

static void test_sealed(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof lengths / sizeof *lengths; i++) {
        bool armor = i & 1;
        enum sg_key_type type = i & 2 ? SG_KEY_PQ : SG_KEY_X25519;
        struct sg_inspection found;
        struct sg_error err = {0};
        struct sg_buffer sealed;
        struct sg_source in;

        seal(&sealed, lengths[i / 2], type, armor);
        sg_source_memory(&in, sealed.data, sealed.len, "sealed");
        assert_int_equal(sg_inspect(&found, &in, NULL, &err), SG_OK);
        assert_int_equal(found.fault.code, SG_OK);
        assert_int_equal(found.size.content, lengths[i / 2]);
        assert_int_equal(found.total, sealed.len);
        assert_int_equal(found.armored, armor);
        assert_int_equal(found.armor != 0, armor);
        assert_int_equal(found.kinds[type == SG_KEY_PQ ? SG_KIND_PQ : SG_KIND_X25519], 1);
        assert_int_equal(found.post_quantum, type == SG_KEY_PQ ? SG_ANSWER_YES : SG_ANSWER_NO);
        assert_false(found.password);
        sums_up(&found);
        sg_inspection_free(&found);
        sg_inspection_free(&found);
        sg_source_close(&in);
        sg_buffer_free(&sealed);
    }
}

/* A source that cannot tell how much is left, and gives a few bytes at a time. */
static enum sg_err trickle(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                           struct sg_error *err)
{
    struct sg_source *below = s->context;

    return sg_source_read(below, out, cap < 777 ? cap : 777, got, err);
}

static void test_trickle(void **state)
{
    struct sg_inspection found;
    struct sg_error err = {0};
    struct sg_source below, in;
    struct sg_buffer sealed;
    uint64_t left;

    (void)state;
    seal(&sealed, 131073, SG_KEY_X25519, false);
    sg_source_memory(&below, sealed.data, sealed.len, "sealed");
    sg_source_custom(&in, trickle, &below, "trickle");
    assert_false(sg_source_left(&in, &left));
    assert_int_equal(left, 0);
    assert_int_equal(sg_inspect(&found, &in, NULL, &err), SG_OK);
    assert_int_equal(found.size.content, 131073);
    sums_up(&found);
    sg_inspection_free(&found);
    sg_source_close(&in);
    sg_source_close(&below);
    sg_buffer_free(&sealed);
}

/* A file of 1 TiB, of which only the header is there: its size is enough. */
static void test_sparse(void **state)
{
    const uint64_t content = 1ULL << 40;
    char name[] = "/tmp/signet-inspect.XXXXXX";
    struct sg_inspection found;
    struct sg_error err = {0};
    struct sg_buffer sealed;
    struct sg_source in;
    uint64_t header;
    int fd = mkstemp(name);

    (void)state;
    assert_true(fd >= 0);
    (void)unlink(name);
    seal(&sealed, 0, SG_KEY_X25519, false);
    header = sealed.len - NONCE - TAG;
    assert_int_equal(write(fd, sealed.data, sealed.len), sealed.len);
    if (ftruncate(fd, (off_t)(header + payload_of(content))) == 0) {
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        sg_source_fd(&in, fd, "sparse");
        assert_int_equal(sg_inspect(&found, &in, NULL, &err), SG_OK);
        assert_true(found.size.content == content);
        assert_true(found.size.chunks == content / CHUNK);
        sums_up(&found);
        sg_inspection_free(&found);
        sg_source_close(&in);
    }
    (void)close(fd);
    sg_buffer_free(&sealed);
}

static enum sg_err inspect_text(struct sg_inspection *found, const char *text, struct sg_error *err)
{
    struct sg_source in;
    enum sg_err r;

    memset(err, 0, sizeof *err);
    sg_source_memory(&in, text, strlen(text), "text");
    r = sg_inspect(found, &in, NULL, err);
    sg_source_close(&in);
    return r;
}

#define HEAD "age-encryption.org/v1\n"
#define REST MAC_LINE "0123456789abcdef0123456789abcdef"
#define SHARE32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void test_kinds(void **state)
{
    static const struct {
        const char *line;
        enum sg_kind kind;
        enum sg_answer recognisable, linkable, post_quantum;
        const char *tag;
    } cases[] = {
        {"X25519 " SHARE32, SG_KIND_X25519, SG_ANSWER_NO, SG_ANSWER_NO, SG_ANSWER_NO, ""},
        {"ssh-ed25519 jhEvXA " SHARE32, SG_KIND_SSH_ED25519, SG_ANSWER_YES, SG_ANSWER_YES,
         SG_ANSWER_NO, "jhEvXA"},
        {"ssh-rsa AAAAAA", SG_KIND_SSH_RSA, SG_ANSWER_YES, SG_ANSWER_YES, SG_ANSWER_NO, "AAAAAA"},
        {"p256tag CXBuUw AA", SG_KIND_TAG, SG_ANSWER_YES, SG_ANSWER_NO, SG_ANSWER_NO, "CXBuUw"},
        {"mlkem768p256tag Ke5Xmw AA", SG_KIND_PQ_TAG, SG_ANSWER_YES, SG_ANSWER_NO, SG_ANSWER_YES,
         "Ke5Xmw"},
        {"piv-p256 CXBuUw AA", SG_KIND_PIV, SG_ANSWER_YES, SG_ANSWER_YES, SG_ANSWER_NO, "CXBuUw"},
        {"p256tag CXBuU AA", SG_KIND_TAG, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_NO, ""},
        {"p256tag", SG_KIND_TAG, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_NO, ""},
        {"w(-grease x", SG_KIND_GREASE, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN,
         ""},
        {"-greas", SG_KIND_OTHER, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, ""},
        {"x25519 CXBuUw", SG_KIND_OTHER, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN,
         ""},
        {"p256tagg CXBuUw", SG_KIND_OTHER, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN,
         ""},
        {"\"\\", SG_KIND_OTHER, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, SG_ANSWER_UNKNOWN, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sg_inspection found;
        struct sg_inspected s;
        struct sg_error err;
        char text[512];

        (void)snprintf(text, sizeof text, HEAD "-> %s\n" BODY REST, cases[i].line);
        assert_int_equal(inspect_text(&found, text, &err), SG_OK);
        assert_int_equal(found.kinds[cases[i].kind], 1);
        assert_int_equal(found.post_quantum, cases[i].post_quantum);
        s = sg_inspection_stanza(&found, 0);
        assert_int_equal(s.kind, cases[i].kind);
        assert_int_equal(s.recognisable, cases[i].recognisable);
        assert_int_equal(s.linkable, cases[i].linkable);
        assert_int_equal(s.post_quantum, cases[i].post_quantum);
        assert_string_equal(s.tag, cases[i].tag);
        assert_int_equal(s.type_len, strcspn(cases[i].line, " "));
        assert_memory_equal(s.type, cases[i].line, s.type_len);
        assert_int_equal(s.bytes, strlen("-> \n" BODY) + strlen(cases[i].line));
        sums_up(&found);
        sg_inspection_free(&found);
    }
}

/* The weakest stanza decides, whatever the order. */
static void test_mixes(void **state)
{
    static const struct {
        const char *a, *b;
        enum sg_answer post_quantum;
    } cases[] = {
        {"mlkem768p256tag Ke5Xmw AA", "mlkem768p256tag Ke5Xmw AA", SG_ANSWER_YES},
        {"mlkem768p256tag Ke5Xmw AA", "other", SG_ANSWER_UNKNOWN},
        {"other", "mlkem768p256tag Ke5Xmw AA", SG_ANSWER_UNKNOWN},
        {"other", "p256tag Ke5Xmw AA", SG_ANSWER_NO},
        {"p256tag Ke5Xmw AA", "other", SG_ANSWER_NO},
        {"mlkem768p256tag Ke5Xmw AA", "X25519 " SHARE32, SG_ANSWER_NO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sg_inspection found;
        struct sg_error err;
        char text[512];

        (void)snprintf(text, sizeof text, HEAD "-> %s\n" BODY "-> %s\n" BODY REST, cases[i].a,
                       cases[i].b);
        assert_int_equal(inspect_text(&found, text, &err), SG_OK);
        assert_int_equal(sg_header_count(&found.header), 2);
        assert_int_equal(found.post_quantum, cases[i].post_quantum);
        sg_inspection_free(&found);
    }
}

static void test_passwords(void **state)
{
    struct sg_inspection found;
    struct sg_error err;

    (void)state;
    assert_int_equal(
        inspect_text(&found, HEAD "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 999999999\n" BODY REST, &err),
        SG_OK);
    assert_true(found.password);
    assert_int_equal(found.guess.kdf, SG_KDF_SCRYPT);
    assert_int_equal(found.guess.work, 999999999);
    assert_int_equal(found.guess.passes, 1);
    assert_int_equal(found.guess.lanes, 1);
    assert_int_equal(found.post_quantum, SG_ANSWER_YES);
    sg_inspection_free(&found);

    assert_int_equal(
        inspect_text(&found, HEAD "-> signet/argon2id AAAAAAAAAAAAAAAAAAAAAA 7 21 2\n" BODY REST,
                     &err),
        SG_OK);
    assert_true(found.password);
    assert_int_equal(found.guess.kdf, SG_KDF_ARGON2ID);
    assert_int_equal(found.guess.work, 21);
    assert_int_equal(found.guess.passes, 7);
    assert_int_equal(found.guess.lanes, 2);
    sg_inspection_free(&found);
}

/* What is wrong with the header is an error, and nothing is left to free. */
static void test_header_faults(void **state)
{
    static const struct {
        const char *text;
        enum sg_err code;
    } cases[] = {
        {"", SG_ERR_NOT_SEALED},
        {"hello", SG_ERR_NOT_SEALED},
        {"age-encryption.org/v2\n-> x\n\n" REST, SG_ERR_VERSION},
        {HEAD, SG_ERR_HEADER},
        {HEAD REST, SG_ERR_HEADER},
        {HEAD "-> x\n", SG_ERR_HEADER},
        {HEAD "-> x\n\n--- AAAA\n", SG_ERR_HEADER},
        {HEAD "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 0\n" BODY REST, SG_ERR_HEADER},
        {HEAD "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 5\n" BODY "-> x\n\n" REST, SG_ERR_HEADER},
        {SG_ARMOR_BEGIN "\n", SG_ERR_ARMOR},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sg_inspection found;
        struct sg_error err;
        assert_int_equal(inspect_text(&found, cases[i].text, &err), cases[i].code);
        assert_null(found.header.text.data);
    }
}

/* Every truncation of a file, in armor or not, is told from a whole one where it can be. */
static void test_truncations(void **state)
{
    (void)state;
    for (int armor = 0; armor < 2; armor++) {
        struct sg_buffer sealed;
        uint64_t header;

        seal(&sealed, 100, SG_KEY_X25519, armor);
        header = sealed.len - payload_of(100);
        for (size_t n = 0; n < sealed.len; n++) {
            struct sg_inspection found;
            struct sg_error err = {0};
            struct sg_source in;
            enum sg_err r;

            sg_source_memory(&in, sealed.data, n, "cut");
            r = sg_inspect(&found, &in, NULL, &err);
            if (r != SG_OK) {
                assert_true(r == SG_ERR_NOT_SEALED || r == SG_ERR_HEADER || r == SG_ERR_ARMOR);
            } else {
                assert_int_equal(found.total, n);
                if (armor) /* the newline at the end may be missing */
                    assert_int_equal(found.fault.code, n + 1 == sealed.len ? SG_OK : SG_ERR_ARMOR);
                else
                    assert_int_equal(found.fault.code, n < header + 16    ? SG_ERR_HEADER
                                                       : n == header + 16 ? SG_ERR_TRUNCATED
                                                       : n < header + 32  ? SG_ERR_PAYLOAD
                                                                          : SG_OK);
            }
            sg_inspection_free(&found);
            sg_source_close(&in);
        }
        sg_buffer_free(&sealed);
    }
}

static int begin(void **state)
{
    struct sg_error err;

    (void)state;
    return sg_secret_init(&err) == SG_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measure),       cmocka_unit_test(test_every_length),
        cmocka_unit_test(test_impossible),    cmocka_unit_test(test_huge),
        cmocka_unit_test(test_sealed),        cmocka_unit_test(test_trickle),
        cmocka_unit_test(test_sparse),        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_mixes),         cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_header_faults), cmocka_unit_test(test_truncations),
    };

    return cmocka_run_group_tests(tests, begin, NULL);
}
