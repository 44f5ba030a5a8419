#include "key/plugin.h"

#include "base/base64.h"
#include "crypto/random.h"
#include "key/plugin_process.h"

#include <string.h>

/* What a plugin may say: the size of one command, and how many of them there may be. */
#define COMMAND_MAX_BYTES (1U << 20)
#define COMMANDS_MAX 16384U
#define LABELS_MAX 64

/* Seconds that a plugin has to end by itself, after all is done and after something went wrong. */
#define DONE_SECONDS 1
#define FAILED_SECONDS 0

/* A conversation. */
struct talk {
    const struct sg_plugin_client *client;
    const char *name;
    struct sg_plugin_process process;
    struct sg_source source;
    struct sg_buffer heard;  /* secret: the command last read */
    struct sg_buffer body;   /* secret: its body as text, with a NUL */
    struct sg_buffer saying; /* secret: what is being sent */
    struct sg_stanza command;
    unsigned commands;
    bool complained; /* `complaint` holds the first error it has sent */
    char complaint[SG_ERROR_WORDS_BYTES];
    struct sg_error *err;
};

static enum sg_err misbehaves(struct talk *t, const char *what)
{
    sg_fail(t->err, SG_ERR_PLUGIN, what);
    sg_error_plugin(t->err, t->name, NULL);
    return SG_ERR_PLUGIN;
}

static enum sg_err begin(struct talk *t, const struct sg_plugin_client *client, const char *name,
                         const char *machine, struct sg_error *err)
{
    *t = (struct talk){.client = client, .name = name, .err = err};
    sg_buffer_init_secret(&t->heard, COMMAND_MAX_BYTES);
    sg_buffer_init_secret(&t->body, COMMAND_MAX_BYTES);
    sg_buffer_init_secret(&t->saying, (size_t)2 * COMMAND_MAX_BYTES);
    sg_plugin_source(&t->source, &t->process);
    return sg_plugin_start(&t->process, client, name, machine, err);
}

/* Ends the conversation; returns r, or what the plugin has complained of. */
static enum sg_err end(struct talk *t, enum sg_err r)
{
    bool hung_up = r != SG_OK && t->source.ended;
    unsigned status =
        sg_plugin_stop(&t->process, r == SG_OK || hung_up ? DONE_SECONDS : FAILED_SECONDS);

    if (r != SG_OK && t->complained) {
        r = misbehaves(t, NULL);
        sg_error_plugin(t->err, t->name, t->complaint);
    } else if (hung_up && r == SG_ERR_PLUGIN) {
        r = misbehaves(t, "it ended before it was done");
        t->err->value = status;
    } else if (r == SG_ERR_PLUGIN) {
        t->err->line = 0; /* of the conversation, which nobody sees */
    }
    sg_source_close(&t->source);
    sg_buffer_free(&t->heard);
    sg_buffer_free(&t->body);
    sg_buffer_free(&t->saying);
    return r;
}

/* Sends one stanza: a word, n further characters of arguments, and a body. */
static enum sg_err say(struct talk *t, const char *word, const char *more, size_t n,
                       const uint8_t *body, size_t body_len)
{
    struct sg_buffer arguments;
    enum sg_err r;

    sg_buffer_init_secret(&arguments, COMMAND_MAX_BYTES); /* an identity may be secret */
    r = sg_buffer_text(&arguments, word, t->err);
    if (r == SG_OK && n)
        r = sg_buffer_text(&arguments, " ", t->err);
    if (r == SG_OK)
        r = sg_buffer_append(&arguments, more, n, t->err);
    t->saying.len = 0;
    if (r == SG_OK)
        r = sg_stanza_write(&t->saying, (const char *)arguments.data, arguments.len, body, body_len,
                            t->err);
    if (r == SG_OK)
        r = sg_plugin_put(&t->process, t->saying.data, t->saying.len, t->err);
    sg_buffer_free(&arguments);
    return r;
}

static enum sg_err say_word(struct talk *t, const char *word)
{
    return say(t, word, "", 0, (const uint8_t *)"", 0);
}

