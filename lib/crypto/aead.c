#include "crypto/aead.h"

#include "base/ct.h"

#include <sodium.h>

_Static_assert(SG_AEAD_KEY_BYTES == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(SG_AEAD_NONCE_BYTES == crypto_aead_chacha20poly1305_ietf_NPUBBYTES, "nonce size");
_Static_assert(SG_AEAD_TAG_BYTES == crypto_aead_chacha20poly1305_ietf_ABYTES, "tag size");

void sg_aead_seal(uint8_t *out, const uint8_t *in, size_t n,
                  const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                  const uint8_t key[static SG_AEAD_KEY_BYTES])
{
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, in, n, NULL, 0, NULL, nonce, key);
}

bool sg_aead_open(uint8_t *out, const uint8_t *in, size_t n,
                  const uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                  const uint8_t key[static SG_AEAD_KEY_BYTES])
{
    bool ok =
        crypto_aead_chacha20poly1305_ietf_decrypt(out, NULL, NULL, in, n, NULL, 0, nonce, key) == 0;

    sg_ct_declassify(&ok, sizeof ok); /* whether a message is authentic is what opening tells */
    return ok;
}
