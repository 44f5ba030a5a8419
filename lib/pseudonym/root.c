#include "pseudonym/root.h"

#include "base/bech32.h"
#include "crypto/random.h"

#include <string.h>
#include <strings.h>

#define CHARS SG_BECH32_CHARS(sizeof SG_ROOT_PREFIX - 1, SG_ROOT_BYTES)
#define HEAD \
    "# a root of pseudonyms: whoever has it is all of them, so keep it secret, and keep a copy\n"

void sg_root_new(uint8_t root[static SG_ROOT_BYTES])
{
    sg_random(root, SG_ROOT_BYTES);
}

bool sg_root_is_text(const char *text, size_t n)
{
    static const char start[] = SG_ROOT_PREFIX "1";

    return n >= sizeof start - 1 && strncasecmp(text, start, sizeof start - 1) == 0;
}

enum sg_err sg_root_file(struct sg_buffer *out, const uint8_t root[static SG_ROOT_BYTES],
                         struct sg_error *err)
{
    char text[CHARS + 1];
    enum sg_err r = sg_buffer_text(out, HEAD, err);

    sg_bech32_encode(text, SG_ROOT_PREFIX, root, SG_ROOT_BYTES, true);
    if (r == SG_OK)
        r = sg_buffer_append(out, text, CHARS, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    sg_wipe(text, sizeof text);
    return r;
}

/* What is wrong with a line that should be a root; NULL, with the root, when nothing is. */
static const char *read_line(uint8_t root[static SG_ROOT_BYTES], const char *text, size_t n)
{
    size_t prefix, len, column;
    enum sg_bech32 fault;

    if (!sg_root_is_text(text, n)) {
        if (n > 4 && strncasecmp(text, "age-", 4) == 0)
            return "it is an identity, one key and not a root";
        if (n > 11 && strncmp(text, "-----BEGIN ", 11) == 0)
            return "it is a key or a message of another kind";
        return "it does not begin with SIGNET-ROOT-1";
    }
    if (n != CHARS)
        return "it is too short or too long";
    fault = sg_bech32_decode(&prefix, root, SG_ROOT_BYTES, &len, &column, text, n);
    if (fault == SG_BECH32_OK && text[0] == 'S' && len == SG_ROOT_BYTES &&
        prefix == sizeof SG_ROOT_PREFIX - 1)
        return NULL;
    sg_wipe(root, SG_ROOT_BYTES);
    switch (fault) {
    case SG_BECH32_CHECKSUM:
        return "its checksum does not match: it was mistyped or damaged";
    case SG_BECH32_CHARACTER:
        return "a character in it is none that keys are written with";
    case SG_BECH32_OK:
    case SG_BECH32_CASE:
        return "it must be all in upper case";
    default:
        return "its last characters are not as a root is written";
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

enum sg_err sg_root_parse(uint8_t root[static SG_ROOT_BYTES], const char *text, size_t n,
                          struct sg_error *err)
{
    const char *what = NULL;
    uint64_t line = 0;
    bool found = false;

    memset(root, 0, SG_ROOT_BYTES);
    while (n && !what) {
        const char *start = text, *end = memchr(text, '\n', n);
        size_t len = end ? (size_t)(end - text) : n;

        text += len + (end != NULL);
        n -= len + (end != NULL);
        line++;
        while (len && is_blank(start[len - 1]))
            len--;
        while (len && is_blank(*start)) {
            start++;
            len--;
        }
        if (len == 0 || *start == '#')
            continue;
        what = found ? "more follows the root, and a file has one" : read_line(root, start, len);
        found = true;
    }
    if (found && !what)
        return SG_OK;
    sg_wipe(root, SG_ROOT_BYTES);
    sg_fail(err, SG_ERR_ROOT, what ? what : "there is no root in it");
    err->line = what ? line : 0;
    return SG_ERR_ROOT;
}
