/*
 * query - prepared statements, inside a transaction of an unlocked store.
 *
 *     struct sg_query q;
 *     r = sg_query_start(&q, store, "SELECT size FROM entry WHERE name = ?1", err);
 *     sg_query_set_text(&q, 1, name, strlen(name));
 *     while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there)
 *         size = sg_query_int(&q, 0);
 *     sg_query_end(&q);
 *
 * Statements are kept prepared by the address of their text, so the text must be static. What goes
 * wrong in setting a parameter is told by the next sg_query_row(). Parameters count from 1 and
 * columns from 0, as in SQLite.
 *
 * Failures, here and in sg_store_exec(): SG_ERR_IN_USE; SG_ERR_CHANGED; SG_ERR_BLOCK, with the file
 * in err->name and the block in err->value; SG_ERR_IO with errno, ENOSPC among them; SG_ERR_MEMORY;
 * SG_ERR_LIMIT for a value over 1 GB or so; SG_ERR_EXISTS for a row whose key is taken;
 * SG_ERR_DATABASE, with SQLite's words in err->what, for all else. After any of them but
 * SG_ERR_EXISTS and SG_ERR_LIMIT, roll back. After SG_ERR_IO, close the store, too, before more is
 * written: SQLite's text index may still have in memory what was rolled back.
 */
#ifndef SG_STORE_QUERY_H
#define SG_STORE_QUERY_H

#include "base/error.h"

#include <stdbool.h>

struct sg_store;
struct sqlite3_stmt;

struct sg_query {
    struct sg_store *store;
    struct sqlite3_stmt *statement; /* NULL when there is none */
    int kept;                       /* its place among those kept prepared, or -1 */
    int failed;                     /* SQLite's code from setting a parameter */
};

/* Prepares a statement: one, of static text. On failure *q is one that every call passes over. */
SG_CHECKED enum sg_err sg_query_start(struct sg_query *q, struct sg_store *s, const char *sql,
                                      struct sg_error *err);

/*
 * Set a parameter. Bytes and text of n bytes must stay valid until sg_query_end() or until the
 * parameter is set again; p may be NULL when n is 0, which still is a blob or text, not NULL.
 */
void sg_query_set_int(struct sg_query *q, int at, int64_t value);
void sg_query_set_bytes(struct sg_query *q, int at, const void *p, size_t n);
void sg_query_set_text(struct sg_query *q, int at, const char *text, size_t n);
void sg_query_set_null(struct sg_query *q, int at);

/* Goes to the next row. *there: whether there is one. */
SG_CHECKED enum sg_err sg_query_row(struct sg_query *q, bool *there, struct sg_error *err);

/* Runs a statement that gives no rows, and makes it ready to run again; parameters stay set. */
SG_CHECKED enum sg_err sg_query_run(struct sg_query *q, struct sg_error *err);

/* Makes it ready to give its rows again; parameters stay set. */
void sg_query_again(struct sg_query *q);

/*
 * Columns of the row. Bytes and text hold until the next call on this query; text has a NUL after
 * its *n bytes, and both are never NULL. n may be NULL.
 */
int64_t sg_query_int(struct sg_query *q, int column);
const uint8_t *sg_query_bytes(struct sg_query *q, int column, size_t *n);
const char *sg_query_text(struct sg_query *q, int column, size_t *n);
bool sg_query_is_null(struct sg_query *q, int column);

/* Lets go of the statement. Safe on a zeroed struct, and twice. */
void sg_query_end(struct sg_query *q);

/* The key of the row last inserted, and how many rows the last statement changed. */
int64_t sg_query_inserted(const struct sg_store *s);
int64_t sg_query_changed(const struct sg_store *s);

#endif
