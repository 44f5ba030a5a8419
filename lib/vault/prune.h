/*
 * prune - earlier revisions and removed entries, forgotten for good; and whether the tables agree.
 */
#ifndef SG_VAULT_PRUNE_H
#define SG_VAULT_PRUNE_H

#include "base/base.h"

#include <stdbool.h>

struct sg_store;

struct sg_pruning {
    const char *pattern; /* NULL for every entry; else as in sg_entry_list() */
    uint64_t keep;       /* revisions to keep of each entry that is not removed, 1 or more */
    int64_t now;
    bool dry; /* only count */
};

struct sg_pruned {
    uint64_t removed;   /* entries that were removed, and are gone now */
    uint64_t revisions; /* of all entries */
    uint64_t bytes;     /* of content */
};

/*
 * Forgets them: their content, names and words leave the tables, and the index is merged so that it
 * does not hold the words either. SQLite overwrites what it frees. May be run again when it was cut
 * short. The space is given back by sg_store_compact().
 */
SG_CHECKED enum sg_err sg_prune(struct sg_pruned *done, struct sg_store *s,
                                const struct sg_pruning *what, struct sg_error *err);

/* Merges the index into one piece, without what was forgotten. */
SG_CHECKED enum sg_err sg_vault_merge(struct sg_store *s, struct sg_error *err);

/* What sg_vault_check() has seen. */
struct sg_vault_report {
    uint64_t entries, removed, revisions, parts, bytes;
    uint64_t loose;  /* parts still being written, or left behind by a process that was killed */
    uint64_t faults; /* entries and parts that do not agree with what they consist of */
};

/*
 * Counts what there is, and holds the tables against each other: every part has its chunks, of the
 * size it says; every entry says of its current revision what is so; the index is sound.
 * SG_ERR_DATABASE, err->what saying what disagrees, when something does; then report is whole, too.
 */
SG_CHECKED enum sg_err sg_vault_check(struct sg_vault_report *report, struct sg_store *s,
                                      struct sg_error *err);

#endif
