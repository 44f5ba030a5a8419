#include "key/recipient.h"

#include "base/bech32.h"
#include "crypto/x25519.h"
#include "key/text.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_CHARS SG_BECH32_CHARS(sizeof SG_TEXT_X25519_PUBLIC - 1, SG_RECIPIENT_BYTES)

_Static_assert(SG_RECIPIENT_BYTES == SG_X25519_BYTES, "a recipient is a point");
_Static_assert(SG_IDENTITY_BYTES == SG_X25519_BYTES, "an identity is a scalar");
_Static_assert(SG_RECIPIENT_TEXT_BYTES > TEXT_CHARS, "a recipient's text fits");

void sg_recipient_of(struct sg_recipient *to, const struct sg_identity *id)
{
    to->type = id->type;
    sg_x25519_public(to->key, id->secret);
}

void sg_recipient_text(char out[static SG_RECIPIENT_TEXT_BYTES], const struct sg_recipient *to)
{
    sg_bech32_encode(out, SG_TEXT_X25519_PUBLIC, to->key, sizeof to->key, false);
}

enum sg_err sg_recipient_parse(struct sg_recipient *to, const char *text, size_t n,
                               struct sg_error *err)
{
    size_t prefix, len, column;
    enum sg_bech32 r;

    memset(to, 0, sizeof *to);
    switch (sg_text_kind(text, n)) {
    case SG_TEXT_IDENTITY:
    case SG_TEXT_PQ_IDENTITY:
    case SG_TEXT_PLUGIN_IDENTITY:
        return sg_fail(err, SG_ERR_RECIPIENT, "it is a secret key");
    case SG_TEXT_SSH_PRIVATE:
        return sg_fail(err, SG_ERR_RECIPIENT, "it is an SSH private key");
    case SG_TEXT_SSH_PUBLIC:
        return sg_fail(err, SG_ERR_RECIPIENT, "SSH keys are not supported");
    case SG_TEXT_PQ_RECIPIENT:
        return sg_fail(err, SG_ERR_RECIPIENT, "post-quantum keys are not supported");
    default:
        break;
    }
    r = sg_bech32_decode(&prefix, to->key, sizeof to->key, &len, &column, text, n);
    if (n == TEXT_CHARS && prefix > sizeof SG_TEXT_X25519_PUBLIC - 1 &&
        sg_text_kind(text, n) == SG_TEXT_PLUGIN_RECIPIENT) {
        r = SG_BECH32_CHARACTER; /* of the right length: rather a letter mistyped as "1" */
        column = prefix + 1;
    }
    if (r == SG_BECH32_CHARACTER) {
        sg_fail(err, SG_ERR_RECIPIENT, sg_text_fault(r, false));
        err->column = column;
        return SG_ERR_RECIPIENT;
    }
    if (!sg_text_has_prefix(text, prefix, SG_TEXT_X25519_PUBLIC)) {
        memset(to, 0, sizeof *to);
        if (sg_text_kind(text, n) == SG_TEXT_PLUGIN_RECIPIENT)
            return sg_fail(err, SG_ERR_RECIPIENT,
                           "it belongs to a plugin, and plugins are not supported");
        return sg_fail(err, SG_ERR_RECIPIENT, "it does not begin with age1");
    }
    if (n != TEXT_CHARS)
        r = SG_BECH32_SIZE;
    else if (r == SG_BECH32_OK && text[0] != 'a')
        r = SG_BECH32_CASE;
    if (r != SG_BECH32_OK) {
        memset(to, 0, sizeof *to);
        sg_fail(err, SG_ERR_RECIPIENT, sg_text_fault(r, false));
        if (r == SG_BECH32_CHECKSUM)
            err->column = sg_bech32_locate(text, n);
        return SG_ERR_RECIPIENT;
    }
    to->type = SG_KEY_X25519;
    return SG_OK;
}

enum sg_err sg_recipients_add(struct sg_recipients *all, const struct sg_recipient *to,
                              struct sg_error *err)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].type == to->type && memcmp(all->list[i].key, to->key, sizeof to->key) == 0)
            return SG_OK;
    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 8;
        struct sg_recipient *list = reallocarray(all->list, room, sizeof *list);
        if (!list)
            return sg_fail_limit(err, SG_ERR_MEMORY, NULL, room * sizeof *list, 0);
        all->list = list;
        all->room = room;
    }
    all->list[all->count++] = *to;
    return SG_OK;
}

void sg_recipients_free(struct sg_recipients *all)
{
    free(all->list);
    memset(all, 0, sizeof *all);
}
