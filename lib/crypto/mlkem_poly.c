#include "crypto/mlkem_poly.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/keccak.h"

#include <string.h>

#define N SG_MLKEM_N
#define Q SG_MLKEM_Q
#define SIDE 16              /* of the grid */
#define Q_INVERSE (-3327)    /* 3329 * -3327 = 1 modulo 2^16 */
#define BARRETT 20159        /* 2^26 / 3329, rounded */
#define R_SQUARED 1353       /* 2^32 modulo 3329 */
#define R_SQUARED_128 1441   /* 2^32 / 128 modulo 3329 */
#define Q_RECIPROCAL 1290168 /* 2^32 / 3329, rounded up */

_Static_assert(N / SIDE == SIDE, "the grid holds a polynomial");

/*
 * Powers of the 256th root of unity 17 (appendix A), times 2^16, between -1664 and 1664. ROW[k] is
 * 17^BitRev7(k) and serves the layers that pair whole rows of the plain grid. Once the grid is
 * turned, row r of the plain form is column r, and each has a power of its own:
 * COLUMN[0][r] belongs to k = 16 + r, COLUMN[1 + h][r] to 32 + 2r + h, COLUMN[3 + h][r] to
 * 64 + 4r + h. The second pair of tables holds the inverses.
 */
static const int16_t ROW[SIDE] = {-1044, -758, -359, -1517, 1493, 1422,  287,   202,
                                  -171,  622,  1577, 182,   962,  -1202, -1474, 1468};

static const int16_t COLUMN[7][SIDE] = {
    {573, -1325, 264, 383, -829, 1458, -1602, -130, -681, 1017, 732, 608, -1542, 411, -205, -1571},
    {1223, -552, -1293, -282, 516, -320, -1618, 126, -853, -271, 107, -247, -398, -1508, 448, 677},
    {652, 1015, 1491, -1544, -8, -666, -1162, 1469, -90, 830, -1421, -951, 961, -725, -1065, -1275},
    {-1103, -1251, 422, -291, -246, -777, -1590, 418, 817, 1322, -1215, -874, -1185, -1510, -108,
     958},
    {430, 871, 587, -460, 778, 1483, 644, 329, 1097, -1285, -136, 220, -1530, -854, -308, -1460},
    {555, 1550, 177, 1574, 1159, -602, -872, -156, 603, -1465, 1218, -1187, -1278, -870, 996, 1522},
    {843, 105, -235, 1653, -147, 1119, 349, -75, 610, 384, -1335, -1659, 794, 478, 991, 1628},
};

static const int16_t ROW_INVERSE[SIDE] = {-1044, 758,  1517, 359,  -202, -287,  -1422, -1493,
                                          -1468, 1474, 1202, -962, -182, -1577, -622,  171};

static const int16_t COLUMN_INVERSE[7][SIDE] = {
    {1571, 205, -411, 1542, -608, -732, -1017, 681, 130, 1602, -1458, 829, -383, -264, 1325, -573},
    {1275, 1065, 725, -961, 951, 1421, -830, 90, -1469, 1162, 666, 8, 1544, -1491, -1015, -652},
    {-677, -448, 1508, 398, 247, -107, 271, 853, -126, 1618, 320, -516, 282, 1293, 552, -1223},
    {-1628, -991, -478, -794, 1659, 1335, -384, -610, 75, -349, -1119, 147, -1653, 235, -105, -843},
    {-1522, -996, 870, 1278, 1187, -1218, 1465, -603, 156, 872, 602, -1159, -1574, -177, -1550,
     -555},
    {1460, 308, 854, 1530, -220, 136, 1285, -1097, -329, -644, -1483, -778, 460, -587, -871, -430},
    {-958, 108, 1510, 1185, 874, 1215, -1322, -817, -418, 1590, 777, 246, 291, -422, 1251, 1103},
};

/* Where coefficient i of the NTT form stands. */
static inline size_t turned(size_t i)
{
    return i % SIDE * SIDE + i / SIDE;
}

static inline int16_t high(int16_t a, int16_t b)
{
    return (int16_t)((int32_t)a * b >> 16);
}

static inline int16_t low(int16_t a, int16_t b)
{
    return (int16_t)((uint32_t)(uint16_t)a * (uint16_t)b);
}

/*
 * Montgomery: a * b / 2^16 modulo Q, no further from zero than |a * b| / 2^16 + 1665. The low
 * halves of a * b and of m * Q are equal, so that the high halves alone decide.
 */
