/*
 * hash - SHA-256 and SHA-512 (FIPS 180-4), and BLAKE2b (RFC 7693) with or without a key.
 *
 * A message in pieces: init, update any number of times, final once. A state is as secret as what
 * went into it; final wipes it, and whoever gives up before that wipes it too.
 */
#ifndef SG_CRYPTO_HASH_H
#define SG_CRYPTO_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SG_SHA256_BYTES 32
#define SG_SHA512_BYTES 64
#define SG_BLAKE2B_MAX_BYTES 64
#define SG_BLAKE2B_KEY_MAX_BYTES 64

/* Their contents are the library's. */
struct sg_sha256 {
    _Alignas(64) uint8_t opaque[128];
};
struct sg_sha512 {
    _Alignas(64) uint8_t opaque[256];
};
struct sg_blake2b {
    _Alignas(64) uint8_t opaque[384];
    size_t size;
};

/* SHA-256, in one piece and in several. */
void sg_sha256(uint8_t out[static SG_SHA256_BYTES], const void *p, size_t n);
void sg_sha256_init(struct sg_sha256 *h);
void sg_sha256_update(struct sg_sha256 *h, const void *p, size_t n);
void sg_sha256_final(struct sg_sha256 *h, uint8_t out[static SG_SHA256_BYTES]);

/* SHA-512, in one piece and in several. */
void sg_sha512(uint8_t out[static SG_SHA512_BYTES], const void *p, size_t n);
void sg_sha512_init(struct sg_sha512 *h);
void sg_sha512_update(struct sg_sha512 *h, const void *p, size_t n);
void sg_sha512_final(struct sg_sha512 *h, uint8_t out[static SG_SHA512_BYTES]);

/*
 * BLAKE2b of `size` bytes (1 to SG_BLAKE2B_MAX_BYTES); the size is part of what is hashed. key: a
 * secret of up to SG_BLAKE2B_KEY_MAX_BYTES, which makes it a MAC and a PRF; NULL and 0 for none.
 * Other sizes are a mistake of the caller and abort.
 */
void sg_blake2b(uint8_t *out, size_t size, const void *key, size_t key_len, const void *p,
                size_t n);
void sg_blake2b_init(struct sg_blake2b *h, size_t size, const void *key, size_t key_len);
void sg_blake2b_update(struct sg_blake2b *h, const void *p, size_t n);

/* Writes as many bytes as sg_blake2b_init() was told. */
void sg_blake2b_final(struct sg_blake2b *h, uint8_t *out);

#endif
