#include "key/recipient.h"

#include "base/base64.h"
#include "base/bech32.h"
#include "crypto/hash.h"
#include "crypto/hpke_p256.h"
#include "crypto/sign.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"
#include "key/list.h"
#include "key/plugin_name.h"
#include "key/ssh.h"
#include "key/ssh_rsa.h"
#include "key/text.h"

#include <string.h>

#define X25519_CHARS SG_BECH32_CHARS(sizeof SG_TEXT_X25519_PUBLIC - 1, SG_RECIPIENT_X25519_BYTES)
#define PQ_TAG_CHARS SG_BECH32_CHARS(sizeof SG_TEXT_PQ_TAG_PUBLIC - 1, SG_RECIPIENT_PQ_TAG_BYTES)

_Static_assert(SG_RECIPIENT_X25519_BYTES == SG_X25519_BYTES, "a recipient is a point");
_Static_assert(SG_RECIPIENT_PQ_BYTES == SG_XWING_PUBLIC_BYTES, "or an X-Wing key");
_Static_assert(SG_RECIPIENT_TAG_BYTES == SG_P256_SHORT_BYTES, "or a point of P-256");
_Static_assert(SG_RECIPIENT_PQ_TAG_BYTES == SG_HYBRID_P256_PUBLIC_BYTES, "or that with ML-KEM");
_Static_assert(X25519_CHARS == 62, "what the hint in cmd/common says");
_Static_assert(SG_RECIPIENT_MAX_CHARS > PQ_TAG_CHARS, "the longest text of ours");

/* The types whose text is bech32 of the key. */
static const struct spelling {
    enum sg_key_type type;
    enum sg_text kind;
    const char *prefix;
    size_t bytes;
} spellings[] = {
    {SG_KEY_X25519, SG_TEXT_RECIPIENT, SG_TEXT_X25519_PUBLIC, SG_RECIPIENT_X25519_BYTES},
    {SG_KEY_PQ, SG_TEXT_PQ_RECIPIENT, SG_TEXT_PQ_PUBLIC, SG_RECIPIENT_PQ_BYTES},
    {SG_KEY_TAG, SG_TEXT_TAG_RECIPIENT, SG_TEXT_TAG_PUBLIC, SG_RECIPIENT_TAG_BYTES},
    {SG_KEY_PQ_TAG, SG_TEXT_PQ_TAG_RECIPIENT, SG_TEXT_PQ_TAG_PUBLIC, SG_RECIPIENT_PQ_TAG_BYTES},
};

#define SPELLINGS (sizeof spellings / sizeof *spellings)

static const struct spelling *spelling_of(enum sg_key_type type)
{
    for (size_t i = 0; i < SPELLINGS; i++)
        if (spellings[i].type == type)
            return &spellings[i];
    return &spellings[0];
}

/* The spelling that text of this kind has, or seems to be meant to have. */
static const struct spelling *spelling_meant(enum sg_text kind)
{
    for (size_t i = 0; i < SPELLINGS; i++)
        if (spellings[i].kind == kind)
            return &spellings[i];
    return &spellings[0];
}

void sg_recipients_init(struct sg_recipients *all)
{
    sg_buffer_init(&all->records, SG_KEY_LIST_MAX_BYTES);
    sg_buffer_init_secret(&all->bytes, SG_KEY_LIST_MAX_BYTES);
    all->plugins = NULL;
    all->passed_over = NULL;
}

void sg_recipients_free(struct sg_recipients *all)
{
    sg_buffer_free(&all->records);
    sg_buffer_free(&all->bytes);
}

size_t sg_recipients_count(const struct sg_recipients *all)
{
    return all->records.len / sizeof(struct sg_key_record);
}

struct sg_recipient sg_recipients_at(const struct sg_recipients *all, size_t i)
{
    const struct sg_key_record *r = sg_key_list_at(&all->records, i);

    return (struct sg_recipient){(enum sg_key_type)r->type, all->bytes.data + r->at, r->len};
}

static enum sg_err add(struct sg_recipients *all, enum sg_key_type type, const uint8_t *key,
                       size_t len, struct sg_error *err)
{
    return sg_key_list_add(&all->records, &all->bytes, (uint32_t)type, key, len, err);
}

