#include "store/private.h"

#include <stdlib.h>
#include <string.h>

/* What the tries have come to so far. */
struct tries {
    struct sg_store *s;
    const struct sg_store_unlock *how;
    struct sg_slot_names slots;
    size_t fitting;          /* slots that a password might fit */
    struct sg_error trouble; /* the first slot that could not even be tried, or SG_OK */
};

static bool is_tried(const struct tries *t, const struct sg_slot *slot, enum sg_slot_kind kind)
{
    return slot->kind == kind && (!t->how->slot || strcmp(t->how->slot, slot->name) == 0);
}

static bool has_identities(const struct tries *t)
{
    return t->how->identities && sg_identities_count(t->how->identities) > 0;
}

/*
 * Tries one slot, with a password or, when that is NULL, with the identities. SG_ERR_NO_MATCH or
 * SG_ERR_WRONG_PASSWORD when it does not fit.
 */
static enum sg_err try_slot(struct tries *t, const struct sg_slot *slot,
                            const struct sg_password *password, struct sg_error *err)
{
    char *path = sg_slot_path(t->s->slots, slot->name, slot->kind);
    struct sg_secret key = {0};
    struct sg_source in = {.fd = -1};
    struct sg_sealed f = {0};
    enum sg_err r;

    if (!path)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(t->s->slots), 0);
    r = sg_source_file(&in, path, err);
    if (r == SG_OK)
        r = sg_sealed_read(&f, &in, err);
    if (r == SG_OK)
        r = password ? sg_sealed_unlock_password(&f, password, t->how->asker->max_work, err)
                     : sg_sealed_unlock(&f, t->how->identities, err);
    if (r == SG_OK)
        r = sg_secret_new(&key, SG_STORE_KEY_BYTES, err);
    if (r == SG_OK)
        r = sg_slot_take_key(key.data, &f, t->how->identities, err);
    if (r == SG_OK)
        r = sg_store_open_key(t->s, key.data, err);
    sg_secret_free(&key);
    sg_sealed_close(&f);
    sg_source_close(&in);
    free(path);
    return r;
}

/* Whether, after this, another slot may still unlock. Takes note of what stood in the way. */
static bool goes_on(struct tries *t, enum sg_err r, const struct sg_error *err)
{
    switch (r) {
    case SG_ERR_NO_MATCH:
    case SG_ERR_WRONG_PASSWORD:
        return true;
    case SG_OK:
    case SG_ERR_MEMORY:
    case SG_ERR_IN_USE:
    case SG_ERR_CHANGED:
    case SG_ERR_BLOCK:
    case SG_ERR_DATABASE:
        return false;
    default:
        if (t->trouble.code == SG_OK)
            t->trouble = *err;
        return true;
    }
}

static enum sg_err try_identities(struct tries *t, struct sg_error *err)
{
    enum sg_err r = SG_ERR_NO_MATCH;

    for (size_t i = 0; has_identities(t) && i < t->slots.count; i++) {
        if (!is_tried(t, &t->slots.slots[i], SG_SLOT_KEY))
            continue;
        r = try_slot(t, &t->slots.slots[i], NULL, err);
        if (!goes_on(t, r, err))
            return r;
        r = SG_ERR_NO_MATCH;
    }
    return r;
}

/* One password, on every slot that takes one. */
static enum sg_err try_password(struct tries *t, const struct sg_password *password,
                                struct sg_error *err)
{
    static const enum sg_slot_kind kinds[] = {SG_SLOT_BOTH, SG_SLOT_PASSWORD};
    enum sg_err r, last = SG_ERR_WRONG_PASSWORD;

    t->fitting = 0;
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < t->slots.count; i++) {
            if (!is_tried(t, &t->slots.slots[i], kinds[k]) ||
                (kinds[k] == SG_SLOT_BOTH && !has_identities(t) && !t->how->slot))
                continue;
            r = try_slot(t, &t->slots.slots[i], password, err);
            if (!goes_on(t, r, err))
                return r;
            t->fitting += r == SG_ERR_WRONG_PASSWORD;
            if (r == SG_ERR_NO_MATCH) /* the password fits, and the key is not at hand */
                last = r;
        }
    }
    return last;
}

