#include "common/files.h"
#include "common/recipients.h"
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

static bool names_keys(const struct parsed *p)
{
    return option_given(p, "recipient") || option_given(p, "recipients-file") ||
           option_given(p, "identity");
}

static void check_usage(const struct parsed *p)
{
    bool keys = names_keys(p), password = option_given(p, "password");

    if (!keys && !password)
        usage_error("name one with -r RECIPIENT, -R FILE or -i FILE, or seal with a password: -p",
                    "there is nobody to seal the archive to");
    if (keys && password)
        usage_error("export twice, to two files", "a password and recipients cannot be mixed");
    if (!password && (option_given(p, "work") || option_given(p, "new-password-file")))
        usage_error("add -p to seal with a password", "--%s is for passwords",
                    option_given(p, "work") ? "work" : "new-password-file");
    (void)option_number(p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    if (!option_given(p, "armor") && output_is_terminal(p))
        usage_error("-a writes text, -o FILE a file; -o - insists",
                    "sealed bytes are not for a terminal");
}

/* Whom it is sealed to, and with what. */
struct sealing {
    struct sg_seal how;
    struct sg_recipients recipients;
    struct sg_password password;
    struct password_asking new, own; /* the archive's password; those of identity files */
    struct plugin_ui plugins;
};

static enum sg_err gather(struct sealing *x, const struct parsed *p, struct sg_error *err)
{
    struct sg_password_asker asker = password_asker(&x->own, p);

    x->how.armor = option_given(p, "armor");
    x->how.work = option_number(p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    if (option_given(p, "password")) {
        x->how.password = &x->password;
        return password_new(&x->new, "the archive", &x->password, err);
    }
    x->how.recipients = &x->recipients;
    return gather_recipients(&x->recipients, p, &asker, true, &x->plugins.client, err);
}

static enum sg_err export(struct home *h, struct sealing *x, uint64_t *entries,
                          struct sg_error *err) {
    struct sg_export *archive = NULL; struct sg_source in; struct sg_sink out = {0};
    struct progress bar; enum sg_err r = open_output(&out, h->p, SG_SINK_PRIVATE, err);

    if (r == SG_OK) r = sg_export_start(&archive, &in, h->store, err);
    if (r == SG_OK){progress_start(&bar, h->p, &in); x->how.progress = bar.on ? &bar.hook : NULL;
                    r = sg_seal(&out, &in, &x->how, err); progress_end(&bar);
                    *entries = sg_export_entries(archive); sg_source_close(&in);}
sg_export_end(archive);
return close_output(&out, r, err);
}

int vault_export(const struct parsed *p)
{
    struct sealing x = {0};
    struct sg_error err = {0};
    struct home h = {0};
    uint64_t entries = 0;
    enum sg_err r;

    check_usage(p);
    password_start_new(&x.new, p);
    x.new.replacing = false;
    password_start(&x.own, p);
    plugin_ui_start(&x.plugins);
    sg_recipients_init(&x.recipients);
    r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = gather(&x, p, &err);
    if (r == SG_OK)
        r = export(&h, &x, &entries, &err);
    home_close(&h);
    password_free(&x.new);
    password_free(&x.own);
    sg_recipients_free(&x.recipients);
    plugin_ui_free(&x.plugins);
    if (r == SG_OK)
        report_note("%llu entr%s exported", (unsigned long long)entries,
                    entries == 1 ? "y" : "ies");
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
