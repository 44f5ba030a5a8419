#include "vault/search.h"

#include "vault/part.h"
#include "vault/terms.h"

#include <string.h>

#define LONG_MAX_BYTES ((size_t)256 << 20) /* of hits in longer texts */
#define FOUND_MAX_BYTES ((size_t)64 << 20) /* of names and snippets */
#define BEFORE_BYTES 256                   /* of a snippet that must be cut, before its match */

/* A part that the query is found in. Higher scores are better. */
struct hit {
    int64_t part, score;
    bool several;     /* it has several chunks */
    uint32_t snippet; /* where its snippet begins, where it has one */
};

/* Hits in order, in a buffer. */
struct hits {
    struct sg_buffer bytes;
};

static struct hit *hit_at(const struct hits *h, size_t i)
{
    return (struct hit *)(void *)h->bytes.data + i;
}

static size_t hit_count(const struct hits *h)
{
    return h->bytes.len / sizeof(struct hit);
}

static enum sg_err add_hit(struct hits *h, struct hit hit, struct sg_error *err)
{
    return sg_buffer_append(&h->bytes, &hit, sizeof hit, err);
}

struct search {
    struct sg_store *store;
    const struct sg_searching *what;
    struct sg_terms terms;
    struct hits whole, longer; /* texts of one chunk; texts of several */
    struct sg_buffer snippets; /* of the first, each with a NUL */
    struct sg_buffer found;    /* results: struct sg_found, then name and snippet with NULs */
    size_t count;
    bool more;
};

#define SNIPPET "snippet(vault_text, 0, char(1), char(2), '…', 16)"
static const char whole_newest[] = "SELECT rowid, 0, " SNIPPET " FROM vault_text "
                                   "WHERE vault_text MATCH ?1 AND rowid > 0 ORDER BY rowid DESC";
static const char whole_best[] =
    "SELECT rowid, CAST(-1000000 * rank AS INTEGER), " SNIPPET " FROM vault_text "
    "WHERE vault_text MATCH ?1 AND rowid > 0 ORDER BY rank";
static const char longer_newest[] = "SELECT rowid, 0 FROM vault_text "
                                    "WHERE vault_text MATCH ?1 AND rowid < 0 ORDER BY rowid";
static const char longer_best[] = "SELECT rowid, CAST(-1000000 * rank AS INTEGER) FROM vault_text "
                                  "WHERE vault_text MATCH ?1 AND rowid < 0 ORDER BY rowid";

/* Looks up where a part is. *seen: whether it is among what is searched. */
static enum sg_err locate(bool *seen, struct sg_query *q, int64_t part, struct sg_found *at,
                          const struct search *x, struct sg_error *err)
{
    enum sg_err r;

    sg_query_again(q);
    sg_query_set_int(q, 1, part);
    r = sg_query_row(q, seen, err);
    if (r != SG_OK || !*seen)
        return r;
    memset(at, 0, sizeof *at);
    at->name = sg_query_text(q, 0, NULL);
    at->revision = (uint64_t)sg_query_int(q, 1);
    at->part = (uint64_t)sg_query_int(q, 2);
    at->created = sg_query_int(q, 3);
    at->current = at->revision == (uint64_t)sg_query_int(q, 4);
    at->parts = at->current ? (uint64_t)sg_query_int(q, 5) : 0;
    *seen = at->current || x->what->earlier;
    return SG_OK;
}

static enum sg_err start_locate(struct sg_query *q, struct sg_store *s, struct sg_error *err)
{
    return sg_query_start(q, s,
                          "SELECT e.name, p.revision, p.number, p.created, e.revision, e.parts "
                          "FROM vault_part p JOIN vault_entry e ON e.id = p.entry WHERE p.id = ?1",
                          err);
}

static void set_expression(struct sg_query *q, const char *expression)
{
    sg_query_set_text(q, 1, expression, strlen(expression));
}

