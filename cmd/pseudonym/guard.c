#include "pseudonym/guard.h"

#include "common/report.h"
#include "pseudonym/usage.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_BYTES (1U << 20) /* how far back in a file is looked */
#define COMMAND_BYTES 4096
#define NAMES_BYTES (1U << 20)
#define MARKS_BYTES (4UL * SG_RECIPIENT_MAX_CHARS)

extern char **environ;

/* The words that a name is known by, in one buffer, each with its NUL. */
static enum sg_err marks_of(struct sg_buffer *marks, struct roots *r, const char *name,
                            struct sg_error *err)
{
    static const enum sg_pseudonym_key sealed[] = {SG_PSEUDONYM_PQ, SG_PSEUDONYM_X25519};
    char host[SG_ONION_HOST_CHARS + 1], did[SG_PUBLIC_DID_BYTES];
    uint8_t key[SG_ONION_PUBLIC_BYTES];
    struct sg_identity id = {SG_KEY_PQ, KEY_OF(r), SG_IDENTITY_BYTES};
    enum sg_err e = SG_OK;

    for (size_t i = 0; e == SG_OK && i < 2; i++) {
        struct sg_recipients one;
        sg_recipients_init(&one);
        id.type = sealed[i] == SG_PSEUDONYM_PQ ? SG_KEY_PQ : SG_KEY_X25519;
        e = roots_key(r, name, sealed[i], err);
        if (e == SG_OK)
            e = sg_recipient_of(&one, id, err);
        if (e == SG_OK)
            e = sg_recipient_text(marks, sg_recipients_at(&one, 0), err);
        if (e == SG_OK)
            e = sg_buffer_append(marks, "", 1, err);
        sg_recipients_free(&one);
    }
    if (e == SG_OK)
        e = roots_key(r, name, SG_PSEUDONYM_SIGN, err);
    if (e == SG_OK) {
        struct sg_recipients one;
        sg_recipients_init(&one);
        id.type = SG_KEY_SSH_ED25519;
        e = sg_recipient_of(&one, id, err);
        if (e == SG_OK)
            e = sg_recipient_text(marks, sg_recipients_at(&one, 0), err);
        if (e == SG_OK)
            e = sg_buffer_append(marks, "", 1, err);
        if (e == SG_OK) {
            sg_public_did(did, sg_recipients_at(&one, 0).key);
            e = sg_buffer_append(marks, did, strlen(did) + 1, err);
        }
        if (e == SG_OK) { /* the second of minisign's two lines */
            size_t at = marks->len;
            e = sg_public_text(marks, SG_PUBLIC_MINISIGN, sg_recipients_at(&one, 0).key, err);
            if (e == SG_OK) {
                char *line = memchr(marks->data + at, '\n', marks->len - at);
                size_t skip = line ? (size_t)((uint8_t *)line + 1 - (marks->data + at)) : 0;
                memmove(marks->data + at, marks->data + at + skip, marks->len - at - skip);
                marks->len -= skip;
                e = sg_buffer_append(marks, "", 1, err);
            }
        }
        sg_recipients_free(&one);
    }
    if (e == SG_OK)
        e = roots_key(r, name, SG_PSEUDONYM_ONION, err);
    if (e == SG_OK) {
        sg_onion_public_file(key, KEY_OF(r));
        sg_onion_host(host, key + SG_ONION_PUBLIC_BYTES - 32);
        e = sg_buffer_append(marks, host, strlen(host) + 1, err);
    }
    return e;
}

/* Whether a text holds one of the marks. */
static bool holds(const char *text, const struct sg_buffer *marks)
{
    const char *mark = (const char *)marks->data, *end = mark + marks->len;

    for (; mark < end; mark += strlen(mark) + 1)
        if (strstr(text, mark))
            return true;
    return false;
}

/* What collecting the other names needs. */
struct others {
    struct sg_buffer names; /* each with its NUL */
    const char *self;
};

static enum sg_err add_name(void *context, const char *name, const char *retired,
                            struct sg_error *err)
{
    struct others *o = context;

    (void)retired;
    return strcmp(name, o->self) == 0 ? SG_OK
                                      : sg_buffer_append(&o->names, name, strlen(name) + 1, err);
}

