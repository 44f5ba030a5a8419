/*
 * store - the room of what is kept: one SQLite database that is sealed block by block, in a home.
 *
 *     HOME/vault/store.id          the store's name and the version of its format, public
 *     HOME/vault/slots/NAME.age    the store key, sealed once for each way to unlock (slot.h)
 *     HOME/vault/store.db          the database; beside it, while something is written, its journal
 *     STATE/store-ID.guard         the newest state seen on this device
 *
 * Format: signet-formats(5), "SEALED STORE". The room's public headers are this one, slot.h,
 * query.h and keyring.h.
 *
 * To make a store: sg_store_create(). To use one, in this order:
 *     sg_store_find()              is there one, and is it of a version we know
 *     sg_store_unlock_cached(), else sg_store_unlock()
 *     sg_store_schema()            once for each room that keeps tables in it
 *     sg_store_begin()             a snapshot to read, or the only writer
 *       sg_query_...()             statements (query.h)
 *     sg_store_commit(), sg_store_rollback(), or the one that fits: sg_store_end()
 *     sg_store_close()             always
 *
 * A store is used by one thread at a time; any number of processes may have it open. Readers share,
 * one writes, and whoever must wait does so for `wait_ms`, then is told SG_ERR_IN_USE.
 *
 * What it protects, against whoever has the files but no way to unlock: all content, names, tables
 * and indexes, in database, journal and temporaries; and against change: a block that was altered,
 * moved, swapped between files or stores, or taken from the time before a rekey is SG_ERR_BLOCK,
 * never wrong data, and so is a database that was cut off.
 *
 * What it does not protect:
 *  - the size of the database, the number and kinds of slots, when something was written, and which
 *    blocks differ between two looks at the disk;
 *  - age. The whole store put back as it was earlier is told by the guard, on a device that has
 * seen a newer state and kept its guard. A single older block of the same place under the same key
 *    opens: that is told only of the blocks that hold the commit counter, which every commit
 * writes; so is an old journal put back, which restores them. A journal removed after a crash
 * leaves some blocks new and some old. sg_store_check() finds what of that breaks the structure;
 *  - against whoever can read this process's memory. The store key is in the guarded heap. SQLite's
 *    cached pages are in the ordinary one: wiped when freed, but not locked against swapping; cmd/
 *    turns core files off;
 *  - what was removed, on devices and file systems that keep old copies of blocks: the store key
 *    opens those, and sg_store_rekey() is the remedy, as it is when a slot is removed whose owner
 *    may have kept the key.
 */
#ifndef SG_STORE_STORE_H
#define SG_STORE_STORE_H

#include "base/base.h"

#include "store/keyring.h"
#include "store/query.h"
#include "store/slot.h"

#define SG_STORE_KEY_BYTES 32
#define SG_STORE_ID_CHARS 32 /* lower-case hex of 16 bytes */
#define SG_STORE_SUBKEY_BYTES 32

/* Where a store is, and how to go about it. Strings are copied. */
struct sg_store_place {
    const char *home;  /* folder that holds vault/; made by sg_store_create() when missing */
    const char *state; /* folder of the guard; made when missing and something is written */
    uint64_t wait_ms;  /* how long to wait for other processes */
    const char *vfs;   /* name of the SQLite VFS below ours; NULL for the system's (tests only) */
};

/*
 * Makes a store with the slots given (1 or more) and opens it, unlocked. It appears whole or not at
 * all; what a killed attempt leaves behind is a folder vault.new, which the next one removes.
 * SG_ERR_EXISTS when there is one; SG_ERR_NAME, SG_ERR_IO; errors of sg_seal(). *s is NULL unless
 * SG_OK.
 */
SG_CHECKED enum sg_err sg_store_create(struct sg_store **s, const struct sg_store_place *place,
                                       const struct sg_slot_new *slots, size_t count,
                                       struct sg_error *err);

/*
 * Finds the store of a home, locked. Nothing is written but, after a rekey that was cut short, the
 * end of it. SG_ERR_NO_STORE when there is none; SG_ERR_VERSION for one of a later version, which
 * is not touched; SG_ERR_STORE for something else; SG_ERR_IO. *s is NULL unless SG_OK.
 */
SG_CHECKED enum sg_err sg_store_find(struct sg_store **s, const struct sg_store_place *place,
                                     struct sg_error *err);

/* Wipes, releases, and rolls back what was not committed. NULL is fine. */
void sg_store_close(struct sg_store *s);

