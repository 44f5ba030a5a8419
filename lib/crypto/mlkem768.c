#include "crypto/mlkem768.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/keccak.h"
#include "crypto/mlkem_poly.h"
#include "crypto/random.h"

#include <stdlib.h>
#include <string.h>

#ifdef SG_HAVE_SODIUM_MLKEM
#include <sodium.h>
#endif

#define K 3 /* rows and columns of the matrix */
#define SYMBOL SG_MLKEM_SYMBOL_BYTES
#define VECTOR_BYTES ((size_t)K * SG_MLKEM_POLY_BYTES)

/* The parts of a decapsulation key: s, the encapsulation key, its hash, z. */
#define PUBLIC_AT VECTOR_BYTES
#define HASH_AT (PUBLIC_AT + SG_MLKEM768_PUBLIC_BYTES)
#define Z_AT (HASH_AT + SYMBOL)

_Static_assert(SG_MLKEM768_SEED_BYTES == 2 * SYMBOL, "a seed is d and z");
_Static_assert(SG_MLKEM768_PUBLIC_BYTES == VECTOR_BYTES + SYMBOL, "a public key is t and rho");
_Static_assert(SG_MLKEM768_KEY_BYTES == Z_AT + SYMBOL, "a key ends with z");
_Static_assert(SG_MLKEM768_CIPHERTEXT_BYTES == K * SG_MLKEM_DU_BYTES + SG_MLKEM_DV_BYTES,
               "a ciphertext is u and v");
_Static_assert(SG_SHA3_512_BYTES == 2 * SYMBOL, "G gives two symbols");

bool sg_mlkem768_check(const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES])
{
    bool ok = true;

    for (size_t i = 0; i < VECTOR_BYTES; i += 3) {
        int x = public[i] | (public[i + 1] & 15) << 8;
        int y = public[i + 1] >> 4 | public[i + 2] << 4;
        ok &= (x < SG_MLKEM_Q) & (y < SG_MLKEM_Q);
    }
    return ok;
}

bool sg_mlkem768_encapsulate(uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                             uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                             const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES])
{
    uint8_t coins[SG_MLKEM768_COINS_BYTES];
    bool ok;

    sg_random(coins, sizeof coins);
    ok = sg_mlkem768_encapsulate_with(ciphertext, shared, public, coins);
    sg_wipe(coins, sizeof coins);
    return ok;
}

#ifdef SG_HAVE_SODIUM_MLKEM

_Static_assert(SG_MLKEM768_SEED_BYTES == crypto_kem_mlkem768_SEEDBYTES, "seed size");
_Static_assert(SG_MLKEM768_PUBLIC_BYTES == crypto_kem_mlkem768_PUBLICKEYBYTES, "public key size");
_Static_assert(SG_MLKEM768_KEY_BYTES == crypto_kem_mlkem768_SECRETKEYBYTES, "key size");
_Static_assert(SG_MLKEM768_CIPHERTEXT_BYTES == crypto_kem_mlkem768_CIPHERTEXTBYTES,
               "ciphertext size");
_Static_assert(SG_MLKEM768_SHARED_BYTES == crypto_kem_mlkem768_SHAREDSECRETBYTES, "secret size");

void sg_mlkem768_keypair(uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                         struct sg_mlkem768_key *key,
                         const uint8_t seed[static SG_MLKEM768_SEED_BYTES])
{
    (void)crypto_kem_mlkem768_seed_keypair(public, key->bytes, seed); /* fails for no seed */
    sg_wipe_stack();
}

bool sg_mlkem768_encapsulate_with(uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                                  uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                                  const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                                  const uint8_t coins[static SG_MLKEM768_COINS_BYTES])
{
    bool ok = sg_mlkem768_check(public) &&
              crypto_kem_mlkem768_enc_deterministic(ciphertext, shared, public, coins) == 0;

    sg_wipe_stack();
    if (!ok) {
        memset(ciphertext, 0, SG_MLKEM768_CIPHERTEXT_BYTES);
        memset(shared, 0, SG_MLKEM768_SHARED_BYTES);
    }
    return ok;
}

void sg_mlkem768_decapsulate(uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                             const uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                             const struct sg_mlkem768_key *key)
{
    if (crypto_kem_mlkem768_dec(shared, ciphertext, key->bytes) != 0)
        abort(); /* rejection is implicit: it fails for no ciphertext */
    sg_wipe_stack();
}

#else

struct vector {
    struct sg_mlkem_poly p[K];
};

/*
 * sum = row `at` of the matrix times v, or of the transposed matrix; over 2^16, small. The matrix
 * is made anew from rho each time: it is public and large.
 */
