/*
 * helper - what the unit tests share: cmocka, numbers in hex, sources that trickle, a seed that is
 * printed, and which build is under test.
 */
#ifndef SG_TEST_HELPER_H
#define SG_TEST_HELPER_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/base.h"
#include "io/io.h"

/* The build under test, as $SIGNET_TEST_BUILD has it: plain (the default), asan or valgrind. */
static inline bool build_is(const char *name)
{
    const char *build = getenv("SIGNET_TEST_BUILD");

    return strcmp(build ? build : "plain", name) == 0;
}

/* The stride of an exhaustive test: 1 in the plain build, else as given. */
static inline size_t stride(size_t asan, size_t valgrind)
{
    return build_is("plain") ? 1 : build_is("asan") ? asan : valgrind;
}

/* Numbers that look random, from a seed that is $SIGNET_SEED or the time, and is printed. */
static inline uint64_t seed_now(void)
{
    const char *given = getenv("SIGNET_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);

    print_message("SIGNET_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static inline uint64_t next_number(uint64_t *state)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static inline void fill(uint8_t *p, size_t n, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)next_number(&seed);
}

/* Bytes from hex; the number of them. Stops at the first character that is no hex digit. */
static inline size_t from_hex(uint8_t *out, const char *hex)
{
    size_t n = 0;
    unsigned byte;

    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        out[n++] = (uint8_t)byte;
    return n;
}

static inline void assert_hex(const uint8_t *got, const char *hex)
{
    uint8_t want[256];
    size_t n = from_hex(want, hex);

    assert_int_equal(n * 2, strlen(hex));
    assert_memory_equal(got, want, n);
}

/* Whether n bytes stand anywhere in `hay`. */
static inline bool holds(const void *hay, size_t hay_len, const void *needle, size_t n)
{
    return memmem(hay, hay_len, needle, n) != NULL;
}

/* A source of n bytes that gives at most `step` at a time. */
struct trickle {
    const uint8_t *p;
    size_t n, step;
    enum sg_err fails; /* what comes at the end instead of it, or SG_OK */
};

static inline enum sg_err trickle_pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                                       struct sg_error *err)
{
    struct trickle *t = s->context;
    size_t n = t->n < t->step ? t->n : t->step;

    if (t->n == 0 && t->fails)
        return sg_fail(err, t->fails, "the trickle ran dry");
    n = n < cap ? n : cap;
    if (n)
        memcpy(out, t->p, n);
    t->p += n;
    t->n -= n;
    *got = n;
    return SG_OK;
}

static inline void trickle_source(struct sg_source *s, struct trickle *t, const void *p, size_t n,
                                  size_t step)
{
    *t = (struct trickle){.p = p, .n = n, .step = step};
    sg_source_custom(s, trickle_pull, t, "trickle");
}

/* Sizes of reads and writes that fit nothing. */
static const size_t odd_steps[] = {1, 7, 4093, SIZE_MAX};
#define ODD_STEPS (sizeof odd_steps / sizeof *odd_steps)

/* Every test program starts with this. */
static inline int start_library(void **state)
{
    struct sg_error err = {0};

    (void)state;
    return sg_secret_init(&err) == SG_OK ? 0 : -1;
}

#endif
