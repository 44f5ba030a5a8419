#include "io/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h> /* for renameat() alone */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sg_err put_fd(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    while (n) {
        ssize_t done = write(k->fd, p, n);
        if (done >= 0) {
            p += done;
            n -= (size_t)done;
        } else if (errno == EAGAIN) { /* somebody made the descriptor non-blocking: wait */
            struct pollfd poller = {.fd = k->fd, .events = POLLOUT};
            (void)poll(&poller, 1, -1);
        } else if (errno != EINTR) {
            return sg_fail_sys(err, errno, "cannot write", k->name);
        }
    }
    return SG_OK;
}

static enum sg_err put_buffer(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    return sg_buffer_append(k->buffer, p, n, err);
}

void sg_sink_custom(struct sg_sink *k,
                    enum sg_err (*put)(struct sg_sink *, const uint8_t *, size_t,
                                       struct sg_error *),
                    enum sg_err (*end)(struct sg_sink *, struct sg_error *), void *context,
                    const char *name)
{
    memset(k, 0, sizeof *k);
    k->put = put;
    k->end = end;
    k->context = context;
    k->name = name;
    k->fd = k->folder = -1;
}

void sg_sink_fd(struct sg_sink *k, int fd, const char *name)
{
    sg_sink_custom(k, put_fd, NULL, NULL, name);
    k->fd = fd;
}

void sg_sink_buffer(struct sg_sink *k, struct sg_buffer *b)
{
    sg_sink_custom(k, put_buffer, NULL, NULL, NULL);
    k->buffer = b;
}

/* Writes ".signet-PID-TRY" without stdio. */
static void name_temporary(char out[static SG_SINK_TEMPORARY_BYTES], unsigned try)
{
    unsigned long numbers[2] = {(unsigned long)getpid(), try};
    size_t at = 7;

    memcpy(out, ".signet", at);
    for (int i = 0; i < 2; i++) {
        char digits[20];
        size_t n = 0;
        do
            digits[n++] = (char)('0' + numbers[i] % 10);
        while ((numbers[i] /= 10) && n < 11);
        out[at++] = '-';
        while (n)
            out[at++] = digits[--n];
    }
    out[at] = '\0';
}

#define TRIES 1000

/* Makes a temporary, and notes that there is one, with no signal between the two. */
static int create_temporary(struct sg_sink *k, int (*create)(const struct sg_sink *k))
{
    sigset_t all, before;
    int r, sys;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    r = create(k);
    sys = errno;
    if (r >= 0)
        k->temporary_exists = 1;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = sys;
    return r;
}

static int create_named(const struct sg_sink *k)
{
    return openat(k->folder, k->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  0600);
}

