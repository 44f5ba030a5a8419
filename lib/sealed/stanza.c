#include "sealed/stanza.h"

#include "sealed/wrap.h"

#include <string.h>

/* The types of stanza known here. */
static const struct {
    const char *type;
    enum sg_err (*check)(const struct sg_header *, const struct sg_stanza *, struct sg_error *);
    bool password;
} types[] = {
    {SG_PQ_TYPE, sg_check_pq, false},
    {SG_X25519_TYPE, sg_check_x25519, false},
    {SG_SSH_STANZA_TYPE, sg_check_ssh, false},
    {SG_SCRYPT_TYPE, sg_check_scrypt, true},
    {SG_ARGON2ID_TYPE, sg_check_argon2id, true},
};

#define TYPES (sizeof types / sizeof *types)

enum sg_err sg_stanza_check(const struct sg_header *h, const struct sg_stanza *s,
                            struct sg_error *err)
{
    uint8_t body[SG_WRAP_BODY_BYTES];

    for (size_t i = 0; i < TYPES; i++) {
        enum sg_err r;
        if (!sg_stanza_is(h, s, types[i].type))
            continue;
        r = types[i].check(h, s, err);
        if (r == SG_OK && !sg_stanza_body(h, s, body, sizeof body))
            r = sg_fail(err, SG_ERR_HEADER, "the stanza's body is not 32 bytes");
        return r;
    }
    return SG_OK; /* somebody else's */
}

bool sg_stanzas_have_password(const struct sg_header *h)
{
    for (size_t i = 0; i < sg_header_count(h); i++)
        for (size_t j = 0; j < TYPES; j++)
            if (types[j].password && sg_stanza_is(h, sg_header_stanza(h, i), types[j].type))
                return true;
    return false;
}

enum sg_err sg_stanzas_check_mix(const struct sg_header *h, struct sg_error *err)
{
    if (sg_header_count(h) > 1 && sg_stanzas_have_password(h))
        return sg_fail(err, SG_ERR_HEADER, "a password stanza stands beside another");
    return SG_OK;
}

enum sg_err sg_stanza_wrap_key(struct sg_header *h, struct sg_recipient to,
                               const uint8_t file_key[static SG_FILE_KEY_BYTES],
                               struct sg_error *err)
{
    switch (to.type) {
    case SG_KEY_PQ:
        return sg_wrap_pq(h, to.key, file_key, err);
    case SG_KEY_X25519:
        return sg_wrap_x25519(h, to.key, file_key, err);
    case SG_KEY_SSH_ED25519:
        return sg_wrap_ssh(h, to.key, file_key, err);
    case SG_KEY_SSH_RSA:
        return sg_wrap_ssh_rsa(h, to, file_key, err);
    case SG_KEY_TAG:
        return sg_wrap_tag(h, to.key, file_key, err);
    case SG_KEY_PQ_TAG:
        return sg_wrap_pq_tag(h, to.key, file_key, err);
    case SG_KEY_PLUGIN:
    case SG_KEY_PLUGIN_IDENTITY:
        break; /* all of a plugin at once: sg_wrap_plugins() */
    }
    return sg_fail(err, SG_ERR_RECIPIENT, "it is of a type that nothing is known of");
}

/* Whether the identity opens the stanza; see sealed/wrap.h. */
static bool unwrap(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                   const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                   struct sg_error *err)
{
    switch (id.type) {
    case SG_KEY_PQ:
        return sg_stanza_is(h, s, SG_PQ_TYPE) && sg_unwrap_pq(file_key, h, s, id, r, err);
    case SG_KEY_X25519:
        return sg_stanza_is(h, s, SG_X25519_TYPE) && sg_unwrap_x25519(file_key, h, s, id, r, err);
    case SG_KEY_SSH_ED25519:
        return sg_stanza_is(h, s, SG_SSH_STANZA_TYPE) && sg_unwrap_ssh(file_key, h, s, id, r, err);
    case SG_KEY_SSH_RSA:
        return sg_stanza_is(h, s, SG_SSH_RSA_STANZA_TYPE) &&
               sg_unwrap_ssh_rsa(file_key, h, s, id, r, err);
    case SG_KEY_PLUGIN:
    case SG_KEY_PLUGIN_IDENTITY:
    case SG_KEY_TAG:
    case SG_KEY_PQ_TAG:
        break; /* with all stanzas at once: sg_unwrap_plugins() */
    }
    return false;
}

enum sg_err sg_stanzas_unwrap_key(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                  const struct sg_header *h, const struct sg_identities *ids,
                                  struct sg_error *err)
{
    size_t keys = sg_identities_count(ids), stanzas = sg_header_count(h);
    enum sg_err r = SG_OK;

    memset(file_key, 0, SG_FILE_KEY_BYTES);
    for (size_t i = 0; i < keys; i++) {
        for (size_t j = 0; j < stanzas; j++) {
            const struct sg_stanza *s = sg_header_stanza(h, j);
            if (unwrap(file_key, h, s, sg_identities_at(ids, i), &r, err))
                return SG_OK;
            memset(file_key, 0, SG_FILE_KEY_BYTES);
            if (r == SG_ERR_HEADER)
                err->line = s->line;
            if (r != SG_OK)
                return r;
        }
    }
    return sg_unwrap_plugins(file_key, h, ids, err);
}
