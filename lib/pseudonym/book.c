#include "pseudonym/book.h"

#include "store/store.h"

#include <string.h>

/*
 * pseudonym_root    one row, 1
 * pseudonym_name    a name, and the day it was retired
 * pseudonym_spent   a token that was redeemed (ledger.h says what its 32 bytes are)
 */
static const char tables_1[] = "CREATE TABLE pseudonym_root ("
                               "    id INTEGER PRIMARY KEY CHECK (id = 1),"
                               "    root BLOB NOT NULL"
                               ") STRICT;"
                               "CREATE TABLE pseudonym_name ("
                               "    name TEXT PRIMARY KEY,"
                               "    retired TEXT"
                               ") STRICT, WITHOUT ROWID;"
                               "CREATE TABLE pseudonym_spent ("
                               "    token BLOB PRIMARY KEY"
                               ") STRICT, WITHOUT ROWID;";

static const char *const steps[] = {tables_1};

enum sg_err sg_book_ready(struct sg_store *s, struct sg_error *err)
{
    static const struct sg_schema schema = {
        .room = "pseudonym",
        .version = sizeof steps / sizeof *steps,
        .steps = steps,
    };

    return sg_store_schema(s, &schema, err);
}

static enum sg_err not_found(struct sg_error *err, const char *name, const char *what)
{
    sg_error_name(err, name);
    return sg_fail(err, SG_ERR_NOT_FOUND, what);
}

/* Inside a transaction; *there: whether there is a root. */
static enum sg_err read_root(uint8_t root[static SG_ROOT_BYTES], bool *there, struct sg_store *s,
                             struct sg_error *err)
{
    struct sg_query q;
    size_t n = 0;
    enum sg_err r = sg_query_start(&q, s, "SELECT root FROM pseudonym_root WHERE id = 1", err);

    *there = false;
    memset(root, 0, SG_ROOT_BYTES);
    if (r == SG_OK)
        r = sg_query_row(&q, there, err);
    if (r == SG_OK && *there) {
        const uint8_t *bytes = sg_query_bytes(&q, 0, &n);
        if (n == SG_ROOT_BYTES)
            memcpy(root, bytes, n);
        else
            r = sg_fail(err, SG_ERR_DATABASE, "a root of the wrong length");
    }
    sg_query_end(&q);
    return r;
}

