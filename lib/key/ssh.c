#include "key/ssh.h"

#include "base/base64.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "key/list.h"
#include "key/ssh_rsa.h"
#include "key/text.h"

#include <string.h>

#define BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END "-----END OPENSSH PRIVATE KEY-----"
#define PKCS8_BEGIN "-----BEGIN PRIVATE KEY-----"
#define PKCS8_END "-----END PRIVATE KEY-----"
#define MAGIC "openssh-key-v1" /* and its NUL */
#define COLUMNS 70
#define BLOCK_BYTES 8 /* what the secret part is filled up to when it is not encrypted */

/* ssh-keygen fills up with less than a block; others with one more, or to sixteen bytes. */
#define FILL_MAX_BYTES 16

/* Of another type's base64, what is looked at: room for the name of any type. */
#define OTHER_START_CHARS 128

#define WIRE_CHARS SG_BASE64_PADDED_CHARS(SG_SSH_WIRE_BYTES)
#define UNSUPPORTED(type) "it is an SSH key of type " type ", which is not supported"

_Static_assert(SG_SSH_WIRE_BYTES % 3 == 0, "a public key's base64 has no padding");
_Static_assert(SG_SSH_PUBLIC_BYTES == SG_SIGN_PUBLIC_BYTES, "a recipient is an Ed25519 key");
_Static_assert(SG_IDENTITY_BYTES == SG_SIGN_SEED_BYTES, "an identity is its seed");
_Static_assert(SG_SSH_LINE_CHARS < SG_RECIPIENT_SHORT_BYTES, "its short form is the whole line");

/* The public keys' beginning on the wire: all of it but the key. */
static const uint8_t WIRE_START[SG_SSH_WIRE_BYTES - SG_SSH_PUBLIC_BYTES] = {
    0, 0, 0, 11, 's', 's', 'h', '-', 'e', 'd', '2', '5', '5', '1', '9', 0, 0, 0, 32};

/* All of an Ed25519 key in PKCS #8 but its seed, which follows (RFC 8410, section 10.3). */
static const uint8_t PKCS8_START[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                      0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
    return is_blank(c) || c == '\n' || c == '\r';
}

static bool is_text(const void *p, size_t n, const char *text)
{
    return n == strlen(text) && memcmp(p, text, n) == 0;
}

static bool ends(const char *p, size_t n, const char *with)
{
    size_t w = strlen(with);

    return n >= w && memcmp(p + n - w, with, w) == 0;
}

/* What to say of a type of key that is not ours. */
static const char *other_type(const char *type, size_t n)
{
    static const struct {
        const char *type, *what;
    } types[] = {
        {"ssh-rsa", UNSUPPORTED("ssh-rsa")},
        {"ssh-dss", UNSUPPORTED("ssh-dss")},
        {"ssh-ed448", UNSUPPORTED("ssh-ed448")},
        {"ecdsa-sha2-nistp256", UNSUPPORTED("ecdsa-sha2-nistp256")},
        {"ecdsa-sha2-nistp384", UNSUPPORTED("ecdsa-sha2-nistp384")},
        {"ecdsa-sha2-nistp521", UNSUPPORTED("ecdsa-sha2-nistp521")},
        {"sk-ssh-ed25519@openssh.com", UNSUPPORTED("sk-ssh-ed25519 (a security key)")},
        {"sk-ecdsa-sha2-nistp256@openssh.com",
         UNSUPPORTED("sk-ecdsa-sha2-nistp256 (a security key)")},
    };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (is_text(type, n, types[i].type))
            return types[i].what;
    if (ends(type, n, "-cert-v01@openssh.com"))
        return "it is an SSH certificate, which is not supported";
    return "it is an SSH key of a type that is not known, and so not supported";
}

void sg_ssh_wire(uint8_t out[static SG_SSH_WIRE_BYTES],
                 const uint8_t public[static SG_SSH_PUBLIC_BYTES])
{
    memcpy(out, WIRE_START, sizeof WIRE_START);
    memcpy(out + sizeof WIRE_START, public, SG_SSH_PUBLIC_BYTES);
}

