/*
 * xwing - X-Wing, a hybrid of ML-KEM-768 and X25519 (draft-connolly-cfrg-xwing-kem), which HPKE
 * calls MLKEM768-X25519 (draft-ietf-hpke-pq) and age uses for its post-quantum recipients.
 *
 * The shared secret stays secret as long as one of the two holds. A key pair is a 32-byte seed;
 * everything else is made from it. A changed ciphertext gives another secret and not an error, so
 * whoever uses the secret must authenticate something with it.
 */
#ifndef SG_CRYPTO_XWING_H
#define SG_CRYPTO_XWING_H

#include "base/error.h"

#include <stdbool.h>

#define SG_XWING_SEED_BYTES 32
#define SG_XWING_PUBLIC_BYTES 1216 /* of ML-KEM, then of X25519 */
#define SG_XWING_ENC_BYTES 1120    /* an ML-KEM ciphertext, then an X25519 share */
#define SG_XWING_SHARED_BYTES 32
#define SG_XWING_COINS_BYTES 64

/* The public key of a seed (section 5.2). The seed is secret: any 32 uniform bytes. */
void sg_xwing_public(uint8_t public[static SG_XWING_PUBLIC_BYTES],
                     const uint8_t seed[static SG_XWING_SEED_BYTES]);

/*
 * Whether a public key may be used, as far as can be told before using it: its ML-KEM part passes
 * the modulus check of FIPS 203.
 */
SG_CHECKED bool sg_xwing_check(const uint8_t public[static SG_XWING_PUBLIC_BYTES]);

/*
 * A fresh shared secret and the encapsulation that carries it (section 5.4). False, with both
 * outputs zeros, when the public key does not pass the check or its X25519 part is of low order.
 */
SG_CHECKED bool sg_xwing_encapsulate(uint8_t enc[static SG_XWING_ENC_BYTES],
                                     uint8_t shared[static SG_XWING_SHARED_BYTES],
                                     const uint8_t public[static SG_XWING_PUBLIC_BYTES]);

/* The same with the randomness given (section 5.4.1). coins: secret, uniform, used only once. */
SG_CHECKED bool sg_xwing_encapsulate_with(uint8_t enc[static SG_XWING_ENC_BYTES],
                                          uint8_t shared[static SG_XWING_SHARED_BYTES],
                                          const uint8_t public[static SG_XWING_PUBLIC_BYTES],
                                          const uint8_t coins[static SG_XWING_COINS_BYTES]);

/*
 * The shared secret of an encapsulation (section 5.5). False, with shared zeros, when its X25519
 * share is of low order, which no honest sender makes.
 */
SG_CHECKED bool sg_xwing_decapsulate(uint8_t shared[static SG_XWING_SHARED_BYTES],
                                     const uint8_t enc[static SG_XWING_ENC_BYTES],
                                     const uint8_t seed[static SG_XWING_SEED_BYTES]);

#endif
