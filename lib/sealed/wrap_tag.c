#include "sealed/wrap.h"

#include "base/base64.h"
#include "crypto/hash.h"
#include "crypto/hmac.h"
#include "crypto/hpke_p256.h"

#include <string.h>

#define TAG_INFO "age-encryption.org/p256tag"
#define PQ_TAG_INFO "age-encryption.org/mlkem768p256tag"
#define TAG_BYTES 4

_Static_assert(SG_WRAP_BODY_BYTES == SG_FILE_KEY_BYTES + SG_HPKE_TAG_BYTES, "the body is HPKE's");

/* What a stanza is made of. */
struct parts {
    const char *type, *info;
    uint8_t enc[SG_HYBRID_P256_ENC_BYTES];
    size_t enc_len;
    uint8_t body[SG_WRAP_BODY_BYTES];
};

/*
 * By the tag the owner's plugin finds the stanza without asking the hardware: it is made of the
 * share, which is new in each file, and of the recipient's point, as that is written in `point`.
 */
static void make_tag(uint8_t tag[static TAG_BYTES], const struct parts *p, const uint8_t *point,
                     size_t n)
{
    uint8_t ikm[SG_HYBRID_P256_ENC_BYTES + TAG_BYTES], hash[SG_SHA256_BYTES], prk[SG_HMAC_BYTES];

    sg_sha256(hash, point, n);
    memcpy(ikm, p->enc, p->enc_len);
    memcpy(ikm + p->enc_len, hash, TAG_BYTES);
    sg_hkdf_extract(prk, ikm, p->enc_len + TAG_BYTES, p->info, strlen(p->info));
    memcpy(tag, prk, TAG_BYTES); /* all of it public */
}

/* Adds the stanza, or says what the curve had to complain of. */
static enum sg_err add(struct sg_header *h, enum sg_p256 r, const struct parts *p,
                       const uint8_t *point, size_t n, struct sg_error *err)
{
    char arguments[sizeof SG_PQ_TAG_TYPE + SG_BASE64_RAW_CHARS(TAG_BYTES) + 1 +
                   SG_BASE64_RAW_CHARS(SG_HYBRID_P256_ENC_BYTES) + 1];
    uint8_t tag[TAG_BYTES];
    size_t at = strlen(p->type);

    if (r == SG_P256_MISSING)
        return sg_fail(err, SG_ERR_RECIPIENT, "sealing to it needs libcrypto, which is missing");
    if (r != SG_P256_OK)
        return sg_fail(err, SG_ERR_RECIPIENT, "what it holds is no point of P-256: nobody's key");
    make_tag(tag, p, point, n);
    memcpy(arguments, p->type, at);
    arguments[at++] = ' ';
    at += sg_base64_encode(arguments + at, tag, sizeof tag, SG_BASE64_RAW);
    arguments[at++] = ' ';
    at += sg_base64_encode(arguments + at, p->enc, p->enc_len, SG_BASE64_RAW);
    arguments[at] = '\0';
    return sg_header_add(h, arguments, p->body, sizeof p->body, err);
}

enum sg_err sg_wrap_tag(struct sg_header *h, const uint8_t *recipient,
                        const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    struct parts p = {.type = SG_TAG_TYPE, .info = TAG_INFO, .enc_len = SG_P256_POINT_BYTES};
    uint8_t point[SG_P256_POINT_BYTES];
    enum sg_p256 r = sg_p256_point(point, recipient, SG_RECIPIENT_TAG_BYTES);

    if (r == SG_P256_OK)
        r = sg_hpke_p256_seal(p.enc, p.body, point, TAG_INFO, sizeof TAG_INFO - 1, file_key,
                              SG_FILE_KEY_BYTES);
    return add(h, r, &p, recipient, SG_RECIPIENT_TAG_BYTES, err);
}

enum sg_err sg_wrap_pq_tag(struct sg_header *h, const uint8_t *recipient,
                           const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    struct parts p = {
        .type = SG_PQ_TAG_TYPE, .info = PQ_TAG_INFO, .enc_len = SG_HYBRID_P256_ENC_BYTES};
    enum sg_p256 r = sg_hpke_hybrid_p256_seal(p.enc, p.body, recipient, PQ_TAG_INFO,
                                              sizeof PQ_TAG_INFO - 1, file_key, SG_FILE_KEY_BYTES);

    return add(h, r, &p, recipient + SG_MLKEM768_PUBLIC_BYTES, SG_P256_POINT_BYTES, err);
}
