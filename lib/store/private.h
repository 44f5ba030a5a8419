/*
 * private - a store as the room itself sees it. Private to the room.
 */
#ifndef SG_STORE_PRIVATE_H
#define SG_STORE_PRIVATE_H

#include "store/building.h"
#include "store/fault.h"
#include "store/guard.h"
#include "store/label.h"
#include "store/path.h"
#include "store/store.h"

#define SG_STORE_KEPT 64 /* statements that are kept prepared */

struct sg_kept {
    const char *sql;
    sqlite3_stmt *statement;
    bool busy;
};

struct sg_store {
    struct sg_store_place place; /* strings owned */
    char *folder, *slots, *path, *label_path;
    struct sg_label label;
    struct sg_guard guard;

    struct sg_secret keys; /* empty while locked; a struct sg_store_keys */
    struct sg_vfs *vfs;
    sqlite3 *db;
    struct sg_kept kept[SG_STORE_KEPT];

    /* the transaction */
    bool open, writing;
    bool dirty;  /* something was changed */
    bool raised; /* the commit counter has been raised */
    struct sg_guard_state state;
    enum sg_store_guard verdict;
    uint64_t rollbacks;
};

/* What is in the folder. */
#define SG_DATABASE_NAME "/store.db"
#define SG_LABEL_NAME "/store.id"
#define SG_SLOTS_NAME "/slots"

#define SG_SLOT_NAME_RULE "a slot's name has 1 to 64 letters, digits, - and _"

/* Makes a locked store of a home, without looking at what is there. */
SG_CHECKED enum sg_err sg_store_new(struct sg_store **s, const struct sg_store_place *place,
                                    struct sg_error *err);

/*
 * Unlocks with the key itself: checks that it is this store's, and opens the database. On failure
 * the store is locked. SG_ERR_STORE, with the label's path, when the key is another's.
 */
SG_CHECKED enum sg_err sg_store_open_key(struct sg_store *s,
                                         const uint8_t key[static SG_STORE_KEY_BYTES],
                                         struct sg_error *err);

/* Closes the database and wipes the keys. */
void sg_store_lock(struct sg_store *s);

/* Opens a database through a VFS, with the settings that every database of ours has. */
SG_CHECKED enum sg_err sg_store_open_database(sqlite3 **db, struct sg_vfs *v, bool create,
                                              uint64_t wait_ms, struct sg_error *err);

/* Finalizes the statements that are kept. */
void sg_query_drop_all(struct sg_store *s);

/* Runs SQL that makes no transaction dirty. */
SG_CHECKED enum sg_err sg_store_run(struct sg_store *s, const char *sql, struct sg_error *err);

/* Reads the counter and tag that page 1 holds. Takes the snapshot, when none is taken yet. */
SG_CHECKED enum sg_err sg_store_read_state(struct sg_vfs *v, sqlite3 *db,
                                           struct sg_guard_state *state, struct sg_error *err);

/* Writes them, into a transaction that is open. */
SG_CHECKED enum sg_err sg_store_write_state(struct sg_vfs *v, sqlite3 *db,
                                            const struct sg_guard_state *state,
                                            struct sg_error *err);

/*
 * Slot files. sg_slot_path() gives the path of a slot of that kind, to be freed; NULL without
 * memory. sg_slot_seal() appends a slot's content, with the key, to a buffer, and sg_slot_write()
 * writes it to a file that appears whole, and never in the place of another.
 */
#define SG_SLOT_FILE_MAX_BYTES (1U << 20)
char *sg_slot_path(const char *slots, const char *name, enum sg_slot_kind kind);
enum sg_slot_kind sg_slot_kind_of(const struct sg_slot_way *way);
SG_CHECKED enum sg_err sg_slot_seal(struct sg_buffer *out, const struct sg_slot_way *way,
                                    const uint8_t key[static SG_STORE_KEY_BYTES],
                                    struct sg_error *err);
SG_CHECKED enum sg_err sg_slot_write(const char *slots, const char *name, enum sg_slot_kind kind,
                                     const struct sg_buffer *content, struct sg_error *err);

/* Opens a sealed file that has been read and unlocked, and takes the key out of its text. */
SG_CHECKED enum sg_err sg_slot_take_key(uint8_t key[static SG_STORE_KEY_BYTES], struct sg_sealed *f,
                                        const struct sg_identities *identities,
                                        struct sg_error *err);

/* Keeps whom a slot is sealed to in a row, in a transaction that is open on db. */
SG_CHECKED enum sg_err sg_slot_record(struct sg_vfs *v, sqlite3 *db, const char *name,
                                      const struct sg_slot_way *way, struct sg_error *err);

/* The names of the slots' files, sorted by name. Release with sg_slot_names_free(). */
struct sg_slot_names {
    struct sg_slot *slots;
    size_t count;
};
SG_CHECKED enum sg_err sg_slot_names(struct sg_slot_names *all, const char *folder,
                                     struct sg_error *err);
void sg_slot_names_free(struct sg_slot_names *all);

#endif
