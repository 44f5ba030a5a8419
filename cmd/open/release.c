#include "open/release.h"

#include "common/files.h"
#include "common/report.h"
#include "common/terminal.h"
#include "open/bounds.h"
#include "sealed/view.h"

#include <string.h>

#define SIGNERS_MAX_BYTES (1U << 20)

_Static_assert(SG_SEALED_BINDING_BYTES == SG_MEMBER_BINDING_BYTES, "bindings are handed over");
_Static_assert(SG_SIGNER_BYTES == SG_SIGN_PUBLIC_BYTES, "a signer is a public key");

/* "OFFSET:LENGTH", or "OFFSET:" for all from there on. */
static struct sg_range read_range(const char *text)
{
    const char *colon = strchr(text, ':');
    struct sg_range range = {0, UINT64_MAX};

    if (!colon || !size_read(&range.offset, text, (size_t)(colon - text)) ||
        (colon[1] && !size_read(&range.length, colon + 1, strlen(colon + 1))))
        usage_error("--range 1M:4K is 4096 bytes from byte 1048576 on, the first being byte 0; "
                    "--range 1M: is all from there on",
                    "--range takes OFFSET:LENGTH, not %s", *text ? text : "nothing");
    return range;
}

enum sg_err release_load(struct release *how, const struct parsed *p, struct sg_error *err)
{
    struct sg_recipients signers;
    enum sg_err r = SG_OK;

    memset(how, 0, sizeof *how);
    sg_buffer_init(&how->signers, SIGNERS_MAX_BYTES);
    how->from = option_given(p, "from");
    how->raw = option_given(p, "raw");
    how->ranged = option_given(p, "range");
    how->range =
        how->ranged ? read_range(option_value(p, "range")) : (struct sg_range){0, UINT64_MAX};
    how->max_output = option_size(p, "max-output", UINT64_MAX);
    how->to_terminal = output_is_terminal(p);
    if (how->from && how->raw)
        usage_error("leave one of them out", "--raw looks at no signature: it does not go with "
                                             "--from");
    sg_recipients_init(&signers);
    for (size_t i = 0; r == SG_OK && i < p->count; i++)
        if (strcmp(p->given[i].option->name, "from") == 0)
            r = load_signers(&signers, p->given[i].value, err);
    for (size_t i = 0; r == SG_OK && i < sg_recipients_count(&signers); i++)
        r = sg_buffer_append(&how->signers, sg_recipients_at(&signers, i).key, SG_SIGNER_BYTES,
                             err);
    sg_recipients_free(&signers);
    return r;
}

void release_free(struct release *how)
{
    sg_buffer_free(&how->signers);
}

/* Nobody was named with --from: the user is told who signed, and must judge. */
static void tell_signer(void *context, const uint8_t key[static SG_SIGN_PUBLIC_BYTES])
{
    char text[SG_SIGNER_TEXT_BYTES];

    (void)context;
    sg_signer_text(text, key);
    report_note("signed by %s", text);
    report_note("nobody has vouched for that key; --from names those whose signature counts");
}

static void expect(struct sg_unwrap_how *want, const struct sg_sealed *f, const struct release *how)
{
    struct sg_sealed_binding b;

    memset(want, 0, sizeof *want);
    sg_sealed_bind(&b, f);
    memcpy(want->binding.key, b.key, sizeof b.key);
    memcpy(want->binding.header, b.header, sizeof b.header);
    sg_wipe(&b, sizeof b);
    want->must_be_signed = how->from;
    want->signers = how->signers.data;
    want->signer_count = how->signers.len / SG_SIGNER_BYTES;
    want->signed_by = how->from ? NULL : tell_signer;
}

/* The whole of it passes, of which the sink takes its part. */
static enum sg_err stream(struct sg_sink *out, struct sg_sealed *f, const struct release *how,
                          const struct sg_progress *progress, struct sg_error *err)
{
    struct sg_unwrap_how want;
    struct sg_unwrap unwrap;
    struct sg_error earlier = *err;
    enum sg_err r;

    if (how->raw)
        return sg_sealed_open(out, f, progress, err);
    expect(&want, f, how);
    r = sg_unwrap_start(&unwrap, out, &want, err);
    if (r == SG_OK)
        r = sg_sealed_open(&unwrap.sink, f, progress, err);
    if (r == SG_OK) {
        r = sg_sink_finish(&unwrap.sink, err);
    } else if (sg_unwrap_flush(&unwrap, &earlier) !=
               SG_OK) { /* what is wrong with what came before */
        *err = earlier;
        r = earlier.code;
    }
    sg_unwrap_close(&unwrap);
    sg_wipe(&want.binding, sizeof want.binding);
    return r;
}

/* Only the part is read. */
static enum sg_err part(struct sg_sink *out, struct sg_sealed *f, const struct release *how,
                        struct sg_error *err)
{
    struct sg_payload_view view = {0};
    struct sg_unwrap_how want;
    enum sg_err r;

    expect(&want, f, how);
    r = sg_sealed_view(&view, f, err);
    if (r == SG_OK)
        r = sg_envelope_range(out, &view.view, &want, how->range, err);
    sg_sealed_view_close(&view);
    sg_wipe(&want.binding, sizeof want.binding);
    return r;
}

enum sg_err release(struct sg_sink *out, struct sg_sealed *f, const struct release *how,
                    const struct sg_progress *progress, struct sg_error *err)
{
    bool parts = how->ranged && !how->raw && sg_sealed_can_view(f);
    struct terminal_guard guard;
    struct bounds bounds;
    enum sg_err r;

    if (how->to_terminal) {
        terminal_guard(&guard, out);
        out = &guard.sink;
        out->name = f->in->name;
    }
    if (parts)
        bounds_start(&bounds, out, 0, UINT64_MAX, how->max_output);
    else
        bounds_start(&bounds, out, how->range.offset, how->range.length, how->max_output);
    bounds.sink.name = f->in->name;
    if (parts)
        r = part(&bounds.sink, f, how, err);
    else
        r = stream(&bounds.sink, f, how, progress, err);
    return r == SG_OK ? sg_sink_finish(&bounds.sink, err) : r;
}
