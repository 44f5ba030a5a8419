/* armor: round trips through odd writes and reads, and every way in which a text is not strict. */
#include "unit/helper.h"

#include "sealed/armor.h"

#define BEGIN SG_ARMOR_BEGIN "\n"
#define END SG_ARMOR_END "\n"

/* Armors n bytes, written `step` at a time, onto `out`. */
static void armor(struct sg_buffer *out, const uint8_t *p, size_t n, size_t step)
{
    struct sg_armor_writer w;
    struct sg_error err = {0};
    struct sg_sink below;

    sg_sink_buffer(&below, out);
    sg_armor_write(&w, &below);
    while (n) {
        size_t take = n < step ? n : step;
        assert_int_equal(sg_sink_write(&w.sink, p, take, &err), SG_OK);
        p += take;
        n -= take;
    }
    assert_int_equal(sg_sink_finish(&w.sink, &err), SG_OK);
    sg_sink_close(&w.sink);
    sg_sink_close(&below);
}

/* Reads all of a text; what comes out is appended to `out`. */
static enum sg_err dearmor(struct sg_buffer *out, const void *text, size_t n, size_t trickle,
                           size_t step, struct sg_error *err)
{
    struct sg_armor_reader a;
    struct sg_source below;
    struct trickle t;
    uint8_t piece[5000];
    enum sg_err r;
    size_t got;

    step = step < sizeof piece ? step : sizeof piece;
    trickle_source(&below, &t, text, n, trickle);
    sg_armor_read(&a, &below);
    do {
        r = sg_source_read(&a.source, piece, step, &got, err);
        if (r == SG_OK && out)
            assert_int_equal(sg_buffer_append(out, piece, got, err), SG_OK);
    } while (r == SG_OK && got == step);
    sg_source_close(&a.source);
    sg_source_close(&below);
    return r;
}

static void test_round_trips(void **state)
{
    static const size_t sizes[] = {0,   1,   2,   47,   48,   49,   95,   96,    97,
                                   143, 144, 145, 3071, 3072, 3073, 6144, 65536, 196608};
    uint8_t *bytes = malloc(200000);

    (void)state;
    fill(bytes, 200000, 11);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < ODD_STEPS * ODD_STEPS; j++) {
            struct sg_buffer text, back;
            struct sg_error err = {0};
            size_t n = sizes[i], lines = (n + 47) / 48, columns = (n + 2) / 3 * 4;

            if (build_is("valgrind") && n > 10000)
                continue;
            sg_buffer_init(&text, 1 << 20);
            sg_buffer_init(&back, 1 << 20);
            armor(&text, bytes, n, odd_steps[j % ODD_STEPS]);
            assert_int_equal(text.len, sizeof BEGIN - 1 + columns + lines + sizeof END - 1);
            assert_memory_equal(text.data, BEGIN, sizeof BEGIN - 1);
            assert_memory_equal(text.data + text.len - (sizeof END - 1), END, sizeof END - 1);
            assert_int_equal(dearmor(&back, text.data, text.len, odd_steps[j / ODD_STEPS],
                                     odd_steps[(j + 1) % ODD_STEPS], &err),
                             SG_OK);
            assert_int_equal(back.len, n);
            if (n)
                assert_memory_equal(back.data, bytes, n);
            sg_buffer_free(&text);
            sg_buffer_free(&back);
        }
    }
    free(bytes);
}

#define FULL "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3"
#define SHORT "OGE="

static void accept(const char *text, size_t n, size_t want)
{
    for (size_t j = 0; j < ODD_STEPS; j++) {
        struct sg_buffer back;
        struct sg_error err = {0};
        sg_buffer_init(&back, 10000);
        assert_int_equal(dearmor(&back, text, n, odd_steps[j], 10, &err), SG_OK);
        assert_int_equal(back.len, want);
        sg_buffer_free(&back);
    }
}

