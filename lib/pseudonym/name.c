#include "pseudonym/name.h"

#include "pseudonym/name_table.h"

#include <stdbool.h>
#include <string.h>

/* Takes one character of UTF-8 (RFC 3629) off *p; false when it is none. */
static bool take(uint32_t *letter, const uint8_t **p, size_t *n)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const uint8_t *s = *p;
    size_t more = s[0] < 0x80 ? 0 : s[0] < 0xc0 ? 4 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
    uint32_t c = s[0] < 0x80 ? s[0] : s[0] & (0x3fU >> more);

    if (more == 4 || s[0] > 0xf4 || more >= *n)
        return false;
    for (size_t i = 1; i <= more; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return false;
        c = c << 6 | (s[i] & 0x3fU);
    }
    *letter = c;
    *p += more + 1;
    *n -= more + 1;
    return c >= least[more] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static bool is_in(const struct sg_pseudonym_name_range *ranges, size_t count, uint32_t c)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c > ranges[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && c >= ranges[low].first;
}

/* What is wrong with a name, as static text; NULL when nothing is. */
static const char *fault(const char *name, size_t n)
{
    const uint8_t *p = (const uint8_t *)name;
    bool mark = false;
    uint32_t c;

    if (n == 0)
        return "a name cannot be empty";
    if (n > SG_PSEUDONYM_NAME_MAX_BYTES)
        return "a name has at most 128 bytes";
    if (name[0] == '-')
        return "a name cannot begin with a minus sign";
    if (name[0] == ' ' || name[n - 1] == ' ')
        return "a name cannot begin or end with a space";
    while (n) {
        bool was_mark = mark;
        if (!take(&c, &p, &n))
            return "a name is text in UTF-8, and this is not";
        if (c < 0x20 || c == 0x7f ||
            is_in(sg_pseudonym_name_hidden, sg_pseudonym_name_hidden_count, c))
            return "there is a character in the name that cannot be seen";
        if (is_in(sg_pseudonym_name_unstable, sg_pseudonym_name_unstable_count, c))
            return "a character in the name has another spelling that looks the same: use composed "
                   "characters (Unicode's Form C)";
        mark = is_in(sg_pseudonym_name_marks, sg_pseudonym_name_marks_count, c);
        if (mark && was_mark)
            return "two combining marks follow each other in the name, whose order does not show";
    }
    return NULL;
}

enum sg_err sg_pseudonym_name_check(const char *name, struct sg_error *err)
{
    const char *what = fault(name, strlen(name));

    if (!what)
        return SG_OK;
    sg_error_name(err, name);
    return sg_fail(err, SG_ERR_NAME, what);
}