static inline int16_t multiply(int16_t a, int16_t b)
{
    int16_t m = low(low(a, b), Q_INVERSE);

    return (int16_t)(high(a, b) - high(m, Q));
}

/* Barrett: a modulo Q, between -1664 and 1664, for every int16_t. */
static inline int16_t reduce(int16_t a)
{
    int16_t t = (int16_t)((high(a, BARRETT) + (1 << 9)) >> 10);

    return (int16_t)(a - low(t, Q));
}

/* A small a as the same number between 0 and Q - 1. */
static inline uint16_t canonical(int16_t a)
{
    return (uint16_t)(a + (Q & a >> 15));
}

static void turn(int16_t c[static N])
{
    for (size_t i = 0; i < SIDE; i++) {
        for (size_t j = i + 1; j < SIDE; j++) {
            int16_t t = c[i * SIDE + j];
            c[i * SIDE + j] = c[j * SIDE + i];
            c[j * SIDE + i] = t;
        }
    }
}

void sg_mlkem_sample_uniform(struct sg_mlkem_poly *a,
                             const uint8_t rho[static SG_MLKEM_SYMBOL_BYTES], uint8_t column,
                             uint8_t row)
{
    /* Three blocks nearly always suffice. A candidate is always written, and kept by moving on. */
    enum { BLOCK = SG_SHAKE128_RATE_BYTES, FIRST = 3 * BLOCK };
    uint8_t bytes[FIRST], place[2] = {column, row};
    int16_t found[N + FIRST / 3 * 2];
    size_t n = 0, have = FIRST;
    struct sg_keccak k;

    sg_keccak_init(&k, SG_SHAKE128);
    sg_keccak_absorb(&k, rho, SG_MLKEM_SYMBOL_BYTES);
    sg_keccak_absorb(&k, place, sizeof place);
    for (; n < N; have = BLOCK) {
        sg_keccak_squeeze(&k, bytes, have);
        for (size_t i = 0; i < have; i += 3) {
            int d1 = bytes[i] | (bytes[i + 1] & 15) << 8;
            int d2 = bytes[i + 1] >> 4 | bytes[i + 2] << 4;
            found[n] = (int16_t)d1;
            n += d1 < Q;
            found[n] = (int16_t)d2;
            n += d2 < Q;
        }
    }
    for (size_t i = 0; i < N; i++)
        a->c[turned(i)] = found[i];
    /* public, not wiped */
}

void sg_mlkem_sample_noise(struct sg_mlkem_poly *p,
                           const uint8_t seed[static SG_MLKEM_SYMBOL_BYTES], uint8_t nonce)
{
    uint8_t bytes[N / 2]; /* four bits a coefficient: two to add and two to subtract */
    struct sg_keccak k;

    sg_keccak_init(&k, SG_SHAKE256);
    sg_keccak_absorb(&k, seed, SG_MLKEM_SYMBOL_BYTES);
    sg_keccak_absorb(&k, &nonce, 1);
    sg_keccak_squeeze(&k, bytes, sizeof bytes);
    for (size_t i = 0; i < N / 2; i++) {
        int sums = (bytes[i] & 0x55) + (bytes[i] >> 1 & 0x55); /* four of two bits each */
        p->c[2 * i] = (int16_t)((sums & 3) - (sums >> 2 & 3));
        p->c[2 * i + 1] = (int16_t)((sums >> 4 & 3) - (sums >> 6));
    }
    sg_wipe(&k, sizeof k);
    sg_wipe(bytes, sizeof bytes);
}

/*
 * The two butterflies, on rows of 16 at once: (a, b) to (a + zb, a - zb), and back, doubled: (a, b)
 * to (a + b, (a - b) / z). z is one number for a plain row and a row of numbers for a turned one.
 */
static inline void forward_plain(int16_t *restrict a, int16_t *restrict b, int16_t z)
{
    for (size_t i = 0; i < SIDE; i++) {
        int16_t t = multiply(b[i], z);
        b[i] = (int16_t)(a[i] - t);
        a[i] = (int16_t)(a[i] + t);
    }
}

static inline void forward_turned(int16_t *restrict a, int16_t *restrict b,
                                  const int16_t z[static SIDE])
{
    for (size_t i = 0; i < SIDE; i++) {
        int16_t t = multiply(b[i], z[i]);
        b[i] = (int16_t)(a[i] - t);
        a[i] = (int16_t)(a[i] + t);
    }
}

static inline void back_plain(int16_t *restrict a, int16_t *restrict b, int16_t z)
{
    for (size_t i = 0; i < SIDE; i++) {
        int16_t t = (int16_t)(a[i] - b[i]);
        a[i] = (int16_t)(a[i] + b[i]);
        b[i] = multiply(t, z);
    }
}

