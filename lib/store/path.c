#include "store/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 3 /* of what the store makes */

char *sg_path_join(const char *a, const char *b, const char *c)
{
    size_t x = strlen(a), y = b ? strlen(b) : 0, z = c ? strlen(c) : 0;
    char *out = calloc(1, x + y + z + 1);

    if (!out)
        return NULL;
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
    memcpy(out, a, x);
    if (b)
        /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
        memcpy(out + x, b, y);
    if (c)
        /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
        memcpy(out + x + y, c, z);
    return out;
}

char *sg_path_extend(char *path, const char *tail)
{
    char *out = sg_path_join(path, tail, NULL);

    free(path);
    return out;
}

/* Makes a folder that is missing, once what is above it is there. */
static enum sg_err make_one(const char *path, struct sg_error *err)
{
    struct stat st;
    char *slash, *above;
    enum sg_err r = SG_OK;

    if (mkdir(path, 0700) != 0) {
        if (errno == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
            return SG_OK;
        return sg_fail_sys(err, errno, "cannot make the folder", path);
    }
    slash = strrchr(path, '/');
    above = !slash          ? strdup(".")
            : slash == path ? strdup("/")
                            : strndup(path, (size_t)(slash - path));
    if (!above)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(path), 0);
    r = sg_path_sync(above, err);
    free(above);
    return r;
}

enum sg_err sg_path_make(const char *path, struct sg_error *err)
{
    char *copy = strdup(path);
    enum sg_err r = SG_OK;
    struct stat st;

    if (!copy)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(path), 0);
    for (char *p = copy + 1; *copy && r == SG_OK; p++) {
        char had = *p;
        if (had && had != '/')
            continue;
        *p = '\0';
        if (stat(copy, &st) != 0 || !S_ISDIR(st.st_mode)) /* one above may be barred to mkdir */
            r = make_one(copy, err);
        *p = had;
        if (!had)
            break;
    }
    free(copy);
    return r;
}

enum sg_err sg_path_sync(const char *path, struct sg_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum sg_err r = SG_OK;

    if (fd < 0)
        return sg_fail_sys(err, errno, "cannot open", path);
    if (fsync(fd) != 0 && errno != EINVAL)
        r = sg_fail_sys(err, errno, "cannot sync the folder", path);
    (void)close(fd);
    return r;
}

static int remove_at(int at, const char *name, int depth);

/* Empties an open folder, and closes it. */
static int empty(int fd, int depth)
{
    DIR *d = fdopendir(fd);
    struct dirent *e;
    int r = 0;

    if (!d) {
        (void)close(fd);
        return -1;
    }
    while ((e = readdir(d)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
            remove_at(dirfd(d), e->d_name, depth - 1) != 0)
            r = -1;
    (void)closedir(d);
    return r;
}

static int remove_at(int at, const char *name, int depth)
{
    int fd;

    if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
        return 0;
    if ((errno != EISDIR && errno != EPERM) || depth == 0)
        return -1;
    fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || empty(fd, depth) != 0)
        return -1;
    return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}

enum sg_err sg_path_remove(const char *path, struct sg_error *err)
{
    if (remove_at(AT_FDCWD, path, DEPTH_MAX) != 0)
        return sg_fail_sys(err, errno, "cannot remove", path);
    return SG_OK;
}
