/*
 * The constant-time check of Keccak, ML-KEM, X-Wing and HPKE. Build everything with -DSG_CT, then
 *
 *     valgrind --error-exitcode=99 --suppressions=tests/unit/ct.supp ct_mlkem
 *
 * Every secret is undefined memory here, so that valgrind reports any branch or index that depends
 * on one. What becomes public on the way is declassified in the library (base/ct.h); what only this
 * program compares is declassified below. Exits with 2 when it would check nothing.
 */
#include "base/ct.h"
#include "base/secret.h"
#include "crypto/hpke.h"
#include "crypto/mlkem768.h"

#include <stdio.h>
#include <string.h>

#ifndef SG_CT
#error "the constant-time check needs -DSG_CT"
#endif

#ifdef SG_HAVE_SODIUM_MLKEM
#error "the constant-time check is for our own ML-KEM: libsodium's declassifies nothing"
#endif

static const char INFO[] = "age-encryption.org/mlkem768x25519";

static uint8_t shared[32], opened[32];

/* Whether two secrets are equal. The program may know; the library may not. */
static bool same(const void *a, const void *b, size_t n)
{
    bool equal = sg_equal(a, b, n);

    sg_ct_declassify(&equal, sizeof equal);
    return equal;
}

static void secret(uint8_t *p, size_t n, uint8_t start)
{
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(start + 3 * i);
    sg_ct_classify(p, n);
}

static bool check_mlkem(void)
{
    static struct sg_mlkem768_key key;
    static uint8_t public[SG_MLKEM768_PUBLIC_BYTES], ciphertext[SG_MLKEM768_CIPHERTEXT_BYTES];
    uint8_t seed[SG_MLKEM768_SEED_BYTES], coins[SG_MLKEM768_COINS_BYTES];
    bool ok;

    secret(seed, sizeof seed, 1);
    secret(coins, sizeof coins, 2);
    sg_mlkem768_keypair(public, &key, seed);
    if (!sg_mlkem768_encapsulate_with(ciphertext, shared, public, coins))
        return false;
    /* Left undefined, though it is public: re-encryption computes it anew, and must not tell. */
    sg_mlkem768_decapsulate(opened, ciphertext, &key);
    ok = same(opened, shared, sizeof shared);
    ciphertext[7] ^= 1;
    sg_mlkem768_decapsulate(opened, ciphertext, &key);
    return ok && !same(opened, shared, sizeof shared);
}

static bool check_xwing(void)
{
    static uint8_t public[SG_XWING_PUBLIC_BYTES], enc[SG_XWING_ENC_BYTES];
    uint8_t seed[SG_XWING_SEED_BYTES], coins[SG_XWING_COINS_BYTES];
    bool ok;

    secret(seed, sizeof seed, 3);
    secret(coins, sizeof coins, 4);
    sg_xwing_public(public, seed);
    if (!sg_xwing_check(public) || !sg_xwing_encapsulate_with(enc, shared, public, coins))
        return false;
    sg_ct_declassify(enc, sizeof enc); /* sent in the clear; libsodium inspects the share */
    ok = sg_xwing_decapsulate(opened, enc, seed) && same(opened, shared, sizeof shared);
    enc[7] ^= 1;
    ok &= sg_xwing_decapsulate(opened, enc, seed) && !same(opened, shared, sizeof shared);
    memset(enc + sizeof enc - 32, 0, 32);
    return ok && !sg_xwing_decapsulate(opened, enc, seed);
}

static bool check_hpke(void)
{
    static uint8_t public[SG_XWING_PUBLIC_BYTES], enc[SG_XWING_ENC_BYTES];
    uint8_t seed[SG_XWING_SEED_BYTES], file_key[16], body[16 + SG_HPKE_TAG_BYTES];
    bool ok;

    secret(seed, sizeof seed, 5);
    secret(file_key, sizeof file_key, 6);
    sg_xwing_public(public, seed);
    if (!sg_hpke_seal(enc, body, public, INFO, sizeof INFO - 1, file_key, sizeof file_key))
        return false;
    sg_ct_declassify(enc, sizeof enc);   /* both are written */
    sg_ct_declassify(body, sizeof body); /* into the file */
    ok = sg_hpke_open(opened, seed, enc, INFO, sizeof INFO - 1, body, sizeof body) == SG_HPKE_OK &&
         same(opened, file_key, sizeof file_key);
    body[0] ^= 1;
    return ok &&
           sg_hpke_open(opened, seed, enc, INFO, sizeof INFO - 1, body, sizeof body) == SG_HPKE_TAG;
}

int main(void)
{
    struct sg_error err = {0};

    if (!RUNNING_ON_VALGRIND || sg_secret_init(&err) != SG_OK)
        return 2;
    if (!check_mlkem() || !check_xwing() || !check_hpke()) {
        fputs("ct_mlkem: a result is wrong\n", stderr);
        return 1;
    }
    return 0;
}
