#include "sealed/header.h"

#include "base/base64.h"
#include "base/ct.h"
#include "crypto/hmac.h"
#include "sealed/stanza.h"

#include <string.h>

#define VERSION_LINE "age-encryption.org/v1\n"
#define VERSION_START "age-encryption.org/"
#define STANZA_START "-> "
#define MAC_START "---"
#define BODY_COLUMNS 64 /* characters of a full body line */
#define BODY_BYTES 48   /* bytes in it */

/* A stanza takes at least "-> x" and an empty line. */
#define MAX_STANZAS (SG_HEADER_MAX_BYTES / 6)

_Static_assert(SG_HMAC_BYTES == sizeof((struct sg_header *)0)->mac, "the MAC is HMAC-SHA-256");

void sg_header_init(struct sg_header *h)
{
    memset(h, 0, sizeof *h);
    sg_buffer_init(&h->text, SG_HEADER_MAX_BYTES);
    sg_buffer_init(&h->stanzas, MAX_STANZAS * sizeof(struct sg_stanza));
}

void sg_header_free(struct sg_header *h)
{
    sg_buffer_free(&h->text);
    sg_buffer_free(&h->stanzas);
}

size_t sg_header_count(const struct sg_header *h)
{
    return h->stanzas.len / sizeof(struct sg_stanza);
}

const struct sg_stanza *sg_header_stanza(const struct sg_header *h, size_t i)
{
    return (const struct sg_stanza *)(const void *)h->stanzas.data + i;
}