void sg_ssh_line(char out[static SG_SSH_LINE_CHARS + 1],
                 const uint8_t public[static SG_SSH_PUBLIC_BYTES])
{
    uint8_t wire[SG_SSH_WIRE_BYTES];

    sg_ssh_wire(wire, public);
    memcpy(out, SG_SSH_TYPE " ", sizeof SG_SSH_TYPE);
    (void)sg_base64_encode(out + sizeof SG_SSH_TYPE, wire, sizeof wire, SG_BASE64_PADDED);
    out[SG_SSH_LINE_CHARS] = '\0';
}

/* Characters up to the first blank. */
static size_t word(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && !is_blank(p[i]))
        i++;
    return i;
}

enum sg_err sg_ssh_recipient_read(struct sg_recipients *all, const char *text, size_t n,
                                  struct sg_error *err)
{
    uint8_t wire[WIRE_CHARS / 4 * 3 + 2];
    size_t type = word(text, n), at = type, chars, len;

    bool rsa = is_text(text, type, SG_SSH_RSA_TYPE) && sg_rsa_available();

    if (!rsa && !is_text(text, type, SG_SSH_TYPE))
        return sg_fail(err, SG_ERR_RECIPIENT, other_type(text, type));
    while (at < n && is_blank(text[at]))
        at++;
    chars = word(text + at, n - at);
    if (rsa)
        return sg_ssh_rsa_recipient_read(all, text + at, chars, err);
    if (chars != WIRE_CHARS)
        return sg_fail(err, SG_ERR_RECIPIENT,
                       "an ssh-ed25519 key has 68 characters of base64 after its type");
    if (!sg_base64_decode(wire, &len, text + at, chars, SG_BASE64_PADDED) ||
        len != SG_SSH_WIRE_BYTES)
        return sg_fail(err, SG_ERR_RECIPIENT, "its base64 is not as ssh-ed25519 keys have it");
    if (memcmp(wire, WIRE_START, sizeof WIRE_START) != 0)
        return sg_fail(err, SG_ERR_RECIPIENT,
                       "what its base64 stands for is not an ssh-ed25519 key");
    if (!sg_sign_check(wire + sizeof WIRE_START))
        return sg_fail(err, SG_ERR_RECIPIENT,
                       "it is no point that an ssh-ed25519 key can have: nobody's key");
    return sg_key_list_add(&all->records, &all->bytes, SG_KEY_SSH_ED25519, wire + sizeof WIRE_START,
                           SG_SSH_PUBLIC_BYTES, err);
}

bool sg_ssh_is_other(const char *text, size_t n)
{
    uint8_t start[OTHER_START_CHARS / 4 * 3 + 2];
    size_t type = word(text, n), at = type, chars, len;

    if (sg_text_kind(text, n) != SG_TEXT_SSH_PUBLIC || is_text(text, type, SG_SSH_TYPE))
        return false;
    while (at < n && is_blank(text[at]))
        at++;
    chars = word(text + at, n - at);
    if (chars > OTHER_START_CHARS)
        chars = OTHER_START_CHARS;
    return sg_base64_decode(start, &len, text + at, chars, SG_BASE64_PADDED) && len >= 4 + type &&
           start[0] == 0 && start[1] == 0 && start[2] == 0 && start[3] == type &&
           memcmp(start + 4, text, type) == 0;
}

size_t sg_ssh_options(const char *line, size_t n)
{
    bool quoted = false;
    size_t i = 0;

    if (sg_text_kind(line, n) != SG_TEXT_OTHER)
        return 0;
    for (; i < n && (quoted || !is_blank(line[i])); i++) {
        if (line[i] == '\\' && i + 1 < n && line[i + 1] == '"')
            i++; /* a quote that ends nothing */
        else if (line[i] == '"')
            quoted = !quoted;
    }
    while (i < n && is_blank(line[i]))
        i++;
    return i < n && sg_text_kind(line + i, n - i) == SG_TEXT_SSH_PUBLIC ? i : 0;
}

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_IDENTITY, what);
}

static enum sg_err damaged(struct sg_error *err)
{
    return bad(err, "the SSH private key is damaged: its parts do not fit together");
}

