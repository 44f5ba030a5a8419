#include "io/stanza.h"

#include "base/base64.h"

#include <string.h>

#define START_CHARS (sizeof SG_STANZA_START - 1)

enum sg_err sg_stanza_malformed(const struct sg_stanza_reader *r, const char *what,
                                struct sg_error *err)
{
    sg_fail(err, r->code, what);
    err->line = r->line;
    return r->code;
}

enum sg_err sg_stanza_read_line(struct sg_stanza_reader *r, struct sg_error *err)
{
    const char *line;
    size_t n;
    enum sg_err e;

    r->line++;
    e = sg_source_line(r->in, &line, &n, err);
    if (e == SG_OK) {
        r->offset = (uint32_t)r->text->len;
        e = sg_buffer_append(r->text, line, n, err);
    }
    if (e == SG_ERR_LIMIT) {
        err->what = r->too_large;
        err->limit = r->text->max;
    }
    if (e != SG_OK)
        return e;
    if (n == 0)
        return sg_stanza_malformed(r, r->ended, err);
    if (line[n - 1] != '\n')
        return sg_stanza_malformed(r, "the line has no end", err);
    if (n > 1 && line[n - 2] == '\r')
        return sg_stanza_malformed(
            r, "the line ends in a carriage return: the file was changed in transfer", err);
    r->p = (const char *)r->text->data + r->offset;
    r->n = n - 1;
    return SG_OK;
}

bool sg_stanza_line_starts(const struct sg_stanza_reader *r, const char *with)
{
    size_t w = strlen(with);

    return r->n >= w && memcmp(r->p, with, w) == 0;
}

/* "-> " argument *(SP argument), arguments of one or more visible characters */
static enum sg_err read_arguments(struct sg_stanza *s, struct sg_stanza_reader *r,
                                  struct sg_error *err)
{
    bool in_argument = false;

    for (size_t i = START_CHARS; i < r->n; i++) {
        char c = r->p[i];
        if (c == ' ' && !in_argument)
            return sg_stanza_malformed(r, "an argument of the stanza is empty", err);
        if (c != ' ' && (c < 33 || c > 126))
            return sg_stanza_malformed(r, "the stanza holds a character that is not allowed", err);
        in_argument = c != ' ';
    }
    if (!in_argument)
        return sg_stanza_malformed(r, "an argument of the stanza is empty", err);
    s->arguments = r->offset + (uint32_t)START_CHARS;
    s->arguments_len = (uint32_t)(r->n - START_CHARS);
    s->line = r->line;
    return SG_OK;
}

/* Body lines of 64 characters and a last one that is shorter, each canonical base64. */
static enum sg_err read_body(struct sg_stanza *s, struct sg_stanza_reader *r, struct sg_error *err)
{
    s->body = r->offset + (uint32_t)r->n + 1;
    do {
        uint8_t bytes[SG_STANZA_BYTES + 2];
        bool canonical;
        size_t len;
        enum sg_err e = sg_stanza_read_line(r, err);
        if (e != SG_OK)
            return e;
        if (r->n > SG_STANZA_COLUMNS)
            return sg_stanza_malformed(r, "a line of the stanza's body is too long", err);
        canonical = sg_base64_decode(bytes, &len, r->p, r->n, SG_BASE64_RAW);
        sg_wipe(bytes, sizeof bytes); /* a plugin's may hold a file key */
        if (!canonical)
            return sg_stanza_malformed(r, "a line of the stanza's body is not canonical base64",
                                       err);
    } while (r->n == SG_STANZA_COLUMNS);
    s->body_len = (uint32_t)r->text->len - s->body;
    return SG_OK;
}

enum sg_err sg_stanza_read(struct sg_stanza *s, struct sg_stanza_reader *r, struct sg_error *err)
{
    enum sg_err e = read_arguments(s, r, err);

    return e == SG_OK ? read_body(s, r, err) : e;
}

const char *sg_stanza_text_argument(const struct sg_buffer *text, const struct sg_stanza *s,
                                    size_t i, size_t *len)
{
    const char *p = (const char *)text->data + s->arguments, *end = p + s->arguments_len;

    *len = 0;
    for (;; i--) {
        const char *space = memchr(p, ' ', (size_t)(end - p));
        if (i == 0) {
            *len = (size_t)((space ? space : end) - p);
            return p;
        }
        if (!space)
            return NULL;
        p = space + 1;
    }
}

bool sg_stanza_text_is(const struct sg_buffer *text, const struct sg_stanza *s, size_t i,
                       const char *word)
{
    size_t len;
    const char *p = sg_stanza_text_argument(text, s, i, &len);

    return p && len == strlen(word) && memcmp(p, word, len) == 0;
}

size_t sg_stanza_text_arguments(const struct sg_buffer *text, const struct sg_stanza *s)
{
    size_t count = 1;

    for (uint32_t i = 0; i < s->arguments_len; i++)
        count += text->data[s->arguments + i] == ' ';
    return count;
}

bool sg_stanza_text_body(uint8_t *out, size_t cap, size_t *len, const struct sg_buffer *text,
                         const struct sg_stanza *s)
{
    const char *p = (const char *)text->data + s->body;
    size_t left = s->body_len, done = 0;

    *len = 0;
    while (left) {
        size_t n = left > SG_STANZA_COLUMNS ? SG_STANZA_COLUMNS : left - 1;
        size_t bytes = n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0);
        if (bytes > cap - done || !sg_base64_decode_exact(out + done, bytes, p, n))
            return false;
        done += bytes;
        p += n + 1;
        left -= n + 1;
    }
    *len = done;
    return true;
}

enum sg_err sg_stanza_write(struct sg_buffer *out, const char *arguments, size_t n,
                            const uint8_t *body, size_t body_len, struct sg_error *err)
{
    char line[SG_STANZA_COLUMNS + 1];
    enum sg_err r = sg_buffer_text(out, SG_STANZA_START, err);

    if (r == SG_OK)
        r = sg_buffer_append(out, arguments, n, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    for (bool full = true; r == SG_OK && full;) {
        size_t take = body_len < SG_STANZA_BYTES ? body_len : SG_STANZA_BYTES;
        size_t chars = take ? sg_base64_encode(line, body, take, SG_BASE64_RAW) : 0;
        full = take == SG_STANZA_BYTES;
        body += full ? take : 0; /* it may be NULL when it is empty */
        body_len -= take;
        line[chars] = '\n';
        r = sg_buffer_append(out, line, chars + 1, err);
    }
    sg_wipe(line, sizeof line);
    return r;
}
