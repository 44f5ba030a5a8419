/*
 * bech32: BIP-173's vectors, known age keys, and every single mistyped letter. BIP-173's limit of
 * 90 characters does not apply here, as the age specification has it: the one vector that is
 * invalid for its length alone is valid.
 */
#include "unit/helper.h"

#include "base/bech32.h"

#define RECIPIENT "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
#define IDENTITY "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"

static const char LETTERS[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

struct decoded {
    enum sg_bech32 r;
    size_t prefix, len, column;
    uint8_t data[128];
};

static struct decoded decode(const char *text, size_t n, size_t cap)
{
    struct decoded d = {.prefix = 77, .len = 77, .column = 77};

    d.r = sg_bech32_decode(&d.prefix, d.data, cap, &d.len, &d.column, text, n);
    if (d.r != SG_BECH32_OK)
        assert_int_equal(d.len, 0);
    if (d.r != SG_BECH32_CHARACTER)
        assert_int_equal(d.column, 0);
    return d;
}

static void test_bip173_valid(void **state)
{
    static const struct {
        const char *text, *hex;
        size_t prefix;
    } vectors[] = {
        {"A12UEL5L", "", 1},
        {"a12uel5l", "", 1},
        {"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1"
         "tt5tgs",
         "", 83},
        {"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
         "00443214c74254b635cf84653a56d7c675be77df", 6},
        {"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8"
         "247j",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0"
         "000000000000",
         1},
        {"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
         "c5f38b70305f519bf66d85fb6cf03058f3dde463ecd7918f2dc743918f2d", 5},
        {"?1ezyfcl", "", 1},
        /* over 90 characters, which BIP-173 alone forbids */
        {"an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1"
         "569pvx",
         "", 84},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct decoded d = decode(vectors[i].text, strlen(vectors[i].text), sizeof d.data);
        char prefix[128] = "", again[256];
        bool upper = vectors[i].text[0] == 'A';

        assert_int_equal(d.r, SG_BECH32_OK);
        assert_int_equal(d.prefix, vectors[i].prefix);
        assert_int_equal(d.len * 2, strlen(vectors[i].hex));
        assert_hex(d.data, vectors[i].hex);
        memcpy(prefix, vectors[i].text, d.prefix);
        if (upper)
            prefix[0] = 'a';
        sg_bech32_encode(again, prefix, d.data, d.len, upper);
        assert_string_equal(again, vectors[i].text);
        assert_int_equal(strlen(again), SG_BECH32_CHARS(d.prefix, d.len));
    }
}

static void test_bip173_invalid(void **state)
{
    static const struct {
        const char *text;
        enum sg_bech32 r;
        size_t column;
    } vectors[] = {
        {"\x20"
         "1nwldj5",
         SG_BECH32_CHARACTER, 1},
        {"\x7f"
         "1axkwrx",
         SG_BECH32_CHARACTER, 1},
        {"\x80"
         "1eym55h",
         SG_BECH32_CHARACTER, 1},
        {"pzry9x0s0muk", SG_BECH32_SHAPE, 0},
        {"1pzry9x0s0muk", SG_BECH32_SHAPE, 0},
        {"x1b4n0q5v", SG_BECH32_CHARACTER, 3},
        {"li1dgmt3", SG_BECH32_SHAPE, 0},
        {"de1lg7wt\xff", SG_BECH32_CHARACTER, 9},
        {"A1G7SGD8", SG_BECH32_CHECKSUM, 0},
        {"10a06t8", SG_BECH32_SHAPE, 0},
        {"1qzzfhee", SG_BECH32_SHAPE, 0},
        {"", SG_BECH32_SHAPE, 0},
        {"1", SG_BECH32_SHAPE, 0},
        {"a1", SG_BECH32_SHAPE, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct decoded d = decode(vectors[i].text, strlen(vectors[i].text), sizeof d.data);

        assert_int_equal(d.r, vectors[i].r);
        assert_int_equal(d.column, vectors[i].column);
    }
}

static void test_known_keys(void **state)
{
    struct decoded d = decode(IDENTITY, strlen(IDENTITY), 32);
    char text[128];

    (void)state;
    assert_int_equal(d.r, SG_BECH32_OK);
    assert_int_equal(d.prefix, strlen("AGE-SECRET-KEY-"));
    assert_int_equal(d.len, 32);
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(d.data[i], 0x42);
    sg_bech32_encode(text, "age-secret-key-", d.data, 32, true);
    assert_string_equal(text, IDENTITY);

    d = decode(RECIPIENT, strlen(RECIPIENT), 32);
    assert_int_equal(d.r, SG_BECH32_OK);
    assert_int_equal(d.prefix, 3);
    assert_int_equal(d.len, 32);
    sg_bech32_encode(text, "age", d.data, 32, false);
    assert_string_equal(text, RECIPIENT);
}

static void test_case(void **state)
{
    char text[] = RECIPIENT;
    size_t n = strlen(text);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < 'a')
            continue;
        text[i] = (char)(text[i] - 32);
        assert_int_equal(decode(text, n, 32).r, SG_BECH32_CASE);
        text[i] = (char)(text[i] + 32);
    }
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(text[i] - (text[i] >= 'a' ? 32 : 0));
    assert_int_equal(decode(text, n, 32).r, SG_BECH32_OK);
}

