/* key: identities and recipients as text, what else they may look like, and files of them. */
#include "unit/helper.h"

#include "base/bech32.h"
#include "key/key.h"

#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define OTHER "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"
#define PLUGIN "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t"

struct keys {
    struct sg_identities ids;
    struct sg_recipients all;
    struct sg_error err;
};

static void keys_init(struct keys *k)
{
    memset(k, 0, sizeof *k);
    sg_identities_init(&k->ids);
    sg_recipients_init(&k->all);
}

static void keys_free(struct keys *k)
{
    sg_identities_free(&k->ids);
    sg_recipients_free(&k->all);
}

static enum sg_err read_recipient(struct keys *k, const char *text)
{
    return sg_recipient_read(&k->all, text, strlen(text), &k->err);
}

static enum sg_err read_identity(struct keys *k, const char *text)
{
    return sg_identity_read(&k->ids, text, strlen(text), &k->err);
}

/* No six characters of a secret in a row stand anywhere in what an error says. */
static void assert_tells_nothing(const struct sg_error *err, const char *secret)
{
    /* Of a line as long as a key, however damaged, the beginning is no secret. */
    const char *from = strlen(secret) > 70 ? secret + 16 : secret;

    for (; strlen(from) >= 6; from++) {
        assert_true(!err->what || !holds(err->what, strlen(err->what), from, 6));
        assert_false(holds(err, sizeof *err, from, 6));
    }
}

static void test_known(void **state)
{
    struct sg_buffer text;
    struct keys k;
    struct sg_identity id;

    (void)state;
    keys_init(&k);
    sg_buffer_init_secret(&text, 10000);
    assert_int_equal(read_identity(&k, IDENTITY), SG_OK);
    assert_int_equal(sg_identities_count(&k.ids), 1);
    id = sg_identities_at(&k.ids, 0);
    assert_int_equal(id.type, SG_KEY_X25519);
    assert_int_equal(id.len, SG_IDENTITY_BYTES);
    for (size_t i = 0; i < id.len; i++)
        assert_int_equal(id.secret[i], 0x42);
    assert_int_equal(sg_identity_text(&text, id, &k.err), SG_OK);
    assert_int_equal(text.len, strlen(IDENTITY));
    assert_memory_equal(text.data, IDENTITY, text.len);

    text.len = 0;
    assert_int_equal(sg_recipient_of(&k.all, id, &k.err), SG_OK);
    assert_int_equal(sg_recipient_text(&text, sg_recipients_at(&k.all, 0), &k.err), SG_OK);
    assert_int_equal(text.len, strlen(RECIPIENT));
    assert_memory_equal(text.data, RECIPIENT, text.len);
    assert_int_equal(read_recipient(&k, RECIPIENT), SG_OK); /* the same again is not added */
    assert_int_equal(sg_recipients_count(&k.all), 1);
    assert_int_equal(read_recipient(&k, OTHER), SG_OK);
    assert_int_equal(sg_recipients_count(&k.all), 2);
    sg_buffer_free(&text);
    keys_free(&k);
}

/* New keys of each type, to text and back; many of them, so that lists grow. */
static void test_new_keys(void **state)
{
    static const enum sg_key_type types[] = {SG_KEY_X25519, SG_KEY_PQ};
    size_t rounds = build_is("valgrind") ? 3 : 40;

    (void)state;
    for (size_t t = 0; t < 2; t++) {
        struct keys k, again;
        keys_init(&k);
        keys_init(&again);
        for (size_t i = 0; i < rounds; i++) {
            struct sg_identity id;
            struct sg_buffer text;
            sg_buffer_init_secret(&text, 10000);
            assert_int_equal(sg_identity_new(&k.ids, types[t], &k.err), SG_OK);
            assert_int_equal(sg_identities_count(&k.ids), i + 1);
            id = sg_identities_at(&k.ids, i);
            assert_int_equal(id.type, types[t]);
            assert_int_equal(sg_identity_text(&text, id, &k.err), SG_OK);
            assert_int_equal(
                sg_identity_read(&again.ids, (const char *)text.data, text.len, &k.err), SG_OK);
            assert_memory_equal(sg_identities_at(&again.ids, i).secret, id.secret, id.len);
            text.len = 0;
            assert_int_equal(sg_recipient_of(&k.all, id, &k.err), SG_OK);
            assert_int_equal(sg_recipients_count(&k.all), i + 1);
            assert_int_equal(sg_recipient_text(&text, sg_recipients_at(&k.all, i), &k.err), SG_OK);
            assert_int_equal(
                sg_recipient_read(&again.all, (const char *)text.data, text.len, &k.err), SG_OK);
            assert_memory_equal(sg_recipients_at(&again.all, i).key,
                                sg_recipients_at(&k.all, i).key, sg_recipients_at(&k.all, i).len);
            sg_buffer_free(&text);
        }
        keys_free(&k);
        keys_free(&again);
    }
}

