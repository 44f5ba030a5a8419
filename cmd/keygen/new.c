#include "common/files.h"
#include "common/password.h"
#include "common/report.h"
#include "key/key.h"
#include "keygen/verbs.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

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

static void check_usage(const struct parsed *p)
{
    (void)option_word(p, "type", 0);
    (void)option_word(p, "kdf", 0);
    (void)option_number(p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    if (!option_given(p, "password") && (option_given(p, "kdf") || option_given(p, "work")))
        usage_error("add -p to seal the identity file", "--kdf and --work are for passwords");
}

int keygen_new(const struct parsed *p)
{
    unsigned flags = SG_SINK_PRIVATE | SG_SINK_NOFOLLOW;
    char public[SG_RECIPIENT_TEXT_BYTES];
    bool shown = output_is_terminal(p) && !option_given(p, "password");
    struct password_asking asking;
    struct sg_password password;
    struct sg_secret block = {0};
    struct sg_identity *id;
    struct sg_recipient to;
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
        r = sg_secret_new(&block, sizeof *id, &err);
    if (r == SG_OK) {
        id = (struct sg_identity *)(void *)block.data;
        sg_identity_new(id, SG_KEY_X25519);
        sg_recipient_of(&to, id);
        sg_recipient_text(public, &to);
        r = sg_identity_file(&text, id, (int64_t)time(NULL), &err);
    }
    if (r == SG_OK)
        r = write_file(&out, &text, option_given(p, "password") ? &password : NULL, p, &err);
    r = close_output(&out, r, &err);
    if (r == SG_OK && !shown && !report_is_quiet())
        (void)fprintf(stderr, "Public key: %s\n", public);
    password_free(&asking);
    sg_secret_free(&block);
    sg_buffer_free(&text);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