/* Each of the 62 characters replaced by each of the others that can be typed. */
static void test_one_wrong_letter(void **state)
{
    char text[] = RECIPIENT;
    size_t n = strlen(text), step = stride(1, 5);

    (void)state;
    assert_int_equal(sg_bech32_locate(text, n), 0);
    for (size_t i = 0; i < n; i += step) {
        char was = text[i];
        for (int c = 0; c < 256; c++) {
            struct decoded d;
            size_t found;
            if ((char)c == was)
                continue;
            text[i] = (char)c;
            d = decode(text, n, 32);
            assert_int_not_equal(d.r, SG_BECH32_OK);
            found = sg_bech32_locate(text, n);
            if (d.r == SG_BECH32_CHARACTER)
                assert_int_equal(d.column, i + 1);
            if (i >= 4 && c && strchr(LETTERS, c)) {
                assert_int_equal(d.r, SG_BECH32_CHECKSUM);
                assert_int_equal(found, i + 1);
            } else if (found) { /* outside the data: best say nothing, never the wrong place */
                assert_int_equal(found, i + 1);
            }
        }
        text[i] = was;
    }
}

static void test_two_wrong_letters(void **state)
{
    char text[] = RECIPIENT;
    size_t n = strlen(text), located = 0;
    uint64_t seed = seed_now();

    (void)state;
    for (size_t i = 4; i < n; i++) { /* any two letters swapped */
        for (size_t j = i + 1; j < n; j++) {
            char a = text[i], b = text[j];
            if (a == b)
                continue;
            text[i] = b;
            text[j] = a;
            assert_int_equal(decode(text, n, 32).r, SG_BECH32_CHECKSUM);
            assert_int_equal(sg_bech32_locate(text, n), 0);
            text[i] = a;
            text[j] = b;
        }
    }
    for (size_t k = 0; k < 20000 / stride(4, 40); k++) { /* up to four: all are detected */
        char wrong[] = RECIPIENT;
        size_t changed = 0;
        for (int e = 0; e < 4; e++) {
            size_t at = 4 + (size_t)(next_number(&seed) % (n - 4));
            wrong[at] = LETTERS[next_number(&seed) % 32];
        }
        for (size_t i = 0; i < n; i++)
            changed += wrong[i] != text[i];
        if (changed == 0)
            continue;
        assert_int_equal(decode(wrong, n, 32).r, SG_BECH32_CHECKSUM);
        located += changed > 1 && sg_bech32_locate(wrong, n) != 0;
    }
    /* Three or four may look like another one's single fault; but hardly ever. */
    assert_true(located < 20);
}

static void test_missing_and_doubled(void **state)
{
    static const char good[] = RECIPIENT;
    size_t n = strlen(good);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        char text[80];
        memcpy(text, good, i);
        memcpy(text + i, good + i + 1, n - i - 1);
        assert_int_not_equal(decode(text, n - 1, 32).r, SG_BECH32_OK);
        memcpy(text + i, good + i, n - i);
        memcpy(text + i + 1, good + i, n - i);
        assert_int_not_equal(decode(text, n + 1, 33).r, SG_BECH32_OK);
        assert_int_not_equal(decode(good, i, 32).r, SG_BECH32_OK);
    }
}

