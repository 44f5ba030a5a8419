#include "pseudonym/minisign.h"

#include "base/base64.h"
#include "crypto/sign.h"
#include "pseudonym/public.h"

#include <stdlib.h>
#include <string.h>

#define UNTRUSTED "untrusted comment: "
#define TRUSTED "trusted comment: "
#define ID_BYTES SG_PUBLIC_MINISIGN_ID_BYTES
#define SIGNATURE_BYTES ((size_t)2 + ID_BYTES + SG_SIGN_BYTES)
#define MESSAGE_MAX_BYTES (SG_SIGN_BYTES + SG_MINISIGN_COMMENT_MAX_BYTES)

/* A secret key: algorithms, salt, limits, then number, key pair, checksum. */
#define SALT_BYTES 32
#define LIMITS_BYTES 16
#define CHECK_BYTES 32
#define CHECKED_AT (6 + SALT_BYTES + LIMITS_BYTES)
#define PAIR_AT (CHECKED_AT + ID_BYTES)
#define CHECK_AT (PAIR_AT + SG_SIGN_SEED_BYTES + SG_SIGN_PUBLIC_BYTES)
#define SECRET_BYTES (CHECK_AT + CHECK_BYTES)

/* What is in a signature. */
struct parts {
    uint8_t first[SIGNATURE_BYTES], second[SG_SIGN_BYTES];
    const char *comment;
    size_t comment_len;
};

static enum sg_err put_base64(struct sg_buffer *out, const uint8_t *p, size_t n,
                              struct sg_error *err)
{
    char text[SG_BASE64_PADDED_CHARS(SIGNATURE_BYTES)];
    enum sg_err r =
        sg_buffer_append(out, text, sg_base64_encode(text, p, n, SG_BASE64_PADDED), err);

    return r == SG_OK ? sg_buffer_text(out, "\n", err) : r;
}

/* What the second signature is over. */
static enum sg_err second_bytes(struct sg_buffer *out, const uint8_t first[static SIGNATURE_BYTES],
                                const char *comment, size_t n, struct sg_error *err)
{
    enum sg_err r = sg_buffer_append(out, first + 2 + ID_BYTES, SG_SIGN_BYTES, err);

    return r == SG_OK ? sg_buffer_append(out, comment, n, err) : r;
}

enum sg_err sg_minisign_sign(struct sg_buffer *out, const struct sg_digest *digest,
                             const char *comment, const uint8_t seed[static 32],
                             struct sg_error *err)
{
    uint8_t first[SIGNATURE_BYTES] = {'E', 'D'}, second[SG_SIGN_BYTES], key[SG_SIGN_PUBLIC_BYTES];
    struct sg_buffer bytes;
    enum sg_err r;