/* Every letter of a recipient mistyped: refused, and the place is named. */
static void test_mistyped_recipient(void **state)
{
    static const char typed[] = "abcdefghijklmnopqrstuvwxyz0123456789 -";
    char text[] = RECIPIENT;
    size_t step = stride(1, 4);

    (void)state;
    for (size_t i = 0; i < sizeof RECIPIENT - 1; i += step) {
        char was = text[i];
        for (const char *c = typed; *c; c++) {
            struct keys k;
            if (*c == was)
                continue;
            text[i] = *c;
            keys_init(&k);
            assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
            assert_non_null(k.err.what);
            assert_int_equal(sg_recipients_count(&k.all), 0);
            if (i >= 4)
                assert_int_equal(k.err.column, i + 1);
            else
                assert_true(k.err.column == 0 || k.err.column == i + 1);
            keys_free(&k);
        }
        text[i] = was;
    }
    for (size_t n = 0; n < sizeof RECIPIENT - 1; n++) { /* cut short, letters left out */
        struct keys k;
        char shorter[sizeof RECIPIENT];
        keys_init(&k);
        assert_int_equal(sg_recipient_read(&k.all, text, n, &k.err), SG_ERR_RECIPIENT);
        memcpy(shorter, text, n);
        memcpy(shorter + n, text + n + 1, sizeof RECIPIENT - n - 1);
        assert_int_equal(read_recipient(&k, shorter), SG_ERR_RECIPIENT);
        keys_free(&k);
    }
}

static void test_upper_case_recipient(void **state)
{
    char text[] = RECIPIENT;
    struct keys k;

    (void)state;
    keys_init(&k);
    for (size_t i = 0; text[i]; i++) {
        char was = text[i];
        text[i] = (char)(was - (was >= 'a' ? 32 : 0));
        if (text[i] != was)
            assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
        text[i] = was;
    }
    for (size_t i = 0; text[i]; i++)
        text[i] = (char)(text[i] - (text[i] >= 'a' ? 32 : 0));
    assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
    assert_non_null(strstr(k.err.what, "lower case"));
    keys_free(&k);
}