static enum sg_err write_root(struct sg_store *s, const uint8_t root[static SG_ROOT_BYTES],
                              struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r =
        sg_query_start(&q, s, "INSERT INTO pseudonym_root (id, root) VALUES (1, ?1)", err);

    sg_query_set_bytes(&q, 1, root, SG_ROOT_BYTES);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

/* Inside a transaction; *there: whether the name is in the book. */
static enum sg_err read_name(char retired[static SG_BOOK_DAY_BYTES], bool *there,
                             struct sg_store *s, const char *name, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r =
        sg_query_start(&q, s, "SELECT retired FROM pseudonym_name WHERE name = ?1", err);

    *there = false;
    retired[0] = '\0';
    sg_query_set_text(&q, 1, name, strlen(name));
    if (r == SG_OK)
        r = sg_query_row(&q, there, err);
    if (r == SG_OK && *there && !sg_query_is_null(&q, 0)) {
        size_t n;
        const char *day = sg_query_text(&q, 0, &n);
        if (n && n < SG_BOOK_DAY_BYTES)
            memcpy(retired, day, n + 1);
        else
            r = sg_fail(err, SG_ERR_DATABASE, "a day of the wrong length");
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_root(uint8_t root[static SG_ROOT_BYTES], struct sg_store *s,
                         struct sg_error *err)
{
    bool there = false;
    enum sg_err r = sg_store_begin(s, SG_STORE_READ, err);

    memset(root, 0, SG_ROOT_BYTES);
    if (r == SG_OK)
        r = read_root(root, &there, s, err);
    r = sg_store_end(s, r, err);
    if (r == SG_OK && !there)
        r = not_found(err, sg_store_folder(s), "root of pseudonyms");
    if (r != SG_OK)
        sg_wipe(root, SG_ROOT_BYTES);
    return r;
}

enum sg_err sg_book_set_root(struct sg_store *s, const uint8_t root[static SG_ROOT_BYTES],
                             struct sg_error *err)
{
    uint8_t before[SG_ROOT_BYTES];
    bool there = false;
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r == SG_OK)
        r = read_root(before, &there, s, err);
    if (r == SG_OK && !there)
        r = write_root(s, root, err);
    else if (r == SG_OK && !sg_equal(before, root, sizeof before)) {
        sg_error_name(err, sg_store_folder(s));
        r = sg_fail(err, SG_ERR_EXISTS, "root");
    }
    sg_wipe(before, sizeof before);
    return sg_store_end(s, r, err);
}

static enum sg_err insert_name(struct sg_store *s, const char *name, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r =
        sg_query_start(&q, s, "INSERT INTO pseudonym_name (name, retired) VALUES (?1, NULL)", err);

    sg_query_set_text(&q, 1, name, strlen(name));
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_book_new(struct sg_store *s, const char *name, struct sg_error *err)
{
    char retired[SG_BOOK_DAY_BYTES];
    uint8_t root[SG_ROOT_BYTES];
    bool there = false, rooted = false;
    enum sg_err r = sg_pseudonym_name_check(name, err);

    if (r != SG_OK)
        return r;
    r = sg_store_begin(s, SG_STORE_WRITE, err);
    if (r == SG_OK)
        r = read_name(retired, &there, s, name, err);
    if (r == SG_OK && there) {
        sg_error_name(err, name);
        r = sg_fail(err, retired[0] ? SG_ERR_RETIRED : SG_ERR_EXISTS, NULL);
    }
    if (r == SG_OK)
        r = read_root(root, &rooted, s, err);
    if (r == SG_OK && !rooted) {
        sg_root_new(root);
        r = write_root(s, root, err);
    }
    if (r == SG_OK)
        r = insert_name(s, name, err);
    sg_wipe(root, sizeof root);
    return sg_store_end(s, r, err);
}

enum sg_err sg_book_find(uint8_t root[static SG_ROOT_BYTES], char retired[static SG_BOOK_DAY_BYTES],
                         struct sg_store *s, const char *name, struct sg_error *err)
{
    bool there = false, rooted = false;
    enum sg_err r = sg_pseudonym_name_check(name, err);

    memset(root, 0, SG_ROOT_BYTES);
    retired[0] = '\0';
    if (r == SG_OK)
        r = sg_store_begin(s, SG_STORE_READ, err);
    if (r != SG_OK)
        return r;
    r = read_name(retired, &there, s, name, err);
    if (r == SG_OK && there)
        r = read_root(root, &rooted, s, err);
    r = sg_store_end(s, r, err);
    if (r == SG_OK && !(there && rooted))
        r = not_found(err, name, "pseudonym");
    if (r != SG_OK)
        sg_wipe(root, SG_ROOT_BYTES);
    return r;
}

enum sg_err sg_book_retire(char retired[static SG_BOOK_DAY_BYTES], struct sg_store *s,
                           const char *name, const char *day, struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    retired[0] = '\0';
    if (r == SG_OK)
        r = read_name(retired, &there, s, name, err);
    if (r == SG_OK && !there)
        r = not_found(err, name, "pseudonym");
    if (r == SG_OK && !retired[0]) {
        r = sg_query_start(&q, s, "UPDATE pseudonym_name SET retired = ?2 WHERE name = ?1", err);
        sg_query_set_text(&q, 1, name, strlen(name));
        sg_query_set_text(&q, 2, day, strlen(day));
        if (r == SG_OK)
            r = sg_query_run(&q, err);
        sg_query_end(&q);
        if (r == SG_OK && strlen(day) < SG_BOOK_DAY_BYTES)
            memcpy(retired, day, strlen(day) + 1);
    }
    return sg_store_end(s, r, err);
}

enum sg_err sg_book_list(struct sg_store *s,
                         enum sg_err (*each)(void *context, const char *name, const char *retired,
                                             struct sg_error *err),
                         void *context, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = true;
    enum sg_err r = sg_store_begin(s, SG_STORE_READ, err);

    if (r == SG_OK)
        r = sg_query_start(&q, s, "SELECT name, retired FROM pseudonym_name ORDER BY name", err);
    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there)
        r = each(context, sg_query_text(&q, 0, NULL),
                 sg_query_is_null(&q, 1) ? NULL : sg_query_text(&q, 1, NULL), err);
    sg_query_end(&q);
    return sg_store_end(s, r, err);
}

enum sg_err sg_book_spend(struct sg_store *s, const uint8_t *spent, size_t count,
                          struct sg_error *err)
{
    struct sg_query q = {0};
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r == SG_OK)
        r = sg_query_start(&q, s, "INSERT INTO pseudonym_spent (token) VALUES (?1)", err);
    for (size_t i = 0; r == SG_OK && i < count; i++) {
        sg_query_set_bytes(&q, 1, spent + i * SG_SPENT_BYTES, SG_SPENT_BYTES);
        r = sg_query_run(&q, err);
        if (r == SG_ERR_EXISTS) {
            r = sg_fail(err, SG_ERR_SPENT, NULL);
            err->value = i + 1;
        }
    }
    sg_query_end(&q);
    return sg_store_end(s, r, err);
}
