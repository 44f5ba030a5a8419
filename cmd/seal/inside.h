/*
 * inside - what seal -z, --pad and --sign put round the content before it is sealed.
 */
#ifndef SEAL_INSIDE_H
#define SEAL_INSIDE_H

#include "common/password.h"
#include "common/progress.h"
#include "envelope/envelope.h"
#include "sealed/sealed.h"

struct inside {
    bool used;
    struct sg_wrap wrap;
    struct sg_wrap_how how;
    struct sg_identities keys; /* the one to sign with */
};

/* Ends the process with status 2 when options are given that do not go together. */
void inside_check_usage(const struct parsed *p);

/* Reads the options, and the key to sign with. The struct must not move from here on. */
SG_CHECKED enum sg_err inside_load(struct inside *s, const struct parsed *p,
                                   struct password_asking *asking, struct sg_error *err);

/*
 * *from: what is to be sealed in the place of `in`, which is an envelope when the options ask for
 * one, or when `in` could be mistaken for one; *how is told to bind it.
 */
SG_CHECKED enum sg_err inside_start(struct inside *s, struct sg_source **from, struct sg_source *in,
                                    struct sg_seal *how, struct sg_error *err);

void inside_free(struct inside *s);

#endif
