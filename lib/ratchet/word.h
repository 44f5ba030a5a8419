/*
 * word - what became of a message, an offer or a wish, in one word (signet-ratchet(7), "Words").
 *
 * Machine trouble is an enum sg_err as everywhere; a word is the protocol's own answer. Words are
 * for the user and his scripts and are never sent to the network. The order here is the order of
 * the specification; sg_word_exit() gives the exit status that belongs to each.
 */
#ifndef SG_RATCHET_WORD_H
#define SG_RATCHET_WORD_H

enum sg_word {
    /* done: exit 0. Of several that are true the last is the word, the others are flags. */
    SG_WORD_OK = 0,
    SG_WORD_LATE, /* opened with a kept key or an old chain, or dated more than an hour ago */
    SG_WORD_OLD_SESSION, /* came on a session that is not the one to answer on */
    SG_WORD_REOPENED,    /* the contact opened a new session; also a refusal, with status 1 */
    SG_WORD_RECOVERED,   /* shown again after a crash */
    SG_WORD_PARTIAL,     /* a fragment was kept */
    SG_WORD_OWN,         /* a message of one's own that a channel echoed */

    /* could not: exit 1 */
    SG_WORD_QUARANTINED,     /* from a stranger, held until he is accepted */
    SG_WORD_QUARANTINE_FULL, /* from a stranger, and there is no room for it */
    SG_WORD_BLOCKED,         /* from someone who is blocked */
    SG_WORD_CLOCK,           /* an opening dated more than a day ahead: nothing was stored */
    SG_WORD_UNSUPPORTED,     /* of a later version of the protocol */
    SG_WORD_ROLLBACK,        /* the state is an old one, put back */
    SG_WORD_EXPIRED,         /* an offer after its last day */
    SG_WORD_SUSPECT,         /* sending on a session that seems forked, without force */
    SG_WORD_TOO_LONG,        /* a text, or a floor, that no length class holds */
    SG_WORD_CHAIN_FULL,      /* 20,000 messages in a row without an answer */
    SG_WORD_UNANSWERED,      /* 16 openings without an answer: a 17th would repeat bytes */

    /* no key fits: exit 3 */
    SG_WORD_NOT_FOR_US,

    /* not authentic: exit 4 */
    SG_WORD_DUPLICATE, /* "duplicate-or-expired": had before, or its key is gone */
    SG_WORD_TOO_FAR,   /* numbers beyond what an honest sender uses */
    SG_WORD_CORRUPT,   /* the header is right and the body is not */
    SG_WORD_MALFORMED, /* authentic or not, it is not as the protocol has it */
    SG_WORD_FORK,      /* made from another history of this conversation than ours */

    SG_WORD_COUNT
};

/* The word as it is printed: "duplicate-or-expired". */
const char *sg_word_text(enum sg_word word);

/*
 * Its exit status: 0, 1, 3 or 4. SG_WORD_REOPENED is 0 here; where it is a refusal the caller
 * exits with 1.
 */
int sg_word_exit(enum sg_word word);

/* The worse of two exit statuses, as several messages in one run add up: 4 over 1 over 3 over 0. */
int sg_word_worse(int a, int b);

#endif
