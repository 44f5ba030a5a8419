#include "key/file.h"

#include "base/time.h"
#include "key/ssh.h"
#include "key/text.h"

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

static void skip_blank_lines(const char **text, size_t *n, uint64_t *line)
{
    for (; *n && (is_blank(**text) || **text == '\n'); ++*text, --*n)
        *line += **text == '\n';
}

enum sg_err sg_recipients_parse(struct sg_recipients *all, const char *text, size_t n,
                                struct sg_error *err)
{
    const char *key;
    size_t len;
    uint64_t line = 0, column;
    bool any = false, others = false;

    while (next_key(&text, &n, &line, &key, &len, &column)) {
        size_t options = sg_ssh_options(key, len);
        enum sg_err r = sg_recipient_read(all, key + options, len - options, err);
        if (r == SG_ERR_RECIPIENT && all->passed_over &&
            sg_ssh_is_other(key + options, len - options)) {
            all->passed_over(err->name, line, err->what);
            others = true;
            continue;
        }
        if (r != SG_OK) {
            err->line = line;
            err->column += err->column ? column : 0;
            return r;
        }
        any = true;
    }
    if (any)
        return SG_OK;
    return sg_fail(err, SG_ERR_NO_KEYS, others ? "no key that can be sealed to" : "no recipient");
}

enum sg_err sg_identities_parse(struct sg_identities *ids, const char *text, size_t n,
                                struct sg_error *err)
{
    const char *key;
    size_t len;
    uint64_t line = 0, column;
    bool any = false;

    skip_blank_lines(&text, &n, &line);
    if (sg_text_kind(text, n) == SG_TEXT_SSH_PRIVATE)
        return sg_ssh_identity_read(ids, text, n, err);
    while (next_key(&text, &n, &line, &key, &len, &column)) {
        enum sg_err r = sg_identity_read(ids, key, len, err);
        if (r != SG_OK) {
            err->line = line;
            return r;
        }
        any = true;
    }
    return any ? SG_OK : sg_fail(err, SG_ERR_NO_KEYS, "no identity");
}

enum sg_err sg_identity_file(struct sg_buffer *out, struct sg_identity id, int64_t created,
                             const char *comment, struct sg_error *err)
{
    char time[SG_TIME_BYTES];
    struct sg_recipients public;
    enum sg_err r;

    if (id.type == SG_KEY_SSH_ED25519) {
        r = sg_ssh_identity_text(out, id.secret, comment ? comment : "", err);
        return r == SG_OK ? sg_buffer_text(out, "\n", err) : r;
    }
    sg_recipients_init(&public);
    sg_time_rfc3339(time, created);
    r = sg_recipient_of(&public, id, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "# created: ", err);
    if (r == SG_OK)
        r = sg_buffer_text(out, time, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n# public key: ", err);
    if (r == SG_OK)
        r = sg_recipient_text(out, sg_recipients_at(&public, 0), err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    if (r == SG_OK)
        r = sg_identity_text(out, id, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    sg_recipients_free(&public);
    return r;
}
