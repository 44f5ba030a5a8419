/*
 * hash - SHA-256 (FIPS 180-4), for fingerprints.
 */
#ifndef SG_CRYPTO_HASH_H
#define SG_CRYPTO_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SG_SHA256_BYTES 32

/* out = SHA-256(p), n bytes. */
void sg_sha256(uint8_t out[static SG_SHA256_BYTES], const void *p, size_t n);

#endif
