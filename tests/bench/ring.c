/*
 * Ring signatures and what bounds them: a member costs one multiplication of the base point and
 * three of other points, signing as verifying. The floor is those multiplications alone, as
 * lib/crypto does them; the time of both is taken in turn, and the best of several runs is told.
 */
#include "crypto/edwards.h"
#include "pseudonym/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUNS 5

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    (void)fprintf(stderr, "ring: %s\n", what);
    exit(1);
}

static void person(uint8_t seed[32], uint8_t key[32], unsigned i)
{
    uint8_t hash[SG_SHA512_BYTES];

    sg_sha512(hash, &i, sizeof i);
    memcpy(seed, hash, 32);
    sg_sign_public(key, seed);
}

/* Seconds that the multiplications of n members take. */
static double floor_of(unsigned n, const uint8_t point[32])
{
    uint8_t s[SG_SCALAR_BYTES], q[SG_EDWARDS_BYTES];
    double start;

    sg_scalar_random(s);
    start = now();
    for (unsigned i = 0; i < n; i++) {
        if (!sg_edwards_base(q, s))
            fail("no multiple");
        for (int j = 0; j < 3; j++)
            if (!sg_edwards_mul(q, s, point))
                fail("no multiple");
    }
    return now() - start;
}

static double least(double a, double b)
{
    return a == 0 || b < a ? b : a;
}

static void measure(unsigned n)
{
    uint8_t seed[32], key[32], message[SG_SHA512_BYTES] = {1};
    double sign = 0, verify = 0, bound = 0;
    struct sg_ring_signature found;
    struct sg_error err = {0};
    struct sg_buffer text;
    struct sg_ring ring;

    sg_ring_init(&ring);
    for (unsigned i = 0; i < n; i++) {
        person(seed, key, i);
        if (sg_ring_add(&ring, key, &err) != SG_OK)
            fail("no ring");
    }
    for (int run = 0; run < RUNS; run++) {
        double start = now();
        sg_buffer_init(&text, 1U << 20);
        if (sg_ring_sign(&text, &ring, seed, message, NULL, &err) != SG_OK)
            fail("no signature");
        sign = least(sign, now() - start);
        start = now();
        if (sg_ring_verify(&found, &ring, (const char *)text.data, text.len, message, NULL, &err) !=
            SG_OK)
            fail("the signature does not verify");
        verify = least(verify, now() - start);
        bound = least(bound, floor_of(n, key));
        if (run + 1 < RUNS)
            sg_buffer_free(&text);
    }
    (void)printf("  ring of %-5u %9.2f ms %9.2f ms %9.2f ms   %5.2f  %5.2f %8zu bytes\n", n,
                 sign * 1e3, verify * 1e3, bound * 1e3, sign / bound, verify / bound, text.len);
    sg_buffer_free(&text);
    sg_ring_free(&ring);
}

int main(void)
{
    static const unsigned sizes[] = {1, 2, 10, 100, 1000};
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        fail("no randomness");
    (void)printf("ring signatures      sign       verify        floor   sign/  verify/floor\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        measure(sizes[i]);
    return 0;
}
