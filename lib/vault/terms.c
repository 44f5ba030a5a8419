#include "vault/terms.h"

#include <string.h>

#define SPACES " \t\n\r\f\v"

/* An expression is longer than what it comes from: quotes, parentheses, operators round each item.
 */
#define TEXT_MAX_BYTES ((size_t)SG_TERMS_MAX_BYTES * 32)

/* One thing between white space. */
struct item {
    const char *text;
    size_t len;
    size_t column; /* where it stands, from 1 */
    bool phrase;   /* it had quotation marks */
    bool prefix;   /* it had a star at its end */
};

static enum sg_err fail_at(struct sg_error *err, const char *what, size_t column)
{
    sg_error_name(err, NULL);
    (void)sg_fail(err, SG_ERR_QUERY, what);
    err->column = column;
    return SG_ERR_QUERY;
}

/* Takes an item in quotation marks, whose first one stands at *p. */
static enum sg_err take_phrase(struct item *item, const char **p, struct sg_error *err)
{
    const char *end = strchr(*p + 1, '"');

    item->phrase = true;
    item->text = *p + 1;
    if (!end)
        return fail_at(err, "the quotation mark is not closed", item->column);
    item->len = (size_t)(end - item->text);
    *p = end + 1;
    item->prefix = **p == '*';
    *p += item->prefix;
    if (**p && !strchr(SPACES, **p))
        return fail_at(err, "a space is missing after the quotation marks",
                       item->column + (size_t)(*p - item->text) + 1);
    return SG_OK;
}

static enum sg_err take_word(struct item *item, const char **p, struct sg_error *err)
{
    size_t n = strcspn(*p, SPACES);
    const char *quote = memchr(*p, '"', n), *star = memchr(*p, '*', n);

    item->text = *p;
    item->len = n;
    *p += n;
    if (quote)
        return fail_at(err, "a quotation mark stands inside a word",
                       item->column + (size_t)(quote - item->text));
    if (star && (star + 1 != *p || n == 1))
        return fail_at(err, "a star stands at the end of a word, and for the rest of it",
                       item->column + (size_t)(star - item->text));
    item->prefix = star != NULL;
    item->len -= item->prefix;
    return SG_OK;
}

static bool is_operator(const struct item *item, const char *word)
{
    return !item->phrase && !item->prefix && item->len == strlen(word) &&
           memcmp(item->text, word, item->len) == 0;
}

/* What unicode61 takes for no part of a word, of what people put between words. */
static const struct {
    uint32_t first, last;
} blanks[] = {
    {0, '0' - 1},     {'9' + 1, 'A' - 1}, {'Z' + 1, 'a' - 1}, {'z' + 1, 0xa9},    {0xab, 0xb1},
    {0xb4, 0xb4},     {0xb6, 0xb8},       {0xbb, 0xbb},       {0xbf, 0xbf},       {0xd7, 0xd7},
    {0xf7, 0xf7},     {0x2000, 0x206f},   {0x20a0, 0x20cf},   {0x2190, 0x245f},   {0x2500, 0x2bff},
    {0x3000, 0x3004}, {0x3008, 0x3020},   {0x3030, 0x3030},   {0x1f000, 0x1faff},
};

static bool is_blank(uint32_t letter)
{
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (letter >= blanks[i].first && letter <= blanks[i].last)
            return true;
    return false;
}

/* Whether n bytes hold a letter or a digit. What is not UTF-8 counts as one: it is looked for. */
static bool has_word(const char *text, size_t n)
{
    struct sg_utf8 u = {0};

    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c < 0x80 ? !is_blank(c) : !sg_utf8_take(&u, c) || (!u.expect && !is_blank(u.letter)))
            return true;
    }
    return false;
}

static enum sg_err add_item(struct sg_buffer *out, const struct item *item, struct sg_error *err)
{
    enum sg_err r = sg_buffer_text(out, "\"", err);

    if (r == SG_OK)
        r = sg_buffer_append(out, item->text, item->len, err);
    return r == SG_OK ? sg_buffer_text(out, item->prefix ? "\" *" : "\"", err) : r;
}

/* Begins a group at the end of the text, with a NUL after the one before. */
static enum sg_err begin_group(struct sg_terms *t, bool negated, struct sg_error *err)
{
    enum sg_err r = t->count ? sg_buffer_append(&t->text, "", 1, err) : SG_OK;

    if (t->count == SG_TERMS_GROUPS)
        return fail_at(err, "it has too many words", 0);
    t->groups[t->count].at = (uint32_t)t->text.len;
    t->groups[t->count++].negated = negated;
    t->positive += !negated;
    return r;
}

