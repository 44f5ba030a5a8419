#include "common/unlock.h"

#include "common/files.h"
#include "common/password.h"
#include "common/plugin_ui.h"

#include <stdlib.h>

/* Unlocks with what -i and -j name, or $SIGNET_IDENTITY where there is neither. */
static enum sg_err unlock_with_identities(struct sg_sealed *f, const struct parsed *p,
                                          const struct sg_password_asker *asker, const char *name,
                                          struct sg_error *err)
{
    const char *environment = getenv("SIGNET_IDENTITY");
    struct sg_identities ids;
    struct plugin_ui plugins;
    enum sg_err r = SG_OK;

    sg_identities_init(&ids);
    plugin_ui_start(&plugins);
    ids.plugins = &plugins.client;
    for (size_t i = 0; r == SG_OK && i < p->count; i++) {
        if (p->given[i].option->letter == 'i')
            r = load_identities(&ids, p->given[i].value, asker, err);
        else if (p->given[i].option->letter == 'j')
            r = plugin_ui_identity(&ids, p->given[i].value, err);
    }
    if (!option_given(p, "identity") && !option_given(p, "plugin")) {
        if (environment && *environment) {
            r = load_identities(&ids, environment, asker, err);
        } else {
            sg_error_name(err, name);
            r = sg_fail(err, SG_ERR_NO_MATCH,
                        "it is sealed to a key, and there is no identity to open it with");
        }
    }
    if (r == SG_OK)
        r = sg_sealed_unlock(f, &ids, err);
    sg_identities_free(&ids);
    plugin_ui_free(&plugins);
    return r;
}

enum sg_err unlock(struct sg_sealed *f, const struct parsed *p,
                   const struct sg_password_asker *asker, const char *name, struct sg_error *err)
{
    bool password = sg_sealed_has_password(f);
    enum sg_err r = SG_ERR_NO_MATCH;

    if (!password || option_given(p, "plugin")) /* a plugin may know what to do with a password */
        r = unlock_with_identities(f, p, asker, name, err);
    if (!password || r != SG_ERR_NO_MATCH)
        return r;
    if (option_given(p, "identity") && !password_possible(asker->context)) {
        sg_error_name(err, name);
        return sg_fail(err, SG_ERR_NO_MATCH,
                       "it is sealed with a password, and no identity opens it");
    }
    return sg_sealed_ask(f, asker, err);
}