/* Sometimes a command that nobody knows, so that plugins learn to pass over them. */
static enum sg_err say_grease(struct talk *t)
{
    static const char digits[] = "0123456789abcdef";
    char word[sizeof "grease-" + 8] = "grease-", argument[3];
    uint8_t dice[12], body[100];

    sg_random(dice, sizeof dice);
    sg_random(body, sizeof body);
    if (dice[0] % 3 == 0)
        return SG_OK;
    for (size_t i = 0; i < 8; i++)
        word[sizeof "grease-" - 1 + i] = digits[dice[1 + i] & 15];
    argument[0] = digits[dice[9] & 15];
    argument[1] = ' ';
    argument[2] = digits[dice[9] >> 4];
    return say(t, word, argument,
               dice[10] % 4 == 0 ? 0
               : dice[10] % 2    ? 1
                                 : 3,
               body, dice[11] % sizeof body);
}

/* Reads the next command, and its body. */
static enum sg_err hear(struct talk *t)
{
    struct sg_stanza_reader r = {.in = &t->source,
                                 .text = &t->heard,
                                 .code = SG_ERR_PLUGIN,
                                 .ended = "it ended before it was done",
                                 .too_large = "what it says is too long"};
    size_t len = 0;
    enum sg_err e;

    t->heard.len = t->body.len = 0;
    if (t->commands++ == COMMANDS_MAX)
        return misbehaves(t, "it does not come to an end");
    e = sg_stanza_read_line(&r, t->err);
    if (e == SG_OK && !sg_stanza_line_starts(&r, SG_STANZA_START))
        e = misbehaves(t, "what it says is no stanza");
    if (e == SG_OK)
        e = sg_stanza_read(&t->command, &r, t->err);
    if (e == SG_ERR_LIMIT)
        e = misbehaves(t, "what it says is too long");
    if (e == SG_ERR_PLUGIN && !t->err->plugin[0])
        sg_error_plugin(t->err, t->name, NULL);
    if (e == SG_OK)
        e = sg_buffer_reserve(&t->body, t->command.body_len + 1, t->err);
    if (e != SG_OK)
        return e;
    if (!sg_stanza_text_body(t->body.data, t->body.cap - 1, &len, &t->heard, &t->command))
        return misbehaves(t, "what it says is too long");
    t->body.len = len;
    t->body.data[len] = '\0';
    return SG_OK;
}

/* The body as text. Public from here on: it is to be shown. */
static const char *text_of(const struct talk *t)
{
    for (size_t i = 0; i < t->body.len; i++)
        if (t->body.data[i] == '\0')
            t->body.data[i] = '?';
    return (const char *)t->body.data;
}

static bool command_is(const struct talk *t, const char *word)
{
    return sg_stanza_text_is(&t->heard, &t->command, 0, word);
}

static size_t arguments(const struct talk *t)
{
    return sg_stanza_text_arguments(&t->heard, &t->command);
}

/* Whether the i-th argument is a decimal number below `below`. */
static bool index_below(const struct talk *t, size_t i, size_t below)
{
    size_t n, value = 0;
    const char *p = sg_stanza_text_argument(&t->heard, &t->command, i, &n);

    if (!p || n == 0 || n > 9 || (p[0] == '0' && n > 1))
        return false;
    for (size_t j = 0; j < n; j++) {
        if (p[j] < '0' || p[j] > '9')
            return false;
        value = value * 10 + (size_t)(p[j] - '0');
    }
    return value < below;
}

/* (error, KIND INDEX...; MESSAGE): kept until the plugin is done, for it may yet find a key. */
static enum sg_err complain(struct talk *t, size_t keys, size_t stanzas)
{
    const char *text = text_of(t);
    size_t n = strnlen(text, sizeof t->complaint - 1);
    bool fits = true;

