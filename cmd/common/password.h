/*
 * password - asking for one: from --password-file, $SIGNET_PASSWORD_FILE, or the terminal.
 */
#ifndef COMMON_PASSWORD_H
#define COMMON_PASSWORD_H

#include "common/options.h"
#include "sealed/keyfile.h"

struct password_asking {
    const char *file;      /* first line of this file, or NULL for the terminal */
    bool replacing;        /* it takes the place of another, and its words say so */
    struct sg_secret text; /* the password last given */
};

/* Takes the options into account. Release with password_free(). */
void password_start(struct password_asking *a, const struct parsed *p);

/* The same for a password that takes the place of another: --new-password-file, or the terminal. */
void password_start_new(struct password_asking *a, const struct parsed *p);

/* Takes n bytes as a password; SG_ERR_PASSWORD when they are none or too many. */
SG_CHECKED enum sg_err password_take(struct password_asking *a, const char *text, size_t n,
                                     struct sg_password *password, struct sg_error *err);

/* A password for something new, asked for twice at a terminal. `about` finishes "Password for ". */
SG_CHECKED enum sg_err password_new(struct password_asking *a, const char *about,
                                    struct sg_password *password, struct sg_error *err);

/*
 * The library's asker (sealed/keyfile.h) for something that exists: three tries at a terminal.
 * Takes
 * --max-work into account, where there is a command line (p may be NULL).
 */
struct sg_password_asker password_asker(struct password_asking *a, const struct parsed *p);

/* Whether a password could be asked for, or is given in a file. */
bool password_possible(const struct password_asking *a);

void password_free(struct password_asking *a);

#endif
