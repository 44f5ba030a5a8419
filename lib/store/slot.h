/*
 * slot - the ways to unlock a store.
 *
 * A slot is an ordinary sealed file in HOME/vault/slots/ whose content is the store key, as a line
 * of text: so whatever can be sealed to can unlock a store, and age itself can get the key back.
 *
 *     NAME.age       sealed to one or more recipients, any of which unlocks; or with a password
 *     NAME.all.age   takes a password and a key: a sealed file in a sealed file. The outer one is
 *                    sealed with the password, the inner one to recipients, any of which will do
 *
 * Whom a slot is sealed to is also kept in the store, as what sg_store_rekey() seals the new key
 * to.
 *
 * Whoever could open a slot once may have kept the store key: removing the slot does not take that
 * back. sg_store_rekey() does.
 */
#ifndef SG_STORE_SLOT_H
#define SG_STORE_SLOT_H

#include "sealed/keyfile.h"

#define SG_SLOT_NAME_MAX 64 /* characters: letters, digits, - and _ */

struct sg_store;

/* Whom a slot is sealed to: recipients, a password, or both, and then both are needed. */
struct sg_slot_way {
    const struct sg_recipients *recipients; /* one or more, or NULL */
    const struct sg_password *password;     /* or NULL */
    enum sg_kdf kdf;                        /* these two are for the password */
    unsigned work;
};

/* A slot to be made. */
struct sg_slot_new {
    const char *name;
    struct sg_slot_way way;
};

enum sg_slot_kind {
    SG_SLOT_KEY,
    SG_SLOT_PASSWORD,
    SG_SLOT_BOTH,
    SG_SLOT_DAMAGED, /* its file cannot be read as a sealed file */
};

struct sg_slot {
    char name[SG_SLOT_NAME_MAX + 1];
    enum sg_slot_kind kind;
    const char *recipients; /* texts of those it is sealed to, a line each; "" when not known */
};

/* Whether a name is fit for a slot. */
bool sg_slot_name_ok(const char *name);

/*
 * Tells each slot, by name, until `each` returns something other than SG_OK, which is returned. The
 * recipients are known of an unlocked store alone. SG_ERR_IO.
 */
SG_CHECKED enum sg_err sg_slot_list(struct sg_store *s,
                                    enum sg_err (*each)(void *context, const struct sg_slot *slot,
                                                        struct sg_error *err),
                                    void *context, struct sg_error *err);

/*
 * Adds a slot to an unlocked store, outside any transaction. It appears whole or not at all.
 * SG_ERR_NAME; SG_ERR_EXISTS; errors of sg_seal() and of a commit.
 */
SG_CHECKED enum sg_err sg_slot_add(struct sg_store *s, const struct sg_slot_new *slot,
                                   struct sg_error *err);

/*
 * Removes a slot of an unlocked store, outside any transaction. SG_ERR_NOT_FOUND; SG_ERR_LAST_SLOT
 * for the last one that is not damaged, unless `last_too`; errors of a commit.
 */
SG_CHECKED enum sg_err sg_slot_remove(struct sg_store *s, const char *name, bool last_too,
                                      struct sg_error *err);

#endif
