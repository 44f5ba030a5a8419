/*
 * search - parts of entries found by the words in them.
 *
 *     word  word*  "several words"  "several wor"*     all of them must occur
 *     a OR b                                           one of them is enough
 *     NOT word                                         it must not occur
 *
 * Words are separated by white space, and whatever else is in them is harmless: foo-bar is the
 * phrase of its two words, and what has neither letters nor digits is passed over. Upper and lower
 * case, and accents, are the same. A part is found when all that is asked for occurs in it.
 */
#ifndef SG_VAULT_SEARCH_H
#define SG_VAULT_SEARCH_H

#include "base/base.h"

#include <stdbool.h>

struct sg_store;

#define SG_SEARCH_MAX 10000 /* results of one search, at most */

/* A snippet is UTF-8 text of one line; these stand round each match in it. */
#define SG_SNIPPET_BEGIN '\1'
#define SG_SNIPPET_END '\2'
#define SG_SNIPPET_BYTES 1024

struct sg_searching {
    const char *query;
    bool by_rank;  /* the best (BM25) first, instead of the newest */
    bool earlier;  /* also revisions that are not current, and removed entries */
    unsigned most; /* results, 1 to SG_SEARCH_MAX */
};

struct sg_found {
    const char *name; /* holds until the function that is told returns, as does the snippet */
    const char *snippet;
    uint64_t revision, part, parts; /* which of how many parts of that revision; parts is 0 where */
                                    /* the revision is not the current one */
    int64_t created;
    bool current;
};

/*
 * Tells what was found until `each` returns something other than SG_OK, which is returned. *more:
 * whether there is more than was asked for. SG_ERR_QUERY, with err->what saying what is wrong in
 * the query and err->column where (0: as a whole).
 */
SG_CHECKED enum sg_err sg_search(bool *more, struct sg_store *s, const struct sg_searching *what,
                                 enum sg_err (*each)(void *context, const struct sg_found *found,
                                                     struct sg_error *err),
                                 void *context, struct sg_error *err);

#endif
