#include "sealed/wrap.h"

#include "base/base64.h"
#include "crypto/hmac.h"
#include "crypto/pwhash.h"
#include "crypto/random.h"

#include <string.h>

#define SALT_BYTES 16
#define SCRYPT_LABEL "age-encryption.org/v1/scrypt"
#define SCRYPT_R 8
#define SCRYPT_P 1
#define ARGON2ID_PASSES 3
#define ARGON2ID_LANES 4

/* A limit on work is one on memory; passes may multiply it by two to this. */
#define PASSES_LOG2 4

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

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_HEADER, what);
}

static enum sg_err read_scrypt(struct cost *cost, const struct sg_header *h,
                               const struct sg_stanza *s, struct sg_error *err)
{
    cost->kdf = SG_KDF_SCRYPT;
    if (sg_stanza_arguments(h, s) != 3)
        return bad(err, "an scrypt stanza has two arguments, salt and work factor");
    if (!sg_stanza_bytes(h, s, 1, cost->salt, sizeof cost->salt))
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
    if (!sg_stanza_bytes(h, s, 1, cost->salt, sizeof cost->salt))
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

enum sg_err sg_check_scrypt(const struct sg_header *h, const struct sg_stanza *s,
                            struct sg_error *err)
{
    struct cost cost = {0};

    return read_scrypt(&cost, h, s, err);
}

enum sg_err sg_check_argon2id(const struct sg_header *h, const struct sg_stanza *s,
                              struct sg_error *err)
{
    struct cost cost = {0};

    return read_argon2id(&cost, h, s, err);
}

enum sg_err sg_password_cost(struct sg_password_cost *cost, const struct sg_header *h,
                             const struct sg_stanza *s, struct sg_error *err)
{
    struct cost read = {.passes = 1, .lanes = 1};
    enum sg_err r = sg_stanza_is(h, s, SG_SCRYPT_TYPE) ? read_scrypt(&read, h, s, err)
                                                       : read_argon2id(&read, h, s, err);

    memset(cost, 0, sizeof *cost);
    if (r == SG_OK)
        *cost = (struct sg_password_cost){read.kdf, read.passes, read.work, read.lanes};
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
        sg_hkdf(key, SG_AEAD_KEY_BYTES, stretched, sizeof stretched, NULL, 0, SG_ARGON2ID_TYPE,
                sizeof SG_ARGON2ID_TYPE - 1);
    sg_wipe(stretched, sizeof stretched);
    return r;
}

/* The stanza's arguments as text, in a buffer of its own. */
static enum sg_err cost_text(struct sg_buffer *out, const struct cost *cost, struct sg_error *err)
{
    char salt[SG_BASE64_RAW_CHARS(SALT_BYTES) + 2];
    const char *type = cost->kdf == SG_KDF_SCRYPT ? SG_SCRYPT_TYPE " " : SG_ARGON2ID_TYPE " ";
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
    uint8_t key[SG_AEAD_KEY_BYTES], body[SG_WRAP_BODY_BYTES];
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
        sg_aead_seal(body, file_key, SG_FILE_KEY_BYTES, SG_WRAP_NONCE, key);
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
    uint8_t key[SG_AEAD_KEY_BYTES] = {0}, body[SG_WRAP_BODY_BYTES];
    struct cost cost;
    enum sg_err r = SG_OK;
    const struct sg_stanza *s;

    memset(file_key, 0, SG_FILE_KEY_BYTES);
    if (sg_header_count(h) != 1)
        return sg_fail(err, SG_ERR_NO_MATCH, NULL);
    s = sg_header_stanza(h, 0);
    memset(&cost, 0, sizeof cost);
    if (sg_stanza_is(h, s, SG_SCRYPT_TYPE))
        r = read_scrypt(&cost, h, s, err);
    else if (sg_stanza_is(h, s, SG_ARGON2ID_TYPE))
        r = read_argon2id(&cost, h, s, err);
    else
        return sg_fail(err, SG_ERR_NO_MATCH, NULL);
    if (r == SG_OK && !sg_stanza_body(h, s, body, sizeof body))
        r = bad(err, "the stanza's body is not 32 bytes");
    if (r == SG_OK)
        r = bound_work(&cost, max_work, err);
    if (r == SG_OK)
        r = password_wrap_key(key, password, &cost, err);
    if (r == SG_OK && !sg_aead_open(file_key, body, sizeof body, SG_WRAP_NONCE, key)) {
        memset(file_key, 0, SG_FILE_KEY_BYTES);
        r = sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL);
    }
    sg_wipe(key, sizeof key);
    return r;
}
