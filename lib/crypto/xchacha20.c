#include "crypto/xchacha20.h"

#include "base/ct.h"

#include <sodium.h>

_Static_assert(SG_XCHACHA20_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key size");
_Static_assert(SG_XCHACHA20_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(SG_XCHACHA20_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag size");
_Static_assert(SG_XCHACHA20_KEY_BYTES == crypto_stream_xchacha20_KEYBYTES, "key of the stream");
_Static_assert(SG_XCHACHA20_NONCE_BYTES == crypto_stream_xchacha20_NONCEBYTES, "its nonce");

void sg_xaead_seal(uint8_t *out, uint8_t tag[static SG_XCHACHA20_TAG_BYTES], const uint8_t *in,
                   size_t n, const void *ad, size_t ad_len,
                   const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                   const uint8_t key[static SG_XCHACHA20_KEY_BYTES])
{
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt_detached(out, tag, NULL, in, n, ad, ad_len,
                                                              NULL, nonce, key);
}

bool sg_xaead_open(uint8_t *out, const uint8_t *in, size_t n,
                   const uint8_t tag[static SG_XCHACHA20_TAG_BYTES], const void *ad, size_t ad_len,
                   const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                   const uint8_t key[static SG_XCHACHA20_KEY_BYTES])
{
    bool ok = crypto_aead_xchacha20poly1305_ietf_decrypt_detached(out, NULL, in, n, tag, ad, ad_len,
                                                                  nonce, key) == 0;

    sg_ct_declassify(&ok, sizeof ok); /* whether a message is authentic is what opening tells */
    return ok;
}

void sg_xchacha20_xor(uint8_t *out, const uint8_t *in, size_t n,
                      const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                      const uint8_t key[static SG_XCHACHA20_KEY_BYTES])
{
    (void)crypto_stream_xchacha20_xor(out, in, n, nonce, key);
}
