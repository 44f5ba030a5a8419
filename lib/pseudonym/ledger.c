#include "pseudonym/ledger.h"

#include "base/buffer.h"
#include "crypto/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char HEAD[] = "signet spent tokens v1\n";
#define HEAD_BYTES (sizeof HEAD - 1)
#define LINE_BYTES (2 * SG_SPENT_BYTES + 1)
#define LINES_AT_ONCE 1024

void sg_spent_id(uint8_t id[static SG_SPENT_BYTES], const uint8_t issuer[static 32],
                 const uint8_t serial[static 32])
{
    static const char label[] = "signet/spent/v1";
    uint8_t bytes[sizeof label + 64];

    memcpy(bytes, label, sizeof label);
    memcpy(bytes + sizeof label, issuer, 32);
    memcpy(bytes + sizeof label + 32, serial, 32);
    sg_sha256(id, bytes, sizeof bytes);
}

static void to_line(char line[static LINE_BYTES], const uint8_t id[static SG_SPENT_BYTES])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SG_SPENT_BYTES; i++) {
        line[2 * i] = digits[id[i] >> 4];
        line[2 * i + 1] = digits[id[i] & 15];
    }
    line[LINE_BYTES - 1] = '\n';
}

static enum sg_err spent_before(struct sg_error *err, size_t at)
{
    sg_fail(err, SG_ERR_SPENT, NULL);
    err->value = at + 1;
    return SG_ERR_SPENT;
}

/* Reads n bytes at an offset, or fewer at the end. */
static ssize_t read_at(int fd, void *out, size_t n, off_t at)
{
    size_t have = 0;

    while (have < n) {
        ssize_t got = pread(fd, (char *)out + have, n - have, at + (off_t)have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

static bool write_at(int fd, const void *p, size_t n, off_t at)
{
    size_t done = 0;

    while (done < n) {
        ssize_t put = pwrite(fd, (const char *)p + done, n - done, at + (off_t)done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return true;
}

static bool is_line(const char *line)
{
    for (size_t i = 0; i < LINE_BYTES - 1; i++)
        if (!strchr("0123456789abcdef", line[i]) || !line[i])
            return false;
    return line[LINE_BYTES - 1] == '\n';
}

/* Looks for the new lines among those that are there; *end is where these end. */
static enum sg_err look(int fd, off_t *end, const struct sg_buffer *lines, const char *path,
                        struct sg_error *err)
{
    char piece[LINES_AT_ONCE * LINE_BYTES], head[HEAD_BYTES];
    ssize_t got = read_at(fd, head, sizeof head, 0);

    *end = 0;
    if (got >= 0 && memcmp(head, HEAD, (size_t)got) != 0)
        return sg_fail(err, SG_ERR_SIGNATURE, "no ledger of spent tokens");
    if (got >= 0 && got < (ssize_t)HEAD_BYTES)
        return SG_OK; /* new, or cut off before anything was in it */
    *end = HEAD_BYTES;
    while (got > 0 && (got = read_at(fd, piece, sizeof piece, *end)) > 0) {
        size_t whole = (size_t)got / LINE_BYTES;
        for (size_t i = 0; i < whole; i++) {
            const char *line = piece + i * LINE_BYTES;
            if (!is_line(line))
                return sg_fail(err, SG_ERR_SIGNATURE, "a ledger of spent tokens that is damaged");
            for (size_t j = 0; j < lines->len; j += LINE_BYTES)
                if (memcmp(lines->data + j, line, LINE_BYTES) == 0)
                    return spent_before(err, j / LINE_BYTES);
        }
        *end += (off_t)(whole * LINE_BYTES);
        if (whole < LINES_AT_ONCE)
            break; /* what is left has no end, and was never reported */
    }
    return got < 0 ? sg_fail_sys(err, errno, "cannot read", path) : SG_OK;
}

static enum sg_err spend(int fd, const struct sg_buffer *lines, const char *path,
                         struct sg_error *err)
{
    off_t end;
    enum sg_err r = look(fd, &end, lines, path, err);

    if (r != SG_OK)
        return r;
    if (ftruncate(fd, end) != 0 || (end == 0 && !write_at(fd, HEAD, HEAD_BYTES, 0)) ||
        !write_at(fd, lines->data, lines->len, end ? end : (off_t)HEAD_BYTES) || fsync(fd) != 0)
        r = sg_fail_sys(err, errno, "cannot write", path);
    if (r != SG_OK && ftruncate(fd, end) != 0) /* a full disk: nothing stays that is not reported */
        return r;
    return r;
}

/* Forces the name of a new file to the disk. */
static enum sg_err sync_folder(const char *path, struct sg_error *err)
{
    char folder[4096] = ".";
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) + (slash == path) : 0;
    int fd;
    bool ok;

    if (n >= sizeof folder)
        return sg_fail_sys(err, ENAMETOOLONG, "cannot open", path);
    if (n) {
        memcpy(folder, path, n);
        folder[n] = '\0';
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok ? SG_OK : sg_fail_sys(err, errno, "cannot write", path);
}

enum sg_err sg_ledger_spend(const char *path, const uint8_t *spent, size_t count,
                            struct sg_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    struct sg_buffer lines;
    struct stat st;
    enum sg_err r = SG_OK;

    sg_error_name(err, path);
    if (fd < 0)
        return sg_fail_sys(err, errno, "cannot open", path);
    sg_buffer_init(&lines, count * LINE_BYTES);
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            r = sg_fail_sys(err, errno, "cannot lock", path);
            break;
        }
    if (r == SG_OK && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)))
        r = sg_fail(err, SG_ERR_SIGNATURE, "no regular file, and no ledger");
    for (size_t i = 0; r == SG_OK && i < count; i++) {
        char line[LINE_BYTES];
        to_line(line, spent + i * SG_SPENT_BYTES);
        for (size_t j = 0; r == SG_OK && j < lines.len; j += LINE_BYTES)
            if (memcmp(lines.data + j, line, LINE_BYTES) == 0)
                r = spent_before(err, i);
        if (r == SG_OK)
            r = sg_buffer_append(&lines, line, sizeof line, err);
    }
    if (r == SG_OK)
        r = spend(fd, &lines, path, err);
    if (r == SG_OK && st.st_size == 0)
        r = sync_folder(path, err);
    sg_buffer_free(&lines);
    (void)close(fd); /* which ends the lock; what was written is on the disk */
    return r;
}
