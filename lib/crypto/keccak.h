/*
 * keccak - SHA3-256, SHA3-512, SHAKE-128 and SHAKE-256 (FIPS 202).
 *
 * For a message in one piece call the one-shot functions. Else: init, absorb any number of times,
 * squeeze any number of times. Time depends on lengths alone. The state is as secret as what went
 * into it: its owner wipes it.
 */
#ifndef SG_CRYPTO_KECCAK_H
#define SG_CRYPTO_KECCAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SG_KECCAK_LANES 25
#define SG_SHA3_256_BYTES 32
#define SG_SHA3_512_BYTES 64

/* The rates: bytes taken in or given out for each run of the permutation. */
#define SG_SHA3_256_RATE_BYTES 136
#define SG_SHA3_512_RATE_BYTES 72
#define SG_SHAKE128_RATE_BYTES 168
#define SG_SHAKE256_RATE_BYTES 136

enum sg_keccak_kind { SG_SHA3_256, SG_SHA3_512, SG_SHAKE128, SG_SHAKE256 };

struct sg_keccak {
    uint64_t lane[SG_KECCAK_LANES]; /* lane x + 5y */
    size_t rate;
    size_t at;      /* bytes of the current block taken in, or given out */
    uint8_t suffix; /* domain separation and the first bit of the padding (section 6) */
    bool squeezing;
};

/* Starts a hash; needs no release, but see above about wiping. */
void sg_keccak_init(struct sg_keccak *k, enum sg_keccak_kind kind);

/* Takes in n bytes; in may be NULL when n is 0. Aborts when squeezing has begun. */
void sg_keccak_absorb(struct sg_keccak *k, const void *in, size_t n);

/*
 * Gives out the next n bytes. Of SHAKE there is no end; of SHA-3 take exactly the digest, which is
 * SG_SHA3_256_BYTES or SG_SHA3_512_BYTES.
 */
void sg_keccak_squeeze(struct sg_keccak *k, void *out, size_t n);

/*
 * The digest of n bytes (sections 6.1 and 6.2). out may be `in`. What the permutation keeps in
 * registers may stay on the stack: who hashes secrets ends with sg_wipe_stack().
 */
void sg_sha3_256(uint8_t out[static SG_SHA3_256_BYTES], const void *in, size_t n);
void sg_sha3_512(uint8_t out[static SG_SHA3_512_BYTES], const void *in, size_t n);
void sg_shake128(void *out, size_t out_len, const void *in, size_t n);
void sg_shake256(void *out, size_t out_len, const void *in, size_t n);

#endif
