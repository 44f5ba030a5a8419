/*
 * ring - signatures of one of many: ring-sign, ring-verify, ring-claim, ring-disavow.
 */
#include "common/json.h"
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/verbs.h"

#include <stdio.h>
#include <string.h>

#define RING_FILE_MAX_BYTES (4U << 20)
#define REPORT_MAX_BYTES 4096

/* Who signs: a name of a root, or the SSH key in the file of -i. */
struct signer {
    struct roots roots;
    struct sg_identities ids;
    const uint8_t *seed;
    int operands; /* that were taken for it */
};

/* Reads the file of -i: *ssh is set when there is an SSH key in it, and the seed with it. */
static enum sg_err read_ssh_key(struct signer *s, const struct parsed *p, bool *ssh,
                                struct sg_error *err)
{
    struct sg_buffer text;
    size_t blank = 0;
    enum sg_err e = read_key_text(&text, p, option_value(p, "identity"), err);

    while (e == SG_OK && blank < text.len && strchr(" \t\r\n", text.data[blank]))
        blank++;
    *ssh = e == SG_OK && text.len - blank > 11 && memcmp(text.data + blank, "-----BEGIN ", 11) == 0;
    if (*ssh)
        e = sg_identities_parse(&s->ids, (const char *)text.data, text.len, err);
    if (e == SG_OK && *ssh) {
        struct sg_identity id = sg_identities_at(&s->ids, 0);
        if (id.type == SG_KEY_SSH_ED25519)
            s->seed = id.secret;
        else
            e = sg_fail(err, SG_ERR_IDENTITY, "of SSH keys, ssh-ed25519 can sign in a ring");
    } else if (e == SG_OK) {
        struct sg_secret *root = &s->roots.secret;
        e = sg_secret_new(root, SG_ROOT_BYTES + SG_PSEUDONYM_KEY_BYTES, err);
        if (e == SG_OK)
            e = sg_root_parse(ROOT_OF(&s->roots), (const char *)text.data, text.len, err);
        s->roots.p = p;
    }
    sg_buffer_free(&text);
    return e;
}

static enum sg_err find_signer(struct signer *s, const struct parsed *p, enum retired retired,
                               struct sg_error *err)
{
    const char *name;
    bool ssh = false;
    enum sg_err e = SG_OK;

    memset(s, 0, sizeof *s);
    sg_identities_init(&s->ids);
    if (without_store(p))
        e = read_ssh_key(s, p, &ssh, err);
    if (e != SG_OK || ssh)
        return e;
    name = operand(p, 0, "a name");
    s->operands = 1;
    e = without_store(p) ? sg_pseudonym_name_check(name, err)
                         : roots_find(&s->roots, p, name, retired, err);
    if (e == SG_OK)
        guard(&s->roots, name);
    if (e == SG_OK)
        e = roots_key(&s->roots, name, SG_PSEUDONYM_SIGN, err);
    s->seed = s->roots.secret.data ? KEY_OF(&s->roots) : NULL;
    return e;
}

static void end_signer(struct signer *s)
{
    sg_identities_free(&s->ids);
    roots_close(&s->roots);
}

/* One operand is left for the message. */
static const char *message_path(const struct parsed *p, const struct signer *s)
{
    if (p->operand_count > s->operands + 1)
        usage_error("a name is for a pseudonym; the SSH key of -i has none",
                    "there is something left over on the command line: %s",
                    p->operands[s->operands + 1]);
    return operand_path(p, s->operands);
}

static enum sg_err read_ring(struct sg_ring *ring, const struct parsed *p, struct sg_error *err)
{
    const char *path = needed(p, "ring", "the file of the ring's keys");
    struct sg_buffer text;
    enum sg_err e = read_whole(&text, path, RING_FILE_MAX_BYTES, err);

    if (e == SG_OK)
        e = sg_ring_parse(ring, (const char *)text.data, text.len, err);
    sg_buffer_free(&text);
    return e;
}

