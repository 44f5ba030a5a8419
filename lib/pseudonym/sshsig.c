#include "pseudonym/sshsig.h"

#include "crypto/sign.h"
#include "key/ssh.h"
#include "key/ssh_wire.h"
#include "pseudonym/pem.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC "SSHSIG"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define VERSION 1
#define BLOB_MAX_BYTES 16384 /* more than the longest RSA key and signature take */

/* What is in a signature. */
struct parts {
    struct sg_ssh_bytes public, namespace, reserved, hash, type, signature;
};

/* Parts that are empty, and not nowhere. */
#define NONE                   \
    {                          \
        (const uint8_t *)"", 0 \
    }
#define NOTHING                            \
    {                                      \
        NONE, NONE, NONE, NONE, NONE, NONE \
    }

static enum sg_err put_number(struct sg_buffer *out, size_t n, struct sg_error *err)
{
    uint8_t bytes[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

    return sg_buffer_append(out, bytes, sizeof bytes, err);
}

static enum sg_err put_string(struct sg_buffer *out, const void *p, size_t n, struct sg_error *err)
{
    enum sg_err r = put_number(out, n, err);

    return r == SG_OK ? sg_buffer_append(out, p, n, err) : r;
}

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_SIGNATURE, what);
}

static enum sg_err damaged(struct sg_error *err)
{
    return bad(err, "an SSH signature that is damaged: its parts do not fit together");
}

/* The bytes that are signed: the same parts, and the hash in the place of the keys. */
static enum sg_err signed_bytes(struct sg_buffer *out, struct sg_ssh_bytes namespace,
                                const char *name, const uint8_t *hash, size_t size,
                                struct sg_error *err)
{
    enum sg_err r = sg_buffer_text(out, MAGIC, err);

    if (r == SG_OK)
        r = put_string(out, namespace.p, namespace.n, err);
    if (r == SG_OK)
        r = put_string(out, "", 0, err);
    if (r == SG_OK)
        r = put_string(out, name, strlen(name), err);
    return r == SG_OK ? put_string(out, hash, size, err) : r;
}

enum sg_err sg_sshsig_sign(struct sg_buffer *out, const struct sg_digest *digest,
                           const char *namespace, const uint8_t seed[static 32],
                           struct sg_error *err)
{
    struct sg_ssh_bytes name = {(const uint8_t *)namespace, strlen(namespace)};
    uint8_t wire[SG_SSH_WIRE_BYTES], public[SG_SIGN_PUBLIC_BYTES], signature[SG_SIGN_BYTES];
    struct sg_buffer text, blob, inner;
    enum sg_err r;

    if (!(digest->has & SG_DIGEST_SHA512) || name.n == 0 || name.n > SG_SSHSIG_NAMESPACE_MAX_BYTES)
        abort();
    sg_buffer_init(&text, BLOB_MAX_BYTES);
    sg_buffer_init(&blob, BLOB_MAX_BYTES);
    sg_buffer_init(&inner, BLOB_MAX_BYTES);
    r = signed_bytes(&text, name, "sha512", digest->sha512, sizeof digest->sha512, err);
    if (r == SG_OK) {
        sg_sign(signature, text.data, text.len, seed);
        sg_sign_public(public, seed);
        sg_ssh_wire(wire, public);
        r = put_string(&inner, SG_SSH_TYPE, sizeof SG_SSH_TYPE - 1, err);
    }
    if (r == SG_OK)
        r = put_string(&inner, signature, sizeof signature, err);
    if (r == SG_OK)
        r = sg_buffer_text(&blob, MAGIC, err);
    if (r == SG_OK)
        r = put_number(&blob, VERSION, err);
    if (r == SG_OK)
        r = put_string(&blob, wire, sizeof wire, err);
    if (r == SG_OK)
        r = put_string(&blob, name.p, name.n, err);
    if (r == SG_OK)
        r = put_string(&blob, "", 0, err);
    if (r == SG_OK)
        r = put_string(&blob, "sha512", 6, err);
    if (r == SG_OK)
        r = put_string(&blob, inner.data, inner.len, err);
    if (r == SG_OK)
        r = sg_pem_write(out, SG_SSHSIG_LABEL, blob.data, blob.len, err);
    sg_buffer_free(&text);
    sg_buffer_free(&blob);
    sg_buffer_free(&inner);
    return r;
}

