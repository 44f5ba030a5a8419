/*
 * seal - encrypt standard input or a file to people, or with a password.
 */
#include "common/files.h"
#include "common/password.h"
#include "common/plugin_ui.h"
#include "common/recipients.h"
#include "common/report.h"
#include "common/start.h"
#include "seal/rewrap.h"
#include "seal/usage.h"

static void check_usage(const struct parsed *p)
{
    bool again = option_given(p, "rewrap"), with_password = option_given(p, "password");
    bool to_keys = option_given(p, "recipient") || option_given(p, "recipients-file") ||
                   ((option_given(p, "identity") || option_given(p, "plugin")) && !again);

    if (again && !to_keys && !with_password)
        usage_error("with --rewrap, -i opens the file; name whom it is for from now on with "
                    "-r RECIPIENT or -R FILE, or use -p",
                    "there is nobody to seal to");
    if (!to_keys && !with_password)
        usage_error("name one with -r RECIPIENT or -R FILE, or seal with a password: -p",
                    "there is nobody to seal to");
    if (to_keys && with_password)
        usage_error("seal twice, to two files; a password stands alone so that whoever knows it "
                    "knows the sender knew it too",
                    "a password and recipients cannot be mixed");
    if (!with_password && (option_given(p, "kdf") || option_given(p, "work")))
        usage_error("add -p to seal with a password", "--kdf and --work are for passwords");
    if (option_given(p, "new-password-file") && !(again && with_password))
        usage_error("--password-file names the password of a file that is new",
                    "--new-password-file goes with --rewrap -p");
    if (!option_given(p, "armor") && output_is_terminal(p))
        usage_error("-a writes text, -o FILE a file; -o - insists",
                    "sealed bytes are not for a terminal");
}

static enum sg_err seal(struct sg_source *in, const struct parsed *p, const struct sg_seal *to,
                        struct password_asking *asking, struct sg_error *err)
{
    struct sg_seal how = *to;
    struct sg_password password;
    struct sg_sink out = {0};
    struct progress bar;
    enum sg_err r = open_output(&out, p, 0, err);

    if (r == SG_OK && option_given(p, "password")) {
        r = password_new(asking, in->name, &password, err);
        how.password = &password;
    }
    if (r == SG_OK) {
        progress_start(&bar, p, in);
        how.progress = bar.on ? &bar.hook : NULL;
        sg_error_name(err, in->name);
        r = sg_seal(&out, in, &how, err);
        progress_end(&bar);
    }
    return close_output(&out, r, err);
}

int main(int argc, char **argv)
{
    struct sg_recipients recipients;
    struct sg_password_asker asker;
    struct password_asking asking;
    struct sg_seal how = {0};
    struct sg_error err = {0};
    struct sg_source in = {0};
    static struct parsed p; /* what it owns lives as long as the process */
    struct plugin_ui plugins;
    enum sg_err r;

    start("seal");
    options_parse(&p, &seal_tool, argc, argv);
    check_usage(&p);
    how.recipients = &recipients;
    how.armor = option_given(&p, "armor");
    how.kdf = option_word(&p, "kdf", SG_KDF_ARGON2ID) ? SG_KDF_SCRYPT : SG_KDF_ARGON2ID;
    how.work = option_number(&p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    password_start(&asking, &p);
    plugin_ui_start(&plugins);
    sg_recipients_init(&recipients);

    asker = password_asker(&asking, &p);
    r = gather_recipients(&recipients, &p, &asker, !option_given(&p, "rewrap"), &plugins.client,
                          &err);
    if (r == SG_OK)
        r = open_input(&in, operand_file(&p), &err);
    if (r == SG_OK && option_given(&p, "rewrap"))
        r = rewrap(&in, &p, &how, &asking, &err);
    else if (r == SG_OK)
        r = seal(&in, &p, &how, &asking, &err);
    password_free(&asking);
    sg_source_close(&in);
    sg_recipients_free(&recipients);
    plugin_ui_free(&plugins);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
