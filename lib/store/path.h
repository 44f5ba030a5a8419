/*
 * path - names of files and folders put together, folders made, synced and removed. Private to the
 * room.
 */
#ifndef SG_STORE_PATH_H
#define SG_STORE_PATH_H

#include "base/error.h"

/* a, b and c one after the other (b and c may be NULL), to be freed; NULL without memory. */
char *sg_path_join(const char *a, const char *b, const char *c);

/* Frees `path` and gives it with `tail` added; NULL without memory. */
char *sg_path_extend(char *path, const char *tail);

/* Makes a folder 0700, and those above it, where they are missing. SG_ERR_IO. */
SG_CHECKED enum sg_err sg_path_make(const char *path, struct sg_error *err);

/* Syncs a folder: the names in it are then on the disk. SG_ERR_IO. */
SG_CHECKED enum sg_err sg_path_sync(const char *path, struct sg_error *err);

/* Removes a folder with everything in it. What is not there is fine. SG_ERR_IO. */
SG_CHECKED enum sg_err sg_path_remove(const char *path, struct sg_error *err);

#endif
