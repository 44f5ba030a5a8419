/* base64: RFC 4648's vectors, every length, and every way in which a text is not canonical. */
#include "unit/helper.h"

#include "base/base64.h"

static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool decodes(const char *text, size_t n, enum sg_base64_padding padding)
{
    uint8_t out[1024];
    size_t len = 77;
    bool ok = sg_base64_decode(out, &len, text, n, padding);

    if (!ok)
        assert_int_equal(len, 0);
    return ok;
}

static void test_rfc_vectors(void **state)
{
    static const struct {
        const char *plain, *padded;
        size_t raw;
    } vectors[] = {
        {"", "", 0},
        {"f", "Zg==", 2},
        {"fo", "Zm8=", 3},
        {"foo", "Zm9v", 4},
        {"foob", "Zm9vYg==", 6},
        {"fooba", "Zm9vYmE=", 7},
        {"foobar", "Zm9vYmFy", 8},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const uint8_t *plain = (const uint8_t *)vectors[i].plain;
        size_t n = strlen(vectors[i].plain), padded = strlen(vectors[i].padded), len;
        char text[16];
        uint8_t bytes[16];

        assert_int_equal(sg_base64_encode(text, plain, n, SG_BASE64_PADDED), padded);
        assert_memory_equal(text, vectors[i].padded, padded);
        assert_int_equal(sg_base64_encode(text, plain, n, SG_BASE64_RAW), vectors[i].raw);
        assert_memory_equal(text, vectors[i].padded, vectors[i].raw);
        assert_true(sg_base64_decode(bytes, &len, vectors[i].padded, padded, SG_BASE64_PADDED));
        assert_int_equal(len, n);
        assert_memory_equal(bytes, plain, n);
        assert_true(sg_base64_decode(bytes, &len, text, vectors[i].raw, SG_BASE64_RAW));
        assert_int_equal(len, n);
        assert_memory_equal(bytes, plain, n);
    }
}

static void test_round_trips(void **state)
{
    uint64_t seed = seed_now();

    (void)state;
    for (size_t n = 0; n <= 200; n++) {
        for (int padding = SG_BASE64_RAW; padding <= SG_BASE64_PADDED; padding++) {
            size_t chars = padding ? SG_BASE64_PADDED_CHARS(n) : SG_BASE64_RAW_CHARS(n), len = 0;
            uint8_t *bytes = malloc(n + 1), *again = malloc(chars / 4 * 3 + 2);
            char *text = malloc(chars + 1); /* exact sizes: a sanitizer sees a byte too many */

            fill(bytes, n, seed + n);
            text[chars] = '#';
            assert_int_equal(sg_base64_encode(text, bytes, n, (enum sg_base64_padding)padding),
                             chars);
            assert_int_equal(text[chars], '#');
            for (size_t i = 0; i < SG_BASE64_RAW_CHARS(n); i++)
                assert_non_null(memchr(ALPHABET, text[i], 64));
            assert_true(
                sg_base64_decode(again, &len, text, chars, (enum sg_base64_padding)padding));
            assert_int_equal(len, n);
            assert_memory_equal(again, bytes, n);
            free(bytes);
            free(again);
            free(text);
        }
    }
}

static void test_every_group(void **state)
{
    (void)state;
    /* All pairs of characters as a group of one byte, all triples by one varied place. */
    for (unsigned a = 0; a < 64; a++) {
        for (unsigned b = 0; b < 64; b++) {
            char text[4] = {ALPHABET[a], ALPHABET[b], '=', '='};
            uint8_t out[8] = {0};
            size_t len = 0;
            bool canonical = (b & 15) == 0;

            assert_int_equal(decodes(text, 2, SG_BASE64_RAW), canonical);
            assert_int_equal(decodes(text, 4, SG_BASE64_PADDED), canonical);
            text[2] = ALPHABET[b];
            assert_int_equal(decodes(text, 3, SG_BASE64_RAW), (b & 3) == 0);
            assert_int_equal(decodes(text, 4, SG_BASE64_PADDED), (b & 3) == 0);
            text[3] = ALPHABET[a];
            assert_true(sg_base64_decode(out, &len, text, 4, SG_BASE64_RAW));
            assert_int_equal(len, 3);
            assert_int_equal(out[0] << 16 | out[1] << 8 | out[2], a << 18 | b << 12 | b << 6 | a);
        }
    }
}

