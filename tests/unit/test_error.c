/* error: each record clears what the one before it said, but for the name. */
#include "unit/helper.h"

#include <errno.h>

static void test_records(void **state)
{
    struct sg_error err;
    const char *what = "what went wrong";

    (void)state;
    memset(&err, 0xff, sizeof err);
    sg_error_name(&err, "a file");
    assert_int_equal(sg_fail_limit(&err, SG_ERR_LIMIT, what, 5, 4), SG_ERR_LIMIT);
    assert_int_equal(err.code, SG_ERR_LIMIT);
    assert_ptr_equal(err.what, what);
    assert_int_equal(err.value, 5);
    assert_int_equal(err.limit, 4);
    assert_int_equal(err.sys, 0);
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
    assert_string_equal(err.name, "a file");

    err.line = 3;
    err.column = 4;
    assert_int_equal(sg_fail(&err, SG_ERR_ARMOR, NULL), SG_ERR_ARMOR);
    assert_int_equal(err.line + err.column + err.value + err.limit, 0);
    assert_null(err.what);
    assert_string_equal(err.name, "a file");

    assert_int_equal(sg_fail_sys(&err, ENOENT, "cannot open", NULL), SG_ERR_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_string_equal(err.name, "a file");
    assert_int_equal(sg_fail_sys(&err, EIO, "cannot read", "another"), SG_ERR_IO);
    assert_string_equal(err.name, "another");
    assert_int_equal(sg_fail(&err, SG_ERR_MAC, NULL), SG_ERR_MAC);
    assert_int_equal(err.sys, 0);
}

static void test_names(void **state)
{
    struct sg_error err = {0};
    char name[2 * SG_ERROR_NAME_BYTES];

    (void)state;
    for (size_t n = 0; n < sizeof name; n += 1) {
        size_t kept = n < SG_ERROR_NAME_BYTES ? n : SG_ERROR_NAME_BYTES - 1;
        memset(name, 'x', n);
        name[n] = '\0';
        sg_error_name(&err, name);
        assert_int_equal(strlen(err.name), kept);
    }
    sg_error_name(&err, NULL);
    assert_string_equal(err.name, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("error", tests, start_library, NULL);
}
