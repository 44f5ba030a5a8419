#include "common/home.h"

#include "common/files.h"
#include "common/report.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_SECONDS 30
#define WAIT_MAX 86400

static char home_path[PATH_MAX], state_path[PATH_MAX];

/* Writes a folder: what the variable says, with /signet; else one in $HOME. */
static void find_folder(char out[static PATH_MAX], const char *variable, const char *in_home)
{
    const char *value = getenv(variable), *home = getenv("HOME");
    int n;

    if (value && *value == '/') /* XDG Base Directory Specification: others are to be ignored */
        n = snprintf(out, PATH_MAX, "%s/signet", value);
    else if (home && *home)
        n = snprintf(out, PATH_MAX, "%s/%s/signet", home, in_home);
    else
        usage_error("set SIGNET_HOME to a folder of yours", "HOME is not set");
    if (n < 0 || n >= PATH_MAX)
        usage_error(NULL, "the path of the home is too long");
}

void home_place(struct sg_store_place *place, const struct parsed *p)
{
    const char *own = getenv("SIGNET_HOME");

    memset(place, 0, sizeof *place);
    if (own && *own)
        place->home = own;
    else
        find_folder(home_path, "XDG_DATA_HOME", ".local/share");
    find_folder(state_path, "XDG_STATE_HOME", ".local/state");
    if (!place->home)
        place->home = home_path;
    place->state = state_path;
    place->wait_ms = (uint64_t)option_number(p, "wait", WAIT_SECONDS, 0, WAIT_MAX) * 1000;
}

static enum sg_err begin(struct home *h, const struct parsed *p, struct sg_error *err)
{
    struct sg_store_place place;

    home_place(&place, p);
    h->p = p;
    h->begun = true;
    plugin_ui_start(&h->plugins);
    password_start(&h->asking, p);
    h->asker = password_asker(&h->asking, p);
    sg_identities_init(&h->identities);
    h->identities.plugins = &h->plugins.client;
    return sg_store_find(&h->store, &place, err);
}

/* Whether the command has the option at all. */
static bool has_option(const struct parsed *p, const char *name)
{
    for (const struct option *o = p->command->table; o->name; o++)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

/* The identities that the command line names, or $SIGNET_IDENTITY where it names none. */
static enum sg_err collect(struct home *h, struct sg_error *err)
{
    const char *option = has_option(h->p, "unlock-identity") ? "unlock-identity" : "identity";
    const char *environment = getenv("SIGNET_IDENTITY");
    bool named = false;
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < h->p->count; i++) {
        const char *name = h->p->given[i].option->name, *value = h->p->given[i].value;
        if (strcmp(name, option) == 0)
            r = load_identities(&h->identities, value, &h->asker, err);
        else if (strcmp(name, "plugin") == 0)
            r = plugin_ui_identity(&h->identities, value, err);
        else
            continue;
        named = true;
    }
    if (!named && environment && *environment)
        r = load_identities(&h->identities, environment, &h->asker, err);
    return r;
}

static enum sg_err unlock_store(struct home *h, struct sg_error *err)
{
    struct sg_store_unlock how = {.identities = &h->identities};
    enum sg_err r = collect(h, err);

    if (password_possible(&h->asking))
        how.asker = &h->asker;
    return r == SG_OK ? sg_store_unlock(h->store, &how, err) : r;
}

enum sg_err home_open(struct home *h, const struct parsed *p, bool anew, struct sg_error *err)
{
    enum sg_err r = begin(h, p, err);

    if (r == SG_OK) {
        r = anew ? SG_ERR_NO_MATCH : sg_store_unlock_cached(h->store, err);
        if (r == SG_ERR_NO_MATCH || r == SG_ERR_NO_KEYRING)
            r = unlock_store(h, err);
    }
    return r;
}

enum sg_err home_find(struct home *h, const struct parsed *p, struct sg_error *err)
{
    return begin(h, p, err);
}

void home_warn(const struct home *h)
{
    if (sg_store_guard(h->store) == SG_GUARD_ROLLED_BACK)
        report_message("warning: %s is an older state than this device has seen, or a copy from "
                       "elsewhere",
                       sg_store_folder(h->store));
}

void home_close(struct home *h)
{
    if (!h->begun)
        return;
    sg_store_close(h->store);
    h->store = NULL;
    sg_identities_free(&h->identities);
    password_free(&h->asking);
    plugin_ui_free(&h->plugins);
    h->begun = false;
}
