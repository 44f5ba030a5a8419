/*
 * SSH keys: public lines and private key files of ssh-keygen, read and written; each truncated,
 * with every bit changed, and with every part wrong; the stanza of age 1.1.1. The keys were made by
 * ssh-keygen for this test and guard nothing.
 */
#include "unit/helper.h"

#include "base/base64.h"
#include "key/key.h"
#include "key/ssh.h"
#include "sealed/keyfile.h"
#include "sealed/sealed.h"
#include "sealed/wrap.h"

#include <sodium.h>

static const char PLAIN[] = /* no comment */
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACDRV/Nxp4NRS4aV/JHWT/u1mcpScjVFCFyVgdfrwG49jAAAAIjre+iZ63vo\n"
    "mQAAAAtzc2gtZWQyNTUxOQAAACDRV/Nxp4NRS4aV/JHWT/u1mcpScjVFCFyVgdfrwG49jA\n"
    "AAAEDaleDtqp+D0pVdWZIpRvqoC1WpNPIrUVriwNMsXpk3VtFX83Gng1FLhpX8kdZP+7WZ\n"
    "ylJyNUUIXJWB1+vAbj2MAAAAAAECAwQF\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char PLAIN_LINE[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINFX83Gng1FLhpX8kdZP+7WZylJyNUUIXJWB1+vAbj2M";

static const char COMMENTED[] = /* "me@here" */
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACDfR8YXkDG7C7feCPR+O6brfpmxgkcNA5A88X8zMO67tgAAAJCjW0bNo1tG\n"
    "zQAAAAtzc2gtZWQyNTUxOQAAACDfR8YXkDG7C7feCPR+O6brfpmxgkcNA5A88X8zMO67tg\n"
    "AAAEA+GYCETKIpttW1cKR8fdDYdbPwgVDYzuo4TMrEtDuQn99HxheQMbsLt94I9H47put+\n"
    "mbGCRw0DkDzxfzMw7ru2AAAAB21lQGhlcmUBAgMEBQY=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
