#include "seal/rewrap.h"

#include "common/files.h"
#include "common/progress.h"
#include "common/unlock.h"
#include "envelope/envelope.h"

#include <string.h>

/* A signature is for the recipients that a file has; with others it would be worth nothing. */
static enum sg_err refuse_signed(struct sg_sealed *file, struct sg_error *err)
{
    struct sg_sealed_binding b;
    struct sg_envelope_binding binding;
    const uint8_t *start;
    size_t n;
    enum sg_err r = sg_sealed_peek(&start, &n, file, err);

    if (r != SG_OK)
        return r;
    sg_sealed_bind(&b, file);
    memcpy(binding.key, b.key, sizeof binding.key);
    memcpy(binding.header, b.header, sizeof binding.header);
    if (sg_envelope_is_signed(start, n, &binding))
        r = sg_fail(err, SG_ERR_BOUND, NULL);
    sg_wipe(&b, sizeof b);
    sg_wipe(&binding, sizeof binding);
    return r;
}

enum sg_err rewrap(struct sg_source *in, const struct parsed *p, const struct sg_seal *to,
                   struct password_asking *old, struct sg_error *err)
{
    struct sg_password_asker asker = password_asker(old, p);
    struct sg_seal how = *to;
    struct password_asking new;
    struct sg_password password;
    struct sg_sealed file = {0};
    struct sg_sink out = {0};
    struct progress bar;
    enum sg_err r;

    password_start_new(&new, p);
    r = sg_sealed_read(&file, in, err);
    if (r == SG_OK)
        r = unlock(&file, p, &asker, in->name, err);
    if (r == SG_OK)
        r = refuse_signed(&file, err);
    if (r == SG_OK && option_given(p, "password")) {
        r = password_new(&new, in->name, &password, err);
        how.password = &password;
    }
    if (r == SG_OK) {
        allow_replacing(in);
        r = open_output(&out, p, 0, err);
    }
    if (r == SG_OK) {
        progress_start(&bar, p, in);
        how.progress = bar.on ? &bar.hook : NULL;
        sg_error_name(err, in->name);
        r = sg_rewrap(&out, &file, &how, err);
        progress_end(&bar);
    }
    r = close_output(&out, r, err);
    password_free(&new);
    sg_sealed_close(&file);
    return r;
}
