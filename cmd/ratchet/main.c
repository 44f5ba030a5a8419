/*
 * ratchet - conversations with forward secrecy over anything that carries text.
 */
#include "common/start.h"
#include "ratchet/usage.h"
#include "ratchet/verbs.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(const struct parsed *p);
} verbs[] = {
    {"offer", ratchet_offer},
    {"offer list", ratchet_offer_list},
    {"offer revoke", ratchet_offer_revoke},
    {"start", ratchet_start},
    {"send", ratchet_send},
    {"resend", ratchet_resend},
    {"receive", ratchet_receive},
    {"pipe send", ratchet_pipe_send},
    {"pipe receive", ratchet_pipe_receive},
    {"accept", ratchet_accept},
    {"list", ratchet_list},
    {"show", ratchet_show},
    {"verify", ratchet_verify},
    {"rename", ratchet_rename},
    {"rekey", ratchet_rekey},
    {"block", ratchet_block},
    {"forget", ratchet_forget},
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
