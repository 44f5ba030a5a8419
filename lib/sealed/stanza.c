#include "sealed/stanza.h"

#include "base/base64.h"
#include "crypto/aead.h"
#include "crypto/hmac.h"
#include "crypto/pwhash.h"
#include "crypto/random.h"
#include "crypto/x25519.h"

#include <string.h>

#define BODY_BYTES (SG_FILE_KEY_BYTES + SG_AEAD_TAG_BYTES)
#define SALT_BYTES 16

#define X25519_TYPE "X25519"
#define X25519_INFO "age-encryption.org/v1/X25519"
#define SCRYPT_TYPE "scrypt"
#define SCRYPT_LABEL "age-encryption.org/v1/scrypt"
#define SCRYPT_R 8
#define SCRYPT_P 1
#define ARGON2ID_TYPE "signet/argon2id"
#define ARGON2ID_PASSES 3
#define ARGON2ID_LANES 4

/* A limit on work is one on memory; passes may multiply it by two to this. */
#define PASSES_LOG2 4

_Static_assert(SG_RECIPIENT_BYTES == SG_X25519_BYTES, "a recipient is a point");

static const uint8_t ZERO_NONCE[SG_AEAD_NONCE_BYTES];

/* The costs of a password stanza. */
struct cost {
    enum sg_kdf kdf;
    uint8_t salt[SALT_BYTES];
    uint32_t passes, work, lanes; /* work: log2 of KiB; passes and lanes: of Argon2id */
};

/* [1-9][0-9]*, at most nine digits; 0 when it is anything else. */
static uint32_t decimal(const char *p, size_t n)
{
    uint32_t value = 0;

    if (n == 0 || n > 9 || p[0] == '0')
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return 0;
        value = value * 10 + (uint32_t)(p[i] - '0');
    }
    return value;
}

static uint32_t decimal_argument(const struct sg_header *h, const struct sg_stanza *s, size_t i)
{
    size_t n;
    const char *p = sg_stanza_argument(h, s, i, &n);

    return p ? decimal(p, n) : 0;
}

static bool bytes_argument(const struct sg_header *h, const struct sg_stanza *s, size_t i,
                           uint8_t *out, size_t size)
{
    size_t n;
    const char *p = sg_stanza_argument(h, s, i, &n);

    return p && sg_base64_decode_exact(out, size, p, n);
}

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_HEADER, what);
}

static enum sg_err check_x25519(const struct sg_header *h, const struct sg_stanza *s,
                                struct sg_error *err)
{
    uint8_t share[SG_X25519_BYTES];

    if (sg_stanza_arguments(h, s) != 2)
        return bad(err, "an X25519 stanza has one argument, its share");
    if (!bytes_argument(h, s, 1, share, sizeof share))
        return bad(err, "the X25519 share is not 32 bytes of canonical base64");
    return SG_OK;
}

static enum sg_err read_scrypt(struct cost *cost, const struct sg_header *h,
                               const struct sg_stanza *s, struct sg_error *err)
{
    cost->kdf = SG_KDF_SCRYPT;
    if (sg_stanza_arguments(h, s) != 3)
        return bad(err, "an scrypt stanza has two arguments, salt and work factor");
    if (!bytes_argument(h, s, 1, cost->salt, sizeof cost->salt))
        return bad(err, "the scrypt salt is not 16 bytes of canonical base64");
    cost->work = decimal_argument(h, s, 2);
    if (cost->work == 0)
        return bad(err, "the scrypt work factor is not a decimal number");
    return SG_OK;
}

