#include "vault/name.h"

#include <string.h>

_Static_assert(SG_NAME_MAX_BYTES == 1024, "what the message says");

/* Why n bytes cannot be a part of a path, as static text; or NULL. */
static const char *part_fault(const char *part, size_t n)
{
    if (n == 0)
        return "it has a part that is empty";
    if ((n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
        return "it has a part that is . or ..";
    return NULL;
}

static const char *text_fault(const char *name, size_t n)
{
    struct sg_utf8 text = {0};

    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)name[i];
        if (c < 32 || c == 127)
            return "it holds a control character";
        if (!sg_utf8_take(&text, c))
            return text.expect || c < 0x80 || c >= 0xa0 || i == 0 || (uint8_t)name[i - 1] != 0xc2
                       ? "it is not UTF-8 text"
                       : "it holds a control character";
    }
    return sg_utf8_may_end(&text) ? NULL : "it is not UTF-8 text";
}

static const char *fault(const char *name, size_t n)
{
    const char *what;

    if (n == 0)
        return "it is empty";
    if (n > SG_NAME_MAX_BYTES)
        return "it is longer than 1024 bytes";
    what = text_fault(name, n);
    if (!what && name[0] == '/')
        what = "it begins with /";
    if (!what && name[n - 1] == '/')
        what = "it ends with /";
    for (size_t at = 0; !what && at <= n;) {
        const char *slash = at < n ? memchr(name + at, '/', n - at) : NULL;
        size_t len = slash ? (size_t)(slash - (name + at)) : n - at;
        what = part_fault(name + at, len);
        at += len + 1;
    }
    return what;
}

enum sg_err sg_name_check_bytes(const char *name, size_t n, struct sg_error *err)
{
    char shown[SG_ERROR_NAME_BYTES];
    const char *what = memchr(name, '\0', n) ? "it holds a control character" : fault(name, n);

    if (!what)
        return SG_OK;
    n = n < sizeof shown - 1 ? n : sizeof shown - 1;
    if (n)
        memcpy(shown, name, n);
    shown[n] = '\0';
    sg_error_name(err, shown);
    return sg_fail(err, SG_ERR_NAME, what);
}

enum sg_err sg_name_check(const char *name, struct sg_error *err)
{
    return sg_name_check_bytes(name, strlen(name), err);
}