    if (sg_stanza_text_is(&t->heard, &t->command, 1, "stanza"))
        fits = index_below(t, 2, 1) && index_below(t, 3, stanzas);
    else if (sg_stanza_text_is(&t->heard, &t->command, 1, "identity") ||
             sg_stanza_text_is(&t->heard, &t->command, 1, "recipient"))
        fits = index_below(t, 2, keys);
    if (!fits)
        return misbehaves(t, "its error is about something that it was not given");
    if (!t->complained) {
        memcpy(t->complaint, n ? text : "it gives no reason", n ? n : sizeof "it gives no reason");
        if (n)
            t->complaint[n] = '\0';
        t->complained = true;
    }
    return say_word(t, "ok");
}

static enum sg_err request(struct talk *t, bool secret)
{
    const struct sg_plugin_client *c = t->client;
    struct sg_buffer answer;
    enum sg_err r;

    sg_buffer_init_secret(&answer, 65536);
    if (c->request && c->request(c->context, t->name, text_of(t), secret, &answer))
        r = say(t, "ok", "", 0, answer.data, answer.len);
    else
        r = say_word(t, "fail");
    sg_buffer_free(&answer);
    return r;
}

/* Decodes the i-th argument, base64, into text with a NUL; false when it is none. */
static bool choice(struct sg_buffer *out, enum sg_err *r, const struct talk *t, size_t i)
{
    size_t n, len;
    const char *p = sg_stanza_text_argument(&t->heard, &t->command, i, &n);

    *r = sg_buffer_reserve(out, n + 3, t->err);
    if (!p || *r != SG_OK || !sg_base64_decode(out->data, &len, p, n, SG_BASE64_RAW))
        return false;
    for (size_t j = 0; j < len; j++)
        if (out->data[j] == '\0')
            out->data[j] = '?';
    out->data[len] = '\0';
    return true;
}

static enum sg_err confirm(struct talk *t)
{
    const struct sg_plugin_client *c = t->client;
    struct sg_buffer yes, no;
    bool chose_yes = false, two = arguments(t) == 3;
    enum sg_err r = SG_OK;

    sg_buffer_init(&yes, COMMAND_MAX_BYTES);
    sg_buffer_init(&no, COMMAND_MAX_BYTES);
    if (arguments(t) != 2 && !two) {
        r = misbehaves(t, "it asks for a choice without one or two options");
    } else if (!choice(&yes, &r, t, 1) || (two && !choice(&no, &r, t, 2))) {
        if (r == SG_OK)
            r = misbehaves(t, "the options of its choice are not base64");
    } else if (!c->confirm || !c->confirm(c->context, t->name, text_of(t), (const char *)yes.data,
                                          two ? (const char *)no.data : NULL, &chose_yes)) {
        r = say_word(t, "fail");
    } else {
        r = say(t, "ok", chose_yes ? "yes" : "no", chose_yes ? 3 : 2, (const uint8_t *)"", 0);
    }
    sg_buffer_free(&yes);
    sg_buffer_free(&no);
    return r;
}

/* Answers a command that both machines have, or that nobody knows. */
static enum sg_err answer(struct talk *t)
{
    const struct sg_plugin_client *c = t->client;

    if (command_is(t, "msg"))
        return say_word(t,
                        c->message && c->message(c->context, t->name, text_of(t)) ? "ok" : "fail");
    if (command_is(t, "request-public"))
        return request(t, false);
    if (command_is(t, "request-secret"))
        return request(t, true);
    if (command_is(t, "confirm"))
        return confirm(t);
    return say_word(t, "unsupported");
}

/* (done): sets *done; or an error when it has arguments. */
static enum sg_err hear_done(struct talk *t, bool *done)
{
    *done = command_is(t, "done");
    return *done && (arguments(t) != 1 || t->body.len) ? misbehaves(t, "its \"done\" is malformed")
                                                       : SG_OK;
}

/* (recipient-stanza, FILE_INDEX STANZA...): appended as the header will have it. */
static enum sg_err take_stanza(struct talk *t, struct sg_buffer *stanzas)
{
    size_t index, n;
    const char *p;
    enum sg_err r;

