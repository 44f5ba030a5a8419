/*
 * fault - what SQLite says went wrong, as one of our errors. Private to the room.
 */
#ifndef SG_STORE_FAULT_H
#define SG_STORE_FAULT_H

#include "store/vfs.h"

/*
 * Records the failure rc of a call on db (may be NULL) through v, and returns its code. The VFS's
 * own record of it, which says which block or file it was, is used up.
 */
enum sg_err sg_store_fault(struct sg_vfs *v, sqlite3 *db, int rc, struct sg_error *err);

#endif