static inline void back_turned(int16_t *restrict a, int16_t *restrict b,
                               const int16_t z[static SIDE])
{
    for (size_t i = 0; i < SIDE; i++) {
        int16_t t = (int16_t)(a[i] - b[i]);
        a[i] = (int16_t)(a[i] + b[i]);
        b[i] = multiply(t, z[i]);
    }
}

/*
 * A layer adds at most 2498 to the largest coefficient, since |b| < 2^15 and |z| < 1665: after
 * seven, 4096 has grown to less than 2^15.
 */
void sg_mlkem_ntt(struct sg_mlkem_poly *p)
{
    int16_t *c = p->c;

    for (size_t half = 8, k = 1; half >= 1; half /= 2)
        for (size_t start = 0; start < SIDE; start += 2 * half, k++)
            for (size_t r = start; r < start + half; r++)
                forward_plain(c + r * SIDE, c + (r + half) * SIDE, ROW[k]);
    turn(c);
    for (size_t half = 8, k = 0; half >= 2; half /= 2)
        for (size_t start = 0; start < SIDE; start += 2 * half, k++)
            for (size_t r = start; r < start + half; r++)
                forward_turned(c + r * SIDE, c + (r + half) * SIDE, COLUMN[k]);
    sg_mlkem_reduce(p);
}

/*
 * A layer at most doubles the largest coefficient: 1664 may go through four of them. The layers
 * come in the order opposite to the above; `first` is where a layer's part of a table begins.
 */
void sg_mlkem_ntt_inverse(struct sg_mlkem_poly *p)
{
    int16_t *c = p->c;

    for (size_t half = 2, first = 3; half <= 8; half *= 2, first /= 2)
        for (size_t start = 0, k = first; start < SIDE; start += 2 * half, k++)
            for (size_t r = start; r < start + half; r++)
                back_turned(c + r * SIDE, c + (r + half) * SIDE, COLUMN_INVERSE[k]);
    sg_mlkem_reduce(p);
    turn(c);
    for (size_t half = 1, first = 8; half <= 8; half *= 2, first /= 2)
        for (size_t start = 0, k = first; start < SIDE; start += 2 * half, k++)
            for (size_t r = start; r < start + half; r++)
                back_plain(c + r * SIDE, c + (r + half) * SIDE, ROW_INVERSE[k]);
    for (size_t i = 0; i < N; i++)
        c[i] = multiply(c[i], R_SQUARED_128);
}

/* sum += a * b modulo X^2 - sign * z (algorithm 12), for 16 pairs of coefficients. */
static inline void multiply_add_rows(int16_t *restrict sum, const int16_t *restrict a,
                                     const int16_t *restrict b, const int16_t z[static SIDE],
                                     int sign)
{
    for (size_t i = 0; i < SIDE; i++) {
        int16_t a0 = a[i], a1 = a[SIDE + i], b0 = b[i], b1 = b[SIDE + i];
        int16_t zab = multiply(multiply(a1, b1), z[i]);
        sum[i] = (int16_t)(sum[i] + multiply(a0, b0) + sign * zab);
        sum[SIDE + i] = (int16_t)(sum[SIDE + i] + multiply(a0, b1) + multiply(a1, b0));
    }
}

void sg_mlkem_multiply_add(struct sg_mlkem_poly *sum, const struct sg_mlkem_poly *a,
                           const struct sg_mlkem_poly *b)
{
    for (size_t h = 0; h < 4; h++) {
        size_t at = 4 * h * SIDE, next = at + (size_t)2 * SIDE;
        multiply_add_rows(sum->c + at, a->c + at, b->c + at, COLUMN[3 + h], 1);
        multiply_add_rows(sum->c + next, a->c + next, b->c + next, COLUMN[3 + h], -1);
    }
}

void sg_mlkem_scale(struct sg_mlkem_poly *p)
{
    for (size_t i = 0; i < N; i++)
        p->c[i] = reduce(multiply(p->c[i], R_SQUARED));
}

void sg_mlkem_add(struct sg_mlkem_poly *p, const struct sg_mlkem_poly *a)
{
    for (size_t i = 0; i < N; i++)
        p->c[i] = (int16_t)(p->c[i] + a->c[i]);
}

void sg_mlkem_subtract_from(struct sg_mlkem_poly *p, const struct sg_mlkem_poly *a)
{
    for (size_t i = 0; i < N; i++)
        p->c[i] = (int16_t)(a->c[i] - p->c[i]);
}

