/*
 * ratchet - conversations with forward secrecy, over any transport.
 */
#include "common/start.h"
#include "ratchet/usage.h"
#include "ratchet/verbs.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(const struct parsed *p);
} verbs[] = {
    {"heist", ratchet_heist},
};

int main(int argc, char **argv)
{
    static struct parsed p; /* what it owns lives as long as the process */
    size_t i = 0;

    start("ratchet");
    options_parse(&p, &ratchet_tool, argc, argv);
    while (strcmp(verbs[i].name, p.command->name) != 0)
        i++;
    return verbs[i].run(&p);
}