/* Every byte that is not of the alphabet, at every place of a text of a block and two more. */
static void test_strange_characters(void **state)
{
    enum { BYTES = 48 + 48 + 5, CHARS = SG_BASE64_RAW_CHARS(BYTES) };
    uint8_t bytes[BYTES];
    char text[SG_BASE64_PADDED_CHARS(BYTES)];
    size_t step = stride(1, 3);

    (void)state;
    fill(bytes, sizeof bytes, 1);
    assert_int_equal(sg_base64_encode(text, bytes, sizeof bytes, SG_BASE64_PADDED), CHARS + 1);
    assert_true(decodes(text, CHARS, SG_BASE64_RAW));
    for (size_t at = 0; at < CHARS; at += step) {
        char was = text[at];
        for (int c = 0; c < 256; c++) {
            text[at] = (char)c;
            if (c && strchr(ALPHABET, c)) {
                if (at < CHARS - 1) /* the last one is looked at in test_every_group */
                    assert_true(decodes(text, CHARS, SG_BASE64_RAW));
            } else {
                assert_false(decodes(text, CHARS, SG_BASE64_RAW));
                if (c != '=' || at < CHARS - 1) /* "==" may be right at the end */
                    assert_false(decodes(text, CHARS + 1, SG_BASE64_PADDED));
            }
        }
        text[at] = was;
    }
}

static void test_padding(void **state)
{
    static const char *const raw_only[] = {"Zg", "Zm8", "Zm9vYg"};
    static const char *const padded_only[] = {"Zg==", "Zm8=", "Zm9vYg=="};
    static const char *const never[] = {
        "=",        "==",       "===",   "====",  "Z",      "Z=",       "Z==",      "Z===",
        "Zg=",      "Zg===",    "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====", "=Zg=",     "Zg=Z",
        "Zg==Zg==", "Zm8=Zm8=", "Z=g=",  "Zm=8",  "Zm9vY",  "Zm9vY===", "\0\0\0\0",
    };
    static const char *const blank[] = {"Zm9v\n",   "Zm9v\nZm9v", " Zm9v", "Zm 9v",  "Zm9v ",
                                        "Zm9v\r\n", "\tZm9v",     "Zm9 ",  "Zg==\n", "Zg =="};

    (void)state;
    for (size_t i = 0; i < sizeof raw_only / sizeof *raw_only; i++) {
        assert_true(decodes(raw_only[i], strlen(raw_only[i]), SG_BASE64_RAW));
        assert_false(decodes(raw_only[i], strlen(raw_only[i]), SG_BASE64_PADDED));
        assert_true(decodes(padded_only[i], strlen(padded_only[i]), SG_BASE64_PADDED));
        assert_false(decodes(padded_only[i], strlen(padded_only[i]), SG_BASE64_RAW));
    }
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        size_t n = never[i][0] ? strlen(never[i]) : 4;
        assert_false(decodes(never[i], n, SG_BASE64_RAW));
        assert_false(decodes(never[i], n, SG_BASE64_PADDED));
    }
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++) {
        assert_false(decodes(blank[i], strlen(blank[i]), SG_BASE64_RAW));
        assert_false(decodes(blank[i], strlen(blank[i]), SG_BASE64_PADDED));
    }
}

static void test_exact(void **state)
{
    uint8_t bytes[200], out[201];
    char text[300];

    (void)state;
    fill(bytes, sizeof bytes, 2);
    for (size_t n = 0; n < sizeof bytes; n++) {
        size_t chars = sg_base64_encode(text, bytes, n, SG_BASE64_RAW);
        out[n] = 0x5a;
        assert_true(sg_base64_decode_exact(out, n, text, chars));
        assert_memory_equal(out, bytes, n);
        assert_int_equal(out[n], 0x5a);
        assert_false(sg_base64_decode_exact(out, n + 1, text, chars));
        if (n)
            assert_false(sg_base64_decode_exact(out, n - 1, text, chars));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc_vectors), cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_every_group), cmocka_unit_test(test_strange_characters),
        cmocka_unit_test(test_padding),     cmocka_unit_test(test_exact),
    };

    return cmocka_run_group_tests_name("base64", tests, start_library, NULL);
}
