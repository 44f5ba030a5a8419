#include "pseudonym/pem.h"

#include "base/base64.h"

#include <string.h>

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"

static enum sg_err put_line(struct sg_buffer *out, const char *with, const char *label,
                            struct sg_error *err)
{
    enum sg_err r = sg_buffer_text(out, with, err);

    if (r == SG_OK)
        r = sg_buffer_text(out, label, err);
    return r == SG_OK ? sg_buffer_text(out, DASHES "\n", err) : r;
}

enum sg_err sg_pem_write(struct sg_buffer *out, const char *label, const void *p, size_t n,
                         struct sg_error *err)
{
    struct sg_buffer chars;
    enum sg_err r = put_line(out, BEGIN, label, err);

    sg_buffer_init(&chars, SG_BASE64_PADDED_CHARS(n) + 1);
    if (r == SG_OK)
        r = sg_buffer_reserve(&chars, SG_BASE64_PADDED_CHARS(n), err);
    if (r == SG_OK)
        chars.len = sg_base64_encode((char *)chars.data, p, n, SG_BASE64_PADDED);
    for (size_t at = 0; r == SG_OK && at < chars.len; at += SG_PEM_COLUMNS) {
        size_t len = chars.len - at < SG_PEM_COLUMNS ? chars.len - at : SG_PEM_COLUMNS;
        r = sg_buffer_append(out, chars.data + at, len, err);
        if (r == SG_OK)
            r = sg_buffer_text(out, "\n", err);
    }
    sg_buffer_free(&chars);
    return r == SG_OK ? put_line(out, END, label, err) : r;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Takes "-----BEGIN LABEL-----" off the text; false when something else stands there. */
static bool take(const char **text, size_t *n, const char *with, const char *label)
{
    const char *const parts[] = {with, label, DASHES};
    const char *p = *text;
    size_t left = *n;

    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(parts[i]);
        if (left < len || memcmp(p, parts[i], len) != 0)
            return false;
        p += len;
        left -= len;
    }
    *text = p;
    *n = left;
    return true;
}

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_SIGNATURE, what);
}

enum sg_err sg_pem_read(struct sg_buffer *out, const char *label, const char *text, size_t n,
                        struct sg_error *err)
{
    struct sg_buffer chars;
    size_t len;
    enum sg_err r = SG_OK;

    while (n && is_space(*text)) {
        text++;
        n--;
    }
    if (!take(&text, &n, BEGIN, label) || n == 0 || (*text != '\n' && *text != '\r'))
        return bad(err, "its first line is not as it should be");
    sg_buffer_init(&chars, n);
    for (; r == SG_OK && n && *text != '-'; text++, n--)
        if (*text != '\n' && *text != '\r')
            r = sg_buffer_append(&chars, text, 1, err);
    if (r == SG_OK && !take(&text, &n, END, label))
        r = bad(err, "it is cut off: its last line is missing");
    for (; r == SG_OK && n; text++, n--)
        if (!is_space(*text))
            r = bad(err, "something follows it");
    if (r == SG_OK)
        r = sg_buffer_reserve(out, chars.len / 4 * 3 + 2, err);
    if (r == SG_OK) {
        if (sg_base64_decode(out->data + out->len, &len, (const char *)chars.data, chars.len,
                             SG_BASE64_PADDED))
            out->len += len;
        else
            r = bad(err, "its lines are not canonical base64");
    }
    sg_buffer_free(&chars);
    return r;
}
