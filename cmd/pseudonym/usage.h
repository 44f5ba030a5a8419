#ifndef PSEUDONYM_USAGE_H
#define PSEUDONYM_USAGE_H

#include "common/options.h"

extern const struct tool pseudonym_tool;

#endif
