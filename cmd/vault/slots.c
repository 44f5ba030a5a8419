#include "vault/slots.h"

#include "common/recipients.h"
#include "common/report.h"

#include <string.h>

static bool names_keys(const struct parsed *p)
{
    return option_given(p, "recipient") || option_given(p, "recipients-file") ||
           option_given(p, "identity");
}

/* Whether a password is one of the ways. */
static bool takes_password(const struct slot_making *m)
{
    return option_given(m->p, "password") || (m->first && !names_keys(m->p));
}

static void check_usage(const struct slot_making *m)
{
    bool keys = names_keys(m->p), password = takes_password(m), all = option_given(m->p, "all");

    if (!keys && !password)
        usage_error("name one with -r RECIPIENT, -R FILE or -i FILE, or -p for a password",
                    "there is nobody to unlock it");
    if (all && !(keys && password))
        usage_error("add -p, and -r, -R or -i", "--all asks for both a password and a key");
    if (keys && password && !all && !m->first)
        usage_error("add --all for a slot that takes both; or add two slots",
                    "a slot takes a password or a key");
    if (!password && (option_given(m->p, "work") || option_given(m->p, "new-password-file")))
        usage_error("add -p for a password", "--%s is for passwords",
                    option_given(m->p, "work") ? "work" : "new-password-file");
    (void)option_number(m->p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
}

void slot_making_start(struct slot_making *m, const struct parsed *p, bool first)
{
    memset(m, 0, sizeof *m);
    m->p = p;
    m->first = first;
    check_usage(m);
    if (first)
        password_start(&m->asking, p);
    else
        password_start_new(&m->asking, p);
    m->asking.replacing = false;
    password_start(&m->own, p);
    plugin_ui_start(&m->plugins);
    sg_recipients_init(&m->recipients);
}

enum sg_err slot_making_ways(struct slot_making *m, struct sg_error *err)
{
    struct sg_password_asker asker = password_asker(&m->own, m->p);
    enum sg_err r = SG_OK;

    m->way.kdf = SG_KDF_ARGON2ID;
    m->way.work = option_number(m->p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    if (names_keys(m->p)) {
        r = gather_recipients(&m->recipients, m->p, &asker, true, &m->plugins.client, err);
        m->way.recipients = &m->recipients;
    }
    if (r == SG_OK && takes_password(m)) {
        r = password_new(&m->asking, m->first ? "the new vault" : m->p->operands[0], &m->password,
                         err);
        m->way.password = &m->password;
    }
    return r;
}

void slot_making_end(struct slot_making *m)
{
    sg_recipients_free(&m->recipients);
    plugin_ui_free(&m->plugins);
    password_free(&m->asking);
    password_free(&m->own);
}