/* Appends a snippet on one line, cut off where it is long, with a NUL. */
static enum sg_err add_snippet(struct sg_buffer *out, const char *text, size_t n,
                               struct sg_error *err)
{
    char line[SG_SNIPPET_BYTES];
    const char *mark = memchr(text, SG_SNIPPET_BEGIN, n);
    size_t at = 0, from = 0;

    if (mark && n >= sizeof line && mark - text > BEFORE_BYTES)
        from = (size_t)(mark - text) - BEFORE_BYTES;
    while (from && from < n && ((uint8_t)text[from] & 0xc0) == 0x80)
        from++;
    for (; from < n && at < sizeof line - 1; from++) {
        char c = text[from];
        if (strchr("\t\r\n", c))
            c = ' ';
        if (c != ' ' || (at && line[at - 1] != ' '))
            line[at++] = c;
    }
    if (from < n)
        while (at && ((uint8_t)text[from] & 0xc0) == 0x80) {
            from--;
            at--;
        }
    while (at && line[at - 1] == ' ')
        at--;
    line[at++] = '\0';
    return sg_buffer_append(out, line, at, err);
}

/* Appends the snippet in a column. */
static enum sg_err take_snippet(struct sg_buffer *out, struct sg_query *q, int column,
                                struct sg_error *err)
{
    size_t n;
    const char *text = sg_query_text(q, column, &n);

    return add_snippet(out, text, n, err);
}

/* Finds texts of one chunk: one more than asked for, to know whether there are more. */
static enum sg_err find_whole(struct search *x, struct sg_error *err)
{
    struct sg_query q, where;
    bool there = true;
    enum sg_err r = sg_query_start(&q, x->store, x->what->by_rank ? whole_best : whole_newest, err);

    set_expression(&q, sg_terms_whole(&x->terms));
    if (r == SG_OK)
        r = start_locate(&where, x->store, err);
    else
        where = (struct sg_query){0};
    while (r == SG_OK && hit_count(&x->whole) <= x->what->most &&
           (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        struct hit hit = {sg_chunk_part(sg_query_int(&q, 0)), sg_query_int(&q, 1), false, 0};
        struct sg_found at;
        bool seen;
        r = locate(&seen, &where, hit.part, &at, x, err);
        if (r != SG_OK || !seen)
            continue;
        hit.snippet = (uint32_t)x->snippets.len;
        r = take_snippet(&x->snippets, &q, 2, err);
        if (r == SG_OK)
            r = add_hit(&x->whole, hit, err);
    }
    sg_query_end(&where);
    sg_query_end(&q);
    return r;
}

/* The next longer text that a group is found in, with its best score; part 0 after the last. */
static enum sg_err next_longer(struct hit *hit, struct hit *ahead, struct sg_query *q,
                               struct sg_error *err)
{
    bool there = true;
    enum sg_err r = SG_OK;

    *hit = *ahead;
    while (r == SG_OK && there) {
        r = sg_query_row(q, &there, err);
        *ahead = (struct hit){0};
        if (r != SG_OK || !there)
            return r;
        *ahead = (struct hit){sg_chunk_part(sg_query_int(q, 0)), sg_query_int(q, 1), true, 0};
        if (!hit->part)
            *hit = *ahead;
        if (ahead->part != hit->part)
            return r;
        if (ahead->score > hit->score)
            hit->score = ahead->score;
    }
    return r;
}

/* All longer texts that a group is found in, the newest first. */
static enum sg_err find_group(struct hits *h, struct search *x, size_t group, struct sg_error *err)
{
    struct hit hit, ahead = {0};
    struct sg_query q;
    enum sg_err r =
        sg_query_start(&q, x->store, x->what->by_rank ? longer_best : longer_newest, err);