enum sg_err sg_recipient_of(struct sg_recipients *all, struct sg_identity id, struct sg_error *err)
{
    uint8_t key[SG_RECIPIENT_PQ_BYTES];

    if (id.type == SG_KEY_PLUGIN_IDENTITY)
        return add(all, id.type, id.secret, id.len, err);
    if (id.type == SG_KEY_SSH_RSA) {
        struct sg_rsa_key rsa;
        struct sg_ssh_bytes public;
        sg_ssh_rsa_secret(&rsa, &public, id);
        return add(all, id.type, public.p, public.n, err);
    }
    if (id.type == SG_KEY_PQ) {
        sg_xwing_public(key, id.secret);
        return add(all, id.type, key, SG_RECIPIENT_PQ_BYTES, err);
    }
    if (id.type == SG_KEY_SSH_ED25519) {
        sg_sign_public(key, id.secret);
        return add(all, id.type, key, SG_SSH_PUBLIC_BYTES, err);
    }
    sg_x25519_public(key, id.secret);
    return add(all, id.type, key, SG_RECIPIENT_X25519_BYTES, err);
}

enum sg_err sg_recipient_text(struct sg_buffer *out, struct sg_recipient to, struct sg_error *err)
{
    char text[PQ_TAG_CHARS + 1], name[SG_PLUGIN_NAME_BYTES];

    if (to.type == SG_KEY_SSH_ED25519) {
        sg_ssh_line(text, to.key);
        return sg_buffer_text(out, text, err);
    }
    if (to.type == SG_KEY_SSH_RSA)
        return sg_ssh_rsa_line(out, to, err);
    if (to.type == SG_KEY_PLUGIN)
        return sg_buffer_append(out, to.key, to.len, err);
    if (to.type == SG_KEY_PLUGIN_IDENTITY) {
        sg_plugin_name(name, to.type, to.key, to.len);
        sg_fail(err, SG_ERR_PLUGIN_PUBLIC, NULL);
        sg_error_plugin(err, name, NULL);
        return SG_ERR_PLUGIN_PUBLIC;
    }
    sg_bech32_encode(text, spelling_of(to.type)->prefix, to.key, to.len, false);
    return sg_buffer_text(out, text, err);
}

enum sg_err sg_recipient_short(char out[static SG_RECIPIENT_SHORT_BYTES], struct sg_recipient to,
                               struct sg_error *err)
{
    static const char label[] = " (SHA256:";
    uint8_t hash[SG_SHA256_BYTES];
    struct sg_buffer text;
    size_t at = 0;
    enum sg_err r;

    out[0] = '\0';
    sg_buffer_init(&text, SG_RECIPIENT_MAX_CHARS);
    r = sg_recipient_text(&text, to, err);
    if (r == SG_OK && text.len < SG_RECIPIENT_SHORT_BYTES) {
        memcpy(out, text.data, text.len);
        out[text.len] = '\0';
    } else if (r == SG_OK) {
        memcpy(out, text.data, 10);
        memcpy(out + 10, "...", 3);
        memcpy(out + 13, text.data + text.len - 6, 6);
        at = 19;
        memcpy(out + at, label, sizeof label - 1);
        at += sizeof label - 1;
        if (to.type == SG_KEY_SSH_RSA) /* as ssh-keygen has it */
            sg_sha256(hash, to.key, to.len);
        else
            sg_sha256(hash, text.data, text.len);
        at += sg_base64_encode(out + at, hash, sizeof hash, SG_BASE64_RAW);
        out[at++] = ')';
        out[at] = '\0';
    }
    sg_buffer_free(&text);
    return r;
}

static enum sg_err refuse(struct sg_error *err, const char *what, size_t column)
{
    sg_fail(err, SG_ERR_RECIPIENT, what);
    err->column = column;
    return SG_ERR_RECIPIENT;
}

/* What something that is none of our recipients is; NULL when that cannot be told. */
static const char *other(enum sg_text kind)
{
    switch (kind) {
    case SG_TEXT_IDENTITY:
    case SG_TEXT_PQ_IDENTITY:
    case SG_TEXT_PLUGIN_IDENTITY:
    case SG_TEXT_ROOT:
        return "it is a secret key";
    case SG_TEXT_SSH_PRIVATE:
        return "it is an SSH private key";
    case SG_TEXT_PRIVATE:
        return "it is a private key of another program";
    default:
        return NULL;
    }
}