static void test_accepted(void **state)
{
    static const struct {
        const char *text;
        size_t bytes;
    } good[] = {
        {BEGIN END, 0},
        {BEGIN SHORT "\n" END, 2},
        {BEGIN FULL "\n" END, 48},
        {BEGIN FULL "\n" SHORT "\n" END, 50},
        {BEGIN FULL "\n" FULL "\n" END, 96},
        {BEGIN FULL "\n" SHORT "\n" SG_ARMOR_END, 50}, /* no newline after the last line */
        {SG_ARMOR_BEGIN "\r\n" FULL "\r\n" SHORT "\r\n" SG_ARMOR_END "\r\n", 50},
        {SG_ARMOR_BEGIN "\r\n" FULL "\n" SHORT "\r\n" SG_ARMOR_END, 50},
        {"\n\n \t\r\n" BEGIN SHORT "\n" END "\n \t\r\n\n", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        accept(good[i].text, strlen(good[i].text), good[i].bytes);
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        uint64_t line;
    } bad[] = {
        {"", 1},
        {"\n", 2},
        {"x\n" BEGIN END, 1},
        {BEGIN, 2},
        {BEGIN FULL "\n", 3},
        {BEGIN FULL "\n" SHORT "\n", 4},
        {"-----BEGIN AGE ENCRYPTED FILE----\n" END, 1},
        {"------BEGIN AGE ENCRYPTED FILE-----\n" END, 1},
        {"-----BEGIN AGE ENCRYPTED FILE----- \n" END, 1},
        {" -----BEGIN AGE ENCRYPTED FILE-----\n" END, 1},
        {"-----begin age encrypted file-----\n" END, 1},
        {"-----BEGIN AGE ENCRYPTED MESSAGE-----\n" END, 1},
        {SG_ARMOR_BEGIN END, 1},
        {BEGIN "\n" SHORT "\n" END, 2},
        {BEGIN SHORT "\n\n" END, 3},
        {BEGIN FULL "\n\n" END, 3},
        {BEGIN "\r\n" END, 2},
        {BEGIN SHORT "\n" SHORT "\n" END, 3},
        {BEGIN SHORT "\n" FULL "\n" END, 3},
        {BEGIN "Header: value\n\n" FULL "\n" END, 2},
        {BEGIN "OGE\n" END, 2},
        {BEGIN "OGF=\n" END, 2},
        {BEGIN "OG==\n" END, 2}, /* "OA==" is canonical */
        {BEGIN "OGE=\r\r\n" END, 2},
        {BEGIN "OGE= \n" END, 2},
        {BEGIN " OGE=\n" END, 2},
        {BEGIN "OG\nE=\n" END, 2},
        {BEGIN "OGE=\rOGE=\n" END, 2},
        {BEGIN "O!E=\n" END, 2},
        {BEGIN FULL "OGE=\n" END, 2},
        {BEGIN FULL "A\n" END, 2},
        {BEGIN SHORT "\n-----END AGE ENCRYPTED FILE----\n", 3},
        {BEGIN SHORT "\n-----END AGE ENCRYPTED FILE------\n", 3},
        {BEGIN SHORT "\n-----END AGE ENCRYPTED FILE-----x\n", 3},
        {BEGIN SHORT "\n-----end age encrypted file-----\n", 3},
        {BEGIN SHORT "\n" END "x", 4},
        {BEGIN SHORT "\n" END "\nx\n", 4},
        {BEGIN SHORT "\n" END BEGIN SHORT "\n" END, 4},
        {BEGIN BEGIN SHORT "\n" END, 2},
        {BEGIN SHORT SG_ARMOR_END "\n", 2},
        {BEGIN SHORT "\n" SG_ARMOR_END " \t\n", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t j = 0; j < ODD_STEPS; j++) {
            struct sg_error err = {0};
            enum sg_err r = dearmor(NULL, bad[i].text, strlen(bad[i].text), odd_steps[j], 10, &err);
            if (r != SG_ERR_ARMOR)
                print_message("accepted: %s\n", bad[i].text);
            assert_int_equal(r, SG_ERR_ARMOR);
            assert_int_equal(err.code, SG_ERR_ARMOR);
            assert_int_equal(err.line, bad[i].line);
            assert_non_null(err.what);
        }
    }
}

/* White space is bounded before and after, and lines are bounded. */
static void test_bounds(void **state)
{
    static char text[40000];
    const size_t body = strlen(BEGIN SHORT "\n" END);
    struct sg_error err = {0};

    (void)state;
    memset(text, '\n', SG_ARMOR_MAX_BLANK + 10);
    for (size_t blank = SG_ARMOR_MAX_BLANK - 2; blank < SG_ARMOR_MAX_BLANK + 3; blank++) {
        memset(text, '\n', blank);
        memcpy(text + blank, BEGIN SHORT "\n" END, body + 1);
        if (blank < SG_ARMOR_MAX_BLANK - 1)
            accept(text, blank + body, 2);
        else if (blank > SG_ARMOR_MAX_BLANK)
            assert_int_equal(dearmor(NULL, text, blank + body, 4093, 10, &err), SG_ERR_ARMOR);
        memcpy(text, BEGIN SHORT "\n" END, body);
        memset(text + body, ' ', blank);
        if (blank <= SG_ARMOR_MAX_BLANK)
            accept(text, body + blank, 2);
        else
            assert_int_equal(dearmor(NULL, text, body + blank, 4093, 10, &err), SG_ERR_ARMOR);
    }
    memset(text, 'A', sizeof text);
    memcpy(text, BEGIN, sizeof BEGIN - 1);
    assert_int_equal(dearmor(NULL, text, sizeof text, 4093, 10, &err), SG_ERR_ARMOR);
    assert_int_equal(err.line, 2);
    memset(text, ' ', sizeof text);
    assert_int_equal(dearmor(NULL, text, sizeof text, 4093, 10, &err), SG_ERR_ARMOR);
}

/* Every truncation of an armored text fails, but for its last newline; so does every bit flip. */
static void test_every_fault(void **state)
{
    uint8_t bytes[130];
    struct sg_buffer text, back;
    struct sg_error err = {0};
    size_t step = stride(1, 7);

    (void)state;
    fill(bytes, sizeof bytes, 12);
    sg_buffer_init(&text, 1000);
    armor(&text, bytes, sizeof bytes, 7);
    for (size_t n = 0; n < text.len; n++) {
        enum sg_err r = dearmor(NULL, text.data, n, 4093, 1000, &err);
        assert_int_equal(r, n == text.len - 1 ? SG_OK : SG_ERR_ARMOR);
    }
    for (size_t bit = 0; bit < text.len * 8; bit += step) {
        enum sg_err r;
        sg_buffer_init(&back, 1000);
        text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        r = dearmor(&back, text.data, text.len, 4093, 10, &err);
        if (r == SG_OK) /* another letter of base64: then other bytes, for the cipher to refuse */
            assert_true(back.len != sizeof bytes || memcmp(back.data, bytes, back.len) != 0);
        else
            assert_int_equal(r, SG_ERR_ARMOR);
        text.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        sg_buffer_free(&back);
    }
    sg_buffer_free(&text);
}

/* What a source below says is passed on, and a sink's failure too. */
static void test_failures_below(void **state)
{
    struct sg_error err = {0};
    uint8_t bytes[200], piece[10];

    (void)state;
    fill(bytes, sizeof bytes, 13);
    for (size_t max = 0; max < 300; max++) {
        struct sg_armor_writer w;
        struct sg_buffer small;
        struct sg_sink below;
        enum sg_err r = SG_OK;
        sg_buffer_init(&small, max);
        sg_sink_buffer(&below, &small);
        sg_armor_write(&w, &below);
        for (size_t i = 0; r == SG_OK && i < sizeof bytes; i += 10)
            r = sg_sink_write(&w.sink, bytes + i, 10, &err);
        if (r == SG_OK)
            r = sg_sink_finish(&w.sink, &err);
        assert_int_equal(r, SG_ERR_LIMIT);
        sg_buffer_free(&small);
    }
    for (size_t n = 0; n < sizeof BEGIN + 70; n++) {
        static const char text[] = BEGIN FULL "\n" FULL "\n" END;
        struct sg_armor_reader a;
        struct sg_source below;
        struct trickle t;
        size_t got;
        enum sg_err r;
        trickle_source(&below, &t, text, n, 7);
        t.fails = SG_ERR_IO;
        sg_armor_read(&a, &below);
        do
            r = sg_source_read(&a.source, piece, sizeof piece, &got, &err);
        while (r == SG_OK && got);
        assert_int_equal(r, SG_ERR_IO);
        sg_source_close(&a.source);
        sg_source_close(&below);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_every_fault), cmocka_unit_test(test_failures_below),
    };

    return cmocka_run_group_tests_name("armor", tests, start_library, NULL);
}
