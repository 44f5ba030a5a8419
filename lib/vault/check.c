#include "vault/part.h"
#include "vault/prune.h"

#include <string.h>

/* Runs a statement that gives one row of numbers, at most `n` of them. */
static enum sg_err numbers(uint64_t *out, int n, struct sg_store *s, const char *sql,
                           struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, s, sql, err);

    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    for (int i = 0; i < n; i++)
        out[i] = there ? (uint64_t)sg_query_int(&q, i) : 0;
    sg_query_end(&q);
    return r;
}

static const char entries_sql[] =
    "SELECT coalesce(sum(revision > 0), 0), coalesce(sum(revision = 0), 0) FROM vault_entry";
static const char parts_sql[] =
    "SELECT count(*), coalesce(sum(size), 0), coalesce(sum(number = 1), 0) FROM vault_part "
    "WHERE entry IS NOT NULL";
static const char loose_sql[] = "SELECT count(*) FROM vault_part WHERE entry IS NULL";
/* Entries that say of their current revision what is not so, or have nothing in it. */
static const char wrong_entries_sql[] =
    "SELECT count(*) FROM vault_entry e WHERE revision > 0 AND (parts, size, text) IS NOT "
    "(SELECT count(*), sum(size), min(indexed = chunks) FROM vault_part p "
    " WHERE p.entry = e.id AND p.revision = e.revision)";
static const char stray_parts_sql[] = "SELECT count(*) FROM vault_part WHERE entry IS NOT NULL "
                                      "AND entry NOT IN (SELECT id FROM vault_entry)";

/* Whether a part has all its chunks, and they have its size. */
static enum sg_err check_part(bool *sound, struct sg_query *sizes, const struct sg_part *part,
                              struct sg_error *err)
{
    uint64_t size = 0;
    enum sg_err r = SG_OK;

    *sound = part->indexed == part->chunks || part->indexed == 0;
    for (uint64_t k = 0; r == SG_OK && *sound && k < part->chunks; k++) {
        sg_query_again(sizes);
        sg_query_set_int(sizes, 1, sg_chunk_id(part->id, part->size, k));
        r = sg_query_row(sizes, sound, err);
        if (r == SG_OK && *sound)
            size += (uint64_t)sg_query_int(sizes, 0);
    }
    *sound = *sound && size == part->size;
    return r;
}

static enum sg_err check_parts(struct sg_vault_report *report, uint64_t *chunks, struct sg_store *s,
                               struct sg_error *err)
{
    struct sg_query q, sizes = {0};
    bool there = true;
    enum sg_err r = sg_query_start(
        &q, s, "SELECT id, size, chunks, indexed, entry FROM vault_part ORDER BY id", err);

    if (r == SG_OK)
        r = sg_query_start(&sizes, s, "SELECT length(data) - skip FROM vault_chunk WHERE id = ?1",
                           err);
    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        struct sg_part part = {
            .id = sg_query_int(&q, 0),
            .size = (uint64_t)sg_query_int(&q, 1),
            .chunks = (uint64_t)sg_query_int(&q, 2),
            .indexed = (uint64_t)sg_query_int(&q, 3),
        };
        bool sound = true;
        *chunks += part.chunks;
        if (!sg_query_is_null(&q, 4))
            r = check_part(&sound, &sizes, &part, err);
        report->faults += !sound;
    }
    sg_query_end(&sizes);
    sg_query_end(&q);
    return r;
}

/* The index holds itself against its own structure; it must be in a writing transaction for that.
 */
static enum sg_err check_index(struct sg_store *s, struct sg_error *err)
{
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r == SG_OK)
        r = sg_store_exec(s, "INSERT INTO vault_text (vault_text) VALUES ('integrity-check')", err);
    sg_store_rollback(s);
    return r;
}

static enum sg_err check_tables(struct sg_vault_report *report, struct sg_store *s,
                                struct sg_error *err)
{
    uint64_t n[3] = {0}, chunks = 0;
    enum sg_err r = numbers(n, 2, s, entries_sql, err);

    report->entries = n[0];
    report->removed = n[1];
    if (r == SG_OK)
        r = numbers(n, 3, s, parts_sql, err);
    report->parts = n[0];
    report->bytes = n[1];
    report->revisions = n[2];
    if (r == SG_OK)
        r = numbers(&report->loose, 1, s, loose_sql, err);
    if (r == SG_OK)
        r = numbers(&report->faults, 1, s, wrong_entries_sql, err);
    if (r == SG_OK)
        r = numbers(n, 1, s, stray_parts_sql, err);
    report->faults += n[0];
    if (r == SG_OK)
        r = check_parts(report, &chunks, s, err);
    if (r == SG_OK)
        r = numbers(n, 1, s, "SELECT count(*) FROM vault_chunk", err);
    report->faults += n[0] != chunks;
    return r;
}

enum sg_err sg_vault_check(struct sg_vault_report *report, struct sg_store *s, struct sg_error *err)
{
    enum sg_err r = sg_store_begin(s, SG_STORE_READ, err);

    memset(report, 0, sizeof *report);
    if (r == SG_OK)
        r = check_tables(report, s, err);
    sg_store_rollback(s);
    if (r == SG_OK)
        r = check_index(s, err);
    if (r == SG_OK && report->faults)
        r = sg_fail(err, SG_ERR_DATABASE, "entries and their content do not agree");
    return r;
}
