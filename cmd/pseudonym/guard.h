/*
 * guard - a warning before two pseudonyms leave together, and so are linked by whoever looks.
 *
 * Seen are: a name that the environment belongs to ($SIGNET_PSEUDONYM) and that is another; another
 * pseudonym at work in the same pipeline; keys of the other names in the store, in the environment
 * or in the file that standard output is appended to; and, where the names are not known because
 * the root is in a file, any other key in that file.
 */
#ifndef PSEUDONYM_GUARD_H
#define PSEUDONYM_GUARD_H

#include "pseudonym/common.h"

/* Warns, on standard error, of what it sees. Call before anything of `name` is written. */
void guard(struct roots *r, const char *name);

/* The same for what is not written to standard output. */
void guard_here(struct roots *r, const char *name);

/* The key or address of another than `name` that a text holds, as its name; NULL when none is. */
const char *guard_finds(struct roots *r, const char *name, const char *text);

#endif