static const char *scope_option(const struct parsed *p)
{
    const char *scope = option_value(p, "scope");

    if (scope && (!*scope || strlen(scope) > SG_RING_SCOPE_MAX_BYTES))
        usage_error(NULL, "--scope takes a text of 1 to %u bytes", SG_RING_SCOPE_MAX_BYTES);
    return scope;
}

int pseudonym_ring_sign(const struct parsed *p)
{
    const char *scope = scope_option(p);
    struct sg_digest digest = {0};
    struct sg_error err = {0};
    struct sg_buffer text;
    struct sg_ring ring;
    struct signer s = {0};
    enum sg_err e;

    sg_ring_init(&ring);
    sg_buffer_init(&text, SG_SIGNATURE_MAX_BYTES);
    e = read_ring(&ring, p, &err);
    if (e == SG_OK)
        e = find_signer(&s, p, RETIRED_REFUSED, &err);
    if (e == SG_OK)
        e = read_message(&digest, p, message_path(p, &s), SG_DIGEST_SHA512, &err);
    if (e == SG_OK) {
        sg_error_name(&err, option_value(p, "ring"));
        e = sg_ring_sign(&text, &ring, s.seed, digest.sha512, scope, &err);
    }
    if (e == SG_OK && sg_ring_count(&ring) == 1)
        report_message("warning: there is one key in the ring, so everybody knows who signed");
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    end_signer(&s);
    sg_digest_free(&digest);
    sg_buffer_free(&text);
    sg_ring_free(&ring);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* Reads ring, signature and message, and judges the signature. */
static enum sg_err judge(struct sg_ring_signature *found, struct sg_ring *ring,
                         const struct parsed *p, const char *message, struct sg_error *err)
{
    const char *path = needed(p, "signature", "the signature"), *what;
    struct sg_digest digest = {0};
    struct sg_buffer text;
    enum sg_err e = read_whole(&text, path, SG_SIGNATURE_MAX_BYTES, err);

    if (e == SG_OK &&
        sg_signature_kind(&what, (const char *)text.data, text.len) != SG_SIGNATURE_RING)
        e = sg_fail(err, SG_ERR_SIGNATURE, what);
    if (e == SG_OK)
        e = read_message(&digest, p, message, SG_DIGEST_SHA512, err);
    if (e == SG_OK) {
        sg_error_name(err, path);
        e = sg_ring_verify(found, ring, (const char *)text.data, text.len, digest.sha512,
                           scope_option(p), err);
    }
    sg_digest_free(&digest);
    sg_buffer_free(&text);
    return e;
}

static void to_hex(char *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", p[i]);
}

/* What is known: the tag, where there is a scope; who claims or disavows, where there is a proof.
 */
static enum sg_err put_report(struct sg_buffer *out, const struct sg_ring_signature *s,
                              const struct sg_ring_proof *proof, const struct parsed *p,
                              struct sg_error *err)
{
    char tag[2 * SG_RING_TAG_BYTES + 1];
    enum sg_err e = SG_OK;

    to_hex(tag, s->tag, sizeof s->tag);
    if (option_given(p, "scope"))
        e = sg_statement_put(out, "tag", tag, err);
    if (e == SG_OK && option_given(p, "proof"))
        e = sg_statement_put_key(out, proof->claim ? "signed by" : "not signed by", proof->key,
                                 err);
    return e;
}

static enum sg_err put_json(struct sg_buffer *out, const struct sg_ring_signature *s,
                            const struct sg_ring_proof *proof, size_t keys, const struct parsed *p,
                            struct sg_error *err)
{
    char tag[2 * SG_RING_TAG_BYTES + 1], did[SG_PUBLIC_DID_BYTES];
    bool proved = option_given(p, "proof");
    struct sg_sink sink;
    struct json j;

    to_hex(tag, s->tag, sizeof s->tag);
    sg_public_did(did, proof->key);
    sg_sink_buffer(&sink, out);
    json_start(&j, &sink, err);
    json_object(&j, NULL);
    json_number(&j, "keys", keys);
    json_string(&j, "scope", option_value(p, "scope"));
    json_string(&j, "tag", option_given(p, "scope") ? tag : NULL);
    json_string(&j, "signed by", proved && proof->claim ? did : NULL);
    json_string(&j, "not signed by", proved && !proof->claim ? did : NULL);
    json_close(&j);
    return json_finish(&j);
}

int pseudonym_ring_verify(const struct parsed *p)
{
    const char *path = option_value(p, "proof");
    struct sg_ring_signature found = {0};
    struct sg_ring_proof proof = {0};
    struct sg_error err = {0};
    struct sg_buffer text, out;
    struct sg_ring ring;
    enum sg_err e;

    sg_ring_init(&ring);
    sg_buffer_init(&text, 0);
    sg_buffer_init(&out, REPORT_MAX_BYTES);
    e = read_ring(&ring, p, &err);
    if (e == SG_OK)
        e = judge(&found, &ring, p, operand_path(p, 0), &err);
    if (e == SG_OK && path)
        e = read_whole(&text, path, SG_RING_PROOF_MAX_BYTES, &err);
    if (e == SG_OK && path)
        e = sg_ring_proof_check(&proof, &found, &ring, (const char *)text.data, text.len, &err);
    if (e == SG_OK)
        e = option_given(p, "json") ? put_json(&out, &found, &proof, sg_ring_count(&ring), p, &err)
                                    : put_report(&out, &found, &proof, p, &err);
    if (e == SG_OK)
        e = write_text(p, &out, 0, &err);
    if (e == SG_OK)
        report_note("good signature by one of %zu %s", sg_ring_count(&ring),
                    sg_ring_count(&ring) == 1 ? "key" : "keys");
    sg_buffer_free(&text);
    sg_buffer_free(&out);
    sg_ring_free(&ring);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

static int prove(const struct parsed *p,
                 enum sg_err (*make)(struct sg_buffer *, const struct sg_ring_signature *,
                                     const struct sg_ring *, const uint8_t *, struct sg_error *))
{
    struct sg_ring_signature found = {0};
    struct sg_error err = {0};
    struct sg_buffer text;
    struct sg_ring ring;
    struct signer s = {0};
    bool untrue = false;
    enum sg_err e;

    sg_ring_init(&ring);
    sg_buffer_init(&text, SG_RING_PROOF_MAX_BYTES);
    e = read_ring(&ring, p, &err);
    if (e == SG_OK)
        e = find_signer(&s, p, RETIRED_NOTED, &err);
    if (e == SG_OK)
        e = judge(&found, &ring, p, message_path(p, &s), &err);
    if (e == SG_OK) {
        e = make(&text, &found, &ring, s.seed, &err);
        if (e == SG_ERR_OUTSIDE)
            sg_error_name(&err, option_value(p, "ring"));
        untrue = e == SG_ERR_FORGED;
    }
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    end_signer(&s);
    sg_buffer_free(&text);
    sg_ring_free(&ring);
    if (untrue) {
        report_error("%s: %s", err.name, err.what);
        report_hint("what is not so cannot be proved");
        return STATUS_FAILED;
    }
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* The library's functions, with the seed as a plain pointer. */
static enum sg_err claim(struct sg_buffer *out, const struct sg_ring_signature *s,
                         const struct sg_ring *ring, const uint8_t *seed, struct sg_error *err)
{
    return sg_ring_claim(out, s, ring, seed, err);
}

static enum sg_err disavow(struct sg_buffer *out, const struct sg_ring_signature *s,
                           const struct sg_ring *ring, const uint8_t *seed, struct sg_error *err)
{
    return sg_ring_disavow(out, s, ring, seed, err);
}

int pseudonym_ring_claim(const struct parsed *p)
{
    return prove(p, claim);
}

int pseudonym_ring_disavow(const struct parsed *p)
{
    return prove(p, disavow);
}