/* Takes a signature apart; the parts are in `blob`. */
static enum sg_err read_parts(struct parts *s, struct sg_buffer *blob, const char *text, size_t n,
                              struct sg_error *err)
{
    enum sg_err r = sg_pem_read(blob, SG_SSHSIG_LABEL, text, n, err);
    struct sg_ssh_bytes w = {blob->data, blob->len}, inner, key, type;
    uint32_t version;

    if (r == SG_ERR_LIMIT)
        return bad(err, "an SSH signature that is larger than any");
    if (r != SG_OK)
        return r;
    if (w.n < MAGIC_BYTES || memcmp(w.p, MAGIC, MAGIC_BYTES) != 0)
        return damaged(err);
    w.p += MAGIC_BYTES;
    w.n -= MAGIC_BYTES;
    if (!sg_ssh_take_number(&w, &version))
        return damaged(err);
    if (version != VERSION)
        return bad(err, "an SSH signature of a version that is not known");
    if (!sg_ssh_take_string(&w, &s->public) || !sg_ssh_take_string(&w, &s->namespace) ||
        !sg_ssh_take_string(&w, &s->reserved) || !sg_ssh_take_string(&w, &s->hash) ||
        !sg_ssh_take_string(&w, &inner) || w.n)
        return damaged(err);
    key = s->public;
    if (!sg_ssh_take_string(&key, &type))
        return damaged(err);
    if (!sg_ssh_wire_is(&type, SG_SSH_TYPE))
        return bad(err, "an SSH signature by a key of another type than ssh-ed25519");
    if (s->public.n != SG_SSH_WIRE_BYTES || !sg_ssh_take_string(&inner, &s->type) ||
        !sg_ssh_take_string(&inner, &s->signature) || inner.n ||
        !sg_ssh_wire_is(&s->type, SG_SSH_TYPE) || s->signature.n != SG_SIGN_BYTES || s->reserved.n)
        return damaged(err);
    if (!sg_ssh_wire_is(&s->hash, "sha512") && !sg_ssh_wire_is(&s->hash, "sha256"))
        return bad(err, "an SSH signature with a hash that is not known");
    return SG_OK;
}

enum sg_err sg_sshsig_needs(unsigned *hashes, const char *text, size_t n, struct sg_error *err)
{
    struct sg_buffer blob;
    struct parts s = NOTHING;
    enum sg_err r;

    *hashes = 0;
    sg_buffer_init(&blob, BLOB_MAX_BYTES);
    r = read_parts(&s, &blob, text, n, err);
    if (r == SG_OK)
        *hashes = sg_ssh_wire_is(&s.hash, "sha256") ? SG_DIGEST_SHA256 : SG_DIGEST_SHA512;
    sg_buffer_free(&blob);
    return r;
}

enum sg_err sg_sshsig_verify(const struct sg_digest *digest, const char *text, size_t n,
                             const char *namespace, const uint8_t key[static 32],
                             struct sg_error *err)
{
    uint8_t wire[SG_SSH_WIRE_BYTES];
    struct sg_buffer blob, bytes;
    struct parts s = NOTHING;
    bool old;
    enum sg_err r;

    sg_buffer_init(&blob, BLOB_MAX_BYTES);
    sg_buffer_init(&bytes, BLOB_MAX_BYTES);
    r = read_parts(&s, &blob, text, n, err);
    old = r == SG_OK && sg_ssh_wire_is(&s.hash, "sha256");
    if (r == SG_OK && !(digest->has & (old ? SG_DIGEST_SHA256 : SG_DIGEST_SHA512)))
        abort();
    sg_ssh_wire(wire, key);
    if (r == SG_OK && (s.public.n != sizeof wire || memcmp(s.public.p, wire, sizeof wire) != 0))
        r = sg_fail(err, SG_ERR_FORGED, "it was made with another key");
    if (r == SG_OK && !sg_ssh_wire_is(&s.namespace, namespace))
        r = sg_fail(err, SG_ERR_FORGED, "it was made for another purpose: its namespace differs");
    if (r == SG_OK)
        r = signed_bytes(&bytes, s.namespace, old ? "sha256" : "sha512",
                         old ? digest->sha256 : digest->sha512,
                         old ? sizeof digest->sha256 : sizeof digest->sha512, err);
    if (r == SG_OK && !sg_sign_verify(s.signature.p, bytes.data, bytes.len, key))
        r = sg_fail(err, SG_ERR_FORGED, "the content or the signature was changed");
    sg_buffer_free(&blob);
    sg_buffer_free(&bytes);
    return r;
}
