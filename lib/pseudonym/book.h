/*
 * book - what a store keeps of pseudonyms: the root, the names, which are retired, and the tokens
 * that were spent.
 *
 * The keys are not kept: they are made of the root and a name whenever they are needed. Order of
 * calls, on a store that is unlocked: sg_book_ready(), then any. Each is a transaction of its own.
 * Beyond what they say, all may fail as sg_store_begin(), sg_query_row() and sg_store_commit() do.
 */
#ifndef SG_PSEUDONYM_BOOK_H
#define SG_PSEUDONYM_BOOK_H

#include "pseudonym/ledger.h"
#include "pseudonym/name.h"
#include "pseudonym/root.h"

#include <stdbool.h>

#define SG_BOOK_DAY_BYTES 21 /* 2026-11-25, or with a time, and its NUL */

struct sg_store;

/* Makes the book's tables in the store, or brings them up to date. Errors as sg_store_schema(). */
SG_CHECKED enum sg_err sg_book_ready(struct sg_store *s, struct sg_error *err);

/* Reads the root: secret, the caller's to wipe. SG_ERR_NOT_FOUND, the root wiped, without one. */
SG_CHECKED enum sg_err sg_book_root(uint8_t root[static SG_ROOT_BYTES], struct sg_store *s,
                                    struct sg_error *err);

/* Puts a root into a book without one. SG_ERR_EXISTS when it has another; the same one is fine. */
SG_CHECKED enum sg_err sg_book_set_root(struct sg_store *s,
                                        const uint8_t root[static SG_ROOT_BYTES],
                                        struct sg_error *err);

/*
 * Enters a name, and makes a root when there is none yet. SG_ERR_NAME; SG_ERR_EXISTS when the name
 * is there; SG_ERR_RETIRED when it is and was retired.
 */
SG_CHECKED enum sg_err sg_book_new(struct sg_store *s, const char *name, struct sg_error *err);

/*
 * The root, for a name that must be in the book. SG_ERR_NOT_FOUND. retired: the day, or "" when it
 * is not.
 */
SG_CHECKED enum sg_err sg_book_find(uint8_t root[static SG_ROOT_BYTES],
                                    char retired[static SG_BOOK_DAY_BYTES], struct sg_store *s,
                                    const char *name, struct sg_error *err);

/* Retires a name as of a day. One that is retired keeps its day, and *retired tells it. */
SG_CHECKED enum sg_err sg_book_retire(char retired[static SG_BOOK_DAY_BYTES], struct sg_store *s,
                                      const char *name, const char *day, struct sg_error *err);

/* Tells the names in order; retired: NULL while it is not. What `each` returns ends it. */
SG_CHECKED enum sg_err sg_book_list(struct sg_store *s,
                                    enum sg_err (*each)(void *context, const char *name,
                                                        const char *retired, struct sg_error *err),
                                    void *context, struct sg_error *err);

/* As sg_ledger_spend(), in the store. */
SG_CHECKED enum sg_err sg_book_spend(struct sg_store *s, const uint8_t *spent, size_t count,
                                     struct sg_error *err);

#endif
