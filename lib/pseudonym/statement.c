#include "pseudonym/statement.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "key/ssh.h"
#include "pseudonym/public.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX 256 /* in one line of base64 */

static const char DOMAIN[] = "signet/statement/v1"; /* hashed with its NUL */

enum sg_err sg_statement_bad(const struct sg_statement *s, const char *what, struct sg_error *err)
{
    sg_fail(err, SG_ERR_SIGNATURE, what);
    err->line = s->line;
    return SG_ERR_SIGNATURE;
}

enum sg_err sg_statement_read(struct sg_statement *s, const char *first, const char *text, size_t n,
                              struct sg_error *err)
{
    size_t len = strlen(first);

    *s = (struct sg_statement){.text = text, .len = n, .line = 1};
    if (n < len || memcmp(text, first, len) != 0)
        return sg_statement_bad(s, "its first line is not as it should be", err);
    s->at = len;
    s->line = 2;
    return SG_OK;
}

bool sg_statement_take(struct sg_statement *s, const char *name, const char **value, size_t *len)
{
    const char *line = s->text + s->at, *end = memchr(line, '\n', s->len - s->at);
    size_t n = strlen(name);

    *value = NULL;
    *len = 0;
    if (!end || (size_t)(end - line) < n + 2 || memcmp(line, name, n) != 0 || line[n] != ':' ||
        line[n + 1] != ' ')
        return false;
    *value = line + n + 2;
    *len = (size_t)(end - *value);
    s->at += (size_t)(end - line) + 1;
    s->line++;
    return true;
}

/* The same for a line that must be there. */
static enum sg_err demand(struct sg_statement *s, const char *name, const char **value, size_t *len,
                          struct sg_error *err)
{
    if (sg_statement_take(s, name, value, len))
        return SG_OK;
    return sg_statement_bad(s,
                            s->at == s->len ? "it is cut off: a line is missing"
                                            : "this line is not the one that belongs here",
                            err);
}

enum sg_err sg_statement_key(struct sg_statement *s, const char *name, uint8_t key[static 32],
                             struct sg_error *err)
{
    char again[SG_SSH_LINE_CHARS + 1];
    struct sg_statement before = *s;
    const char *value, *what;
    size_t len;
    bool is_key;
    enum sg_err r = demand(s, name, &value, &len, err);

    memset(key, 0, SG_PUBLIC_BYTES);
    if (r != SG_OK)
        return r;
    what = sg_public_line(key, &is_key, value, len);
    sg_ssh_line(again, key);
    if (!what && (len != SG_SSH_LINE_CHARS || memcmp(again, value, len) != 0))
        what = "a key stands here as ssh-ed25519 AAAA..., without a comment";
    if (what)
        memset(key, 0, SG_PUBLIC_BYTES);
    return what ? sg_statement_bad(&before, what, err) : SG_OK;
}

enum sg_err sg_statement_bytes(struct sg_statement *s, const char *name, uint8_t *out, size_t size,
                               struct sg_error *err)
{
    uint8_t bytes[BYTES_MAX + 2];
    struct sg_statement before = *s;
    const char *value;
    size_t len, got;
    enum sg_err r = demand(s, name, &value, &len, err);

    if (size > BYTES_MAX)
        abort();
    if (r != SG_OK)
        return r;
    if (len != SG_BASE64_PADDED_CHARS(size) ||
        !sg_base64_decode(bytes, &got, value, len, SG_BASE64_PADDED) || got != size) {
        sg_wipe(bytes, sizeof bytes);
        return sg_statement_bad(&before, "its base64 is not of the length that belongs here", err);
    }
    memcpy(out, bytes, size);
    sg_wipe(bytes, sizeof bytes);
    return SG_OK;
}

enum sg_err sg_statement_end(const struct sg_statement *s, struct sg_error *err)
{
    return s->at == s->len ? SG_OK : sg_statement_bad(s, "something follows it", err);
}

void sg_statement_hash(uint8_t hash[static SG_SHA512_BYTES], const char *text, size_t n)
{
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, DOMAIN, sizeof DOMAIN);
    sg_sha512_update(&h, text, n);
    sg_sha512_final(&h, hash);
}

enum sg_err sg_statement_put(struct sg_buffer *out, const char *name, const char *value,
                             struct sg_error *err)
{
    enum sg_err r = sg_buffer_text(out, name, err);

    if (r == SG_OK)
        r = sg_buffer_text(out, ": ", err);
    if (r == SG_OK)
        r = sg_buffer_text(out, value, err);
    return r == SG_OK ? sg_buffer_text(out, "\n", err) : r;
}

enum sg_err sg_statement_put_key(struct sg_buffer *out, const char *name,
                                 const uint8_t key[static 32], struct sg_error *err)
{
    char line[SG_SSH_LINE_CHARS + 1];

    sg_ssh_line(line, key);
    return sg_statement_put(out, name, line, err);
}

enum sg_err sg_statement_put_bytes(struct sg_buffer *out, const char *name, const uint8_t *p,
                                   size_t n, struct sg_error *err)
{
    char text[SG_BASE64_PADDED_CHARS(BYTES_MAX)];
    enum sg_err r;

    if (n > BYTES_MAX)
        abort();
    r = sg_buffer_text(out, name, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, ": ", err);
    if (r == SG_OK) /* which may be secret: no strlen() */
        r = sg_buffer_append(out, text, sg_base64_encode(text, p, n, SG_BASE64_PADDED), err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    sg_wipe(text, sizeof text);
    return r;
}

bool sg_statement_is_value(const char *value, size_t n)
{
    struct sg_utf8 u = {0};

    if (n == 0 || n > SG_STATEMENT_VALUE_MAX_BYTES)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!sg_utf8_take(&u, (uint8_t)value[i]) || value[i] == '\n' || value[i] == '\r' ||
            value[i] == '\t')
            return false;
    return sg_utf8_may_end(&u);
}

/* A number of two digits, from `least` to `most`; or -1. */
static int two_digits(const char *text, int least, int most)
{
    int n;

    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    n = (text[0] - '0') * 10 + text[1] - '0';
    return n >= least && n <= most ? n : -1;
}

bool sg_statement_is_date(const char *text, size_t n)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int century, year, month;

    if ((n != 10 && n != 20) || text[4] != '-' || text[7] != '-')
        return false;
    century = two_digits(text, 0, 99);
    year = two_digits(text + 2, 0, 99);
    month = two_digits(text + 5, 1, 12);
    if (century < 0 || year < 0 || month < 0 || two_digits(text + 8, 1, days[month - 1]) < 0)
        return false;
    year += century * 100;
    if (month == 2 && text[8] == '2' && text[9] == '9' &&
        (year % 4 || (year % 100 == 0 && year % 400)))
        return false;
    return n == 10 || (text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == 'Z' &&
                       two_digits(text + 11, 0, 23) >= 0 && two_digits(text + 14, 0, 59) >= 0 &&
                       two_digits(text + 17, 0, 60) >= 0);
}