    if (arguments(t) < 3)
        return misbehaves(t, "a stanza it made is malformed");
    if (!index_below(t, 1, 1))
        return misbehaves(t, "it made a stanza for a file that it was not given");
    (void)sg_stanza_text_argument(&t->heard, &t->command, 1, &index);
    p = sg_stanza_text_argument(&t->heard, &t->command, 2, &n);
    n = t->command.arguments_len - sizeof "recipient-stanza" - index - 1;
    r = sg_buffer_text(stanzas, SG_STANZA_START, t->err);
    if (r == SG_OK)
        r = sg_buffer_append(stanzas, p, n, t->err);
    if (r == SG_OK)
        r = sg_buffer_text(stanzas, "\n", t->err);
    if (r == SG_OK)
        r = sg_buffer_append(stanzas, t->heard.data + t->command.body, t->command.body_len, t->err);
    if (r == SG_ERR_LIMIT)
        return misbehaves(t, "its stanzas are too large for a file");
    return r == SG_OK ? say_word(t, "ok") : r;
}

struct label {
    const char *p;
    size_t n;
};

static int compare(const struct label *a, const struct label *b)
{
    size_t n = a->n < b->n ? a->n : b->n;
    int order = memcmp(a->p, b->p, n);

    return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* (labels, LABEL...): a set, which is kept sorted. */
static enum sg_err take_labels(struct talk *t, struct sg_buffer *labels)
{
    struct label sorted[LABELS_MAX];
    size_t count = arguments(t) - 1;
    enum sg_err r = SG_OK;

    if (count > LABELS_MAX)
        return misbehaves(t, "it sends too many labels");
    for (size_t i = 0; i < count; i++) {
        struct label new;
        size_t at = i;
        new.p = sg_stanza_text_argument(&t->heard, &t->command, i + 1, &new.n);
        for (; at && compare(&sorted[at - 1], &new) > 0; at--)
            sorted[at] = sorted[at - 1];
        if (at && compare(&sorted[at - 1], &new) == 0)
            return misbehaves(t, "it sends the same label twice");
        sorted[at] = new;
    }
    for (size_t i = 0; r == SG_OK && i < count; i++) {
        r = i ? sg_buffer_text(labels, " ", t->err) : SG_OK;
        if (r == SG_OK)
            r = sg_buffer_append(labels, sorted[i].p, sorted[i].n, t->err);
    }
    return r == SG_OK ? say_word(t, "ok") : r;
}

static bool belongs(enum sg_key_type type, const uint8_t *key, size_t len, const char *name)
{
    char of[SG_PLUGIN_NAME_BYTES];

    if (!sg_key_is_plugins(type))
        return false;
    sg_plugin_name(of, type, key, len);
    return strcmp(of, name) == 0;
}

/* The client's phase of recipient-v1. */
static enum sg_err ask_to_wrap(struct talk *t, size_t *keys, const struct sg_recipients *all,
                               const uint8_t *file_key, size_t n)
{
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < sg_recipients_count(all); i++) {
        struct sg_recipient to = sg_recipients_at(all, i);
        if (!belongs(to.type, to.key, to.len, t->name))
            continue;
        r = say(t, to.type == SG_KEY_PLUGIN ? "add-recipient" : "add-identity",
                (const char *)to.key, to.len, (const uint8_t *)"", 0);
        ++*keys;
    }
    if (r == SG_OK)
        r = say_grease(t);
    if (r == SG_OK)
        r = say(t, "wrap-file-key", "", 0, file_key, n);
    if (r == SG_OK)
        r = say_word(t, "extension-labels");
    return r == SG_OK ? say_word(t, "done") : r;
}

