/* LDFLAGS: @tests/unit/test_sink.flags */
/*
 * sink: a file appears whole or not at all. Every system call on the way is made to fail, at its
 * first, second, ... call; whatever happens, the old file or the new one is there, whole, and
 * nothing else.
 */
#include "unit/helper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* The fault to come: the nth call of `call` fails with `error`. */
static struct {
    const char *call;
    int nth, error, seen;
    bool struck;
    bool no_tmpfile;     /* as on a file system without O_TMPFILE */
    size_t short_writes; /* write() takes so many bytes at most, when not 0 */
    int interrupted;     /* so many calls of write() fail with EINTR and EAGAIN first */
    void (*before_link)(const char *to); /* somebody else is faster */
    int signal_after;                    /* a signal comes after so many calls, when not 0 */
} fault;

/* Called after each call that was made; returns what that did. */
static int then(int r)
{
    int error = errno;

    if (fault.signal_after && --fault.signal_after == 0)
        (void)raise(SIGTERM);
    errno = error;
    return r;
}

static bool strikes(const char *call)
{
    if (!fault.call || strcmp(fault.call, call) != 0 || ++fault.seen != fault.nth)
        return false;
    fault.struck = true;
    errno = fault.error;
    return true;
}

int __real_openat(int at, const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *p, size_t n);
int __real_fsync(int fd);
int __real_close(int fd);
int __real_linkat(int a, const char *from, int b, const char *to, int flags);
int __real_renameat(int a, const char *from, int b, const char *to);
int __real_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __real_fchmod(int fd, mode_t mode);
int __real_unlinkat(int at, const char *path, int flags);
int __wrap_openat(int at, const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_linkat(int a, const char *from, int b, const char *to, int flags);
int __wrap_renameat(int a, const char *from, int b, const char *to);
int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_unlinkat(int at, const char *path, int flags);

int __wrap_openat(int at, const char *path, int flags, ...)
{
    if (fault.no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return strikes("openat") ? -1 : then(__real_openat(at, path, flags, 0600));
}

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
    if (fault.interrupted > 0) {
        errno = fault.interrupted-- % 2 ? EINTR : EAGAIN;
        return -1;
    }
    if (fault.short_writes && n > fault.short_writes)
        n = fault.short_writes;
    return strikes("write") ? -1 : __real_write(fd, p, n);
}

int __wrap_fsync(int fd)
{
    return strikes("fsync") ? -1 : then(__real_fsync(fd));
}

int __wrap_close(int fd)
{
    bool fails = strikes("close");
    int error = errno, r = then(__real_close(fd)); /* as on Linux: closed in any case */

    errno = error;
    return fails ? -1 : r;
}

int __wrap_linkat(int a, const char *from, int b, const char *to, int flags)
{
    if (fault.before_link)
        fault.before_link(to);
    return strikes("linkat") ? -1 : then(__real_linkat(a, from, b, to, flags));
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
    return strikes("renameat") ? -1 : then(__real_renameat(a, from, b, to));
}

int __wrap_renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    if (fault.before_link)
        fault.before_link(to);
    return strikes("renameat2") ? -1 : then(__real_renameat2(a, from, b, to, flags));
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return strikes("fchmod") ? -1 : then(__real_fchmod(fd, mode));
}

int __wrap_unlinkat(int at, const char *path, int flags)
{
    return strikes("unlinkat") ? -1 : then(__real_unlinkat(at, path, flags));
}

static char folder[64], target[96], second[96];

#define OLD "what was there before"
#define NEW "what is to be there afterwards, which is longer"

