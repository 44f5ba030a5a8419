#include "age-plugin-signet/talk.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STANZA_MAX_BYTES (1U << 20)
#define TRIES 3

void talk_start(struct talk *t, const struct parsed *p)
{
    memset(t, 0, sizeof *t);
    sg_source_fd(&t->in, STDIN_FILENO, "the age client");
    sg_sink_fd(&t->out, STDOUT_FILENO, "the age client");
    sg_buffer_init_secret(&t->heard, STANZA_MAX_BYTES);
    sg_buffer_init_secret(&t->body, STANZA_MAX_BYTES);
    sg_buffer_init_secret(&t->saying, STANZA_MAX_BYTES);
    password_start(&t->asking, p);
    if (t->asking.file && strcmp(t->asking.file, "-") == 0)
        t->asking.file = NULL; /* standard input is the client's */
}

void talk_free(struct talk *t)
{
    sg_source_close(&t->in);
    sg_sink_close(&t->out);
    sg_buffer_free(&t->heard);
    sg_buffer_free(&t->body);
    sg_buffer_free(&t->saying);
    password_free(&t->asking);
}

enum sg_err talk_hear(struct talk *t, struct sg_error *err)
{
    struct sg_stanza_reader r = {.in = &t->in,
                                 .text = &t->heard,
                                 .code = SG_ERR_HEADER,
                                 .ended = "it hung up",
                                 .too_large = "what it says is too long"};
    enum sg_err e;

    t->heard.len = t->body.len = 0;
    e = sg_stanza_read_line(&r, err);
    if (e == SG_OK && !sg_stanza_line_starts(&r, SG_STANZA_START))
        e = sg_stanza_malformed(&r, "what it says is no stanza", err);
    if (e == SG_OK)
        e = sg_stanza_read(&t->command, &r, err);
    if (e == SG_OK)
        e = sg_buffer_reserve(&t->body, t->command.body_len, err);
    if (e == SG_OK &&
        !sg_stanza_text_body(t->body.data, t->body.cap, &t->body.len, &t->heard, &t->command))
        e = sg_stanza_malformed(&r, "what it says is too long", err);
    return e;
}

bool talk_is(const struct talk *t, size_t i, const char *word)
{
    return sg_stanza_text_is(&t->heard, &t->command, i, word);
}

size_t talk_words(const struct talk *t)
{
    return sg_stanza_text_arguments(&t->heard, &t->command);
}

bool talk_number(const struct talk *t, size_t i, uint32_t *number)
{
    size_t n;
    const char *p = sg_stanza_text_argument(&t->heard, &t->command, i, &n);

    *number = 0;
    if (!p || n == 0 || n > 9 || (p[0] == '0' && n > 1))
        return false;
    for (size_t j = 0; j < n; j++) {
        if (p[j] < '0' || p[j] > '9')
            return false;
        *number = *number * 10 + (uint32_t)(p[j] - '0');
    }
    return true;
}

static enum sg_err send(struct talk *t, struct sg_error *err)
{
    return sg_sink_write(&t->out, t->saying.data, t->saying.len, err);
}

enum sg_err talk_say(struct talk *t, const char *words, const void *body, size_t n, bool *agreed,
                     struct sg_error *err)
{
    enum sg_err r;

    t->saying.len = 0;
    r = sg_stanza_write(&t->saying, words, strlen(words), body, n, err);
    if (r == SG_OK)
        r = send(t, err);
    if (r == SG_OK)
        r = talk_hear(t, err);
    if (agreed)
        *agreed = r == SG_OK && talk_is(t, 0, "ok");
    return r;
}

enum sg_err talk_pass(struct talk *t, const char *words, const uint8_t *stanza, size_t n,
                      struct sg_error *err)
{
    enum sg_err r;

    t->saying.len = 0;
    r = sg_buffer_text(&t->saying, SG_STANZA_START, err);
    if (r == SG_OK)
        r = sg_buffer_text(&t->saying, words, err);
    if (r == SG_OK)
        r = sg_buffer_text(&t->saying, " ", err);
    if (r == SG_OK)
        r = sg_buffer_append(&t->saying, stanza, n, err);
    if (r == SG_OK)
        r = send(t, err);
    return r == SG_OK ? talk_hear(t, err) : r;
}

enum sg_err talk_done(struct talk *t, struct sg_error *err)
{
    enum sg_err r;

    t->saying.len = 0;
    r = sg_stanza_write(&t->saying, "done", 4, NULL, 0, err);
    return r == SG_OK ? send(t, err) : r;
}

enum sg_err talk_complain(struct talk *t, const char *kind, const struct sg_error *why,
                          struct sg_error *err)
{
    char text[SG_ERROR_NAME_BYTES + 256], words[64];

    switch (why->code) {
    case SG_ERR_WRONG_PASSWORD:
        (void)snprintf(text, sizeof text, "the password does not fit");
        break;
    case SG_ERR_WORK:
        (void)snprintf(text, sizeof text,
                       "the file asks for more password hashing (%s%llu) than is allowed (2^%llu "
                       "KiB); open --max-work of signet can allow it",
                       why->what ? "passes: " : "KiB: 2^", (unsigned long long)why->value,
                       (unsigned long long)why->limit);
        break;
    case SG_ERR_MEMORY:
        (void)snprintf(text, sizeof text, "there is not enough memory");
        break;
    case SG_ERR_IO:
    case SG_ERR_KIND:
        (void)snprintf(text, sizeof text,
                       "%s %s (SIGNET_PASSWORD_FILE; it is best a whole path, from /)",
                       why->what ? why->what : "cannot read", why->name);
        break;
    default:
        (void)snprintf(text, sizeof text, "%s", why->what ? why->what : "it cannot be done");
    }
    (void)snprintf(words, sizeof words, "error %s", kind);
    return talk_say(t, words, text, strlen(text), NULL, err);
}

enum sg_err talk_password(struct talk *t, const char *prompt, struct sg_password *password,
                          struct sg_error *err)
{
    bool given = false;
    enum sg_err r;

    if (t->asking.file) {
        struct sg_password_asker asker = password_asker(&t->asking, NULL);
        return asker.ask(asker.context, "", 0, password, err);
    }
    r = talk_say(t, "request-secret", prompt, strlen(prompt), &given, err);
    if (r != SG_OK)
        return r;
    if (!given)
        return sg_fail(err, SG_ERR_PASSWORD, "no password was given");
    return password_take(&t->asking, (const char *)t->body.data, t->body.len, password, err);
}

enum sg_err talk_new_password(struct talk *t, struct sg_password *password, struct sg_error *err)
{
    static const char differ[] = "the two passwords are not the same; once more";
    struct sg_secret first = {0};
    enum sg_err r = sg_secret_new(&first, SG_PASSWORD_MAX_BYTES, err);
    bool same = false;

    for (int i = 0; r == SG_OK && !same && i < TRIES; i++) {
        size_t n;
        r = i ? talk_say(t, "msg", differ, sizeof differ - 1, NULL, err) : SG_OK;
        if (r == SG_OK)
            r = talk_password(t, "New password:", password, err);
        if (r != SG_OK || t->asking.file)
            break;
        n = password->len;
        memcpy(first.data, password->bytes, n);
        r = talk_password(t, "The same again:", password, err);
        same = r == SG_OK && password->len == n && sg_equal(password->bytes, first.data, n);
    }
    if (r == SG_OK && !same && !t->asking.file)
        r = sg_fail(err, SG_ERR_PASSWORD, "the two passwords are not the same");
    sg_secret_free(&first);
    return r;
}
