#include "ratchet/talk.h"

#include "common/escape.h"
#include "common/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t talk_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

const char *talk_operand(const struct parsed *p, int i, const char *what)
{
    char hint[160];

    (void)snprintf(hint, sizeof hint, "ratchet %s --help tells more", p->command->name);
    if (p->operand_count <= i)
        usage_error(hint, "%s is missing", what);
    return p->operands[i];
}

enum sg_err talk_open(struct talk *t, const struct parsed *p)
{
    enum sg_err r;

    memset(t, 0, sizeof *t);
    t->p = p;
    t->status_fd = -1;
    if (option_given(p, "status-fd"))
        t->status_fd = (int)option_number(p, "status-fd", 0, 1, 1 << 20);
    sg_sink_fd(&t->out, STDOUT_FILENO, "standard output");
    r = home_open(&t->home, p, false, &t->err);
    if (r == SG_OK)
        r = sg_book_open(&t->book, t->home.store, &t->err);
    return r;
}

enum sg_err talk_begin(struct talk *t)
{
    bool rolled_back = false;
    enum sg_err r = sg_book_begin(t->book, talk_now(), &rolled_back, &t->err);

    if (r == SG_OK && rolled_back) {
        report_message("the store is an older state than this device has seen: all conversations "
                       "are stopped, all offers erased");
        report_hint("get a new offer from each contact, and: ratchet start --replace NAME");
    }
    return r;
}

enum sg_err talk_commit(struct talk *t)
{
    return sg_book_commit(t->book, &t->err);
}

int talk_end(struct talk *t, enum sg_err r)
{
    int status = t->status;

    if (t->book)
        sg_book_rollback(t->book);
    if (r == SG_OK)
        r = sg_sink_finish(&t->out, &t->err);
    if (r != SG_OK)
        status = sg_word_worse(status, (int)report(&t->err));
    sg_sink_close(&t->out);
    sg_book_close(t->book);
    home_close(&t->home);
    return status;
}

/* What each refusal means for the user. */
static const char *const meanings[SG_WORD_COUNT] = {
    [SG_WORD_QUARANTINED] = "from a stranger: it waits for `ratchet accept NAME`",
    [SG_WORD_QUARANTINE_FULL] = "from a stranger for whom there is no more room; accept him first",
    [SG_WORD_BLOCKED] = "the contact is blocked",
    [SG_WORD_CLOCK] = "an opening dated more than a day ahead; check the clock, then feed it again",
    [SG_WORD_UNSUPPORTED] = "it is of a later version",
    [SG_WORD_ROLLBACK] =
        "the store was put back to an older state; begin anew with start --replace",
    [SG_WORD_EXPIRED] = "the offer has expired",
    [SG_WORD_REOPENED] =
        "a new conversation of theirs: new device, lost state or theft; see accept",
    [SG_WORD_SUSPECT] = "the conversation seems forked; start --replace with a new offer",
    [SG_WORD_TOO_LONG] = "too long for a message",
    [SG_WORD_CHAIN_FULL] = "too many messages without an answer",
    [SG_WORD_UNANSWERED] = "16 openings without an answer; --force repeats one",
    [SG_WORD_NOT_FOR_US] = "no conversation and no offer opens it",
    [SG_WORD_DUPLICATE] = "it was read before, or is too old",
    [SG_WORD_TOO_FAR] = "it is too far ahead",
    [SG_WORD_CORRUPT] = "it was changed on its way",
    [SG_WORD_MALFORMED] = "it is malformed",
    [SG_WORD_FORK] = "it comes from another history of this conversation: a copied or stolen state",
};

void talk_word(struct talk *t, enum sg_word word, const char *name, const char *why)
{
    int status = sg_word_exit(word);

    if (t->status_fd >= 0)
        (void)dprintf(t->status_fd, "%s%s%s\n", sg_word_text(word), name ? " name=" : "",
                      name ? name : "");
    if (meanings[word] && status)
        report_error("%s%s%s: %s", name ? name : "", name ? ": " : "", sg_word_text(word),
                     why ? why : meanings[word]);
    else if (meanings[word])
        report_message("%s%s%s: %s", name ? name : "", name ? ": " : "", sg_word_text(word),
                       meanings[word]);
    t->status = sg_word_worse(t->status, status);
}

enum sg_err talk_read(struct talk *t, struct sg_buffer *all, const char *path)
{
    struct sg_source in = {0};
    size_t got = 1;
    enum sg_err r = open_input(&in, path && strcmp(path, "-") != 0 ? path : NULL, &t->err);

    while (r == SG_OK && got) {
        r = sg_buffer_reserve(all, 8192, &t->err);
        if (r == SG_OK)
            r = sg_source_read(&in, all->data + all->len, 8192, &got, &t->err);
        if (r == SG_OK)
            all->len += got;
    }
    sg_source_close(&in);
    return r;
}

