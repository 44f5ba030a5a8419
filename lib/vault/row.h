/*
 * row - an entry's row in its table, read and written. Private to the room.
 */
#ifndef SG_VAULT_ROW_H
#define SG_VAULT_ROW_H

#include "store/store.h"
#include "vault/name.h"

/* Records that there is no such thing: `what` ends "there is no such ". Returns SG_ERR_NOT_FOUND.
 */
enum sg_err sg_not_found(struct sg_error *err, const char *what, const char *name);

/* The row of an entry; its id is 0 where there is none. */
struct sg_row {
    int64_t id;
    uint64_t revision; /* 0 when it is removed */
    uint64_t parts, size;
    bool text;
    int64_t changed;
};

/* All of these run inside a transaction of the caller. */

/* Finds the row of n bytes of name. SG_OK also when there is none. */
SG_CHECKED enum sg_err sg_row_find(struct sg_row *row, struct sg_store *s, const char *name,
                                   size_t n, struct sg_error *err);

/* Adds a row without a revision, and sets its id. */
SG_CHECKED enum sg_err sg_row_add(struct sg_row *row, struct sg_store *s, const char *name,
                                  size_t n, struct sg_error *err);

/* Writes everything but the name; writes the name; deletes the row. */
SG_CHECKED enum sg_err sg_row_set(const struct sg_row *row, struct sg_store *s,
                                  struct sg_error *err);
SG_CHECKED enum sg_err sg_row_rename(int64_t id, struct sg_store *s, const char *name, size_t n,
                                     struct sg_error *err);
SG_CHECKED enum sg_err sg_row_delete(int64_t id, struct sg_store *s, struct sg_error *err);

/* The highest revision that is kept of an entry, or 0. */
SG_CHECKED enum sg_err sg_row_last_revision(uint64_t *revision, struct sg_store *s, int64_t id,
                                            struct sg_error *err);

/* What a revision consists of; it has no parts when it is not kept. */
struct sg_sum {
    uint64_t parts, size;
    bool text;
    int64_t created, changed;
};
SG_CHECKED enum sg_err sg_row_sum(struct sg_sum *sum, struct sg_store *s, int64_t id,
                                  uint64_t revision, struct sg_error *err);

/*
 * Moves all parts of an entry to another, whose revisions they follow, and makes that one's row
 * what this one's was; the row of the first is deleted.
 */
SG_CHECKED enum sg_err sg_row_join(struct sg_row *to, struct sg_store *s, const struct sg_row *from,
                                   struct sg_error *err);

/*
 * The names that begin with n bytes of text, SG_NAME_MAX_BYTES + 1 at most, are those from that
 * text on to before what this writes, with a NUL; returns its length.
 */
#define SG_BOUND_BYTES (SG_NAME_MAX_BYTES + 3)
size_t sg_bound_above(char high[static SG_BOUND_BYTES], const char *text, size_t n);

#endif
