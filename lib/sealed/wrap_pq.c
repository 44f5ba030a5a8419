#include "sealed/wrap.h"

#include "base/base64.h"
#include "crypto/hpke.h"

#include <string.h>

#define INFO "age-encryption.org/mlkem768x25519"

_Static_assert(SG_RECIPIENT_PQ_BYTES == SG_XWING_PUBLIC_BYTES, "a recipient is an X-Wing key");
_Static_assert(SG_IDENTITY_BYTES == SG_XWING_SEED_BYTES, "an identity is its seed");
_Static_assert(SG_WRAP_BODY_BYTES == SG_FILE_KEY_BYTES + SG_HPKE_TAG_BYTES, "the body is HPKE's");

enum sg_err sg_check_pq(const struct sg_header *h, const struct sg_stanza *s, struct sg_error *err)
{
    uint8_t enc[SG_XWING_ENC_BYTES];

    if (sg_stanza_arguments(h, s) != 2)
        return sg_fail(err, SG_ERR_HEADER, "an mlkem768x25519 stanza has one argument");
    if (!sg_stanza_bytes(h, s, 1, enc, sizeof enc))
        return sg_fail(err, SG_ERR_HEADER,
                       "the mlkem768x25519 share is not 1120 bytes of canonical base64");
    return SG_OK;
}

enum sg_err sg_wrap_pq(struct sg_header *h, const uint8_t *recipient,
                       const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    uint8_t enc[SG_XWING_ENC_BYTES], body[SG_WRAP_BODY_BYTES];
    char arguments[sizeof SG_PQ_TYPE + SG_BASE64_RAW_CHARS(SG_XWING_ENC_BYTES) + 1] =
        SG_PQ_TYPE " ";
    size_t n = sizeof SG_PQ_TYPE;

    if (!sg_hpke_seal(enc, body, recipient, INFO, sizeof INFO - 1, file_key, SG_FILE_KEY_BYTES))
        return sg_fail(err, SG_ERR_RECIPIENT, "its X25519 part is a point of low order");
    n += sg_base64_encode(arguments + n, enc, sizeof enc, SG_BASE64_RAW);
    arguments[n] = '\0';
    return sg_header_add(h, arguments, body, sizeof body, err);
}

bool sg_unwrap_pq(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                  const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                  struct sg_error *err)
{
    uint8_t enc[SG_XWING_ENC_BYTES], body[SG_WRAP_BODY_BYTES];

    if (!sg_stanza_bytes(h, s, 1, enc, sizeof enc) || !sg_stanza_body(h, s, body, sizeof body)) {
        *r = sg_fail(err, SG_ERR_HEADER, "an mlkem768x25519 stanza is malformed");
        return false;
    }
    switch (sg_hpke_open(file_key, id.secret, enc, INFO, sizeof INFO - 1, body, sizeof body)) {
    case SG_HPKE_OK:
        return true;
    case SG_HPKE_SHARE:
        *r = sg_fail(err, SG_ERR_HEADER, "the mlkem768x25519 share has a point of low order");
        return false;
    case SG_HPKE_TAG:
        break;
    }
    return false;
}