static const char COMMENTED_LINE[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN9HxheQMbsLt94I9H47put+mbGCRw0DkDzxfzMw7ru2";

static const char ENCRYPTED[] = /* with the passphrase "pass" */
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABCrSEzLb3\n"
    "N2aoVb0oNlTTovAAAAAQAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAIARI5JQ++8Egjtk2\n"
    "9oqdd+b3iFCzgivdNjT7Nl+vFLAuAAAAkMz0j51U7h6xrjBYLclklX8pb9u5dFlq4F1L2Y\n"
    "Shb3bEKYErBjo1ta7n+FmKxV365iPiRvva+/vwNr1wLnTBr2EQyhjno3fhtcGjASCRNqjC\n"
    "1Jje6d4j8hjUPQPN7ejn8rFake6Yy2M5AOXi1dn4NtQITZdFYW6v4jtNy9usNGGHMC3zHh\n"
    "h6SacQX5PTsa9GFA==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char ECDSA[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS\n"
    "1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQQWvcitsWtzj6d5z41QhVz83Lwh0691\n"
    "NwnbdkmkW7+H0wy/9Wat1xKYUBpGIn6hv0n5Q0WBr5c9gbFSTzFfwHwhAAAAoG86buBvOm\n"
    "7gAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBa9yK2xa3OPp3nP\n"
    "jVCFXPzcvCHTr3U3Cdt2SaRbv4fTDL/1Zq3XEphQGkYifqG/SflDRYGvlz2BsVJPMV/AfC\n"
    "EAAAAhAKlPrIibushbrYb8MahopJPcISokTB9dhaNF4BsyhGhOAAAAAAECAwQFBgc=\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

/* "Hello from age 1.1.1.\n", sealed by it to PLAIN_LINE. */
static const char BY_AGE[] = "-----BEGIN AGE ENCRYPTED FILE-----\n"
                             "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNzaC1lZDI1NTE5IE9IeXBWdyA3L3pP\n"
                             "bkU2UllKVldIU2FwMWNXYVJoQ0wzc09CVmRoV1Z0Q1UrZnE4UEcwCkUrTHhQSzFm\n"
                             "bmlhVkpZYXp5WHdVbGpaUjB0ZDVGS3VEVVNmZjRCZzFvYzAKLS0tIGZwd2RFT3kw\n"
                             "WU9aSzhBbnBsVFgyM2ZSeUM2UGk0cnZhYWVKU1p6UUZhZ0UKBbjWKQxo7BHnhcwD\n"
                             "pf4iC2ogthgRnhin/oQNxlagQuPtB7AGNy1OahbHw/+lmTWhlTLZs/KR\n"
                             "-----END AGE ENCRYPTED FILE-----\n";

/* Offsets in a private key file's bytes: check numbers, seed. */
#define CHECK_AT 98
#define SEED_AT 161

static struct sg_error err;
static struct sg_identities ids;
static struct sg_recipients all;

static int start(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    sg_identities_init(&ids);
    sg_recipients_init(&all);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    sg_identities_free(&ids);
    sg_recipients_free(&all);
    return 0;
}

/* The bytes of a private key file. */
static size_t bytes_of(uint8_t out[static 2048], const char *file)
{
    char chars[2048];
    size_t n = 0, len;

    for (const char *p = strchr(file, '\n') + 1; *p != '-'; p++)
        if (*p != '\n')
            chars[n++] = *p;
    assert_true(sg_base64_decode(out, &len, chars, n, SG_BASE64_PADDED));
    return len;
}

/* The file of such bytes, in lines of so many characters that end so. */
static const char *file_of(const uint8_t *bytes, size_t n, size_t columns, const char *newline)
{
    static char file[8192];
    char chars[4096];
    size_t len = sg_base64_encode(chars, bytes, n, SG_BASE64_PADDED), end;

    end = (size_t)snprintf(file, sizeof file, "-----BEGIN OPENSSH PRIVATE KEY-----%s", newline);
    for (size_t at = 0; at < len; at += columns)
        end +=
            (size_t)snprintf(file + end, sizeof file - end, "%.*s%s",
                             (int)(len - at < columns ? len - at : columns), chars + at, newline);
    (void)snprintf(file + end, sizeof file - end, "-----END OPENSSH PRIVATE KEY-----%s", newline);
    return file;
}

/* Reads an identity file in place of those read before. */
static enum sg_err read_file(const char *text, size_t n)
{
    sg_identities_free(&ids);
    return sg_identities_parse(&ids, text, n, &err);
}

static void refused(const char *file, const char *what)
{
    assert_int_equal(read_file(file, strlen(file)), SG_ERR_IDENTITY);
    assert_int_equal(sg_identities_count(&ids), 0);
    assert_non_null(err.what);
    assert_string_equal(err.what, what);
}

/* Whether just the key of PLAIN has been read. */
static bool has_plain(void)
{
    uint8_t bytes[2048];
    struct sg_identity id;

    if (sg_identities_count(&ids) != 1)
        return false;
    id = sg_identities_at(&ids, 0);
    (void)bytes_of(bytes, PLAIN);
    return id.type == SG_KEY_SSH_ED25519 && id.len == 32 &&
           memcmp(id.secret, bytes + SEED_AT, 32) == 0;
}

static void is_line(const char *line)
{
    char text[SG_RECIPIENT_SHORT_BYTES];
    struct sg_buffer out;

    sg_recipients_free(&all);
    assert_int_equal(sg_recipient_of(&all, sg_identities_at(&ids, 0), &err), SG_OK);
    assert_int_equal(sg_recipients_at(&all, 0).type, SG_KEY_SSH_ED25519);
    sg_buffer_init(&out, 1024);
    assert_int_equal(sg_recipient_text(&out, sg_recipients_at(&all, 0), &err), SG_OK);
    assert_int_equal(out.len, SG_SSH_LINE_CHARS);
    assert_memory_equal(out.data, line, SG_SSH_LINE_CHARS);
    sg_buffer_free(&out);
    assert_int_equal(sg_recipient_short(text, sg_recipients_at(&all, 0), &err), SG_OK);
    assert_int_equal(strlen(text), SG_SSH_LINE_CHARS);
    assert_memory_equal(text, line, SG_SSH_LINE_CHARS);
}

static void test_private_keys(void **state)
{
    (void)state;
    assert_int_equal(read_file(PLAIN, sizeof PLAIN - 1), SG_OK);
    assert_true(has_plain());
    is_line(PLAIN_LINE);
    assert_int_equal(read_file(COMMENTED, sizeof COMMENTED - 1), SG_OK);
    assert_false(has_plain());
    is_line(COMMENTED_LINE);
}

static void test_layouts(void **state)
{
    static const size_t columns[] = {1, 64, 70, 76, 4000};
    uint8_t bytes[2048];
    size_t n = bytes_of(bytes, PLAIN);
    char text[4096];

    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const char *file = file_of(bytes, n, columns[i], "\n");
        assert_int_equal(read_file(file, strlen(file)), SG_OK);
        assert_true(has_plain());
        file = file_of(bytes, n, columns[i], "\r\n");
        assert_int_equal(read_file(file, strlen(file)), SG_OK);
        assert_true(has_plain());
    }
    assert_int_equal(read_file(PLAIN, sizeof PLAIN - 2), SG_OK); /* without the last newline */
    assert_true(has_plain());
    (void)snprintf(text, sizeof text, "\n \r\n\t\n%s\n \r\n", PLAIN);
    assert_int_equal(read_file(text, strlen(text)), SG_OK);
    assert_true(has_plain());
    (void)snprintf(text, sizeof text, "%s\n# and a comment\n", PLAIN);
    refused(text, "an SSH private key needs a file of its own, and more follows it");
    (void)snprintf(text, sizeof text, "%s%s", PLAIN, COMMENTED);
    refused(text, "an SSH private key needs a file of its own, and more follows it");
    (void)snprintf(text, sizeof text, "# mine\n%s", PLAIN);
    refused(text, "an SSH private key needs a file of its own");
    assert_int_equal(err.line, 2);
}

