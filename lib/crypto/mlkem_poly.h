/*
 * mlkem_poly - polynomials for ML-KEM (FIPS 203): the ring of integers modulo 3329 and X^256 + 1.
 *
 * A room inside crypto/mlkem768; nobody else includes it. Time depends on nothing but the matrix
 * seed, which is public. Polynomials made from secrets are secret: their owner wipes them.
 *
 * A polynomial is in one of two forms. In the plain form c[i] is the coefficient of X^i. In the NTT
 * form (section 4.3) coefficient i stands at c[i % 16 * 16 + i / 16]: the 16 by 16 grid is turned,
 * so that every step works on rows of 16 and compilers make vector code of it. "Small" below
 * means between -1664 and 1664.
 */
#ifndef SG_CRYPTO_MLKEM_POLY_H
#define SG_CRYPTO_MLKEM_POLY_H

#include <stddef.h>
#include <stdint.h>

#define SG_MLKEM_N 256
#define SG_MLKEM_Q 3329
#define SG_MLKEM_SYMBOL_BYTES 32                  /* seeds and messages */
#define SG_MLKEM_POLY_BYTES (SG_MLKEM_N * 12 / 8) /* 12 bits a coefficient */
#define SG_MLKEM_DU_BYTES (SG_MLKEM_N * 10 / 8)   /* compressed to 10 bits */
#define SG_MLKEM_DV_BYTES (SG_MLKEM_N * 4 / 8)    /* compressed to 4 bits */

struct sg_mlkem_poly {
    int16_t c[SG_MLKEM_N];
};

/* a = SampleNTT(rho, column, row) (algorithm 7): uniform, NTT form, 0 to 3328. rho is public. */
void sg_mlkem_sample_uniform(struct sg_mlkem_poly *a,
                             const uint8_t rho[static SG_MLKEM_SYMBOL_BYTES], uint8_t column,
                             uint8_t row);

/* p = SamplePolyCBD(PRF(seed, nonce)) with eta = 2 (algorithm 8): plain form, -2 to 2. Secret. */
void sg_mlkem_sample_noise(struct sg_mlkem_poly *p,
                           const uint8_t seed[static SG_MLKEM_SYMBOL_BYTES], uint8_t nonce);

/* Plain form, -4096 to 4096, to NTT form, small (algorithm 9). */
void sg_mlkem_ntt(struct sg_mlkem_poly *p);

/*
 * NTT form, small, to plain form, -2500 to 2500 (algorithm 10), times 2^16: which undoes what
 * sg_mlkem_multiply_add() leaves.
 */
void sg_mlkem_ntt_inverse(struct sg_mlkem_poly *p);

/*
 * sum += a * b / 2^16 (algorithm 11), all in NTT form; a: 0 to 4095, b: small. Three of these may
 * be added to zero before sg_mlkem_reduce().
 */
void sg_mlkem_multiply_add(struct sg_mlkem_poly *sum, const struct sg_mlkem_poly *a,
                           const struct sg_mlkem_poly *b);

/* p * 2^16, small: undoes the division above where no inverse NTT follows. */
void sg_mlkem_scale(struct sg_mlkem_poly *p);

/* p += a; p = a - p; and the same coefficients modulo 3329, small. */
void sg_mlkem_add(struct sg_mlkem_poly *p, const struct sg_mlkem_poly *a);
void sg_mlkem_subtract_from(struct sg_mlkem_poly *p, const struct sg_mlkem_poly *a);
void sg_mlkem_reduce(struct sg_mlkem_poly *p);

/* ByteEncode12 and ByteDecode12 (algorithms 5 and 6), of small and NTT form. Decoded: 0 to 4095. */
void sg_mlkem_encode(uint8_t out[static SG_MLKEM_POLY_BYTES], const struct sg_mlkem_poly *p);
void sg_mlkem_decode(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_POLY_BYTES]);

/*
 * Compress and ByteEncode, ByteDecode and Decompress (section 4.2.1) of the plain form with 10, 4
 * and 1 bit. What is compressed is small; what comes back is 0 to 3328.
 */
void sg_mlkem_compress10(uint8_t out[static SG_MLKEM_DU_BYTES], const struct sg_mlkem_poly *p);
void sg_mlkem_decompress10(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_DU_BYTES]);
void sg_mlkem_compress4(uint8_t out[static SG_MLKEM_DV_BYTES], const struct sg_mlkem_poly *p);
void sg_mlkem_decompress4(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_DV_BYTES]);
void sg_mlkem_compress1(uint8_t out[static SG_MLKEM_SYMBOL_BYTES], const struct sg_mlkem_poly *p);
void sg_mlkem_decompress1(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_SYMBOL_BYTES]);

#endif
