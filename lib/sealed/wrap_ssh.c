#include "sealed/wrap.h"

#include "base/base64.h"
#include "crypto/hash.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "crypto/x25519.h"
#include "key/ssh.h"

#include <string.h>

#define INFO "age-encryption.org/v1/ssh-ed25519"
#define TAG_BYTES 4

_Static_assert(SG_SSH_PUBLIC_BYTES == SG_SIGN_PUBLIC_BYTES, "a recipient is an Ed25519 key");
_Static_assert(SG_IDENTITY_BYTES == SG_SIGN_SEED_BYTES, "an identity is its seed");

/* What both sides know of a recipient. */
struct peer {
    uint8_t wire[SG_SSH_WIRE_BYTES];
    uint8_t point[SG_X25519_BYTES];
    uint8_t tag[TAG_BYTES];
};

/* False for a key that is nobody's. */
static bool know(struct peer *peer, const uint8_t *public)
{
    uint8_t hash[SG_SHA256_BYTES];

    sg_ssh_wire(peer->wire, public);
    sg_sha256(hash, peer->wire, sizeof peer->wire);
    memcpy(peer->tag, hash, sizeof peer->tag);
    return sg_sign_x25519_public(peer->point, public);
}

/*
 * key = HKDF(X25519(tweak, X25519(scalar, point)), share || the recipient's point). The tweak, a
 * hash of the key on the wire, binds it. False when a product is zero.
 */
static bool make_key(uint8_t key[static SG_AEAD_KEY_BYTES],
                     const uint8_t scalar[static SG_X25519_BYTES],
                     const uint8_t point[static SG_X25519_BYTES],
                     const uint8_t share[static SG_X25519_BYTES], const struct peer *recipient)
{
    uint8_t tweak[SG_X25519_BYTES], salt[2 * SG_X25519_BYTES];
    uint8_t product[SG_X25519_BYTES], shared[SG_X25519_BYTES];
    bool ok;

    sg_hkdf(tweak, sizeof tweak, NULL, 0, recipient->wire, sizeof recipient->wire, INFO,
            sizeof INFO - 1);
    memcpy(salt, share, SG_X25519_BYTES);
    memcpy(salt + SG_X25519_BYTES, recipient->point, SG_X25519_BYTES);
    ok = sg_x25519(product, scalar, point) && sg_x25519(shared, tweak, product);
    if (ok)
        sg_hkdf(key, SG_AEAD_KEY_BYTES, shared, sizeof shared, salt, sizeof salt, INFO,
                sizeof INFO - 1);
    sg_wipe(product, sizeof product);
    sg_wipe(shared, sizeof shared);
    return ok;
}

enum sg_err sg_check_ssh(const struct sg_header *h, const struct sg_stanza *s, struct sg_error *err)
{
    uint8_t tag[TAG_BYTES], share[SG_X25519_BYTES];

    if (sg_stanza_arguments(h, s) != 3)
        return sg_fail(err, SG_ERR_HEADER,
                       "an ssh-ed25519 stanza has two arguments, tag and share");
    if (!sg_stanza_bytes(h, s, 1, tag, sizeof tag))
        return sg_fail(err, SG_ERR_HEADER,
                       "the ssh-ed25519 tag is not 4 bytes of canonical base64");
    if (!sg_stanza_bytes(h, s, 2, share, sizeof share))
        return sg_fail(err, SG_ERR_HEADER,
                       "the ssh-ed25519 share is not 32 bytes of canonical base64");
    return SG_OK;
}

enum sg_err sg_wrap_ssh(struct sg_header *h, const uint8_t *recipient,
                        const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    uint8_t secret[SG_X25519_BYTES], share[SG_X25519_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES] = {0}, body[SG_WRAP_BODY_BYTES];
    char arguments[sizeof SG_SSH_STANZA_TYPE + SG_BASE64_RAW_CHARS(TAG_BYTES) + 1 +
                   SG_BASE64_RAW_CHARS(SG_X25519_BYTES) + 1] = SG_SSH_STANZA_TYPE " ";
    size_t n = sizeof SG_SSH_STANZA_TYPE;
    struct peer to;
    enum sg_err r;

    sg_random(secret, sizeof secret);
    sg_x25519_public(share, secret);
    if (know(&to, recipient) && make_key(key, secret, to.point, share, &to)) {
        sg_aead_seal(body, file_key, SG_FILE_KEY_BYTES, SG_WRAP_NONCE, key);
        n += sg_base64_encode(arguments + n, to.tag, sizeof to.tag, SG_BASE64_RAW);
        arguments[n++] = ' ';
        n += sg_base64_encode(arguments + n, share, sizeof share, SG_BASE64_RAW);
        arguments[n] = '\0';
        r = sg_header_add(h, arguments, body, sizeof body, err);
    } else {
        r = sg_fail(err, SG_ERR_RECIPIENT, "it is no point that an ssh-ed25519 key can have");
    }
    sg_wipe(secret, sizeof secret);
    sg_wipe(key, sizeof key);
    return r;
}

bool sg_unwrap_ssh(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                   const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                   struct sg_error *err)
{
    uint8_t tag[TAG_BYTES], share[SG_X25519_BYTES], public[SG_SSH_PUBLIC_BYTES];
    uint8_t scalar[SG_X25519_BYTES], key[SG_AEAD_KEY_BYTES] = {0}, body[SG_WRAP_BODY_BYTES];
    struct peer self;
    bool opened = false;

    if (!sg_stanza_bytes(h, s, 1, tag, sizeof tag) ||
        !sg_stanza_bytes(h, s, 2, share, sizeof share) ||
        !sg_stanza_body(h, s, body, sizeof body)) {
        *r = sg_fail(err, SG_ERR_HEADER, "an ssh-ed25519 stanza is malformed");
        return false;
    }
    sg_sign_public(public, id.secret);
    if (!know(&self, public) || memcmp(tag, self.tag, sizeof tag) != 0)
        return false; /* for another key */
    sg_sign_x25519_scalar(scalar, id.secret);
    if (make_key(key, scalar, share, share, &self))
        opened = sg_aead_open(file_key, body, sizeof body, SG_WRAP_NONCE, key);
    else
        *r = sg_fail(err, SG_ERR_HEADER, "the ssh-ed25519 share is a point of low order");
    sg_wipe(scalar, sizeof scalar);
    sg_wipe(key, sizeof key);
    return opened;
}
