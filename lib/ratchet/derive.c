#include "ratchet/derive.h"

#include "base/secret.h"
#include "crypto/hash.h"
#include "crypto/hkdf512.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "ratchet/v1 "
#define PREFIX_BYTES (sizeof PREFIX - 1)

size_t sg_derive_label(uint8_t out[static SG_LABEL_MAX_BYTES], const char *label)
{
    size_t n = strlen(label) + 1;

    if (PREFIX_BYTES + n > SG_LABEL_MAX_BYTES)
        abort();
    memcpy(out, PREFIX, PREFIX_BYTES);
    memcpy(out + PREFIX_BYTES, label, n);
    return PREFIX_BYTES + n;
}

void sg_derive_hash(uint8_t out[static 32], const char *label, const struct sg_span *x,
                    size_t spans)
{
    uint8_t l[SG_LABEL_MAX_BYTES];
    struct sg_blake2b h;

    sg_blake2b_init(&h, 32, NULL, 0);
    sg_blake2b_update(&h, l, sg_derive_label(l, label));
    for (size_t i = 0; i < spans; i++)
        sg_blake2b_update(&h, x[i].p, x[i].n);
    sg_blake2b_final(&h, out);
}

void sg_derive_prf(uint8_t out[static 64], const uint8_t key[static 32], const char *label)
{
    uint8_t l[SG_LABEL_MAX_BYTES];

    sg_blake2b(out, 64, key, 32, l, sg_derive_label(l, label));
}

void sg_derive_kdf(uint8_t *out, size_t n, const void *salt, size_t salt_len, const void *ikm,
                   size_t ikm_len, const char *label, const void *context, size_t context_len)
{
    uint8_t info[SG_LABEL_MAX_BYTES + SG_KDF_CONTEXT_MAX_BYTES];
    size_t len = sg_derive_label(info, label);

    if (context_len > SG_KDF_CONTEXT_MAX_BYTES)
        abort();
    if (context_len)
        memcpy(info + len, context, context_len);
    sg_hkdf512(out, n, ikm, ikm_len, salt, salt_len, info, len + context_len);
}
