/*
 * unlock - the key kept at hand for a time, or no longer: unlock and lock.
 */
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <stdio.h>
#include <string.h>

#define USUAL_SECONDS (15 * 60)
#define MOST_SECONDS 31622400U /* 366 days */

/* The value of --for in seconds: a number, and s, m, h or d. */
static unsigned duration(const struct parsed *p)
{
    static const char hint[] = "such as 90s, 15m, 8h or 2d; 366d at most";
    const char *text = option_value(p, "for"), *c = text;
    uint64_t n = 0;

    if (!text)
        return USUAL_SECONDS;
    for (; *c >= '0' && *c <= '9' && n <= MOST_SECONDS; c++)
        n = n * 10 + (uint64_t)(*c - '0');
    if (c == text || !*c || !strchr("smhd", *c) || c[1])
        usage_error(hint, "--for takes a time, not %s", *text ? text : "nothing");
    n *= *c == 's' ? 1 : *c == 'm' ? 60 : *c == 'h' ? 3600 : 86400;
    if (n == 0 || n > MOST_SECONDS)
        usage_error(hint, "--for cannot be %s", text);
    return (unsigned)n;
}

/* "15 minutes" */
static void name_time(char *out, size_t size, unsigned seconds)
{
    static const struct {
        unsigned seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}};
    size_t i = 0;

    while (seconds % units[i].seconds)
        i++;
    (void)snprintf(out, size, "%u %s%s", seconds / units[i].seconds, units[i].name,
                   seconds == units[i].seconds ? "" : "s");
}

int vault_unlock(const struct parsed *p)
{
    unsigned seconds = duration(p);
    char text[64];
    struct sg_error err = {0};
    struct home h = {0};
    enum sg_err r = home_open(&h, p, true, &err);

    if (r == SG_OK)
        r = sg_store_remember(h.store, seconds, &err);
    home_close(&h);
    name_time(text, sizeof text, seconds);
    if (r == SG_OK)
        report_note("unlocked for %s, for every program of yours; vault lock ends it", text);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}

int vault_lock(const struct parsed *p)
{
    struct sg_error err = {0};
    struct home h = {0};
    bool had = false;
    enum sg_err r = home_find(&h, p, &err);

    if (r == SG_OK)
        r = sg_store_forget(h.store, &had, &err);
    home_close(&h);
    if (r == SG_OK && !had)
        report_note("it was locked already");
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
