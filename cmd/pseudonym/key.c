/*
 * key - the secret keys of a pseudonym, as other programs keep them.
 */
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/verbs.h"

#define TEXT_MAX_BYTES 8192

/* The words of --as, in their order. */
enum form { AGE, PQ, X25519, SSH, MINISIGN };

static enum sg_err put_key(struct sg_buffer *out, struct roots *r, const char *name,
                           enum sg_pseudonym_key purpose, enum sg_key_type type,
                           struct sg_error *err)
{
    struct sg_identity id = {type, KEY_OF(r), SG_IDENTITY_BYTES};
    enum sg_err e = roots_key(r, name, purpose, err);

    if (e == SG_OK)
        e = sg_identity_text(out, id, err); /* of an SSH key, without a comment */
    return e == SG_OK ? sg_buffer_text(out, "\n", err) : e;
}

static enum sg_err put_form(struct sg_buffer *out, struct roots *r, const char *name,
                            enum form form, struct sg_error *err)
{
    enum sg_err e = SG_OK;

    if (form == AGE || form == PQ)
        e = put_key(out, r, name, SG_PSEUDONYM_PQ, SG_KEY_PQ, err);
    if (e == SG_OK && (form == AGE || form == X25519))
        e = put_key(out, r, name, SG_PSEUDONYM_X25519, SG_KEY_X25519, err);
    if (form == SSH)
        e = put_key(out, r, name, SG_PSEUDONYM_SIGN, SG_KEY_SSH_ED25519, err);
    if (form == MINISIGN) {
        e = roots_key(r, name, SG_PSEUDONYM_SIGN, err);
        if (e == SG_OK)
            e = sg_minisign_secret(out, KEY_OF(r), err);
    }
    return e;
}

int pseudonym_key(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name");
    unsigned flags = SG_SINK_PRIVATE | SG_SINK_NOFOLLOW;
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    sg_buffer_init_secret(&text, TEXT_MAX_BYTES);
    e = roots_find(&r, p, name, RETIRED_NOTED, &err);
    if (e == SG_OK)
        guard(&r, name);
    if (e == SG_OK)
        e = put_form(&text, &r, name, (enum form)option_word(p, "as", AGE), &err);
    if (e == SG_OK)
        e = write_text(p, &text, flags | (option_given(p, "force") ? 0 : SG_SINK_NEW), &err);
    sg_buffer_free(&text);
    roots_close(&r);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
