/*
 * sign - detached signatures of one key: sign, verify.
 */
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/verbs.h"

#include <string.h>

#define TEXT_MAX_BYTES 65536

/* The words of --as, in their order. */
enum form { SSH, MINISIGN };

/* minisign's own says when, and of which file: more than a signature need tell. */
#define USUAL_COMMENT "hashed"

static const char *namespace_option(const struct parsed *p)
{
    const char *value = option_value(p, "namespace");

    if (value && (!*value || strlen(value) > SG_SSHSIG_NAMESPACE_MAX_BYTES))
        usage_error("such as file, git, or name@example.org",
                    "--namespace is a text of 1 to %d "
                    "bytes",
                    SG_SSHSIG_NAMESPACE_MAX_BYTES);
    return value ? value : SG_SSHSIG_NAMESPACE;
}

int pseudonym_sign(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name"), *comment = line_option(p, "comment");
    const char *namespace = namespace_option(p);
    enum form form = (enum form)option_word(p, "as", SSH);
    struct sg_digest digest = {0};
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    if (form == SSH && comment)
        usage_error("add --as minisign", "--comment is for signatures of minisign");
    if (form == MINISIGN && option_given(p, "namespace"))
        usage_error("leave out --as minisign", "--namespace is for signatures of ssh");
    sg_buffer_init(&text, TEXT_MAX_BYTES);
    e = roots_find(&r, p, name, RETIRED_REFUSED, &err);
    if (e == SG_OK)
        guard(&r, name);
    if (e == SG_OK)
        e = read_message(&digest, p, operand_path(p, 1),
                         form == SSH ? SG_DIGEST_SHA512 : SG_DIGEST_BLAKE2B, &err);
    if (e == SG_OK)
        e = roots_key(&r, name, SG_PSEUDONYM_SIGN, &err);
    if (e == SG_OK)
        e = form == SSH ? sg_sshsig_sign(&text, &digest, namespace, KEY_OF(&r), &err)
                        : sg_minisign_sign(&text, &digest, comment ? comment : USUAL_COMMENT,
                                           KEY_OF(&r), &err);
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    sg_digest_free(&digest);
    sg_buffer_free(&text);
    roots_close(&r);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

int pseudonym_verify(const struct parsed *p)
{
    const char *key_value = needed(p, "key", "the signer's key");
    const char *path = needed(p, "signature", "the signature");
    const char *namespace = namespace_option(p), *what;
    uint8_t key[SG_PUBLIC_BYTES];
    struct sg_digest digest = {0};
    struct sg_buffer signature, comment;
    struct sg_error err = {0};
    unsigned hashes = 0;
    enum sg_err e = read_public(key, key_value, &err);

    sg_buffer_init(&signature, 0);
    sg_buffer_init_secret(&comment, SG_MINISIGN_COMMENT_MAX_BYTES + 1);
    if (e == SG_OK)
        e = read_whole(&signature, path, SG_SIGNATURE_MAX_BYTES, &err);
    if (e == SG_OK)
        sg_error_name(&err, path);
    if (e == SG_OK && sg_signature_kind(&what, (const char *)signature.data, signature.len) ==
                          SG_SIGNATURE_RING) {
        report_error("%s: it is a ring signature, by one key of several", path);
        report_hint("pseudonym ring-verify --ring KEYS -s %s checks it", path);
        e = SG_ERR_SIGNATURE;
        err.code = SG_OK; /* said already */
    }
    if (e == SG_OK)
        e = sg_signature_needs(&hashes, (const char *)signature.data, signature.len, &err);
    if (e == SG_OK)
        e = read_message(&digest, p, operand_path(p, 0), hashes, &err);
    if (e == SG_OK) {
        sg_error_name(&err, path);
        e = sg_signature_verify(&comment, &digest, (const char *)signature.data, signature.len,
                                namespace, key, &err);
    }
    if (e == SG_OK)
        e = sg_buffer_append(&comment, "", 1, &err);
    if (e == SG_OK && comment.len > 1)
        report_note("good signature; its trusted comment: %s", (const char *)comment.data);
    else if (e == SG_OK)
        report_note("good signature");
    sg_digest_free(&digest);
    sg_buffer_free(&signature);
    sg_buffer_free(&comment);
    if (e != SG_OK && err.code == SG_OK)
        return STATUS_NOT_AUTHENTIC;
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
