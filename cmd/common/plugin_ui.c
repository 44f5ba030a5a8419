#include "common/plugin_ui.h"

#include "common/escape.h"
#include "common/report.h"
#include "common/start.h"
#include "common/tty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"
#define OURS "SIGNET_PASSWORD_FILE="
#define TRIES 3
#define ANSWER_MAX_BYTES 4096

/* Characters of a plugin's text that are shown. */
#define SHOWN_CHARS 1000

static bool message(void *context, const char *name, const char *untrusted_text)
{
    (void)context;
    report_message("age-plugin-%s: %s", name, untrusted_text);
    return true;
}

static void no_terminal(const char *name)
{
    report_message("age-plugin-%s asks for something, and there is no terminal to answer at", name);
}

/* The plugin's words with its name before them, so that nobody takes them for ours. */
static size_t prompt_start(char *out, size_t size, const char *name, const char *untrusted_text)
{
    char text[SHOWN_CHARS];

    (void)escape_text(text, sizeof text, untrusted_text);
    (void)snprintf(out, size, "age-plugin-%s: %s", name, text);
    return strlen(out);
}

static bool request(void *context, const char *name, const char *untrusted_text, bool secret,
                    struct sg_buffer *answer)
{
    char prompt[SHOWN_CHARS + 128];
    size_t at = prompt_start(prompt, sizeof prompt - 2, name, untrusted_text), n;
    struct sg_error err = {0};

    (void)context;
    while (at && prompt[at - 1] == ' ')
        at--;
    if (at && prompt[at - 1] != ':' && prompt[at - 1] != '?')
        prompt[at++] = ':';
    memcpy(prompt + at, " ", 2);
    if (sg_buffer_reserve(answer, ANSWER_MAX_BYTES, &err) != SG_OK)
        return false;
    if (!tty_ask((char *)answer->data, ANSWER_MAX_BYTES, &n, prompt,
                 secret ? TTY_HIDDEN : TTY_SHOWN)) {
        no_terminal(name);
        return false;
    }
    answer->len = n;
    return true;
}

static bool confirm(void *context, const char *name, const char *untrusted_text,
                    const char *untrusted_yes, const char *untrusted_no, bool *chose_yes)
{
    char prompt[SHOWN_CHARS * 3 + 128], option[SHOWN_CHARS], typed[8];
    size_t at = prompt_start(prompt, sizeof prompt, name, untrusted_text), n;

    (void)context;
    (void)escape_text(option, sizeof option, untrusted_yes);
    if (!untrusted_no) {
        (void)snprintf(prompt + at, sizeof prompt - at, " (Enter for \"%s\") ", option);
    } else {
        at += (size_t)snprintf(prompt + at, sizeof prompt - at, " (1 for \"%s\", ", option);
        (void)escape_text(option, sizeof option, untrusted_no);
        (void)snprintf(prompt + at, sizeof prompt - at, "2 for \"%s\") ", option);
    }
    for (int i = 0; i < TRIES; i++) {
        if (!tty_ask(typed, sizeof typed, &n, prompt, TTY_SHOWN)) {
            no_terminal(name);
            return false;
        }
        if (untrusted_no ? n == 1 && (typed[0] == '1' || typed[0] == '2') : n == 0) {
            *chose_yes = !untrusted_no || typed[0] == '1';
            return true;
        }
    }
    return false;
}

static void waiting(void *context, const char *name)
{
    (void)context;
    report_note("waiting for age-plugin-%s; it may be waiting for you, at a device of yours", name);
}

static void running(void *context, pid_t process)
{
    (void)context;
    start_guard_process(process);
}

/* The environment less what is for us. */
static char **environment_of_plugins(void)
{
    size_t n = 0, kept = 0;
    char **all;

    while (environ[n])
        n++;
    all = calloc(n + 1, sizeof *all);
    if (!all) {
        report_error("there is not enough memory");
        exit(STATUS_FAILED);
    }
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], OURS, sizeof OURS - 1) != 0)
            all[kept++] = environ[i];
    return all;
}

void plugin_ui_start(struct plugin_ui *ui)
{
    const char *path = getenv("PATH"), *debug = getenv("AGEDEBUG");

    ui->environment = environment_of_plugins();
    ui->client = (struct sg_plugin_client){
        .path = path ? path : USUAL_PATH,
        .environment = ui->environment,
        .debug = debug && strcmp(debug, "plugin") == 0,
        .notice_seconds = SG_PLUGIN_NOTICE_SECONDS,
        .silence_seconds = SG_PLUGIN_SILENCE_SECONDS,
        .message = message,
        .confirm = confirm,
        .request = request,
        .waiting = waiting,
        .running = running,
    };
}

void plugin_ui_free(struct plugin_ui *ui)
{
    free(ui->environment);
    ui->environment = NULL;
}

enum sg_err plugin_ui_identity(struct sg_identities *ids, const char *name, struct sg_error *err)
{
    char taken[SG_PLUGIN_NAME_BYTES];

    if (!sg_plugin_name_take(taken, name, strlen(name)))
        usage_error("it is what follows age-plugin- in the plugin's program: letters, digits and "
                    "+-._ alone, 64 at most",
                    "%s cannot be a plugin's name", *name ? name : "nothing");
    return sg_identity_of_plugin(ids, taken, err);
}