const char *sg_stanza_argument(const struct sg_header *h, const struct sg_stanza *s, size_t i,
                               size_t *len)
{
    const char *p = (const char *)h->text.data + s->arguments, *end = p + s->arguments_len;

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

bool sg_stanza_is(const struct sg_header *h, const struct sg_stanza *s, const char *type)
{
    size_t len;
    const char *first = sg_stanza_argument(h, s, 0, &len);

    return len == strlen(type) && memcmp(first, type, len) == 0;
}

size_t sg_stanza_arguments(const struct sg_header *h, const struct sg_stanza *s)
{
    size_t count = 1;

    for (uint32_t i = 0; i < s->arguments_len; i++)
        count += h->text.data[s->arguments + i] == ' ';
    return count;
}

bool sg_stanza_bytes(const struct sg_header *h, const struct sg_stanza *s, size_t i, uint8_t *out,
                     size_t size)
{
    size_t n;
    const char *p = sg_stanza_argument(h, s, i, &n);

    return p && sg_base64_decode_exact(out, size, p, n);
}

bool sg_stanza_body(const struct sg_header *h, const struct sg_stanza *s, uint8_t *out, size_t size)
{
    const char *p = (const char *)h->text.data + s->body;
    size_t left = s->body_len;

    while (left) {
        size_t n = left > BODY_COLUMNS ? BODY_COLUMNS : left - 1;
        size_t bytes = n / 4 * 3 + (n % 4 ? n % 4 - 1 : 0);
        if (bytes > size || !sg_base64_decode_exact(out, bytes, p, n))
            return false;
        out += bytes;
        size -= bytes;
        p += n + 1;
        left -= n + 1;
    }
    return size == 0;
}

/* The header as it is read: a line at a time, each kept in h->text. */
struct reader {
    struct sg_header *h;
    struct sg_source *in;
    struct sg_error *err;
    uint32_t line;   /* number of the line last read */
    uint32_t offset; /* where it begins in the text */
    const char *p;   /* the line without its newline */
    size_t n;
};

static enum sg_err malformed(const struct reader *r, const char *what)
{
    sg_fail(r->err, SG_ERR_HEADER, what);
    r->err->line = r->line;
    return SG_ERR_HEADER;
}

static enum sg_err next_line(struct reader *r)
{
    const char *line;
    size_t n;
    enum sg_err e;

    r->line++;
    e = sg_source_line(r->in, &line, &n, r->err);
    if (e == SG_ERR_LIMIT)
        r->err->what = "a line of the header is longer than any should be";
    if (e != SG_OK)
        return e;
    r->offset = (uint32_t)r->h->text.len;
    e = sg_buffer_append(&r->h->text, line, n, r->err);
    if (e == SG_ERR_LIMIT)
        r->err->what = "the header is larger than any header should be";
    if (e != SG_OK)
        return e;
    if (n == 0)
        return malformed(r, "the file ends inside the header");
    if (line[n - 1] != '\n')
        return malformed(r, "the line has no end");
    if (n > 1 && line[n - 2] == '\r')
        return malformed(r, "the line ends in a carriage return: the file was changed in transfer");
    r->p = (const char *)r->h->text.data + r->offset;
    r->n = n - 1;
    return SG_OK;
}

static bool line_starts(const struct reader *r, const char *with)
{
    size_t w = strlen(with);

    return r->n >= w && memcmp(r->p, with, w) == 0;
}

/* "-> " argument *(SP argument), arguments of one or more visible characters */
static enum sg_err read_arguments(struct reader *r, struct sg_stanza *s)
{
    bool in_argument = false;

    for (size_t i = sizeof STANZA_START - 1; i < r->n; i++) {
        char c = r->p[i];
        if (c == ' ' && !in_argument)
            return malformed(r, "an argument of the stanza is empty");
        if (c != ' ' && (c < 33 || c > 126))
            return malformed(r, "the stanza holds a character that is not allowed");
        in_argument = c != ' ';
    }
    if (!in_argument)
        return malformed(r, "an argument of the stanza is empty");
    s->arguments = r->offset + (uint32_t)sizeof STANZA_START - 1;
    s->arguments_len = (uint32_t)(r->n - (sizeof STANZA_START - 1));
    s->line = r->line;
    return SG_OK;
}

/* Body lines of 64 characters and a last one that is shorter, each canonical base64. */
static enum sg_err read_body(struct reader *r, struct sg_stanza *s)
{
    s->body = r->offset + (uint32_t)r->n + 1;
    do {
        uint8_t bytes[BODY_BYTES + 2];
        size_t len;
        enum sg_err e = next_line(r);
        if (e != SG_OK)
            return e;
        if (r->n > BODY_COLUMNS)
            return malformed(r, "a line of the stanza's body is too long");
        if (!sg_base64_decode(bytes, &len, r->p, r->n, SG_BASE64_RAW))
            return malformed(r, "a line of the stanza's body is not canonical base64");
    } while (r->n == BODY_COLUMNS);
    s->body_len = (uint32_t)r->h->text.len - s->body;
    return SG_OK;
}

static enum sg_err read_stanza(struct reader *r)
{
    struct sg_stanza s;
    enum sg_err e = read_arguments(r, &s);

    if (e == SG_OK)
        e = read_body(r, &s);
    if (e == SG_OK)
        e = sg_buffer_append(&r->h->stanzas, &s, sizeof s, r->err);
    if (e == SG_OK && (e = sg_stanza_check(r->h, &s, r->err)) != SG_OK)
        r->err->line = s.line;
    return e;
}

enum sg_err sg_header_read(struct sg_header *h, struct sg_source *in, struct sg_error *err)
{
    struct reader r = {.h = h, .in = in, .err = err};
    enum sg_err e;

    h->text.len = h->stanzas.len = 0;
    e = next_line(&r);
    if (e != SG_OK)
        return e;
    if (!line_starts(&r, VERSION_START))
        return malformed(&r, "the first line is not a version line");
    if (r.n != sizeof VERSION_LINE - 2 || !line_starts(&r, "age-encryption.org/v1"))
        return sg_fail(err, SG_ERR_VERSION, NULL);
    for (;;) {
        e = next_line(&r);
        if (e != SG_OK)
            return e;
        if (!line_starts(&r, STANZA_START))
            break;
        e = read_stanza(&r);
        if (e != SG_OK)
            return e;
    }
    if (!line_starts(&r, MAC_START))
        return malformed(&r, "neither a stanza nor the MAC line begins here");
    if (sg_header_count(h) == 0)
        return malformed(&r, "there is no stanza before the MAC line");
    if (!line_starts(&r, MAC_START " ") ||
        !sg_base64_decode_exact(h->mac, sizeof h->mac, r.p + sizeof MAC_START,
                                r.n - sizeof MAC_START))
        return malformed(&r, "the MAC is not 43 characters of canonical base64");
    h->authenticated = r.offset + sizeof MAC_START - 1;
    return sg_stanzas_check_mix(h, err);
}

enum sg_err sg_header_begin(struct sg_header *h, struct sg_error *err)
{
    h->text.len = h->stanzas.len = 0;
    return sg_buffer_text(&h->text, VERSION_LINE, err);
}

enum sg_err sg_header_add(struct sg_header *h, const char *arguments, const uint8_t *body,
                          size_t body_len, struct sg_error *err)
{
    char line[BODY_COLUMNS];
    enum sg_err r = sg_buffer_text(&h->text, STANZA_START, err);

    if (r == SG_OK)
        r = sg_buffer_text(&h->text, arguments, err);
    if (r == SG_OK)
        r = sg_buffer_text(&h->text, "\n", err);
    for (bool full = true; r == SG_OK && full;) {
        size_t take = body_len < BODY_BYTES ? body_len : BODY_BYTES;
        size_t n = sg_base64_encode(line, body, take, SG_BASE64_RAW);
        full = take == BODY_BYTES;
        body += take;
        body_len -= take;
        r = sg_buffer_append(&h->text, line, n, err);
        if (r == SG_OK)
            r = sg_buffer_text(&h->text, "\n", err);
    }
    if (r == SG_ERR_LIMIT)
        err->what = "there are too many recipients for one file";
    return r;
}

static void compute_mac(uint8_t mac[static SG_HMAC_BYTES], const struct sg_header *h,
                        const uint8_t file_key[static SG_FILE_KEY_BYTES])
{
    uint8_t key[SG_HMAC_BYTES];

    sg_hkdf(key, sizeof key, file_key, SG_FILE_KEY_BYTES, NULL, 0, "header", 6);
    sg_hmac(mac, key, sizeof key, h->text.data, h->authenticated);
    sg_wipe(key, sizeof key);
}

enum sg_err sg_header_finish(struct sg_header *h, const uint8_t file_key[static SG_FILE_KEY_BYTES],
                             struct sg_error *err)
{
    char line[1 + SG_BASE64_RAW_CHARS(SG_HMAC_BYTES) + 1] = " ";
    enum sg_err r = sg_buffer_text(&h->text, MAC_START, err);

    if (r != SG_OK)
        return r;
    h->authenticated = h->text.len;
    compute_mac(h->mac, h, file_key);
    (void)sg_base64_encode(line + 1, h->mac, sizeof h->mac, SG_BASE64_RAW);
    line[sizeof line - 1] = '\n';
    return sg_buffer_append(&h->text, line, sizeof line, err);
}

enum sg_err sg_header_verify(const struct sg_header *h,
                             const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    uint8_t mac[SG_HMAC_BYTES];
    bool same;

    compute_mac(mac, h, file_key);
    same = sg_equal(mac, h->mac, sizeof mac);
    sg_ct_declassify(&same, sizeof same); /* whether it is authentic is what the caller asks */
    sg_wipe(mac, sizeof mac);
    return same ? SG_OK : sg_fail(err, SG_ERR_MAC, NULL);
}
