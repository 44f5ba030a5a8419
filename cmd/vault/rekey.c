#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <stdio.h>
#include <string.h>

/* A rekey under way. */
struct rekeying {
    struct home *home;
    struct progress bar;
};

static bool is_dropped(const struct parsed *p, const char *slot)
{
    for (size_t i = 0; i < p->count; i++)
        if (strcmp(p->given[i].option->name, "drop") == 0 && strcmp(p->given[i].value, slot) == 0)
            return true;
    return false;
}

/* What a slot needs to be made anew. */
static enum sg_err slot(void *context, const struct sg_slot *slot, struct sg_slot_way *way,
                        bool *drop, struct sg_error *err)
{
    struct rekeying *x = context;
    struct home *h = x->home;
    static struct sg_password password;
    char about[SG_SLOT_NAME_MAX + 16];
    enum sg_err r;

    *drop = is_dropped(h->p, slot->name);
    if (*drop)
        return SG_OK;
    sg_error_name(err, slot->name);
    if (slot->kind == SG_SLOT_DAMAGED)
        return sg_fail(err, SG_ERR_STORE, "the slot is damaged; leave it out with --drop");
    if (slot->kind != SG_SLOT_PASSWORD && !way->recipients)
        return sg_fail(err, SG_ERR_STORE,
                       "whom the slot is sealed to is not known; leave it out with --drop, and add "
                       "it again afterwards");
    if (slot->kind == SG_SLOT_KEY)
        return SG_OK;
    (void)snprintf(about, sizeof about, "the slot %s", slot->name);
    r = h->asker.ask(h->asker.context, about, 0, &password, err);
    way->password = &password;
    way->kdf = SG_KDF_ARGON2ID;
    way->work = option_number(h->p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    return r;
}

static void tick(void *context, uint64_t blocks, uint64_t of)
{
    struct rekeying *x = context;

    x->bar.total = of * 4096;
    if (x->bar.on)
        x->bar.hook.tick(x->bar.hook.context, blocks * 4096);
}

/* Slots that are to be dropped must be there. */
struct looking {
    const char *name;
    bool found;
};

static enum sg_err look(void *context, const struct sg_slot *slot, struct sg_error *err)
{
    struct looking *l = context;

    (void)err;
    l->found = l->found || strcmp(slot->name, l->name) == 0;
    return SG_OK;
}

static enum sg_err check_drops(struct home *h, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < h->p->count; i++) {
        struct looking l = {.name = h->p->given[i].value};
        if (strcmp(h->p->given[i].option->name, "drop") != 0)
            continue;
        r = sg_slot_list(h->store, look, &l, err);
        if (r == SG_OK && !l.found) {
            sg_error_name(err, l.name);
            r = sg_fail(err, SG_ERR_NOT_FOUND, "slot");
        }
    }
    return r;
}

int vault_rekey(const struct parsed *p)
{
    struct sg_source nothing = {.fd = -1};
    struct home h = {0};
    struct rekeying x = {.home = &h};
    struct sg_store_rekey how = {.slot = slot, .tick = tick, .context = &x};
    struct sg_error err = {0};
    enum sg_err r;

    (void)option_number(p, "work", SG_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX);
    r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = check_drops(&h, &err);
    if (r == SG_OK) {
        how.plugins = &h.plugins.client;
        how.max_work = h.asker.max_work;
        progress_start(&x.bar, p, &nothing);
        r = sg_store_rekey(h.store, &how, &err);
        progress_end(&x.bar);
    }
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
