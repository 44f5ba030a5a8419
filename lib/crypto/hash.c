#include "crypto/hash.h"

#include "base/secret.h"

#include <stdlib.h>

#include <sodium.h>

_Static_assert(SG_SHA256_BYTES == crypto_hash_sha256_BYTES, "the size of SHA-256");
_Static_assert(SG_SHA512_BYTES == crypto_hash_sha512_BYTES, "the size of SHA-512");
_Static_assert(SG_BLAKE2B_MAX_BYTES == crypto_generichash_blake2b_BYTES_MAX, "size of BLAKE2b");
_Static_assert(SG_BLAKE2B_KEY_MAX_BYTES == crypto_generichash_blake2b_KEYBYTES_MAX, "key size");
_Static_assert(sizeof(((struct sg_sha256 *)0)->opaque) >= sizeof(crypto_hash_sha256_state),
               "room for the state");
_Static_assert(sizeof(((struct sg_sha512 *)0)->opaque) >= sizeof(crypto_hash_sha512_state),
               "room for the state");
_Static_assert(sizeof(((struct sg_blake2b *)0)->opaque) >= sizeof(crypto_generichash_blake2b_state),
               "room for the state");

void sg_sha256(uint8_t out[static SG_SHA256_BYTES], const void *p, size_t n)
{
    (void)crypto_hash_sha256(out, p, n);
}

static crypto_hash_sha256_state *sha256_state(struct sg_sha256 *h)
{
    return (crypto_hash_sha256_state *)(void *)h->opaque;
}

void sg_sha256_init(struct sg_sha256 *h)
{
    (void)crypto_hash_sha256_init(sha256_state(h));
}

void sg_sha256_update(struct sg_sha256 *h, const void *p, size_t n)
{
    (void)crypto_hash_sha256_update(sha256_state(h), p, n);
}

void sg_sha256_final(struct sg_sha256 *h, uint8_t out[static SG_SHA256_BYTES])
{
    (void)crypto_hash_sha256_final(sha256_state(h), out);
    sg_wipe(h, sizeof *h);
}

static crypto_hash_sha512_state *sha512_state(struct sg_sha512 *h)
{
    return (crypto_hash_sha512_state *)(void *)h->opaque;
}

void sg_sha512_init(struct sg_sha512 *h)
{
    (void)crypto_hash_sha512_init(sha512_state(h));
}

void sg_sha512_update(struct sg_sha512 *h, const void *p, size_t n)
{
    (void)crypto_hash_sha512_update(sha512_state(h), p, n);
}

void sg_sha512_final(struct sg_sha512 *h, uint8_t out[static SG_SHA512_BYTES])
{
    (void)crypto_hash_sha512_final(sha512_state(h), out);
    sg_wipe(h, sizeof *h);
}

void sg_sha512(uint8_t out[static SG_SHA512_BYTES], const void *p, size_t n)
{
    (void)crypto_hash_sha512(out, p, n);
}

static crypto_generichash_blake2b_state *blake2b_state(struct sg_blake2b *h)
{
    return (crypto_generichash_blake2b_state *)(void *)h->opaque;
}

void sg_blake2b_init(struct sg_blake2b *h, size_t size, const void *key, size_t key_len)
{
    /* libsodium asks for 16 bytes or more in its documentation, and takes any from 1 on. */
    if (crypto_generichash_blake2b_init(blake2b_state(h), key, key_len, size) != 0)
        abort();
    h->size = size;
}

void sg_blake2b_update(struct sg_blake2b *h, const void *p, size_t n)
{
    (void)crypto_generichash_blake2b_update(blake2b_state(h), p, n);
}

void sg_blake2b_final(struct sg_blake2b *h, uint8_t *out)
{
    if (crypto_generichash_blake2b_final(blake2b_state(h), out, h->size) != 0)
        abort();
    sg_wipe(h, sizeof *h);
}

void sg_blake2b(uint8_t *out, size_t size, const void *key, size_t key_len, const void *p, size_t n)
{
    if (crypto_generichash_blake2b(out, size, p, n, key, key_len) != 0)
        abort();
}
