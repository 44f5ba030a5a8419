/*
 * building - a store's folder as it is put together beside the one in use, and then takes its place
 * in one step. Private to the room.
 *
 *     vault        the store
 *     vault.new    what is being made, under a lock; without one, what a killed program left: of a
 *                  creation or a rekey that did not come to its end, or the old state after one
 *                  that did. In either case it is to be removed
 *     vault.old    there only where a file system cannot exchange two folders, between two steps;
 *                  when `vault` is missing then, `vault.new` is whole, and is what is to become it
 */
#ifndef SG_STORE_BUILDING_H
#define SG_STORE_BUILDING_H

#include "base/error.h"

struct sg_building {
    char *vault, *path, *old; /* vault, vault.new, vault.old */
    int fd;                   /* holds the lock on vault.new, or -1 */
};

/* Names the folders of a home. SG_ERR_MEMORY. Release with sg_building_end(). */
SG_CHECKED enum sg_err sg_building_start(struct sg_building *b, const char *home,
                                         struct sg_error *err);

/* Makes vault.new and in it slots/, both empty, 0700 and locked. SG_ERR_IN_USE; SG_ERR_IO. */
SG_CHECKED enum sg_err sg_building_make(struct sg_building *b, struct sg_error *err);

/* Syncs it, and makes it the vault where there is none. SG_ERR_EXISTS; SG_ERR_IO. */
SG_CHECKED enum sg_err sg_building_place(struct sg_building *b, struct sg_error *err);

/* Syncs it, and exchanges it with the vault. SG_ERR_IO. */
SG_CHECKED enum sg_err sg_building_exchange(struct sg_building *b, struct sg_error *err);

/* Ends what a killed program left half done, unless one is at it. SG_ERR_IO. */
SG_CHECKED enum sg_err sg_building_mend(struct sg_building *b, struct sg_error *err);

/* Removes what was not placed, or, after an exchange, the old state; releases. Safe twice. */
void sg_building_end(struct sg_building *b);

#endif
