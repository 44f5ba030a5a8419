#ifndef OPEN_USAGE_H
#define OPEN_USAGE_H

#include "common/options.h"

extern const struct tool open_tool;

#endif
