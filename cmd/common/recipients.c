#include "common/recipients.h"

#include "common/files.h"
#include "common/plugin_ui.h"

#include <string.h>

enum sg_err gather_recipients(struct sg_recipients *all, const struct parsed *p,
                              const struct sg_password_asker *asker, bool own_too,
                              const struct sg_plugin_client *plugins, struct sg_error *err)
{
    struct sg_identities ids;
    enum sg_err r = SG_OK;

    sg_identities_init(&ids);
    all->plugins = plugins;
    for (size_t i = 0; r == SG_OK && i < p->count; i++) {
        const char *value = p->given[i].value;
        switch (p->given[i].option->letter) {
        case 'r':
            sg_error_name(err, NULL);
            r = sg_recipient_read(all, value, strlen(value), err);
            break;
        case 'R':
            r = load_recipients(all, value, err);
            break;
        case 'i':
        case 'j':
            if (!own_too)
                break;
            r = p->given[i].option->letter == 'i' ? load_identities(&ids, value, asker, err)
                                                  : plugin_ui_identity(&ids, value, err);
            for (size_t j = 0; r == SG_OK && j < sg_identities_count(&ids); j++)
                r = sg_recipient_of(all, sg_identities_at(&ids, j), err);
            break;
        default:
            break;
        }
    }
    sg_identities_free(&ids);
    return r;
}
