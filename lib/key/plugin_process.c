#include "key/plugin_process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "/age-plugin-"
#define MACHINE "--age-plugin="

/* Between being interrupted and being killed. */
#define LAST_MILLISECONDS 2000

static uint64_t now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static enum sg_err fail(const struct sg_plugin_process *p, const char *what, struct sg_error *err)
{
    sg_fail(err, SG_ERR_PLUGIN, what);
    sg_error_plugin(err, p->name, NULL);
    return SG_ERR_PLUGIN;
}

static enum sg_err fail_sys(const struct sg_plugin_process *p, int sys, const char *what,
                            struct sg_error *err)
{
    (void)fail(p, what, err);
    err->sys = sys;
    return SG_ERR_PLUGIN;
}

/* Finds the program in one of the path's absolute folders; false when it is in none. */
static bool find(char out[static PATH_MAX], const char *path, const char *name)
{
    while (path && *path) {
        size_t n = strcspn(path, ":"), c = strlen(name);
        struct stat st;
        if (path[0] == '/' && n + sizeof PROGRAM + c <= PATH_MAX) {
            memcpy(out, path, n);
            memcpy(out + n, PROGRAM, sizeof PROGRAM - 1);
            memcpy(out + n + sizeof PROGRAM - 1, name, c + 1);
            if (stat(out, &st) == 0 && S_ISREG(st.st_mode) && access(out, X_OK) == 0)
                return true;
        }
        path += n + (path[n] == ':');
    }
    return false;
}

/* What the program starts with: descriptors, folder, and signals. */
static int prepare(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int in,
                   int out, bool debug)
{
    sigset_t none, pipe_alone;
    int e = posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO);

    (void)sigemptyset(&none);
    (void)sigemptyset(&pipe_alone);
    (void)sigaddset(&pipe_alone, SIGPIPE);
    if (!e)
        e = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
    if (!e && !debug)
        e = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!e)
        e = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
    if (!e)
        e = posix_spawn_file_actions_addchdir_np(actions, "/");
    if (!e)
        e = posix_spawnattr_setsigmask(attributes, &none);
    if (!e)
        e = posix_spawnattr_setsigdefault(attributes, &pipe_alone);
    if (!e)
        e = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return e;
}

