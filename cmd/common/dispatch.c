#include "common/dispatch.h"

#include "common/start.h"

#include <string.h>

int dispatch(const struct tool *tool, const struct verb *verbs, int argc, char **argv)
{
    static struct parsed p; /* what it owns lives as long as the process */
    size_t i = 0;

    start(tool->name);
    options_parse(&p, tool, argc, argv);
    while (strcmp(verbs[i].name, p.command->name) != 0)
        i++;
    return verbs[i].run(&p);
}
