#include "base/error.h"

#include <string.h>

static enum sg_err record(struct sg_error *err, enum sg_err code, const char *what)
{
    err->code = code;
    err->sys = 0;
    err->line = 0;
    err->column = 0;
    err->value = 0;
    err->limit = 0;
    err->what = what;
    err->plugin[0] = err->untrusted_words[0] = '\0';
    return code;
}

enum sg_err sg_fail(struct sg_error *err, enum sg_err code, const char *what)
{
    return record(err, code, what);
}

enum sg_err sg_fail_sys(struct sg_error *err, int sys, const char *what, const char *name)
{
    record(err, SG_ERR_IO, what);
    err->sys = sys;
    if (name)
        sg_error_name(err, name);
    return SG_ERR_IO;
}

enum sg_err sg_fail_limit(struct sg_error *err, enum sg_err code, const char *what, uint64_t value,
                          uint64_t limit)
{
    record(err, code, what);
    err->value = value;
    err->limit = limit;
    return code;
}

/* Copies as much of text (or NULL) as there is room for. */
static void copy(char *out, size_t size, const char *text)
{
    size_t n = text ? strnlen(text, size - 1) : 0;

    if (n)
        memcpy(out, text, n);
    out[n] = '\0';
}

void sg_error_name(struct sg_error *err, const char *name)
{
    copy(err->name, sizeof err->name, name);
}

void sg_error_plugin(struct sg_error *err, const char *name, const char *untrusted_words)
{
    static const char start[] = "age-plugin-";

    memcpy(err->plugin, start, sizeof start);
    copy(err->plugin + sizeof start - 1, sizeof err->plugin - (sizeof start - 1), name);
    copy(err->untrusted_words, sizeof err->untrusted_words, untrusted_words);
}

void sg_error_words(struct sg_error *err, const char *untrusted_words)
{
    copy(err->untrusted_words, sizeof err->untrusted_words, untrusted_words);
}
