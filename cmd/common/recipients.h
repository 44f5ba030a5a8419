/*
 * recipients - whom something is sealed to, as the command line names them.
 */
#ifndef COMMON_RECIPIENTS_H
#define COMMON_RECIPIENTS_H

#include "common/options.h"
#include "sealed/keyfile.h"

/*
 * Adds the recipients that -r, -R, -i and -j name, in order; of -i and -j only where own_too is
 * set: elsewhere these open something. The asker is for identity files that a password seals.
 */
SG_CHECKED enum sg_err gather_recipients(struct sg_recipients *all, const struct parsed *p,
                                         const struct sg_password_asker *asker, bool own_too,
                                         const struct sg_plugin_client *plugins,
                                         struct sg_error *err);

#endif