    h->bytes.len = 0;
    set_expression(&q, sg_terms_group(&x->terms, group));
    do {
        if (r == SG_OK)
            r = next_longer(&hit, &ahead, &q, err);
        if (r == SG_OK && hit.part)
            r = add_hit(h, hit, err);
    } while (r == SG_OK && ahead.part);
    sg_query_end(&q);
    return r;
}

/* Keeps of the hits those that are, or are not, among others; both have the newest first. */
static void sift(struct hits *h, const struct hits *others, bool negated)
{
    size_t kept = 0, j = 0;

    for (size_t i = 0; i < hit_count(h); i++) {
        struct hit hit = *hit_at(h, i);
        bool among;
        while (j < hit_count(others) && hit_at(others, j)->part > hit.part)
            j++;
        among = j < hit_count(others) && hit_at(others, j)->part == hit.part;
        if (among == negated)
            continue;
        if (among)
            hit.score += hit_at(others, j)->score;
        *hit_at(h, kept++) = hit;
    }
    h->bytes.len = kept * sizeof(struct hit);
}

/* Finds texts of several chunks, over which the words may be spread: group by group. */
static enum sg_err find_longer(struct search *x, struct sg_error *err)
{
    struct hits other;
    bool first = true;
    enum sg_err r = SG_OK;

    sg_buffer_init(&other.bytes, LONG_MAX_BYTES);
    for (int negated = 0; negated < 2; negated++) {
        for (size_t i = 0; r == SG_OK && i < x->terms.count; i++) {
            if (x->terms.groups[i].negated != (negated == 1))
                continue;
            r = find_group(first ? &x->longer : &other, x, i, err);
            if (r == SG_OK && !first)
                sift(&x->longer, &other, negated == 1);
            first = false;
        }
    }
    sg_buffer_free(&other.bytes);
    return r;
}

/* Drops of the longer texts those that are not searched. */
static enum sg_err drop_unseen(struct search *x, struct sg_error *err)
{
    size_t kept = 0;
    struct sg_query where;
    enum sg_err r = start_locate(&where, x->store, err);

    for (size_t i = 0; r == SG_OK && i < hit_count(&x->longer); i++) {
        struct sg_found at;
        bool seen;
        r = locate(&seen, &where, hit_at(&x->longer, i)->part, &at, x, err);
        if (r == SG_OK && seen)
            *hit_at(&x->longer, kept++) = *hit_at(&x->longer, i);
    }
    x->longer.bytes.len = kept * sizeof(struct hit);
    sg_query_end(&where);
    return r;
}

/* Whether a hit comes before another. */
static bool before(const struct search *x, const struct hit *a, const struct hit *b)
{
    if (x->what->by_rank && a->score != b->score)
        return a->score > b->score;
    return a->part > b->part;
}

/* Takes the next hit of the two lists out of them: the longer ones are in no order of rank. */
static struct hit take_next(const struct search *x, size_t *at, bool *there)
{
    struct hit best = {0};
    size_t n = hit_count(&x->longer), chosen = n;

    *there = *at < hit_count(&x->whole);
    if (*there)
        best = *hit_at(&x->whole, *at);
    for (size_t i = 0; i < n; i++) {
        struct hit *h = hit_at(&x->longer, i);
        if (!h->part || (*there && !before(x, h, &best)))
            continue;
        best = *h;
        chosen = i;
        *there = true;
        if (!x->what->by_rank) /* the newest is the first */
            break;
    }
    if (chosen < n)
        hit_at(&x->longer, chosen)->part = 0;
    else
        ++*at;
    return best;
}

/*
 * Appends the snippet of a longer text: from its first piece that has any of the words. It takes
 * the whole of the query again, which is why those of other texts come along with the hits.
 */
static enum sg_err snippet_of_longer(struct search *x, int64_t part, struct sg_error *err)
{
    int64_t first = sg_chunk_id(part, SG_CHUNK_BYTES + 1, 0);
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, x->store,
                                   "SELECT " SNIPPET " FROM vault_text WHERE vault_text MATCH ?1 "
                                   "AND rowid >= ?2 AND rowid <= ?3 ORDER BY rowid LIMIT 1",
                                   err);