static void matrix_row(struct sg_mlkem_poly *sum, const uint8_t rho[static SYMBOL], uint8_t at,
                       bool transposed, const struct vector *v)
{
    struct sg_mlkem_poly entry;

    memset(sum, 0, sizeof *sum);
    for (uint8_t i = 0; i < K; i++) {
        sg_mlkem_sample_uniform(&entry, rho, transposed ? at : i, transposed ? i : at);
        sg_mlkem_multiply_add(sum, &entry, &v->p[i]);
    }
    sg_mlkem_reduce(sum);
}

/* sum = the product of a vector in bytes and v; over 2^16, small. */
static void dot(struct sg_mlkem_poly *sum, const uint8_t bytes[static VECTOR_BYTES],
                const struct vector *v)
{
    struct sg_mlkem_poly entry;

    memset(sum, 0, sizeof *sum);
    for (size_t i = 0; i < K; i++) {
        sg_mlkem_decode(&entry, bytes + (size_t)i * SG_MLKEM_POLY_BYTES);
        sg_mlkem_multiply_add(sum, &entry, &v->p[i]);
    }
    sg_mlkem_reduce(sum);
    sg_wipe(&entry, sizeof entry);
}

/* K-PKE.KeyGen (algorithm 13). s and public are outputs. */
static void pke_keypair(uint8_t s_bytes[static VECTOR_BYTES],
                        uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                        const uint8_t d[static SYMBOL])
{
    uint8_t input[SYMBOL + 1], seeds[SG_SHA3_512_BYTES], *rho = seeds, *sigma = seeds + SYMBOL;
    struct sg_mlkem_poly e, t;
    struct vector s;

    memcpy(input, d, SYMBOL);
    input[SYMBOL] = K;
    sg_sha3_512(seeds, input, sizeof input);
    sg_ct_declassify(rho, SYMBOL); /* a part of the public key */
    for (uint8_t i = 0; i < K; i++) {
        sg_mlkem_sample_noise(&s.p[i], sigma, i);
        sg_mlkem_ntt(&s.p[i]);
        sg_mlkem_encode(s_bytes + (size_t)i * SG_MLKEM_POLY_BYTES, &s.p[i]);
    }
    for (uint8_t i = 0; i < K; i++) {
        matrix_row(&t, rho, i, false, &s);
        sg_mlkem_scale(&t);
        sg_mlkem_sample_noise(&e, sigma, (uint8_t)(K + i));
        sg_mlkem_ntt(&e);
        sg_mlkem_add(&t, &e);
        sg_mlkem_reduce(&t);
        sg_mlkem_encode(public + (size_t)i * SG_MLKEM_POLY_BYTES, &t);
    }
    memcpy(public + VECTOR_BYTES, rho, SYMBOL);
    sg_wipe(input, sizeof input);
    sg_wipe(seeds, sizeof seeds);
    sg_wipe(&s, sizeof s);
    sg_wipe(&e, sizeof e);
    /* t is public by now, not wiped */
}

/* K-PKE.Encrypt (algorithm 14). */
static void pke_encrypt(uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                        const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                        const uint8_t message[static SYMBOL], const uint8_t coins[static SYMBOL])
{
    struct sg_mlkem_poly sum, extra;
    struct vector y;

    for (uint8_t i = 0; i < K; i++) {
        sg_mlkem_sample_noise(&y.p[i], coins, i);
        sg_mlkem_ntt(&y.p[i]);
    }
    for (uint8_t i = 0; i < K; i++) {
        matrix_row(&sum, public + VECTOR_BYTES, i, true, &y);
        sg_mlkem_ntt_inverse(&sum);
        sg_mlkem_sample_noise(&extra, coins, (uint8_t)(K + i));
        sg_mlkem_add(&sum, &extra);
        sg_mlkem_reduce(&sum);
        sg_mlkem_compress10(ciphertext + (size_t)i * SG_MLKEM_DU_BYTES, &sum);
    }
    dot(&sum, public, &y);
    sg_mlkem_ntt_inverse(&sum);
    sg_mlkem_sample_noise(&extra, coins, 2 * K);
    sg_mlkem_add(&sum, &extra);
    sg_mlkem_decompress1(&extra, message);
    sg_mlkem_add(&sum, &extra);
    sg_mlkem_reduce(&sum);
    sg_mlkem_compress4(ciphertext + (size_t)K * SG_MLKEM_DU_BYTES, &sum);
    sg_wipe(&sum, sizeof sum);
    sg_wipe(&extra, sizeof extra);
    sg_wipe(&y, sizeof y);
}

