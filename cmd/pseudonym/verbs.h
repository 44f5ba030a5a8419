/*
 * verbs - what pseudonym can do, a function each. Each returns the exit status.
 */
#ifndef PSEUDONYM_VERBS_H
#define PSEUDONYM_VERBS_H

#include "common/options.h"

/* names.c */
int pseudonym_new(const struct parsed *p);
int pseudonym_list(const struct parsed *p);
int pseudonym_retire(const struct parsed *p);
int pseudonym_root(const struct parsed *p);

/* show.c, key.c, onion.c */
int pseudonym_show(const struct parsed *p);
int pseudonym_key(const struct parsed *p);
int pseudonym_onion(const struct parsed *p);

/* sign.c */
int pseudonym_sign(const struct parsed *p);
int pseudonym_verify(const struct parsed *p);

/* link.c */
int pseudonym_prove(const struct parsed *p);
int pseudonym_check(const struct parsed *p);

/* ring.c */
int pseudonym_ring_sign(const struct parsed *p);
int pseudonym_ring_verify(const struct parsed *p);
int pseudonym_ring_claim(const struct parsed *p);
int pseudonym_ring_disavow(const struct parsed *p);

/* token.c */
int pseudonym_token_issuer_key(const struct parsed *p);
int pseudonym_token_request(const struct parsed *p);
int pseudonym_token_issue(const struct parsed *p);
int pseudonym_token_finalize(const struct parsed *p);
int pseudonym_token_redeem(const struct parsed *p);

#endif