    set_expression(&q, sg_terms_any(&x->terms));
    sg_query_set_int(&q, 2, first);
    sg_query_set_int(&q, 3, first + ((1 << SG_CHUNK_BITS) - 1));
    if (r == SG_OK)
        r = sg_query_row(&q, &there, err);
    if (r == SG_OK && there)
        r = take_snippet(&x->found, &q, 0, err);
    else if (r == SG_OK)
        r = sg_buffer_append(&x->found, "", 1, err);
    sg_query_end(&q);
    return r;
}

/* Adds a result: where it is, and what it looks like. */
static enum sg_err add_found(struct search *x, const struct hit *hit, struct sg_error *err)
{
    struct sg_query where;
    struct sg_found at = {0};
    bool there = false;
    enum sg_err r = start_locate(&where, x->store, err);

    if (r == SG_OK)
        r = locate(&there, &where, hit->part, &at, x, err);
    if (r == SG_OK && there)
        r = sg_buffer_append(&x->found, &at, sizeof at, err);
    if (r == SG_OK && there)
        r = sg_buffer_append(&x->found, at.name, strlen(at.name) + 1, err);
    sg_query_end(&where);
    if (r != SG_OK || !there)
        return r;
    x->count++;
    if (hit->several)
        return snippet_of_longer(x, hit->part, err);
    return sg_buffer_text(&x->found, (const char *)x->snippets.data + hit->snippet, err) == SG_OK
               ? sg_buffer_append(&x->found, "", 1, err)
               : err->code;
}

/* Whether there are longer texts at all. */
static enum sg_err has_longer(bool *has, struct sg_store *s, struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, "SELECT 1 FROM vault_chunk WHERE id < 0 LIMIT 1", err);

    *has = false;
    if (r == SG_OK)
        r = sg_query_row(&q, has, err);
    sg_query_end(&q);
    return r;
}

/* All of the search, inside one snapshot. */
static enum sg_err run(struct search *x, struct sg_error *err)
{
    size_t at = 0;
    bool there = true, longer;
    enum sg_err r = find_whole(x, err);

    if (r == SG_OK)
        r = has_longer(&longer, x->store, err);
    if (r == SG_OK && longer)
        r = find_longer(x, err);
    if (r == SG_OK)
        r = drop_unseen(x, err);
    while (r == SG_OK && there && x->count < x->what->most) {
        struct hit hit = take_next(x, &at, &there);
        if (there)
            r = add_found(x, &hit, err);
    }
    if (r == SG_OK && there)
        (void)take_next(x, &at, &x->more);
    return r;
}

enum sg_err sg_search(bool *more, struct sg_store *s, const struct sg_searching *what,
                      enum sg_err (*each)(void *context, const struct sg_found *found,
                                          struct sg_error *err),
                      void *context, struct sg_error *err)
{
    struct search x = {.store = s, .what = what};
    size_t at = 0;
    enum sg_err r = sg_terms_read(&x.terms, what->query, err);

    sg_buffer_init(&x.whole.bytes, (SG_SEARCH_MAX + 1) * sizeof(struct hit));
    sg_buffer_init(&x.longer.bytes, LONG_MAX_BYTES);
    sg_buffer_init_secret(&x.snippets, FOUND_MAX_BYTES);
    sg_buffer_init_secret(&x.found, FOUND_MAX_BYTES);
    if (r == SG_OK)
        r = sg_store_begin(s, SG_STORE_READ, err);
    if (r == SG_OK)
        r = run(&x, err);
    sg_store_rollback(s);
    for (size_t i = 0; r == SG_OK && i < x.count; i++) {
        struct sg_found found;
        memcpy(&found, x.found.data + at, sizeof found);
        found.name = (const char *)x.found.data + at + sizeof found;
        found.snippet = found.name + strlen(found.name) + 1;
        at += sizeof found + strlen(found.name) + strlen(found.snippet) + 2;
        r = each(context, &found, err);
    }
    *more = x.more;
    sg_terms_free(&x.terms);
    sg_buffer_free(&x.whole.bytes);
    sg_buffer_free(&x.longer.bytes);
    sg_buffer_free(&x.snippets);
    sg_buffer_free(&x.found);
    return r;
}
