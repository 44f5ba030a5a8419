#ifndef KEYGEN_USAGE_H
#define KEYGEN_USAGE_H

#include "common/options.h"

extern const struct tool keygen_tool;

#endif
