#include "ratchet/heist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Messages in a row, by turns; the victim begins. */
static const unsigned bursts[] = {1, 2, 1, 1, 3, 2};
#define BURSTS (sizeof bursts / sizeof *bursts)

bool heist_from_victim(unsigned i)
{
    bool victim = true;

    for (size_t turn = 0; i > bursts[turn % BURSTS]; turn++) {
        i -= bursts[turn % BURSTS];
        victim = !victim;
    }
    return victim;
}

size_t heist_text(char out[static HEIST_TEXT_BYTES], unsigned i)
{
    int n = snprintf(out, HEIST_TEXT_BYTES, "message %u, from the %s", i,
                     heist_from_victim(i) ? "victim" : "peer");

    return n > 0 ? (size_t)n : 0;
}

enum sg_err heist_play(struct heist *h, unsigned messages, unsigned at, uint64_t now,
                       struct sg_error *err)
{
    struct sg_hedge hedge;
    enum sg_err r;

    memset(h, 0, sizeof *h);
    h->messages = messages;
    h->at = at;
    for (unsigned i = 1; i <= messages; i++)
        h->message[i].from_victim = heist_from_victim(i);
    sg_hedge_new(&hedge);
    heist_play_static(h, &hedge);
    r = heist_play_chain(h, &hedge, err);
    if (r == SG_OK)
        r = heist_play_session(h, &hedge, now, err);
    sg_wipe(&hedge, sizeof hedge);
    return r;
}
