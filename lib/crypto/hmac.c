#include "crypto/hmac.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

_Static_assert(SG_HMAC_BYTES == crypto_auth_hmacsha256_BYTES, "the size of HMAC-SHA-256");

void sg_hmac(uint8_t out[static SG_HMAC_BYTES], const void *key, size_t key_len, const void *text,
             size_t text_len)
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key, key_len);
    crypto_auth_hmacsha256_update(&state, text, text_len);
    crypto_auth_hmacsha256_final(&state, out);
    sg_wipe(&state, sizeof state);
}

void sg_hkdf_extract(uint8_t prk[static SG_HMAC_BYTES], const void *ikm, size_t ikm_len,
                     const void *salt, size_t salt_len)
{
    static const uint8_t none[SG_HMAC_BYTES]; /* the salt of whoever has none */

    if (salt_len)
        sg_hmac(prk, salt, salt_len, ikm, ikm_len);
    else
        sg_hmac(prk, none, sizeof none, ikm, ikm_len);
}

void sg_hkdf_expand(uint8_t *out, size_t n, const uint8_t prk[static SG_HMAC_BYTES],
                    const void *info, size_t info_len)
{
    uint8_t block[SG_HMAC_BYTES];
    size_t done = 0;

    if (n > SG_HKDF_MAX_BYTES)
        abort();
    for (uint8_t i = 1; done < n; i++) {
        crypto_auth_hmacsha256_state state;
        size_t take = n - done < sizeof block ? n - done : sizeof block;

        crypto_auth_hmacsha256_init(&state, prk, SG_HMAC_BYTES);
        if (i > 1)
            crypto_auth_hmacsha256_update(&state, block, sizeof block);
        crypto_auth_hmacsha256_update(&state, info, info_len);
        crypto_auth_hmacsha256_update(&state, &i, 1);
        crypto_auth_hmacsha256_final(&state, block);
        memcpy(out + done, block, take);
        done += take;
        sg_wipe(&state, sizeof state);
    }
    sg_wipe(block, sizeof block);
}

void sg_hkdf(uint8_t *out, size_t n, const void *ikm, size_t ikm_len, const void *salt,
             size_t salt_len, const void *info, size_t info_len)
{
    uint8_t prk[SG_HMAC_BYTES];

    sg_hkdf_extract(prk, ikm, ikm_len, salt, salt_len);
    sg_hkdf_expand(out, n, prk, info, info_len);
    sg_wipe(prk, sizeof prk);
}
