/*
 * hpke_p256 - HPKE towards recipients whose key is kept in hardware, which knows the curve P-256:
 * sealing only. KDF, AEAD and mode are those of crypto/hpke.
 *
 *     DHKEM(P-256, HKDF-SHA256)   0x0010   RFC 9180, section 4.1
 *     MLKEM768-P256               0x0050   draft-ietf-hpke-pq: ML-KEM-768 and P-256
 *
 * All fail as crypto/p256 does; SG_P256_BAD also for an ML-KEM key that is not canonical. What they
 * write is zeros then.
 */
#ifndef SG_CRYPTO_HPKE_P256_H
#define SG_CRYPTO_HPKE_P256_H

#include "crypto/hpke.h"
#include "crypto/mlkem768.h"
#include "crypto/p256.h"

#define SG_HYBRID_P256_PUBLIC_BYTES (SG_MLKEM768_PUBLIC_BYTES + SG_P256_POINT_BYTES)
#define SG_HYBRID_P256_ENC_BYTES (SG_MLKEM768_CIPHERTEXT_BYTES + SG_P256_POINT_BYTES)

/* SealBase of n bytes into n + SG_HPKE_TAG_BYTES at out; see sg_hpke_seal(). */
SG_CHECKED enum sg_p256 sg_hpke_p256_seal(uint8_t enc[static SG_P256_POINT_BYTES], uint8_t *out,
                                          const uint8_t public[static SG_P256_POINT_BYTES],
                                          const void *info, size_t info_len, const uint8_t *in,
                                          size_t n);
SG_CHECKED enum sg_p256
sg_hpke_hybrid_p256_seal(uint8_t enc[static SG_HYBRID_P256_ENC_BYTES], uint8_t *out,
                         const uint8_t public[static SG_HYBRID_P256_PUBLIC_BYTES], const void *info,
                         size_t info_len, const uint8_t *in, size_t n);

/*
 * A shared secret and the encapsulation that carries it, from randomness that is given: secret, and
 * used only once. coins: of ML-KEM.
 */
SG_CHECKED enum sg_p256
sg_hpke_p256_encapsulate_with(uint8_t enc[static SG_P256_POINT_BYTES],
                              uint8_t shared[static SG_HPKE_SHARED_BYTES],
                              const uint8_t public[static SG_P256_POINT_BYTES],
                              const uint8_t scalar[static SG_P256_SCALAR_BYTES]);
SG_CHECKED enum sg_p256
sg_hpke_hybrid_p256_encapsulate_with(uint8_t enc[static SG_HYBRID_P256_ENC_BYTES],
                                     uint8_t shared[static SG_HPKE_SHARED_BYTES],
                                     const uint8_t public[static SG_HYBRID_P256_PUBLIC_BYTES],
                                     const uint8_t coins[static SG_MLKEM768_COINS_BYTES],
                                     const uint8_t scalar[static SG_P256_SCALAR_BYTES]);

#endif
