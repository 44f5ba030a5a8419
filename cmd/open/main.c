/*
 * open - decrypt what was sealed to one of your keys, or with a password.
 */
#include "common/files.h"
#include "common/password.h"
#include "common/plugin_ui.h"
#include "common/report.h"
#include "common/start.h"
#include "open/terminal.h"
#include "open/usage.h"

#include <stdlib.h>
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

/* Unlocks with what -i and -j name, or $SIGNET_IDENTITY where there is neither. */
static enum sg_err unlock_with_identities(struct sg_sealed *f, const struct parsed *p,
                                          const struct sg_password_asker *asker, const char *name,
                                          struct sg_error *err)
{
    const char *environment = getenv("SIGNET_IDENTITY");
    struct sg_identities ids;
    struct plugin_ui plugins;
    enum sg_err r = SG_OK;

    sg_identities_init(&ids);
    plugin_ui_start(&plugins);
    ids.plugins = &plugins.client;
    for (size_t i = 0; r == SG_OK && i < p->count; i++) {
        if (p->given[i].option->letter == 'i')
            r = load_identities(&ids, p->given[i].value, asker, err);
        else if (p->given[i].option->letter == 'j')
            r = plugin_ui_identity(&ids, p->given[i].value, err);
    }
    if (!option_given(p, "identity") && !option_given(p, "plugin")) {
        if (environment && *environment) {
            r = load_identities(&ids, environment, asker, err);
        } else {
            sg_error_name(err, name);
            r = sg_fail(err, SG_ERR_NO_MATCH,
                        "it is sealed to a key, and there is no identity to open it with");
        }
    }
    if (r == SG_OK)
        r = sg_sealed_unlock(f, &ids, err);
    sg_identities_free(&ids);
    plugin_ui_free(&plugins);
    return r;
}

/* Unlocks with a password where one is wanted, unless -j names a plugin that can do it. */
static enum sg_err unlock(struct sg_sealed *f, const struct parsed *p,
                          const struct sg_password_asker *asker, const char *name,
                          struct sg_error *err)
{
    bool password = sg_sealed_has_password(f);
    enum sg_err r = SG_ERR_NO_MATCH;

    if (!password || option_given(p, "plugin"))
        r = unlock_with_identities(f, p, asker, name, err);
    return password && r == SG_ERR_NO_MATCH ? sg_sealed_ask(f, asker, err) : r;
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

int main(int argc, char **argv)
{
    struct password_asking asking;
    struct sg_password_asker asker;
    struct sg_buffer pasted;
    struct sg_error err = {0};
    struct sg_source in = {0};
    struct sg_sealed file = {0};
    struct sg_sink out = {0};
    struct progress bar = {0};
    struct parsed p;
    const char *name;
    enum sg_err r;

    start("open");
    options_parse(&p, &open_tool, argc, argv);
    name = operand_file(&p);
    sg_buffer_init(&pasted, TERMINAL_INPUT_MAX);
    password_start(&asking, &p);
    asker = password_asker(
        &asking, option_number(&p, "max-work", SG_MAX_WORK_DEFAULT, SG_WORK_MIN, SG_WORK_MAX));

    r = open_input(&in, name, &err);
    if (r == SG_OK && isatty(in.fd))
        r = gather(&pasted, &in, &err);
    if (r == SG_OK) {
        progress_start(&bar, &p, &in);
        r = sg_sealed_read(&file, &in, &err);
    }
    if (r == SG_OK)
        r = unlock(&file, &p, &asker, in.name, &err);
    if (r == SG_OK)
        r = open_output(&out, &p, SG_SINK_PRIVATE, &err);
    if (r == SG_OK)
        r = release(&out, &file, &p, bar.on ? &bar.hook : NULL, &err);
    progress_end(&bar);
    r = close_output(&out, r, &err);
    password_free(&asking);
    sg_sealed_close(&file);
    sg_source_close(&in);
    sg_buffer_free(&pasted);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