static void test_not_a_recipient(void **state)
{
    static const struct {
        const char *text, *says;
    } texts[] = {
        {IDENTITY, "secret key"},
        {"age-secret-key-1gfpyysjz", "secret key"},
        {"AGE-SECRET-KEY-PQ-1ABC", "secret key"},
        {"AGE-PLUGIN-YUBIKEY-1ABC", "secret key"},
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "ssh-ed25519"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----", "SSH private key"},
        {"age1yubikey1qwerty2345", "checksum"},
        {"", NULL},
        {"age1", NULL},
        {"age", NULL},
        {"someone@example.org", NULL},
        {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", NULL},
        {RECIPIENT " ", NULL},
        {RECIPIENT RECIPIENT, NULL},
        {"\xff\xfe", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct keys k;
        keys_init(&k);
        assert_int_equal(read_recipient(&k, texts[i].text), SG_ERR_RECIPIENT);
        assert_non_null(k.err.what);
        if (texts[i].says && !strstr(k.err.what, texts[i].says))
            fail_msg("\"%s\": %s", texts[i].text, k.err.what);
        if (texts[i].text == texts[0].text)
            assert_tells_nothing(&k.err, texts[i].text);
        assert_int_equal(sg_recipients_count(&k.all), 0);
        keys_free(&k);
    }
}

/* Post-quantum recipients that are well spelled and yet no keys. */
static void test_not_a_pq_recipient(void **state)
{
    static uint8_t key[SG_RECIPIENT_PQ_BYTES + 1];
    static char text[SG_RECIPIENT_MAX_CHARS];
    struct sg_recipient mine;
    struct keys k;

    (void)state;
    keys_init(&k);
    assert_int_equal(sg_identity_new(&k.ids, SG_KEY_PQ, &k.err), SG_OK);
    assert_int_equal(sg_recipient_of(&k.all, sg_identities_at(&k.ids, 0), &k.err), SG_OK);
    mine = sg_recipients_at(&k.all, 0);
    assert_int_equal(mine.len, SG_RECIPIENT_PQ_BYTES);
    memcpy(key, mine.key, mine.len);
    for (size_t n = SG_RECIPIENT_PQ_BYTES - 2; n <= SG_RECIPIENT_PQ_BYTES + 1; n++) {
        sg_bech32_encode(text, "age1pq", key, n, false);
        if (n == SG_RECIPIENT_PQ_BYTES) {
            assert_int_equal(read_recipient(&k, text), SG_OK);
            continue;
        }
        assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
        assert_non_null(strstr(k.err.what, "too short or too long"));
    }
    for (size_t at = 0; at < 1152;
         at += 3) { /* each pair of coefficients: the first is 4095, or q */
        uint8_t a = key[at], b = key[at + 1];
        key[at] = at % 2 ? 0xff : 0x01;
        key[at + 1] = (uint8_t)((b & 0xf0) | (at % 2 ? 0x0f : 0x0d));
        sg_bech32_encode(text, "age1pq", key, SG_RECIPIENT_PQ_BYTES, false);
        assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
        assert_non_null(strstr(k.err.what, "not canonical"));
        key[at] = a;
        key[at + 1] = b;
    }
    assert_int_equal(sg_recipients_count(&k.all), 1);
    keys_free(&k);
}

/* Recipients in hardware: both are read back as written; of another length, or no point, refused.
 */
static void test_tag_recipients(void **state)
{
    static const char G[] = "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77"
                            "\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\x4f\xe3"
                            "\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\x2b\xce\x33"
                            "\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
    static uint8_t key[SG_RECIPIENT_PQ_TAG_BYTES + 1];
    static char text[SG_RECIPIENT_MAX_CHARS];
    struct sg_buffer out;
    struct keys k;

    (void)state;
    for (int pq = 0; pq < 2; pq++) {
        const char *prefix = pq ? "age1tagpq" : "age1tag";
        size_t size = pq ? SG_RECIPIENT_PQ_TAG_BYTES : SG_RECIPIENT_TAG_BYTES;
        size_t at = pq ? 1184 : 0;
        keys_init(&k);
        memset(key, 0, sizeof key); /* an ML-KEM key of zeros is canonical */
        key[at] = pq ? 4 : 3;
        memcpy(key + at + 1, G, pq ? 64 : 32);
        sg_bech32_encode(text, prefix, key, size, false);
        assert_int_equal(read_recipient(&k, text), SG_OK);
        assert_int_equal(sg_recipients_at(&k.all, 0).type, pq ? SG_KEY_PQ_TAG : SG_KEY_TAG);
        sg_buffer_init(&out, SG_RECIPIENT_MAX_CHARS);
        assert_int_equal(sg_recipient_text(&out, sg_recipients_at(&k.all, 0), &k.err), SG_OK);
        assert_int_equal(out.len, strlen(text));
        assert_memory_equal(out.data, text, out.len);
        sg_buffer_free(&out);
        for (size_t n = size - 2; n <= size + 1; n++) {
            sg_bech32_encode(text, prefix, key, n, false);
            assert_int_equal(read_recipient(&k, text), n == size ? SG_OK : SG_ERR_RECIPIENT);
        }
        for (int first = 0; first < 256; first++) {
            bool good = pq ? first == 4 : first == 2 || first == 3;
            key[at] = (uint8_t)first;
            sg_bech32_encode(text, prefix, key, size, false);
            assert_int_equal(read_recipient(&k, text), good ? SG_OK : SG_ERR_RECIPIENT);
            if (!good)
                assert_non_null(strstr(k.err.what, "no point of P-256"));
        }
        key[at] = pq ? 4 : 3;
        key[at + 32] ^= pq ? 1 : 4; /* of an x there is, half the time, no point */
        sg_bech32_encode(text, prefix, key, size, false);
        assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
        key[at + 32] ^= pq ? 1 : 4;
        if (pq) {
            key[0] = 0xff;
            key[1] = 0x0f;
            sg_bech32_encode(text, prefix, key, size, false);
            assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
            assert_non_null(strstr(k.err.what, "not canonical"));
        }
        assert_int_equal(sg_recipients_count(&k.all), pq ? 1 : 2); /* G and its negative */
        keys_free(&k);
    }
}

static void test_not_an_identity(void **state)
{
    static const struct {
        const char *text, *says;
    } texts[] = {
        {RECIPIENT, "recipient"},
        {PLUGIN, "recipient"},
        {"age1pq1abc", "recipient"},
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "SSH public key"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----", "SSH"},
        {"AGE-PLUGIN-YUBIKEY-1ABC", NULL},
        {"age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex",
         "upper case"},
        {"", NULL},
        {"AGE-SECRET-KEY-", NULL},
        {"AGE-SECRET-KEY-1", NULL},
        {"AGE-SECRET-KEY-PQ-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX", NULL},
        {"SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX", NULL},
        {IDENTITY " ", NULL},
        {"correct horse battery staple", NULL},
    };
    char text[] = IDENTITY;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct keys k;
        keys_init(&k);
        assert_int_equal(read_identity(&k, texts[i].text), SG_ERR_IDENTITY);
        assert_non_null(k.err.what);
        if (texts[i].says && !strstr(k.err.what, texts[i].says))
            fail_msg("\"%s\": %s", texts[i].text, k.err.what);
        assert_int_equal(sg_identities_count(&k.ids), 0);
        keys_free(&k);
    }
    for (size_t i = 0; text[i]; i++) { /* every letter mistyped: nothing of it is repeated */
        static const char typed[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LBIO1q-";
        char was = text[i];
        for (const char *c = typed; *c; c++) {
            struct keys k;
            if (*c == was)
                continue;
            text[i] = *c;
            keys_init(&k);
            assert_int_equal(read_identity(&k, text), SG_ERR_IDENTITY);
            assert_int_equal(k.err.column, 0);
            assert_tells_nothing(&k.err, text);
            keys_free(&k);
        }
        text[i] = was;
    }
}

/* A key of the right text but the wrong size. */
static void test_sizes(void **state)
{
    uint8_t bytes[64];
    char text[256];

    (void)state;
    fill(bytes, sizeof bytes, 15);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct keys k;
        keys_init(&k);
        sg_bech32_encode(text, "age-secret-key-", bytes, n, true);
        assert_int_equal(read_identity(&k, text), n == 32 ? SG_OK : SG_ERR_IDENTITY);
        sg_bech32_encode(text, "age-secret-key-pq-", bytes, n, true);
        assert_int_equal(read_identity(&k, text), n == 32 ? SG_OK : SG_ERR_IDENTITY);
        sg_bech32_encode(text, "age", bytes, n, false);
        assert_int_equal(read_recipient(&k, text), n == 32 ? SG_OK : SG_ERR_RECIPIENT);
        sg_bech32_encode(text, "agf", bytes, n, false);
        assert_int_equal(read_recipient(&k, text), SG_ERR_RECIPIENT);
        keys_free(&k);
    }
}

static void test_files(void **state)
{
    static const struct {
        const char *text;
        size_t recipients; /* 0: it fails */
        enum sg_err r;
        uint64_t line, column;
    } files[] = {
        {RECIPIENT, 1, SG_OK, 0, 0},
        {RECIPIENT "\n" OTHER "\n", 2, SG_OK, 0, 0},
        {RECIPIENT "\n" RECIPIENT "\n", 1, SG_OK, 0, 0},
        {RECIPIENT "\r\n\r\n" OTHER "\r\n", 2, SG_OK, 0, 0},
        {"# Alice\n\n" RECIPIENT "\n \t\n#\n  # Bob\n\t" OTHER " \t\r", 2, SG_OK, 0, 0},
        {"", 0, SG_ERR_NO_KEYS, 0, 0},
        {"\n", 0, SG_ERR_NO_KEYS, 0, 0},
        {"# nobody\n\n", 0, SG_ERR_NO_KEYS, 0, 0},
        {"x", 0, SG_ERR_RECIPIENT, 1, 0},
        {RECIPIENT "\nx\n", 0, SG_ERR_RECIPIENT, 2, 0},
        {"\n\n# c\n" RECIPIENT " " OTHER "\n", 0, SG_ERR_RECIPIENT, 4, 63},
        {RECIPIENT "\n  age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwq", 0,
         SG_ERR_RECIPIENT, 2, 64},
        {"age1zvkyb2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n", 0, SG_ERR_RECIPIENT, 1,
         9},
        {RECIPIENT "\n" IDENTITY "\n", 0, SG_ERR_RECIPIENT, 2, 0},
        {RECIPIENT " # Alice\n", 0, SG_ERR_RECIPIENT, 1, 63},
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct keys k;
        enum sg_err r;
        keys_init(&k);
        r = sg_recipients_parse(&k.all, files[i].text, strlen(files[i].text), &k.err);
        assert_int_equal(r, files[i].r);
        if (r == SG_OK) {
            assert_int_equal(sg_recipients_count(&k.all), files[i].recipients);
        } else {
            assert_int_equal(k.err.code, r);
            assert_int_equal(k.err.line, files[i].line);
            assert_int_equal(k.err.column, files[i].column);
        }
        assert_tells_nothing(&k.err, IDENTITY);
        keys_free(&k);
    }
}

static void test_identity_files(void **state)
{
    static const char broken[] =
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEQ";
    static const char prose[] = "my secret is Xyzzy and Plugh";
    static const struct {
        const char *before, *line;
        uint64_t number;
    } files[] = {
        {"", broken, 1},
        {"# created: now\n\n" IDENTITY "\n", broken, 4},
        {IDENTITY "\r\n\r\n", prose, 3},
        {"#\n#\n#\n  ", broken, 4},
        {IDENTITY "\n", RECIPIENT, 2},
    };
    struct keys k;

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char text[1000];
        keys_init(&k);
        sg_error_name(&k.err, "key.txt");
        (void)snprintf(text, sizeof text, "%s%s\n# after\n", files[i].before, files[i].line);
        assert_int_equal(sg_identities_parse(&k.ids, text, strlen(text), &k.err), SG_ERR_IDENTITY);
        assert_int_equal(k.err.line, files[i].number);
        assert_int_equal(k.err.column, 0); /* of a secret line not even that */
        assert_string_equal(k.err.name, "key.txt");
        assert_tells_nothing(&k.err, files[i].line);
        keys_free(&k);
    }
    keys_init(&k);
    assert_int_equal(sg_identities_parse(&k.ids, "# none\n", 7, &k.err), SG_ERR_NO_KEYS);
    assert_int_equal(sg_identities_parse(&k.ids, IDENTITY "\n" IDENTITY, 2 * 74 + 1, &k.err),
                     SG_OK);
    assert_int_equal(sg_identities_count(&k.ids), 1);
    keys_free(&k);
}