/* Creates a temporary with a name, for file systems without O_TMPFILE. */
static int open_named(struct sg_sink *k)
{
    for (unsigned try = 0; try < TRIES; try++) {
        int fd;
        name_temporary(k->temporary, try);
        fd = create_temporary(k, create_named);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

#define DESCRIPTORS "/proc/self/fd/"

/* Creates a file without a name, if there are the means to give it one later. */
static int open_nameless(const struct sg_sink *k)
{
    if (access(DESCRIPTORS, X_OK) != 0) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return openat(k->folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
}

/* Gives the nameless file the name `to` in the folder. */
static int link_nameless(const struct sg_sink *k, const char *to)
{
    char path[sizeof DESCRIPTORS + 11] = DESCRIPTORS;
    size_t at = sizeof DESCRIPTORS - 1, n = 0;
    char digits[11];
    int fd = k->fd;

    do
        digits[n++] = (char)('0' + fd % 10);
    while ((fd /= 10));
    while (n)
        path[at++] = digits[--n];
    path[at] = '\0';
    return linkat(AT_FDCWD, path, k->folder, to, AT_SYMLINK_FOLLOW);
}

static int link_temporary(const struct sg_sink *k)
{
    return link_nameless(k, k->temporary);
}

static enum sg_err cannot_create(const struct sg_sink *k, int sys, struct sg_error *err)
{
    return sg_fail_sys(err, sys, "cannot create", k->name);
}

/* Splits the path that is to be written, with links followed when there are any to follow. */
static enum sg_err find_target(struct sg_sink *k, const char *path, bool follow,
                               struct sg_error *err)
{
    char *slash;

    k->target = follow ? realpath(path, NULL) : strdup(path);
    if (!k->target)
        return errno == ENOMEM ? sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(path), 0)
                               : cannot_create(k, errno, err);
    slash = strrchr(k->target, '/');
    k->base = slash ? slash + 1 : k->target;
    return SG_OK;
}

static enum sg_err open_folder(struct sg_sink *k, struct sg_error *err)
{
    size_t n = (size_t)(k->base - k->target);
    char *path = n ? strndup(k->target, n) : strdup(".");

    if (!path)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, n, 0);
    k->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (k->folder < 0 && errno == EACCES) /* writable but not readable: it cannot be synced */
        k->folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(path);
    if (k->folder < 0)
        return sg_fail_sys(err, errno, "cannot open the folder of", k->name);
    return SG_OK;
}

static mode_t umask_now(void)
{
    mode_t m = umask(077);

    (void)umask(m);
    return m;
}

static enum sg_err is_folder(struct sg_error *err)
{
    sg_fail(err, SG_ERR_KIND, "is a folder");
    err->sys = EISDIR; /* what writing to it would have said */
    return SG_ERR_KIND;
}

enum sg_err sg_sink_file(struct sg_sink *k, const char *path, unsigned flags, struct sg_error *err)
{
    struct stat st, link;
    bool exists = stat(path, &st) == 0;
    bool is_link = lstat(path, &link) == 0 && S_ISLNK(link.st_mode);
    enum sg_err r;

    sg_sink_fd(k, -1, path);
    sg_error_name(err, path);
    k->exclusive = flags & SG_SINK_NEW;
    if ((exists && S_ISDIR(st.st_mode)) || (*path && path[strlen(path) - 1] == '/'))
        return is_folder(err);
    if (exists && !S_ISREG(st.st_mode)) {
        k->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (k->fd < 0)
            return sg_fail_sys(err, errno, "cannot open", path);
        k->owns_fd = true;
        return SG_OK;
    }
    if ((exists || is_link) && k->exclusive)
        return sg_fail(err, SG_ERR_EXISTS, NULL);
    if (exists && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
        return sg_fail_sys(err, errno, "cannot replace", path);

    r = find_target(k, path, is_link && !(flags & SG_SINK_NOFOLLOW), err);
    if (r == SG_OK)
        r = open_folder(k, err);
    if (r != SG_OK)
        goto fail;
    k->owns_fd = true;
    k->replaces = exists && !(flags & SG_SINK_NOFOLLOW);
    k->mode = flags & SG_SINK_PRIVATE ? 0600 : 0666 & ~umask_now();
    if (k->replaces) {
        k->owner = st.st_uid;
        k->group = st.st_gid;
        k->mode = st.st_mode & 0777;
    }
    k->fd = open_nameless(k);
    if (k->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT))
        k->fd = open_named(k);
    if (k->fd < 0) {
        r = cannot_create(k, errno, err);
        goto fail;
    }
    return SG_OK;
fail:
    k->owns_fd = true;
    sg_sink_close(k);
    return r;
}

enum sg_err sg_sink_write(struct sg_sink *k, const void *p, size_t n, struct sg_error *err)
{
    return k->put(k, p, n, err);
}

/* Gives the file its place under a name that is taken or not, without ever removing what is there.
 */
static int place(struct sg_sink *k)
{
    if (!k->temporary_exists) {
        if (link_nameless(k, k->base) == 0)
            return 0;
        if (errno != EEXIST || k->exclusive)
            return -1;
        for (unsigned try = 0; try < TRIES && !k->temporary_exists; try++) {
            name_temporary(k->temporary, try);
            if (create_temporary(k, link_temporary) < 0 && errno != EEXIST)
                return -1;
        }
    }
    if (k->exclusive) {
        if (renameat2(k->folder, k->temporary, k->folder, k->base, RENAME_NOREPLACE) != 0) {
            if (errno != EINVAL && errno != ENOSYS)
                return -1;
            if (linkat(k->folder, k->temporary, k->folder, k->base, 0) != 0 ||
                unlinkat(k->folder, k->temporary, 0) != 0)
                return -1;
        }
    } else if (renameat(k->folder, k->temporary, k->folder, k->base) != 0) {
        return -1;
    }
    k->temporary_exists = 0;
    return 0;
}

static enum sg_err finish_file(struct sg_sink *k, struct sg_error *err)
{
    int fd;

    if (k->replaces && (k->owner != geteuid() || k->group != getegid()) &&
        fchown(k->fd, k->owner, k->group) != 0)
        k->mode &= 0707; /* another group must not inherit what this one was allowed */
    if (fchmod(k->fd, k->mode) != 0 || fsync(k->fd) != 0 || place(k) != 0) {
        if (errno == EEXIST)
            return sg_fail(err, SG_ERR_EXISTS, NULL);
        return sg_fail_sys(err, errno, "cannot write", k->name);
    }
    fd = k->fd;
    k->fd = -1;
    if (close(fd) != 0)
        return sg_fail_sys(err, errno, "cannot write", k->name);
    if (fsync(k->folder) != 0 && errno != EBADF && errno != EINVAL)
        return sg_fail_sys(err, errno, "cannot sync the folder of", k->name);
    return SG_OK;
}

enum sg_err sg_sink_finish(struct sg_sink *k, struct sg_error *err)
{
    if (k->end)
        return k->end(k, err);
    if (k->folder >= 0) {
        sg_error_name(err, k->name);
        return finish_file(k, err);
    }
    if (k->owns_fd) {
        int fd = k->fd;
        k->fd = -1;
        if (close(fd) != 0)
            return sg_fail_sys(err, errno, "cannot write", k->name);
    }
    return SG_OK;
}

void sg_sink_close(struct sg_sink *k)
{
    if (k->owns_fd) {
        if (k->temporary_exists)
            (void)unlinkat(k->folder, k->temporary, 0);
        if (k->fd >= 0)
            (void)close(k->fd);
        if (k->folder >= 0)
            (void)close(k->folder);
        free(k->target);
    }
    k->temporary_exists = 0;
    k->owns_fd = false;
    k->fd = k->folder = -1;
    k->target = k->base = NULL;
}

void sg_sink_abandon(struct sg_sink *k)
{
    if (k->temporary_exists)
        (void)unlinkat(k->folder, k->temporary, 0);
}