/* What is written is what ssh-keygen wrote, but for the check numbers, which are random. */
static void test_writing(void **state)
{
    static const struct {
        const char *file, *comment;
    } keys[] = {{PLAIN, NULL}, {COMMENTED, "me@here"}};
    uint8_t theirs[2048], ours[2048];

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct sg_buffer out;
        size_t n = strlen(keys[i].file), lines = 0;
        assert_int_equal(read_file(keys[i].file, n), SG_OK);
        sg_buffer_init_secret(&out, 4096);
        assert_int_equal(
            sg_identity_file(&out, sg_identities_at(&ids, 0), 0, keys[i].comment, &err), SG_OK);
        assert_int_equal(sg_buffer_append(&out, "", 1, &err), SG_OK);
        assert_int_equal(out.len - 1, n);
        n = bytes_of(theirs, keys[i].file);
        assert_int_equal(bytes_of(ours, (const char *)out.data), n);
        assert_memory_equal(ours + CHECK_AT, ours + CHECK_AT + 4, 4);
        memcpy(ours + CHECK_AT, theirs + CHECK_AT, 8);
        assert_memory_equal(ours, theirs, n);
        for (size_t at = 0; keys[i].file[at]; at++)
            if (keys[i].file[at] == '\n') {
                assert_int_equal(out.data[at], '\n');
                lines++;
            }
        assert_true(lines > 5);
        sg_buffer_free(&out);
    }
}

static void test_fresh_keys_of_every_alignment(void **state)
{
    char comment[32] = "";

    (void)state;
    for (size_t i = 0; i < 24; i++) {
        struct sg_buffer out;
        uint8_t secret[32];
        sg_identities_free(&ids);
        assert_int_equal(sg_identity_new(&ids, SG_KEY_SSH_ED25519, &err), SG_OK);
        memcpy(secret, sg_identities_at(&ids, 0).secret, 32);
        sg_buffer_init_secret(&out, 4096);
        assert_int_equal(sg_identity_file(&out, sg_identities_at(&ids, 0), 0, comment, &err),
                         SG_OK);
        assert_int_equal(read_file((const char *)out.data, out.len), SG_OK);
        assert_memory_equal(sg_identities_at(&ids, 0).secret, secret, 32);
        sg_buffer_free(&out);
        comment[i] = (char)('a' + i);
    }
}

static void test_truncated_text(void **state)
{
    size_t step = stride(1, 7);

    (void)state;
    for (size_t n = 1; n < sizeof PLAIN - 2; n += step) {
        enum sg_err r = read_file(PLAIN, n);
        assert_int_equal(r, SG_ERR_IDENTITY);
        assert_int_equal(sg_identities_count(&ids), 0);
    }
    assert_int_equal(read_file(PLAIN, 0), SG_ERR_NO_KEYS);
}

static void test_truncated_bytes(void **state)
{
    uint8_t bytes[2048];
    size_t step = stride(1, 7), size = bytes_of(bytes, COMMENTED);

    (void)state;
    for (size_t n = 0; n < size; n += step) {
        const char *file = file_of(bytes, n, 70, "\n");
        assert_int_equal(read_file(file, strlen(file)), SG_ERR_IDENTITY);
    }
    bytes[size] = 7; /* and one too many */
    assert_int_equal(read_file(file_of(bytes, size + 1, 70, "\n"), 8000), SG_ERR_IDENTITY);
}

/* A bit changed anywhere is noticed: in a file without a comment, everything is checked. */
static void test_flipped_text(void **state)
{
    char text[sizeof PLAIN];
    size_t step = stride(3, 101);

    (void)state;
    for (size_t bit = 0; bit < 8 * (sizeof PLAIN - 1); bit += step) {
        memcpy(text, PLAIN, sizeof text);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        assert_int_equal(read_file(text, sizeof text - 1), SG_ERR_IDENTITY);
    }
}

