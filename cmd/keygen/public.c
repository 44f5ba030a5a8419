#include "common/files.h"
#include "common/password.h"
#include "common/report.h"
#include "key/key.h"
#include "keygen/verbs.h"

#include <string.h>

static enum sg_err write_all(struct sg_sink *out, const struct sg_identities *ids,
                             struct sg_error *err)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < ids->count; i++) {
        char text[SG_RECIPIENT_TEXT_BYTES];
        struct sg_recipient to;
        sg_recipient_of(&to, sg_identities_at(ids, i));
        sg_recipient_text(text, &to);
        r = sg_sink_write(out, text, strlen(text), err);
        if (r == SG_OK)
            r = sg_sink_write(out, "\n", 1, err);
    }
    return r;
}

int keygen_public(const struct parsed *p)
{
    struct sg_password_asker asker;
    struct password_asking asking;
    struct sg_identities ids = {0};
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sink out = {0};
    enum sg_err r;

    password_start(&asking, p);
    asker = password_asker(&asking, SG_MAX_WORK_DEFAULT);
    r = open_input(&in, operand_file(p), &err);
    if (r == SG_OK)
        r = sg_identities_load(&ids, &in, &asker, &err);
    sg_source_close(&in);
    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = write_all(&out, &ids, &err);
    r = close_output(&out, r, &err);
    password_free(&asking);
    sg_identities_free(&ids);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
