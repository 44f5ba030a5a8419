/*
 * book - what a store keeps of conversations: who one is, offers, contacts, sessions, what was sent
 * and what was received and not yet shown (signet-ratchet(7), "Keeping").
 *
 * Everything between sg_book_begin() and sg_book_commit() is one transaction that keeps other
 * processes out. Persist before you let out: print an offer, wire bytes or a text only after the
 * commit. What was printed is then crossed off: sg_book_sent(), sg_book_shown(). What is not
 * crossed off when the machine stops is there again later: sg_book_resend(), sg_book_unshown().
 *
 * A function with a *word gives the protocol's own answer there, and SG_OK; unless that word is one
 * of exit status 0, or a documented exception, nothing was changed. Any other return is a fault of
 * the store: roll back. Rows are bounded by the counts here and in decide.h, fragment.h, offer.h.
 */
#ifndef SG_RATCHET_BOOK_H
#define SG_RATCHET_BOOK_H

#include "ratchet/ratchet.h"

#include "store/store.h"

#define SG_CONTACT_NAME_MAX_BYTES 64
#define SG_CONTACTS_MAX 10000
#define SG_OUTBOX_MAX 64             /* wires kept for each contact */
#define SG_OUTBOX_BYTES (1U << 20)   /* and bytes of them */
#define SG_OUTBOX_MS (7 * SG_DAY_MS) /* and for how long */
#define SG_OWN_MAX 4096              /* digests of what one sent, each kept SG_KEEP_MS */
#define SG_TOKEN_FP_BYTES 25         /* of a fingerprint, as its text has them */

struct sg_book;

enum sg_trust { SG_STRANGER, SG_UNVERIFIED, SG_VERIFIED, SG_BLOCKED };

struct sg_contact {
    int64_t id;
    char name[SG_CONTACT_NAME_MAX_BYTES + 1];
    uint8_t fingerprint[SG_FINGERPRINT_BYTES];
    enum sg_trust trust;
    uint64_t opened;   /* the greatest OPENED known, or 0 */
    uint64_t sessions; /* how many there are */
    uint64_t heard;    /* unix ms of the last message received, or 0 */
    uint64_t held;     /* messages that wait to be let in or shown */
};

/* Readies the tables in an unlocked store, outside any transaction. *b is NULL unless SG_OK. */
SG_CHECKED enum sg_err sg_book_open(struct sg_book **b, struct sg_store *s, struct sg_error *err);
void sg_book_close(struct sg_book *b);

/*
 * Begins a transaction; now: unix ms. Makes the identity when there is none; forgets what has had
 * its time; and when the store was put back to an older state, erases all offers and stops all
 * sessions: *rolled_back, which must be committed as anything else.
 */
SG_CHECKED enum sg_err sg_book_begin(struct sg_book *b, uint64_t now, bool *rolled_back,
                                     struct sg_error *err);
SG_CHECKED enum sg_err sg_book_commit(struct sg_book *b, struct sg_error *err);
void sg_book_rollback(struct sg_book *b);

/* One's own fingerprint; within a transaction. */
const uint8_t *sg_book_fingerprint(const struct sg_book *b);

/* ---- offers ---- */

/*
 * Makes an offer for `days` days, for one fingerprint's first 25 bytes or NULL. SG_ERR_LIMIT when
 * there are too many live ones.
 */
SG_CHECKED enum sg_err sg_book_offer(struct sg_book *b, uint8_t out[static SG_OFFER_BYTES],
                                     enum sg_offer_kind kind, const uint8_t *only, uint32_t days,
                                     struct sg_error *err);

struct sg_offer_row {
    int64_t id;
    enum sg_offer_kind kind;
    uint32_t not_after;
    bool only_known; /* for one fingerprint: */
    uint8_t only[SG_TOKEN_FP_BYTES];
};
SG_CHECKED enum sg_err sg_book_offers(struct sg_book *b,
                                      enum sg_err (*row)(void *context,
                                                         const struct sg_offer_row *o,
                                                         struct sg_error *err),
                                      void *context, struct sg_error *err);

/* Erases an offer's secrets. SG_ERR_NOT_FOUND. */
SG_CHECKED enum sg_err sg_book_revoke(struct sg_book *b, int64_t id, struct sg_error *err);

/* ---- contacts ---- */

/* Whether a text can be a contact's name: SG_ERR_NAME. */
SG_CHECKED enum sg_err sg_contact_name_check(const char *name, struct sg_error *err);

/* SG_ERR_NOT_FOUND. */
SG_CHECKED enum sg_err sg_book_contact(struct sg_book *b, struct sg_contact *c, const char *name,
                                       struct sg_error *err);
