/*
 * derive - the room's hash, pseudo-random function and key derivation (signet-ratchet(7),
 * "Notation"). Each takes a label, so that no value serves two purposes.
 *
 *     L(l) = "ratchet/v1 " || l || 0x00
 *     H(l, x) = BLAKE2b-256(L(l) || x)
 *     PRF64(K, l) = BLAKE2b-512(key = K, L(l))
 *     KDF(salt, ikm, l, ctx, n) = HKDF-SHA-512, info = L(l) || ctx
 */
#ifndef SG_RATCHET_DERIVE_H
#define SG_RATCHET_DERIVE_H

#include "ratchet/siv.h"

/* The most bytes that L() has, and that the context of a KDF has. */
#define SG_LABEL_MAX_BYTES 32
#define SG_KDF_CONTEXT_MAX_BYTES 96

/* Writes L(label); returns the number of bytes. */
size_t sg_derive_label(uint8_t out[static SG_LABEL_MAX_BYTES], const char *label);

/* H over the spans, one after another. */
void sg_derive_hash(uint8_t out[static 32], const char *label, const struct sg_span *x,
                    size_t spans);

void sg_derive_prf(uint8_t out[static 64], const uint8_t key[static 32], const char *label);

/* n: at most 255 * 64. The context is public and may be NULL with 0. */
void sg_derive_kdf(uint8_t *out, size_t n, const void *salt, size_t salt_len, const void *ikm,
                   size_t ikm_len, const char *label, const void *context, size_t context_len);

#endif
