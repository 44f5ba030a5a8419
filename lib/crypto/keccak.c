#include "crypto/keccak.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 24
#define SUFFIX_SHA3 0x06
#define SUFFIX_SHAKE 0x1f
#define LAST_PAD_BIT 0x80

/* iota's constants (section 3.2.5) */
static const uint64_t IOTA[ROUNDS] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static inline uint64_t rotl(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static inline uint64_t load_lane(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline void store_lane(uint8_t *p, uint64_t x)
{
    p[0] = (uint8_t)x;
    p[1] = (uint8_t)(x >> 8);
    p[2] = (uint8_t)(x >> 16);
    p[3] = (uint8_t)(x >> 24);
    p[4] = (uint8_t)(x >> 32);
    p[5] = (uint8_t)(x >> 40);
    p[6] = (uint8_t)(x >> 48);
    p[7] = (uint8_t)(x >> 56);
}

/* chi (section 3.2.4) on one plane of five lanes, t0 to t4 */
#define CHI(o0, o1, o2, o3, o4) \
    do {                        \
        (o0) = t0 ^ (~t1 & t2); \
        (o1) = t1 ^ (~t2 & t3); \
        (o2) = t2 ^ (~t3 & t4); \
        (o3) = t3 ^ (~t4 & t0); \
        (o4) = t4 ^ (~t0 & t1); \
    } while (0)

/*
 * One round from the lanes a0 to a24 into b0 to b24. Theta finds d0 to d4; then each plane of the
 * result is made by adding d, rotating (rho), picking lanes along the diagonals (pi) and chi.
 */
#define ROUND(a, b, constant)                              \
    do {                                                   \
        uint64_t c0 = a##0 ^ a##5 ^ a##10 ^ a##15 ^ a##20; \
        uint64_t c1 = a##1 ^ a##6 ^ a##11 ^ a##16 ^ a##21; \
        uint64_t c2 = a##2 ^ a##7 ^ a##12 ^ a##17 ^ a##22; \
        uint64_t c3 = a##3 ^ a##8 ^ a##13 ^ a##18 ^ a##23; \
        uint64_t c4 = a##4 ^ a##9 ^ a##14 ^ a##19 ^ a##24; \
        uint64_t d0 = c4 ^ rotl(c1, 1);                    \
        uint64_t d1 = c0 ^ rotl(c2, 1);                    \
        uint64_t d2 = c1 ^ rotl(c3, 1);                    \
        uint64_t d3 = c2 ^ rotl(c4, 1);                    \
        uint64_t d4 = c3 ^ rotl(c0, 1);                    \
        uint64_t t0, t1, t2, t3, t4;                       \
                                                           \
        t0 = a##0 ^ d0;                                    \
        t1 = rotl(a##6 ^ d1, 44);                          \
        t2 = rotl(a##12 ^ d2, 43);                         \
        t3 = rotl(a##18 ^ d3, 21);                         \
        t4 = rotl(a##24 ^ d4, 14);                         \
        CHI(b##0, b##1, b##2, b##3, b##4);                 \
        b##0 ^= (constant);                                \
        t0 = rotl(a##3 ^ d3, 28);                          \
        t1 = rotl(a##9 ^ d4, 20);                          \
        t2 = rotl(a##10 ^ d0, 3);                          \
        t3 = rotl(a##16 ^ d1, 45);                         \
        t4 = rotl(a##22 ^ d2, 61);                         \
        CHI(b##5, b##6, b##7, b##8, b##9);                 \
        t0 = rotl(a##1 ^ d1, 1);                           \
        t1 = rotl(a##7 ^ d2, 6);                           \
        t2 = rotl(a##13 ^ d3, 25);                         \
        t3 = rotl(a##19 ^ d4, 8);                          \
        t4 = rotl(a##20 ^ d0, 18);                         \
        CHI(b##10, b##11, b##12, b##13, b##14);            \
        t0 = rotl(a##4 ^ d4, 27);                          \
        t1 = rotl(a##5 ^ d0, 36);                          \
        t2 = rotl(a##11 ^ d1, 10);                         \
        t3 = rotl(a##17 ^ d2, 15);                         \
        t4 = rotl(a##23 ^ d3, 56);                         \
        CHI(b##15, b##16, b##17, b##18, b##19);            \
        t0 = rotl(a##2 ^ d2, 62);                          \
        t1 = rotl(a##8 ^ d3, 55);                          \
        t2 = rotl(a##14 ^ d4, 39);                         \
        t3 = rotl(a##15 ^ d0, 41);                         \
        t4 = rotl(a##21 ^ d1, 2);                          \
        CHI(b##20, b##21, b##22, b##23, b##24);            \
    } while (0)

/* Keccak-f[1600] (section 3.3), two rounds a turn, with every lane in a variable of its own. */
static void permute(uint64_t s[static SG_KECCAK_LANES])
{
    uint64_t a0 = s[0], a1 = s[1], a2 = s[2], a3 = s[3], a4 = s[4];
    uint64_t a5 = s[5], a6 = s[6], a7 = s[7], a8 = s[8], a9 = s[9];
    uint64_t a10 = s[10], a11 = s[11], a12 = s[12], a13 = s[13], a14 = s[14];
    uint64_t a15 = s[15], a16 = s[16], a17 = s[17], a18 = s[18], a19 = s[19];
    uint64_t a20 = s[20], a21 = s[21], a22 = s[22], a23 = s[23], a24 = s[24];
    uint64_t b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12;
    uint64_t b13, b14, b15, b16, b17, b18, b19, b20, b21, b22, b23, b24;

    for (unsigned i = 0; i < ROUNDS; i += 2) {
        ROUND(a, b, IOTA[i]);
        ROUND(b, a, IOTA[i + 1]);
    }
    s[0] = a0, s[1] = a1, s[2] = a2, s[3] = a3, s[4] = a4;
    s[5] = a5, s[6] = a6, s[7] = a7, s[8] = a8, s[9] = a9;
    s[10] = a10, s[11] = a11, s[12] = a12, s[13] = a13, s[14] = a14;
    s[15] = a15, s[16] = a16, s[17] = a17, s[18] = a18, s[19] = a19;
    s[20] = a20, s[21] = a21, s[22] = a22, s[23] = a23, s[24] = a24;
}

void sg_keccak_init(struct sg_keccak *k, enum sg_keccak_kind kind)
{
    static const uint8_t rate[] = {
        [SG_SHA3_256] = SG_SHA3_256_RATE_BYTES,
        [SG_SHA3_512] = SG_SHA3_512_RATE_BYTES,
        [SG_SHAKE128] = SG_SHAKE128_RATE_BYTES,
        [SG_SHAKE256] = SG_SHAKE256_RATE_BYTES,
    };

    memset(k, 0, sizeof *k);
    k->rate = rate[kind];
    k->suffix = kind == SG_SHA3_256 || kind == SG_SHA3_512 ? SUFFIX_SHA3 : SUFFIX_SHAKE;
}

static inline void add_byte(struct sg_keccak *k, size_t at, uint8_t byte)
{
    k->lane[at / 8] ^= (uint64_t)byte << at % 8 * 8;
}

void sg_keccak_absorb(struct sg_keccak *k, const void *in, size_t n)
{
    const uint8_t *p = (const uint8_t *)in;

    if (k->squeezing)
        abort();
    while (n) {
        if (k->at % 8 == 0 && n >= 8) {
            k->lane[k->at / 8] ^= load_lane(p);
            k->at += 8;
            p += 8;
            n -= 8;
        } else {
            add_byte(k, k->at++, *p++);
            n--;
        }
        if (k->at == k->rate) {
            permute(k->lane);
            k->at = 0;
        }
    }
}

void sg_keccak_squeeze(struct sg_keccak *k, void *out, size_t n)
{
    uint8_t *p = (uint8_t *)out;

    if (!k->squeezing) {
        add_byte(k, k->at, k->suffix);
        add_byte(k, k->rate - 1, LAST_PAD_BIT);
        k->squeezing = true;
        k->at = k->rate;
    }
    while (n) {
        if (k->at == k->rate) {
            permute(k->lane);
            k->at = 0;
        }
        if (k->at % 8 == 0 && n >= 8) {
            store_lane(p, k->lane[k->at / 8]);
            k->at += 8;
            p += 8;
            n -= 8;
        } else {
            *p++ = (uint8_t)(k->lane[k->at / 8] >> k->at % 8 * 8);
            k->at++;
            n--;
        }
    }
}

static void digest(enum sg_keccak_kind kind, void *out, size_t out_len, const void *in, size_t n)
{
    struct sg_keccak k;

    sg_keccak_init(&k, kind);
    sg_keccak_absorb(&k, in, n);
    sg_keccak_squeeze(&k, out, out_len);
    sg_wipe(&k, sizeof k);
}

void sg_sha3_256(uint8_t out[static SG_SHA3_256_BYTES], const void *in, size_t n)
{
    digest(SG_SHA3_256, out, SG_SHA3_256_BYTES, in, n);
}

void sg_sha3_512(uint8_t out[static SG_SHA3_512_BYTES], const void *in, size_t n)
{
    digest(SG_SHA3_512, out, SG_SHA3_512_BYTES, in, n);
}

void sg_shake128(void *out, size_t out_len, const void *in, size_t n)
{
    digest(SG_SHAKE128, out, out_len, in, n);
}

void sg_shake256(void *out, size_t out_len, const void *in, size_t n)
{
    digest(SG_SHAKE256, out, out_len, in, n);
}
