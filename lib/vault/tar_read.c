#include "vault/tar.h"

#include <string.h>

#define ATTRIBUTE "SCHILY.xattr.user.signet."
#define SIZE_MAX_BYTES ((uint64_t)1 << 62)

/* Where the fields of a head are, and how long. */
enum {
    NAME_AT = 0,
    NAME_LEN = 100,
    SIZE_AT = 124,
    SIZE_LEN = 12,
    TIME_AT = 136,
    TIME_LEN = 12,
    SUM_AT = 148,
    SUM_LEN = 8,
    TYPE_AT = 156,
    MAGIC_AT = 257,
    PREFIX_AT = 345,
    PREFIX_LEN = 155,
};

static enum sg_err malformed(const struct sg_tar_reader *t, const char *what, struct sg_error *err)
{
    sg_error_name(err, t->in->name);
    return sg_fail(err, SG_ERR_ARCHIVE, what);
}

/* Reads n bytes, all of them. */
static enum sg_err take(struct sg_tar_reader *t, uint8_t *out, size_t n, struct sg_error *err)
{
    size_t got;
    enum sg_err r = sg_source_read(t->in, out, n, &got, err);

    return r == SG_OK && got < n ? malformed(t, "it ends too early", err) : r;
}

static enum sg_err pass_over(struct sg_tar_reader *t, uint64_t n, struct sg_error *err)
{
    uint8_t scratch[4096];
    enum sg_err r = SG_OK;

    while (r == SG_OK && n) {
        size_t some = n < sizeof scratch ? (size_t)n : sizeof scratch;
        r = take(t, scratch, some, err);
        n -= some;
    }
    sg_wipe(scratch, sizeof scratch);
    return r;
}

/* A number in octal, with spaces or NULs round it; or, from GNU tar, in base 256. */
static bool number(uint64_t *out, const uint8_t *field, size_t n)
{
    size_t i = 0;

    *out = 0;
    if (field[0] & 0x80) {
        for (i = 0; i < n; i++) {
            if (*out >> 54)
                return false;
            *out = *out << 8 | (i ? field[i] : field[i] & 0x7fU);
        }
        return true;
    }
    while (i < n && field[i] == ' ')
        i++;
    for (; i < n && field[i] >= '0' && field[i] <= '7'; i++)
        *out = *out << 3 | (uint64_t)(field[i] - '0'); /* 12 digits at most */
    return i == n || field[i] == ' ' || field[i] == '\0';
}

/* Whether a head's checksum is right: the sum of its bytes, with spaces in the checksum's place. */
static bool sum_fits(const uint8_t *head)
{
    uint64_t want, sum = 0;

    for (size_t i = 0; i < SG_TAR_BLOCK_BYTES; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_LEN ? ' ' : head[i];
    return number(&want, head + SUM_AT, SUM_LEN) && want == sum;
}

static bool is_zero(const uint8_t *block)
{
    for (size_t i = 0; i < SG_TAR_BLOCK_BYTES; i++)
        if (block[i])
            return false;
    return true;
}

/* Joins prefix and name into a path. */
static void join_path(char out[static SG_TAR_PATH_BYTES], const uint8_t *head)
{
    bool ustar = memcmp(head + MAGIC_AT, "ustar", 6) == 0; /* GNU tar uses the prefix otherwise */
    size_t prefix = ustar ? strnlen((const char *)head + PREFIX_AT, PREFIX_LEN) : 0;
    size_t name = strnlen((const char *)head + NAME_AT, NAME_LEN);

    if (prefix) {
        memcpy(out, head + PREFIX_AT, prefix);
        out[prefix++] = '/';
    }
    memcpy(out + prefix, head + NAME_AT, name);
    out[prefix + name] = '\0';
}

/* Reads the content of the head at hand into t->text. */
static enum sg_err take_text(struct sg_tar_reader *t, uint64_t size, struct sg_error *err)
{
    size_t padded =
        (size_t)((size + SG_TAR_BLOCK_BYTES - 1) / SG_TAR_BLOCK_BYTES * SG_TAR_BLOCK_BYTES);
    enum sg_err r;

    t->text.len = 0;
    if (size > SG_TAR_RECORDS_MAX_BYTES)
        return malformed(t, "a name or attribute in it is too long", err);
    r = sg_buffer_reserve(&t->text, padded + 1, err);
    if (r == SG_OK && padded)
        r = take(t, t->text.data, padded, err);
    if (r == SG_OK)
        t->text.data[size] = '\0';
    t->text.len = (size_t)size;
    return r;
}

static bool decimal(uint64_t *out, const char *text, size_t n)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9' || *out > UINT64_MAX / 100)
            return false;
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return n > 0;
}

static bool copy_text(char out[static SG_TAR_PATH_BYTES], const char *text, size_t n)
{
    if (n == 0 || n >= SG_TAR_PATH_BYTES || memchr(text, '\0', n))
        return false;
    memcpy(out, text, n);
    out[n] = '\0';
    return true;
}

static bool is_key(const char *key, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(key, word, n) == 0;
}

/* What the pax records before a member have said of it. */
struct records {
    bool path, size, modified;
    uint64_t bytes;
};