static void test_flipped_bytes(void **state)
{
    uint8_t bytes[2048];
    size_t n = bytes_of(bytes, PLAIN), step = stride(3, 101), read = 0;

    (void)state;
    for (size_t bit = 0; bit < 8 * n; bit += step) {
        const char *file;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        file = file_of(bytes, n, 70, "\n");
        if (read_file(file, strlen(file)) == SG_OK)
            read++;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(read, 0);
}

/* A private key file with any part as one likes. */
struct parts {
    const char *magic, *cipher, *kdf, *options;
    uint32_t keys;
    const char *outer_type, *inner_type, *comment;
    size_t public_len, secret_len, fill;
    uint8_t outer[40], inner[40], pair[80];
    uint32_t check[2];
    uint8_t padding[300];
    const char *after;
};

static uint8_t *put_number(uint8_t *p, size_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *p++ = (uint8_t)(n >> shift);
    return p;
}

static uint8_t *put(uint8_t *p, const void *bytes, size_t n)
{
    p = put_number(p, n);
    memcpy(p, bytes, n);
    return p + n;
}

static uint8_t *put_text(uint8_t *p, const char *text)
{
    return put(p, text, strlen(text));
}

static void good_parts(struct parts *k)
{
    uint8_t bytes[2048];

    (void)bytes_of(bytes, PLAIN);
    *k = (struct parts){.magic = "openssh-key-v1",
                        .cipher = "none",
                        .kdf = "none",
                        .options = "",
                        .keys = 1,
                        .outer_type = "ssh-ed25519",
                        .inner_type = "ssh-ed25519",
                        .comment = "",
                        .public_len = 32,
                        .secret_len = 64,
                        .fill = 5,
                        .check = {7, 7},
                        .after = ""};
    memcpy(k->pair, bytes + SEED_AT, 64);
    memcpy(k->outer, k->pair + 32, 32);
    memcpy(k->inner, k->pair + 32, 32);
    for (size_t i = 0; i < sizeof k->padding; i++)
        k->padding[i] = (uint8_t)(i + 1);
}

static const char *build(const struct parts *k)
{
    uint8_t bytes[2048], blob[512], *p = bytes, *q = blob;

    memcpy(p, k->magic, strlen(k->magic) + 1);
    p = put_text(p + strlen(k->magic) + 1, k->cipher);
    p = put_text(p, k->kdf);
    p = put_text(p, k->options);
    p = put_number(p, k->keys);
    q = put_text(q, k->outer_type);
    q = put(q, k->outer, k->public_len);
    p = put(p, blob, (size_t)(q - blob));
    q = put_number(blob, k->check[0]);
    q = put_number(q, k->check[1]);
    q = put_text(q, k->inner_type);
    q = put(q, k->inner, k->public_len);
    q = put(q, k->pair, k->secret_len);
    q = put_text(q, k->comment);
    memcpy(q, k->padding, k->fill);
    p = put(p, blob, (size_t)(q - blob) + k->fill);
    memcpy(p, k->after, strlen(k->after));
    return file_of(bytes, (size_t)(p - bytes) + strlen(k->after), 70, "\n");
}

#define DAMAGED "the SSH private key is damaged: "
#define PARTS DAMAGED "its parts do not fit together"
#define PADDING DAMAGED "its padding is wrong"
#define OTHER_HALF DAMAGED "its public half is another key's"
#define NONE "what is in the SSH private key file is none"
#define NO_RSA "what its base64 stands for is not an ssh-rsa key"
#define UNSUPPORTED(type) "it is an SSH key of type " type ", which is not supported"

#define WITH(change, what)        \
    do {                          \
        struct parts k;           \
        good_parts(&k);           \
        change;                   \
        refused(build(&k), what); \
    } while (0)

static void test_wrong_parts(void **state)
{
    struct parts good;
    const char *file;

    (void)state;
    good_parts(&good);
    file = build(&good);
    assert_int_equal(read_file(file, strlen(file)), SG_OK);
    assert_true(has_plain());
    WITH(k.magic = "openssh-key-v2", NONE);
    WITH(k.magic = "openssh-key-v", NONE);
    WITH(k.cipher = "aes256-ctr", "the SSH private key is encrypted with a passphrase");
    WITH(k.cipher = "", "the SSH private key is encrypted with a passphrase");
    WITH(k.kdf = "bcrypt", PARTS);
    WITH(k.options = "x", PARTS);
    WITH(k.keys = 0, "there is not just one key in the SSH private key file");
    WITH(k.keys = 2, "there is not just one key in the SSH private key file");
    WITH(k.outer_type = "ssh-dss", UNSUPPORTED("ssh-dss"));
    WITH(k.outer_type = "ssh-rsa", PARTS);
    WITH(k.outer_type = "ssh-rsa"; k.inner_type = "ssh-rsa"; k.fill = 1, PARTS);
    WITH(k.outer_type = "ssh-ed2551", "it is an SSH key of a type that is not known, and so not "
                                      "supported");
    WITH(k.inner_type = "ssh-rsa"; k.fill = 1, PARTS);
    WITH(k.inner_type = "ssh-ed25518", PARTS);
    WITH(k.public_len = 31; k.fill = 6, PARTS);
    WITH(k.public_len = 33; k.fill = 4, PARTS);
    WITH(k.secret_len = 63; k.fill = 6, PARTS);
    WITH(k.secret_len = 32, PARTS);
    WITH(k.secret_len = 72, PARTS);
    WITH(k.check[1] = 8, DAMAGED "its check numbers differ");
    WITH(k.check[0] = 0x70000000, DAMAGED "its check numbers differ");
    WITH(k.outer[31] ^= 1, OTHER_HALF);
    WITH(k.inner[0] ^= 1, OTHER_HALF);
    WITH(k.pair[0] ^= 1, OTHER_HALF);
    WITH(k.pair[63] ^= 0x80, OTHER_HALF);
    WITH(k.after = "x", PARTS);
}

/* ssh-keygen fills up to 8 bytes, others by a whole block more, or to 16. */
static void test_padding(void **state)
{
    static const size_t lengths[] = {5, 13};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct parts k;
        const char *file;
        good_parts(&k);
        k.fill = lengths[i];
        file = build(&k);
        assert_int_equal(read_file(file, strlen(file)), SG_OK);
        assert_true(has_plain());
        k.comment = "abcde";
        k.fill = 8 * i; /* none, or a whole block */
        file = build(&k);
        assert_int_equal(read_file(file, strlen(file)), SG_OK);
        assert_true(has_plain());
    }
    WITH(k.fill = 21, PADDING);
    WITH(k.fill = 253, PADDING);
    WITH(k.fill = 4, PARTS);
    WITH(k.fill = 6, PARTS);
    WITH(k.fill = 0, PARTS);
    WITH(k.padding[0] = 0, PADDING);
    WITH(k.padding[4] = 6, PADDING);
    WITH(memset(k.padding, 0, sizeof k.padding), PADDING);
    WITH(memset(k.padding, 5, sizeof k.padding), PADDING);
}

