/*
 * vault - the room of what a person keeps: named entries in a sealed store, searchable by its
 * owner.
 *
 * An entry has a name (name.h) and revisions, numbered from 1. To put content makes a new revision,
 * and the earlier ones are kept until they are pruned. To append adds a part, with its time, to the
 * current revision; the content of a revision is its parts in order. Content is any number of
 * bytes. A part that is UTF-8 text without control characters is in the full-text index.
 *
 * Order of calls, on a store that is unlocked (store/store.h): sg_vault_ready(), then
 *     entry.h     put, append, get, remove, move; list, history
 *     search.h    find by words
 *     prune.h     forget for good
 *     archive.h   all of it to a stream, and back
 *
 * Every call is a transaction of its own or several; none is left open when it returns or while it
 * waits for a source or a sink, but for export and import. What is put appears whole or not at all.
 *
 * Beyond what they say for themselves, all calls may fail as sg_store_begin(), sg_query_row() and
 * sg_store_commit() do. What the store protects, and what not, is said in store/store.h. Besides: a
 * part that is put while another process looks shows its size as it grows.
 */
#ifndef SG_VAULT_VAULT_H
#define SG_VAULT_VAULT_H

#include "vault/archive.h"
#include "vault/entry.h"
#include "vault/name.h"
#include "vault/prune.h"
#include "vault/search.h"

/* Makes the vault's tables in the store, or brings them up to date. Errors as sg_store_schema(). */
SG_CHECKED enum sg_err sg_vault_ready(struct sg_store *s, struct sg_error *err);

#endif