SG_CHECKED enum sg_err sg_book_contacts(struct sg_book *b,
                                        enum sg_err (*row)(void *context,
                                                           const struct sg_contact *c,
                                                           struct sg_error *err),
                                        void *context, struct sg_error *err);

/* SG_ERR_EXISTS when the new name is taken. */
SG_CHECKED enum sg_err sg_book_rename(struct sg_book *b, const struct sg_contact *c,
                                      const char *name, struct sg_error *err);
/* What waits of a contact that is blocked is erased. */
SG_CHECKED enum sg_err sg_book_trust(struct sg_book *b, const struct sg_contact *c,
                                     enum sg_trust trust, struct sg_error *err);

/* Erases the contact with all that is kept of it, but for its tombstones. */
SG_CHECKED enum sg_err sg_book_forget(struct sg_book *b, const struct sg_contact *c,
                                      struct sg_error *err);

/* ---- conversations ---- */

/*
 * Begins a session with an offer's maker, as the contact `name`. SG_ERR_EXISTS when the name is
 * that of another fingerprint, or the fingerprint is known by another name. *why: static text
 * beside a word of refusal, or NULL.
 */
SG_CHECKED enum sg_err sg_book_start(struct sg_book *b, enum sg_word *word, const char **why,
                                     const char *name, const uint8_t *offer, size_t len,
                                     bool replace, struct sg_error *err);

/*
 * Makes the next message to a contact; *len bytes at wire, with room for SG_WIRE_MAX_BYTES, and the
 * row that sg_book_sent() crosses off.
 */
SG_CHECKED enum sg_err sg_book_send(struct sg_book *b, enum sg_word *word, uint8_t *wire,
                                    size_t *len, int64_t *row, const struct sg_contact *c,
                                    const struct sg_outgoing *m, struct sg_error *err);
SG_CHECKED enum sg_err sg_book_sent(struct sg_book *b, int64_t row, struct sg_error *err);

/* The wires to a contact that were not crossed off, oldest first; else the newest. */
SG_CHECKED enum sg_err sg_book_resend(struct sg_book *b, const struct sg_contact *c,
                                      enum sg_err (*wire)(void *context, int64_t row,
                                                          const uint8_t *bytes, size_t n,
                                                          struct sg_error *err),
                                      void *context, struct sg_error *err);

/* Asks for fresh post-quantum secrets; sent along with the next message. */
SG_CHECKED enum sg_err sg_book_rekey(struct sg_book *b, enum sg_word *word,
                                     const struct sg_contact *c, struct sg_error *err);

/* What became of wire bytes. */
struct sg_book_got {
    enum sg_word word;
    bool known; /* the contact: */
    struct sg_contact contact;
    uint8_t sid[SG_SID_BYTES];
    uint32_t n, ep, gap;
    bool late, old_session, reopened, recovered, with_time, advise_reopen;
    uint64_t time;
    int64_t row;         /* for sg_book_shown(), or 0 when there is nothing to show */
    const uint8_t *text; /* secret, in the book, until the next call; NULL when there is none */
    size_t text_len;
};

/* How to receive. */
struct sg_receiving {
    bool accept_any; /* strangers are let in at once */
    bool stale;      /* also on sessions that a rollback stopped */
};

/*
 * Opens wire bytes. Refusals that change something: SG_WORD_QUARANTINED, SG_WORD_BLOCKED under a
 * session, and the marks that SG_WORD_CORRUPT and SG_WORD_FORK leave: commit always.
 */
SG_CHECKED enum sg_err sg_book_receive(struct sg_book *b, struct sg_book_got *got,
                                       const uint8_t *wire, size_t len,
                                       const struct sg_receiving *how, struct sg_error *err);

/* Takes a fragment in: SG_WORD_PARTIAL, or what became of the message that it completed. */
SG_CHECKED enum sg_err sg_book_fragment(struct sg_book *b, struct sg_book_got *got,
                                        const uint8_t *raw, size_t len,
                                        const struct sg_receiving *how, struct sg_error *err);

/*
 * The oldest text above `after` that may be shown and was not crossed off; got->row is 0 when there
 * is none.
 */
SG_CHECKED enum sg_err sg_book_unshown(struct sg_book *b, struct sg_book_got *got, int64_t after,
                                       struct sg_error *err);
SG_CHECKED enum sg_err sg_book_shown(struct sg_book *b, int64_t row, struct sg_error *err);

/*
 * Lets a stranger in, under the name `as` (or NULL: as he is called), or a re-opened conversation,
 * or trusts a suspect one again, or unblocks; or, not `yes`, declines. SG_ERR_NOT_FOUND when
 * nothing waits.
 */
SG_CHECKED enum sg_err sg_book_accept(struct sg_book *b, const struct sg_contact *c, const char *as,
                                      bool yes, struct sg_error *err);

#endif