static void test_lengths_that_lie(void **state)
{
    static const uint32_t lies[] = {0, 1, 0x7f, 0x100, 0x7fffffff, 0x80000000, 0xffffffff};
    static const size_t places[] = {15, 23, 31, 39, 54, 94, 106, 121, 157, 225};
    uint8_t bytes[2048], kept[4];
    size_t n = bytes_of(bytes, PLAIN);

    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memcpy(kept, bytes + places[i], 4);
        for (size_t j = 0; j < sizeof lies / sizeof *lies; j++) {
            const char *file;
            (void)put_number(bytes + places[i], lies[j]);
            if (memcmp(bytes + places[i], kept, 4) == 0)
                continue;
            file = file_of(bytes, n, 70, "\n");
            assert_int_equal(read_file(file, strlen(file)), SG_ERR_IDENTITY);
        }
        memcpy(bytes + places[i], kept, 4);
    }
}

static void test_base64_of_private_keys(void **state)
{
    static const char what[] = DAMAGED "its lines are not canonical base64";
    char text[sizeof COMMENTED + 8], *end;

    (void)state;
    /* COMMENTED ends in "Y=": two bits of the Y stand for nothing. */
    for (const char *c = "Zab"; *c; c++) {
        memcpy(text, COMMENTED, sizeof COMMENTED);
        end = strstr(text, "Y=\n-----END") + 1;
        end[-1] = *c;
        refused(text, what);
    }
    memcpy(text, COMMENTED, sizeof COMMENTED);
    end = strstr(text, "=\n-----END");
    memmove(end, end + 1, strlen(end)); /* no padding */
    refused(text, what);
    memcpy(text, COMMENTED, sizeof COMMENTED);
    end = strstr(text, "=\n-----END");
    memmove(end + 1, end, strlen(end) + 1); /* too much of it */
    refused(text, what);
    for (const char *c = " \t-_,.\"\\\x80\x01"; *c; c++) {
        memcpy(text, COMMENTED, sizeof COMMENTED);
        text[100] = *c;
        refused(text, what);
    }
    refused("-----BEGIN OPENSSH PRIVATE KEY-----\n-----END OPENSSH PRIVATE KEY-----\n", NONE);
    refused("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n"
            "-----END OPENSSH PRIVATE KEY-----\n",
            NONE);
    refused("-----BEGIN OPENSSH PRIVATE KEY-----\n",
            "the SSH private key is cut off: its last line is missing");
    refused("-----BEGIN OPENSSH PRIVATE KEYS-----\n",
            DAMAGED "its first line is not as OpenSSH has it");
}

static void test_other_private_keys(void **state)
{
    (void)state;
    refused(ENCRYPTED, "the SSH private key is encrypted with a passphrase");
    refused(ECDSA, UNSUPPORTED("ecdsa-sha2-nistp256"));
    refused("-----BEGIN RSA PRIVATE KEY-----\nMIIE", "it is an RSA private key in PEM format");
    refused("-----BEGIN EC PRIVATE KEY-----\nMIIE", "it is an ECDSA private key in PEM format");
    refused("-----BEGIN DSA PRIVATE KEY-----\nMIIE", "it is a DSA private key in PEM format");
    refused("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
            "it is a private key in PKCS #8 format, and not of type ed25519");
    refused("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE", "it is a private key in PKCS #8 format");
    refused("PuTTY-User-Key-File-3: ssh-ed25519\n", "it is a private key of PuTTY");
    refused(PLAIN_LINE, "it is an SSH public key");
}

/* Public lines */

static enum sg_err read_lines(const char *text)
{
    sg_recipients_free(&all);
    return sg_recipients_parse(&all, text, strlen(text), &err);
}

static void no_recipient(const char *text, const char *what)
{
    sg_recipients_free(&all);
    assert_int_equal(sg_recipient_read(&all, text, strlen(text), &err), SG_ERR_RECIPIENT);
    assert_int_equal(sg_recipients_count(&all), 0);
    assert_string_equal(err.what, what);
}

static void test_public_lines(void **state)
{
    char text[1024];

    (void)state;
    assert_int_equal(sg_recipient_read(&all, PLAIN_LINE, SG_SSH_LINE_CHARS, &err), SG_OK);
    assert_int_equal(sg_recipient_read(&all, PLAIN_LINE, sizeof PLAIN_LINE - 1, &err), SG_OK);
    (void)snprintf(text, sizeof text, "%s a comment = \"of\" any,kind", PLAIN_LINE);
    assert_int_equal(sg_recipient_read(&all, text, strlen(text), &err), SG_OK);
    (void)snprintf(text, sizeof text, "ssh-ed25519 \t  %s", PLAIN_LINE + 12);
    assert_int_equal(sg_recipient_read(&all, text, strlen(text), &err), SG_OK);
    assert_int_equal(sg_recipients_count(&all), 1);
    assert_int_equal(sg_recipient_read(&all, COMMENTED_LINE, sizeof COMMENTED_LINE - 1, &err),
                     SG_OK);
    assert_int_equal(sg_recipients_count(&all), 2);
}

static void test_truncated_line(void **state)
{
    (void)state;
    for (size_t n = 0; n < SG_SSH_LINE_CHARS; n++) {
        assert_int_equal(sg_recipient_read(&all, PLAIN_LINE, n, &err), SG_ERR_RECIPIENT);
        assert_int_equal(sg_recipients_count(&all), 0);
    }
}