static enum sg_err read_plugins(struct sg_recipients *all, const char *text, size_t n,
                                struct sg_error *err)
{
    char name[SG_PLUGIN_NAME_BYTES];
    const char *bad_name;
    size_t column;
    enum sg_bech32 fault = sg_plugin_text(name, &column, &bad_name, text, n, false);

    if (fault == SG_BECH32_OK && n > SG_RECIPIENT_MAX_CHARS)
        fault = SG_BECH32_SIZE;
    if (fault == SG_BECH32_OK)
        return add(all, SG_KEY_PLUGIN, (const uint8_t *)text, n, err);
    if (fault == SG_BECH32_CHECKSUM)
        column = sg_bech32_locate(text, n);
    return refuse(err, bad_name ? bad_name : sg_text_fault(fault, false), column);
}

/* What is wrong with a key that is well spelled, or NULL. */
static const char *fault_of(enum sg_key_type type, const uint8_t *key)
{
    const uint8_t *p256 = type == SG_KEY_PQ_TAG ? key + SG_MLKEM768_PUBLIC_BYTES : key;
    size_t n = type == SG_KEY_PQ_TAG ? SG_P256_POINT_BYTES : SG_P256_SHORT_BYTES;
    uint8_t point[SG_P256_POINT_BYTES];

    if ((type == SG_KEY_PQ || type == SG_KEY_PQ_TAG) && !sg_mlkem768_check(key))
        return "its ML-KEM part is not canonical: no program makes such a key";
    if ((type == SG_KEY_TAG || type == SG_KEY_PQ_TAG) &&
        sg_p256_point(point, p256, n) != SG_P256_OK)
        return "what it holds is no point of P-256: nobody's key";
    return NULL;
}

enum sg_err sg_recipient_read(struct sg_recipients *all, const char *text, size_t n,
                              struct sg_error *err)
{
    uint8_t key[SG_RECIPIENT_PQ_TAG_BYTES];
    enum sg_text kind = sg_text_kind(text, n);
    bool tag = kind == SG_TEXT_TAG_RECIPIENT || kind == SG_TEXT_PQ_TAG_RECIPIENT;
    const struct spelling *meant = spelling_meant(kind);
    const char *expected = meant->prefix, *one;
    size_t chars = SG_BECH32_CHARS(strlen(expected), meant->bytes), prefix, len, column;
    enum sg_bech32 fault;

    if (other(kind))
        return refuse(err, other(kind), 0);
    if (kind == SG_TEXT_SSH_PUBLIC)
        return sg_ssh_recipient_read(all, text, n, err);
    if (tag && !sg_p256_available())
        return read_plugins(all, text, n, err);
    if (kind == SG_TEXT_PLUGIN_RECIPIENT && (n != chars || sg_text_is_bech32(text, n)))
        return read_plugins(all, text, n, err);
    fault = sg_bech32_decode(&prefix, key, meant->bytes, &len, &column, text, n);
    one = memrchr(text, '1', n);
    if (n == chars && one && one != text + strlen(expected)) {
        fault = SG_BECH32_CHARACTER; /* of the right length: rather a letter mistyped as "1" */
        column = (size_t)(one - text) + 1;
    }
    if (fault == SG_BECH32_CHARACTER && kind != SG_TEXT_OTHER)
        return refuse(err, sg_text_fault(fault, false), column);
    if (kind == SG_TEXT_OTHER)
        return refuse(err, "it does not begin with age1", 0);
    if (n != chars)
        fault = SG_BECH32_SIZE;
    else if (fault == SG_BECH32_OK && text[0] != 'a')
        fault = SG_BECH32_CASE;
    if (fault != SG_BECH32_OK)
        return refuse(err, sg_text_fault(fault, false),
                      fault == SG_BECH32_CHECKSUM ? sg_bech32_locate(text, n) : 0);
    if (fault_of(meant->type, key))
        return refuse(err, fault_of(meant->type, key), 0);
    return add(all, meant->type, key, len, err);
}
