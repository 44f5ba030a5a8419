#include "vault/tar.h"

#include <string.h>

#define NAME_BYTES 100
#define OCTAL_MAX 077777777777 /* 8 GiB less a byte */
#define ATTRIBUTE "SCHILY.xattr.user.signet."

/* The head of a member, as ustar lays it out. */
struct head {
    char name[NAME_BYTES];
    char mode[8], uid[8], gid[8];
    char size[12], modified[12];
    char sum[8];
    char type;
    char link[100];
    char magic[6], version[2];
    char user[32], group[32];
    char major[8], minor[8];
    char prefix[155];
    char unused[12];
};

_Static_assert(sizeof(struct head) == SG_TAR_BLOCK_BYTES, "a head is a block");

/* Writes a number in octal that fills the field but for its NUL. */
static void octal(char *field, size_t size, uint64_t n)
{
    field[--size] = '\0';
    while (size--) {
        field[size] = (char)('0' + (n & 7));
        n >>= 3;
    }
}

static enum sg_err add_head(struct sg_buffer *out, const char *path, char type, uint64_t size,
                            int64_t modified, struct sg_error *err)
{
    struct head h = {0};
    size_t n = strnlen(path, sizeof h.name);
    unsigned sum = 0;

    memcpy(h.name, path, n);
    octal(h.mode, sizeof h.mode, 0600);
    octal(h.uid, sizeof h.uid, 0);
    octal(h.gid, sizeof h.gid, 0);
    octal(h.size, sizeof h.size, size <= OCTAL_MAX ? size : 0);
    octal(h.modified, sizeof h.modified,
          modified >= 0 && modified <= OCTAL_MAX ? (uint64_t)modified : 0);
    h.type = type;
    memcpy(h.magic, "ustar", 6);
    memcpy(h.version, "00", 2);
    octal(h.major, sizeof h.major, 0);
    octal(h.minor, sizeof h.minor, 0);
    memset(h.sum, ' ', sizeof h.sum);
    for (size_t i = 0; i < sizeof h; i++)
        sum += ((const uint8_t *)&h)[i];
    octal(h.sum, sizeof h.sum - 1, sum);
    return sg_buffer_append(out, &h, sizeof h, err);
}

/* Decimal digits of n. */
static size_t digits(size_t n)
{
    size_t count = 1;

    for (; n >= 10; n /= 10)
        count++;
    return count;
}

/* Appends a pax record: its length in decimal, itself included; a space; "key=value"; newline. */
static enum sg_err add_record(struct sg_buffer *out, const char *key, const char *value,
                              struct sg_error *err)
{
    size_t rest = strlen(key) + strlen(value) + 3, n = rest + digits(rest);
    enum sg_err r;

    n = rest + digits(n);
    r = sg_buffer_number(out, n, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, " ", err);
    if (r == SG_OK)
        r = sg_buffer_text(out, key, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "=", err);
    if (r == SG_OK)
        r = sg_buffer_text(out, value, err);
    return r == SG_OK ? sg_buffer_text(out, "\n", err) : r;
}

static enum sg_err add_number(struct sg_buffer *out, const char *key, uint64_t n,
                              struct sg_error *err)
{
    char value[24];
    size_t at = sizeof value - 1;

    value[at] = '\0';
    do {
        value[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    return add_record(out, key, value + at, err);
}

/* Whether a path fits into a head, where it is bytes without a stated encoding. */
static bool fits(const char *path)
{
    for (const char *c = path; *c; c++)
        if ((uint8_t)*c >= 128)
            return false;
    return strlen(path) <= NAME_BYTES;
}

static enum sg_err add_records(struct sg_buffer *out, const struct sg_tar_member *m,
                               struct sg_error *err)
{
    enum sg_err r = SG_OK;

    if (!fits(m->path))
        r = add_record(out, "path", m->path, err);
    if (r == SG_OK && m->size > OCTAL_MAX)
        r = add_number(out, "size", m->size, err);
    if (r == SG_OK)
        r = add_record(out, ATTRIBUTE "name", m->name, err);
    if (r == SG_OK)
        r = add_number(out, ATTRIBUTE "revision", m->revision, err);
    if (r == SG_OK)
        r = add_number(out, ATTRIBUTE "part", m->part, err);
    if (r == SG_OK && m->removed)
        r = add_number(out, ATTRIBUTE "removed", (uint64_t)m->removed, err);
    return r;
}

enum sg_err sg_tar_begin(struct sg_buffer *out, const struct sg_tar_member *m, struct sg_error *err)
{
    struct sg_buffer records;
    enum sg_err r;

    sg_buffer_init_secret(&records, SG_TAR_RECORDS_MAX_BYTES);
    r = add_records(&records, m, err);
    if (r == SG_OK)
        r = add_head(out, "PaxHeaders/entry", 'x', records.len, m->modified, err);
    if (r == SG_OK)
        r = sg_buffer_append(out, records.data, records.len, err);
    if (r == SG_OK)
        r = sg_tar_pad(out, records.len, err);
    if (r == SG_OK)
        r = add_head(out, m->path, '0', m->size, m->modified, err);
    sg_buffer_free(&records);
    return r;
}

static const uint8_t zeros[2 * SG_TAR_BLOCK_BYTES];

enum sg_err sg_tar_pad(struct sg_buffer *out, uint64_t size, struct sg_error *err)
{
    size_t over = (size_t)(size % SG_TAR_BLOCK_BYTES);

    return over ? sg_buffer_append(out, zeros, SG_TAR_BLOCK_BYTES - over, err) : SG_OK;
}

enum sg_err sg_tar_end(struct sg_buffer *out, struct sg_error *err)
{
    return sg_buffer_append(out, zeros, sizeof zeros, err);
}
