/* vault terms and names: what may be searched for and called something, and what not. */
#include "unit/helper.h"

#include "vault/name.h"
#include "vault/terms.h"

static void test_read(void **state)
{
    static const struct {
        const char *query, *whole, *any;
    } cases[] = {
        {"harbour", "(\"harbour\")", "(\"harbour\")"},
        {"  old\tharbour\n", "(\"old\") AND (\"harbour\")", "(\"old\") OR (\"harbour\")"},
        {"harb*", "(\"harb\" *)", "(\"harb\" *)"},
        {"\"old harbour\"", "(\"old harbour\")", "(\"old harbour\")"},
        {"\"old harb\"*", "(\"old harb\" *)", "(\"old harb\" *)"},
        {"a OR b c", "(\"a\" OR \"b\") AND (\"c\")", "(\"a\" OR \"b\") OR (\"c\")"},
        {"a NOT b", "(\"a\") NOT ((\"b\"))", "(\"a\")"},
        {"NOT b a", "(\"a\") NOT ((\"b\"))", "(\"a\")"},
        {"a NOT b OR c NOT d", "(\"a\") NOT ((\"b\" OR \"c\") OR (\"d\"))", "(\"a\")"},
        {"foo-bar x:y ^z (q) AND NEAR/2", NULL, NULL},
        {"\"OR\" \"NOT\"", "(\"OR\") AND (\"NOT\")", "(\"OR\") OR (\"NOT\")"},
        {"or not", "(\"or\") AND (\"not\")", "(\"or\") OR (\"not\")"},
        {"a -- b", "(\"a\") AND (\"b\")", "(\"a\") OR (\"b\")"},
        {"a \xe2\x80\x94 b", "(\"a\") AND (\"b\")", "(\"a\") OR (\"b\")"},
        {"a OR - b", "(\"a\") AND (\"b\")", "(\"a\") OR (\"b\")"},
        {"- OR b", "(\"b\")", "(\"b\")"},
        {"\xc3\xbc\xff", "(\"\xc3\xbc\xff\")", "(\"\xc3\xbc\xff\")"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sg_terms t;
        struct sg_error err = {0};
        assert_int_equal(sg_terms_read(&t, cases[i].query, &err), SG_OK);
        if (cases[i].whole) {
            assert_string_equal(sg_terms_whole(&t), cases[i].whole);
            assert_string_equal(sg_terms_any(&t), cases[i].any);
        }
        sg_terms_free(&t);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *query;
        uint64_t column;
    } cases[] = {
        {"", 0},           {" ", 0},    {"-", 0},         {"NOT a", 0},     {"\"", 1},
        {"a \"b", 3},      {"a\"b", 2}, {"a\"", 2},       {"\"a\"b", 4},    {"*", 1},
        {"a *", 3},        {"a**", 2},  {"*a", 1},        {"a*b", 2},       {"OR", 1},
        {"OR a", 1},       {"a OR", 3}, {"a OR OR b", 6}, {"NOT NOT a", 5}, {"a NOT", 3},
        {"a OR NOT b", 6},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sg_terms t;
        struct sg_error err = {0};
        print_message("query: %s\n", cases[i].query);
        assert_int_equal(sg_terms_read(&t, cases[i].query, &err), SG_ERR_QUERY);
        assert_int_equal(err.column, cases[i].column);
        assert_non_null(err.what);
        sg_terms_free(&t);
    }
}

static void test_bounds(void **state)
{
    char query[SG_TERMS_MAX_BYTES + 2];
    struct sg_terms t;
    struct sg_error err = {0};

    (void)state;
    memset(query, 'a', sizeof query);
    query[SG_TERMS_MAX_BYTES] = '\0';
    assert_int_equal(sg_terms_read(&t, query, &err), SG_OK);
    sg_terms_free(&t);
    query[SG_TERMS_MAX_BYTES] = 'a';
    query[SG_TERMS_MAX_BYTES + 1] = '\0';
    assert_int_equal(sg_terms_read(&t, query, &err), SG_ERR_QUERY);
    sg_terms_free(&t);
    for (size_t words = SG_TERMS_GROUPS; words <= SG_TERMS_GROUPS + 1; words++) {
        query[0] = '\0';
        for (size_t i = 0; i < words; i++)
            memcpy(query + 2 * i, "a ", 3);
        assert_int_equal(sg_terms_read(&t, query, &err),
                         words == SG_TERMS_GROUPS ? SG_OK : SG_ERR_QUERY);
        sg_terms_free(&t);
    }
    for (size_t i = 0; i < SG_TERMS_MAX_BYTES / 5; i++) /* one group of many */
        memcpy(query + 5 * i, "a OR ", 6);
    query[SG_TERMS_MAX_BYTES / 5 * 5 - 4] = '\0';
    assert_int_equal(sg_terms_read(&t, query, &err), SG_OK);
    assert_int_equal(t.count, 1);
    sg_terms_free(&t);
}

static void test_names(void **state)
{
    static const char *const good[] = {
        "a", "a/b", "...", "a/...", ".a", "a b", "\xc3\xbc", "-", "a=b", "\xf0\x9f\x90\xa6", "a\\b",
    };
    static const char *const bad[] = {
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "./a",
        "../a",
        "a/..",
        "a/../b",
        "a/.",
        "a\n",
        "\t",
        "a\x7f",
        "\xc2\x80",
        "a\xc2\x9f",
        "\xff",
        "\xc3",
        "a\xc3/b",
        "\xed\xa0\x80",
        "\xc0\xaf",
        "\xf4\x90\x80\x80",
        "\r\n",
    };
    char name[SG_NAME_MAX_BYTES + 2];
    struct sg_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(sg_name_check(good[i], &err), SG_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(sg_name_check(bad[i], &err), SG_ERR_NAME);
        assert_non_null(err.what);
    }
    assert_int_equal(sg_name_check_bytes("a\0b", 3, &err), SG_ERR_NAME);
    memset(name, 'a', sizeof name);
    assert_int_equal(sg_name_check_bytes(name, SG_NAME_MAX_BYTES, &err), SG_OK);
    assert_int_equal(sg_name_check_bytes(name, SG_NAME_MAX_BYTES + 1, &err), SG_ERR_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
