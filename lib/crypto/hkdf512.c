#include "crypto/hkdf512.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

_Static_assert(SG_HMAC512_BYTES == crypto_auth_hmacsha512_BYTES, "the size of HMAC-SHA-512");

void sg_hmac512(uint8_t out[static SG_HMAC512_BYTES], const void *key, size_t key_len,
                const void *text, size_t text_len)
{
    crypto_auth_hmacsha512_state state;

    crypto_auth_hmacsha512_init(&state, key, key_len);
    crypto_auth_hmacsha512_update(&state, text, text_len);
    crypto_auth_hmacsha512_final(&state, out);
    sg_wipe(&state, sizeof state);
}

void sg_hkdf512(uint8_t *out, size_t n, const void *ikm, size_t ikm_len, const void *salt,
                size_t salt_len, const void *info, size_t info_len)
{
    static const uint8_t none[SG_HMAC512_BYTES]; /* the salt of whoever has none */
    crypto_auth_hmacsha512_state keyed, state;
    uint8_t prk[SG_HMAC512_BYTES], block[SG_HMAC512_BYTES];
    size_t done = 0;

    if (n > SG_HKDF512_MAX_BYTES)
        abort();
    sg_hmac512(prk, salt_len ? salt : none, salt_len ? salt_len : sizeof none, ikm, ikm_len);
    crypto_auth_hmacsha512_init(&keyed, prk, sizeof prk); /* the same for every block */
    for (uint8_t i = 1; done < n; i++) {
        size_t take = n - done < sizeof block ? n - done : sizeof block;

        state = keyed;
        if (i > 1)
            crypto_auth_hmacsha512_update(&state, block, sizeof block);
        crypto_auth_hmacsha512_update(&state, info, info_len);
        crypto_auth_hmacsha512_update(&state, &i, 1);
        crypto_auth_hmacsha512_final(&state, block);
        memcpy(out + done, block, take);
        done += take;
    }
    sg_wipe(&keyed, sizeof keyed);
    sg_wipe(&state, sizeof state);
    sg_wipe(prk, sizeof prk);
    sg_wipe(block, sizeof block);
}
