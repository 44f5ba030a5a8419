#include "seal/inside.h"

#include "common/files.h"
#include "common/report.h"

#include <string.h>

_Static_assert(SG_SEALED_BINDING_BYTES == SG_MEMBER_BINDING_BYTES, "bindings are handed over");
_Static_assert(SG_IDENTITY_BYTES == SG_SIGN_SEED_BYTES, "an SSH identity is a seed");

void inside_check_usage(const struct parsed *p)
{
    static const char *const options[] = {"compress", "pad", "sign"};
    const char *key = option_value(p, "sign");

    if (key && strcmp(key, "-") == 0 && !operand_file(p))
        usage_error(STDIN_TWICE_HINT, STDIN_TWICE);
    if (option_given(p, "level") && !option_given(p, "compress"))
        usage_error("add -z to compress", "--level goes with -z");
    for (size_t i = 0; option_given(p, "rewrap") && i < sizeof options / sizeof *options; i++)
        if (option_given(p, options[i]))
            usage_error("open the file and seal it anew: open FILE | seal ...",
                        "--rewrap leaves the content as it is: --%s is of no use", options[i]);
}

static enum sg_err load_key(struct inside *s, const char *path, struct password_asking *asking,
                            const struct parsed *p, struct sg_error *err)
{
    struct sg_password_asker asker = password_asker(asking, p);
    enum sg_err r = load_identities(&s->keys, path, &asker, err);

    if (r != SG_OK)
        return r;
    if (sg_identities_count(&s->keys) != 1 ||
        sg_identities_at(&s->keys, 0).type != SG_KEY_SSH_ED25519) {
        sg_error_name(err, path);
        return sg_fail(err, SG_ERR_IDENTITY, "it opens files, and does not sign");
    }
    s->how.seed = sg_identities_at(&s->keys, 0).secret;
    return SG_OK;
}

enum sg_err inside_load(struct inside *s, const struct parsed *p, struct password_asking *asking,
                        struct sg_error *err)
{
    const char *key = option_value(p, "sign");

    memset(s, 0, sizeof *s);
    sg_identities_init(&s->keys);
    s->how.pad = option_given(p, "pad");
    if (option_given(p, "compress"))
        s->how.level = (int)option_number(p, "level", SG_ENVELOPE_LEVEL, 1, 9);
    s->used = s->how.pad || s->how.level || key;
    return key ? load_key(s, key, asking, p, err) : SG_OK;
}

static void bind(void *context, const struct sg_sealed_binding *b)
{
    struct sg_envelope_binding binding;
    struct inside *s = context;

    memcpy(binding.key, b->key, sizeof binding.key);
    memcpy(binding.header, b->header, sizeof binding.header);
    sg_wrap_bind(&s->wrap, &binding);
    sg_wipe(&binding, sizeof binding);
}

enum sg_err inside_start(struct inside *s, struct sg_source **from, struct sg_source *in,
                         struct sg_seal *how, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    *from = in;
    if (!s->used)
        r = sg_wrap_is_needed(&s->used, in, err);
    if (r != SG_OK || !s->used)
        return r;
    if (how->progress) { /* of what is read, not of what comes of it */
        s->how.tick = how->progress->tick;
        s->how.context = how->progress->context;
        how->progress = NULL;
    }
    r = sg_wrap_start(&s->wrap, in, &s->how, err);
    *from = &s->wrap.source;
    how->bind = bind;
    how->context = s;
    return r;
}

void inside_free(struct inside *s)
{
    sg_wrap_close(&s->wrap);
    sg_identities_free(&s->keys);
}