/* Byte for byte as age-keygen writes it. */
static void test_written_file(void **state)
{
    static const char want[] =
        "# created: 2026-11-22T03:58:59Z\n# public key: " RECIPIENT "\n" IDENTITY "\n";
    struct sg_buffer text;
    struct keys k;

    (void)state;
    keys_init(&k);
    sg_buffer_init_secret(&text, 10000);
    assert_int_equal(read_identity(&k, IDENTITY), SG_OK);
    assert_int_equal(sg_identity_file(&text, sg_identities_at(&k.ids, 0), 1795319939, NULL, &k.err),
                     SG_OK);
    assert_int_equal(text.len, sizeof want - 1);
    assert_memory_equal(text.data, want, text.len);
    assert_int_equal(sg_identities_parse(&k.ids, (const char *)text.data, text.len, &k.err), SG_OK);
    assert_int_equal(sg_identities_count(&k.ids), 1);
    sg_buffer_free(&text);
    keys_free(&k);
}

/* Text of random bytes, with keys in it, neither crashes nor reads past its end. */
static void test_noise(void **state)
{
    uint64_t seed = seed_now();
    size_t rounds = 20000 / stride(4, 40);

    (void)state;
    for (size_t i = 0; i < rounds; i++) {
        size_t n = (size_t)(next_number(&seed) % 200);
        char *text = malloc(n + 1);
        struct keys k;
        keys_init(&k);
        fill((uint8_t *)text, n, next_number(&seed));
        if (n > 100) {
            memcpy(text + 10, i % 2 ? RECIPIENT : IDENTITY, 60);
            memcpy(text, "          ", 10);
        }
        if (n)
            assert_int_not_equal(sg_recipients_parse(&k.all, text, n, &k.err), SG_OK);
        if (n)
            assert_int_not_equal(sg_identities_parse(&k.ids, text, n, &k.err), SG_OK);
        keys_free(&k);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_new_keys),
        cmocka_unit_test(test_mistyped_recipient),
        cmocka_unit_test(test_upper_case_recipient),
        cmocka_unit_test(test_not_a_recipient),
        cmocka_unit_test(test_not_an_identity),
        cmocka_unit_test(test_not_a_pq_recipient),
        cmocka_unit_test(test_tag_recipients),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_identity_files),
        cmocka_unit_test(test_written_file),
        cmocka_unit_test(test_noise),
    };

    return cmocka_run_group_tests_name("key", tests, start_library, NULL);
}
