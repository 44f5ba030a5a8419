#include "key/file.h"

#include "base/time.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Takes lines off *text until one holds a key: *key and *len are that key, *line its number and
 * *column where it starts. False at the end.
 */
static bool next_key(const char **text, size_t *n, uint64_t *line, const char **key, size_t *len,
                     uint64_t *column)
{
    while (*n) {
        const char *start = *text, *end = memchr(start, '\n', *n);
        size_t i = 0, length = end ? (size_t)(end - start) : *n;

        *text += length + (end != NULL);
        *n -= length + (end != NULL);
        ++*line;
        while (length && is_blank(start[length - 1]))
            length--;
        while (i < length && is_blank(start[i]))
            i++;
        if (i == length || start[i] == '#')
            continue;
        *key = start + i;
        *len = length - i;
        *column = i;
        return true;
    }
    return false;
}

enum sg_err sg_recipients_parse(struct sg_recipients *all, const char *text, size_t n,
                                struct sg_error *err)
{
    const char *key;
    size_t len;
    uint64_t line = 0, column;
    bool any = false;

    while (next_key(&text, &n, &line, &key, &len, &column)) {
        struct sg_recipient to;
        enum sg_err r = sg_recipient_parse(&to, key, len, err);
        if (r != SG_OK) {
            err->line = line;
            err->column += err->column ? column : 0;
            return r;
        }
        r = sg_recipients_add(all, &to, err);
        if (r != SG_OK)
            return r;
        any = true;
    }
    return any ? SG_OK : sg_fail(err, SG_ERR_NO_KEYS, "no recipient");
}

enum sg_err sg_identities_parse(struct sg_identities *ids, const char *text, size_t n,
                                struct sg_error *err)
{
    const char *key;
    size_t len;
    uint64_t line = 0, column;
    bool any = false;

    while (next_key(&text, &n, &line, &key, &len, &column)) {
        struct sg_identity id;
        enum sg_err r = sg_identity_parse(&id, key, len, err);
        if (r != SG_OK) {
            err->line = line;
            err->column = 0;
            return r;
        }
        r = sg_identities_add(ids, &id, err);
        sg_wipe(&id, sizeof id);
        if (r != SG_OK)
            return r;
        any = true;
    }
    return any ? SG_OK : sg_fail(err, SG_ERR_NO_KEYS, "no identity");
}

enum sg_err sg_identity_file(struct sg_buffer *out, const struct sg_identity *id, int64_t created,
                             struct sg_error *err)
{
    struct sg_recipient to;
    char time[SG_TIME_BYTES], public[SG_RECIPIENT_TEXT_BYTES], secret[SG_IDENTITY_TEXT_BYTES];
    const char *const parts[] = {"# created: ", time, "\n# public key: ", public, "\n",
                                 secret,        "\n"};
    enum sg_err r = SG_OK;

    sg_time_rfc3339(time, created);
    sg_recipient_of(&to, id);
    sg_recipient_text(public, &to);
    sg_identity_text(secret, id);
    for (size_t i = 0; r == SG_OK && i < sizeof parts / sizeof *parts; i++)
        r = sg_buffer_text(out, parts[i], err);
    sg_wipe(secret, sizeof secret);
    return r;
}