/* Joins the groups that are, or are not, negated. */
static enum sg_err join(struct sg_terms *t, bool negated, const char *between, struct sg_error *err)
{
    const char *before = "(";
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < t->count; i++) {
        size_t n = strlen(sg_terms_group(t, i));
        if (t->groups[i].negated != negated)
            continue;
        r = sg_buffer_text(&t->text, before, err);
        before = between;
        if (r == SG_OK) /* the expression is in the buffer itself, which moves when it grows */
            r = sg_buffer_reserve(&t->text, n + 1, err);
        if (r == SG_OK)
            r = sg_buffer_append(&t->text, sg_terms_group(t, i), n, err);
    }
    return r == SG_OK ? sg_buffer_text(&t->text, ")", err) : r;
}

static enum sg_err join_all(struct sg_terms *t, struct sg_error *err)
{
    enum sg_err r = sg_buffer_append(&t->text, "", 1, err);

    t->whole = (uint32_t)t->text.len;
    if (r == SG_OK)
        r = join(t, false, ") AND (", err);
    if (r == SG_OK && t->positive < t->count)
        r = sg_buffer_text(&t->text, " NOT (", err);
    if (r == SG_OK && t->positive < t->count)
        r = join(t, true, ") OR (", err);
    if (r == SG_OK && t->positive < t->count)
        r = sg_buffer_text(&t->text, ")", err);
    if (r == SG_OK)
        r = sg_buffer_append(&t->text, "", 1, err);
    t->any = (uint32_t)t->text.len;
    if (r == SG_OK)
        r = join(t, false, ") OR (", err);
    return r == SG_OK ? sg_buffer_append(&t->text, "", 1, err) : r;
}

/* What is read so far, between the items of a query. */
struct reading {
    const char *start, *p;
    struct item item;
    bool or, not ; /* which operator came before the item */
    bool begun;    /* whether any item that is no operator has been read */
};

/* Takes the next item; false in *more at the end. Operators are remembered, and are no items. */
static enum sg_err next_item(struct reading *in, bool *more, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    in->or = in->not = false;
    for (;;) {
        in->p += strspn(in->p, SPACES);
        *more = *in->p != '\0';
        if (!*more)
            return in->or || in->not ? fail_at(err, "nothing follows the OR or NOT",
                                               in->item.column)
                                     : SG_OK;
        in->item = (struct item){.column = (size_t)(in->p - in->start) + 1};
        r = *in->p == '"' ? take_phrase(&in->item, &in->p, err) : take_word(&in->item, &in->p, err);
        if (r != SG_OK)
            return r;
        if (is_operator(&in->item, "OR")) {
            if (!in->begun || in->or || in->not )
                return fail_at(err, "there is nothing before the OR", in->item.column);
            in->or = true;
        } else if (is_operator(&in->item, "NOT")) {
            if (in->or || in->not )
                return fail_at(err, "a NOT follows an OR or a NOT", in->item.column);
            in->not = true;
        } else {
            return SG_OK;
        }
    }
}

enum sg_err sg_terms_read(struct sg_terms *t, const char *text, struct sg_error *err)
{
    struct reading in = {.start = text, .p = text};
    bool more = true, empty = true; /* whether the group at hand has no item yet */
    enum sg_err r;

    memset(t, 0, sizeof *t);
    sg_buffer_init_secret(&t->text, TEXT_MAX_BYTES);
    if (strlen(text) > SG_TERMS_MAX_BYTES)
        return fail_at(err, "it is longer than 4096 bytes", 0);
    while ((r = next_item(&in, &more, err)) == SG_OK && more) {
        bool joined = in.or &&!empty;
        in.begun = true;
        if (!has_word(in.item.text, in.item.len)) {
            empty |= !in.or ;
            continue;
        }
        if (joined)
            r = sg_buffer_text(&t->text, " OR ", err);
        else
            r = begin_group(t, in.not, err);
        empty = false;
        if (r == SG_OK)
            r = add_item(&t->text, &in.item, err);
        if (r != SG_OK)
            return r;
    }
    if (r == SG_OK && t->positive == 0)
        return fail_at(err, "there is no word in it to search for", 0);
    return r == SG_OK ? join_all(t, err) : r;
}

const char *sg_terms_group(const struct sg_terms *t, size_t i)
{
    return (const char *)t->text.data + t->groups[i].at;
}

const char *sg_terms_whole(const struct sg_terms *t)
{
    return (const char *)t->text.data + t->whole;
}

const char *sg_terms_any(const struct sg_terms *t)
{
    return (const char *)t->text.data + t->any;
}

void sg_terms_free(struct sg_terms *t)
{
    sg_buffer_free(&t->text);
}