/* What stands in front of the secret part: ciphers, the number of keys, the public key. */
static enum sg_err read_head(struct sg_ssh_bytes *w, struct sg_ssh_bytes *public,
                             struct sg_ssh_bytes *secret, bool *rsa, struct sg_error *err)
{
    struct sg_ssh_bytes cipher, kdf, options, inside, type;
    uint32_t keys;

    if (w->n < sizeof MAGIC || memcmp(w->p, MAGIC, sizeof MAGIC) != 0)
        return bad(err, "what is in the SSH private key file is none");
    w->p += sizeof MAGIC;
    w->n -= sizeof MAGIC;
    if (!sg_ssh_take_string(w, &cipher) || !sg_ssh_take_string(w, &kdf) ||
        !sg_ssh_take_string(w, &options) || !sg_ssh_take_number(w, &keys))
        return damaged(err);
    if (keys != 1)
        return bad(err, "there is not just one key in the SSH private key file");
    if (!sg_ssh_take_string(w, public) || !sg_ssh_take_string(w, secret))
        return damaged(err);
    inside = *public;
    if (!sg_ssh_take_string(&inside, &type))
        return damaged(err);
    *rsa = sg_ssh_wire_is(&type, SG_SSH_RSA_TYPE) && sg_rsa_available();
    if (!*rsa && !sg_ssh_wire_is(&type, SG_SSH_TYPE))
        return bad(err, other_type((const char *)type.p, type.n));
    if (!sg_ssh_wire_is(&cipher, "none"))
        return bad(err, "the SSH private key is encrypted with a passphrase");
    if (!sg_ssh_wire_is(&kdf, "none") || options.n || w->n)
        return damaged(err);
    return SG_OK;
}

/* Takes the secret part's start: check numbers, and the key's type. */
static enum sg_err read_start(struct sg_ssh_bytes *w, const char *expected, struct sg_error *err)
{
    struct sg_ssh_bytes type;
    uint32_t check[2];

    if (w->n % BLOCK_BYTES || !sg_ssh_take_number(w, &check[0]) ||
        !sg_ssh_take_number(w, &check[1]))
        return damaged(err);
    if (check[0] != check[1])
        return bad(err, "the SSH private key is damaged: its check numbers differ");
    if (!sg_ssh_take_string(w, &type) || !sg_ssh_wire_is(&type, expected))
        return damaged(err);
    return SG_OK;
}

/* Takes its end: a comment, and padding. */
static enum sg_err read_end(struct sg_ssh_bytes w, struct sg_error *err)
{
    struct sg_ssh_bytes comment;

    if (!sg_ssh_take_string(&w, &comment))
        return damaged(err);
    for (size_t i = 0; i < w.n; i++)
        if (w.n > FILL_MAX_BYTES || w.p[i] != i + 1)
            return bad(err, "the SSH private key is damaged: its padding is wrong");
    return SG_OK;
}

/* The secret part of an Ed25519 key, behind its type; *seed is in it. */
static enum sg_err read_secret(const uint8_t **seed, struct sg_ssh_bytes w,
                               const struct sg_ssh_bytes *public, struct sg_error *err)
{
    struct sg_ssh_bytes point, pair;
    uint8_t derived[SG_SSH_PUBLIC_BYTES];
    enum sg_err r;

    if (public->n != SG_SSH_WIRE_BYTES || memcmp(public->p, WIRE_START, sizeof WIRE_START) != 0 ||
        !sg_ssh_take_string(&w, &point) || !sg_ssh_take_string(&w, &pair) ||
        point.n != SG_SSH_PUBLIC_BYTES || pair.n != SG_SIGN_SEED_BYTES + SG_SIGN_PUBLIC_BYTES)
        return damaged(err);
    r = read_end(w, err);
    if (r != SG_OK)
        return r;
    sg_sign_public(derived, pair.p);
    if (!sg_equal(derived, public->p + sizeof WIRE_START, sizeof derived) ||
        !sg_equal(derived, point.p, sizeof derived) ||
        !sg_equal(derived, pair.p + SG_SIGN_SEED_BYTES, sizeof derived))
        return bad(err, "the SSH private key is damaged: its public half is another key's");
    *seed = pair.p;
    return SG_OK;
}

