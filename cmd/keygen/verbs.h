/*
 * verbs - what keygen can do, a function and a file each. Each returns the exit status.
 */
#ifndef KEYGEN_VERBS_H
#define KEYGEN_VERBS_H

#include "common/options.h"

int keygen_new(const struct parsed *p);
int keygen_public(const struct parsed *p);

#endif
