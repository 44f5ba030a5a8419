#include "common/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static void flush(struct json *j)
{
    if (j->failed == SG_OK && j->have)
        j->failed = sg_sink_write(j->out, j->text, j->have, j->err);
    j->have = 0;
}

static void put(struct json *j, const char *text, size_t n)
{
    while (n && j->failed == SG_OK) {
        size_t take = sizeof j->text - j->have < n ? sizeof j->text - j->have : n;
        memcpy(j->text + j->have, text, take);
        j->have += take;
        text += take;
        n -= take;
        if (j->have == sizeof j->text)
            flush(j);
    }
}

static void word(struct json *j, const char *text)
{
    put(j, text, strlen(text));
}

static void line(struct json *j)
{
    word(j, "\n");
    for (unsigned i = 0; i < j->depth; i++)
        word(j, "  ");
}

/*
 * The length of the UTF-8 character that n bytes begin with (RFC 3629, section 4), and its code
 * point; 0 when they begin with none.
 */
static size_t character(const unsigned char *p, size_t n, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = p[0] < 0x80   ? 1
                 : p[0] < 0xc2 ? 0
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                 : p[0] < 0xf5 ? 4
                               : 0;

    if (len == 0 || len > n)
        return 0;
    *point = len == 1 ? p[0] : p[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (p[i] & 0x3f);
    }
    if (*point < least[len] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
        return 0;
    return len;
}

static void quoted(struct json *j, const char *text, size_t n)
{
    word(j, "\"");
    for (size_t i = 0; i < n;) {
        uint32_t point;
        size_t len = character((const unsigned char *)text + i, n - i, &point);
        if (len == 0) {
            word(j, REPLACEMENT);
            len = 1;
        } else if (point == '"' || point == '\\') {
            word(j, "\\");
            put(j, text + i, 1);
        } else if (point < 32 || (point >= 127 && point < 160)) {
            char escaped[16];
            (void)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)point);
            word(j, escaped);
        } else {
            put(j, text + i, len);
        }
        i += len;
    }
    word(j, "\"");
}

/* What comes before any value: a comma, a new line, the key. */
static void begin(struct json *j, const char *key)
{
    bool inside = j->depth > 0;

    if ((key != NULL) != (inside && !j->array[j->depth]) || (!inside && j->begun[0]))
        abort();
    if (inside) {
        if (j->begun[j->depth])
            word(j, ",");
        line(j);
    }
    j->begun[j->depth] = true;
    if (key) {
        quoted(j, key, strlen(key));
        word(j, ": ");
    }
}

void json_start(struct json *j, struct sg_sink *out, struct sg_error *err)
{
    memset(j, 0, sizeof *j);
    j->out = out;
    j->err = err;
}

static void open_level(struct json *j, const char *key, bool array)
{
    begin(j, key);
    if (j->depth == JSON_DEPTH)
        abort();
    j->depth++;
    j->array[j->depth] = array;
    j->begun[j->depth] = false;
    word(j, array ? "[" : "{");
}

void json_object(struct json *j, const char *key)
{
    open_level(j, key, false);
}

void json_array(struct json *j, const char *key)
{
    open_level(j, key, true);
}

void json_close(struct json *j)
{
    bool array, begun;

    if (j->depth == 0)
        abort();
    array = j->array[j->depth];
    begun = j->begun[j->depth];
    j->depth--;
    if (begun)
        line(j);
    word(j, array ? "]" : "}");
}

void json_text(struct json *j, const char *key, const char *text, size_t n)
{
    begin(j, key);
    quoted(j, text, n);
}

void json_string(struct json *j, const char *key, const char *text)
{
    if (text)
        json_text(j, key, text, strlen(text));
    else
        json_null(j, key);
}

void json_number(struct json *j, const char *key, uint64_t n)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    begin(j, key);
    word(j, digits);
}

void json_bool(struct json *j, const char *key, bool is)
{
    begin(j, key);
    word(j, is ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
    begin(j, key);
    word(j, "null");
}

enum sg_err json_finish(struct json *j)
{
    if (j->depth || !j->begun[0])
        abort();
    word(j, "\n");
    flush(j);
    return j->failed;
}
