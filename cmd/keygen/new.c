#include "common/files.h"
#include "common/password.h"
#include "common/report.h"
#include "key/key.h"
#include "keygen/verbs.h"
#include "pseudonym/pseudonym.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Stands for what is no key, but what keys are made of. */
#define ROOT ((enum sg_key_type)0)

/* The words of -t. */
static const enum sg_key_type types[] = {SG_KEY_PQ, SG_KEY_X25519, SG_KEY_SSH_ED25519, ROOT};

/* The word of -t that is meant when there is none. */
#define USUAL_TYPE 0

/* Longer than anybody names a key. */
#define COMMENT_MAX_BYTES 1024

/* Writes the identity file to out, sealed with a password when there is one. */
static enum sg_err write_file(struct sg_sink *out, const struct sg_buffer *text,
                              const struct sg_password *password, const struct parsed *p,
                              struct sg_error *err)
{
    struct sg_seal how = {.password = password, .armor = true};
    struct sg_source in;
    enum sg_err r;

    if (!password)
        return sg_sink_write(out, text->data, text->len, err);
    how.kdf = option_word(p, "kdf", SG_KDF_ARGON2ID) ? SG_KDF_SCRYPT : SG_KDF_ARGON2ID;
    how.work = option_number(p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    sg_source_memory(&in, text->data, text->len, NULL);
    r = sg_seal(out, &in, &how, err);
    sg_source_close(&in);
    return r;
}

/* The comment stands in a line of its own wherever ssh shows it. */
static void check_comment(const char *comment)
{
    if (strlen(comment) > COMMENT_MAX_BYTES)
        usage_error("a name and an address are enough", "the comment is over %d bytes long",
                    COMMENT_MAX_BYTES);
    for (const char *c = comment; *c; c++)
        if ((unsigned char)*c < 32 || *c == 127)
            usage_error("a name and an address are enough",
                        "the comment holds a control character, such as the end of a line");
}

static void check_usage(const struct parsed *p)
{
    const char *comment = option_value(p, "comment");

    if (types[option_word(p, "type", USUAL_TYPE)] != SG_KEY_SSH_ED25519 && comment)
        usage_error("add -t sign to make such a key", "--comment is for SSH keys");
    if (comment)
        check_comment(comment);
    (void)option_number(p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    if (!option_given(p, "password") && (option_given(p, "kdf") || option_given(p, "work")))
        usage_error("add -p to seal the identity file", "--kdf and --work are for passwords");
    if (!option_given(p, "password") && option_given(p, "password-file"))
        usage_error("add -p to seal the identity file with it",
                    "--password-file without -p would write the key unsealed");
}

/* Makes the key and the text of its identity file; *public is what to call it by. */
static enum sg_err make(struct sg_buffer *text, char public[static SG_RECIPIENT_SHORT_BYTES],
                        enum sg_key_type type, const char *comment, struct sg_error *err)
{
    struct sg_identities ids;
    struct sg_recipients all;
    enum sg_err r;

    sg_identities_init(&ids);
    sg_recipients_init(&all);
    r = sg_identity_new(&ids, type, err);
    if (r == SG_OK)
        r = sg_recipient_of(&all, sg_identities_at(&ids, 0), err);
    if (r == SG_OK)
        r = sg_recipient_short(public, sg_recipients_at(&all, 0), err);
    if (r == SG_OK)
        r = sg_identity_file(text, sg_identities_at(&ids, 0), (int64_t)time(NULL), comment, err);
    sg_recipients_free(&all);
    sg_identities_free(&ids);
    return r;
}

/* The same for a root of pseudonyms, which has no public half. */
static enum sg_err make_root(struct sg_buffer *text, struct sg_error *err)
{
    uint8_t root[SG_ROOT_BYTES];
    enum sg_err r;

    sg_root_new(root);
    r = sg_root_file(text, root, err);
    sg_wipe(root, sizeof root);
    return r;
}

int keygen_new(const struct parsed *p)
{
    unsigned flags = SG_SINK_PRIVATE | SG_SINK_NOFOLLOW;
    bool shown = output_is_terminal(p) && !option_given(p, "password");
    enum sg_key_type type = types[option_word(p, "type", USUAL_TYPE)];
    char public[SG_RECIPIENT_SHORT_BYTES] = "";
    struct password_asking asking;
    struct sg_password password;
    struct sg_buffer text;
    struct sg_error err = {0};
    struct sg_sink out = {0};
    enum sg_err r;

    check_usage(p);
    sg_buffer_init_secret(&text, 4096);
    password_start(&asking, p);
    r = open_output(&out, p, flags | (option_given(p, "force") ? 0 : SG_SINK_NEW), &err);
    if (r == SG_OK && option_given(p, "password"))
        r = password_new(&asking, "the new identity file", &password, &err);
    if (r == SG_OK)
        r = type == ROOT ? make_root(&text, &err)
                         : make(&text, public, type, option_value(p, "comment"), &err);
    if (r == SG_OK)
        r = write_file(&out, &text, option_given(p, "password") ? &password : NULL, p, &err);
    r = close_output(&out, r, &err);
    if (r == SG_OK && type != ROOT && !shown && !report_is_quiet())
        (void)fprintf(stderr, "Public key: %s\n", public);
    password_free(&asking);
    sg_buffer_free(&text);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
