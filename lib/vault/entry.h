/*
 * entry - content under a name: put, appended to, got, removed, moved; and what there is of it.
 *
 * Times are seconds since 1970. Names are checked first: SG_ERR_NAME. Where an entry is missing
 * that must be there: SG_ERR_NOT_FOUND, with its name.
 */
#ifndef SG_VAULT_ENTRY_H
#define SG_VAULT_ENTRY_H

#include "io/io.h"
#include "sealed/payload.h"
#include "vault/name.h"

#include <stdbool.h>

struct sg_store;

/* How content comes to an entry, which is made when there is none. */
enum sg_putting {
    SG_PUT,    /* as a new revision */
    SG_APPEND, /* as one more part of the current revision, or of a new one after a removal */
};

/*
 * Takes all of `in`. Nothing of it is to be seen before all of it is. SG_ERR_LIMIT for a part over
 * SG_PART_MAX_BYTES (512 GiB); SG_ERR_GONE when `in` gave nothing for a day and the rest was given
 * up; errors of the source. progress may be NULL.
 */
SG_CHECKED enum sg_err sg_entry_put(struct sg_store *s, const char *name, struct sg_source *in,
                                    enum sg_putting how, int64_t now,
                                    const struct sg_progress *progress, struct sg_error *err);

/* What to get. */
struct sg_getting {
    const char *name;
    uint64_t revision; /* or 0 for the current one */
    uint64_t part;     /* or 0 for all of them, one after the other */
    const struct sg_progress *progress;
    void (*size)(void *context, uint64_t size); /* told first how many bytes it is; or NULL */
    void *context;
};

/*
 * Writes content to `out`, which the caller finishes. SG_ERR_NOT_FOUND also for a revision or a
 * part that there is not; SG_ERR_GONE when it was forgotten, or moved, while it was read. Parts
 * that are appended meanwhile are left out.
 */
SG_CHECKED enum sg_err sg_entry_get(struct sg_sink *out, struct sg_store *s,
                                    const struct sg_getting *what, struct sg_error *err);

/*
 * Removes an entry, or forgets it: a removed one keeps its revisions until they are pruned; of a
 * forgotten one nothing stays, but what sg_prune() would drop from the index. below: and every
 * entry in the folder of that name; the entry itself may be missing then. *count: how many.
 */
struct sg_removing {
    const char *name;
    bool below, forget;
    int64_t now;
};
SG_CHECKED enum sg_err sg_entry_remove(uint64_t *count, struct sg_store *s,
                                       const struct sg_removing *what, struct sg_error *err);

/*
 * Gives an entry another name, with all its revisions. Where there is an entry of that name:
 * SG_ERR_EXISTS, unless `over`; then its revisions stay, as earlier ones, and so they do where
 * there was one that is removed. below: and every entry in the folder of that name, likewise;
 * SG_ERR_NAME for a folder into itself.
 */
struct sg_moving {
    const char *from, *to;
    bool below, over;
    int64_t now;
};
SG_CHECKED enum sg_err sg_entry_move(uint64_t *count, struct sg_store *s,
                                     const struct sg_moving *what, struct sg_error *err);

/* An entry in a list. The name holds until the function that is told returns. */
struct sg_entry {
    const char *name;
    uint64_t revision; /* the current one, from 1; 0 when it is removed */
    uint64_t parts, size;
    int64_t changed; /* when it was put, appended to or removed */
    bool text;       /* all parts are text */
};

/*
 * Tells the entries by name, in the order of their bytes, until `each` returns something other than
 * SG_OK, which is returned.
 *
 * pattern: NULL for all; a name, for that entry and those in its folder; or with * (any characters,
 * / too), ? (one character) and [...] in it, those that match. removed: the removed ones, whose
 * parts and size are those they last had, and no others.
 */
struct sg_listing {
    const char *pattern;
    bool removed;
};
SG_CHECKED enum sg_err sg_entry_list(struct sg_store *s, const struct sg_listing *what,
                                     enum sg_err (*each)(void *context,
                                                         const struct sg_entry *entry,
                                                         struct sg_error *err),
                                     void *context, struct sg_error *err);

/* A revision in a history, or a part of one. */
struct sg_revision {
    uint64_t revision; /* from 1 */
    uint64_t part;     /* from 1, or 0 when it is about the whole revision */
    uint64_t parts, size;
    int64_t created, changed; /* when its first part and its last part came */
    bool text, current;
};

/*
 * Tells the revisions that are kept of an entry, which may be removed, the newest first; or, of one
 * revision (SG_REVISION_CURRENT for the current, or the last before the removal), its parts in
 * order. Otherwise as sg_entry_list().
 */
#define SG_REVISION_CURRENT UINT64_MAX
SG_CHECKED enum sg_err sg_entry_history(struct sg_store *s, const char *name,
                                        enum sg_err (*each)(void *context,
                                                            const struct sg_revision *revision,
                                                            struct sg_error *err),
                                        void *context, struct sg_error *err);
SG_CHECKED enum sg_err sg_entry_parts(struct sg_store *s, const char *name, uint64_t revision,
                                      enum sg_err (*each)(void *context,
                                                          const struct sg_revision *revision,
                                                          struct sg_error *err),
                                      void *context, struct sg_error *err);

#endif