/* A changed bit of the key may give another point; of what stands before it, never. */
static void test_flipped_line(void **state)
{
    char text[SG_SSH_LINE_CHARS + 1];

    (void)state;
    for (size_t bit = 0; bit < 8 * SG_SSH_LINE_CHARS; bit++) {
        memcpy(text, PLAIN_LINE, SG_SSH_LINE_CHARS);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        sg_recipients_free(&all);
        if (sg_recipient_read(&all, text, SG_SSH_LINE_CHARS, &err) == SG_OK) {
            assert_true(bit / 8 > 36 || text[bit / 8] == '\t');
            assert_int_equal(sg_recipients_count(&all), 1);
        }
    }
}

/* The line of 32 bytes that need not be a key. */
static const char *line_of(const uint8_t *public)
{
    static char line[SG_SSH_LINE_CHARS + 1];

    sg_ssh_line(line, public);
    return line;
}

static void test_wrong_public_lines(void **state)
{
    static const char chars[] = "an ssh-ed25519 key has 68 characters of base64 after its type";
    static const char alphabet[] = "its base64 is not as ssh-ed25519 keys have it";
    static const char type[] = "what its base64 stands for is not an ssh-ed25519 key";
    char text[256];

    (void)state;
    no_recipient("ssh-ed25519", chars);
    no_recipient("ssh-ed25519 ", chars);
    (void)snprintf(text, sizeof text, "%.*sA", (int)SG_SSH_LINE_CHARS, PLAIN_LINE);
    no_recipient(text, chars);
    (void)snprintf(text, sizeof text, "%.*s====", (int)SG_SSH_LINE_CHARS, PLAIN_LINE);
    no_recipient(text, chars);
    for (const char *c = "=-_,\"\x80\n"; *c; c++) {
        for (size_t at = 12; at < SG_SSH_LINE_CHARS; at += 11) {
            (void)snprintf(text, sizeof text, "%s", PLAIN_LINE);
            text[at] = *c;
            no_recipient(text, alphabet);
        }
    }
    (void)snprintf(text, sizeof text, "%s", PLAIN_LINE);
    text[SG_SSH_LINE_CHARS - 1] = '=';
    no_recipient(text, alphabet); /* one byte too few, in 68 characters */
    (void)snprintf(text, sizeof text, "%s", PLAIN_LINE);
    text[30] = 'x';
    no_recipient(text, type);
    (void)snprintf(text, sizeof text, "ssh-rsa %s", PLAIN_LINE + 12);
    no_recipient(text, NO_RSA);
    no_recipient("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ== me", NO_RSA);
    no_recipient("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQ me",
                 "its base64 is not as ssh-rsa keys have it");
    no_recipient("ssh-dss AAAAB3NzaC1kc3M", UNSUPPORTED("ssh-dss"));
    no_recipient("ecdsa-sha2-nistp256 AAAA", UNSUPPORTED("ecdsa-sha2-nistp256"));
    no_recipient("ecdsa-sha2-nistp384 AAAA", UNSUPPORTED("ecdsa-sha2-nistp384"));
    no_recipient("ecdsa-sha2-nistp521 AAAA", UNSUPPORTED("ecdsa-sha2-nistp521"));
    no_recipient("sk-ssh-ed25519@openssh.com AAAA", UNSUPPORTED("sk-ssh-ed25519 (a security key)"));
    no_recipient("sk-ecdsa-sha2-nistp256@openssh.com AAAA",
                 UNSUPPORTED("sk-ecdsa-sha2-nistp256 (a security key)"));
    no_recipient("ssh-ed25519-cert-v01@openssh.com AAAA",
                 "it is an SSH certificate, which is not supported");
    no_recipient("SSH-ED25519 AAAA",
                 "it is an SSH key of a type that is not known, and so not supported");
    no_recipient(PLAIN, "it is an SSH private key");
    no_recipient("-----BEGIN RSA PRIVATE KEY-----", "it is a private key of another program");
}

/* Points that are nobody's: of small order, with a part of small order, not reduced, off the curve.
 */
static void test_wrong_points(void **state)
{
    static const char what[] = "it is no point that an ssh-ed25519 key can have: nobody's key";
    static const char *const points[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    uint8_t public[32], small[32], sum[32];

    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        from_hex(public, points[i]);
        no_recipient(line_of(public), what);
    }
    assert_int_equal(read_lines(PLAIN_LINE), SG_OK);
    memcpy(public, sg_recipients_at(&all, 0).key, 32);
    for (size_t i = 1; i < 8; i++) {
        from_hex(small, points[i]);
        assert_int_equal(crypto_core_ed25519_add(sum, public, small), 0);
        no_recipient(line_of(sum), what);
    }
}

