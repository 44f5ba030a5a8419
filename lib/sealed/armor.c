#include "sealed/armor.h"

#include "base/base64.h"

#include <string.h>

#define LINE_CHARS 64
#define LINES_AT_ONCE 64

static enum sg_err begin(struct sg_armor_writer *w, struct sg_error *err)
{
    if (w->begun)
        return SG_OK;
    w->begun = true;
    return sg_sink_write(w->below, SG_ARMOR_BEGIN "\n", sizeof SG_ARMOR_BEGIN, err);
}

/* Writes as many whole lines as n bytes give, LINES_AT_ONCE a write. */
static enum sg_err put_lines(struct sg_armor_writer *w, const uint8_t *p, size_t n,
                             struct sg_error *err)
{
    char text[LINES_AT_ONCE * (LINE_CHARS + 1)];
    enum sg_err r = SG_OK;

    while (r == SG_OK && n) {
        size_t at = 0;
        for (int i = 0; i < LINES_AT_ONCE && n; i++, n -= SG_ARMOR_LINE_BYTES) {
            at += sg_base64_encode(text + at, p, SG_ARMOR_LINE_BYTES, SG_BASE64_PADDED);
            text[at++] = '\n';
            p += SG_ARMOR_LINE_BYTES;
        }
        r = sg_sink_write(w->below, text, at, err);
    }
    return r;
}

static enum sg_err put(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    struct sg_armor_writer *w = k->context;
    size_t take, whole;
    enum sg_err r = begin(w, err);

    if (w->have) {
        take = sizeof w->line - w->have < n ? sizeof w->line - w->have : n;
        memcpy(w->line + w->have, p, take);
        w->have += take;
        p += take;
        n -= take;
        if (w->have < sizeof w->line || r != SG_OK)
            return r;
        w->have = 0;
        r = put_lines(w, w->line, sizeof w->line, err);
    }
    whole = n - n % sizeof w->line;
    if (r == SG_OK)
        r = put_lines(w, p, whole, err);
    if (n > whole)
        memcpy(w->line, p + whole, n - whole);
    w->have = n - whole;
    return r;
}

static enum sg_err end(struct sg_sink *k, struct sg_error *err)
{
    struct sg_armor_writer *w = k->context;
    char text[LINE_CHARS + 1 + sizeof SG_ARMOR_END];
    size_t at = 0;
    enum sg_err r = begin(w, err);

    if (r != SG_OK)
        return r;
    if (w->have) {
        at = sg_base64_encode(text, w->line, w->have, SG_BASE64_PADDED);
        text[at++] = '\n';
    }
    memcpy(text + at, SG_ARMOR_END "\n", sizeof SG_ARMOR_END);
    return sg_sink_write(w->below, text, at + sizeof SG_ARMOR_END, err);
}

void sg_armor_write(struct sg_armor_writer *w, struct sg_sink *below)
{
    memset(w, 0, sizeof *w);
    w->below = below;
    sg_sink_custom(&w->sink, put, end, w, below->name);
}

static enum sg_err malformed(const struct sg_armor_reader *a, const char *what,
                             struct sg_error *err)
{
    sg_fail(err, SG_ERR_ARMOR, what);
    err->line = a->number;
    return SG_ERR_ARMOR;
}

/* Takes a line without its line end; *n is 0 and *end set at the end of the file. */
static enum sg_err next_line(struct sg_armor_reader *a, const char **line, size_t *n, bool *end,
                             struct sg_error *err)
{
    enum sg_err r = sg_source_line(a->below, line, n, err);

    a->number++;
    if (r == SG_ERR_LIMIT)
        return malformed(a, "the line is too long", err);
    if (r != SG_OK)
        return r;
    *end = *n == 0;
    if (*n && (*line)[*n - 1] == '\n')
        --*n;
    if (*n && (*line)[*n - 1] == '\r')
        --*n;
    return SG_OK;
}

static bool is_blank(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != ' ' && p[i] != '\t' && p[i] != '\r' && p[i] != '\n')
            return false;
    return true;
}

static enum sg_err read_begin(struct sg_armor_reader *a, struct sg_error *err)
{
    size_t blank = 0, n;
    const char *line;
    bool end;

    do {
        enum sg_err r = next_line(a, &line, &n, &end, err);
        if (r != SG_OK)
            return r;
        blank += n + 1;
    } while (!end && is_blank(line, n) && blank <= SG_ARMOR_MAX_BLANK);
    if (n != sizeof SG_ARMOR_BEGIN - 1 || memcmp(line, SG_ARMOR_BEGIN, n) != 0)
        return malformed(a, "this is not " SG_ARMOR_BEGIN, err);
    a->begun = true;
    return SG_OK;
}

/* After the last line only a little white space may come. */
static enum sg_err read_rest(struct sg_armor_reader *a, struct sg_error *err)
{
    uint8_t rest[SG_ARMOR_MAX_BLANK + 1];
    size_t n;
    enum sg_err r = sg_source_read(a->below, rest, sizeof rest, &n, err);

    if (r != SG_OK)
        return r;
    a->number++;
    if (n == sizeof rest || !is_blank((const char *)rest, n))
        return malformed(a, "something follows " SG_ARMOR_END, err);
    a->ended = true;
    return SG_OK;
}

/* Decodes the next line into a->line, or sets a->ended. */
static enum sg_err read_line(struct sg_armor_reader *a, struct sg_error *err)
{
    uint8_t bytes[SG_ARMOR_LINE_BYTES + 2];
    const char *line;
    size_t n;
    bool end;
    enum sg_err r = a->begun ? SG_OK : read_begin(a, err);

    if (r == SG_OK)
        r = next_line(a, &line, &n, &end, err);
    if (r != SG_OK)
        return r;
    if (end)
        return malformed(a, "the file ends before " SG_ARMOR_END, err);
    if (n == sizeof SG_ARMOR_END - 1 && memcmp(line, SG_ARMOR_END, n) == 0)
        return read_rest(a, err);
    if (a->short_line)
        return malformed(a, "after a short line only " SG_ARMOR_END " may come", err);
    if (n == 0)
        return malformed(a, "the line is empty", err);
    if (n > LINE_CHARS)
        return malformed(a, "the line is longer than 64 characters", err);
    if (!sg_base64_decode(bytes, &a->have, line, n, SG_BASE64_PADDED))
        return malformed(a, "the line is not canonical base64", err);
    a->short_line = a->have < sizeof a->line;
    a->at = 0;
    memcpy(a->line, bytes, a->have);
    return SG_OK;
}

static enum sg_err pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    struct sg_armor_reader *a = s->context;

    *got = 0;
    while (*got < cap && !a->ended) {
        size_t take = a->have < cap - *got ? a->have : cap - *got;
        if (take) {
            memcpy(out + *got, a->line + a->at, take);
            *got += take;
            a->at += take;
            a->have -= take;
        } else {
            enum sg_err r = read_line(a, err);
            if (r != SG_OK)
                return r;
        }
    }
    return SG_OK;
}

void sg_armor_read(struct sg_armor_reader *a, struct sg_source *below)
{
    memset(a, 0, sizeof *a);
    a->below = below;
    sg_source_custom(&a->source, pull, a, below->name);
}
