/*
 * open - decrypt what was sealed to one of your keys, or with a password.
 */
#include "common/files.h"
#include "common/password.h"
#include "common/plugin_ui.h"
#include "common/report.h"
#include "common/start.h"
#include "common/terminal.h"
#include "common/unlock.h"
#include "open/inspect.h"
#include "open/usage.h"

#include <string.h>
#include <unistd.h>

#define TERMINAL_INPUT_MAX (64U << 20)

/*
 * Someone pastes armor at the terminal: all of it is taken before a password is asked for at the
 * same terminal, or plaintext appears among it.
 */
static enum sg_err gather(struct sg_buffer *text, struct sg_source *in, struct sg_error *err)
{
    const char *line;
    size_t n;
    bool more = true;

    while (more) {
        enum sg_err r = sg_source_line(in, &line, &n, err);
        if (r == SG_OK)
            r = sg_buffer_append(text, line, n, err);
        if (r != SG_OK)
            return r;
        more = n && !(n >= sizeof SG_ARMOR_END - 1 &&
                      memcmp(line, SG_ARMOR_END, sizeof SG_ARMOR_END - 1) == 0);
    }
    sg_source_close(in);
    sg_source_memory(in, text->data, text->len, "the pasted text");
    return SG_OK;
}

/* Writes the content to the output, held to text when that is a terminal. */
static enum sg_err release(struct sg_sink *out, struct sg_sealed *f, const struct parsed *p,
                           const struct sg_progress *progress, struct sg_error *err)
{
    struct terminal_guard guard;

    if (!output_is_terminal(p))
        return sg_sealed_open(out, f, progress, err);
    terminal_guard(&guard, out);
    guard.sink.name = f->in->name;
    return sg_sealed_open(&guard.sink, f, progress, err);
}

/* Standard input can be the file or an identity, not both. */
static void check_usage(const struct parsed *p)
{
    unsigned from_stdin = operand_file(p) == NULL;

    for (size_t i = 0; i < p->count; i++)
        from_stdin += p->given[i].value && strcmp(p->given[i].value, "-") == 0 &&
                      p->given[i].option->letter != 'o';
    if (from_stdin > 1)
        usage_error(STDIN_TWICE_HINT, STDIN_TWICE);
}

/* Finds the key and writes the content to the output. */
static enum sg_err open_file(struct sg_source *in, const struct parsed *p, struct sg_error *err)
{
    struct password_asking asking;
    struct sg_password_asker asker;
    struct sg_sealed file = {0};
    struct sg_sink out = {0};
    struct progress bar;
    enum sg_err r;

    password_start(&asking, p);
    asker = password_asker(&asking, p);
    r = sg_sealed_read(&file, in, err);
    if (r == SG_OK)
        r = unlock(&file, p, &asker, in->name, err);
    if (r == SG_OK)
        r = open_output(&out, p, SG_SINK_PRIVATE, err);
    if (r == SG_OK) { /* from here on it is this machine that takes the time */
        progress_start(&bar, p, in);
        r = release(&out, &file, p, bar.on ? &bar.hook : NULL, err);
        progress_end(&bar);
    }
    r = close_output(&out, r, err);
    password_free(&asking);
    sg_sealed_close(&file);
    return r;
}

int main(int argc, char **argv)
{
    struct sg_buffer pasted;
    struct sg_error err = {0};
    struct sg_source in = {0};
    static struct parsed p; /* what it owns lives as long as the process */
    enum sg_err r;

    start("open");
    options_parse(&p, &open_tool, argc, argv);
    check_usage(&p);
    inspect_check_usage(&p);
    sg_buffer_init(&pasted, TERMINAL_INPUT_MAX);

    r = open_input(&in, operand_file(&p), &err);
    if (r == SG_OK && isatty(in.fd))
        r = gather(&pasted, &in, &err);
    if (r == SG_OK)
        r = option_given(&p, "inspect") ? inspect(&in, &p, &err) : open_file(&in, &p, &err);
    sg_source_close(&in);
    sg_buffer_free(&pasted);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
