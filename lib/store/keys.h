/*
 * keys - what is made of the store key, each for one purpose. Private to the room.
 *
 *     key = HKDF-SHA-512(store key, salt: the store's id, info: "signet/store/v1 " || purpose)
 *
 * signet-formats(5), "SEALED STORE", Keys.
 */
#ifndef SG_STORE_KEYS_H
#define SG_STORE_KEYS_H

#include "base/secret.h"
#include "crypto/xchacha20.h"

#define SG_STORE_ID_BYTES 16

/* All in one block of the guarded heap. */
struct sg_store_keys {
    uint8_t store[SG_XCHACHA20_KEY_BYTES];
    uint8_t database[SG_XCHACHA20_KEY_BYTES];
    uint8_t journal[SG_XCHACHA20_KEY_BYTES];
    uint8_t temporary[SG_XCHACHA20_KEY_BYTES]; /* random: nobody opens a temporary file twice */
    uint8_t name[SG_XCHACHA20_KEY_BYTES];      /* of the MAC in store.id */
    uint8_t guard[SG_XCHACHA20_KEY_BYTES];     /* of the MAC in the guard file */
};

/* Derives all keys into a fresh block. The caller releases it, also when a later step fails. */
SG_CHECKED enum sg_err sg_store_keys_derive(struct sg_secret *block,
                                            const uint8_t store_key[static SG_XCHACHA20_KEY_BYTES],
                                            const uint8_t id[static SG_STORE_ID_BYTES],
                                            struct sg_error *err);

static inline const struct sg_store_keys *sg_store_keys_of(const struct sg_secret *block)
{
    return (const struct sg_store_keys *)(const void *)block->data;
}

/* A key of n bytes for the purpose "subkey " || label. */
void sg_store_keys_subkey(uint8_t *out, size_t n, const struct sg_store_keys *keys,
                          const uint8_t id[static SG_STORE_ID_BYTES], const char *label);

#endif
