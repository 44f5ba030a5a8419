/*
 * ring_file - the keys of a ring, read from the files that OpenSSH keeps them in.
 */
#include "key/ssh.h"
#include "key/text.h"
#include "pseudonym/public.h"
#include "pseudonym/ring.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LEADING_WORDS 2 /* before the key: principals and options */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Characters of a word and the blanks behind it; blanks between quotes do not end it. */
static size_t word(const char *p, size_t n)
{
    bool quoted = false;
    size_t i = 0;

    for (; i < n && (quoted || !is_blank(p[i])); i++) {
        if (p[i] == '\\' && i + 1 < n && p[i + 1] == '"')
            i++; /* a quote that ends nothing */
        else if (p[i] == '"')
            quoted = !quoted;
    }
    while (i < n && is_blank(p[i]))
        i++;
    return i;
}

/* Whether a list of options has cert-authority in it: the key signs keys, and is nobody's. */
static bool is_authority(const char *p, size_t n)
{
    static const char option[] = "cert-authority";

    for (size_t i = 0; i + sizeof option - 1 <= n; i++)
        if ((i == 0 || p[i - 1] == ',') && strncasecmp(p + i, option, sizeof option - 1) == 0)
            return true;
    return false;
}

/* Passes over principals and options before an SSH key; what is wrong with them, or NULL. */
static const char *pass_over(const char **line, size_t *n)
{
    const char *p = *line;
    size_t left = *n;
    bool authority = false;

    for (int i = 0; i <= LEADING_WORDS && left; i++) {
        size_t w;
        if (sg_text_kind(p, left) == SG_TEXT_SSH_PUBLIC) {
            *line = p;
            *n = left;
            return authority ? "the key of a certificate authority is nobody's own" : NULL;
        }
        w = word(p, left);
        authority |= is_authority(p, w);
        p += w;
        left -= w;
    }
    return NULL; /* there is none: the line is judged as it is */
}

/* Which line, of those before this one, has the key: 0 when none has. */
static uint64_t line_of(const struct sg_buffer *lines, const uint8_t key[static 32])
{
    for (size_t i = 0; i < lines->len; i += 32 + sizeof(uint64_t)) {
        uint64_t number;
        if (memcmp(lines->data + i, key, 32) != 0)
            continue;
        memcpy(&number, lines->data + i + 32, sizeof number);
        return number;
    }
    return 0;
}

static enum sg_err read_line(struct sg_ring *ring, struct sg_buffer *lines, const char *line,
                             size_t n, uint64_t number, struct sg_error *err)
{
    uint8_t key[SG_RING_KEY_BYTES];
    const char *what;
    bool is_key;
    enum sg_err r;

    while (n && is_blank(*line)) {
        line++;
        n--;
    }
    what = n && *line != '#' ? pass_over(&line, &n) : NULL;
    if (!what)
        what = sg_public_line(key, &is_key, line, n);
    if (what) {
        sg_fail(err, SG_ERR_RING, what);
        err->line = number;
        return SG_ERR_RING;
    }
    if (!is_key)
        return SG_OK;
    r = sg_ring_add(ring, key, err);
    if (r == SG_ERR_RING) {
        err->line = number;
        err->value = line_of(lines, key);
    }
    if (r == SG_OK)
        r = sg_buffer_append(lines, key, sizeof key, err);
    return r == SG_OK ? sg_buffer_append(lines, &number, sizeof number, err) : r;
}

enum sg_err sg_ring_parse(struct sg_ring *ring, const char *text, size_t n, struct sg_error *err)
{
    size_t before = sg_ring_count(ring);
    struct sg_buffer lines; /* each key, and the number of its line */
    uint64_t number = 0;
    enum sg_err r = SG_OK;

    sg_buffer_init(&lines, (size_t)SG_RING_MAX * (32 + sizeof number));
    while (r == SG_OK && n) {
        const char *line = text, *end = memchr(text, '\n', n);
        size_t len = end ? (size_t)(end - text) : n;
        text += len + (end != NULL);
        n -= len + (end != NULL);
        r = read_line(ring, &lines, line, len, ++number, err);
    }
    if (r == SG_OK && sg_ring_count(ring) == before)
        r = sg_fail(err, SG_ERR_RING, "there is no key in it: a ring needs one or more");
    sg_buffer_free(&lines);
    return r;
}
