#include "vault/row.h"

#include <string.h>

enum sg_err sg_not_found(struct sg_error *err, const char *what, const char *name)
{
    sg_error_name(err, name);
    return sg_fail(err, SG_ERR_NOT_FOUND, what);
}

enum sg_err sg_row_find(struct sg_row *row, struct sg_store *s, const char *name, size_t n,
                        struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, s,
                                   "SELECT id, revision, parts, size, text, changed "
                                   "FROM vault_entry WHERE name = ?1",
                                   err);

    memset(row, 0, sizeof *row);
    sg_query_set_text(&q, 1, name, n);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (there) {
        row->id = sg_query_int(&q, 0);
        row->revision = (uint64_t)sg_query_int(&q, 1);
        row->parts = (uint64_t)sg_query_int(&q, 2);
        row->size = (uint64_t)sg_query_int(&q, 3);
        row->text = sg_query_int(&q, 4) != 0;
        row->changed = sg_query_int(&q, 5);
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_add(struct sg_row *row, struct sg_store *s, const char *name, size_t n,
                       struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s,
                                   "INSERT INTO vault_entry (name, revision, parts, size, text, "
                                   "changed) VALUES (?1, 0, 0, 0, 1, 0)",
                                   err);

    memset(row, 0, sizeof *row);
    sg_query_set_text(&q, 1, name, n);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    if (r == SG_OK)
        row->id = sg_query_inserted(s);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_set(const struct sg_row *row, struct sg_store *s, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s,
                                   "UPDATE vault_entry SET revision = ?2, parts = ?3, size = ?4, "
                                   "text = ?5, changed = ?6 WHERE id = ?1",
                                   err);

    sg_query_set_int(&q, 1, row->id);
    sg_query_set_int(&q, 2, (int64_t)row->revision);
    sg_query_set_int(&q, 3, (int64_t)row->parts);
    sg_query_set_int(&q, 4, (int64_t)row->size);
    sg_query_set_int(&q, 5, row->text);
    sg_query_set_int(&q, 6, row->changed);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_rename(int64_t id, struct sg_store *s, const char *name, size_t n,
                          struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, "UPDATE vault_entry SET name = ?2 WHERE id = ?1", err);

    sg_query_set_int(&q, 1, id);
    sg_query_set_text(&q, 2, name, n);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_delete(int64_t id, struct sg_store *s, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, "DELETE FROM vault_entry WHERE id = ?1", err);

    sg_query_set_int(&q, 1, id);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_last_revision(uint64_t *revision, struct sg_store *s, int64_t id,
                                 struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r =
        sg_query_start(&q, s, "SELECT max(revision) FROM vault_part WHERE entry = ?1", err);

    *revision = 0;
    sg_query_set_int(&q, 1, id);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (there)
        *revision = (uint64_t)sg_query_int(&q, 0);
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_sum(struct sg_sum *sum, struct sg_store *s, int64_t id, uint64_t revision,
                       struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(
        &q, s,
        "SELECT count(*), coalesce(sum(size), 0), min(indexed = chunks), min(created), "
        "max(created) FROM vault_part WHERE entry = ?1 AND revision = ?2",
        err);

    memset(sum, 0, sizeof *sum);
    sg_query_set_int(&q, 1, id);
    sg_query_set_int(&q, 2, (int64_t)revision);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (there) {
        sum->parts = (uint64_t)sg_query_int(&q, 0);
        sum->size = (uint64_t)sg_query_int(&q, 1);
        sum->text = sg_query_int(&q, 2) != 0;
        sum->created = sg_query_int(&q, 3);
        sum->changed = sg_query_int(&q, 4);
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_row_join(struct sg_row *to, struct sg_store *s, const struct sg_row *from,
                        struct sg_error *err)
{
    struct sg_query q = {0};
    uint64_t base;
    int64_t id = to->id;
    enum sg_err r = sg_row_last_revision(&base, s, to->id, err);

    if (r == SG_OK)
        r = sg_query_start(&q, s,
                           "UPDATE vault_part SET entry = ?2, revision = revision + ?3 "
                           "WHERE entry = ?1",
                           err);
    sg_query_set_int(&q, 1, from->id);
    sg_query_set_int(&q, 2, to->id);
    sg_query_set_int(&q, 3, (int64_t)base);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    *to = *from;
    to->id = id;
    to->revision = from->revision ? from->revision + base : 0;
    if (r == SG_OK)
        r = sg_row_set(to, s, err);
    return r == SG_OK ? sg_row_delete(from->id, s, err) : r;
}

size_t sg_bound_above(char high[static SG_BOUND_BYTES], const char *text, size_t n)
{
    if (n == 0) /* above every byte of UTF-8 */
        high[n++] = (char)0xff;
    else
        memcpy(high, text, n);
    high[n] = '\0';
    if ((uint8_t)high[n - 1] != 0xff)
        high[n - 1] = (char)((uint8_t)high[n - 1] + 1);
    return n;
}
