#include "common/files.h"
#include "common/report.h"
#include "common/terminal.h"
#include "vault/common.h"
#include "vault/verbs.h"

static void take_size(void *context, uint64_t size)
{
    struct progress *bar = context;

    bar->total = size;
}

/* Writes the entry to the output, held to text when that is a terminal. */
static enum sg_err get(struct home *h, const struct sg_getting *what, struct sg_error *err)
{
    struct terminal_guard guard;
    struct sg_sink out = {0};
    enum sg_err r = open_output(&out, h->p, SG_SINK_PRIVATE, err);

    if (r == SG_OK && output_is_terminal(h->p)) {
        terminal_guard(&guard, &out);
        guard.sink.name = what->name;
        r = sg_entry_get(&guard.sink, h->store, what, err);
    } else if (r == SG_OK) {
        r = sg_entry_get(&out, h->store, what, err);
    }
    return close_output(&out, r, err);
}

int vault_get(const struct parsed *p)
{
    struct sg_getting what = {
        .name = operand(p, 0, "the name of an entry"),
        .revision = option_count(p, "at"),
        .part = option_count(p, "part"),
    };
    struct sg_source nothing = {.fd = -1};
    struct sg_error err = {0};
    struct progress bar;
    struct home h = {0};
    enum sg_err r = sg_name_check(what.name, &err);

    if (r == SG_OK)
        r = open_vault(&h, p, &err);
    if (r == SG_OK) {
        progress_start(&bar, p, &nothing);
        if (bar.on) {
            what.progress = &bar.hook;
            what.size = take_size;
            what.context = &bar;
        }
        r = get(&h, &what, &err);
        progress_end(&bar);
    }
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
