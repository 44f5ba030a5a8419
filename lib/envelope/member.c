#include "envelope/member.h"

#include "base/secret.h"
#include "crypto/hash.h"
#include "envelope/little.h"

#include <string.h>

#define VERSION 1
#define FIXED_BYTES 14 /* version, flags, number, bytes of the body */
#define DOMAIN "signet/envelope/member"
#define KNOWN_FLAGS (SG_MEMBER_LAST | SG_MEMBER_SIGNED | SG_MEMBER_PADDING | SG_MEMBER_INDEX)

/* RFC 1952, section 2.3: ID1 ID2, deflate, FEXTRA, no time, no XFL, an unknown system. */
static const uint8_t GZIP_HEADER[10] = {0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255};

_Static_assert(SG_MEMBER_BINDING_AT == SG_MEMBER_START_BYTES + FIXED_BYTES, "the binding's place");
_Static_assert(SG_MEMBER_PROOF_BYTES == SG_SIGN_BYTES, "a proof is a signature or a hash");
_Static_assert(SG_MEMBER_PROOF_BYTES == SG_BLAKE2B_MAX_BYTES, "a proof is a signature or a hash");

static size_t field_bytes(bool is_signed, size_t data_len)
{
    return FIXED_BYTES + SG_MEMBER_BINDING_BYTES + (is_signed ? (size_t)SG_SIGN_PUBLIC_BYTES : 0) +
           data_len + SG_MEMBER_PROOF_BYTES;
}

size_t sg_member_head_bytes(bool is_signed, size_t data_len)
{
    return SG_MEMBER_START_BYTES + field_bytes(is_signed, data_len);
}

size_t sg_member_data_max(bool is_signed)
{
    return SG_MEMBER_FIELD_MAX - field_bytes(is_signed, 0);
}

/* What is proven: the head from the version on but for the proof, and the body. */
struct proven {
    char domain[sizeof DOMAIN - 1];
    uint8_t hash[SG_BLAKE2B_MAX_BYTES];
};

static void hash_member(struct proven *out, const uint8_t *from, size_t n, const uint8_t *body,
                        size_t body_len)
{
    struct sg_blake2b h;

    memcpy(out->domain, DOMAIN, sizeof out->domain);
    sg_blake2b_init(&h, sizeof out->hash, NULL, 0);
    sg_blake2b_update(&h, from, n);
    sg_blake2b_update(&h, body, body_len);
    sg_blake2b_final(&h, out->hash);
}

size_t sg_member_write(uint8_t *out, const struct sg_member_keys *keys, unsigned flags,
                       uint64_t number, const void *data, size_t data_len, size_t body_len)
{
    size_t field = field_bytes(keys->is_signed, data_len);
    uint8_t *p = out + SG_MEMBER_START_BYTES, *from = p;
    struct proven proven;

    memcpy(out, GZIP_HEADER, sizeof GZIP_HEADER);
    sg_put_little(out + 10, field + 4, 2);
    out[12] = 'S';
    out[13] = 'G';
    sg_put_little(out + 14, field, 2);
    p[0] = VERSION;
    p[1] = (uint8_t)(flags | (keys->is_signed ? SG_MEMBER_SIGNED : 0));
    sg_put_little(p + 2, number, 8);
    sg_put_little(p + 10, body_len, 4);
    p += FIXED_BYTES;
    memcpy(p, keys->binding, SG_MEMBER_BINDING_BYTES);
    p += SG_MEMBER_BINDING_BYTES;
    if (keys->is_signed) {
        memcpy(p, keys->signer, SG_SIGN_PUBLIC_BYTES);
        p += SG_SIGN_PUBLIC_BYTES;
    }
    if (data)
        memmove(p, data, data_len); /* which it may be already */
    else
        memset(p, 0, data_len);
    p += data_len;
    hash_member(&proven, from, (size_t)(p - from), p + SG_MEMBER_PROOF_BYTES, body_len);
    if (keys->is_signed)
        sg_sign(p, &proven, sizeof proven, keys->seed);
    else
        memcpy(p, proven.hash, SG_MEMBER_PROOF_BYTES);
    return SG_MEMBER_START_BYTES + field + body_len;
}

