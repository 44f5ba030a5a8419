/*
 * mlkem768 - ML-KEM-768, key encapsulation from lattices (FIPS 203).
 *
 * Someone with the public key makes a ciphertext and a shared secret; the owner of the seed gets
 * the same secret from the ciphertext. A ciphertext that was tampered with gives another secret,
 * not an error. On its own it is not used here: crypto/xwing pairs it with X25519.
 *
 * Time depends on no secret. Where libsodium has ML-KEM (1.0.22 and later) it does the work.
 */
#ifndef SG_CRYPTO_MLKEM768_H
#define SG_CRYPTO_MLKEM768_H

#include "base/error.h"

#include <stdbool.h>

#define SG_MLKEM768_SEED_BYTES 64     /* d, then z */
#define SG_MLKEM768_PUBLIC_BYTES 1184 /* the encapsulation key */
#define SG_MLKEM768_KEY_BYTES 2400    /* the decapsulation key */
#define SG_MLKEM768_CIPHERTEXT_BYTES 1088
#define SG_MLKEM768_SHARED_BYTES 32
#define SG_MLKEM768_COINS_BYTES 32

/* A seed expanded for use; secret. The caller owns it and wipes it. Never stored or sent. */
struct sg_mlkem768_key {
    uint8_t bytes[SG_MLKEM768_KEY_BYTES]; /* as FIPS 203 lays out dk */
};

/* The key pair that a secret seed stands for (ML-KEM.KeyGen_internal, algorithm 16). */
void sg_mlkem768_keypair(uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                         struct sg_mlkem768_key *key,
                         const uint8_t seed[static SG_MLKEM768_SEED_BYTES]);

/* Whether every coefficient of a public key is in range: the modulus check of section 7.2. */
SG_CHECKED bool sg_mlkem768_check(const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES]);

/*
 * A fresh shared secret and the ciphertext that carries it (ML-KEM.Encaps, algorithm 20). False
 * when the public key does not pass sg_mlkem768_check(); both outputs are zeros then.
 */
SG_CHECKED bool sg_mlkem768_encapsulate(uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                                        uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                                        const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES]);

/* The same with the randomness m given (algorithm 17). coins: secret, uniform, used only once. */
SG_CHECKED bool
sg_mlkem768_encapsulate_with(uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                             uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                             const uint8_t public[static SG_MLKEM768_PUBLIC_BYTES],
                             const uint8_t coins[static SG_MLKEM768_COINS_BYTES]);

/*
 * The shared secret of a ciphertext (algorithm 18). Of one that was not made for this key by the
 * rules, a secret that nobody else can know (implicit rejection), in the same time.
 */
void sg_mlkem768_decapsulate(uint8_t shared[static SG_MLKEM768_SHARED_BYTES],
                             const uint8_t ciphertext[static SG_MLKEM768_CIPHERTEXT_BYTES],
                             const struct sg_mlkem768_key *key);

#endif
