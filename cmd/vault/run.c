#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STATUS_CANNOT_RUN 126
#define STATUS_NO_COMMAND 127

#define LAST_DESCRIPTOR 255
#define ASIDE 256                 /* descriptors are gathered from here on */
#define VARIABLE_MAX_BYTES 131000 /* Linux takes no string of 128 KiB or more */
#define CONTENT_MAX_BYTES (64U << 20)

/* An entry that the command gets. */
struct gift {
    char *name;
    char *variable; /* that holds the content or, with a descriptor, its path; or NULL */
    bool behind;    /* a descriptor, and not a variable alone */
    int number;     /* of the descriptor, or -1 for any */
    int fd;         /* where it is until the command runs, or -1 */
    struct sg_buffer content;
};

static bool is_variable(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return *text && strchr(letters, *text) && strspn(text, more) == strlen(text);
}

/* mail/password becomes MAIL_PASSWORD. */
static char *variable_of(const char *name)
{
    size_t n = strlen(name);
    char *out = malloc(n + 2), *at = out;

    if (!out)
        return NULL;
    if (*name >= '0' && *name <= '9')
        *at++ = '_';
    for (; *name; name++) {
        if (*name >= 'a' && *name <= 'z')
            *at++ = (char)(*name - 'a' + 'A');
        else if ((*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9'))
            *at++ = *name;
        else
            *at++ = '_';
    }
    *at = '\0';
    return out;
}

/* What was allocated, or the end. */
static char *there(char *allocated)
{
    if (!allocated) {
        report_error("there is not enough memory");
        exit(STATUS_FAILED);
    }
    return allocated;
}

/* Reads "3" of NAME=@3: descriptor 0, or one from 3 on. */
static int descriptor(const char *text, const char *whole)
{
    int n = 0;

    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || n > LAST_DESCRIPTOR)
            usage_error("a number is a descriptor, 0 or 3 to 255; a word the variable that gets "
                        "the path of one",
                        "%s: what follows @ can be neither", whole);
        n = n * 10 + (*c - '0');
    }
    if (n == 1 || n == 2 || n > LAST_DESCRIPTOR)
        usage_error("standard input is 0; others are 3 to 255", "%s: not such a descriptor", whole);
    return n;
}

/* Reads NAME, NAME=VARIABLE, NAME=@NUMBER or NAME=@VARIABLE. */
static void read_gift(struct gift *g, const char *text)
{
    const char *equals = strrchr(text, '='), *to = equals ? equals + 1 : NULL;
    struct sg_error err = {0};

    *g = (struct gift){.number = -1, .fd = -1};
    sg_buffer_init_secret(&g->content, CONTENT_MAX_BYTES);
    g->name = there(strdup(text));
    if (!to) {
        g->variable = there(variable_of(text));
    } else {
        g->name[equals - text] = '\0';
        g->behind = *to == '@';
        if (g->behind && !is_variable(to + 1) && to[1])
            g->number = descriptor(to + 1, text);
        else if (is_variable(to + g->behind))
            g->variable = there(strdup(to + g->behind));
        else
            usage_error("NAME=VARIABLE, NAME=@NUMBER or NAME=@VARIABLE; a name that has = in it "
                        "needs one of them",
                        "%s: what follows = is none of these", text);
    }
    if (sg_name_check(g->name, &err) != SG_OK)
        exit((int)report(&err));
}

/* No two gifts at one place. A descriptor that is open is replaced, as a shell would. */
static void check_gifts(const struct gift *gifts, int count)
{
    for (int i = 0; i < count; i++) {
        for (int j = 0; j < i; j++) {
            if (gifts[i].variable && gifts[j].variable &&
                strcmp(gifts[i].variable, gifts[j].variable) == 0)
                usage_error("NAME=VARIABLE gives each its own", "two entries are to be $%s",
                            gifts[i].variable);
            if (gifts[i].number >= 0 && gifts[i].number == gifts[j].number)
                usage_error(NULL, "two entries are to be descriptor %d", gifts[i].number);
        }
    }
}

