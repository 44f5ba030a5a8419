#ifndef SEAL_USAGE_H
#define SEAL_USAGE_H

#include "common/options.h"

extern const struct tool seal_tool;

#endif