/* K-PKE.Decrypt (algorithm 15). */
static void pke_decrypt(uint8_t message[static SYMBOL], const uint8_t s_bytes[static VECTOR_BYTES],
                        const uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES])
{
    struct sg_mlkem_poly sum, v;
    struct vector u;

    for (size_t i = 0; i < K; i++) {
        sg_mlkem_decompress10(&u.p[i], ciphertext + (size_t)i * SG_MLKEM_DU_BYTES);
        sg_mlkem_ntt(&u.p[i]);
    }
    sg_mlkem_decompress4(&v, ciphertext + (size_t)K * SG_MLKEM_DU_BYTES);
    dot(&sum, s_bytes, &u);
    sg_mlkem_ntt_inverse(&sum);
    sg_mlkem_subtract_from(&sum, &v);
    sg_mlkem_reduce(&sum);
    sg_mlkem_compress1(message, &sum);
    sg_wipe(&sum, sizeof sum); /* u and v are the ciphertext's: public, not wiped */
}

void sg_mlkem768_keypair(uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                         struct sg_mlkem768_key *key,
                         const uint8_t seed[static SG_MLKEM768_SEED_BYTES])
{
    pke_keypair(key->bytes, public, seed);
    sg_ct_declassify(public,
                     SG_MLKEM768_PUBLIC_BYTES); /* published, and checked by all who use it */
    memcpy(key->bytes + PUBLIC_AT, public, SG_MLKEM768_PUBLIC_BYTES);
    sg_sha3_256(key->bytes + HASH_AT, public, SG_MLKEM768_PUBLIC_BYTES);
    memcpy(key->bytes + Z_AT, seed + SYMBOL, SYMBOL);
    sg_wipe_stack();
}

/* (shared secret, coins) = G(message, hash of the public key) */
static void derive(uint8_t out[static SG_SHA3_512_BYTES], const uint8_t message[static SYMBOL],
                   const uint8_t hash[static SYMBOL])
{
    uint8_t input[2 * SYMBOL];

    memcpy(input, message, SYMBOL);
    memcpy(input + SYMBOL, hash, SYMBOL);
    sg_sha3_512(out, input, sizeof input);
    sg_wipe(input, sizeof input);
}

bool sg_mlkem768_encapsulate_with(uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                                  uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                                  const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                                  const uint8_t coins[static SG_MLKEM768_COINS_BYTES])
{
    uint8_t hash[SG_SHA3_256_BYTES], derived[SG_SHA3_512_BYTES];

    if (!sg_mlkem768_check(public)) {
        memset(ciphertext, 0, SG_MLKEM768_CIPHERTEXT_BYTES);
        memset(shared, 0, SG_MLKEM768_SHARED_BYTES);
        return false;
    }
    sg_sha3_256(hash, public, SG_MLKEM768_PUBLIC_BYTES);
    derive(derived, coins, hash);
    pke_encrypt(ciphertext, public, coins, derived + SYMBOL);
    memcpy(shared, derived, SG_MLKEM768_SHARED_BYTES);
    sg_wipe(derived, sizeof derived);
    sg_wipe_stack();
    return true;
}

void sg_mlkem768_decapsulate(uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                             const uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                             const struct sg_mlkem768_key *key)
{
    const uint8_t *dk = key->bytes;
    uint8_t message[SYMBOL], derived[SG_SHA3_512_BYTES], rejected[SYMBOL];
    uint8_t again[SG_MLKEM768_CIPHERTEXT_BYTES];
    struct sg_keccak k;
    uint8_t difference = 0, mask;

    pke_decrypt(message, dk, ciphertext);
    derive(derived, message, dk + HASH_AT);
    sg_keccak_init(&k, SG_SHAKE256);
    sg_keccak_absorb(&k, dk + Z_AT, SYMBOL);
    sg_keccak_absorb(&k, ciphertext, SG_MLKEM768_CIPHERTEXT_BYTES);
    sg_keccak_squeeze(&k, rejected, sizeof rejected);
    pke_encrypt(again, dk + PUBLIC_AT, message, derived + SYMBOL);
    for (size_t i = 0; i < sizeof again; i++)
        difference |= again[i] ^ ciphertext[i];
    mask = (uint8_t)(sg_ct_hide(difference - 1U) >> 8); /* all ones when equal, else zero */
    for (size_t i = 0; i < SG_MLKEM768_SHARED_BYTES; i++)
        shared[i] = (uint8_t)((derived[i] & mask) | (rejected[i] & ~mask));
    sg_wipe(message, sizeof message);
    sg_wipe(derived, sizeof derived);
    sg_wipe(rejected, sizeof rejected);
    sg_wipe(again, sizeof again);
    sg_wipe(&k, sizeof k);
    sg_wipe(&difference, sizeof difference);
    sg_wipe(&mask, sizeof mask);
    sg_wipe_stack();
}

#endif
