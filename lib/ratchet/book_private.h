/*
 * book_private - what the files of the book share.
 */
#ifndef SG_RATCHET_BOOK_PRIVATE_H
#define SG_RATCHET_BOOK_PRIVATE_H

#include "ratchet/book.h"

#include "ratchet/derive.h"

/* The book's secret memory. */
struct sg_book_work {
    struct sg_ratchet_identity self;
    struct sg_hedge hedge, hedge_stored;
    uint8_t plain[SG_WIRE_MAX_BYTES];
    uint8_t whole[SG_WIRE_MAX_BYTES];
};

struct sg_book {
    struct sg_store *store;
    struct sg_secret work, session;
    uint64_t now;
};

static inline struct sg_book_work *sg_book_w(const struct sg_book *b)
{
    return (struct sg_book_work *)(void *)b->work.data;
}

static inline struct sg_session *sg_book_s(const struct sg_book *b)
{
    return (struct sg_session *)(void *)b->session.data;
}

/*
 * Starts a statement and sets its parameters from 1 on as `types` has them: i int64_t, b const void
 * * and size_t, t const char *, n nothing (NULL). sg_book_run() also runs and ends it.
 */
SG_CHECKED enum sg_err sg_book_query(struct sg_query *q, struct sg_book *b, struct sg_error *err,
                                     const char *sql, const char *types, ...);
SG_CHECKED enum sg_err sg_book_run(struct sg_book *b, struct sg_error *err, const char *sql,
                                   const char *types, ...);

/* Runs a statement that gives one number, 0 without a row. */
SG_CHECKED enum sg_err sg_book_number(int64_t *x, struct sg_book *b, struct sg_error *err,
                                      const char *sql, const char *types, ...);

/* A session's row beside its state. */
struct sg_kept {
    int64_t id, contact;
    bool single_use;
    struct sg_held held;
};

/* A contact's sessions, at most SG_HELD_MAX. */
SG_CHECKED enum sg_err sg_kept_of(struct sg_book *b, struct sg_kept *kept, struct sg_held *held,
                                  size_t *n, int64_t contact, struct sg_error *err);
/* Reads a session into b->session, and its row. SG_ERR_STORE when it is not one. */
SG_CHECKED enum sg_err sg_kept_load(struct sg_book *b, struct sg_kept *k, int64_t id,
                                    struct sg_error *err);
/* Writes b->session back, or adds it when k->id is 0; with what k tells. */
SG_CHECKED enum sg_err sg_kept_store(struct sg_book *b, struct sg_kept *k, struct sg_error *err);
/* Carries a decision out on the others. */
SG_CHECKED enum sg_err sg_kept_decided(struct sg_book *b, const struct sg_decision *d,
                                       const struct sg_kept *kept, size_t n, struct sg_error *err);

/* Finds a contact by its whole fingerprint; c->id is 0 when there is none. Likewise by name, id. */
SG_CHECKED enum sg_err sg_contact_by_fp(struct sg_book *b, struct sg_contact *c,
                                        const uint8_t fp[static SG_FINGERPRINT_BYTES],
                                        struct sg_error *err);
SG_CHECKED enum sg_err sg_contact_by_id(struct sg_book *b, struct sg_contact *c, int64_t id,
                                        struct sg_error *err);
/* Adds one; name NULL: a name made of the fingerprint. c->trust, c->fingerprint are set. */
SG_CHECKED enum sg_err sg_contact_add(struct sg_book *b, struct sg_contact *c, const char *name,
                                      struct sg_error *err);

/* The secret blob of the live offers. *n of them in a block, with their ids and who they are for.
 */
struct sg_live {
    struct sg_secret block;
    const struct sg_offer_secret *offers[SG_OFFER_LIVE_MAX];
    struct sg_offer_row rows[SG_OFFER_LIVE_MAX];
    size_t n;
};
SG_CHECKED enum sg_err sg_live_load(struct sg_book *b, struct sg_live *live, struct sg_error *err);
void sg_live_free(struct sg_live *live);

#endif
