#include "common/files.h"

#include "common/report.h"
#include "common/start.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STDIN_NAME "standard input"
#define STDOUT_NAME "standard output"

/* Inputs seen so far, so that none of them is written to; as long-lived as the process. */
static struct seen {
    dev_t device;
    ino_t inode;
    const char *name;
    bool replaceable;
} * seen;
static size_t seen_count, seen_room;
static bool stdin_taken;

static void make_room(void)
{
    size_t room = seen_room ? 2 * seen_room : 16;
    struct seen *larger = realloc(seen, room * sizeof *seen);

    if (!larger) {
        report_error("there is not enough memory");
        exit(STATUS_FAILED);
    }
    seen = larger;
    seen_room = room;
}

static void remember(const struct stat *st, const char *name)
{
    if (!S_ISREG(st->st_mode))
        return;
    if (seen_count == seen_room)
        make_room();
    seen[seen_count].replaceable = false;
    seen[seen_count].device = st->st_dev;
    seen[seen_count].inode = st->st_ino;
    seen[seen_count++].name = name;
}

static void remember_open(int fd, const char *name)
{
    struct stat st;

    if (fstat(fd, &st) == 0)
        remember(&st, name);
}

/* Whether the option names a file that is read, sooner or later. */
static bool names_input(const struct given *g, struct stat *st)
{
    return g->option->complete == COMPLETE_FILE && strcmp(g->option->name, "output") != 0 &&
           stat(g->value, st) == 0;
}

static void refuse_input(const struct stat *st, const struct parsed *p, const char *name,
                         bool replaces)
{
    const char *environment = getenv("SIGNET_PASSWORD_FILE");
    struct stat other;

    for (size_t i = 0; i < p->count; i++)
        if (names_input(&p->given[i], &other))
            remember(&other, p->given[i].value);
    if (environment && stat(environment, &other) == 0)
        remember(&other, environment);
    for (size_t i = 0; S_ISREG(st->st_mode) && i < seen_count; i++)
        if (seen[i].device == st->st_dev && seen[i].inode == st->st_ino &&
            !(replaces && seen[i].replaceable))
            usage_error("write to a new file first, and move it in place when it is good",
                        "%s is also what is read: it would be lost", name);
}

void allow_replacing(const struct sg_source *in)
{
    for (size_t i = 0; i < seen_count; i++)
        seen[i].replaceable |= seen[i].name == in->name;
}

enum sg_err open_source(struct sg_source *in, const char *path, struct sg_error *err)
{
    enum sg_err r;

    if (path) {
        r = sg_source_file(in, path, err);
        if (r == SG_OK)
            remember_open(in->fd, path);
        return r;
    }
    if (stdin_taken)
        usage_error(STDIN_TWICE_HINT, STDIN_TWICE);
    stdin_taken = true;
    sg_source_fd(in, STDIN_FILENO, STDIN_NAME);
    remember_open(STDIN_FILENO, STDIN_NAME);
    return SG_OK;
}

enum sg_err open_input(struct sg_source *in, const char *path, struct sg_error *err)
{
    enum sg_err r = open_source(in, path, err);

    if (r == SG_OK && isatty(in->fd))
        report_note("reading from the terminal; Ctrl-D on a line of its own ends it");
    return r;
}

static const char *output_path(const struct parsed *p)
{
    const char *path = option_value(p, "output");

    return path && strcmp(path, "-") == 0 ? NULL : path;
}

bool output_is_terminal(const struct parsed *p)
{
    return !option_given(p, "output") && isatty(STDOUT_FILENO);
}

enum sg_err open_output(struct sg_sink *out, const struct parsed *p, unsigned flags,
                        struct sg_error *err)
{
    const char *path = output_path(p);
    struct stat st;
    enum sg_err r;

    if (path && !*path)
        usage_error(NULL, "-o needs the name of a file");
    if (path ? stat(path, &st) == 0 : fstat(STDOUT_FILENO, &st) == 0)
        refuse_input(&st, p, path ? path : STDOUT_NAME, path != NULL);
    if (!path) {
        sg_sink_fd(out, STDOUT_FILENO, STDOUT_NAME);
        return SG_OK;
    }
    start_guard_sink(out); /* before there is anything that a signal could leave behind */
    r = sg_sink_file(out, path, flags, err);
    if (r != SG_OK)
        start_guard_sink(NULL);
    return r;
}

enum sg_err close_output(struct sg_sink *out, enum sg_err r, struct sg_error *err)
{
    bool to_stdout = out->fd == STDOUT_FILENO && !out->owns_fd;

    if (r == SG_OK)
        r = sg_sink_finish(out, err);
    sg_sink_close(out);
    start_guard_sink(NULL);
    if (r == SG_OK && to_stdout && close(STDOUT_FILENO) != 0)
        r = sg_fail_sys(err, errno, "cannot write", STDOUT_NAME);
    return r;
}

enum sg_err load_identities(struct sg_identities *ids, const char *path,
                            const struct sg_password_asker *asker, struct sg_error *err)
{
    struct sg_source in;
    enum sg_err r = open_input(&in, strcmp(path, "-") == 0 ? NULL : path, err);

    if (r == SG_OK)
        r = sg_identities_load(ids, &in, asker, err);
    sg_source_close(&in);
    return r;
}

/* Said even when told to be quiet: somebody is left out. */
static void passed_over(const char *file, uint64_t line, const char *what)
{
    report_message("%s: line %llu is passed over, and its owner left out: %s", file,
                   (unsigned long long)line, what);
}

enum sg_err load_recipients(struct sg_recipients *all, const char *path, struct sg_error *err)
{
    struct sg_source in;
    enum sg_err r = open_input(&in, strcmp(path, "-") == 0 ? NULL : path, err);

    all->passed_over = passed_over;
    if (r == SG_OK)
        r = sg_recipients_load(all, &in, err);
    sg_source_close(&in);
    return r;
}
