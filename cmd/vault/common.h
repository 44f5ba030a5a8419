/*
 * common - what the verbs of vault share: the vault opened, lines printed, particulars as text.
 */
#ifndef VAULT_COMMON_H
#define VAULT_COMMON_H

#include "common/home.h"
#include "common/json.h"
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

/* Lines for standard output, gathered and written in pieces. Begin with print_start(). */
struct print {
    struct sg_sink *out;
    struct sg_error *err;
    struct sg_buffer text;
    enum sg_err failed; /* what went wrong first; calls after it do nothing */
    bool terminal;      /* somebody else's text is made fit for one */
    bool colour;
};

void print_start(struct print *t, struct sg_sink *out, struct sg_error *err);
void print_format(struct print *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A name, or other text that may hold anything but a newline. */
void print_text(struct print *t, const char *text);

/* A time as RFC 3339 has it. */
void print_time(struct print *t, int64_t seconds);
void json_time(struct json *j, const char *key, int64_t seconds);

/* Writes what is left and releases; returns r, or what went wrong. */
SG_CHECKED enum sg_err print_end(struct print *t, enum sg_err r);

#endif
