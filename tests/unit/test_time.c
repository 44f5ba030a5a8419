/* time: RFC 3339 in UTC, leap years, and the ends of the range. */
#include "unit/helper.h"

static void test_known(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } times[] = {
        {0, "1970-01-01T00:00:00Z"},
        {1, "1970-01-01T00:00:01Z"},
        {86399, "1970-01-01T23:59:59Z"},
        {86400, "1970-01-02T00:00:00Z"},
        {68169599, "1972-02-28T23:59:59Z"},
        {68169600, "1972-02-29T00:00:00Z"},
        {68256000, "1972-03-01T00:00:00Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {951868800, "2000-03-01T00:00:00Z"},
        {1709164800, "2024-02-29T00:00:00Z"},
        {1795319939, "2026-11-22T03:58:59Z"},
        {2147483647, "2038-01-19T03:14:07Z"},
        {2147483648, "2038-01-19T03:14:08Z"},
        {4107542400, "2100-03-01T00:00:00Z"}, /* no leap year */
        {4107542399, "2100-02-28T23:59:59Z"},
        {4294967296, "2106-02-07T06:28:16Z"},
        {253402300799, "9999-12-31T23:59:59Z"},
        {253402300800, "9999-12-31T23:59:59Z"},
        {INT64_MAX, "9999-12-31T23:59:59Z"},
        {-1, "1970-01-01T00:00:00Z"},
        {INT64_MIN, "1970-01-01T00:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char text[SG_TIME_BYTES];
        sg_time_rfc3339(text, times[i].seconds);
        assert_string_equal(text, times[i].text);
    }
}

/* Counts the days of 8030 years the slow way and compares each. */
static void test_every_day(void **state)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = 0;
    int step = (int)stride(3, 50);

    (void)state;
    for (int year = 1970; year <= 9999; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int n = days[month - 1] + (leap && month == 2);
            for (int d = 1; d <= n; d++, day++) {
                char text[SG_TIME_BYTES], want[64];
                if (day % step != 0)
                    continue;
                (void)snprintf(want, sizeof want, "%04d-%02d-%02dT12:34:56Z", year, month, d);
                sg_time_rfc3339(text, day * 86400 + 45296);
                assert_string_equal(text, want);
            }
        }
    }
}

/* A key file must not tell where it was made. */
static void test_time_zone(void **state)
{
    char text[SG_TIME_BYTES];

    (void)state;
    assert_int_equal(setenv("TZ", "Pacific/Auckland", 1), 0);
    tzset();
    sg_time_rfc3339(text, 1795319939);
    assert_string_equal(text, "2026-11-22T03:58:59Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_time_zone),
    };

    return cmocka_run_group_tests_name("time", tests, start_library, NULL);
}