static void test_authorized_keys(void **state)
{
    static const char *const options[] = {
        "restrict",
        "no-pty,no-X11-forwarding",
        "command=\"echo hello world\"",
        "command=\"say \\\"ssh-rsa AAAA\\\" twice\",no-pty",
        "from=\"10.0.0.0/8,*.example.org\",environment=\"A=b c\"",
        "cert-authority",
        "x=\"\"",
        "command=\"back\\\\slash\"",
    };
    static const char *const broken[] = {
        "command=\"echo",
        "no-pty x",
        "command=\"a\\\"",
        "\"",
    };
    char text[1024];

    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        (void)snprintf(text, sizeof text, "# mine\n\n %s \t%s me\n%s\n", options[i], PLAIN_LINE,
                       COMMENTED_LINE);
        assert_int_equal(read_lines(text), SG_OK);
        assert_int_equal(sg_recipients_count(&all), 2);
        (void)snprintf(text, sizeof text, "%s ssh-dss AAAA me\n", options[i]);
        assert_int_equal(read_lines(text), SG_ERR_RECIPIENT);
        assert_string_equal(err.what, UNSUPPORTED("ssh-dss"));
        assert_int_equal(err.line, 1);
    }
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        (void)snprintf(text, sizeof text, "%s %s me\n", broken[i], PLAIN_LINE);
        assert_int_equal(read_lines(text), SG_ERR_RECIPIENT);
    }
    (void)snprintf(text, sizeof text, "ssh-dss %s\n", PLAIN_LINE);
    assert_int_equal(read_lines(text), SG_ERR_RECIPIENT);
    assert_string_equal(err.what, UNSUPPORTED("ssh-dss"));
    (void)snprintf(text, sizeof text, "restrict %s me\n", PLAIN_LINE);
    no_recipient(text, "it does not begin with age1"); /* options are for files */
}

/* Stanzas */

static const uint8_t FILE_KEY[SG_FILE_KEY_BYTES] = "sixteen  bytes.";

static void read_keys(void)
{
    assert_int_equal(read_file(PLAIN, sizeof PLAIN - 1), SG_OK);
    assert_int_equal(read_lines(PLAIN_LINE), SG_OK);
}

/* The header with one stanza, whose parts need not be right; read back, as from a file. */
static enum sg_err with_stanza(struct sg_header *h, const char *arguments, size_t body)
{
    static const uint8_t zeros[64];
    struct sg_header built;
    struct sg_source in;
    enum sg_err r;

    sg_header_init(&built);
    sg_header_init(h);
    assert_int_equal(sg_header_begin(&built, &err), SG_OK);
    if (arguments)
        assert_int_equal(sg_header_add(&built, arguments, zeros, body, &err), SG_OK);
    else
        assert_int_equal(sg_stanza_wrap_key(&built, sg_recipients_at(&all, 0), FILE_KEY, &err),
                         SG_OK);
    assert_int_equal(sg_header_finish(&built, FILE_KEY, &err), SG_OK);
    sg_source_memory(&in, built.text.data, built.text.len, "header");
    r = sg_header_read(h, &in, &err);
    sg_source_close(&in);
    sg_header_free(&built);
    return r;
}

static void test_stanza(void **state)
{
    uint8_t file_key[SG_FILE_KEY_BYTES];
    struct sg_header h;
    const char *tag;
    size_t n;

    (void)state;
    read_keys();
    assert_int_equal(with_stanza(&h, NULL, 0), SG_OK);
    assert_int_equal(sg_header_count(&h), 1);
    tag = sg_stanza_argument(&h, sg_header_stanza(&h, 0), 1, &n);
    assert_int_equal(n, 6);
    assert_memory_equal(tag, "OHypVw", 6); /* as in BY_AGE */
    assert_int_equal(sg_stanzas_unwrap_key(file_key, &h, &ids, &err), SG_OK);
    assert_memory_equal(file_key, FILE_KEY, sizeof file_key);
    assert_int_equal(read_file(COMMENTED, sizeof COMMENTED - 1), SG_OK);
    assert_int_equal(sg_stanzas_unwrap_key(file_key, &h, &ids, &err), SG_ERR_NO_MATCH);
    assert_memory_not_equal(file_key, FILE_KEY, sizeof file_key);
    sg_header_free(&h);
}