static int set_up(void **state)
{
    memset(&fault, 0, sizeof fault);
    (void)snprintf(folder, sizeof folder, "/tmp/signet-sink-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(target, sizeof target, "%s/target", folder);
    (void)snprintf(second, sizeof second, "%s/second", folder);
    (void)state;
    return 0;
}

static size_t entries(void)
{
    DIR *d = opendir(folder);
    size_t n = 0;

    if (!d)
        return 99;
    for (struct dirent *e = readdir(d); e; e = readdir(d))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    (void)closedir(d);
    return n;
}

static void clear(void)
{
    DIR *d = opendir(folder);

    if (!d)
        return;
    for (struct dirent *e = readdir(d); e; e = readdir(d)) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        (void)unlink(path); /* folders, "." and ".." stay */
    }
    (void)closedir(d);
}

static int tear_down(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    (void)chmod(folder, 0700);
    clear();
    return rmdir(folder);
}

static void put_file(const char *path, const char *text, mode_t mode)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* Whether the file holds exactly this text; a NULL text: whether there is none. */
static bool file_is(const char *path, const char *text)
{
    char got[256];
    size_t n;
    FILE *f = fopen(path, "r");

    if (!f)
        return !text && errno == ENOENT;
    n = fread(got, 1, sizeof got, f);
    (void)fclose(f);
    return text && n == strlen(text) && memcmp(got, text, n) == 0;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

/* The whole life of a sink: what the first failing call returned. */
static enum sg_err save(const char *path, unsigned flags, struct sg_error *err)
{
    struct sg_sink k = {0};
    enum sg_err r = sg_sink_file(&k, path, flags, err);

    for (size_t i = 0; r == SG_OK && i < sizeof NEW - 1; i += 10) {
        size_t n = sizeof NEW - 1 - i < 10 ? sizeof NEW - 1 - i : 10;
        r = sg_sink_write(&k, &NEW[i], n, err);
    }
    if (r == SG_OK)
        r = sg_sink_finish(&k, err);
    sg_sink_close(&k);
    sg_sink_close(&k);
    return r;
}

/* Open descriptors of the process, to see that none is left. */
static size_t descriptors(void)
{
    size_t n = 0;

    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void test_appears_at_the_end(void **state)
{
    struct sg_error err = {0};

    (void)state;
    for (int named = 0; named < 2; named++) {
        for (int exists = 0; exists < 2; exists++) {
            struct sg_sink k;
            size_t open_before = descriptors();
            fault.no_tmpfile = named;
            if (exists)
                put_file(target, OLD, 0644);
            assert_int_equal(sg_sink_file(&k, target, 0, &err), SG_OK);
            assert_int_equal(sg_sink_write(&k, NEW, 5, &err), SG_OK);
            assert_true(file_is(target, exists ? OLD : NULL));
            assert_int_equal(entries(), exists + named);
            assert_int_equal(sg_sink_write(&k, &NEW[5], sizeof NEW - 6, &err), SG_OK);
            assert_true(file_is(target, exists ? OLD : NULL));
            assert_int_equal(sg_sink_finish(&k, &err), SG_OK);
            assert_true(file_is(target, NEW));
            assert_int_equal(entries(), 1);
            sg_sink_close(&k);
            assert_true(file_is(target, NEW));
            assert_int_equal(descriptors(), open_before);
            clear();
        }
    }
}

static void test_close_without_finish(void **state)
{
    struct sg_error err = {0};

    (void)state;
    for (int named = 0; named < 2; named++) {
        for (int exists = 0; exists < 2; exists++) {
            struct sg_sink k;
            fault.no_tmpfile = named;
            if (exists)
                put_file(target, OLD, 0644);
            assert_int_equal(sg_sink_file(&k, target, SG_SINK_PRIVATE, &err), SG_OK);
            assert_int_equal(sg_sink_write(&k, NEW, 5, &err), SG_OK);
            sg_sink_close(&k);
            assert_true(file_is(target, exists ? OLD : NULL));
            assert_int_equal(entries(), exists);
            clear();
        }
    }
}

/* As a signal handler does it. */
static void test_abandon(void **state)
{
    struct sg_error err = {0};
    struct sg_sink k;

    (void)state;
    for (int named = 0; named < 2; named++) {
        fault.no_tmpfile = named;
        assert_int_equal(sg_sink_file(&k, target, 0, &err), SG_OK);
        assert_int_equal(sg_sink_write(&k, NEW, 5, &err), SG_OK);
        assert_int_equal(entries(), named);
        sg_sink_abandon(&k);
        assert_int_equal(entries(), 0);
        sg_sink_close(&k);
        assert_int_equal(entries(), 0);
    }
}

static void test_modes(void **state)
{
    static const mode_t masks[] = {0, 002, 022, 027, 077, 0777};
    struct sg_error err = {0};
    mode_t before = umask(022);

    (void)state;
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        for (int named = 0; named < 2; named++) {
            (void)umask(masks[i]);
            fault.no_tmpfile = named;
            assert_int_equal(save(target, 0, &err), SG_OK);
            assert_int_equal(mode_of(target), 0666 & ~masks[i]);
            clear();
            assert_int_equal(save(target, SG_SINK_PRIVATE, &err), SG_OK);
            assert_int_equal(mode_of(target), 0600);
            clear();
            assert_int_equal(save(target, SG_SINK_PRIVATE | SG_SINK_NEW, &err), SG_OK);
            assert_int_equal(mode_of(target), 0600);
            clear();
            put_file(target, OLD, 0640); /* an existing file keeps its own */
            assert_int_equal(save(target, 0, &err), SG_OK);
            assert_int_equal(mode_of(target), 0640);
            assert_int_equal(save(target, SG_SINK_PRIVATE, &err), SG_OK);
            assert_int_equal(mode_of(target), 0640);
            /* but a secret that replaces it is private */
            assert_int_equal(save(target, SG_SINK_PRIVATE | SG_SINK_NOFOLLOW, &err), SG_OK);
            assert_int_equal(mode_of(target), 0600);
            clear();
            put_file(target, OLD, 04755);
            assert_int_equal(save(target, 0, &err), SG_OK);
            assert_int_equal(mode_of(target), 0755);
            clear();
            assert_int_equal(umask(masks[i]), masks[i]); /* and the mask is as it was */
        }
    }
    (void)umask(before);
}

/* While it is written, it is nobody else's, whatever it will be. */
static void test_private_while_written(void **state)
{
    struct sg_error err = {0};
    mode_t before = umask(0);

    (void)state;
    for (int named = 0; named < 2; named++) {
        struct sg_sink k;
        struct stat st;
        fault.no_tmpfile = named;
        assert_int_equal(sg_sink_file(&k, target, 0, &err), SG_OK);
        assert_int_equal(fstat(k.fd, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
        assert_true(fcntl(k.fd, F_GETFD) & FD_CLOEXEC);
        assert_true(fcntl(k.folder, F_GETFD) & FD_CLOEXEC);
        sg_sink_close(&k);
    }
    (void)umask(before);
}

static void test_owner(void **state)
{
    struct sg_error err = {0};
    struct stat st;

    (void)state;
    if (geteuid() != 0)
        skip();
    put_file(target, OLD, 0664);
    assert_int_equal(chown(target, 65534, 65533), 0);
    assert_int_equal(save(target, 0, &err), SG_OK);
    assert_int_equal(stat(target, &st), 0);
    assert_int_equal(st.st_uid, 65534);
    assert_int_equal(st.st_gid, 65533);
    assert_int_equal(st.st_mode & 07777, 0664);
}

static void test_links(void **state)
{
    struct sg_error err = {0};
    char link[32] = "";

    (void)state;
    put_file(second, OLD, 0640);
    assert_int_equal(symlink("second", target), 0);
    assert_int_equal(save(target, 0, &err), SG_OK);
    assert_true(file_is(second, NEW));
    assert_int_equal(mode_of(second), 0640);
    assert_int_equal(readlink(target, link, sizeof link - 1), 6);
    assert_int_equal(entries(), 2);

    put_file(second, OLD, 0640);
    assert_int_equal(save(target, SG_SINK_NEW, &err), SG_ERR_EXISTS);
    assert_true(file_is(second, OLD));
    assert_int_equal(save(target, SG_SINK_NOFOLLOW | SG_SINK_PRIVATE, &err), SG_OK);
    assert_true(file_is(second, OLD));
    assert_true(file_is(target, NEW));
    assert_int_equal(readlink(target, link, sizeof link - 1), -1);
    assert_int_equal(mode_of(target), 0600);
    assert_int_equal(mode_of(second), 0640);
}

static void test_dangling_links(void **state)
{
    struct sg_error err = {0};
    char link[32] = "";

    (void)state;
    assert_int_equal(symlink("second", target), 0);
    assert_int_equal(save(target, SG_SINK_NEW, &err), SG_ERR_EXISTS);
    assert_string_equal(err.name, target);
    assert_int_equal(save(target, 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(entries(), 1);
    assert_int_equal(readlink(target, link, sizeof link - 1), 6);
    assert_int_equal(save(target, SG_SINK_NOFOLLOW, &err), SG_OK);
    assert_true(file_is(target, NEW));
    clear();
    assert_int_equal(symlink("target", target), 0); /* one that goes round in a circle */
    assert_int_equal(save(target, 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ELOOP);
    assert_int_equal(save(target, SG_SINK_NEW, &err), SG_ERR_EXISTS);
    assert_int_equal(entries(), 1);
}

static void test_exclusive(void **state)
{
    struct sg_error err = {0};

    (void)state;
    put_file(target, OLD, 0644);
    assert_int_equal(save(target, SG_SINK_NEW, &err), SG_ERR_EXISTS);
    assert_int_equal(err.code, SG_ERR_EXISTS);
    assert_string_equal(err.name, target);
    assert_true(file_is(target, OLD));
    assert_int_equal(entries(), 1);
}

static void somebody_else(const char *to)
{
    if (strcmp(to, "target") == 0 && access(target, F_OK) != 0) {
        int fd = open(target, O_WRONLY | O_CREAT | O_EXCL, 0644);
        if (fd < 0 || __real_write(fd, OLD, sizeof OLD - 1) != sizeof OLD - 1)
            abort();
        (void)__real_close(fd);
    }
}

/* A file of the name appears between the start and the finish. */
static void test_race(void **state)
{
    (void)state;
    for (int named = 0; named < 2; named++) {
        for (int old_kernel = 0; old_kernel < 2; old_kernel++) { /* without renameat2() */
            struct sg_error err = {0};
            memset(&fault, 0, sizeof fault);
            fault.no_tmpfile = named;
            fault.before_link = somebody_else;
            if (old_kernel) {
                fault.call = "renameat2";
                fault.nth = 1;
                fault.error = EINVAL;
            }
            assert_int_equal(save(target, SG_SINK_NEW, &err), SG_ERR_EXISTS);
            assert_string_equal(err.name, target);
            assert_true(file_is(target, OLD));
            assert_int_equal(entries(), 1);
            clear();
            /* Where it may replace, it does. */
            fault.call = NULL;
            assert_int_equal(save(target, 0, &err), SG_OK);
            assert_true(file_is(target, NEW));
            assert_int_equal(entries(), 1);
            clear();
        }
    }
}

/* What the finish falls back to when a call is not to be had. */
static void test_fallbacks(void **state)
{
    static const int refusals[] = {EINVAL, ENOSYS};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct sg_error err = {0};
        memset(&fault, 0, sizeof fault);
        fault.no_tmpfile = true;
        fault.call = "renameat2";
        fault.nth = 1;
        fault.error = refusals[i];
        assert_int_equal(save(target, SG_SINK_NEW, &err), SG_OK);
        assert_true(fault.struck);
        assert_true(file_is(target, NEW));
        assert_int_equal(entries(), 1);
        clear();
    }
    /* A folder that cannot be synced as such is no failure. */
    for (size_t i = 0; i < 2; i++) {
        struct sg_error err = {0};
        memset(&fault, 0, sizeof fault);
        fault.call = "fsync";
        fault.nth = 2;
        fault.error = i ? EBADF : EINVAL;
        assert_int_equal(save(target, 0, &err), SG_OK);
        assert_true(fault.struck);
        assert_true(file_is(target, NEW));
        clear();
    }
}

/* Names that temporaries would have are taken. */
static void test_temporary_names_taken(void **state)
{
    struct sg_error err = {0};
    char path[160];

    (void)state;
    for (int named = 0; named < 2; named++) {
        fault.no_tmpfile = named;
        put_file(target, OLD, 0644);
        for (int i = 0; i < 12; i++) {
            (void)snprintf(path, sizeof path, "%s/.signet-%d-%d", folder, (int)getpid(), i);
            put_file(path, "another's", 0600);
        }
        assert_int_equal(save(target, 0, &err), SG_OK);
        assert_true(file_is(target, NEW));
        assert_int_equal(entries(), 13);
        for (int i = 0; i < 12; i++) {
            (void)snprintf(path, sizeof path, "%s/.signet-%d-%d", folder, (int)getpid(), i);
            assert_true(file_is(path, "another's"));
        }
        clear();
    }
}

/*
 * Each call made to fail, in every constellation. Returns whether the fault struck. The old file is
 * whole until the new one has its name; a failure after that (closing, syncing the folder) is told,
 * and leaves the new one whole.
 */
static bool one_fault(const char *call, int nth, int error, bool named, bool exists, unsigned flags)
{
    struct sg_error err = {0};
    size_t open_before = descriptors();
    bool after_placing, cleaning;
    enum sg_err r;

    memset(&fault, 0, sizeof fault);
    if (exists)
        put_file(target, OLD, 0644);
    fault.no_tmpfile = named;
    fault.call = call;
    fault.nth = nth;
    fault.error = error;
    r = save(target, flags, &err);
    /* close(): of the file, then of the folder; fsync(): likewise */
    after_placing = strcmp(call, "close") == 0 || (strcmp(call, "fsync") == 0 && nth == 2);
    cleaning = (strcmp(call, "close") == 0 && nth == 2) || strcmp(call, "unlinkat") == 0;
    if (!fault.struck || (cleaning && r == SG_OK)) {
        assert_int_equal(r, SG_OK);
        assert_true(file_is(target, NEW));
    } else {
        assert_int_equal(r, SG_ERR_IO);
        assert_int_equal(err.sys, error);
        assert_string_equal(err.name, target);
        assert_non_null(err.what);
        if (after_placing)
            assert_true(file_is(target, NEW) || file_is(target, exists ? OLD : NULL));
        else
            assert_true(file_is(target, exists ? OLD : NULL));
    }
    assert_true(entries() <= 1);
    assert_int_equal(descriptors(), open_before);
    clear();
    return fault.struck;
}

static void test_every_failure(void **state)
{
    static const char *const calls[] = {"openat", "write",    "fchmod",    "fsync",   "linkat",
                                        "close",  "renameat", "renameat2", "unlinkat"};
    static const unsigned flags[] = {0, SG_SINK_PRIVATE, SG_SINK_PRIVATE | SG_SINK_NOFOLLOW,
                                     SG_SINK_PRIVATE | SG_SINK_NOFOLLOW | SG_SINK_NEW};
    size_t struck = 0;

    (void)state;
    for (size_t c = 0; c < sizeof calls / sizeof *calls; c++) {
        for (size_t f = 0; f < sizeof flags / sizeof *flags; f++) {
            for (int named = 0; named < 2; named++) {
                for (int exists = 0; exists < (flags[f] & SG_SINK_NEW ? 1 : 2); exists++) {
                    for (int nth = 1;; nth++) {
                        if (!one_fault(calls[c], nth, nth % 2 ? EIO : ENOSPC, named, exists,
                                       flags[f]))
                            break;
                        struck++;
                    }
                }
            }
        }
    }
    print_message("%zu faults\n", struck);
    assert_true(struck > 150);
}

/*
 * A signal after each call, from the first to the last, in a child that ends in its handler as the
 * tools do: the old file or the new one is there, whole, and nothing else.
 */
static struct sg_sink victim;

static void end_by_signal(int number)
{
    (void)number;
    sg_sink_abandon(&victim);
    _exit(7);
}

static bool one_signal(int after, bool named, bool exists, unsigned flags)
{
    int status = -1;
    pid_t child;

    memset(&fault, 0, sizeof fault);
    if (exists)
        put_file(target, OLD, 0644);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct sg_error err = {0};
        fault.no_tmpfile = named;
        fault.signal_after = after;
        (void)signal(SIGTERM, end_by_signal);
        memset(&victim, 0, sizeof victim);
        if (sg_sink_file(&victim, target, flags, &err) == SG_OK &&
            sg_sink_write(&victim, NEW, sizeof NEW - 1, &err) == SG_OK &&
            sg_sink_finish(&victim, &err) == SG_OK)
            sg_sink_close(&victim);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(file_is(target, NEW) || file_is(target, exists ? OLD : NULL));
    assert_int_equal(entries(), access(target, F_OK) == 0);
    clear();
    return WEXITSTATUS(status) == 7;
}

static void test_every_signal(void **state)
{
    size_t struck = 0;

    (void)state;
    for (int named = 0; named < 2; named++)
        for (int exists = 0; exists < 2; exists++)
            for (int flags = 0; flags < (exists ? 1 : 2); flags++)
                for (int after = 1; one_signal(after, named, exists, flags ? SG_SINK_NEW : 0);
                     after++)
                    struck++;
    print_message("%zu signals\n", struck);
    assert_true(struck > 30);
}

static void test_short_writes(void **state)
{
    (void)state;
    for (size_t n = 1; n < 12; n++) {
        struct sg_error err = {0};
        fault.short_writes = n;
        fault.interrupted = (int)n;
        assert_int_equal(save(target, 0, &err), SG_OK);
        assert_true(file_is(target, NEW));
        clear();
    }
}

static void test_not_files(void **state)
{
    struct sg_error err = {0};
    struct sg_sink k = {0};
    char path[160];

    (void)state;
    sg_sink_close(&k); /* a zeroed one */
    sg_sink_abandon(&k);
    assert_int_equal(save("/dev/null", 0, &err), SG_OK);
    assert_int_equal(save("/dev/null", SG_SINK_NEW | SG_SINK_PRIVATE, &err), SG_OK);
    assert_int_equal(save("/dev/full", 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ENOSPC);
    assert_string_equal(err.name, "/dev/full");
    assert_int_equal(save(folder, 0, &err), SG_ERR_KIND);
    assert_int_equal(save(folder, SG_SINK_NEW, &err), SG_ERR_KIND);
    assert_string_equal(err.name, folder);
    (void)snprintf(path, sizeof path, "%s/nowhere/target", folder);
    assert_int_equal(save(path, 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ENOENT);
    (void)snprintf(path, sizeof path, "%s/nowhere/", folder);
    assert_int_equal(save(path, 0, &err), SG_ERR_KIND);
    assert_int_equal(err.sys, EISDIR);
    put_file(target, OLD, 0644);
    (void)snprintf(path, sizeof path, "%s/target/under", folder);
    assert_int_equal(save(path, 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ENOTDIR);
    assert_int_equal(entries(), 1);
    assert_true(file_is(target, OLD));
}

/* Closing is where some file systems first tell that a write failed, even to what is no file. */
static void test_device_close_fails(void **state)
{
    struct sg_error err = {0};

    (void)state;
    fault.call = "close";
    fault.nth = 1;
    fault.error = EIO;
    assert_int_equal(save("/dev/null", 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, EIO);
}

static void test_fifo(void **state)
{
    struct sg_error err = {0};
    pid_t reader;
    int status;

    (void)state;
    assert_int_equal(mkfifo(target, 0600), 0);
    reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        char got[256];
        size_t n = 0;
        ssize_t more;
        int fd = open(target, O_RDONLY);
        while ((more = read(fd, got + n, sizeof got - n)) > 0)
            n += (size_t)more;
        _exit(n == sizeof NEW - 1 && memcmp(got, NEW, n) == 0 ? 0 : 1);
    }
    assert_int_equal(save(target, SG_SINK_PRIVATE, &err), SG_OK);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    assert_int_equal(entries(), 1);
}

/* A pipe that does not block and is full, until its reader wakes up. */
static void test_slow_pipe(void **state)
{
    enum { N = 300000 };
    static uint8_t bytes[N];
    struct sg_error err = {0};
    struct sg_sink k;
    int ends[2], status;
    pid_t reader;

    (void)state;
    fill(bytes, sizeof bytes, 10);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        static uint8_t got[N];
        size_t n = 0;
        ssize_t more;
        (void)__real_close(ends[1]);
        (void)usleep(30000);
        while ((more = read(ends[0], got + n, N - n < 5000 ? N - n : 5000)) > 0)
            n += (size_t)more;
        _exit(n == N && memcmp(got, bytes, N) == 0 ? 0 : 1);
    }
    (void)__real_close(ends[0]);
    sg_sink_fd(&k, ends[1], "pipe");
    assert_int_equal(sg_sink_write(&k, bytes, N, &err), SG_OK);
    assert_int_equal(sg_sink_finish(&k, &err), SG_OK);
    sg_sink_close(&k);
    assert_true(fcntl(ends[1], F_GETFD) >= 0); /* the descriptor stays the caller's */
    (void)__real_close(ends[1]);
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
}

static void test_closed_pipe(void **state)
{
    struct sg_error err = {0};
    struct sg_sink k;
    int ends[2];

    (void)state;
    assert_true(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    assert_int_equal(pipe(ends), 0);
    (void)__real_close(ends[0]);
    sg_sink_fd(&k, ends[1], "pipe");
    assert_int_equal(sg_sink_write(&k, "x", 1, &err), SG_ERR_IO);
    assert_int_equal(err.sys, EPIPE);
    assert_string_equal(err.name, "pipe");
    sg_sink_close(&k);
    (void)__real_close(ends[1]);
    (void)signal(SIGPIPE, SIG_DFL);
}

static void test_buffer(void **state)
{
    struct sg_error err = {0};
    struct sg_buffer b;
    struct sg_sink k;

    (void)state;
    sg_buffer_init_secret(&b, 10);
    sg_sink_buffer(&k, &b);
    assert_int_equal(sg_sink_write(&k, "0123", 4, &err), SG_OK);
    assert_int_equal(sg_sink_write(&k, "", 0, &err), SG_OK);
    assert_int_equal(sg_sink_write(&k, "456789", 6, &err), SG_OK);
    assert_int_equal(sg_sink_write(&k, "x", 1, &err), SG_ERR_LIMIT);
    assert_int_equal(sg_sink_finish(&k, &err), SG_OK);
    sg_sink_close(&k);
    assert_int_equal(b.len, 10);
    assert_memory_equal(b.data, "0123456789", 10);
    sg_buffer_free(&b);
}

/* Runs `body` as a user who is not root, and returns what it returns. */
static int as_nobody(int (*body)(void))
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        if (geteuid() == 0 && (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534)))
            _exit(99);
        _exit(body());
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

static int folder_not_readable(void)
{
    struct sg_error err = {0};

    return save(target, 0, &err) != SG_OK;
}

static int folder_not_writable(void)
{
    struct sg_error err = {0};

    return save(target, 0, &err) != SG_ERR_IO || err.sys != EACCES;
}

static void test_permissions(void **state)
{
    (void)state;
    if (geteuid() == 0)
        assert_int_equal(chown(folder, 65534, 65534), 0);
    assert_int_equal(chmod(folder, 0300), 0);
    assert_int_equal(as_nobody(folder_not_readable), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_true(file_is(target, NEW));
    assert_int_equal(entries(), 1);
    assert_int_equal(unlink(target), 0);
    assert_int_equal(chmod(folder, 0500), 0);
    assert_int_equal(as_nobody(folder_not_writable), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(entries(), 0);
    /* A file that may not be written to is not replaced either, though the folder would allow it.
     */
    put_file(target, OLD, 0444);
    assert_int_equal(as_nobody(folder_not_writable), 0);
    assert_true(file_is(target, OLD));
    assert_int_equal(entries(), 1);
}

static int in_bare_chroot(void)
{
    static const unsigned flags[] = {0, SG_SINK_PRIVATE | SG_SINK_NEW};
    struct sg_error err = {0};

    if ((geteuid() != 0 && unshare(CLONE_NEWUSER) != 0) || chroot(folder) != 0 || chdir("/") != 0)
        return 77; /* not allowed here */
    (void)snprintf(folder, sizeof folder, "/");
    (void)snprintf(target, sizeof target, "/target");
    for (size_t i = 0; i < 2; i++) {
        if (save("/target", flags[i], &err) != SG_OK || !file_is("/target", NEW) || entries() != 1)
            return 1;
        if (i == 0 && (save("target", 0, &err) != SG_OK || entries() != 1 || unlink("target") != 0))
            return 2;
    }
    return 0;
}

/* Without /proc a nameless file cannot be given a name by its descriptor; another way must do. */
static void test_without_proc(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    assert_true(child >= 0);
    if (child == 0)
        _exit(in_bare_chroot());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_true(file_is(target, NEW));
}

/* A path without a folder in it, and one with more than one slash. */
static void test_paths(void **state)
{
    struct sg_error err = {0};
    char path[160], *before = getcwd(NULL, 0);

    (void)state;
    assert_non_null(before);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(save("target", 0, &err), SG_OK);
    assert_true(file_is(target, NEW));
    assert_int_equal(save("./second", 0, &err), SG_OK);
    assert_true(file_is(second, NEW));
    clear();
    assert_int_equal(symlink("second", "target"), 0);
    put_file("second", OLD, 0600);
    assert_int_equal(save("target", 0, &err), SG_OK);
    assert_true(file_is("second", NEW));
    clear();
    assert_int_equal(chdir(before), 0);
    free(before);
    (void)snprintf(path, sizeof path, "%s//./target", folder);
    assert_int_equal(save(path, 0, &err), SG_OK);
    assert_true(file_is(target, NEW));
    assert_int_equal(entries(), 1);
}

#define with_folder(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(test_appears_at_the_end),
        with_folder(test_close_without_finish),
        with_folder(test_abandon),
        with_folder(test_modes),
        with_folder(test_private_while_written),
        with_folder(test_owner),
        with_folder(test_links),
        with_folder(test_dangling_links),
        with_folder(test_exclusive),
        with_folder(test_race),
        with_folder(test_fallbacks),
        with_folder(test_temporary_names_taken),
        with_folder(test_every_failure),
        with_folder(test_every_signal),
        with_folder(test_short_writes),
        with_folder(test_not_files),
        with_folder(test_device_close_fails),
        with_folder(test_fifo),
        with_folder(test_permissions),
        with_folder(test_without_proc),
        with_folder(test_paths),
        with_folder(test_slow_pipe),
        with_folder(test_closed_pipe),
        with_folder(test_buffer),
    };

    return cmocka_run_group_tests_name("sink", tests, start_library, NULL);
}
