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

void sg_error_name(struct sg_error *err, const char *name)
{
    size_t n = name ? strnlen(name, sizeof err->name - 1) : 0;

    if (n)
        memcpy(err->name, name, n);
    err->name[n] = '\0';
}
