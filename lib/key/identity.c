#include "key/identity.h"

#include "base/bech32.h"
#include "crypto/random.h"
#include "crypto/x25519.h"
#include "crypto/xwing.h"
#include "key/list.h"
#include "key/plugin_name.h"
#include "key/ssh.h"
#include "key/text.h"

#include <string.h>

_Static_assert(SG_IDENTITY_BYTES == SG_X25519_BYTES, "an identity is a scalar");
_Static_assert(SG_IDENTITY_BYTES == SG_XWING_SEED_BYTES, "or a seed");

void sg_identities_init(struct sg_identities *ids)
{
    sg_buffer_init(&ids->records, SG_KEY_LIST_MAX_BYTES);
    sg_buffer_init_secret(&ids->bytes, SG_KEY_LIST_MAX_BYTES);
    ids->plugins = NULL;
}

void sg_identities_free(struct sg_identities *ids)
{
    sg_buffer_free(&ids->records);
    sg_buffer_free(&ids->bytes);
}

size_t sg_identities_count(const struct sg_identities *ids)
{
    return ids->records.len / sizeof(struct sg_key_record);
}

struct sg_identity sg_identities_at(const struct sg_identities *ids, size_t i)
{
    const struct sg_key_record *r = sg_key_list_at(&ids->records, i);

    return (struct sg_identity){(enum sg_key_type)r->type, ids->bytes.data + r->at, r->len};
}

static enum sg_err add(struct sg_identities *ids, enum sg_key_type type, const void *secret,
                       size_t len, struct sg_error *err)
{
    return sg_key_list_add(&ids->records, &ids->bytes, (uint32_t)type, secret, len, err);
}

enum sg_err sg_identity_new(struct sg_identities *ids, enum sg_key_type type, struct sg_error *err)
{
    uint8_t secret[SG_IDENTITY_BYTES];
    enum sg_err r;

    sg_random(secret, sizeof secret);
    r = add(ids, type, secret, sizeof secret, err);
    sg_wipe(secret, sizeof secret);
    return r;
}

static const char *prefix_of(enum sg_key_type type)
{
    return type == SG_KEY_PQ ? SG_TEXT_PQ_SECRET : SG_TEXT_X25519_SECRET;
}

enum sg_err sg_identity_text(struct sg_buffer *out, struct sg_identity id, struct sg_error *err)
{
    char text[SG_BECH32_CHARS(sizeof SG_TEXT_PQ_SECRET - 1, SG_IDENTITY_BYTES) + 1];
    enum sg_err r;

    if (id.type == SG_KEY_SSH_ED25519)
        return sg_ssh_identity_text(out, id.secret, "", err);
    if (id.type == SG_KEY_SSH_RSA)
        return sg_fail(err, SG_ERR_IDENTITY, "an RSA key is not written");
    if (id.type == SG_KEY_PLUGIN_IDENTITY)
        return sg_buffer_append(out, id.secret, id.len, err);
    sg_bech32_encode(text, prefix_of(id.type), id.secret, id.len, true);
    r = sg_buffer_append(out, text, SG_BECH32_CHARS(strlen(prefix_of(id.type)), id.len), err);
    sg_wipe(text, sizeof text);
    return r;
}

static enum sg_err read_plugins(struct sg_identities *ids, const char *text, size_t n,
                                struct sg_error *err)
{
    char name[SG_PLUGIN_NAME_BYTES];
    const char *bad_name;
    size_t column;
    enum sg_bech32 fault = sg_plugin_text(name, &column, &bad_name, text, n, true);

    if (fault != SG_BECH32_OK)
        return sg_fail(err, SG_ERR_IDENTITY, bad_name ? bad_name : sg_text_fault(fault, true));
    return add(ids, SG_KEY_PLUGIN_IDENTITY, text, n, err);
}

enum sg_err sg_identity_of_plugin(struct sg_identities *ids, const char *name, struct sg_error *err)
{
    char text[SG_PLUGIN_BARE_BYTES];

    sg_plugin_bare(text, name);
    return add(ids, SG_KEY_PLUGIN_IDENTITY, text, strlen(text), err);
}

enum sg_err sg_identity_read(struct sg_identities *ids, const char *text, size_t n,
                             struct sg_error *err)
{
    uint8_t secret[SG_IDENTITY_BYTES];
    enum sg_key_type type;
    size_t prefix, len, column;
    enum sg_bech32 fault;
    enum sg_err r;

    switch (sg_text_kind(text, n)) {
    case SG_TEXT_IDENTITY:
        type = SG_KEY_X25519;
        break;
    case SG_TEXT_PQ_IDENTITY:
        type = SG_KEY_PQ;
        break;
    case SG_TEXT_RECIPIENT:
    case SG_TEXT_PQ_RECIPIENT:
    case SG_TEXT_TAG_RECIPIENT:
    case SG_TEXT_PQ_TAG_RECIPIENT:
    case SG_TEXT_PLUGIN_RECIPIENT:
        return sg_fail(err, SG_ERR_IDENTITY, "it is a recipient, the public half of a key");
    case SG_TEXT_SSH_PUBLIC:
        return sg_fail(err, SG_ERR_IDENTITY, "it is an SSH public key");
    case SG_TEXT_SSH_PRIVATE:
        return sg_fail(err, SG_ERR_IDENTITY, "an SSH private key needs a file of its own");
    case SG_TEXT_ROOT:
        return sg_fail(err, SG_ERR_IDENTITY, "it is a root of pseudonyms");
    case SG_TEXT_PRIVATE:
        return sg_fail(err, SG_ERR_IDENTITY, sg_text_private(text, n));
    case SG_TEXT_PLUGIN_IDENTITY:
        return read_plugins(ids, text, n, err);
    default:
        return sg_fail(err, SG_ERR_IDENTITY, "it does not begin with AGE-SECRET-KEY-");
    }
    fault = sg_bech32_decode(&prefix, secret, sizeof secret, &len, &column, text, n);
    if (fault == SG_BECH32_OK && text[0] != 'A')
        fault = SG_BECH32_CASE;
    if (fault == SG_BECH32_OK && len != sizeof secret)
        fault = SG_BECH32_SIZE;
    if (fault == SG_BECH32_OK && !sg_text_has_prefix(text, prefix, prefix_of(type)))
        fault = SG_BECH32_SHAPE;
    if (fault == SG_BECH32_OK)
        r = add(ids, type, secret, sizeof secret, err);
    else
        r = sg_fail(err, SG_ERR_IDENTITY, sg_text_fault(fault, true));
    sg_wipe(secret, sizeof secret);
    return r;
}
