/*
 * talk - the plugin's end of a conversation with an age client, over standard input and output.
 */
#ifndef AGE_PLUGIN_SIGNET_TALK_H
#define AGE_PLUGIN_SIGNET_TALK_H

#include "common/password.h"
#include "io/io.h"

struct talk {
    struct sg_source in;
    struct sg_sink out;
    struct sg_buffer heard;   /* secret: the stanza last read */
    struct sg_buffer body;    /* secret: its body */
    struct sg_buffer saying;  /* secret */
    struct sg_stanza command; /* where its parts stand in `heard` */
    struct password_asking asking;
};

void talk_start(struct talk *t, const struct parsed *p);
void talk_free(struct talk *t);

/* Reads the next stanza. SG_ERR_HEADER when what comes is none, or nothing comes. */
SG_CHECKED enum sg_err talk_hear(struct talk *t, struct sg_error *err);

/* Whether its i-th word is `word`; and its number of words. */
bool talk_is(const struct talk *t, size_t i, const char *word);
size_t talk_words(const struct talk *t);

/* Its i-th word as a decimal number; false when it is none. */
SG_CHECKED bool talk_number(const struct talk *t, size_t i, uint32_t *number);

/* Says a command and hears the client's reply. *agreed: whether that was "ok"; may be NULL. */
SG_CHECKED enum sg_err talk_say(struct talk *t, const char *words, const void *body, size_t n,
                                bool *agreed, struct sg_error *err);

/* The same for a stanza that is text already, from its words to the end of its body. */
SG_CHECKED enum sg_err talk_pass(struct talk *t, const char *words, const uint8_t *stanza, size_t n,
                                 struct sg_error *err);

/* Says the last word, which has no reply. */
SG_CHECKED enum sg_err talk_done(struct talk *t, struct sg_error *err);

/* Sends "error KIND" with what an error of the library says. */
SG_CHECKED enum sg_err talk_complain(struct talk *t, const char *kind, const struct sg_error *why,
                                     struct sg_error *err);

/*
 * A password from the file that the environment names, or from the user by way of the client:
 * SG_ERR_PASSWORD when there is none. It stays the conversation's.
 */
SG_CHECKED enum sg_err talk_password(struct talk *t, const char *prompt,
                                     struct sg_password *password, struct sg_error *err);
SG_CHECKED enum sg_err talk_new_password(struct talk *t, struct sg_password *password,
                                         struct sg_error *err);

#endif