static int spawn(pid_t *pid, const char *program, const char *machine, int in, int out,
                 const struct sg_plugin_client *client)
{
    char flag[64] = MACHINE, first[PATH_MAX];
    const char *base = strrchr(program, '/') + 1;
    char *argv[] = {first, flag, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int e;

    memcpy(first, base, strlen(base) + 1);
    memcpy(flag + sizeof MACHINE - 1, machine, strlen(machine) + 1);
    e = posix_spawn_file_actions_init(&actions);
    if (e)
        return e;
    e = posix_spawnattr_init(&attributes);
    if (!e) {
        e = prepare(&actions, &attributes, in, out, client->debug);
        if (!e)
            e = posix_spawn(pid, program, &actions, &attributes, argv, client->environment);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return e;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

enum sg_err sg_plugin_start(struct sg_plugin_process *p, const struct sg_plugin_client *client,
                            const char *name, const char *machine, struct sg_error *err)
{
    int in[2] = {-1, -1}, out[2] = {-1, -1}, e = 0;
    char program[PATH_MAX];

    *p = (struct sg_plugin_process){.client = client, .name = name, .to = -1, .from = -1};
    if (!client)
        return fail(p, "plugins are not run here", err);
    if (!find(program, client->path, name)) {
        sg_fail(err, SG_ERR_NO_PLUGIN, NULL);
        sg_error_plugin(err, name, NULL);
        return SG_ERR_NO_PLUGIN;
    }
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 ||
        fcntl(in[1], F_SETFL, O_NONBLOCK) != 0)
        e = errno;
    if (!e)
        e = spawn(&p->pid, program, machine, in[0], out[1], client);
    shut(&in[0]);
    shut(&out[1]);
    if (e) {
        p->pid = 0;
        shut(&in[1]);
        shut(&out[0]);
        return fail_sys(p, e, "it cannot be run", err);
    }
    p->to = in[1];
    p->from = out[0];
    if (client->running)
        client->running(client->context, p->pid);
    sg_plugin_turn(p);
    return SG_OK;
}

void sg_plugin_turn(struct sg_plugin_process *p)
{
    p->since = now();
    p->told = false;
}

/* Waits until the plugin has written or read something, and says so when that takes a while. */
static enum sg_err await(struct sg_plugin_process *p, int fd, short events, struct sg_error *err)
{
    const struct sg_plugin_client *c = p->client;
    uint64_t silence = (uint64_t)c->silence_seconds * 1000;
    uint64_t notice = (uint64_t)c->notice_seconds * 1000;

    for (;;) {
        struct pollfd what = {.fd = fd, .events = events};
        uint64_t waited = now() - p->since, until;
        int ready;
        if (waited >= silence) {
            (void)fail(p, "it gave no answer for too long", err);
            err->limit = c->silence_seconds;
            return SG_ERR_PLUGIN;
        }
        if (!p->told && waited >= notice) {
            p->told = true;
            if (c->waiting)
                c->waiting(c->context, p->name);
        }
        until = p->told || notice > silence ? silence : notice;
        ready = poll(&what, 1, (int)(until - waited));
        if (ready > 0)
            return SG_OK;
        if (ready < 0 && errno != EINTR)
            return fail_sys(p, errno, "it cannot be waited for", err);
    }
}

/* write(), without the SIGPIPE of one that nobody reads. */
static ssize_t write_quietly(int fd, const void *bytes, size_t n)
{
    static const struct timespec at_once;
    sigset_t pipe_alone, before, pending;
    ssize_t put;
    int e;

    (void)sigemptyset(&pipe_alone);
    (void)sigaddset(&pipe_alone, SIGPIPE);
    (void)sigpending(&pending);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_alone, &before);
    put = write(fd, bytes, n);
    e = errno;
    if (put < 0 && e == EPIPE && !sigismember(&pending, SIGPIPE))
        while (sigtimedwait(&pipe_alone, NULL, &at_once) < 0 && errno == EINTR)
            ;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = e;
    return put;
}

enum sg_err sg_plugin_put(struct sg_plugin_process *p, const uint8_t *bytes, size_t n,
                          struct sg_error *err)
{
    while (n && p->to >= 0) {
        ssize_t put = write_quietly(p->to, bytes, n);
        if (put >= 0) {
            bytes += put;
            n -= (size_t)put;
            sg_plugin_turn(p);
        } else if (errno == EPIPE) {
            shut(&p->to);
        } else if (errno == EAGAIN) {
            enum sg_err r = await(p, p->to, POLLOUT, err);
            if (r != SG_OK)
                return r;
        } else if (errno != EINTR) {
            return fail_sys(p, errno, "it cannot be written to", err);
        }
    }
    return SG_OK;
}

static enum sg_err pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    struct sg_plugin_process *p = s->context;

    for (;;) {
        ssize_t n;
        enum sg_err r = await(p, p->from, POLLIN, err);
        if (r != SG_OK)
            return r;
        n = read(p->from, out, cap);
        if (n >= 0) {
            *got = (size_t)n;
            return SG_OK;
        }
        if (errno != EINTR && errno != EAGAIN)
            return fail_sys(p, errno, "it cannot be read from", err);
    }
}

void sg_plugin_source(struct sg_source *s, struct sg_plugin_process *p)
{
    sg_source_custom(s, pull, p, NULL);
}

/* Whether it has ended within the time; it is not yet buried, so its number is still its own. */
static bool ends_within(pid_t pid, uint64_t milliseconds)
{
    uint64_t until = now() + milliseconds;
    struct timespec nap = {.tv_nsec = 500000};

    for (;;) {
        siginfo_t end = {0};
        if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR)
            return true; /* somebody else has buried it */
        if (end.si_pid == pid)
            return true;
        if (now() >= until)
            return false;
        (void)nanosleep(&nap, NULL);
        nap.tv_nsec = nap.tv_nsec < 20000000 ? nap.tv_nsec * 2 : nap.tv_nsec;
    }
}

unsigned sg_plugin_stop(struct sg_plugin_process *p, unsigned seconds)
{
    int status = 0;

    shut(&p->to);
    shut(&p->from);
    if (p->pid <= 0)
        return 0;
    if (!ends_within(p->pid, (uint64_t)seconds * 1000)) {
        (void)kill(p->pid, SIGINT);
        if (!ends_within(p->pid, LAST_MILLISECONDS)) {
            (void)kill(p->pid, SIGKILL);
            (void)ends_within(p->pid, UINT64_MAX / 2);
        }
    }
    if (p->client->running)
        p->client->running(p->client->context, 0);
    while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
        ;
    p->pid = 0;
    if (WIFSIGNALED(status))
        return 128U + (unsigned)WTERMSIG(status);
    return WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : 0;
}
