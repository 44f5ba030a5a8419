#include "base/time.h"

#include <time.h>

#define LAST_SECOND 253402300799 /* 9999-12-31T23:59:59Z */

static void digits(char *out, int n, int width)
{
    while (width-- > 0) {
        out[width] = (char)('0' + n % 10);
        n /= 10;
    }
}

void sg_time_rfc3339(char out[static SG_TIME_BYTES], int64_t seconds)
{
    time_t t = (time_t)(seconds < 0 ? 0 : seconds > LAST_SECOND ? LAST_SECOND : seconds);
    struct tm tm = {0};

    (void)gmtime_r(&t, &tm); /* fails only for years that do not fit an int */
    digits(out, tm.tm_year + 1900, 4);
    digits(out + 5, tm.tm_mon + 1, 2);
    digits(out + 8, tm.tm_mday, 2);
    digits(out + 11, tm.tm_hour, 2);
    digits(out + 14, tm.tm_min, 2);
    digits(out + 17, tm.tm_sec, 2);
    out[4] = out[7] = '-';
    out[10] = 'T';
    out[13] = out[16] = ':';
    out[19] = 'Z';
    out[20] = '\0';
}