void sg_mlkem_reduce(struct sg_mlkem_poly *p)
{
    for (size_t i = 0; i < N; i++)
        p->c[i] = reduce(p->c[i]);
}

void sg_mlkem_encode(uint8_t out[static SG_MLKEM_POLY_BYTES], const struct sg_mlkem_poly *p)
{
    for (size_t i = 0; i < N; i += 2, out += 3) {
        uint16_t x = canonical(p->c[turned(i)]), y = canonical(p->c[turned(i + 1)]);
        out[0] = (uint8_t)x;
        out[1] = (uint8_t)(x >> 8 | y << 4);
        out[2] = (uint8_t)(y >> 4);
    }
}

void sg_mlkem_decode(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_POLY_BYTES])
{
    for (size_t i = 0; i < N; i += 2, in += 3) {
        p->c[turned(i)] = (int16_t)(in[0] | (in[1] & 15) << 8);
        p->c[turned(i + 1)] = (int16_t)(in[1] >> 4 | in[2] << 4);
    }
}

/*
 * x * 2^bits / Q, rounded, modulo 2^bits. Dividing by way of the reciprocal is exact for every x
 * and the 1, 4 and 10 bits used here; a division instruction would take a time that tells of x.
 */
static inline uint32_t compress(int16_t x, unsigned bits)
{
    uint64_t scaled = ((uint32_t)canonical(x) << bits) + Q / 2;

    return (uint32_t)(scaled * Q_RECIPROCAL >> 32) & ((1U << bits) - 1);
}

static inline int16_t decompress(uint32_t y, unsigned bits)
{
    return (int16_t)((y * Q + (1U << (bits - 1))) >> bits);
}

void sg_mlkem_compress10(uint8_t out[static SG_MLKEM_DU_BYTES], const struct sg_mlkem_poly *p)
{
    for (size_t i = 0; i < N; i += 4, out += 5) {
        uint32_t w = compress(p->c[i], 10), x = compress(p->c[i + 1], 10);
        uint32_t y = compress(p->c[i + 2], 10), z = compress(p->c[i + 3], 10);
        out[0] = (uint8_t)w;
        out[1] = (uint8_t)(w >> 8 | x << 2);
        out[2] = (uint8_t)(x >> 6 | y << 4);
        out[3] = (uint8_t)(y >> 4 | z << 6);
        out[4] = (uint8_t)(z >> 2);
    }
}

void sg_mlkem_decompress10(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_DU_BYTES])
{
    for (size_t i = 0; i < N; i += 4, in += 5) {
        uint32_t first = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16;
        uint32_t last = in[2] | (uint32_t)in[3] << 8 | (uint32_t)in[4] << 16;
        p->c[i] = decompress(first & 1023, 10);
        p->c[i + 1] = decompress(first >> 10 & 1023, 10);
        p->c[i + 2] = decompress(last >> 4 & 1023, 10);
        p->c[i + 3] = decompress(last >> 14, 10);
    }
}

void sg_mlkem_compress4(uint8_t out[static SG_MLKEM_DV_BYTES], const struct sg_mlkem_poly *p)
{
    for (size_t i = 0; i < SG_MLKEM_DV_BYTES; i++)
        out[i] = (uint8_t)(compress(p->c[2 * i], 4) | compress(p->c[2 * i + 1], 4) << 4);
}

void sg_mlkem_decompress4(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_DV_BYTES])
{
    for (size_t i = 0; i < SG_MLKEM_DV_BYTES; i++) {
        p->c[2 * i] = decompress(in[i] & 15, 4);
        p->c[2 * i + 1] = decompress(in[i] >> 4, 4);
    }
}

void sg_mlkem_compress1(uint8_t out[static SG_MLKEM_SYMBOL_BYTES], const struct sg_mlkem_poly *p)
{
    memset(out, 0, SG_MLKEM_SYMBOL_BYTES);
    for (size_t i = 0; i < N; i++)
        out[i / 8] |= (uint8_t)(compress(p->c[i], 1) << i % 8);
}

void sg_mlkem_decompress1(struct sg_mlkem_poly *p, const uint8_t in[static SG_MLKEM_SYMBOL_BYTES])
{
    for (size_t i = 0; i < N; i++) {
        uint32_t bit = (uint32_t)in[i / 8] >> i % 8 & 1;
        p->c[i] = (int16_t)(sg_ct_hide(0 - bit) & ((Q + 1) / 2)); /* Q / 2, rounded up, or 0 */
    }
}
