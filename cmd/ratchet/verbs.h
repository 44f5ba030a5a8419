/*
 * verbs - what ratchet can do; each returns an exit status.
 */
#ifndef RATCHET_VERBS_H
#define RATCHET_VERBS_H

#include "common/options.h"

int ratchet_offer(const struct parsed *p);
int ratchet_offer_list(const struct parsed *p);
int ratchet_offer_revoke(const struct parsed *p);
int ratchet_start(const struct parsed *p);
int ratchet_send(const struct parsed *p);
int ratchet_resend(const struct parsed *p);
int ratchet_receive(const struct parsed *p);
int ratchet_pipe_send(const struct parsed *p);
int ratchet_pipe_receive(const struct parsed *p);
int ratchet_accept(const struct parsed *p);
int ratchet_list(const struct parsed *p);
int ratchet_show(const struct parsed *p);
int ratchet_verify(const struct parsed *p);
int ratchet_rename(const struct parsed *p);
int ratchet_rekey(const struct parsed *p);
int ratchet_block(const struct parsed *p);
int ratchet_forget(const struct parsed *p);
int ratchet_heist(const struct parsed *p);

#endif