bool sg_member_starts(const uint8_t *p)
{
    return memcmp(p, GZIP_HEADER, sizeof GZIP_HEADER) == 0 && p[12] == 'S' && p[13] == 'G';
}

const char *sg_member_read_start(size_t *field, const uint8_t start[static SG_MEMBER_START_BYTES])
{
    *field = (size_t)sg_get_little(start + 14, 2);
    if (!sg_member_starts(start))
        return "its gzip header is not an envelope's";
    if (sg_get_little(start + 10, 2) != *field + 4)
        return "its extra field does not have one subfield of the same length";
    if (*field < field_bytes(false, 0))
        return "its extra field is too short";
    return NULL;
}

/* Whether at most one of the kinds of members without plaintext is meant. */
static bool one_kind(unsigned flags)
{
    flags &= SG_MEMBER_LAST | SG_MEMBER_PADDING | SG_MEMBER_INDEX;
    return (flags & (flags - 1)) == 0;
}

const char *sg_member_read(struct sg_member *m, const uint8_t *head, size_t len)
{
    const uint8_t *p = head + SG_MEMBER_START_BYTES, *end = head + len;
    bool is_signed;

    m->flags = p[1];
    m->number = sg_get_little(p + 2, 8);
    m->body_len = (size_t)sg_get_little(p + 10, 4);
    is_signed = m->flags & SG_MEMBER_SIGNED;
    m->binding = p + FIXED_BYTES;
    m->signer = is_signed ? m->binding + SG_MEMBER_BINDING_BYTES : NULL;
    if (p[0] != VERSION)
        return "it is of a version that is not known here";
    if (m->flags & ~KNOWN_FLAGS || !one_kind(m->flags))
        return "its flags are none that a member has";
    if (len < sg_member_head_bytes(is_signed, 0))
        return "its extra field is too short";
    m->data = m->binding + SG_MEMBER_BINDING_BYTES + (is_signed ? SG_SIGN_PUBLIC_BYTES : 0);
    m->proof = end - SG_MEMBER_PROOF_BYTES;
    m->data_len = (size_t)(m->proof - m->data);
    if (m->flags & SG_MEMBER_PADDING && m->body_len != SG_BODY_EMPTY_BYTES)
        return "it is padding, and has content";
    if (m->flags & (SG_MEMBER_LAST | SG_MEMBER_INDEX) && m->body_len != SG_BODY_EMPTY_BYTES)
        return "it has content where none belongs";
    if (m->body_len < SG_BODY_EMPTY_BYTES || m->body_len > SG_BODY_MAX)
        return "its length is none that a member has";
    return NULL;
}

const char *sg_member_verify(const struct sg_member *m, const uint8_t *head, const uint8_t *body)
{
    const uint8_t *from = head + SG_MEMBER_START_BYTES;
    struct proven proven;

    hash_member(&proven, from, (size_t)(m->proof - from), body, m->body_len);
    if (m->signer && !sg_sign_verify(m->proof, &proven, sizeof proven, m->signer))
        return "its signature does not match: it was changed, or forged";
    if (!m->signer && !sg_equal(m->proof, proven.hash, SG_MEMBER_PROOF_BYTES))
        return "its checksum does not match: it was changed";
    if (m->flags & SG_MEMBER_PADDING && memcmp(body, sg_body_empty, SG_BODY_EMPTY_BYTES) != 0)
        return "it is padding, and has content";
    if (m->flags & (SG_MEMBER_LAST | SG_MEMBER_INDEX) &&
        memcmp(body, sg_body_empty, SG_BODY_EMPTY_BYTES) != 0)
        return "it has content where none belongs";
    return NULL;
}

enum sg_err sg_member_fail(struct sg_error *err, const char *what, uint64_t number)
{
    return sg_fail_limit(err, SG_ERR_ENVELOPE, what, number + 1, 0);
}
