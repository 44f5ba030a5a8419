/*
 * ratchet - conversations with forward secrecy over anything that carries text.
 */
#include "common/dispatch.h"
#include "ratchet/usage.h"
#include "ratchet/verbs.h"

static const struct verb verbs[] = {
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
    return dispatch(&ratchet_tool, verbs, argc, argv);
}
