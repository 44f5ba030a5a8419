#include "common/unlock.h"

#include "common/files.h"
#include "common/password.h"
#include "common/plugin_ui.h"

#include <stdlib.h>
#include <string.h>

/* What -i and -j name. */
struct keys {
    struct sg_identities open; /* that can be tried at once */
    struct sg_source *sealed;  /* identity files that a password guards, not yet asked for */
    size_t sealed_count;
    const struct sg_password_asker *asker;
};

/* Takes an identity file; one that is sealed is left for later. */
static enum sg_err take_file(struct keys *k, const char *path, struct sg_error *err)
{
    struct sg_source *in = &k->sealed[k->sealed_count];
    bool sealed = false;
    enum sg_err r = open_input(in, strcmp(path, "-") == 0 ? NULL : path, err);

    if (r == SG_OK)
        r = sg_identities_are_sealed(&sealed, in, err);
    if (r == SG_OK && sealed) {
        k->sealed_count++;
        return SG_OK;
    }
    if (r == SG_OK)
        r = sg_identities_load(&k->open, in, k->asker, err);
    sg_source_close(in);
    return r;
}

static enum sg_err take_all(struct keys *k, const struct parsed *p, const char *name,
                            struct sg_error *err)
{
    const char *environment = getenv("SIGNET_IDENTITY");
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < p->count; i++) {
        if (p->given[i].option->letter == 'i')
            r = take_file(k, p->given[i].value, err);
        else if (p->given[i].option->letter == 'j')
            r = plugin_ui_identity(&k->open, p->given[i].value, err);
    }
    if (option_given(p, "identity") || option_given(p, "plugin"))
        return r;
    if (environment && *environment)
        return take_file(k, environment, err);
    sg_error_name(err, name);
    return sg_fail(err, SG_ERR_NO_MATCH,
                   "it is sealed to a key, and there is no identity to open it with");
}

/* Whether another key may yet do what this one did not. */
static bool may_go_on(enum sg_err r)
{
    return r == SG_ERR_NO_MATCH || r == SG_ERR_PLUGIN || r == SG_ERR_NO_PLUGIN;
}

/* Tries what needs no password, and then, one by one, what does. */
static enum sg_err try_all(struct sg_sealed *f, struct keys *k, struct sg_error *err)
{
    const struct sg_plugin_client *plugins = k->open.plugins;
    struct sg_error first = {0};
    enum sg_err r = SG_ERR_NO_MATCH;

    if (sg_identities_count(&k->open) || !k->sealed_count)
        r = sg_sealed_unlock(f, &k->open, err);
    for (size_t i = 0; may_go_on(r) && i < k->sealed_count; i++) {
        if (r != SG_ERR_NO_MATCH && first.code == SG_OK)
            first = *err;
        sg_identities_free(&k->open);
        sg_identities_init(&k->open);
        k->open.plugins = plugins;
        r = sg_identities_load(&k->open, &k->sealed[i], k->asker, err);
        if (r != SG_OK)
            return r;
        r = sg_sealed_unlock(f, &k->open, err);
    }
    if (r == SG_ERR_NO_MATCH && first.code != SG_OK) {
        *err = first;
        r = first.code;
    }
    return r;
}

/* Unlocks with what -i and -j name, or $SIGNET_IDENTITY where there is neither. */
static enum sg_err unlock_with_identities(struct sg_sealed *f, const struct parsed *p,
                                          const struct sg_password_asker *asker, const char *name,
                                          struct sg_error *err)
{
    struct keys k = {.asker = asker};
    struct plugin_ui plugins;
    enum sg_err r = SG_OK;

    sg_identities_init(&k.open);
    plugin_ui_start(&plugins);
    k.open.plugins = &plugins.client;
    k.sealed = calloc(p->count + 1, sizeof *k.sealed);
    if (!k.sealed)
        r = sg_fail_limit(err, SG_ERR_MEMORY, NULL, (p->count + 1) * sizeof *k.sealed, 0);
    if (r == SG_OK)
        r = take_all(&k, p, name, err);
    if (r == SG_OK)
        r = try_all(f, &k, err);
    for (size_t i = 0; i < k.sealed_count; i++)
        sg_source_close(&k.sealed[i]);
    free(k.sealed);
    sg_identities_free(&k.open);
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