/* The next line without its end; false when there is none. */
static bool take_line(const char **text, size_t *n, const char **line, size_t *len)
{
    const char *end = memchr(*text, '\n', *n);

    if (!*n)
        return false;
    *line = *text;
    *len = end ? (size_t)(end - *text) : *n;
    *text += *len + (end != NULL);
    *n -= *len + (end != NULL);
    if (*len && (*line)[*len - 1] == '\r')
        --*len;
    return true;
}

/* Collects the characters between the first line and the last, which must be all that there is. */
static enum sg_err read_lines(struct sg_buffer *chars, const char *text, size_t n,
                              const char *first, const char *last, struct sg_error *err)
{
    const char *line;
    size_t len;
    enum sg_err r = SG_OK;

    if (!take_line(&text, &n, &line, &len) || !is_text(line, len, first))
        return bad(err, "the SSH private key is damaged: its first line is not as OpenSSH has it");
    for (;;) {
        if (!take_line(&text, &n, &line, &len))
            return bad(err, "the SSH private key is cut off: its last line is missing");
        if (is_text(line, len, last))
            break;
        r = sg_buffer_append(chars, line, len, err);
        if (r != SG_OK)
            return r;
    }
    for (size_t i = 0; i < n; i++)
        if (!is_space(text[i]))
            return bad(err, "an SSH private key needs a file of its own, and more follows it");
    return SG_OK;
}

static enum sg_err add_seed(struct sg_identities *ids, const uint8_t *seed, struct sg_error *err)
{
    return sg_key_list_add(&ids->records, &ids->bytes, SG_KEY_SSH_ED25519, seed, SG_IDENTITY_BYTES,
                           err);
}

static enum sg_err read_openssh(struct sg_identities *ids, struct sg_ssh_bytes w,
                                struct sg_error *err)
{
    struct sg_ssh_bytes public = {0}, secret = {0};
    const uint8_t *seed = NULL;
    bool rsa = false;
    enum sg_err r = read_head(&w, &public, &secret, &rsa, err);

    if (r == SG_OK)
        r = read_start(&secret, rsa ? SG_SSH_RSA_TYPE : SG_SSH_TYPE, err);
    if (r == SG_OK && rsa)
        return sg_ssh_rsa_read(ids, secret, &public, read_end, err);
    if (r == SG_OK)
        r = read_secret(&seed, secret, &public, err);
    return r == SG_OK ? add_seed(ids, seed, err) : r;
}

static enum sg_err read_pkcs8(struct sg_identities *ids, struct sg_ssh_bytes w,
                              struct sg_error *err)
{
    if (w.n != sizeof PKCS8_START + SG_SIGN_SEED_BYTES ||
        memcmp(w.p, PKCS8_START, sizeof PKCS8_START) != 0)
        return bad(err, "it is a private key in PKCS #8 format, and not of type ed25519");
    return add_seed(ids, w.p + sizeof PKCS8_START, err);
}

enum sg_err sg_ssh_identity_read(struct sg_identities *ids, const char *text, size_t n,
                                 struct sg_error *err)
{
    bool pkcs8 = n >= sizeof PKCS8_BEGIN && is_text(text, sizeof PKCS8_BEGIN - 1, PKCS8_BEGIN);
    struct sg_ssh_bytes w = {0};
    struct sg_secret bytes = {0};
    struct sg_buffer chars;
    enum sg_err r;