/* The store's name: public, the same for ever, for both functions valid as long as the store. */
const char *sg_store_id(const struct sg_store *s);

/* The path of the folder vault/, for messages. */
const char *sg_store_folder(const struct sg_store *s);

/* How to unlock. All may be NULL or false. */
struct sg_store_unlock {
    const struct sg_identities *identities;
    const struct sg_password_asker *asker;
    const char *slot; /* this one alone is tried */
};

/*
 * Unlocks with the key that sg_store_remember() put into the kernel's keyring. SG_ERR_NO_MATCH when
 * it has none (or one from before a rekey, which is removed); SG_ERR_NO_KEYRING. Beyond that as
 * sg_store_unlock().
 */
SG_CHECKED enum sg_err sg_store_unlock_cached(struct sg_store *s, struct sg_error *err);

/*
 * Unlocks with a slot. Tried in this order, each kind by name: slots sealed to keys, with the
 * identities; then a password is asked for, and tried on the slots that take a password and an
 * identity (when there are identities), and on those that take a password alone; and so again,
 * until one fits or the asker ends it.
 *
 * SG_ERR_NO_MATCH when nothing fits and no password can be asked for; SG_ERR_WRONG_PASSWORD as the
 * asker has it; SG_ERR_NOT_FOUND when `slot` is none; SG_ERR_HEADER and the like, with the slot's
 * path, when every slot that could fit is damaged; SG_ERR_STORE when what a slot holds is no key,
 * or that of another store; SG_ERR_BLOCK when the database is damaged; SG_ERR_IN_USE, SG_ERR_IO.
 * Nothing is written on failure. May be tried again.
 */
SG_CHECKED enum sg_err sg_store_unlock(struct sg_store *s, const struct sg_store_unlock *how,
                                       struct sg_error *err);

bool sg_store_is_unlocked(const struct sg_store *s);

/* Keeps the store key in the kernel's keyring for so many seconds (1 or more): SG_ERR_NO_KEYRING.
 */
SG_CHECKED enum sg_err sg_store_remember(struct sg_store *s, unsigned seconds,
                                         struct sg_error *err);

/* Removes it; also of a locked store. *had: whether there was one. SG_ERR_NO_KEYRING. */
SG_CHECKED enum sg_err sg_store_forget(struct sg_store *s, bool *had, struct sg_error *err);

/*
 * A key for one purpose, which `label` names ("ratchet/book"): HKDF of the store key. A rekey
 * changes it; what must last longer is kept in the store itself. out is secret, the caller's to
 * wipe.
 */
void sg_store_subkey(uint8_t out[static SG_STORE_SUBKEY_BYTES], const struct sg_store *s,
                     const char *label);

/*
 * Transactions. Reading gives a snapshot; writing keeps other writers out from the start, so what
 * is read inside it is what will be changed. Not nested; inside one, SAVEPOINT works by
 * sg_store_exec().
 *
 * Begin: SG_ERR_IN_USE; SG_ERR_CHANGED when somebody gave the store a new key since it was opened
 * (close it and begin anew); SG_ERR_BLOCK; SG_ERR_IO.
 *
 * Commit returns SG_OK when all of it is on the disk. On SG_ERR_IN_USE, a reader did not end in
 * time: the transaction stands and may be committed again. After any other failure it is rolled
 * back. Committing a snapshot, or a transaction that changed nothing, writes nothing.
 */
enum sg_store_access {
    SG_STORE_READ,
    SG_STORE_WRITE,
};
SG_CHECKED enum sg_err sg_store_begin(struct sg_store *s, enum sg_store_access access,
                                      struct sg_error *err);
SG_CHECKED enum sg_err sg_store_commit(struct sg_store *s, struct sg_error *err);

/* Undoes everything since sg_store_begin(). Without a transaction it does nothing. */
void sg_store_rollback(struct sg_store *s);

/*
 * Ends a transaction by how its work went: commits when r is SG_OK, and undoes it when r is not or
 * the commit fails, also where that could be tried again. Returns r, or what the commit returned.
 */
SG_CHECKED enum sg_err sg_store_end(struct sg_store *s, enum sg_err r, struct sg_error *err);

bool sg_store_in_transaction(const struct sg_store *s);

/* Runs statements without parameters or results: static text. */
SG_CHECKED enum sg_err sg_store_exec(struct sg_store *s, const char *sql, struct sg_error *err);

