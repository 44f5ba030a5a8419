/*
 * link - proofs that two keys have one owner: prove, check.
 */
#include "common/escape.h"
#include "common/json.h"
#include "common/report.h"
#include "pseudonym/common.h"
#include "pseudonym/verbs.h"

#include <string.h>
#include <unistd.h>

#define REPORT_MAX_BYTES 32768

int pseudonym_prove(const struct parsed *p)
{
    const char *a = operand(p, 0, "a name"), *b = operand(p, 1, "the other name");
    char day[SG_TIME_BYTES];
    struct sg_link_terms terms = {.message = line_option(p, "message"),
                                  .date = date_option(p, day),
                                  .audience = line_option(p, "audience")};
    uint8_t verifier[SG_PUBLIC_BYTES];
    struct sg_secret seed = {0};
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    if (strcmp(a, b) == 0)
        usage_error(NULL, "the two names are one");
    sg_buffer_init(&text, SG_LINK_MAX_BYTES);
    e = sg_secret_new(&seed, SG_PSEUDONYM_KEY_BYTES, &err);
    if (e == SG_OK && option_given(p, "for"))
        e = read_public(verifier, option_value(p, "for"), &err);
    if (e == SG_OK)
        e = roots_find(&r, p, a, RETIRED_NOTED, &err);
    if (e == SG_OK)
        e = roots_also(&r, b, &err);
    if (e == SG_OK)
        e = roots_key(&r, a, SG_PSEUDONYM_SIGN, &err);
    if (e == SG_OK) {
        memcpy(seed.data, KEY_OF(&r), SG_PSEUDONYM_KEY_BYTES);
        e = roots_key(&r, b, SG_PSEUDONYM_SIGN, &err);
    }
    if (e == SG_OK)
        e = sg_link_prove(&text, seed.data, KEY_OF(&r), &terms,
                          option_given(p, "for") ? verifier : NULL, &err);
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    sg_secret_free(&seed);
    sg_buffer_free(&text);
    roots_close(&r);
    if (e == SG_ERR_SIGNATURE) /* a verifier that cannot be */
        usage_error(NULL, "--for: %s", err.what);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* Appends "NAME: VALUE"; what somebody else wrote is made fit for a terminal. */
static enum sg_err put_line(struct sg_buffer *out, const char *name, const char *value, size_t n,
                            struct sg_error *err)
{
    char plain[SG_STATEMENT_VALUE_MAX_BYTES + 1], shown[4 * sizeof plain];

    if (!value || n >= sizeof plain)
        return SG_OK;
    memcpy(plain, value, n);
    plain[n] = '\0';
    (void)escape_text(shown, sizeof shown, plain);
    return sg_statement_put(out, name, isatty(STDOUT_FILENO) ? shown : plain, err);
}

static enum sg_err put_report(struct sg_buffer *out, const struct sg_link *l, struct sg_error *err)
{
    enum sg_err r = sg_statement_put(out, "proved",
                                     l->retirement   ? "this key is retired"
                                     : l->designated ? "one owner, to the owner of the last key "
                                                       "alone"
                                                     : "one owner",
                                     err);

    for (int i = 0; r == SG_OK && i < (l->retirement ? 1 : 2); i++)
        r = sg_statement_put_key(out, "key", l->key[i], err);
    if (r == SG_OK)
        r = put_line(out, "message", l->message, l->message_len, err);
    if (r == SG_OK)
        r = put_line(out, "date", l->date, l->date_len, err);
    if (r == SG_OK)
        r = put_line(out, "audience", l->audience, l->audience_len, err);
    if (r == SG_OK && l->designated)
        r = sg_statement_put_key(out, "for", l->verifier, err);
    return r;
}

static void json_key(struct json *j, const char *name, const uint8_t key[static 32])
{
    char did[SG_PUBLIC_DID_BYTES];

    sg_public_did(did, key);
    json_string(j, name, did);
}

static void json_value(struct json *j, const char *name, const char *value, size_t n)
{
    if (value)
        json_text(j, name, value, n);
    else
        json_null(j, name);
}

static enum sg_err put_json(struct sg_buffer *out, const struct sg_link *l, struct sg_error *err)
{
    struct sg_sink sink;
    struct json j;

    sg_sink_buffer(&sink, out);
    json_start(&j, &sink, err);
    json_object(&j, NULL);
    json_string(&j, "proved",
                l->retirement   ? "retired"
                : l->designated ? "one owner, to one verifier"
                                : "one owner");
    json_array(&j, "keys");
    json_key(&j, NULL, l->key[0]);
    if (!l->retirement)
        json_key(&j, NULL, l->key[1]);
    json_close(&j);
    json_value(&j, "message", l->message, l->message_len);
    json_value(&j, "date", l->date, l->date_len);
    json_value(&j, "audience", l->audience, l->audience_len);
    if (l->designated)
        json_key(&j, "for", l->verifier);
    else
        json_null(&j, "for");
    json_close(&j);
    return json_finish(&j);
}

static bool begins(const struct sg_buffer *text, const char *with)
{
    return text->len >= strlen(with) && memcmp(text->data, with, strlen(with)) == 0;
}

int pseudonym_check(const struct parsed *p)
{
    const char *path = operand_path(p, 0), *audience = line_option(p, "audience");
    struct sg_error err = {0};
    struct sg_buffer text, out;
    struct sg_link l = {0};
    enum sg_err e = read_whole(&text, path, SG_LINK_MAX_BYTES, &err);
    const char *what;

    sg_buffer_init(&out, REPORT_MAX_BYTES);
    if (e == SG_OK && !begins(&text, SG_STATEMENT_LINK) &&
        !begins(&text, SG_STATEMENT_RETIREMENT)) {
        (void)sg_signature_kind(&what, (const char *)text.data, text.len);
        e = sg_fail(&err, SG_ERR_SIGNATURE, what);
    }
    if (e == SG_OK)
        e = sg_link_check(&l, (const char *)text.data, text.len, &err);
    if (e == SG_OK && audience &&
        (!l.audience || l.audience_len != strlen(audience) ||
         memcmp(l.audience, audience, l.audience_len) != 0))
        e = sg_fail(&err, SG_ERR_FORGED, "it is meant for somebody else");
    if (e == SG_OK)
        e = option_given(p, "json") ? put_json(&out, &l, &err) : put_report(&out, &l, &err);
    if (e == SG_OK)
        e = write_text(p, &out, 0, &err);
    sg_buffer_free(&text);
    sg_buffer_free(&out);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
