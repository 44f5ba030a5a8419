#include "store/building.h"

#include "store/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h> /* for renameat() alone */
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum sg_err sg_building_start(struct sg_building *b, const char *home, struct sg_error *err)
{
    *b = (struct sg_building){.fd = -1};
    b->vault = sg_path_join(home, "/vault", NULL);
    b->path = sg_path_join(home, "/vault.new", NULL);
    b->old = sg_path_join(home, "/vault.old", NULL);
    if (!b->vault || !b->path || !b->old)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(home), 0);
    return SG_OK;
}

static bool there(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

/* Locks vault.new if nobody has. *fd is -1 when somebody has, or when it is not there. */
static enum sg_err try_lock(const struct sg_building *b, int *fd, struct sg_error *err)
{
    struct stat opened, named;

    *fd = open(b->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*fd < 0)
        return errno == ENOENT ? SG_OK : sg_fail_sys(err, errno, "cannot open", b->path);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0 && fstat(*fd, &opened) == 0 &&
        stat(b->path, &named) == 0 && opened.st_ino == named.st_ino &&
        opened.st_dev == named.st_dev)
        return SG_OK;
    (void)close(*fd);
    *fd = -1;
    return SG_OK;
}

enum sg_err sg_building_make(struct sg_building *b, struct sg_error *err)
{
    char *slots;
    enum sg_err r = try_lock(b, &b->fd, err);

    if (r == SG_OK && b->fd >= 0) { /* left by a killed program */
        (void)close(b->fd);
        b->fd = -1;
        r = sg_path_remove(b->path, err);
    }
    if (r != SG_OK)
        return r;
    if (mkdir(b->path, 0700) != 0) {
        if (errno != EEXIST)
            return sg_fail_sys(err, errno, "cannot make the folder", b->path);
    }
    r = try_lock(b, &b->fd, err);
    if (r == SG_OK && b->fd < 0) {
        sg_error_name(err, b->path);
        r = sg_fail(err, SG_ERR_IN_USE, NULL);
    }
    if (r != SG_OK)
        return r;
    slots = sg_path_join(b->path, "/slots", NULL);
    if (!slots)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(b->path), 0);
    if (mkdir(slots, 0700) != 0)
        r = sg_fail_sys(err, errno, "cannot make the folder", slots);
    free(slots);
    return r;
}

/* Syncs the folders of vault.new: the files in them have been synced by who wrote them. */
static enum sg_err sync_all(const struct sg_building *b, struct sg_error *err)
{
    char *slots = sg_path_join(b->path, "/slots", NULL);
    enum sg_err r;

    if (!slots)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(b->path), 0);
    r = sg_path_sync(slots, err);
    if (r == SG_OK)
        r = sg_path_sync(b->path, err);
    free(slots);
    return r;
}

static enum sg_err sync_home(const struct sg_building *b, struct sg_error *err)
{
    char *home = strndup(b->vault, strlen(b->vault) - strlen("/vault"));
    enum sg_err r;

    if (!home)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(b->vault), 0);
    r = sg_path_sync(*home ? home : "/", err);
    free(home);
    return r;
}

enum sg_err sg_building_place(struct sg_building *b, struct sg_error *err)
{
    enum sg_err r = sync_all(b, err);

    if (r != SG_OK)
        return r;
    /* Over an empty folder of that name too: it is no store. */
    if (renameat(AT_FDCWD, b->path, AT_FDCWD, b->vault) != 0) {
        sg_error_name(err, b->vault);
        if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
            return sg_fail(err, SG_ERR_EXISTS, NULL);
        return sg_fail_sys(err, errno, "cannot make the folder", b->vault);
    }
    (void)close(b->fd);
    b->fd = -1;
    return sync_home(b, err);
}

/* Where two folders cannot be exchanged: in two steps, the second of which anybody may finish. */
static int exchange_in_steps(const struct sg_building *b)
{
    if (renameat(AT_FDCWD, b->vault, AT_FDCWD, b->old) != 0)
        return -1;
    if (renameat(AT_FDCWD, b->path, AT_FDCWD, b->vault) != 0) {
        int sys = errno;
        if (sys == ENOENT && there(b->vault)) /* somebody has finished it */
            return 0;
        (void)renameat(AT_FDCWD, b->old, AT_FDCWD, b->vault);
        errno = sys;
        return -1;
    }
    return 0;
}

enum sg_err sg_building_exchange(struct sg_building *b, struct sg_error *err)
{
    enum sg_err r = sync_all(b, err);

    if (r == SG_OK)
        r = sg_path_remove(b->old, err);
    if (r != SG_OK)
        return r;
    if (renameat2(AT_FDCWD, b->path, AT_FDCWD, b->vault, RENAME_EXCHANGE) != 0) {
        if ((errno != EINVAL && errno != ENOSYS) || exchange_in_steps(b) != 0)
            return sg_fail_sys(err, errno, "cannot replace", b->vault);
    }
    return sync_home(b, err);
}

enum sg_err sg_building_mend(struct sg_building *b, struct sg_error *err)
{
    int fd;
    enum sg_err r;

    if (!there(b->path) && !there(b->old))
        return SG_OK;
    r = try_lock(b, &fd, err);
    if (r != SG_OK || (fd < 0 && there(b->path)))
        return r; /* somebody is at it */
    if (there(b->old) && !there(b->vault)) {
        const char *from = fd >= 0 ? b->path : b->old;
        if (renameat(AT_FDCWD, from, AT_FDCWD, b->vault) != 0 && errno != ENOENT)
            r = sg_fail_sys(err, errno, "cannot replace", b->vault);
        if (r == SG_OK)
            r = sync_home(b, err);
    }
    if (r == SG_OK && there(b->vault))
        r = sg_path_remove(b->old, err);
    if (r == SG_OK && there(b->vault))
        r = sg_path_remove(b->path, err);
    if (fd >= 0)
        (void)close(fd);
    return r;
}

void sg_building_end(struct sg_building *b)
{
    struct sg_error ignored = {0};

    if (b->fd >= 0) {
        (void)!sg_path_remove(b->path, &ignored);
        (void)!sg_path_remove(b->old, &ignored);
        (void)close(b->fd);
    }
    free(b->vault);
    free(b->path);
    free(b->old);
    *b = (struct sg_building){.fd = -1};
}
