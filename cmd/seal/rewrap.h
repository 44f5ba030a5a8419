/*
 * rewrap - seal --rewrap: new recipients for a file that one can open, its payload as it is.
 */
#ifndef SEAL_REWRAP_H
#define SEAL_REWRAP_H

#include "common/password.h"

/*
 * Unlocks `in` with the password that `old` gives or with the identities that *p names, and writes
 * it anew, as `to` says, to the output that *p names, which may be the file that `in` reads. Asks
 * for a new password where -p is given.
 */
SG_CHECKED enum sg_err rewrap(struct sg_source *in, const struct parsed *p,
                              const struct sg_seal *to, struct password_asking *old,
                              struct sg_error *err);

#endif
