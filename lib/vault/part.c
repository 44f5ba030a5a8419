#include "vault/part.h"

#include <string.h>

#define BLANK_BYTES 1024 /* how far from its end a chunk of text may be cut, at white space */
#define REPEAT_BYTES 256 /* how much of a chunk of text the next one repeats, at most */
#define SWEEP_CHUNKS 16  /* deleted in one transaction: few, as the disk may be full */

_Static_assert((SG_PART_MAX_BYTES / (SG_CHUNK_BYTES - BLANK_BYTES - REPEAT_BYTES - 4)) >>
                       SG_CHUNK_BITS ==
                   0,
               "chunks have room for their numbers");

static int64_t chunk_id(int64_t part, bool several, uint64_t k)
{
    int64_t base = part * ((int64_t)1 << SG_CHUNK_BITS);

    return several ? (int64_t)k - base : base;
}

int64_t sg_chunk_id(int64_t part, uint64_t size, uint64_t k)
{
    return chunk_id(part, size > SG_CHUNK_BYTES, k);
}

int64_t sg_chunk_part(int64_t chunk)
{
    if (chunk >= 0)
        return chunk >> SG_CHUNK_BITS;
    return (-chunk + (((int64_t)1 << SG_CHUNK_BITS) - 1)) >> SG_CHUNK_BITS;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Where to cut text that goes on after `at`: after white space, else between two characters. */
static size_t cut_text(const uint8_t *p, size_t at)
{
    size_t cut = at;

    while (cut > at - BLANK_BYTES && !is_blank(p[cut - 1]))
        cut--;
    if (cut > at - BLANK_BYTES)
        return cut;
    while ((p[at] & 0xc0) == 0x80)
        at--;
    return at;
}

/* How many of the n bytes before p are repeated: whole words, after white space. */
static size_t repeated(const uint8_t *p, size_t n)
{
    size_t most = n < REPEAT_BYTES ? n : REPEAT_BYTES;

    while (most && !is_blank(p[-(ptrdiff_t)most]))
        most--;
    return most ? most - 1 : 0;
}

/* Judges n more bytes of content. */
static void judge(struct sg_part_new *n, const uint8_t *p, size_t len)
{
    for (size_t i = 0; n->is_text && i < len; i++) {
        if (p[i] >= ' ' && p[i] < 127 && !n->text.expect && !n->text.after_return)
            continue;
        n->is_text = sg_utf8_take(&n->text, p[i]);
    }
}

/* Reads until the content ends or a batch is full. */
static enum sg_err fill(struct sg_part_new *n, struct sg_source *in,
                        const struct sg_progress *progress, struct sg_error *err)
{
    size_t want = SG_CHUNK_BYTES + 1, got;
    enum sg_err r;

    while (!n->ended && n->data.len < SG_BATCH_BYTES) {
        uint8_t *to;
        r = sg_buffer_reserve(&n->data, want, err);
        if (r != SG_OK)
            return r;
        to = n->data.data + n->data.len;
        r = sg_source_read(in, to, want, &got, err);
        if (r != SG_OK)
            return r;
        judge(n, to, got);
        n->data.len += got;
        n->part.size += got;
        n->ended = got < want;
        if (n->part.size > SG_PART_MAX_BYTES) {
            sg_error_name(err, in->name);
            return sg_fail_limit(err, SG_ERR_LIMIT, "it is too large for an entry", n->part.size,
                                 SG_PART_MAX_BYTES);
        }
        if (progress)
            progress->tick(progress->context, n->part.size);
        want = SG_BATCH_BYTES - SG_CHUNK_BYTES;
    }
    if (n->ended)
        n->is_text = n->is_text && sg_utf8_may_end(&n->text);
    return SG_OK;
}

static enum sg_err index_chunk(struct sg_store *s, int64_t id, const uint8_t *p, size_t len,
                               struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r =
        sg_query_start(&q, s, "INSERT INTO vault_text (rowid, text) VALUES (?1, ?2)", err);

    sg_query_set_int(&q, 1, id);
    sg_query_set_text(&q, 2, (const char *)p, len);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

static enum sg_err add_chunk(struct sg_store *s, int64_t id, size_t skip, const uint8_t *p,
                             size_t len, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r =
        sg_query_start(&q, s, "INSERT INTO vault_chunk (id, skip, data) VALUES (?1, ?2, ?3)", err);

    sg_query_set_int(&q, 1, id);
    sg_query_set_int(&q, 2, (int64_t)skip);
    sg_query_set_bytes(&q, 3, p, len);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

/* Stores chunks while more than one is at hand, or, when the content has ended, all of them. */
static enum sg_err store_chunks(struct sg_part_new *n, struct sg_store *s, struct sg_error *err)
{
    bool several = n->part.size > SG_CHUNK_BYTES;
    size_t at = 0, left = n->data.len;
    enum sg_err r = SG_OK;

    while (r == SG_OK && (left > SG_CHUNK_BYTES || (n->ended && left > n->skip))) {
        const uint8_t *p = n->data.data + at;
        size_t len = left <= SG_CHUNK_BYTES ? left
                     : n->is_text           ? cut_text(p, SG_CHUNK_BYTES)
                                            : SG_CHUNK_BYTES;
        int64_t id = chunk_id(n->part.id, several, n->part.chunks);
        r = add_chunk(s, id, n->skip, p, len, err);
        if (r == SG_OK && n->is_text) {
            r = index_chunk(s, id, p, len, err);
            n->part.indexed++;
        }
        n->part.chunks++;
        n->skip = n->is_text && left > len ? repeated(p + len, len - n->skip) : 0;
        at += len - n->skip;
        left -= len - n->skip;
    }
    if (at)
        memmove(n->data.data, n->data.data + at, left);
    n->data.len = left;
    return r;
}

/* Adds the part as a loose one. */
static enum sg_err add_part(struct sg_part_new *n, struct sg_store *s, int64_t now,
                            struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s,
                                   "INSERT INTO vault_part (created, size, chunks, indexed) "
                                   "VALUES (?1, 0, 0, 0)",
                                   err);

    sg_query_set_int(&q, 1, now);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    if (r == SG_OK)
        n->part.id = sg_query_inserted(s);
    sg_query_end(&q);
    return r;
}

/* Says of a loose part what is stored of it. Somebody may have swept it away. */
static enum sg_err renew(const struct sg_part *p, struct sg_store *s, int64_t created,
                         struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s,
                                   "UPDATE vault_part SET created = ?2, size = ?3, chunks = ?4, "
                                   "indexed = ?5 WHERE id = ?1 AND entry IS NULL",
                                   err);

    sg_query_set_int(&q, 1, p->id);
    sg_query_set_int(&q, 2, created);
    sg_query_set_int(&q, 3, (int64_t)p->size);
    sg_query_set_int(&q, 4, (int64_t)p->chunks);
    sg_query_set_int(&q, 5, (int64_t)p->indexed);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    if (r == SG_OK && sg_query_changed(s) == 0)
        r = sg_fail(err, SG_ERR_GONE, "it took too long, and was given up");
    sg_query_end(&q);
    return r;
}

static enum sg_err store_batch(struct sg_part_new *n, struct sg_store *s, int64_t now, bool within,
                               struct sg_error *err)
{
    enum sg_err r = within ? SG_OK : sg_store_begin(s, SG_STORE_WRITE, err);

    if (r == SG_OK && !n->part.id)
        r = add_part(n, s, now, err);
    if (r == SG_OK)
        r = store_chunks(n, s, err);
    if (r == SG_OK)
        r = renew(&n->part, s, now, err);
    return within ? r : sg_store_end(s, r, err);
}

/* Takes a chunk out of the index again; what it says is read from the table. */
static enum sg_err unindex_chunk(struct sg_store *s, int64_t id, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s,
                                   "INSERT INTO vault_text (vault_text, rowid, text) "
                                   "SELECT 'delete', id, text FROM vault_piece WHERE id = ?1",
                                   err);

    sg_query_set_int(&q, 1, id);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

/* Content that began as text went on as something else. */
static enum sg_err unindex(struct sg_part_new *n, struct sg_store *s, int64_t now, bool within,
                           struct sg_error *err)
{
    enum sg_err r = SG_OK;

    while (r == SG_OK && n->part.indexed) {
        r = within ? SG_OK : sg_store_begin(s, SG_STORE_WRITE, err);
        for (int i = 0; r == SG_OK && n->part.indexed && i < SWEEP_CHUNKS; i++)
            r = unindex_chunk(s, chunk_id(n->part.id, true, --n->part.indexed), err);
        if (r == SG_OK)
            r = renew(&n->part, s, now, err);
        if (!within)
            r = sg_store_end(s, r, err);
    }
    return r;
}

enum sg_err sg_part_take(struct sg_part_new *n, struct sg_store *s, struct sg_source *in,
                         int64_t now, bool within, const struct sg_progress *progress,
                         struct sg_error *err)
{
    enum sg_err r;

    memset(n, 0, sizeof *n);
    sg_buffer_init_secret(&n->data, 2 * (size_t)SG_BATCH_BYTES);
    n->is_text = true;
    n->part.created = now;
    r = fill(n, in, progress, err);
    while (r == SG_OK && !n->ended) {
        r = store_batch(n, s, now, within, err);
        if (r == SG_OK)
            r = fill(n, in, progress, err);
    }
    return r == SG_OK && !n->is_text ? unindex(n, s, now, within, err) : r;
}

enum sg_err sg_part_place(struct sg_part_new *n, struct sg_store *s, const struct sg_place *place,
                          struct sg_error *err)
{
    struct sg_query q = {0};
    enum sg_err r = n->part.id ? SG_OK : add_part(n, s, place->created, err);

    if (r == SG_OK)
        r = store_chunks(n, s, err);
    if (r == SG_OK)
        r = renew(&n->part, s, place->created, err);
    if (r == SG_OK)
        r = sg_query_start(&q, s,
                           "UPDATE vault_part SET entry = ?2, revision = ?3, number = ?4 "
                           "WHERE id = ?1",
                           err);
    sg_query_set_int(&q, 1, n->part.id);
    sg_query_set_int(&q, 2, place->entry);
    sg_query_set_int(&q, 3, (int64_t)place->revision);
    sg_query_set_int(&q, 4, (int64_t)place->number);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

void sg_part_end(struct sg_part_new *n, struct sg_store *s, bool placed)
{
    struct sg_error err = {0};
    enum sg_err r;

    if (!placed && n->part.id && !sg_store_in_transaction(s)) {
        r = sg_store_begin(s, SG_STORE_WRITE, &err);
        if (r == SG_OK)
            r = renew(&n->part, s, 0, &err);
        if (sg_store_end(s, r, &err) == SG_OK)
            (void)!sg_part_sweep(s, 0, NULL, &err);
    }
    sg_buffer_free(&n->data);
}

enum sg_err sg_part_read(struct sg_buffer *out, struct sg_store *s, const struct sg_part *part,
                         uint64_t *k, size_t enough, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, "SELECT skip, data FROM vault_chunk WHERE id = ?1", err);

    for (; r == SG_OK && *k < part->chunks && out->len < enough; ++*k) {
        const uint8_t *p;
        size_t n, skip;
        bool there;
        sg_query_again(&q);
        sg_query_set_int(&q, 1, sg_chunk_id(part->id, part->size, *k));
        r = sg_query_row(&q, &there, err);
        if (r != SG_OK)
            break;
        if (!there) {
            r = sg_fail(err, SG_ERR_GONE, "it was forgotten while it was read");
            break;
        }
        skip = (size_t)sg_query_int(&q, 0);
        p = sg_query_bytes(&q, 1, &n);
        if (skip > n) {
            r = sg_fail(err, SG_ERR_DATABASE, "a chunk is shorter than it says");
            break;
        }
        r = sg_buffer_append(out, p + skip, n - skip, err);
    }
    sg_query_end(&q);
    return r;
}

/* Deletes chunks of a loose part from its end on, and the part when none is left. */
static enum sg_err sweep_part(struct sg_store *s, struct sg_part *p, unsigned *budget,
                              struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, "DELETE FROM vault_chunk WHERE id = ?1", err);

    *budget -= *budget > 1 && !p->chunks; /* even one without content takes a little time */
    for (; r == SG_OK && p->chunks && *budget; --*budget) {
        int64_t id = sg_chunk_id(p->id, p->size, --p->chunks);
        if (p->indexed > p->chunks) {
            r = unindex_chunk(s, id, err);
            p->indexed--;
        }
        sg_query_set_int(&q, 1, id);
        if (r == SG_OK)
            r = sg_query_run(&q, err);
    }
    sg_query_end(&q);
    if (r != SG_OK || p->chunks)
        return r == SG_OK ? renew(p, s, 0, err) : r;
    r = sg_query_start(&q, s, "DELETE FROM vault_part WHERE id = ?1", err);
    sg_query_set_int(&q, 1, p->id);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}