/* Takes one record; false when it is one that matters and cannot be. */
static bool take_record(struct sg_tar_member *m, struct records *have, const char *key, size_t n,
                        const char *value, size_t len)
{
    uint64_t number = 0;
    size_t whole;

    if (is_key(key, n, "path"))
        return have->path = copy_text(m->path, value, len);
    if (is_key(key, n, "size")) {
        have->size = true;
        return decimal(&have->bytes, value, len);
    }
    if (is_key(key, n, "mtime")) {
        const char *dot = memchr(value, '.', len);
        whole = dot ? (size_t)(dot - value) : len;
        have->modified = decimal(&number, value, whole) && number <= INT64_MAX;
        m->modified = have->modified ? (int64_t)number : 0;
        return true; /* times before 1970 are none to us */
    }
    if (is_key(key, n, ATTRIBUTE "name"))
        return m->ours = copy_text(m->name, value, len);
    if (is_key(key, n, ATTRIBUTE "revision"))
        return decimal(&m->revision, value, len) && m->revision && m->revision < INT64_MAX;
    if (is_key(key, n, ATTRIBUTE "part"))
        return decimal(&m->part, value, len) && m->part && m->part < INT64_MAX;
    if (is_key(key, n, ATTRIBUTE "removed")) {
        bool good = decimal(&number, value, len) && number && number <= INT64_MAX;
        m->removed = good ? (int64_t)number : 0;
        return good;
    }
    return true;
}

/* Takes the records in t->text. */
static enum sg_err take_records(struct sg_tar_member *m, struct records *have,
                                struct sg_tar_reader *t, struct sg_error *err)
{
    const char *p = (const char *)t->text.data, *end = p + t->text.len;

    while (p < end) {
        const char *space = memchr(p, ' ', (size_t)(end - p)), *equals;
        uint64_t n;
        if (!space || !decimal(&n, p, (size_t)(space - p)) || n > (uint64_t)(end - p) ||
            p + n <= space + 2 || p[n - 1] != '\n')
            return malformed(t, "its attributes are malformed", err);
        equals = memchr(space + 1, '=', (size_t)(p + n - 1 - (space + 1)));
        if (!equals || !take_record(m, have, space + 1, (size_t)(equals - (space + 1)), equals + 1,
                                    (size_t)(p + n - 1 - (equals + 1))))
            return malformed(t, "its attributes are malformed", err);
        p += n;
    }
    return SG_OK;
}

/* Reads to the end of the input: what follows the end of an archive fills up a record. */
static enum sg_err drain(struct sg_tar_reader *t, struct sg_error *err)
{
    uint8_t scratch[4096];
    size_t got = sizeof scratch;
    enum sg_err r = SG_OK;

    while (r == SG_OK && got == sizeof scratch)
        r = sg_source_read(t->in, scratch, sizeof scratch, &got, err);
    sg_wipe(scratch, sizeof scratch);
    return r;
}

/* Reads what a head of this type says about the member that follows it; *done: or is it one. */
static enum sg_err take_head(struct sg_tar_member *m, struct records *have, bool *done,
                             const uint8_t *head, struct sg_tar_reader *t, struct sg_error *err)
{
    uint64_t size, modified;
    char type = (char)head[TYPE_AT];
    enum sg_err r = SG_OK;

    *done = false;
    if (!number(&size, head + SIZE_AT, SIZE_LEN) || !number(&modified, head + TIME_AT, TIME_LEN))
        return malformed(t, "a number in it is malformed", err);
    if (type == 'x' || type == 'g' || type == 'L' || type == 'K')
        r = take_text(t, size, err);
    if (r != SG_OK)
        return r;
    if (type == 'x')
        return take_records(m, have, t, err);
    if (type == 'L') {
        have->path = copy_text(m->path, (const char *)t->text.data,
                               strnlen((const char *)t->text.data, t->text.len));
        return have->path ? SG_OK : malformed(t, "a name in it is malformed", err);
    }
    if (type == 'g' || type == 'K')
        return SG_OK;
    *done = true;
    m->file = type == '0' || type == '\0' || type == '7';
    m->folder = type == '5';
    if (!have->path)
        join_path(m->path, head);
    if (!have->modified)
        m->modified = modified <= INT64_MAX ? (int64_t)modified : 0;
    m->size = have->size ? have->bytes : size;
    if (type >= '1' && type <= '6') /* links, devices, folders: whatever the size says */
        m->size = 0;
    if (m->size > SIZE_MAX_BYTES || (m->ours && (!m->revision || !m->part)))
        return malformed(t, "its attributes are malformed", err);
    t->left = m->size;
    t->padding = (SG_TAR_BLOCK_BYTES - m->size % SG_TAR_BLOCK_BYTES) % SG_TAR_BLOCK_BYTES;
    return SG_OK;
}

enum sg_err sg_tar_next(struct sg_tar_member *m, bool *there, struct sg_tar_reader *t,
                        struct sg_error *err)
{
    uint8_t head[SG_TAR_BLOCK_BYTES];
    struct records have = {0};
    enum sg_err r = pass_over(t, t->left, err);

    if (r == SG_OK)
        r = pass_over(t, t->padding, err);
    t->left = t->padding = 0;
    if (!t->text.max)
        sg_buffer_init_secret(&t->text, SG_TAR_RECORDS_MAX_BYTES + 2 * SG_TAR_BLOCK_BYTES);
    memset(m, 0, sizeof *m);
    *there = false;
    while (r == SG_OK && !*there) {
        r = take(t, head, sizeof head, err);
        if (r == SG_OK && is_zero(head))
            return drain(t, err);
        if (r == SG_OK && !sum_fits(head))
            r = malformed(t, "it is no tar archive, or damaged", err);
        if (r == SG_OK)
            r = take_head(m, &have, there, head, t, err);
    }
    return r;
}

static enum sg_err pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    struct sg_tar_reader *t = s->context;
    size_t n = t->left < cap ? (size_t)t->left : cap;
    enum sg_err r = n ? take(t, out, n, err) : SG_OK;

    *got = n;
    t->left -= n;
    return r;
}

void sg_tar_content(struct sg_source *content, struct sg_tar_reader *t)
{
    sg_source_custom(content, pull, t, t->in->name);
}

void sg_tar_close(struct sg_tar_reader *t)
{
    sg_buffer_free(&t->text);
}