/* Every bit of tag, share and body matters: another file key comes out, or none. */
static void test_flipped_stanza(void **state)
{
    uint8_t file_key[SG_FILE_KEY_BYTES];
    struct sg_header h;
    const struct sg_stanza *s;
    size_t tried = 0;

    (void)state;
    read_keys();
    assert_int_equal(with_stanza(&h, NULL, 0), SG_OK);
    s = sg_header_stanza(&h, 0);
    for (size_t bit = 8 * (s->arguments + sizeof "ssh-ed25519");
         bit < 8 * (size_t)(s->body + s->body_len - 1); bit++) {
        if (bit / 8 + 1 == s->body)
            continue; /* the newline before the body, which reading has passed */
        h.text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (sg_stanza_check(&h, s, &err) == SG_OK) {
            assert_int_equal(sg_stanzas_unwrap_key(file_key, &h, &ids, &err), SG_ERR_NO_MATCH);
            tried++;
        }
        h.text.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(tried > 200);
    assert_int_equal(sg_stanzas_unwrap_key(file_key, &h, &ids, &err), SG_OK);
    sg_header_free(&h);
}

static enum sg_err check(const char *arguments, size_t body)
{
    struct sg_header h;
    enum sg_err r = with_stanza(&h, arguments, body);

    sg_header_free(&h);
    return r;
}

#define SHARE "7/zOnE6RYJVWHSap1cWaRhCL3sOBVdhWVtCU+fq8PG0"

static void malformed(const char *arguments, size_t body, const char *what)
{
    assert_int_equal(check(arguments, body), SG_ERR_HEADER);
    assert_string_equal(err.what, what);
}

static void test_malformed_stanzas(void **state)
{
    static const char count[] = "an ssh-ed25519 stanza has two arguments, tag and share";
    static const char tag[] = "the ssh-ed25519 tag is not 4 bytes of canonical base64";
    static const char share[] = "the ssh-ed25519 share is not 32 bytes of canonical base64";

    (void)state;
    assert_int_equal(check("ssh-ed25519 OHypVw " SHARE, 32), SG_OK);
    malformed("ssh-ed25519", 32, count);
    malformed("ssh-ed25519 OHypVw", 32, count);
    malformed("ssh-ed25519 OHypVw " SHARE " x", 32, count);
    malformed("ssh-ed25519 OHypV " SHARE, 32, tag);
    malformed("ssh-ed25519 OHypVwA " SHARE, 32, tag);
    malformed("ssh-ed25519 OHypVx " SHARE, 32, tag); /* bits that stand for nothing */
    malformed("ssh-ed25519 OHypVw== " SHARE, 32, tag);
    malformed("ssh-ed25519 OHyp " SHARE, 32, tag);
    malformed("ssh-ed25519 OHypVw " SHARE "A", 32, share);
    malformed("ssh-ed25519 OHypVw " SHARE "=", 32, share);
    malformed("ssh-ed25519 OHypVw 7/zOnE6RYJVWHSap1cWaRhCL3sOBVdhWVtCU+fq8PG1", 32, share);
    malformed("ssh-ed25519 OHypVw 7/zOnE6RYJVWHSap1cWaRhCL3sOBVdhWVtCU+fq8PG", 32, share);
    malformed("ssh-ed25519 OHypVw " SHARE, 31, "the stanza's body is not 32 bytes");
    malformed("ssh-ed25519 OHypVw " SHARE, 33, "the stanza's body is not 32 bytes");
    malformed("ssh-ed25519 OHypVw " SHARE, 0, "the stanza's body is not 32 bytes");
}

static void test_low_order_shares(void **state)
{
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
    };
    uint8_t point[32], file_key[SG_FILE_KEY_BYTES];

    (void)state;
    read_keys();
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        char arguments[128] = "ssh-ed25519 OHypVw ";
        struct sg_header h;
        size_t n = strlen(arguments);
        from_hex(point, points[i]);
        n += sg_base64_encode(arguments + n, point, sizeof point, SG_BASE64_RAW);
        arguments[n] = '\0';
        assert_int_equal(with_stanza(&h, arguments, 32), SG_OK);
        assert_int_equal(sg_stanzas_unwrap_key(file_key, &h, &ids, &err), SG_ERR_HEADER);
        assert_string_equal(err.what, "the ssh-ed25519 share is a point of low order");
        sg_header_free(&h);
    }
}

/* A recipient that no text gives is still refused when sealing. */
static void test_low_order_recipient(void **state)
{
    uint8_t neutral[32] = {1};
    struct sg_recipient to = {SG_KEY_SSH_ED25519, neutral, sizeof neutral};
    struct sg_header h;

    (void)state;
    sg_header_init(&h);
    assert_int_equal(sg_header_begin(&h, &err), SG_OK);
    assert_int_equal(sg_stanza_wrap_key(&h, to, FILE_KEY, &err), SG_ERR_RECIPIENT);
    assert_int_equal(sg_header_count(&h), 0);
    sg_header_free(&h);
}

static void test_file_of_age(void **state)
{
    struct sg_sealed file;
    struct sg_source in;
    struct sg_sink out;
    struct sg_buffer plain;

    (void)state;
    read_keys();
    sg_buffer_init_secret(&plain, 1024);
    sg_sink_buffer(&out, &plain);
    sg_source_memory(&in, BY_AGE, sizeof BY_AGE - 1, "by age");
    assert_int_equal(sg_sealed_read(&file, &in, &err), SG_OK);
    assert_int_equal(sg_sealed_unlock(&file, &ids, &err), SG_OK);
    assert_int_equal(sg_sealed_open(&out, &file, NULL, &err), SG_OK);
    assert_int_equal(plain.len, 22);
    assert_memory_equal(plain.data, "Hello from age 1.1.1.\n", 22);
    sg_sealed_close(&file);
    sg_source_close(&in);
    sg_buffer_free(&plain);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_private_keys),
        TEST(test_layouts),
        TEST(test_writing),
        TEST(test_fresh_keys_of_every_alignment),
        TEST(test_truncated_text),
        TEST(test_truncated_bytes),
        TEST(test_flipped_text),
        TEST(test_flipped_bytes),
        TEST(test_wrong_parts),
        TEST(test_padding),
        TEST(test_lengths_that_lie),
        TEST(test_base64_of_private_keys),
        TEST(test_other_private_keys),
        TEST(test_public_lines),
        TEST(test_truncated_line),
        TEST(test_flipped_line),
        TEST(test_wrong_public_lines),
        TEST(test_wrong_points),
        TEST(test_authorized_keys),
        TEST(test_stanza),
        TEST(test_flipped_stanza),
        TEST(test_malformed_stanzas),
        TEST(test_low_order_shares),
        TEST(test_low_order_recipient),
        TEST(test_file_of_age),
    };

    return cmocka_run_group_tests_name("ssh", tests, start_library, NULL);
}