/* The next part to sweep; its id is 0 when there is none. */
static enum sg_err next_loose(struct sg_part *p, struct sg_store *s, int64_t before,
                              struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, s,
                                   "SELECT id, size, chunks, indexed FROM vault_part "
                                   "WHERE entry IS NULL AND created <= ?1 LIMIT 1",
                                   err);

    memset(p, 0, sizeof *p);
    sg_query_set_int(&q, 1, before);
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (there) {
        p->id = sg_query_int(&q, 0);
        p->size = (uint64_t)sg_query_int(&q, 1);
        p->chunks = (uint64_t)sg_query_int(&q, 2);
        p->indexed = (uint64_t)sg_query_int(&q, 3);
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_part_sweep(struct sg_store *s, int64_t before, uint64_t *bytes, struct sg_error *err)
{
    struct sg_part p = {0};
    enum sg_err r;

    do {
        unsigned budget = SWEEP_CHUNKS;
        r = sg_store_begin(s, SG_STORE_WRITE, err);
        do {
            if (r == SG_OK)
                r = next_loose(&p, s, before, err);
            if (r == SG_OK && p.id)
                r = sweep_part(s, &p, &budget, err);
            if (r == SG_OK && p.id && !p.chunks && bytes)
                *bytes += p.size;
        } while (r == SG_OK && p.id && budget);
        r = sg_store_end(s, r, err);
    } while (r == SG_OK && p.id);
    return r;
}

enum sg_err sg_part_loosen(struct sg_store *s, int64_t entry, uint64_t last, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s,
                                   "UPDATE vault_part SET entry = NULL, revision = NULL, "
                                   "number = NULL, created = 0 WHERE entry = ?1 AND revision <= ?2",
                                   err);

    sg_query_set_int(&q, 1, entry);
    sg_query_set_int(&q, 2, (int64_t)last);
    if (r == SG_OK)
        r = sg_query_run(&q, err);
    sg_query_end(&q);
    return r;
}