/* Whether a text may hold a key or an address at all, so that it is worth comparing. */
static bool may_hold(const char *text)
{
    static const char *const starts[] = {"age1", "ssh-ed25519 AAAA", "did:key:z", ".onion", "RW"};

    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strstr(text, starts[i]))
            return true;
    return false;
}

/* The first of the other names that a key in the text is of; static, or NULL. */
static const char *other_in(struct roots *r, const char *self, const char *text)
{
    static char found[SG_PSEUDONYM_NAME_MAX_BYTES + 1];
    struct others o = {.self = self};
    struct sg_error err = {0};
    const char *result = NULL;

    sg_buffer_init(&o.names, NAMES_BYTES);
    if (r->stored && may_hold(text) && sg_book_list(r->home.store, add_name, &o, &err) == SG_OK &&
        o.names.len) {
        const char *name = (const char *)o.names.data, *end = name + o.names.len;
        for (; !result && name < end; name += strlen(name) + 1) {
            struct sg_buffer marks;
            sg_buffer_init(&marks, MARKS_BYTES);
            if (marks_of(&marks, r, name, &err) == SG_OK && holds(text, &marks)) {
                (void)snprintf(found, sizeof found, "%s", name);
                result = found;
            }
            sg_buffer_free(&marks);
        }
    }
    sg_buffer_free(&o.names);
    return result;
}

const char *guard_finds(struct roots *r, const char *name, const char *text)
{
    return other_in(r, name, text);
}

/* Takes out of a text what `marks` are, and says whether another key is left in it. */
static bool other_key(char *text, const struct sg_buffer *marks)
{
    static const char *const starts[] = {"ssh-ed25519 AAAA", "did:key:z", "age1", ".onion",
                                         "untrusted comment: minisign public key"};
    const char *mark = (const char *)marks->data, *end = mark + marks->len;
    char *at;

    for (; mark < end; mark += strlen(mark) + 1)
        while ((at = strstr(text, mark)))
            memset(at, '-', strlen(mark));
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strstr(text, starts[i]))
            return true;
    return false;
}

/* The end of the file that standard output goes on from, as text; NULL when there is none. */
static char *written_before(void)
{
    struct stat st;
    int flags = fcntl(STDOUT_FILENO, F_GETFL), fd;
    off_t end, from;
    ssize_t got = 0;
    char *text;

    if (fstat(STDOUT_FILENO, &st) != 0 || !S_ISREG(st.st_mode))
        return NULL;
    end = flags >= 0 && (flags & O_APPEND) ? st.st_size : lseek(STDOUT_FILENO, 0, SEEK_CUR);
    if (end <= 0)
        return NULL;
    from = end > (off_t)LOOK_BYTES ? end - (off_t)LOOK_BYTES : 0;
    fd = open("/proc/self/fd/1", O_RDONLY | O_CLOEXEC);
    text = calloc(1, LOOK_BYTES + 1);
    if (fd >= 0 && text)
        got = pread(fd, text, (size_t)(end - from), from);
    if (fd >= 0)
        (void)close(fd);
    for (ssize_t i = 0; text && i < got; i++)
        if (!text[i])
            text[i] = ' ';
    return text;
}

static void look_at_file(struct roots *r, const char *name)
{
    char *text = option_given(r->p, "output") && strcmp(option_value(r->p, "output"), "-") != 0
                     ? NULL
                     : written_before();
    const char *other = text ? other_in(r, name, text) : NULL;
    struct sg_buffer marks;
    struct sg_error err = {0};

    if (other) {
        report_message("warning: the file that this is appended to holds a key of %s: whoever "
                       "reads it learns that %s and %s are one",
                       other, other, name);
    } else if (text && !r->stored) {
        sg_buffer_init(&marks, MARKS_BYTES);
        if (marks_of(&marks, r, name, &err) == SG_OK && other_key(text, &marks))
            report_message(
                "warning: the file that this is appended to holds another key: if that "
                "is a pseudonym of yours too, whoever reads it learns that both are you");
        sg_buffer_free(&marks);
    }
    free(text);
}

