/*
 * decide - which of a contact's sessions to answer on, and what a new one does to the others
 * (signet-ratchet(7), "Several sessions"). Pure functions over what is known of each session; the
 * caller carries the decisions out.
 *
 * The one to send on is the greatest by (OPENED, sid). All others only receive, and are erased 30
 * days after they were passed over. A new session of the peer's that becomes the greatest while
 * another is in use waits for the user's `accept`, and nothing is sent meanwhile.
 */
#ifndef SG_RATCHET_DECIDE_H
#define SG_RATCHET_DECIDE_H

#include "ratchet/session.h"

#define SG_HELD_MAX 4 /* sessions per contact */

/* What is known of a session. Zero is a session of the peer's, never heard on. */
struct sg_held {
    uint64_t opened;
    uint8_t sid[SG_SID_BYTES];
    uint64_t heard;   /* unix ms of the last message received on it, or 0 */
    uint64_t retired; /* unix ms since when another is greater, or 0 */
    bool mine;        /* opened here */
    bool awaiting;    /* waits for `accept` */
    bool stopped;     /* after a rollback: neither sends nor receives */
    bool suspect;
};

/* Less than, equal to or greater than 0 as a is to b by (OPENED, sid). */
int sg_held_compare(const struct sg_held *a, const struct sg_held *b);

/* The greatest of them, or -1 of none. */
int sg_decide_greatest(const struct sg_held *held, size_t n);

/*
 * The session to send on, or -1 when there is none; and the word: SG_WORD_OK, or why not:
 * SG_WORD_NOT_FOR_US (none), SG_WORD_REOPENED, SG_WORD_ROLLBACK (stopped), SG_WORD_SUSPECT unless
 * forced.
 */
SG_CHECKED enum sg_word sg_decide_send(int *which, const struct sg_held *held, size_t n,
                                       bool force);

/* What a message on the i-th is marked: SG_WORD_OK, SG_WORD_OLD_SESSION, or SG_WORD_REOPENED. */
enum sg_word sg_decide_mark(const struct sg_held *held, size_t n, size_t i);

/* What to do when there is a new session. */
struct sg_decision {
    enum sg_word word; /* SG_WORD_OK, OLD_SESSION, REOPENED: keep it; and mark the message so */
    bool keep;         /* false: nothing is stored; the word says why (REOPENED, DUPLICATE) */
    bool awaiting;     /* it waits for `accept` */
    bool retired;      /* it is passed over from the start */
    bool drop[SG_HELD_MAX];   /* these are erased */
    bool retire[SG_HELD_MAX]; /* these are passed over from now on (if they were not already) */
    bool settle[SG_HELD_MAX]; /* these wait for `accept` no longer */
};

/*
 * The peer opened `fresh` (its heard, retired, awaiting, stopped and mine are not read), and the
 * first message on it is authentic. held: n up to SG_HELD_MAX, without it.
 */
void sg_decide_opened(struct sg_decision *d, const struct sg_held *held, size_t n,
                      const struct sg_held *fresh, uint64_t now);

/* `start` made `fresh` here, whose OPENED is greater than all. replace: erase all others. */
void sg_decide_started(struct sg_decision *d, const struct sg_held *held, size_t n,
                       const struct sg_held *fresh, bool replace);

/* OPENED for a session to be started now, `known` being the greatest known of the contact. */
uint64_t sg_decide_opened_at(uint64_t now, uint64_t known);

/*
 * `accept` of a re-opening (yes), or its refusal: which are erased, passed over, settled. False
 * when none waits.
 */
SG_CHECKED bool sg_decide_accept(struct sg_decision *d, const struct sg_held *held, size_t n,
                                 bool yes);

/* Whether a session has been passed over for 30 days and is to be erased. */
bool sg_decide_outlived(const struct sg_held *held, uint64_t now);

/* ---- strangers --------------------------------------------------------------------------------
 */

#define SG_QUARANTINE_MAX 32
#define SG_QUARANTINE_MESSAGES 16
#define SG_QUARANTINE_TEXT_BYTES 65536
#define SG_OPENINGS_PER_OFFER 64 /* that one contact may make to one offer */

struct sg_stranger {
    uint64_t heard;  /* unix ms of the last message */
    bool single_use; /* came by an offer of kind 1 */
};

/*
 * Room for one more stranger among n: -1 when there is room, the index of the one to evict, or -2
 * when the newcomer is refused (SG_WORD_QUARANTINE_FULL).
 */
int sg_decide_stranger(const struct sg_stranger *strangers, size_t n, bool single_use);

/* Whether a stranger's session with so many messages and bytes of text may hold one more. */
SG_CHECKED bool sg_decide_hold(size_t messages, size_t text_bytes, size_t more);

#endif