static enum sg_err read_argon2id(struct cost *cost, const struct sg_header *h,
                                 const struct sg_stanza *s, struct sg_error *err)
{
    cost->kdf = SG_KDF_ARGON2ID;
    if (sg_stanza_arguments(h, s) != 5)
        return bad(err, "an argon2id stanza has four arguments: salt, passes, memory and lanes");
    if (!bytes_argument(h, s, 1, cost->salt, sizeof cost->salt))
        return bad(err, "the argon2id salt is not 16 bytes of canonical base64");
    cost->passes = decimal_argument(h, s, 2);
    cost->work = decimal_argument(h, s, 3);
    cost->lanes = decimal_argument(h, s, 4);
    if (cost->passes == 0 || cost->work == 0 || cost->lanes == 0)
        return bad(err, "an argon2id cost is not a decimal number");
    if (cost->lanes > SG_ARGON2ID_MAX_LANES)
        return bad(err, "an argon2id stanza asks for too many lanes");
    if (cost->work < 32 && (1ULL << cost->work) < 8ULL * cost->lanes)
        return bad(err, "an argon2id stanza has too little memory for its lanes");
    return SG_OK;
}

/* Whether it is a password stanza; when it is, its costs, or *r says what is wrong with it. */
static bool read_cost(struct cost *cost, const struct sg_header *h, const struct sg_stanza *s,
                      enum sg_err *r, struct sg_error *err)
{
    memset(cost, 0, sizeof *cost);
    if (sg_stanza_is(h, s, SCRYPT_TYPE))
        *r = read_scrypt(cost, h, s, err);
    else if (sg_stanza_is(h, s, ARGON2ID_TYPE))
        *r = read_argon2id(cost, h, s, err);
    else
        return false;
    return true;
}

enum sg_err sg_stanza_check(const struct sg_header *h, const struct sg_stanza *s,
                            struct sg_error *err)
{
    struct cost cost;
    uint8_t body[BODY_BYTES];
    enum sg_err r;

    if (sg_stanza_is(h, s, X25519_TYPE))
        r = check_x25519(h, s, err);
    else if (!read_cost(&cost, h, s, &r, err))
        return SG_OK; /* somebody else's */
    if (r == SG_OK && !sg_stanza_body(h, s, body, sizeof body))
        r = bad(err, "the stanza's body is not 32 bytes");
    return r;
}

bool sg_stanzas_have_password(const struct sg_header *h)
{
    for (size_t i = 0; i < sg_header_count(h); i++) {
        const struct sg_stanza *s = sg_header_stanza(h, i);
        if (sg_stanza_is(h, s, SCRYPT_TYPE) || sg_stanza_is(h, s, ARGON2ID_TYPE))
            return true;
    }
    return false;
}

enum sg_err sg_stanzas_check_mix(const struct sg_header *h, struct sg_error *err)
{
    if (sg_header_count(h) > 1 && sg_stanzas_have_password(h))
        return bad(err, "a password stanza stands beside another");
    return SG_OK;
}

static void x25519_wrap_key(uint8_t key[static SG_AEAD_KEY_BYTES],
                            const uint8_t shared[static SG_X25519_BYTES],
                            const uint8_t share[static SG_X25519_BYTES],
                            const uint8_t recipient[static SG_X25519_BYTES])
{
    uint8_t salt[2 * SG_X25519_BYTES];

    memcpy(salt, share, SG_X25519_BYTES);
    memcpy(salt + SG_X25519_BYTES, recipient, SG_X25519_BYTES);
    sg_hkdf(key, SG_AEAD_KEY_BYTES, shared, SG_X25519_BYTES, salt, sizeof salt, X25519_INFO,
            sizeof X25519_INFO - 1);
}

enum sg_err sg_stanza_wrap_key(struct sg_header *h, const struct sg_recipient *to,
                               const uint8_t file_key[static SG_FILE_KEY_BYTES],
                               struct sg_error *err)
{
    uint8_t secret[SG_X25519_BYTES], share[SG_X25519_BYTES], shared[SG_X25519_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES], body[BODY_BYTES];
    char arguments[sizeof X25519_TYPE + SG_BASE64_RAW_CHARS(SG_X25519_BYTES) + 1] = X25519_TYPE " ";
    enum sg_err r;

