#include "common/password.h"

#include "common/escape.h"
#include "common/files.h"
#include "common/report.h"
#include "common/tty.h"

#include <fcntl.h>
#include <unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 3
#define PROMPT_BYTES 512
#define ROOM (SG_PASSWORD_MAX_BYTES + 1)
#define TOO_LONG "the password is longer than 1024 bytes"

_Static_assert(SG_PASSWORD_MAX_BYTES == 1024, "what the message says");

static const char no_terminal[] = "a password is needed, and there is no terminal to ask for it";

void password_start(struct password_asking *a, const struct parsed *p)
{
    const char *environment = getenv("SIGNET_PASSWORD_FILE");

    memset(a, 0, sizeof *a);
    a->file = option_value(p, "password-file");
    if (!a->file && environment && *environment)
        a->file = environment;
}

void password_start_new(struct password_asking *a, const struct parsed *p)
{
    memset(a, 0, sizeof *a);
    a->file = option_value(p, "new-password-file");
    a->replacing = true;
}

void password_free(struct password_asking *a)
{
    sg_secret_free(&a->text);
}

enum sg_err password_take(struct password_asking *a, const char *text, size_t n,
                          struct sg_password *password, struct sg_error *err)
{
    enum sg_err r;

    if (n == 0)
        return sg_fail(err, SG_ERR_PASSWORD, "the password is empty");
    if (n > SG_PASSWORD_MAX_BYTES)
        return sg_fail(err, SG_ERR_PASSWORD, TOO_LONG);
    r = a->text.data ? SG_OK : sg_secret_new(&a->text, ROOM, err);
    if (r != SG_OK)
        return r;
    sg_wipe(a->text.data, a->text.size);
    memcpy(a->text.data, text, n);
    password->bytes = a->text.data;
    password->len = n;
    return SG_OK;
}

static enum sg_err from_file(struct password_asking *a, struct sg_password *password,
                             struct sg_error *err)
{
    struct sg_source in;
    const char *line;
    size_t n;
    enum sg_err r = open_source(&in, strcmp(a->file, "-") == 0 ? NULL : a->file, err);

    if (r == SG_OK && isatty(in.fd))
        report_note("reading the password from the terminal, which shows it as it is typed");
    if (r == SG_OK)
        r = sg_source_line(&in, &line, &n, err);
    if (r == SG_ERR_LIMIT) {
        r = sg_fail(err, SG_ERR_PASSWORD, TOO_LONG);
    } else if (r == SG_OK) {
        if (n && line[n - 1] == '\n')
            n -= n > 1 && line[n - 2] == '\r' ? 2 : 1;
        r = password_take(a, line, n, password, err);
    }
    sg_source_close(&in);
    return r;
}

/* Reads a line from the terminal with its echo off. `text` has room for ROOM bytes. */
static enum sg_err from_terminal(char *text, size_t *n, const char *prompt, struct sg_error *err)
{
    if (!tty_ask(text, ROOM, n, prompt, TTY_HIDDEN))
        return sg_fail(err, SG_ERR_PASSWORD, no_terminal);
    return SG_OK;
}

static enum sg_err prompted(struct password_asking *a, const char *prompt, bool twice,
                            struct sg_password *password, struct sg_error *err)
{
    struct sg_secret first = {0}, second = {0};
    size_t n = 0, m = 0;
    enum sg_err r = sg_secret_new(&first, ROOM, err);

    if (r == SG_OK)
        r = sg_secret_new(&second, ROOM, err);
    if (r == SG_OK)
        r = from_terminal((char *)first.data, &n, prompt, err);
    if (r == SG_OK && n && twice) {
        r = from_terminal((char *)second.data, &m, "The same again: ", err);
        if (r == SG_OK && (n != m || !sg_equal(first.data, second.data, ROOM)))
            r = sg_fail(err, SG_ERR_PASSWORD, "the two passwords are not the same");
    }
    if (r == SG_OK)
        r = password_take(a, (const char *)first.data, n, password, err);
    sg_secret_free(&first);
    sg_secret_free(&second);
    return r;
}

/* A prompt that shows what is asked for, without letting a file's name steer the terminal. */
static void make_prompt(char *out, size_t size, const char *what, const char *about)
{
    char raw[PROMPT_BYTES];

    (void)snprintf(raw, sizeof raw, "%s for %s: ", what, about);
    (void)escape_text(out, size, raw);
}

enum sg_err password_new(struct password_asking *a, const char *about, struct sg_password *password,
                         struct sg_error *err)
{
    char prompt[PROMPT_BYTES];
    enum sg_err r;

    if (a->file)
        return from_file(a, password, err);
    make_prompt(prompt, sizeof prompt, a->replacing ? "New password" : "Password", about);
    r = prompted(a, prompt, true, password, err);
    if (r == SG_ERR_PASSWORD && a->replacing && err->what == no_terminal)
        err->what = "a new password is needed, and there is no terminal to ask for it";
    return r;
}

static enum sg_err ask(void *context, const char *name, unsigned attempt,
                       struct sg_password *password, struct sg_error *err)
{
    struct password_asking *a = context;
    char prompt[PROMPT_BYTES];

    if (a->file)
        return attempt ? sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL) : from_file(a, password, err);
    if (attempt == TRIES)
        return sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL);
    if (attempt)
        report_note("the password does not fit; once more");
    make_prompt(prompt, sizeof prompt, "Password", name);
    return prompted(a, prompt, false, password, err);
}

struct sg_password_asker password_asker(struct password_asking *a, const struct parsed *p)
{
    return (struct sg_password_asker){
        .ask = ask,
        .context = a,
        .max_work =
            !p ? SG_MAX_WORK_DEFAULT
               : option_number(p, "max-work", SG_MAX_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX),
    };
}

bool password_possible(const struct password_asking *a)
{
    int fd = a->file ? -1 : open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd >= 0)
        (void)close(fd);
    return a->file || fd >= 0;
}
