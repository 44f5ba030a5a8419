/*
 * verbs - what ratchet can do, a function for each. Each returns the exit status.
 */
#ifndef RATCHET_VERBS_H
#define RATCHET_VERBS_H

#include "common/options.h"

int ratchet_heist(const struct parsed *p);

#endif