static void look_at_environment(struct roots *r, const char *name)
{
    const char *own = getenv("SIGNET_PSEUDONYM");

    if (own && *own && strcmp(own, name) != 0)
        report_message("warning: this environment belongs to %s (SIGNET_PSEUDONYM): %s leaving "
                       "from it can be linked to that",
                       own, name);
    for (char **e = environ; r->stored && *e; e++) {
        const char *value = strchr(*e, '='), *other;
        if (!value || strlen(value) < 50) /* shorter than any key */
            continue;
        other = other_in(r, name, value);
        if (other)
            report_message("warning: %.*s in the environment holds a key of %s: programs of this "
                           "pipeline see it beside %s",
                           (int)(value - *e), *e, other, name);
    }
}

static const struct option *find_option(const struct command *c, const char *word)
{
    size_t n = strcspn(word, "=");

    for (const struct option *o = c->table; o->name; o++) {
        bool is_long = strncmp(word, "--", 2) == 0 && strlen(o->name) == n - 2 &&
                       memcmp(word + 2, o->name, n - 2) == 0;
        if (is_long || (word[1] != '-' && o->letter == word[1]))
            return o;
    }
    return NULL;
}

/* The first operand in the words of another pseudonym's command line, or NULL. */
static const char *name_in(const char *words, size_t n)
{
    const char *word = words, *end = words + n;
    const struct command *c = pseudonym_tool.commands;
    char verb[64];

    word += strlen(word) + 1; /* the program */
    if (word >= end)
        return NULL;
    (void)snprintf(verb, sizeof verb, "%s", word);
    word += strlen(word) + 1;
    if (strcmp(verb, "token") == 0 && word < end) {
        (void)snprintf(verb, sizeof verb, "token %s", word);
        word += strlen(word) + 1;
    }
    while (c->usage && strcmp(c->name, verb) != 0)
        c++;
    if (!c->usage || c->max_operands == 0 || !strstr(c->usage, "NAME"))
        return NULL;
    for (; word < end; word += strlen(word) + 1) {
        const struct option *o;
        if (word[0] != '-' || !word[1])
            return word;
        o = find_option(c, word);
        if (o && o->argument && !strchr(word, '=') && (word[1] == '-' || !word[2]))
            word += strlen(word) + 1; /* and what it takes */
    }
    return NULL;
}

static size_t read_small(char *out, size_t size, const char *pid, const char *file)
{
    char path[64];
    ssize_t got;
    int fd;

    (void)snprintf(path, sizeof path, "/proc/%.20s/%.20s", pid, file);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    got = read(fd, out, size - 1);
    (void)close(fd);
    out[got > 0 ? got : 0] = '\0';
    return got > 0 ? (size_t)got : 0;
}

/* The process group in what follows the name in a file stat: state, parent, group (proc(5)). */
static long group_of(const char *rest)
{
    const char *parent = strchr(rest, ' '), *group = parent ? strchr(parent + 1, ' ') : NULL;

    return group ? strtol(group, NULL, 10) : -1;
}

/* Looks for other pseudonyms at work in our process group, which a pipeline has to itself. */
static void look_at_pipeline(const char *name)
{
    char stat[512], words[COMMAND_BYTES], start[] = "(pseudonym) ";
    DIR *all = opendir("/proc");
    struct dirent *d;
    char self[24];

    (void)snprintf(self, sizeof self, "%ld", (long)getpid());
    while (all && (d = readdir(all))) {
        const char *comm, *other;
        size_t n;
        if (!isdigit((unsigned char)d->d_name[0]) || strcmp(d->d_name, self) == 0 ||
            !read_small(stat, sizeof stat, d->d_name, "stat") || !(comm = strstr(stat, start)) ||
            group_of(comm + strlen(start)) != (long)getpgrp())
            continue;
        n = read_small(words, sizeof words, d->d_name, "cmdline");
        other = n ? name_in(words, n) : NULL;
        if (other && strcmp(other, name) != 0) {
            report_message("warning: %s is at work in this pipeline too: what leaves it can link "
                           "%s to %s",
                           other, other, name);
            break;
        }
    }
    if (all)
        (void)closedir(all);
}

void guard_here(struct roots *r, const char *name)
{
    look_at_environment(r, name);
    look_at_pipeline(name);
}

void guard(struct roots *r, const char *name)
{
    guard_here(r, name);
    look_at_file(r, name);
}
