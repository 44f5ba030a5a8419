/*
 * home - the store of the user's home, found and unlocked with what the command line, the
 * environment and the kernel's keyring give.
 */
#ifndef COMMON_HOME_H
#define COMMON_HOME_H

#include "common/options.h"
#include "common/password.h"
#include "common/plugin_ui.h"
#include "store/store.h"

/*
 * Where the home is: $SIGNET_HOME, else $XDG_DATA_HOME/signet, else ~/.local/share/signet; and
 * where this device keeps what it has seen: $XDG_STATE_HOME/signet, else ~/.local/state/signet.
 * Takes
 * --wait into account. Ends the process with 2 when none of them is set, or one is not absolute.
 */
void home_place(struct sg_store_place *place, const struct parsed *p);

/* A store in use, and what it was unlocked with. Begin with a zeroed struct; it must not move. */
struct home {
    struct sg_store *store;
    const struct parsed *p;
    struct plugin_ui plugins;
    struct password_asking asking;
    struct sg_password_asker asker;
    struct sg_identities identities;
    bool begun;
};

/*
 * Finds the store and unlocks it: with the key in the keyring, unless `anew`; else with the
 * identities of --unlock-identity or, where the command has no such option, -i and -j, and without
 * any with $SIGNET_IDENTITY; else with a password. Call home_close() also after a failure.
 */
SG_CHECKED enum sg_err home_open(struct home *h, const struct parsed *p, bool anew,
                                 struct sg_error *err);

/* Finds the store and leaves it locked. */
SG_CHECKED enum sg_err home_find(struct home *h, const struct parsed *p, struct sg_error *err);

/*
 * After a transaction: says so when it found that the store is an older state than this device has
 * seen.
 */
void home_warn(const struct home *h);

void home_close(struct home *h);

#endif
