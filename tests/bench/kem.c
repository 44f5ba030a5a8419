/*
 * Key encapsulation, operations a second on one core: the best of several short runs. First ours,
 * then libsodium's, by itself, where it has ML-KEM and X-Wing.
 */
#include "base/secret.h"
#include "crypto/hpke.h"
#include "crypto/mlkem768.h"
#include "crypto/random.h"

#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define RUNS 20
#define RUN_SECONDS 0.05

static uint8_t seed[SG_MLKEM768_SEED_BYTES], public[SG_XWING_PUBLIC_BYTES];
static uint8_t enc[SG_XWING_ENC_BYTES], shared[32], body[16 + SG_HPKE_TAG_BYTES], file_key[16];
static struct sg_mlkem768_key key;
static volatile bool ok; /* nothing is optimised away */

static void mlkem_keypair(void)
{
    sg_mlkem768_keypair(public, &key, seed);
}

static void mlkem_encapsulate(void)
{
    ok = sg_mlkem768_encapsulate(enc, shared, public);
}

static void mlkem_decapsulate(void)
{
    sg_mlkem768_decapsulate(shared, enc, &key);
}

static void xwing_public(void)
{
    sg_xwing_public(public, seed);
}

static void xwing_encapsulate(void)
{
    ok = sg_xwing_encapsulate(enc, shared, public);
}

static void xwing_decapsulate(void)
{
    ok = sg_xwing_decapsulate(shared, enc, seed);
}

static void hpke_seal(void)
{
    ok = sg_hpke_seal(enc, body, public, "info", 4, file_key, sizeof file_key);
}

static void hpke_open(void)
{
    ok = sg_hpke_open(file_key, seed, enc, "info", 4, body, sizeof body) == SG_HPKE_OK;
}

#ifdef crypto_kem_xwing_SEEDBYTES

static uint8_t their_key[crypto_kem_xwing_SECRETKEYBYTES];

static void their_mlkem_keypair(void)
{
    ok = crypto_kem_mlkem768_seed_keypair(public, key.bytes, seed) == 0;
}

static void their_mlkem_encapsulate(void)
{
    ok = crypto_kem_mlkem768_enc(enc, shared, public) == 0;
}

static void their_mlkem_decapsulate(void)
{
    ok = crypto_kem_mlkem768_dec(shared, enc, key.bytes) == 0;
}

static void their_xwing_public(void)
{
    ok = crypto_kem_xwing_seed_keypair(public, their_key, seed) == 0;
}

static void their_xwing_encapsulate(void)
{
    ok = crypto_kem_xwing_enc(enc, shared, public) == 0;
}

static void their_xwing_decapsulate(void)
{
    ok = crypto_kem_xwing_dec(shared, enc, their_key) == 0;
}

#endif

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const char *name, void (*operation)(void))
{
    double best = 0;

    for (int run = 0; run < RUNS; run++) {
        double start = now(), passed = 0, rate;
        int count = 0;

        for (; passed < RUN_SECONDS; passed = now() - start, count += 10)
            for (int i = 0; i < 10; i++)
                operation();
        rate = count / passed;
        best = rate > best ? rate : best;
    }
    printf("%-32s %8.0f ops/s %8.1f us\n", name, best, 1e6 / best);
}

int main(void)
{
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    sg_random(seed, sizeof seed);
    measure("signet mlkem768 keypair", mlkem_keypair);
    measure("signet mlkem768 encapsulate", mlkem_encapsulate);
    measure("signet mlkem768 decapsulate", mlkem_decapsulate);
    measure("signet xwing public", xwing_public);
    measure("signet xwing encapsulate", xwing_encapsulate);
    measure("signet xwing decapsulate", xwing_decapsulate);
    measure("signet hpke seal", hpke_seal);
    measure("signet hpke open", hpke_open);
#ifdef crypto_kem_xwing_SEEDBYTES
    measure("libsodium mlkem768 keypair", their_mlkem_keypair);
    measure("libsodium mlkem768 encapsulate", their_mlkem_encapsulate);
    measure("libsodium mlkem768 decapsulate", their_mlkem_decapsulate);
    measure("libsodium xwing public", their_xwing_public);
    measure("libsodium xwing encapsulate", their_xwing_encapsulate);
    measure("libsodium xwing decapsulate", their_xwing_decapsulate);
#else
    printf("libsodium %s has no ML-KEM to measure (1.0.22 has)\n", sodium_version_string());
#endif
    return 0;
}
