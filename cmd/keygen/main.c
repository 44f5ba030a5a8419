/*
 * keygen - make keys, and show their public halves.
 */
#include "common/start.h"
#include "keygen/usage.h"
#include "keygen/verbs.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(const struct parsed *p);
} verbs[] = {
    {"new", keygen_new},
    {"public", keygen_public},
};

int main(int argc, char **argv)
{
    static struct parsed p; /* what it owns lives as long as the process */
    size_t i = 0;

    start("keygen");
    options_parse(&p, &keygen_tool, argc, argv);
    while (strcmp(verbs[i].name, p.command->name) != 0)
        i++;
    return verbs[i].run(&p);
}
