/*
 * keyfile - identity files, in the clear or themselves sealed with a password.
 */
#ifndef SG_SEALED_KEYFILE_H
#define SG_SEALED_KEYFILE_H

#include "sealed/sealed.h"

/* How to come by the password of a sealed identity file. */
struct sg_password_asker {
    /*
     * Sets *password, which stays the asker's. `attempt` counts from 0: it is asked again after a
     * password that did not fit, and ends that by returning SG_ERR_WRONG_PASSWORD.
     */
    enum sg_err (*ask)(void *context, const char *name, unsigned attempt,
                       struct sg_password *password, struct sg_error *err);
    void *context;
    unsigned max_work; /* as for sg_sealed_unlock_password() */
};

/*
 * Unlocks a file that has a password stanza, asking until a password fits. Errors as the asker's
 * and sg_sealed_unlock_password()'s.
 */
SG_CHECKED enum sg_err sg_sealed_ask(struct sg_sealed *f, const struct sg_password_asker *asker,
                                     struct sg_error *err);

/* Looks whether the identity file that `in` gives is sealed. Errors are those of reading. */
SG_CHECKED enum sg_err sg_identities_are_sealed(bool *sealed, struct sg_source *in,
                                                struct sg_error *err);

/*
 * Reads the text of a key file, which may be sealed with a password, into a secret buffer. Errors
 * as sg_identities_load(), but for those of the text itself. The buffer is the caller's to free.
 */
SG_CHECKED enum sg_err sg_keyfile_text(struct sg_buffer *text, struct sg_source *in,
                                       const struct sg_password_asker *asker, struct sg_error *err);

/*
 * Adds the identities of the file that `in` gives. Errors as sg_identities_parse(); SG_ERR_LIMIT
 * for a file over SG_KEY_FILE_MAX_BYTES; for a sealed one also those of opening it, and
 * SG_ERR_NO_MATCH when it is sealed to a key and not with a password.
 */
SG_CHECKED enum sg_err sg_identities_load(struct sg_identities *ids, struct sg_source *in,
                                          const struct sg_password_asker *asker,
                                          struct sg_error *err);

/* Adds the recipients of the file that `in` gives. Errors as sg_recipients_parse(). */
SG_CHECKED enum sg_err sg_recipients_load(struct sg_recipients *all, struct sg_source *in,
                                          struct sg_error *err);

/* Adds the signers of the file that `in` gives. Errors as sg_signers_parse(). */
SG_CHECKED enum sg_err sg_signers_load(struct sg_recipients *all, struct sg_source *in,
                                       struct sg_error *err);

#endif
