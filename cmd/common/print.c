#include "common/print.h"

#include "base/base.h"
#include "common/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES 65536
#define LINE_BYTES 8192 /* more than any text that is printed in one go, escaped */

static bool is_colourful(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

    return !(no && *no) && term && strcmp(term, "dumb") != 0;
}

void print_start(struct print *t, struct sg_sink *out, struct sg_error *err)
{
    memset(t, 0, sizeof *t);
    t->out = out;
    t->err = err;
    t->terminal = isatty(STDOUT_FILENO);
    t->colour = t->terminal && is_colourful();
    sg_buffer_init_secret(&t->text, PIECE_BYTES + LINE_BYTES);
}

static void flush(struct print *t, size_t above)
{
    if (t->failed == SG_OK && t->text.len > above) {
        t->failed = sg_sink_write(t->out, t->text.data, t->text.len, t->err);
        t->text.len = 0;
    }
}

static void add(struct print *t, const char *text, size_t n)
{
    if (t->failed == SG_OK)
        t->failed = sg_buffer_append(&t->text, text, n, t->err);
    flush(t, PIECE_BYTES);
}

void print_format(struct print *t, const char *format, ...)
{
    char line[1024];
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (n > 0)
        add(t, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

void print_text(struct print *t, const char *text)
{
    char escaped[LINE_BYTES];

    if (t->terminal)
        add(t, escaped, escape_text(escaped, sizeof escaped, text));
    else
        add(t, text, strlen(text));
    if (t->terminal)
        sg_wipe(escaped, sizeof escaped);
}

void print_time(struct print *t, int64_t seconds)
{
    char text[SG_TIME_BYTES];

    sg_time_rfc3339(text, seconds);
    print_format(t, "%s", text);
}

enum sg_err print_end(struct print *t, enum sg_err r)
{
    if (r == SG_OK)
        flush(t, 0);
    sg_buffer_free(&t->text);
    return r == SG_OK ? t->failed : r;
}