static void test_lengths(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 100; n++) {
        uint8_t bytes[100];
        char *text = malloc(SG_BECH32_CHARS(3, n) + 1);
        struct decoded d;

        fill(bytes, n, n);
        sg_bech32_encode(text, "age", bytes, n, false);
        assert_int_equal(strlen(text), SG_BECH32_CHARS(3, n));
        d = decode(text, strlen(text), n);
        assert_int_equal(d.r, SG_BECH32_OK);
        assert_int_equal(d.len, n);
        assert_memory_equal(d.data, bytes, n);
        if (n)
            assert_int_equal(decode(text, strlen(text), n - 1).r, SG_BECH32_SIZE);
        free(text);
    }
}

/* Symbols to text with a right checksum, to make what the encoder never would. */
static void encode_symbols(char *out, const char *prefix, const uint8_t *symbols, size_t n)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
    uint8_t all[256];
    size_t m = 0, h = strlen(prefix);
    uint32_t state = 1;

    for (size_t i = 0; i < h; i++)
        all[m++] = (uint8_t)(prefix[i] >> 5);
    all[m++] = 0;
    for (size_t i = 0; i < h; i++)
        all[m++] = prefix[i] & 31;
    memcpy(all + m, symbols, n);
    m += n;
    memset(all + m, 0, 6);
    m += 6;
    for (size_t i = 0; i < m; i++) {
        uint32_t top = state >> 25;
        state = (state & 0x1ffffff) << 5 ^ all[i];
        for (int j = 0; j < 5; j++)
            state ^= top >> j & 1 ? generator[j] : 0;
    }
    state ^= 1;
    out += sprintf(out, "%s1", prefix);
    for (size_t i = 0; i < n; i++)
        *out++ = LETTERS[symbols[i]];
    for (int i = 0; i < 6; i++)
        *out++ = LETTERS[state >> (25 - 5 * i) & 31];
    *out = '\0';
}

static void test_padding(void **state)
{
    uint8_t symbols[64] = {0};
    char text[128];

    (void)state;
    for (size_t n = 0; n <= 16; n++) {
        size_t left = n * 5 % 8;
        memset(symbols, 0, sizeof symbols);
        encode_symbols(text, "age", symbols, n);
        assert_int_equal(decode(text, strlen(text), 64).r,
                         left >= 5 ? SG_BECH32_PADDING : SG_BECH32_OK);
        for (size_t bit = 0; n && bit < 5; bit++) {
            bool spare = left < 5 && bit < left;
            symbols[n - 1] = (uint8_t)(1U << bit);
            encode_symbols(text, "age", symbols, n);
            assert_int_equal(decode(text, strlen(text), 64).r,
                             left >= 5 || spare ? SG_BECH32_PADDING : SG_BECH32_OK);
        }
    }
}

/* A secret that does not decode must not stay in the caller's memory. */
static void test_wiped_on_failure(void **state)
{
    char text[] = IDENTITY;
    uint8_t data[32], zero[32] = {0};
    size_t prefix, len, column;

    (void)state;
    if (build_is("valgrind"))
        skip(); /* wiped memory is undefined there */
    text[strlen(text) - 1] = 'Q';
    memset(data, 0, sizeof data);
    assert_int_equal(
        sg_bech32_decode(&prefix, data, sizeof data, &len, &column, text, strlen(text)),
        SG_BECH32_CHECKSUM);
    assert_memory_equal(data, zero, sizeof data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bip173_valid),
        cmocka_unit_test(test_bip173_invalid),
        cmocka_unit_test(test_known_keys),
        cmocka_unit_test(test_case),
        cmocka_unit_test(test_one_wrong_letter),
        cmocka_unit_test(test_two_wrong_letters),
        cmocka_unit_test(test_missing_and_doubled),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_padding),
        cmocka_unit_test(test_wiped_on_failure),
    };

    return cmocka_run_group_tests_name("bech32", tests, start_library, NULL);
}
