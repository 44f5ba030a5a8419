#include "sealed/wrap.h"

#include "base/base64.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "crypto/x25519.h"

#include <string.h>

#define INFO "age-encryption.org/v1/X25519"

_Static_assert(SG_RECIPIENT_X25519_BYTES == SG_X25519_BYTES, "a recipient is a point");

enum sg_err sg_check_x25519(const struct sg_header *h, const struct sg_stanza *s,
                            struct sg_error *err)
{
    uint8_t share[SG_X25519_BYTES];

    if (sg_stanza_arguments(h, s) != 2)
        return sg_fail(err, SG_ERR_HEADER, "an X25519 stanza has one argument, its share");
    if (!sg_stanza_bytes(h, s, 1, share, sizeof share))
        return sg_fail(err, SG_ERR_HEADER, "the X25519 share is not 32 bytes of canonical base64");
    return SG_OK;
}

static void make_key(uint8_t key[static SG_AEAD_KEY_BYTES],
                     const uint8_t shared[static SG_X25519_BYTES],
                     const uint8_t share[static SG_X25519_BYTES],
                     const uint8_t recipient[static SG_X25519_BYTES])
{
    uint8_t salt[2 * SG_X25519_BYTES];

    memcpy(salt, share, SG_X25519_BYTES);
    memcpy(salt + SG_X25519_BYTES, recipient, SG_X25519_BYTES);
    sg_hkdf(key, SG_AEAD_KEY_BYTES, shared, SG_X25519_BYTES, salt, sizeof salt, INFO,
            sizeof INFO - 1);
}

enum sg_err sg_wrap_x25519(struct sg_header *h, const uint8_t *recipient,
                           const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    uint8_t secret[SG_X25519_BYTES], share[SG_X25519_BYTES], shared[SG_X25519_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES] = {0}, body[SG_WRAP_BODY_BYTES];
    char arguments[sizeof SG_X25519_TYPE + SG_BASE64_RAW_CHARS(SG_X25519_BYTES) + 1] =
        SG_X25519_TYPE " ";
    enum sg_err r;

    sg_random(secret, sizeof secret);
    sg_x25519_public(share, secret);
    if (sg_x25519(shared, secret, recipient)) {
        size_t n = sizeof SG_X25519_TYPE;
        make_key(key, shared, share, recipient);
        sg_aead_seal(body, file_key, SG_FILE_KEY_BYTES, SG_WRAP_NONCE, key);
        n += sg_base64_encode(arguments + n, share, sizeof share, SG_BASE64_RAW);
        arguments[n] = '\0';
        r = sg_header_add(h, arguments, body, sizeof body, err);
    } else {
        r = sg_fail(err, SG_ERR_RECIPIENT, "it is a point of low order, which is nobody's key");
    }
    sg_wipe(secret, sizeof secret);
    sg_wipe(shared, sizeof shared);
    sg_wipe(key, sizeof key);
    return r;
}

bool sg_unwrap_x25519(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                      const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                      struct sg_error *err)
{
    uint8_t share[SG_X25519_BYTES], shared[SG_X25519_BYTES], self[SG_X25519_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES] = {0}, body[SG_WRAP_BODY_BYTES];
    bool opened = false;

    if (!sg_stanza_bytes(h, s, 1, share, sizeof share) ||
        !sg_stanza_body(h, s, body, sizeof body)) {
        *r = sg_fail(err, SG_ERR_HEADER, "an X25519 stanza is malformed");
    } else if (!sg_x25519(shared, id.secret, share)) {
        *r = sg_fail(err, SG_ERR_HEADER, "the X25519 share is a point of low order");
    } else {
        sg_x25519_public(self, id.secret);
        make_key(key, shared, share, self);
        opened = sg_aead_open(file_key, body, sizeof body, SG_WRAP_NONCE, key);
    }
    sg_wipe(shared, sizeof shared);
    sg_wipe(key, sizeof key);
    return opened;
}
