/*
 * dispatch - the main of a tool with verbs: from the command line to the function of its verb.
 */
#ifndef COMMON_DISPATCH_H
#define COMMON_DISPATCH_H

#include "common/options.h"

/* A verb, by its name in the tool's commands, and what does it: it returns the exit status. */
struct verb {
    const char *name;
    int (*run)(const struct parsed *p);
};

/*
 * Starts the process, reads the command line, and runs the verb. `verbs` has one for each command
 * of the tool. To be called once: what it parsed lives as long as the process.
 */
int dispatch(const struct tool *tool, const struct verb *verbs, int argc, char **argv);

#endif
