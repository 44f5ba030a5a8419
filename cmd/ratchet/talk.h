/*
 * talk - what the verbs of ratchet share: the book opened, tokens read and written, and what became
 * of each message told.
 */
#ifndef RATCHET_TALK_H
#define RATCHET_TALK_H

#include "common/home.h"
#include "common/json.h"
#include "common/report.h"
#include "io/io.h"
#include "ratchet/book.h"

struct talk {
    const struct parsed *p;
    struct home home;
    struct sg_book *book;
    struct sg_error err;
    struct sg_sink out; /* standard output */
    int status_fd;      /* or -1 */
    int status;         /* the worst so far */
};

/* Opens the book of the home; talk_end() in any case. */
SG_CHECKED enum sg_err talk_open(struct talk *t, const struct parsed *p);

/* Begins a transaction, and says so when the store was put back. */
SG_CHECKED enum sg_err talk_begin(struct talk *t);
SG_CHECKED enum sg_err talk_commit(struct talk *t);

/* Releases; returns the exit status of r and of the words so far. */
int talk_end(struct talk *t, enum sg_err r);

/* Now, in unix ms. */
uint64_t talk_now(void);

/* The i-th operand; ends the process with status 2 when there is none. */
const char *talk_operand(const struct parsed *p, int i, const char *what);

/* Tells a word: to --status-fd, and where it is a refusal to the user; counts its status. */
void talk_word(struct talk *t, enum sg_word word, const char *name, const char *why);

/* Reads all of a file (NULL: standard input), at most SG_TOKEN_INPUT_MAX_BYTES. */
SG_CHECKED enum sg_err talk_read(struct talk *t, struct sg_buffer *all, const char *path);

/* Writes a token and a newline, or with raw its bytes. */
SG_CHECKED enum sg_err talk_token(struct talk *t, enum sg_token_kind kind, const uint8_t *bytes,
                                  size_t n, bool raw);

/* Writes a message as the options have it. */
SG_CHECKED enum sg_err talk_message(struct talk *t, const struct sg_book_got *got);

/* A contact's trust in a word. */
const char *talk_trust(enum sg_trust trust);

/* One transaction on the contact that operand 0 names. */
typedef enum sg_err talk_step(struct talk *t, const struct sg_contact *c);
int talk_with(const struct parsed *p, talk_step *step);

/*
 * A list, as a transaction: `rows` prints it, or with --json writes the elements of the array
 * `name` to j.
 */
typedef enum sg_err talk_rows(struct talk *t, struct json *j);
int talk_list(const struct parsed *p, const char *name, talk_rows *rows);

#endif