    sg_random(secret, sizeof secret);
    sg_x25519_public(share, secret);
    if (sg_x25519(shared, secret, to->key)) {
        size_t n = sizeof X25519_TYPE;
        x25519_wrap_key(key, shared, share, to->key);
        sg_aead_seal(body, file_key, SG_FILE_KEY_BYTES, ZERO_NONCE, key);
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

/* Whether the identity opens the stanza. *r is an error when nothing more should be tried. */
static bool try_x25519(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                       const struct sg_stanza *s, const struct sg_identity *id,
                       const uint8_t recipient[static SG_X25519_BYTES], enum sg_err *r,
                       struct sg_error *err)
{
    uint8_t share[SG_X25519_BYTES], shared[SG_X25519_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES] = {0}, body[BODY_BYTES];
    bool opened = false;

    if (!bytes_argument(h, s, 1, share, sizeof share) || !sg_stanza_body(h, s, body, sizeof body)) {
        *r = bad(err, "an X25519 stanza is malformed");
    } else if (!sg_x25519(shared, id->secret, share)) {
        *r = bad(err, "the X25519 share is a point of low order");
        err->line = s->line;
    } else {
        x25519_wrap_key(key, shared, share, recipient);
        opened = sg_aead_open(file_key, body, sizeof body, ZERO_NONCE, key);
    }
    sg_wipe(shared, sizeof shared);
    sg_wipe(key, sizeof key);
    return opened;
}

enum sg_err sg_stanzas_unwrap_key(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                  const struct sg_header *h, const struct sg_identities *ids,
                                  struct sg_error *err)
{
    enum sg_err r = SG_OK;
    bool opened = false;

    memset(file_key, 0, SG_FILE_KEY_BYTES);
    for (size_t i = 0; i < ids->count; i++) {
        const struct sg_identity *id = sg_identities_at(ids, i);
        struct sg_recipient self;
        sg_recipient_of(&self, id);
        for (size_t j = 0; j < sg_header_count(h); j++) {
            const struct sg_stanza *s = sg_header_stanza(h, j);
            if (!sg_stanza_is(h, s, X25519_TYPE))
                continue;
            opened = try_x25519(file_key, h, s, id, self.key, &r, err);
            if (opened || r != SG_OK)
                goto out;
        }
    }
    r = sg_fail_limit(err, SG_ERR_NO_MATCH, NULL, sg_header_count(h), ids->count);
out:
    if (!opened)
        memset(file_key, 0, SG_FILE_KEY_BYTES);
    return r;
}

/* key = the wrap key that a password and its costs give */
static enum sg_err password_wrap_key(uint8_t key[static SG_AEAD_KEY_BYTES],
                                     const struct sg_password *password, const struct cost *cost,
                                     struct sg_error *err)
{
    uint8_t stretched[32], salt[sizeof SCRYPT_LABEL - 1 + SALT_BYTES];
    struct sg_argon2id argon2id = {.passes = cost->passes, .lanes = cost->lanes};
    enum sg_err r;

    if (cost->kdf == SG_KDF_SCRYPT) {
        memcpy(salt, SCRYPT_LABEL, sizeof SCRYPT_LABEL - 1);
        memcpy(salt + sizeof SCRYPT_LABEL - 1, cost->salt, SALT_BYTES);
        return sg_scrypt(key, SG_AEAD_KEY_BYTES, password->bytes, password->len, salt, sizeof salt,
                         cost->work, SCRYPT_R, SCRYPT_P, err);
    }
    argon2id.memory = (uint32_t)1 << cost->work;
    r = sg_argon2id(stretched, sizeof stretched, password->bytes, password->len, cost->salt,
                    SALT_BYTES, &argon2id, err);
    if (r == SG_OK)
        sg_hkdf(key, SG_AEAD_KEY_BYTES, stretched, sizeof stretched, NULL, 0, ARGON2ID_TYPE,
                sizeof ARGON2ID_TYPE - 1);
    sg_wipe(stretched, sizeof stretched);
    return r;
}

/* The stanza's arguments as text, in a buffer of its own. */
static enum sg_err cost_text(struct sg_buffer *out, const struct cost *cost, struct sg_error *err)
{
    char salt[SG_BASE64_RAW_CHARS(SALT_BYTES) + 2];
    const char *type = cost->kdf == SG_KDF_SCRYPT ? SCRYPT_TYPE " " : ARGON2ID_TYPE " ";
    const uint32_t numbers[3] = {cost->passes, cost->work, cost->lanes};
    size_t first = cost->kdf == SG_KDF_SCRYPT ? 1 : 0, last = cost->kdf == SG_KDF_SCRYPT ? 1 : 2;
    size_t n = sg_base64_encode(salt, cost->salt, SALT_BYTES, SG_BASE64_RAW);
    enum sg_err r = sg_buffer_text(out, type, err);

    if (r == SG_OK)
        r = sg_buffer_append(out, salt, n, err);
    for (size_t i = first; r == SG_OK && i <= last; i++) {
        r = sg_buffer_text(out, " ", err);
        if (r == SG_OK)
            r = sg_buffer_number(out, numbers[i], err);
    }
    return r == SG_OK ? sg_buffer_append(out, "", 1, err) : r;
}

enum sg_err sg_stanza_wrap_password(struct sg_header *h, const struct sg_password *password,
                                    enum sg_kdf kdf, unsigned work,
                                    const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                    struct sg_error *err)
{
    struct cost cost = {
        .kdf = kdf, .passes = ARGON2ID_PASSES, .work = work, .lanes = ARGON2ID_LANES};
    uint8_t key[SG_AEAD_KEY_BYTES], body[BODY_BYTES];
    struct sg_buffer arguments;
    enum sg_err r;

    sg_buffer_init(&arguments, 256);
    if (work < SG_WORK_MIN || work > SG_WORK_MAX)
        return sg_fail_limit(err, SG_ERR_LIMIT, "the work factor is out of range", work,
                             SG_WORK_MAX);
    sg_random(cost.salt, sizeof cost.salt);
    r = cost_text(&arguments, &cost, err);
    if (r == SG_OK)
        r = password_wrap_key(key, password, &cost, err);
    if (r == SG_OK) {
        sg_aead_seal(body, file_key, SG_FILE_KEY_BYTES, ZERO_NONCE, key);
        r = sg_header_add(h, (const char *)arguments.data, body, sizeof body, err);
    }
    sg_wipe(key, sizeof key);
    sg_buffer_free(&arguments);
    return r;
}

static enum sg_err bound_work(const struct cost *cost, unsigned max_work, struct sg_error *err)
{
    unsigned most = max_work < SG_WORK_MAX ? max_work : SG_WORK_MAX;

    if (cost->work > most)
        return sg_fail_limit(err, SG_ERR_WORK, NULL, cost->work, most);
    if (cost->kdf == SG_KDF_ARGON2ID) {
        uint64_t kib_passes = (uint64_t)cost->passes << cost->work;
        if (kib_passes > (uint64_t)1 << (most + PASSES_LOG2) ||
            cost->passes > SG_ARGON2ID_MAX_PASSES)
            return sg_fail_limit(err, SG_ERR_WORK, "passes", cost->passes, most);
    }
    return SG_OK;
}

enum sg_err sg_stanzas_unwrap_password(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                       const struct sg_header *h,
                                       const struct sg_password *password, unsigned max_work,
                                       struct sg_error *err)
{
    uint8_t key[SG_AEAD_KEY_BYTES] = {0}, body[BODY_BYTES];
    struct cost cost;
    enum sg_err r = SG_OK;
    const struct sg_stanza *s;

    memset(file_key, 0, SG_FILE_KEY_BYTES);
    if (sg_header_count(h) != 1)
        return sg_fail(err, SG_ERR_NO_MATCH, NULL);
    s = sg_header_stanza(h, 0);
    if (!read_cost(&cost, h, s, &r, err))
        return sg_fail(err, SG_ERR_NO_MATCH, NULL);
    if (r == SG_OK && !sg_stanza_body(h, s, body, sizeof body))
        r = bad(err, "the stanza's body is not 32 bytes");
    if (r == SG_OK)
        r = bound_work(&cost, max_work, err);
    if (r == SG_OK)
        r = password_wrap_key(key, password, &cost, err);
    if (r == SG_OK && !sg_aead_open(file_key, body, sizeof body, ZERO_NONCE, key)) {
        memset(file_key, 0, SG_FILE_KEY_BYTES);
        r = sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL);
    }
    sg_wipe(key, sizeof key);
    return r;
}