enum sg_err sg_plugin_wrap(struct sg_buffer *stanzas, struct sg_buffer *labels,
                           const struct sg_recipients *all, const char *name,
                           const uint8_t *file_key, size_t n, struct sg_error *err)
{
    size_t keys = 0, before = stanzas->len;
    bool done = false, labelled = false;
    struct talk t;
    enum sg_err r = begin(&t, all->plugins, name, "recipient-v1", err);

    if (r == SG_OK)
        r = ask_to_wrap(&t, &keys, all, file_key, n);
    while (r == SG_OK && !done) {
        r = hear(&t);
        if (r == SG_OK)
            r = hear_done(&t, &done);
        if (r != SG_OK || done)
            break;
        if (command_is(&t, "recipient-stanza")) {
            r = take_stanza(&t, stanzas);
        } else if (command_is(&t, "labels")) {
            r = labelled ? misbehaves(&t, "it sends its labels twice") : take_labels(&t, labels);
            labelled = true;
        } else if (command_is(&t, "error")) {
            r = complain(&t, keys, 0);
        } else {
            r = answer(&t);
        }
    }
    if (r == SG_OK && (t.complained || stanzas->len == before))
        r = misbehaves(&t, "it made no stanza");
    return end(&t, r);
}

/* The client's phase of identity-v1. */
static enum sg_err ask_to_unwrap(struct talk *t, size_t *keys, const struct sg_identities *ids,
                                 const struct sg_buffer *text, const struct sg_stanza *stanzas,
                                 size_t count)
{
    static const char start[] = SG_STANZA_START "recipient-stanza 0 ";
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < sg_identities_count(ids); i++) {
        struct sg_identity id = sg_identities_at(ids, i);
        if (!belongs(id.type, id.secret, id.len, t->name))
            continue;
        r = say(t, "add-identity", (const char *)id.secret, id.len, (const uint8_t *)"", 0);
        ++*keys;
    }
    if (r == SG_OK)
        r = say_grease(t);
    for (size_t i = 0; r == SG_OK && i < count; i++) {
        const struct sg_stanza *s = &stanzas[i];
        r = sg_plugin_put(&t->process, (const uint8_t *)start, sizeof start - 1, t->err);
        if (r == SG_OK) /* from its type to the end of its body, as the header has it */
            r = sg_plugin_put(&t->process, text->data + s->arguments,
                              s->body + s->body_len - s->arguments, t->err);
    }
    return r == SG_OK ? say_word(t, "done") : r;
}

/* (file-key, FILE_INDEX; FILE_KEY) */
static enum sg_err take_file_key(struct talk *t, bool *found, uint8_t *file_key, size_t n)
{
    if (arguments(t) != 2 || !index_below(t, 1, 1))
        return misbehaves(t, "it gave the key of a file that it was not given");
    if (*found)
        return misbehaves(t, "it gave two keys for one file");
    if (t->body.len != n)
        return misbehaves(t, "the file key it gave is not 16 bytes");
    memcpy(file_key, t->body.data, n);
    *found = true;
    return say_word(t, "ok");
}

enum sg_err sg_plugin_unwrap(uint8_t *file_key, size_t n, const struct sg_identities *ids,
                             const char *name, const struct sg_buffer *text,
                             const struct sg_stanza *stanzas, size_t count, struct sg_error *err)
{
    bool done = false, found = false;
    size_t keys = 0;
    struct talk t;
    enum sg_err r = begin(&t, ids->plugins, name, "identity-v1", err);

    memset(file_key, 0, n);
    if (r == SG_OK)
        r = ask_to_unwrap(&t, &keys, ids, text, stanzas, count);
    while (r == SG_OK && !done) {
        r = hear(&t);
        if (r == SG_OK)
            r = hear_done(&t, &done);
        if (r != SG_OK || done)
            break;
        if (command_is(&t, "file-key"))
            r = take_file_key(&t, &found, file_key, n);
        else if (command_is(&t, "error"))
            r = complain(&t, keys, count);
        else
            r = answer(&t);
    }
    if (r == SG_OK && !found)
        r = t.complained ? misbehaves(&t, NULL) : sg_fail(err, SG_ERR_NO_MATCH, NULL);
    if (r != SG_OK)
        sg_wipe(file_key, n);
    return end(&t, r);
}
