/*
 * common - what the verbs of vault share: the vault opened, particulars as text.
 */
#ifndef VAULT_COMMON_H
#define VAULT_COMMON_H

#include "common/home.h"
#include "common/json.h"
#include "common/print.h"
#include "common/progress.h"
#include "vault/vault.h"

/* Opens the vault of the home, ready for lib/vault; home_close() in any case. */
SG_CHECKED enum sg_err open_vault(struct home *h, const struct parsed *p, struct sg_error *err);

/* The i-th operand; ends the process with status 2 when there is none. what: as in "a name". */
const char *operand(const struct parsed *p, int i, const char *what);

/* The value of an option as a number from 1 on, or 0 when it is not given. */
uint64_t option_count(const struct parsed *p, const char *name);

/* Now, in seconds since 1970. */
int64_t now(void);

/* A time as RFC 3339 has it. */
void json_time(struct json *j, const char *key, int64_t seconds);

#endif
