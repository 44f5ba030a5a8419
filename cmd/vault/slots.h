/*
 * slots - a way to unlock, made from what the command line says.
 */
#ifndef VAULT_SLOTS_H
#define VAULT_SLOTS_H

#include "vault/common.h"

struct slot_making {
    const struct parsed *p;
    bool first; /* of a vault that is being made: --password-file is its password's */
    struct sg_slot_way way;
    struct sg_recipients recipients;
    struct sg_password password;
    struct password_asking asking, own; /* the new password; those of identity files */
    struct plugin_ui plugins;
};

/*
 * Begins, and ends the process with 2 when the options do not go together. It must not move.
 * Without any way named, the first slot takes a password.
 */
void slot_making_start(struct slot_making *m, const struct parsed *p, bool first);

/* Gathers the recipients and asks for the password: m->way is set. */
SG_CHECKED enum sg_err slot_making_ways(struct slot_making *m, struct sg_error *err);

void slot_making_end(struct slot_making *m);

#endif
