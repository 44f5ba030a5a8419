#ifndef AGE_PLUGIN_SIGNET_USAGE_H
#define AGE_PLUGIN_SIGNET_USAGE_H

#include "common/options.h"

extern const struct tool age_plugin_signet_tool;

#endif