/* Puts content behind a descriptor: a file in memory that nobody can change any more. */
static enum sg_err hide(struct gift *g, struct sg_error *err)
{
    static const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    struct sg_sink to;
    int fd = memfd_create("signet", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    enum sg_err r;

    if (fd < 0)
        return sg_fail_sys(err, errno, "cannot make", "a file in memory");
    sg_sink_fd(&to, fd, "a file in memory");
    r = sg_sink_write(&to, g->content.data, g->content.len, err);
    sg_sink_close(&to);
    g->fd = fcntl(fd, F_DUPFD_CLOEXEC, ASIDE);
    if (r == SG_OK &&
        (g->fd < 0 || fcntl(fd, F_ADD_SEALS, seals) != 0 || lseek(fd, 0, SEEK_SET) != 0))
        r = sg_fail_sys(err, errno, "cannot prepare", "a file in memory");
    (void)close(fd);
    sg_buffer_free(&g->content);
    return r;
}

/*
 * Makes content the value of a variable: without its last newline, with a NUL. Ends the process
 * when it cannot be one.
 */
static enum sg_err as_value(struct gift *g, struct sg_error *err)
{
    struct sg_buffer *b = &g->content;
    const char *unfit = NULL;

    if (b->len && b->data[b->len - 1] == '\n')
        b->len--;
    if (b->len && memchr(b->data, '\0', b->len))
        unfit = "it holds a NUL byte, which no variable can";
    else if (b->len > VARIABLE_MAX_BYTES)
        unfit = "it is over 131000 bytes long, which is more than a variable holds";
    if (!unfit)
        return sg_buffer_append(b, "", 1, err);
    report_error("%s: %s", g->name, unfit);
    report_hint("%s=@%s gives the command a file to read instead, at $%s", g->name, g->variable,
                g->variable);
    sg_buffer_free(b);
    exit(STATUS_FAILED);
}

static enum sg_err fetch(struct gift *g, struct home *h, struct sg_error *err)
{
    struct sg_getting what = {.name = g->name};
    struct sg_sink to;
    enum sg_err r;

    sg_sink_buffer(&to, &g->content);
    r = sg_entry_get(&to, h->store, &what, err);
    if (r == SG_ERR_LIMIT) {
        sg_error_name(err, g->name);
        r = sg_fail_limit(err, SG_ERR_LIMIT, "it is too large to give to a command", 0,
                          CONTENT_MAX_BYTES);
    }
    if (r != SG_OK)
        return r;
    return g->behind ? hide(g, err) : as_value(g, err);
}

/* Puts a gift where the command expects it. False when the system does not let it. */
static bool hand_over(struct gift *g)
{
    char path[32];

    if (!g->behind)
        return setenv(g->variable, (const char *)g->content.data, 1) == 0;
    if (g->number >= 0)
        return dup2(g->fd, g->number) >= 0;
    g->number = fcntl(g->fd, F_DUPFD, 3);
    (void)snprintf(path, sizeof path, "/dev/fd/%d", g->number);
    return g->number >= 0 && setenv(g->variable, path, 1) == 0;
}

static int run(struct gift *gifts, int count, char **command)
{
    bool good = true;
    int error;

    for (int by_number = 1; by_number >= 0;
         by_number--) /* those with a number of their own first */
        for (int i = 0; good && i < count; i++)
            if ((gifts[i].number >= 0) == (by_number == 1))
                good = hand_over(&gifts[i]);
    if (!good) {
        report_error("cannot hand over to %s: %s", command[0], strerror(errno));
        return STATUS_FAILED;
    }
    (void)execvp(command[0], command);
    error = errno;
    report_error("cannot run %s: %s", command[0],
                 error == ENOENT ? "there is no such program" : strerror(error));
    return error == ENOENT ? STATUS_NO_COMMAND : STATUS_CANNOT_RUN;
}

int vault_run(const struct parsed *p)
{
    int count = p->before_dashes;
    struct gift *gifts = calloc((size_t)count + 1, sizeof *gifts);
    struct sg_error err = {0};
    struct home h = {0};
    int status;
    enum sg_err r;

    if (!p->dashes || p->operand_count == count)
        usage_error("vault run NAME... -- COMMAND", "%s",
                    p->dashes ? "no command follows the --" : "there is no -- before a command");
    if (count == 0)
        usage_error("vault run NAME... -- COMMAND", "no entry is named");
    if (!gifts)
        return STATUS_FAILED;
    for (int i = 0; i < count; i++)
        read_gift(&gifts[i], p->operands[i]);
    check_gifts(gifts, count);
    r = open_vault(&h, p, &err);
    for (int i = 0; r == SG_OK && i < count; i++)
        r = fetch(&gifts[i], &h, &err);
    home_close(&h);
    status = r == SG_OK ? run(gifts, count, p->operands + count) : (int)report(&err);
    for (int i = 0; i < count; i++) {
        sg_buffer_free(&gifts[i].content);
        free(gifts[i].name);
        free(gifts[i].variable);
        if (gifts[i].fd >= 0)
            (void)close(gifts[i].fd);
    }
    free(gifts);
    return status;
}
