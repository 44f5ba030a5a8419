/*
 * unlock - the key to a sealed file, from what the command line and the environment give.
 */
#ifndef COMMON_UNLOCK_H
#define COMMON_UNLOCK_H

#include "common/options.h"
#include "sealed/keyfile.h"

/*
 * Unlocks f, whose header has been read from the file `name`: with a password from `asker` where it
 * has a password stanza, else with the identities that -i and -j name, or $SIGNET_IDENTITY without
 * any. Identity files that are sealed are tried last, so that no password is asked for in vain.
 */
SG_CHECKED enum sg_err unlock(struct sg_sealed *f, const struct parsed *p,
                              const struct sg_password_asker *asker, const char *name,
                              struct sg_error *err);

#endif
