/*
 * show - the public keys of a pseudonym.
 */
#include "common/json.h"
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/qr.h"
#include "pseudonym/verbs.h"

#include <string.h>

#define TEXT_MAX_BYTES 65536

/* The words of --as, in their order. */
enum form { RECIPIENT, X25519, SSH, MINISIGN, ONION, DID, WORDS, QR };

static const char *const form_names[] = {"recipient", "x25519", "ssh",  "minisign",
                                         "onion",     "did",    "words"};

/* Appends one form. */
static enum sg_err put_form(struct sg_buffer *out, struct roots *r, const char *name,
                            enum form form, struct sg_error *err)
{
    static const enum sg_public_form public_forms[] = {
        [SSH] = SG_PUBLIC_SSH, [MINISIGN] = SG_PUBLIC_MINISIGN,
        [DID] = SG_PUBLIC_DID, [WORDS] = SG_PUBLIC_WORDS,
        [QR] = SG_PUBLIC_DID,
    };
    enum sg_pseudonym_key purpose = form == RECIPIENT ? SG_PSEUDONYM_PQ
                                    : form == X25519  ? SG_PSEUDONYM_X25519
                                    : form == ONION   ? SG_PSEUDONYM_ONION
                                                      : SG_PSEUDONYM_SIGN;
    struct sg_identity id = {form == RECIPIENT ? SG_KEY_PQ
                             : form == X25519  ? SG_KEY_X25519
                                               : SG_KEY_SSH_ED25519,
                             KEY_OF(r), SG_IDENTITY_BYTES};
    char host[SG_ONION_HOST_CHARS + 1];
    struct sg_recipients one;
    struct sg_buffer did;
    enum sg_err e = roots_key(r, name, purpose, err);

    sg_recipients_init(&one);
    sg_buffer_init(&did, SG_PUBLIC_DID_BYTES);
    if (e == SG_OK)
        e = sg_recipient_of(&one, id, err);
    if (e == SG_OK && (form == RECIPIENT || form == X25519)) {
        e = sg_recipient_text(out, sg_recipients_at(&one, 0), err);
    } else if (e == SG_OK && form == ONION) {
        sg_onion_host(host, sg_recipients_at(&one, 0).key);
        e = sg_buffer_text(out, host, err);
    } else if (e == SG_OK && form == QR) {
        e = sg_public_text(&did, SG_PUBLIC_DID, sg_recipients_at(&one, 0).key, err);
        if (e == SG_OK)
            e = sg_buffer_append(&did, "", 1, err);
        if (e == SG_OK)
            e = qr_draw(out, (const char *)did.data, err);
    } else if (e == SG_OK) {
        e = sg_public_text(out, public_forms[form], sg_recipients_at(&one, 0).key, err);
    }
    if (e == SG_OK && form != QR)
        e = sg_buffer_text(out, "\n", err);
    sg_buffer_free(&did);
    sg_recipients_free(&one);
    return e;
}

/* All forms, as an object. Of minisign's two lines, the one that is the key. */
static enum sg_err put_json(struct sg_buffer *out, struct roots *r, const char *name,
                            struct sg_error *err)
{
    struct sg_buffer text;
    struct sg_sink sink;
    struct json json;
    enum sg_err e = SG_OK;

    sg_sink_buffer(&sink, out);
    json_start(&json, &sink, err);
    json_object(&json, NULL);
    for (enum form f = RECIPIENT; e == SG_OK && f < QR; f++) {
        sg_buffer_init(&text, TEXT_MAX_BYTES);
        e = put_form(&text, r, name, f, err);
        if (e == SG_OK) {
            const char *start = (const char *)text.data;
            size_t n = text.len - 1, skip = 0;
            if (f == MINISIGN) {
                const char *line = memchr(start, '\n', n);
                skip = line ? (size_t)(line + 1 - start) : 0;
            }
            json_text(&json, form_names[f], start + skip, n - skip);
        }
        sg_buffer_free(&text);
    }
    json_close(&json);
    return e == SG_OK ? json_finish(&json) : e;
}

int pseudonym_show(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name");
    enum form form = (enum form)option_word(p, "as", RECIPIENT);
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    if (option_given(p, "json") && option_given(p, "as"))
        usage_error(NULL, "--json shows all forms, and --as one");
    if (form == QR && !qr_possible()) {
        report_error("this program was built without QR codes");
        report_hint("build it where libqrencode is; or: pseudonym show NAME --as did | qrencode "
                    "-t UTF8");
        return STATUS_FAILED;
    }
    sg_buffer_init(&text, TEXT_MAX_BYTES);
    e = roots_find(&r, p, name, RETIRED_NOTED, &err);
    if (e == SG_OK)
        guard(&r, name);
    if (e == SG_OK)
        e = option_given(p, "json") ? put_json(&text, &r, name, &err)
                                    : put_form(&text, &r, name, form, &err);
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    sg_buffer_free(&text);
    roots_close(&r);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
