#include "vault/archive.h"

#include "vault/name.h"
#include "vault/part.h"
#include "vault/row.h"
#include "vault/tar.h"

#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES (256U << 10) /* of content at a time */
#define PART_DIGITS 6

/* Where the export is: in an entry, in a part of it, between its chunks. */
struct sg_export {
    struct sg_store *store;
    struct sg_query entries, parts;
    char name[SG_NAME_MAX_BYTES + 1];
    struct sg_row row;
    bool folder; /* there are entries in the folder of that name */
    struct sg_part part;
    uint64_t chunk;
    bool in_entry, in_part, ended;
    uint64_t count;
    struct sg_buffer bytes; /* what is to be given next, from `given` on */
    size_t given;
};

static const char entries_sql[] =
    "SELECT id, name, revision, parts, changed, EXISTS (SELECT 1 FROM vault_entry b "
    "WHERE b.name > a.name || '/' AND b.name < a.name || '0') FROM vault_entry a ORDER BY name";
static const char parts_sql[] =
    "SELECT id, revision, number, size, chunks, created, EXISTS (SELECT 1 FROM vault_part b "
    "WHERE b.entry = a.entry AND b.revision = a.revision AND b.number = 2) "
    "FROM vault_part a WHERE entry = ?1 ORDER BY revision, number";

static enum sg_err next_entry(struct sg_export *x, struct sg_error *err)
{
    const char *name;
    size_t n;
    enum sg_err r = sg_query_row(&x->entries, &x->in_entry, err);

    if (r != SG_OK || !x->in_entry)
        return r;
    name = sg_query_text(&x->entries, 1, &n);
    if (n > SG_NAME_MAX_BYTES)
        return sg_fail(err, SG_ERR_DATABASE, "a name is too long");
    memcpy(x->name, name, n + 1);
    x->row.id = sg_query_int(&x->entries, 0);
    x->row.revision = (uint64_t)sg_query_int(&x->entries, 2);
    x->row.changed = sg_query_int(&x->entries, 4);
    x->folder = sg_query_int(&x->entries, 5) != 0;
    x->count++;
    sg_query_again(&x->parts);
    sg_query_set_int(&x->parts, 1, x->row.id);
    return SG_OK;
}

static void put_text(char *out, size_t *at, const char *text)
{
    size_t n = strlen(text);

    memcpy(out + *at, text, n + 1);
    *at += n;
}

static void put_number(char *out, size_t *at, uint64_t n, size_t width)
{
    char digits[24];
    size_t i = sizeof digits - 1;

    digits[i] = '\0';
    do {
        digits[--i] = (char)('0' + n % 10);
        n /= 10;
    } while (n || sizeof digits - 1 - i < width);
    put_text(out, at, digits + i);
}

/* The path of a part for people: see archive.h. */
static void make_path(char out[static SG_TAR_PATH_BYTES], const struct sg_export *x,
                      const struct sg_tar_member *m, bool several)
{
    size_t at = 0;

    if (m->revision == x->row.revision) {
        put_text(out, &at, "current/");
    } else {
        put_text(out, &at, x->row.revision ? "earlier/" : "removed/");
        put_number(out, &at, m->revision, 1);
        put_text(out, &at, "/");
    }
    put_text(out, &at, x->name);
    if (several || x->folder) {
        put_text(out, &at, "/part-");
        put_number(out, &at, m->part, PART_DIGITS);
    }
}

/* Begins the next part of the entry at hand; none is left when x->in_part is false. */
static enum sg_err next_part(struct sg_export *x, struct sg_error *err)
{
    struct sg_tar_member m = {0};
    bool several;
    enum sg_err r = sg_query_row(&x->parts, &x->in_part, err);

    if (r != SG_OK || !x->in_part)
        return r;
    x->part.id = sg_query_int(&x->parts, 0);
    m.revision = (uint64_t)sg_query_int(&x->parts, 1);
    m.part = (uint64_t)sg_query_int(&x->parts, 2);
    x->part.size = m.size = (uint64_t)sg_query_int(&x->parts, 3);
    x->part.chunks = (uint64_t)sg_query_int(&x->parts, 4);
    m.modified = sg_query_int(&x->parts, 5);
    several = sg_query_int(&x->parts, 6) != 0;
    m.removed = x->row.revision ? 0 : x->row.changed;
    memcpy(m.name, x->name, strlen(x->name) + 1);
    make_path(m.path, x, &m, several);
    x->chunk = 0;
    return sg_tar_begin(&x->bytes, &m, err);
}

/* Makes more bytes, or comes to the end. */
static enum sg_err produce(struct sg_export *x, struct sg_error *err)
{
    enum sg_err r;

    x->bytes.len = x->given = 0;
    if (x->in_part && x->chunk < x->part.chunks) {
        sg_error_name(err, x->name);
        return sg_part_read(&x->bytes, x->store, &x->part, &x->chunk, PIECE_BYTES, err);
    }
    if (x->in_part) {
        x->in_part = false;
        return sg_tar_pad(&x->bytes, x->part.size, err);
    }
    if (x->in_entry) {
        r = next_part(x, err);
        x->in_entry = x->in_part;
        return r;
    }
    r = next_entry(x, err);
    if (r == SG_OK && !x->in_entry) {
        x->ended = true;
        r = sg_tar_end(&x->bytes, err);
    }
    return r;
}

static enum sg_err pull(struct sg_source *source, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    struct sg_export *x = source->context;
    enum sg_err r = SG_OK;
    size_t n;

    while (r == SG_OK && x->given == x->bytes.len && !x->ended)
        r = produce(x, err);
    n = x->bytes.len - x->given;
    n = r != SG_OK ? 0 : n < cap ? n : cap;
    if (n)
        memcpy(out, x->bytes.data + x->given, n);
    x->given += n;
    *got = n;
    return r;
}

enum sg_err sg_export_start(struct sg_export **x, struct sg_source *archive, struct sg_store *s,
                            struct sg_error *err)
{
    struct sg_export *new = calloc(1, sizeof *new);
    enum sg_err r;

    *x = NULL;
    if (!new)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, sizeof *new, 0);
    new->store = s;
    sg_buffer_init_secret(&new->bytes, PIECE_BYTES + 2 * SG_CHUNK_BYTES);
    r = sg_store_begin(s, SG_STORE_READ, err);
    if (r == SG_OK)
        r = sg_query_start(&new->entries, s, entries_sql, err);
    if (r == SG_OK)
        r = sg_query_start(&new->parts, s, parts_sql, err);
    if (r != SG_OK) {
        sg_export_end(new);
        return r;
    }
    sg_source_custom(archive, pull, new, "the vault");
    *x = new;
    return SG_OK;
}

uint64_t sg_export_entries(const struct sg_export *x)
{
    return x->count;
}

void sg_export_end(struct sg_export *x)
{
    if (!x)
        return;
    sg_query_end(&x->parts);
    sg_query_end(&x->entries);
    sg_store_rollback(x->store);
    sg_buffer_free(&x->bytes);
    sg_wipe(x, sizeof *x);
    free(x);
}