/*
 * The guard. Every commit that changes something raises the store's commit counter, and then writes
 * it to the guard file, with a MAC, outside the home. Each transaction compares the two, inside
 * itself. Guard behind: the machine stopped between the two writes; it is mended. Guard ahead, or
 * no valid guard while the counter is above 0: this store is an older state, or a copy from
 * elsewhere.
 */
enum sg_store_guard {
    SG_GUARD_CURRENT,
    SG_GUARD_ROLLED_BACK,
};

/* What the comparison gave at the begin of the transaction that is open, or of the last one. */
enum sg_store_guard sg_store_guard(const struct sg_store *s);

/*
 * How often a rollback was found so far, as of that transaction. A writing transaction that finds
 * one raises this number as part of itself, and its commit writes the guard anew: so the finding is
 * kept, whichever tool came by first. A room that must act on rollbacks keeps the number that it
 * has dealt with in a row of its own, and acts inside its transaction when this one is higher.
 * A reader that finds the guard rolled back counts it in already.
 */
uint64_t sg_store_rollbacks(const struct sg_store *s);

/* The commit counter as of that transaction. */
uint64_t sg_store_counter(const struct sg_store *s);

/*
 * The tables of a room. steps[i] is SQL, of one or more statements, that takes them from version i
 * to i + 1; there are `version` of them, and none is ever changed once released.
 */
struct sg_schema {
    const char *room;
    uint32_t version; /* 1 or more */
    const char *const *steps;
};

/*
 * Brings the room's tables up to its version, outside any transaction, all steps in one or none.
 * SG_ERR_VERSION (name: the room; value and limit: version found and known) when the store has been
 * used by a later program: nothing is changed. Errors as begin and commit.
 */
SG_CHECKED enum sg_err sg_store_schema(struct sg_store *s, const struct sg_schema *schema,
                                       struct sg_error *err);

/* What sg_store_check() has seen. */
struct sg_store_report {
    uint64_t blocks;  /* of the database */
    uint64_t damaged; /* that do not open */
    uint64_t slots;
    uint64_t damaged_slots;
};

/*
 * Opens every block of the database, reads every slot's header, and has SQLite check its
 * structures, within one snapshot. For each fault, `fault` (may be NULL) is told the file and the
 * block, from 1 (0: the file as a whole), and in words what it is. SG_ERR_BLOCK when a block is
 * damaged, err being the first; SG_ERR_DATABASE when every block opens and the structure is
 * broken nevertheless, as older blocks put back may leave it.
 */
SG_CHECKED enum sg_err sg_store_check(struct sg_store *s, struct sg_store_report *report,
                                      void (*fault)(void *context, const char *file, uint64_t block,
                                                    const char *what),
                                      void *context, struct sg_error *err);

/* Gives freed space back to the file system, outside any transaction. Errors as commit. */
SG_CHECKED enum sg_err sg_store_compact(struct sg_store *s, struct sg_error *err);

/* How a rekey deals with slots, and tells how far it is. */
struct sg_store_rekey {
    /*
     * Asked for each slot. way->recipients is set where it is known whom the slot was sealed to,
     * and NULL otherwise; the callee sets the password of a slot that takes one (it is held against
     * the old slot), recipients that are not known, or *drop to leave the slot out. What it sets
     * stays its own and must hold until it is asked again or the rekey ends.
     */
    enum sg_err (*slot)(void *context, const struct sg_slot *slot, struct sg_slot_way *way,
                        bool *drop, struct sg_error *err);
    const struct sg_plugin_client *plugins; /* for recipients of plugins, or NULL */
    unsigned max_work;                      /* as for sg_sealed_unlock_password() */
    void (*tick)(void *context, uint64_t blocks, uint64_t of); /* or NULL */
    void *context;
};

/*
 * Gives the store a new key: writes every block and every slot anew, beside the old ones, and then
 * puts them in their place in one step, so that a crash at any moment leaves the one or the other
 * whole. Others wait meanwhile. What was remembered in the keyring is forgotten. The store stays
 * open, with its new key. SG_ERR_LAST_SLOT when every slot is to be dropped; SG_ERR_WRONG_PASSWORD;
 * errors of slot(), sg_seal(), begin and commit.
 */
SG_CHECKED enum sg_err sg_store_rekey(struct sg_store *s, const struct sg_store_rekey *how,
                                      struct sg_error *err);

#endif
