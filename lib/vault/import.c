#include "vault/archive.h"

#include "vault/name.h"
#include "vault/part.h"
#include "vault/row.h"
#include "vault/tar.h"

#include <string.h>

/* The import, and the entry that is being added. */
struct import {
    struct sg_store *store;
    const struct sg_importing *what;
    struct sg_imported *done;
    int64_t first_new; /* rows from this id on were added by this import */
    char name[2 * SG_NAME_MAX_BYTES + 2];
    size_t name_len;
    struct sg_row row;
    uint64_t base;           /* revisions that it had before */
    uint64_t revision, part; /* the last that were added */
    bool skipped;
};

/* Makes the name of a member's entry; *len is 0 for one that has none, the folder "./". */
static enum sg_err make_name(char out[static 2 * SG_NAME_MAX_BYTES + 2], size_t *len,
                             const struct sg_tar_member *m, const struct sg_importing *what,
                             struct sg_error *err)
{
    const char *name = m->ours ? m->name : m->path;
    size_t under = what->under ? strlen(what->under) : 0, n;
    enum sg_err r;

    while (!m->ours && name[0] == '.' && name[1] == '/')
        name += 2;
    n = strlen(name);
    r = sg_name_check_bytes(name, n, err);
    if (r != SG_OK)
        return r;
    if (under) {
        memcpy(out, what->under, under);
        out[under++] = '/';
    }
    memcpy(out + under, name, n + 1);
    *len = under + n;
    return sg_name_check_bytes(out, *len, err);
}

static enum sg_err refuse(const struct import *i, struct sg_error *err)
{
    sg_error_name(err, i->name);
    return sg_fail(err, SG_ERR_EXISTS, NULL);
}

/* Begins an entry, whose name is in i->name. removed: whether it is one that was removed. */
static enum sg_err begin_entry(struct import *i, bool removed, struct sg_error *err)
{
    enum sg_err r = sg_row_find(&i->row, i->store, i->name, i->name_len, err);
    bool taken = i->row.id && i->row.revision && i->row.id < i->first_new;

    i->skipped = false;
    i->base = i->revision = i->part = 0;
    if (r == SG_OK && taken && i->what->existing == SG_EXISTING_REFUSE)
        return refuse(i, err);
    if (r == SG_OK && taken && (i->what->existing == SG_EXISTING_SKIP || removed)) {
        i->skipped = true;
        i->done->skipped++;
        return SG_OK;
    }
    i->done->entries += i->row.id < i->first_new;
    if (r == SG_OK && !i->row.id)
        return sg_row_add(&i->row, i->store, i->name, i->name_len, err);
    return r == SG_OK ? sg_row_last_revision(&i->base, i->store, i->row.id, err) : r;
}

/* Finds the place of a member in its entry. An export has them in order. */
static enum sg_err find_place(struct sg_place *place, struct import *i,
                              const struct sg_tar_member *m, const struct sg_source *archive,
                              struct sg_error *err)
{
    uint64_t revision = m->ours ? m->revision : i->revision + 1;
    uint64_t part = m->ours ? m->part : 1;
    bool next = revision > i->revision && part == 1;

    if (!next && !(revision == i->revision && part == i->part + 1)) {
        sg_error_name(err, archive->name);
        return sg_fail(err, SG_ERR_ARCHIVE, "the parts of an entry are not in order");
    }
    i->revision = revision;
    i->part = part;
    *place = (struct sg_place){
        .entry = i->row.id,
        .revision = i->base + revision,
        .number = part,
        .created = m->modified ? m->modified : i->what->now,
    };
    return place->revision < INT64_MAX ? SG_OK
                                       : sg_fail(err, SG_ERR_ARCHIVE, "it has too many revisions");
}

static enum sg_err add_part(struct import *i, const struct sg_tar_member *m,
                            struct sg_tar_reader *t, struct sg_error *err)
{
    struct sg_part_new n = {0};
    struct sg_source content;
    struct sg_place place = {0};
    enum sg_err r = find_place(&place, i, m, t->in, err);

    if (r != SG_OK)
        return r;
    sg_tar_content(&content, t);
    r = sg_part_take(&n, i->store, &content, place.created, true, NULL, err);
    sg_source_close(&content);
    if (r == SG_OK)
        r = sg_part_place(&n, i->store, &place, err);
    i->row.size = (place.number > 1 ? i->row.size : 0) + n.part.size;
    i->row.text = (place.number > 1 ? i->row.text : true) && n.is_text;
    i->row.parts = place.number;
    i->row.revision = m->removed ? 0 : place.revision;
    i->row.changed = m->removed ? m->removed : place.created;
    if (r == SG_OK)
        r = sg_row_set(&i->row, i->store, err);
    i->done->parts++;
    i->done->bytes += n.part.size;
    sg_part_end(&n, i->store, true);
    return r;
}

static enum sg_err add_member(struct import *i, const struct sg_tar_member *m,
                              struct sg_tar_reader *t, struct sg_error *err)
{
    char name[2 * SG_NAME_MAX_BYTES + 2];
    size_t len;
    enum sg_err r = make_name(name, &len, m, i->what, err);

    if (r == SG_OK && (i->name_len != len || memcmp(i->name, name, len) != 0)) {
        memcpy(i->name, name, len + 1);
        i->name_len = len;
        r = begin_entry(i, m->removed != 0, err);
    }
    return r == SG_OK && !i->skipped ? add_part(i, m, t, err) : r;
}

static enum sg_err find_first_new(struct import *i, struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r =
        sg_query_start(&q, i->store, "SELECT coalesce(max(id), 0) + 1 FROM vault_entry", err);

    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    i->first_new = there ? sg_query_int(&q, 0) : 1;
    sg_query_end(&q);
    return r;
}

enum sg_err sg_import(struct sg_imported *done, struct sg_store *s, struct sg_source *archive,
                      const struct sg_importing *what, struct sg_error *err)
{
    struct import i = {.store = s, .what = what, .done = done};
    struct sg_tar_reader t = {.in = archive};
    struct sg_tar_member m;
    bool there = true;
    enum sg_err r = what->under ? sg_name_check(what->under, err) : SG_OK;

    memset(done, 0, sizeof *done);
    if (r == SG_OK)
        r = sg_tar_next(&m, &there, &t, err); /* nobody has to wait before there is something */
    if (r == SG_OK)
        r = sg_store_begin(s, SG_STORE_WRITE, err);
    if (r == SG_OK)
        r = find_first_new(&i, err);
    while (r == SG_OK && there) {
        if (m.file)
            r = add_member(&i, &m, &t, err);
        done->others += !m.file && !m.folder;
        if (r == SG_OK)
            r = sg_tar_next(&m, &there, &t, err);
    }
    r = sg_store_end(s, r, err);
    sg_tar_close(&t);
    return r;
}
