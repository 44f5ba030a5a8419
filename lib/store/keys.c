#include "store/keys.h"

#include "crypto/hkdf512.h"
#include "crypto/random.h"

#include <stdlib.h>
#include <string.h>

#define INFO_BYTES 512
#define DOMAIN "signet/store/v1 "

/* Any size that is not a multiple of 16 would leave the block misaligned in the guarded heap. */
_Static_assert(sizeof(struct sg_store_keys) % 16 == 0, "the size of the keys");

static void derive(uint8_t *out, size_t n, const uint8_t *store_key, const uint8_t *id,
                   const char *purpose, const char *label)
{
    char info[INFO_BYTES];
    size_t a = strlen(purpose), b = strlen(label);

    if (sizeof DOMAIN - 1 + a + b > sizeof info)
        abort(); /* labels are words in the source, not data */
    memcpy(info, DOMAIN, sizeof DOMAIN - 1);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
    memcpy(info + sizeof DOMAIN - 1, purpose, a);
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
    memcpy(info + sizeof DOMAIN - 1 + a, label, b);
    sg_hkdf512(out, n, store_key, SG_XCHACHA20_KEY_BYTES, id, SG_STORE_ID_BYTES, info,
               sizeof DOMAIN - 1 + a + b);
}

enum sg_err sg_store_keys_derive(struct sg_secret *block,
                                 const uint8_t store_key[static SG_XCHACHA20_KEY_BYTES],
                                 const uint8_t id[static SG_STORE_ID_BYTES], struct sg_error *err)
{
    struct sg_store_keys *k;
    enum sg_err r = sg_secret_new(block, sizeof *k, err);

    if (r != SG_OK)
        return r;
    k = (struct sg_store_keys *)(void *)block->data;
    memcpy(k->store, store_key, sizeof k->store);
    derive(k->database, sizeof k->database, store_key, id, "database", "");
    derive(k->journal, sizeof k->journal, store_key, id, "journal", "");
    derive(k->name, sizeof k->name, store_key, id, "name", "");
    derive(k->guard, sizeof k->guard, store_key, id, "guard", "");
    sg_random(k->temporary, sizeof k->temporary);
    return SG_OK;
}

void sg_store_keys_subkey(uint8_t *out, size_t n, const struct sg_store_keys *keys,
                          const uint8_t id[static SG_STORE_ID_BYTES], const char *label)
{
    derive(out, n, keys->store, id, "subkey ", label);
}