enum sg_err talk_token(struct talk *t, enum sg_token_kind kind, const uint8_t *bytes, size_t n,
                       bool raw)
{
    static char text[SG_TOKEN_CHARS(SG_WIRE_MAX_BYTES) + 1];
    size_t len;

    if (raw)
        return sg_sink_write(&t->out, bytes, n, &t->err);
    len = sg_token_write(text, kind, bytes, n);
    text[len++] = '\n';
    return sg_sink_write(&t->out, text, len, &t->err);
}

const char *talk_trust(enum sg_trust trust)
{
    static const char *const names[] = {"stranger", "unverified", "verified", "blocked"};

    return names[trust];
}

static enum sg_err message_json(struct talk *t, const struct sg_book_got *got)
{
    char sid[2 * SG_SID_BYTES + 1], fp[SG_FINGERPRINT_CHARS + 1];
    struct json j;

    for (size_t i = 0; i < SG_SID_BYTES; i++)
        (void)snprintf(sid + 2 * i, 3, "%02x", got->sid[i]);
    sg_fingerprint_text(fp, got->contact.fingerprint);
    json_start(&j, &t->out, &t->err);
    json_object(&j, NULL);
    json_string(&j, "word", sg_word_text(got->word));
    json_string(&j, "from", got->contact.name);
    json_string(&j, "fingerprint", fp);
    json_string(&j, "trust", talk_trust(got->contact.trust));
    if (got->with_time)
        json_number(&j, "time", got->time);
    else
        json_null(&j, "time");
    json_text(&j, "text", (const char *)got->text, got->text_len);
    json_string(&j, "session", sid);
    json_number(&j, "n", got->n);
    json_number(&j, "gap", got->gap);
    json_number(&j, "ep", got->ep);
    json_bool(&j, "late", got->late);
    json_bool(&j, "old-session", got->old_session);
    json_bool(&j, "reopened", got->reopened);
    json_bool(&j, "recovered", got->recovered);
    json_close(&j);
    return json_finish(&j);
}

/* Writes the text for a terminal: line by line, what could steer it escaped. */
static enum sg_err escaped(struct talk *t, const struct sg_book_got *got)
{
    char line[1024 + 1], shown[4 * 1024 + 1];
    enum sg_err r = SG_OK;

    for (size_t at = 0; r == SG_OK && at < got->text_len;) {
        const uint8_t *from = got->text + at;
        size_t left = got->text_len - at, n = left < 1024 ? left : 1024;
        const uint8_t *end = memchr(from, '\n', n);
        if (end)
            n = (size_t)(end - from);
        for (size_t i = 0; i < n; i++)
            line[i] = (char)(from[i] ? from[i] : (uint8_t)'?');
        line[n] = '\0';
        r = sg_sink_write(&t->out, shown, escape_text(shown, sizeof shown, line), &t->err);
        if (r == SG_OK && end)
            r = sg_sink_write(&t->out, "\n", 1, &t->err);
        at += n + (end ? 1 : 0);
    }
    sg_wipe(line, sizeof line);
    sg_wipe(shown, sizeof shown);
    return r;
}

enum sg_err talk_message(struct talk *t, const struct sg_book_got *got)
{
    enum sg_err r;

    report_note("from %s (%s)", got->contact.name, talk_trust(got->contact.trust));
    if (option_given(t->p, "json"))
        return message_json(t, got);
    if (isatty(STDOUT_FILENO))
        r = escaped(t, got);
    else
        r = sg_sink_write(&t->out, got->text, got->text_len, &t->err);
    if (r == SG_OK && !option_given(t->p, "raw") && got->text[got->text_len - 1] != '\n')
        r = sg_sink_write(&t->out, "\n", 1, &t->err);
    return r;
}

int talk_with(const struct parsed *p, talk_step *step)
{
    const char *name = talk_operand(p, 0, "the name of a contact");
    struct sg_contact c;
    struct talk t;
    enum sg_err r = talk_open(&t, p);

    if (r == SG_OK)
        r = talk_begin(&t);
    if (r == SG_OK)
        r = sg_book_contact(t.book, &c, name, &t.err);
    if (r == SG_OK)
        r = step(&t, &c);
    if (r == SG_OK)
        r = talk_commit(&t);
    return talk_end(&t, r);
}

int talk_list(const struct parsed *p, const char *name, talk_rows *rows)
{
    struct talk t;
    struct json j;
    enum sg_err r = talk_open(&t, p);

    if (r == SG_OK)
        r = talk_begin(&t);
    if (r == SG_OK && option_given(p, "json")) {
        json_start(&j, &t.out, &t.err);
        json_object(&j, NULL);
        json_array(&j, name);
        r = rows(&t, &j);
        json_close(&j);
        json_close(&j);
        if (r == SG_OK)
            r = json_finish(&j);
    } else if (r == SG_OK) {
        r = rows(&t, NULL);
    }
    if (r == SG_OK)
        r = talk_commit(&t);
    return talk_end(&t, r);
}
