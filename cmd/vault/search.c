#include "common/files.h"
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <string.h>

#define QUERY_MAX_BYTES 8192
#define MOST 20
#define BEGIN_COLOUR "\033[1;33m"
#define END_COLOUR "\033[0m"

/* Results as they are printed. */
struct results {
    struct print text;
    struct json json;
    bool long_lines;
};

/* Takes the next piece of a snippet, up to a mark. *match: whether it is a match. */
static const char *next_piece(char piece[static SG_SNIPPET_BYTES], const char *snippet, bool *match)
{
    static const char marks[] = {SG_SNIPPET_BEGIN, SG_SNIPPET_END, '\0'};
    size_t n;

    *match = *snippet == SG_SNIPPET_BEGIN;
    snippet += *snippet == SG_SNIPPET_BEGIN || *snippet == SG_SNIPPET_END;
    n = strcspn(snippet, marks);
    memcpy(piece, snippet, n);
    piece[n] = '\0';
    return snippet + n;
}

static void print_snippet(struct print *t, const char *snippet)
{
    char piece[SG_SNIPPET_BYTES];
    bool match;

    while (*snippet) {
        snippet = next_piece(piece, snippet, &match);
        if (match)
            print_format(t, "%s", t->colour ? BEGIN_COLOUR : "[");
        print_text(t, piece);
        if (match)
            print_format(t, "%s", t->colour ? END_COLOUR : "]");
    }
    sg_wipe(piece, sizeof piece);
}

static enum sg_err line(void *context, const struct sg_found *f, struct sg_error *err)
{
    struct results *x = context;

    (void)err;
    if (x->long_lines) {
        print_time(&x->text, f->created);
        print_format(&x->text, " %4llu %4llu ", (unsigned long long)f->revision,
                     (unsigned long long)f->part);
    }
    print_text(&x->text, f->name);
    print_format(&x->text, "\t");
    print_snippet(&x->text, f->snippet);
    print_format(&x->text, "\n");
    return x->text.failed;
}

static enum sg_err object(void *context, const struct sg_found *f, struct sg_error *err)
{
    struct json *j = &((struct results *)context)->json;
    char piece[SG_SNIPPET_BYTES];

    (void)err;
    json_object(j, NULL);
    json_string(j, "name", f->name);
    json_number(j, "revision", f->revision);
    json_number(j, "part", f->part);
    json_time(j, "created", f->created);
    json_bool(j, "current", f->current);
    json_array(j, "snippet");
    for (const char *s = f->snippet; *s;) {
        bool match;
        s = next_piece(piece, s, &match);
        if (!*piece)
            continue;
        json_object(j, NULL);
        json_string(j, "text", piece);
        json_bool(j, "match", match);
        json_close(j);
    }
    json_close(j);
    json_close(j);
    sg_wipe(piece, sizeof piece);
    return j->failed;
}

/* Joins the words of the command line with spaces. */
static void join(char query[static QUERY_MAX_BYTES], const struct parsed *p)
{
    size_t at = 0;

    (void)operand(p, 0, "a word to search for");
    for (int i = 0; i < p->operand_count; i++) {
        size_t n = strlen(p->operands[i]);
        if (at + n + 2 > QUERY_MAX_BYTES)
            usage_error(NULL, "the query is too long");
        if (i)
            query[at++] = ' ';
        memcpy(query + at, p->operands[i], n);
        at += n;
    }
    query[at] = '\0';
}

static enum sg_err search(bool *more, struct home *h, const struct sg_searching *what,
                          struct sg_sink *out, struct sg_error *err)
{
    struct results x = {.long_lines = option_given(h->p, "long")};
    enum sg_err r;

    if (!option_given(h->p, "json")) {
        print_start(&x.text, out, err);
        return print_end(&x.text, sg_search(more, h->store, what, line, &x, err));
    }
    json_start(&x.json, out, err);
    json_object(&x.json, NULL);
    json_array(&x.json, "results");
    r = sg_search(more, h->store, what, object, &x, err);
    json_close(&x.json);
    json_bool(&x.json, "more", *more);
    json_close(&x.json);
    return r == SG_OK ? json_finish(&x.json) : r;
}

int vault_search(const struct parsed *p)
{
    static char query[QUERY_MAX_BYTES];
    struct sg_searching what = {
        .query = query,
        .by_rank = option_given(p, "rank"),
        .earlier = option_given(p, "earlier"),
        .most = option_number(p, "most", MOST, 1, SG_SEARCH_MAX),
    };
    struct sg_error err = {0};
    struct sg_sink out = {0};
    struct home h = {0};
    bool more = false;
    enum sg_err r;

    join(query, p);
    if (option_given(p, "long") && option_given(p, "json"))
        usage_error("JSON has all of it", "--long and --json do not go together");
    r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = search(&more, &h, &what, &out, &err);
    r = close_output(&out, r, &err);
    home_close(&h);
    if (r == SG_OK && more && !option_given(p, "json"))
        report_note("there is more: -n %u shows up to as many",
                    what.most * 5 < SG_SEARCH_MAX ? what.most * 5 : SG_SEARCH_MAX);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
