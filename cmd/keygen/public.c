#include "common/files.h"
#include "common/password.h"
#include "common/report.h"
#include "key/key.h"
#include "keygen/verbs.h"

/* More than the recipients of the largest identity file. */
#define OUTPUT_MAX (64U << 20)

static enum sg_err write_all(struct sg_sink *out, const struct sg_identities *ids,
                             struct sg_error *err)
{
    struct sg_recipients public;
    struct sg_buffer text;
    enum sg_err r = SG_OK;

    sg_recipients_init(&public);
    sg_buffer_init(&text, OUTPUT_MAX);
    for (size_t i = 0; r == SG_OK && i < sg_identities_count(ids); i++)
        r = sg_recipient_of(&public, sg_identities_at(ids, i), err);
    for (size_t i = 0; r == SG_OK && i < sg_recipients_count(&public); i++) {
        r = sg_recipient_text(&text, sg_recipients_at(&public, i), err);
        if (r == SG_OK)
            r = sg_buffer_text(&text, "\n", err);
    }
    if (r == SG_OK)
        r = sg_sink_write(out, text.data, text.len, err);
    sg_recipients_free(&public);
    sg_buffer_free(&text);
    return r;
}

int keygen_public(const struct parsed *p)
{
    struct sg_password_asker asker;
    struct password_asking asking;
    struct sg_identities ids;
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sink out = {0};
    enum sg_err r;

    sg_identities_init(&ids);
    password_start(&asking, p);
    asker = password_asker(&asking, p);
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