    if (!(digest->has & SG_DIGEST_BLAKE2B) || strlen(comment) > SG_MINISIGN_COMMENT_MAX_BYTES)
        abort();
    sg_buffer_init(&bytes, MESSAGE_MAX_BYTES);
    sg_sign_public(key, seed);
    sg_public_minisign_id(first + 2, key);
    sg_sign(first + 2 + ID_BYTES, digest->blake2b, sizeof digest->blake2b, seed);
    r = second_bytes(&bytes, first, comment, strlen(comment), err);
    if (r == SG_OK) {
        sg_sign(second, bytes.data, bytes.len, seed);
        r = sg_buffer_text(out, UNTRUSTED "signature from minisign secret key\n", err);
    }
    if (r == SG_OK)
        r = put_base64(out, first, sizeof first, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, TRUSTED, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, comment, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    if (r == SG_OK)
        r = put_base64(out, second, sizeof second, err);
    sg_buffer_free(&bytes);
    return r;
}

static enum sg_err bad(struct sg_error *err, const char *what, uint64_t line)
{
    sg_fail(err, SG_ERR_SIGNATURE, what);
    err->line = line;
    return SG_ERR_SIGNATURE;
}

/* Takes the next line, without its end; false at the end of the text. */
static bool take_line(const char **line, size_t *len, const char **text, size_t *n)
{
    const char *end = memchr(*text, '\n', *n);

    if (*n == 0)
        return false;
    *line = *text;
    *len = end ? (size_t)(end - *text) : *n;
    *text += *len + (end != NULL);
    *n -= *len + (end != NULL);
    if (*len && (*line)[*len - 1] == '\r')
        --*len;
    return true;
}

static bool begins(const char *line, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

static enum sg_err read_parts(struct parts *s, const char *text, size_t n, struct sg_error *err)
{
    const char *line;
    size_t len;

    if (!take_line(&line, &len, &text, &n) || !begins(line, len, UNTRUSTED))
        return bad(err, "a minisign signature without its untrusted comment", 1);
    if (!take_line(&line, &len, &text, &n))
        return bad(err, "a minisign signature that is cut off", 2);
    if (len != SG_BASE64_PADDED_CHARS(SIGNATURE_BYTES) ||
        !sg_base64_decode_exact(s->first, sizeof s->first, line, len - 1 + (line[len - 1] != '=')))
        return bad(err, "a minisign signature that is damaged, or a key of minisign", 2);
    if (s->first[0] != 'E' || (s->first[1] != 'D' && s->first[1] != 'd'))
        return bad(err, "a minisign signature of an algorithm that is not known", 2);
    if (!take_line(&line, &len, &text, &n) || !begins(line, len, TRUSTED))
        return bad(err,
                   "a signature of signify, or a minisign signature without its trusted "
                   "comment",
                   3);
    s->comment = line + sizeof TRUSTED - 1;
    s->comment_len = len - (sizeof TRUSTED - 1);
    if (s->comment_len > SG_MINISIGN_COMMENT_MAX_BYTES)
        return bad(err, "a minisign signature whose trusted comment is too long", 3);
    if (!take_line(&line, &len, &text, &n))
        return bad(err, "a minisign signature that is cut off", 4);
    if (len != SG_BASE64_PADDED_CHARS((size_t)SG_SIGN_BYTES) ||
        memcmp(line + len - 2, "==", 2) != 0 ||
        !sg_base64_decode_exact(s->second, sizeof s->second, line, len - 2))
        return bad(err, "a minisign signature that is damaged", 4);
    while (take_line(&line, &len, &text, &n))
        if (len)
            return bad(err, "a minisign signature with something behind it", 5);
    return SG_OK;
}

enum sg_err sg_minisign_needs(unsigned *hashes, const char *text, size_t n, struct sg_error *err)
{
    struct parts s;
    enum sg_err r = read_parts(&s, text, n, err);

    *hashes = 0;
    if (r == SG_OK)
        *hashes = s.first[1] == 'D' ? SG_DIGEST_BLAKE2B : SG_DIGEST_WHOLE;
    return r;
}

enum sg_err sg_minisign_verify(struct sg_buffer *comment, const struct sg_digest *digest,
                               const char *text, size_t n, const uint8_t key[static 32],
                               struct sg_error *err)
{
    struct sg_buffer bytes;
    struct parts s;
    const uint8_t *message;
    size_t size;
    bool hashed;
    enum sg_err r = read_parts(&s, text, n, err);

    if (r != SG_OK)
        return r;
    hashed = s.first[1] == 'D';
    if (!(digest->has & (hashed ? SG_DIGEST_BLAKE2B : SG_DIGEST_WHOLE)))
        abort();
    message = hashed ? digest->blake2b : digest->whole.data;
    size = hashed ? sizeof digest->blake2b : digest->whole.len;
    if (!sg_sign_verify(s.first + 2 + ID_BYTES, message, size, key))
        return sg_fail(err, SG_ERR_FORGED,
                       "the content or the signature was changed, or it was made with another key");
    sg_buffer_init(&bytes, MESSAGE_MAX_BYTES);
    r = second_bytes(&bytes, s.first, s.comment, s.comment_len, err);
    if (r == SG_OK && !sg_sign_verify(s.second, bytes.data, bytes.len, key))
        r = sg_fail(err, SG_ERR_FORGED, "its trusted comment was changed");
    sg_buffer_free(&bytes);
    return r == SG_OK ? sg_buffer_append(comment, s.comment, s.comment_len, err) : r;
}

enum sg_err sg_minisign_secret(struct sg_buffer *out, const uint8_t seed[static 32],
                               struct sg_error *err)
{
    uint8_t bytes[SECRET_BYTES] = {'E', 'd', 0, 0, 'B', '2'}, key[SG_SIGN_PUBLIC_BYTES];
    uint8_t checked[2 + CHECK_AT - CHECKED_AT] = {'E', 'd'};
    char text[SG_BASE64_PADDED_CHARS(SECRET_BYTES)];
    enum sg_err r;

    sg_sign_public(key, seed);
    sg_public_minisign_id(bytes + CHECKED_AT, key);
    memcpy(bytes + PAIR_AT, seed, SG_SIGN_SEED_BYTES);
    memcpy(bytes + PAIR_AT + SG_SIGN_SEED_BYTES, key, sizeof key);
    memcpy(checked + 2, bytes + CHECKED_AT, sizeof checked - 2);
    sg_blake2b(bytes + CHECK_AT, CHECK_BYTES, NULL, 0, checked, sizeof checked);
    r = sg_buffer_text(out, UNTRUSTED "minisign encrypted secret key\n",
                       err); /* minisign's words */
    if (r == SG_OK)
        r = sg_buffer_append(out, text,
                             sg_base64_encode(text, bytes, sizeof bytes, SG_BASE64_PADDED), err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    sg_wipe(bytes, sizeof bytes);
    sg_wipe(checked, sizeof checked);
    sg_wipe(text, sizeof text);
    return r;
}
