#include "vault/common.h"

#include "common/report.h"

#include <stdio.h>
#include <time.h>

enum sg_err open_vault(struct home *h, const struct parsed *p, struct sg_error *err)
{
    enum sg_err r = home_open(h, p, false, err);

    if (r == SG_OK)
        r = sg_vault_ready(h->store, err);
    if (r == SG_OK)
        home_warn(h);
    return r;
}

const char *operand(const struct parsed *p, int i, const char *what)
{
    char hint[160];

    (void)snprintf(hint, sizeof hint, "vault %s --help tells more", p->command->name);
    if (p->operand_count <= i)
        usage_error(hint, "%s is missing", what);
    return p->operands[i];
}

uint64_t option_count(const struct parsed *p, const char *name)
{
    return option_given(p, name) ? option_number(p, name, 0, 1, 1000000000) : 0;
}

int64_t now(void)
{
    return (int64_t)time(NULL);
}

void json_time(struct json *j, const char *key, int64_t seconds)
{
    char text[SG_TIME_BYTES];

    sg_time_rfc3339(text, seconds);
    json_string(j, key, text);
}
