/*
 * voprf - RFC 9497 with the suite ristretto255-SHA512: oblivious pseudorandom functions, of which
 * tokens are made. Modes OPRF and VOPRF. Private to the room; for tokens call token.h.
 *
 * The client blinds an input; the server applies its key to what it cannot recognise; the client
 * takes the blind off, and has the function's value for its input. In mode VOPRF the server proves
 * that it used the key that everybody knows, in one proof for all that it evaluated.
 */
#ifndef SG_PSEUDONYM_VOPRF_H
#define SG_PSEUDONYM_VOPRF_H

#include "crypto/hash.h"
#include "crypto/ristretto.h"

#define SG_VOPRF_OUTPUT_BYTES SG_SHA512_BYTES
#define SG_VOPRF_PROOF_BYTES ((size_t)2 * SG_SCALAR_BYTES)
#define SG_VOPRF_INPUT_MAX_BYTES 65535U
#define SG_VOPRF_BATCH_MAX 65535U

enum sg_voprf_mode { SG_OPRF = 0, SG_VOPRF = 1 };

/* The key of a seed (section 3.2.1, DeriveKeyPair). The secret key is the caller's to wipe. */
SG_CHECKED bool sg_voprf_key(uint8_t secret[static SG_SCALAR_BYTES],
                             uint8_t public[static SG_RISTRETTO_BYTES],
                             const uint8_t seed[static 32], const void *info, size_t n,
                             enum sg_voprf_mode mode);

/* Blind with the blind given (section 3.3.1). False for the one input in 2^252 that cannot be. */
SG_CHECKED bool sg_voprf_blind(uint8_t blinded[static SG_RISTRETTO_BYTES], const void *input,
                               size_t n, const uint8_t blind[static SG_SCALAR_BYTES],
                               enum sg_voprf_mode mode);

/* BlindEvaluate, without its proof: k times an element that passed sg_ristretto_check(). */
SG_CHECKED bool sg_voprf_evaluate(uint8_t evaluated[static SG_RISTRETTO_BYTES],
                                  const uint8_t secret[static SG_SCALAR_BYTES],
                                  const uint8_t blinded[static SG_RISTRETTO_BYTES]);

/* Finalize: the function's value, once the proof is checked. evaluated: passed the check. */
SG_CHECKED bool sg_voprf_finalize(uint8_t output[static SG_VOPRF_OUTPUT_BYTES], const void *input,
                                  size_t n, const uint8_t blind[static SG_SCALAR_BYTES],
                                  const uint8_t evaluated[static SG_RISTRETTO_BYTES]);

/* Evaluate (section 3.3.1): the same value, from the secret key. */
SG_CHECKED bool sg_voprf_value(uint8_t output[static SG_VOPRF_OUTPUT_BYTES],
                               const uint8_t secret[static SG_SCALAR_BYTES], const void *input,
                               size_t n, enum sg_voprf_mode mode);

/*
 * GenerateProof with the scalar r given, and VerifyProof (section 2.2), for `count` elements c and
 * what k made of them, d: records of 32 bytes, 1 to SG_VOPRF_BATCH_MAX. r is secret, uniform, used
 * once.
 */
SG_CHECKED bool sg_voprf_prove(uint8_t proof[static SG_VOPRF_PROOF_BYTES],
                               const uint8_t secret[static SG_SCALAR_BYTES],
                               const uint8_t public[static SG_RISTRETTO_BYTES], const uint8_t *c,
                               const uint8_t *d, size_t count,
                               const uint8_t r[static SG_SCALAR_BYTES]);
SG_CHECKED bool sg_voprf_verify(const uint8_t proof[static SG_VOPRF_PROOF_BYTES],
                                const uint8_t public[static SG_RISTRETTO_BYTES], const uint8_t *c,
                                const uint8_t *d, size_t count);

#endif
