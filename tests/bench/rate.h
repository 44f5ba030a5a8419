/*
 * rate - how often a second something can be done on one core: the best of several short runs, by
 * the processor's time that they took, so that other work on the machine disturbs less.
 */
#ifndef SG_BENCH_RATE_H
#define SG_BENCH_RATE_H

#include <stdio.h>
#include <time.h>

#define RATE_RUNS 8
#define RATE_SECONDS 0.25

static inline double rate_clock(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* each: what one call of run() does that many of. */
static inline void rate_print(const char *who, const char *what, unsigned each, void (*run)(void))
{
    double best = 0;

    for (int i = 0; i < RATE_RUNS; i++) {
        double start = rate_clock(), passed = 0, rate;
        double count = 0;

        for (; passed < RATE_SECONDS; passed = rate_clock() - start, count += each)
            run();
        rate = count / passed;
        best = rate > best ? rate : best;
    }
    printf("%-22s %-34s %9.0f a second %9.1f us\n", who, what, best, 1e6 / best);
    (void)fflush(stdout);
}

#endif