    sg_buffer_init_secret(&chars, n);
    r = read_lines(&chars, text, n, pkcs8 ? PKCS8_BEGIN : BEGIN, pkcs8 ? PKCS8_END : END, err);
    if (r == SG_OK)
        r = sg_secret_new(&bytes, chars.len / 4 * 3 + 2, err);
    if (r == SG_OK &&
        !sg_base64_decode(bytes.data, &w.n, (const char *)chars.data, chars.len, SG_BASE64_PADDED))
        r = bad(err, "the SSH private key is damaged: its lines are not canonical base64");
    w.p = bytes.data;
    if (r == SG_OK)
        r = pkcs8 ? read_pkcs8(ids, w, err) : read_openssh(ids, w, err);
    sg_secret_free(&bytes);
    sg_buffer_free(&chars);
    return r;
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

static enum sg_err put_text(struct sg_buffer *out, const char *text, struct sg_error *err)
{
    return put_string(out, text, strlen(text), err);
}

/* The secret part, from check numbers to padding. */
static enum sg_err put_secret(struct sg_buffer *out, const uint8_t *seed, const uint8_t *public,
                              const char *comment, struct sg_error *err)
{
    uint8_t check[4];
    enum sg_err r;

    sg_random(check, sizeof check);
    r = sg_buffer_append(out, check, sizeof check, err);
    if (r == SG_OK)
        r = sg_buffer_append(out, check, sizeof check, err);
    if (r == SG_OK)
        r = sg_buffer_append(out, WIRE_START, sizeof WIRE_START, err);
    if (r == SG_OK)
        r = sg_buffer_append(out, public, SG_SIGN_PUBLIC_BYTES, err);
    if (r == SG_OK)
        r = put_number(out, SG_SIGN_SEED_BYTES + SG_SIGN_PUBLIC_BYTES, err);
    if (r == SG_OK)
        r = sg_buffer_append(out, seed, SG_SIGN_SEED_BYTES, err);
    if (r == SG_OK)
        r = sg_buffer_append(out, public, SG_SIGN_PUBLIC_BYTES, err);
    if (r == SG_OK)
        r = put_text(out, comment, err);
    for (uint8_t fill = 1; r == SG_OK && out->len % BLOCK_BYTES; fill++)
        r = sg_buffer_append(out, &fill, 1, err);
    return r;
}

static enum sg_err put_file(struct sg_buffer *out, const struct sg_buffer *secret,
                            const uint8_t *public, struct sg_error *err)
{
    uint8_t wire[SG_SSH_WIRE_BYTES];
    enum sg_err r = sg_buffer_append(out, MAGIC, sizeof MAGIC, err);

    sg_ssh_wire(wire, public);
    if (r == SG_OK)
        r = put_text(out, "none", err); /* the cipher */
    if (r == SG_OK)
        r = put_text(out, "none", err); /* the passphrase's hash, and its options */
    if (r == SG_OK)
        r = put_text(out, "", err);
    if (r == SG_OK)
        r = put_number(out, 1, err);
    if (r == SG_OK)
        r = put_string(out, wire, sizeof wire, err);
    if (r == SG_OK)
        r = put_string(out, secret->data, secret->len, err);
    return r;
}

static enum sg_err put_lines(struct sg_buffer *out, const struct sg_buffer *file,
                             struct sg_error *err)
{
    struct sg_secret chars;
    size_t n, at = 0;
    enum sg_err r = sg_secret_new(&chars, SG_BASE64_PADDED_CHARS(file->len), err);

    if (r != SG_OK)
        return r;
    n = sg_base64_encode((char *)chars.data, file->data, file->len, SG_BASE64_PADDED);
    r = sg_buffer_text(out, BEGIN "\n", err);
    while (r == SG_OK && at < n) {
        size_t len = n - at < COLUMNS ? n - at : COLUMNS;
        r = sg_buffer_append(out, chars.data + at, len, err);
        if (r == SG_OK)
            r = sg_buffer_text(out, "\n", err);
        at += len;
    }
    if (r == SG_OK)
        r = sg_buffer_text(out, END, err);
    sg_secret_free(&chars);
    return r;
}

enum sg_err sg_ssh_identity_text(struct sg_buffer *out,
                                 const uint8_t seed[static SG_IDENTITY_BYTES], const char *comment,
                                 struct sg_error *err)
{
    uint8_t public[SG_SIGN_PUBLIC_BYTES];
    struct sg_buffer secret, file;
    enum sg_err r;

    sg_buffer_init_secret(&secret, out->max);
    sg_buffer_init_secret(&file, out->max);
    sg_sign_public(public, seed);
    r = put_secret(&secret, seed, public, comment, err);
    if (r == SG_OK)
        r = put_file(&file, &secret, public, err);
    if (r == SG_OK)
        r = put_lines(out, &file, err);
    sg_buffer_free(&secret);
    sg_buffer_free(&file);
    return r;
}
