#include "sealed/wrap.h"

#include "base/base64.h"
#include "crypto/hash.h"
#include "key/ssh_rsa.h"

#include <string.h>

#define LABEL "age-encryption.org/v1/ssh-rsa"
#define TAG_BYTES 4

static void make_tag(uint8_t tag[static TAG_BYTES], const uint8_t *wire, size_t n)
{
    uint8_t hash[SG_SHA256_BYTES];

    sg_sha256(hash, wire, n);
    memcpy(tag, hash, TAG_BYTES);
}

enum sg_err sg_wrap_ssh_rsa(struct sg_header *h, struct sg_recipient to,
                            const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    char arguments[sizeof SG_SSH_RSA_STANZA_TYPE + SG_BASE64_RAW_CHARS(TAG_BYTES) + 1] =
        SG_SSH_RSA_STANZA_TYPE " ";
    size_t n = sizeof SG_SSH_RSA_STANZA_TYPE;
    uint8_t tag[TAG_BYTES], body[SG_RSA_MAX_BYTES];
    struct sg_rsa_key key;

    if (sg_ssh_rsa_public(&key, to.key, to.len))
        return sg_fail(err, SG_ERR_RECIPIENT, "it is no ssh-rsa key");
    switch (sg_rsa_seal(body, &key, LABEL, file_key, SG_FILE_KEY_BYTES)) {
    case SG_RSA_OK:
        break;
    case SG_RSA_MISSING:
        return sg_fail(err, SG_ERR_RECIPIENT, "sealing to it needs libcrypto, which is missing");
    case SG_RSA_FAILED:
        return sg_fail(err, SG_ERR_RECIPIENT, "nothing can be sealed to this ssh-rsa key");
    }
    make_tag(tag, to.key, to.len);
    n += sg_base64_encode(arguments + n, tag, sizeof tag, SG_BASE64_RAW);
    arguments[n] = '\0';
    return sg_header_add(h, arguments, body, key.modulus.n, err);
}

bool sg_unwrap_ssh_rsa(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                       const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                       struct sg_error *err)
{
    uint8_t tag[TAG_BYTES], mine[TAG_BYTES], body[SG_RSA_MAX_BYTES];
    struct sg_ssh_bytes public;
    struct sg_rsa_key key;

    sg_ssh_rsa_secret(&key, &public, id);
    if (sg_stanza_arguments(h, s) != 2 || !sg_stanza_bytes(h, s, 1, tag, sizeof tag)) {
        *r = sg_fail(err, SG_ERR_HEADER, "an ssh-rsa stanza has one argument, a tag of 4 bytes");
        return false;
    }
    make_tag(mine, public.p, public.n);
    if (memcmp(tag, mine, sizeof tag) != 0)
        return false; /* for another key */
    if (!sg_stanza_body(h, s, body, key.modulus.n)) {
        *r = sg_fail(err, SG_ERR_HEADER, "the stanza's body is not as long as the ssh-rsa key");
        return false;
    }
    return sg_rsa_open(file_key, SG_FILE_KEY_BYTES, &key, LABEL, body) == SG_RSA_OK;
}
