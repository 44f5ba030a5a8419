/*
 * terms - what a person types to search, made into what FTS5 understands. Private to the room.
 *
 *     word  word*  "several words"  "several wor"*     all of them must occur
 *     a OR b                                           one of them is enough
 *     NOT word                                         it must not occur
 *
 * Words are separated by white space, and whatever else is in them is harmless: foo-bar is the
 * phrase of its two words, and what has neither letters nor digits is passed over. Upper and lower
 * case, and accents, are the same.
 *
 * A query is a list of groups, all of which a text must satisfy; a group is satisfied by any of its
 * items, or, where it is negated, by none.
 */
#ifndef SG_VAULT_TERMS_H
#define SG_VAULT_TERMS_H

#include "base/base.h"

#include <stdbool.h>

#define SG_TERMS_MAX_BYTES 4096
#define SG_TERMS_GROUPS 32

struct sg_terms {
    struct sg_buffer text; /* FTS5 expressions, each with a NUL; secret */
    struct {
        uint32_t at; /* where its expression begins in the text */
        bool negated;
    } groups[SG_TERMS_GROUPS];
    size_t count;    /* groups */
    size_t positive; /* of them not negated; at least 1 */
    uint32_t whole;  /* where the expression of the whole query begins */
    uint32_t any;    /* and that of any of the groups that are not negated */
};

/*
 * Reads a query. SG_ERR_QUERY, with err->what saying what is wrong and err->column where, or with
 * column 0 when there is no word to search for. Release with sg_terms_free() also after a failure.
 */
SG_CHECKED enum sg_err sg_terms_read(struct sg_terms *t, const char *text, struct sg_error *err);

/* The FTS5 expression of the i-th group; of the whole; of any group that is not negated. */
const char *sg_terms_group(const struct sg_terms *t, size_t i);
const char *sg_terms_whole(const struct sg_terms *t);
const char *sg_terms_any(const struct sg_terms *t);

void sg_terms_free(struct sg_terms *t);

#endif
