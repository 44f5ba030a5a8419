/*
 * put - content in: put and append, get, and what they share.
 */
#include "common/files.h"
#include "common/report.h"
#include "common/terminal.h"
#include "common/tty.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <string.h>

#define LINE_MAX_BYTES 4096

/* Asks for a line twice, unseen, and makes it the content, with a newline. */
static enum sg_err ask(struct sg_buffer *line, struct sg_error *err)
{
    struct sg_secret again = {0};
    size_t n = 0, m = 0;
    enum sg_err r = sg_buffer_reserve(line, LINE_MAX_BYTES + 1, err);

    if (r == SG_OK)
        r = sg_secret_new(&again, LINE_MAX_BYTES + 1, err);
    if (r == SG_OK &&
        (!tty_ask((char *)line->data, LINE_MAX_BYTES, &n, "What to keep: ", TTY_HIDDEN) ||
         !tty_ask((char *)again.data, LINE_MAX_BYTES, &m, "The same again: ", TTY_HIDDEN)))
        usage_error("leave --ask out to take it from standard input, or a file",
                    "there is no terminal to ask at");
    if (r == SG_OK && (n != m || !sg_equal(line->data, again.data, n)))
        usage_error("try again", "the two lines are not the same");
    if (r == SG_OK)
        line->data[n++] = '\n';
    line->len = n;
    sg_secret_free(&again);
    return r;
}

static int take(const struct parsed *p, enum sg_putting how)
{
    const char *name = operand(p, 0, "the name of an entry");
    const char *file = p->operand_count > 1 ? p->operands[1] : "-";
    bool asks = how == SG_PUT && option_given(p, "ask");
    struct sg_error err = {0};
    struct sg_source in = {0};
    struct sg_buffer line;
    struct progress bar;
    struct home h = {0};
    enum sg_err r = sg_name_check(name, &err);

    if (asks && p->operand_count > 1)
        usage_error(NULL, "--ask takes the place of a file");
    sg_buffer_init_secret(&line, LINE_MAX_BYTES + 1);
    if (r == SG_OK && !asks)
        r = open_input(&in, strcmp(file, "-") == 0 ? NULL : file, &err);
    if (r == SG_OK)
        r = open_vault(&h, p, &err);
    if (r == SG_OK && asks) {
        r = ask(&line, &err);
        sg_source_memory(&in, line.data, line.len, NULL);
    }
    if (r == SG_OK) {
        progress_start(&bar, p, &in);
        r = sg_entry_put(h.store, name, &in, how, now(), bar.on ? &bar.hook : NULL, &err);
        progress_end(&bar);
    }
    home_close(&h);
    sg_source_close(&in);
    sg_buffer_free(&line);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}

int vault_put(const struct parsed *p)
{
    return take(p, SG_PUT);
}

int vault_append(const struct parsed *p)
{
    return take(p, SG_APPEND);
}