static bool takes_password(const struct tries *t)
{
    for (size_t i = 0; i < t->slots.count; i++)
        if (is_tried(t, &t->slots.slots[i], SG_SLOT_PASSWORD) ||
            (is_tried(t, &t->slots.slots[i], SG_SLOT_BOTH) && (has_identities(t) || t->how->slot)))
            return true;
    return false;
}

static enum sg_err ask(struct tries *t, struct sg_error *err)
{
    const struct sg_password_asker *asker = t->how->asker;

    for (unsigned attempt = 0;; attempt++) {
        struct sg_password password;
        enum sg_err r;
        sg_error_name(err, t->s->folder);
        r = asker->ask(asker->context, t->s->folder, attempt, &password, err);
        if (r != SG_OK)
            return r;
        r = try_password(t, &password, err);
        if (r != SG_ERR_WRONG_PASSWORD || t->fitting == 0)
            return r;
    }
}

/* What to say when nothing fitted. */
static enum sg_err nothing_fits(const struct tries *t, struct sg_error *err)
{
    bool damaged = t->slots.count > 0;

    for (size_t i = 0; i < t->slots.count; i++)
        damaged = damaged && t->slots.slots[i].kind == SG_SLOT_DAMAGED;
    if (t->trouble.code != SG_OK) {
        *err = t->trouble;
        return err->code;
    }
    sg_error_name(err, t->s->slots);
    if (t->slots.count == 0)
        return sg_fail(err, SG_ERR_STORE, "there is no slot left to unlock with");
    if (damaged)
        return sg_fail(err, SG_ERR_STORE, "every slot is damaged");
    sg_error_name(err, t->s->folder);
    return sg_fail(err, SG_ERR_NO_MATCH,
                   takes_password(t) ? "locked: it takes a password, and none can be asked for"
                   : has_identities(t)
                       ? "locked: none of the identities fits one of its slots"
                       : "locked: it takes an identity, and there is none to unlock it with");
}

enum sg_err sg_store_unlock(struct sg_store *s, const struct sg_store_unlock *how,
                            struct sg_error *err)
{
    struct tries t = {.s = s, .how = how};
    bool found = !how->slot;
    enum sg_err r = sg_slot_names(&t.slots, s->slots, err);

    if (r != SG_OK)
        return r;
    for (size_t i = 0; how->slot && i < t.slots.count; i++)
        found = found || strcmp(how->slot, t.slots.slots[i].name) == 0;
    if (!found) {
        sg_error_name(err, how->slot);
        r = sg_fail(err, SG_ERR_NOT_FOUND, "slot");
    }
    if (r == SG_OK)
        r = try_identities(&t, err);
    if (r == SG_ERR_NO_MATCH && how->asker && takes_password(&t)) {
        r = ask(&t, err);
        if (r == SG_ERR_WRONG_PASSWORD && t.trouble.code != SG_OK && t.fitting == 0)
            r = nothing_fits(&t, err);
    } else if (r == SG_ERR_NO_MATCH) {
        r = nothing_fits(&t, err);
    }
    sg_slot_names_free(&t.slots);
    return r;
}

enum sg_err sg_store_unlock_cached(struct sg_store *s, struct sg_error *err)
{
    struct sg_secret key;
    bool had;
    enum sg_err r = sg_secret_new(&key, SG_STORE_KEY_BYTES, err);

    if (r != SG_OK)
        return r;
    r = sg_keyring_get(key.data, s->label.text, err);
    if (r == SG_OK)
        r = sg_store_open_key(s, key.data, err);
    if (r == SG_ERR_STORE) { /* from before a rekey */
        r = sg_keyring_clear(s->label.text, &had, err);
        if (r == SG_OK)
            r = sg_fail(err, SG_ERR_NO_MATCH, NULL);
    }
    sg_secret_free(&key);
    return r;
}

enum sg_err sg_store_remember(struct sg_store *s, unsigned seconds, struct sg_error *err)
{
    return sg_keyring_put(s->label.text, sg_store_keys_of(&s->keys)->store, seconds, err);
}

enum sg_err sg_store_forget(struct sg_store *s, bool *had, struct sg_error *err)
{
    return sg_keyring_clear(s->label.text, had, err);
}
