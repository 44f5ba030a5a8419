#include "key/identity.h"

#include "base/bech32.h"
#include "crypto/random.h"
#include "key/text.h"

#include <string.h>

_Static_assert(SG_IDENTITY_TEXT_BYTES >
                   SG_BECH32_CHARS(sizeof SG_TEXT_X25519_SECRET - 1, SG_IDENTITY_BYTES),
               "an identity's text fits");

void sg_identity_new(struct sg_identity *id, enum sg_key_type type)
{
    id->type = type;
    sg_random(id->secret, sizeof id->secret);
}

void sg_identity_text(char out[static SG_IDENTITY_TEXT_BYTES], const struct sg_identity *id)
{
    sg_bech32_encode(out, SG_TEXT_X25519_SECRET, id->secret, sizeof id->secret, true);
}

enum sg_err sg_identity_parse(struct sg_identity *id, const char *text, size_t n,
                              struct sg_error *err)
{
    size_t prefix, len, column;
    enum sg_bech32 r;

    memset(id, 0, sizeof *id);
    switch (sg_text_kind(text, n)) {
    case SG_TEXT_RECIPIENT:
        return sg_fail(err, SG_ERR_IDENTITY, "it is a recipient, the public half of a key");
    case SG_TEXT_SSH_PUBLIC:
        return sg_fail(err, SG_ERR_IDENTITY, "it is an SSH public key");
    case SG_TEXT_SSH_PRIVATE:
        return sg_fail(err, SG_ERR_IDENTITY, "SSH keys are not supported");
    case SG_TEXT_PLUGIN_IDENTITY:
        return sg_fail(err, SG_ERR_IDENTITY,
                       "it belongs to a plugin, and plugins are not supported");
    case SG_TEXT_PQ_IDENTITY:
        return sg_fail(err, SG_ERR_IDENTITY, "post-quantum keys are not supported");
    default:
        break;
    }
    r = sg_bech32_decode(&prefix, id->secret, sizeof id->secret, &len, &column, text, n);
    if (!sg_text_has_prefix(text, prefix, SG_TEXT_X25519_SECRET)) {
        sg_wipe(id, sizeof *id);
        return sg_fail(err, SG_ERR_IDENTITY, "it does not begin with AGE-SECRET-KEY-1");
    }
    if (r == SG_BECH32_OK && text[0] != 'A')
        r = SG_BECH32_CASE;
    if (r == SG_BECH32_OK && len != sizeof id->secret)
        r = SG_BECH32_SIZE;
    if (r != SG_BECH32_OK) {
        sg_wipe(id, sizeof *id);
        return sg_fail(err, SG_ERR_IDENTITY, sg_text_fault(r, true));
    }
    id->type = SG_KEY_X25519;
    return SG_OK;
}

const struct sg_identity *sg_identities_at(const struct sg_identities *ids, size_t i)
{
    return (const struct sg_identity *)(const void *)(ids->block.data +
                                                      i * sizeof(struct sg_identity));
}

enum sg_err sg_identities_add(struct sg_identities *ids, const struct sg_identity *id,
                              struct sg_error *err)
{
    size_t used = ids->count * sizeof *id;

    for (size_t i = 0; i < ids->count; i++)
        if (sg_equal(sg_identities_at(ids, i), id, sizeof *id))
            return SG_OK;
    if (used == ids->block.size) {
        enum sg_err r = sg_secret_grow(&ids->block, used ? used * 2 : 4 * sizeof *id, err);
        if (r != SG_OK)
            return r;
    }
    memcpy(ids->block.data + used, id, sizeof *id);
    ids->count++;
    return SG_OK;
}

void sg_identities_free(struct sg_identities *ids)
{
    sg_secret_free(&ids->block);
    ids->count = 0;
}
