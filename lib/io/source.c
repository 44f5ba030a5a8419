#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sg_err pull_fd(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                           struct sg_error *err)
{
    for (;;) {
        ssize_t n = read(s->fd, out, cap);
        if (n >= 0) {
            *got = (size_t)n;
            return SG_OK;
        }
        if (errno == EAGAIN) { /* somebody made the descriptor non-blocking: wait */
            struct pollfd p = {.fd = s->fd, .events = POLLIN};
            (void)poll(&p, 1, -1);
        } else if (errno == EISDIR) {
            sg_error_name(err, s->name);
            return sg_fail(err, SG_ERR_KIND, "is a folder");
        } else if (errno != EINTR) {
            return sg_fail_sys(err, errno, "cannot read", s->name);
        }
    }
}

static enum sg_err pull_memory(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                               struct sg_error *err)
{
    size_t n = s->memory_len < cap ? s->memory_len : cap;

    (void)err;
    if (n)
        memcpy(out, s->memory, n);
    s->memory += n;
    s->memory_len -= n;
    *got = n;
    return SG_OK;
}

void sg_source_custom(struct sg_source *s,
                      enum sg_err (*pull)(struct sg_source *, uint8_t *, size_t, size_t *,
                                          struct sg_error *),
                      void *context, const char *name)
{
    memset(s, 0, sizeof *s);
    s->pull = pull;
    s->context = context;
    s->name = name;
    s->fd = -1;
}

void sg_source_fd(struct sg_source *s, int fd, const char *name)
{
    sg_source_custom(s, pull_fd, NULL, name);
    s->fd = fd;
}

void sg_source_memory(struct sg_source *s, const void *p, size_t n, const char *name)
{
    static const uint8_t nothing;

    sg_source_custom(s, pull_memory, NULL, name);
    s->memory = n ? p : &nothing;
    s->memory_len = n;
}

enum sg_err sg_source_file(struct sg_source *s, const char *path, struct sg_error *err)
{
    struct stat st;
    int fd;

    sg_source_fd(s, -1, path);
    sg_error_name(err, path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return sg_fail_sys(err, errno, "cannot open", path);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        (void)close(fd);
        return sg_fail(err, SG_ERR_KIND, "is a folder");
    }
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    s->fd = fd;
    s->owns_fd = true;
    return SG_OK;
}

static enum sg_err pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    enum sg_err r;

    *got = 0;
    if (s->ended)
        return SG_OK;
    r = s->pull(s, out, cap, got, err);
    if (r == SG_OK && *got == 0)
        s->ended = true;
    return r;
}

enum sg_err sg_source_read(struct sg_source *s, uint8_t *out, size_t n, size_t *got,
                           struct sg_error *err)
{
    size_t done = s->have < n ? s->have : n;

    *got = 0;
    if (done) {
        memcpy(out, s->window.data + s->at, done);
        s->at += done;
        s->have -= done;
    }
    while (done < n) {
        size_t more;
        enum sg_err r = pull(s, out + done, n - done, &more, err);
        if (r != SG_OK)
            return r;
        if (more == 0)
            break;
        done += more;
    }
    s->taken += done;
    *got = done;
    return SG_OK;
}

/* Pulls once more into the window, moving its unread part to the front when there is no room. */
static enum sg_err widen(struct sg_source *s, size_t *more, struct sg_error *err)
{
    size_t end;
    enum sg_err r;

    if (!s->window.data) {
        r = sg_secret_new(&s->window, SG_SOURCE_WINDOW, err);
        if (r != SG_OK)
            return r;
    }
    if (s->at + s->have == SG_SOURCE_WINDOW || s->have == 0) {
        memmove(s->window.data, s->window.data + s->at, s->have);
        s->at = 0;
    }
    end = s->at + s->have;
    r = pull(s, s->window.data + end, SG_SOURCE_WINDOW - end, more, err);
    if (r == SG_OK)
        s->have += *more;
    return r;
}

enum sg_err sg_source_peek(struct sg_source *s, size_t n, const uint8_t **p, size_t *have,
                           struct sg_error *err)
{
    *p = NULL;
    *have = 0;
    while (s->have < n) {
        size_t more;
        enum sg_err r = widen(s, &more, err);
        if (r != SG_OK)
            return r;
        if (more == 0)
            break;
    }
    *p = s->window.data + s->at;
    *have = s->have < n ? s->have : n;
    return SG_OK;
}

enum sg_err sg_source_line(struct sg_source *s, const char **line, size_t *len,
                           struct sg_error *err)
{
    size_t looked = 0;

    *line = "";
    *len = 0;
    for (;;) {
        const uint8_t *from = s->window.data + s->at;
        const uint8_t *end =
            s->have > looked ? memchr(from + looked, '\n', s->have - looked) : NULL;
        size_t more, n = end ? (size_t)(end - from) + 1 : s->have;
        enum sg_err r;

        if (!end) {
            if (s->have == SG_SOURCE_WINDOW)
                return sg_fail_limit(err, SG_ERR_LIMIT, "a line is too long", 0, SG_SOURCE_WINDOW);
            looked = s->have;
            r = widen(s, &more, err);
            if (r != SG_OK)
                return r;
            if (more)
                continue;
            from = s->window.data + s->at;
        }
        *line = (const char *)from;
        *len = n;
        s->at += n;
        s->have -= n;
        s->taken += n;
        return SG_OK;
    }
}

bool sg_source_left(const struct sg_source *s, uint64_t *left)
{
    struct stat st;
    off_t at;

    *left = 0;
    if (s->ended || s->pull == pull_memory) {
        *left = s->have + (uint64_t)s->memory_len;
        return true;
    }
    if (s->pull != pull_fd || fstat(s->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    at = lseek(s->fd, 0, SEEK_CUR);
    if (at < 0 || st.st_size <= at) /* at its end, or one whose size is made up, as in /proc */
        return false;
    *left = s->have + (uint64_t)(st.st_size - at);
    return true;
}

void sg_source_close(struct sg_source *s)
{
    if (s->owns_fd)
        (void)close(s->fd);
    s->owns_fd = false;
    s->fd = -1;
    sg_secret_free(&s->window);
    s->at = s->have = 0;
    s->ended = true;
}
