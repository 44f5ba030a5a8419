/*
 * usage - the command line of ratchet.
 */
#ifndef RATCHET_USAGE_H
#define RATCHET_USAGE_H

#include "common/options.h"

extern const struct tool ratchet_tool;

#endif
