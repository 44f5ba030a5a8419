/*
 * machines - the two state machines of the age-plugin specification, and the plugin's two keys,
 * which have no data: all that is needed is a password.
 */
#ifndef AGE_PLUGIN_SIGNET_MACHINES_H
#define AGE_PLUGIN_SIGNET_MACHINES_H

#include "age-plugin-signet/talk.h"

#define OUR_IDENTITY "AGE-PLUGIN-SIGNET-1AHGRYP"
#define OUR_RECIPIENT "age1signet12yn9gq"

/* recipient-v1: wraps file keys with a new password, Argon2id. */
SG_CHECKED enum sg_err machine_recipient(struct talk *t, struct sg_error *err);

/* identity-v1: unwraps file keys with the passwords they were wrapped with. */
SG_CHECKED enum sg_err machine_identity(struct talk *t, struct sg_error *err);

#endif
