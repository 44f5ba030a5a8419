#ifndef VAULT_USAGE_H
#define VAULT_USAGE_H

#include "common/options.h"

extern const struct tool vault_tool;

#endif
