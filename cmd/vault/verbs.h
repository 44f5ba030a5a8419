/*
 * verbs - what vault can do, a function for each. Each returns the exit status.
 */
#ifndef VAULT_VERBS_H
#define VAULT_VERBS_H

#include "common/options.h"

int vault_init(const struct parsed *p);
int vault_put(const struct parsed *p);
int vault_append(const struct parsed *p);
int vault_get(const struct parsed *p);
int vault_list(const struct parsed *p);
int vault_search(const struct parsed *p);
int vault_history(const struct parsed *p);
int vault_remove(const struct parsed *p);
int vault_move(const struct parsed *p);
int vault_prune(const struct parsed *p);
int vault_slot_list(const struct parsed *p);
int vault_slot_add(const struct parsed *p);
int vault_slot_remove(const struct parsed *p);
int vault_rekey(const struct parsed *p);
int vault_unlock(const struct parsed *p);
int vault_lock(const struct parsed *p);
int vault_check(const struct parsed *p);
int vault_export(const struct parsed *p);
int vault_import(const struct parsed *p);
int vault_run(const struct parsed *p);

#endif
