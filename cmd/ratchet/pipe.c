/*
 * pipe - a conversation for programs: a line in, a message out, as long as there is input.
 *
 * What has come in meanwhile is one transaction, at most BATCH messages, as many as the outbox
 * keeps; nothing is written before its commit. SIGTERM ends it after what was read.
 */
#include "ratchet/talk.h"
#include "ratchet/verbs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define BATCH SG_OUTBOX_MAX
#define BATCH_BYTES (SG_OUTBOX_BYTES / 2) /* of wires that a batch makes, at most */
#define LINES_BYTES (1U << 18)

static volatile sig_atomic_t ended;

static void on_end(int number)
{
    (void)number;
    ended = 1;
}

struct pipe {
    struct talk t;
    const char *name;
    struct sg_secret lines; /* what was read and not yet taken */
    size_t at, have;
    bool last;        /* there is no more input */
    sigset_t waiting; /* signals let through while waiting */
    struct sg_buffer out;
    struct sg_sink real;
    int64_t rows[BATCH]; /* of the batch before, to be crossed off */
    size_t count;
    struct {
        enum sg_word word;
        char name[SG_CONTACT_NAME_MAX_BYTES + 1];
    } words[BATCH];
    size_t told;
};

/* Reads what there is; waits only when `wait`. */
static enum sg_err fill(struct pipe *p, bool wait)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    struct timespec none = {0, 0};
    ssize_t n;

    if (p->at) {
        memmove(p->lines.data, p->lines.data + p->at, p->have - p->at);
        p->have -= p->at;
        p->at = 0;
    }
    while (!p->last && p->have < p->lines.size) {
        int ready = ended ? 0 : ppoll(&in, 1, wait ? NULL : &none, &p->waiting);
        if (ended)
            p->last = true;
        if (ready <= 0)
            return SG_OK;
        n = read(STDIN_FILENO, p->lines.data + p->have, p->lines.size - p->have);
        if (n < 0 && errno != EINTR)
            return sg_fail_sys(&p->t.err, errno, "read", "standard input");
        if (n == 0)
            p->last = true;
        if (n > 0)
            p->have += (size_t)n;
        wait = false;
    }
    return SG_OK;
}

/* The next whole line, without its newline; at the end of input, what is left. */
static bool next_line(struct pipe *p, const uint8_t **line, size_t *n)
{
    const uint8_t *from = p->lines.data + p->at;
    size_t left = p->have - p->at;
    const uint8_t *end = left ? memchr(from, '\n', left) : NULL;

    if (!end && !(left && (p->last || left == p->lines.size)))
        return false;
    *line = from;
    *n = end ? (size_t)(end - from) : left;
    p->at += *n + (end ? 1 : 0);
    return true;
}

static void remember(struct pipe *p, enum sg_word word, const char *name)
{
    p->words[p->told].word = word;
    memcpy(p->words[p->told++].name, name, strlen(name) + 1);
}

static enum sg_err send_batch(struct pipe *p, uint8_t *wire)
{
    struct talk *t = &p->t;
    struct sg_contact c;
    const uint8_t *line;
    size_t n, bytes = 0;
    enum sg_err r = sg_book_contact(t->book, &c, p->name, &t->err);

    while (r == SG_OK && p->told < BATCH && bytes < BATCH_BYTES && next_line(p, &line, &n)) {
        struct sg_outgoing m = {
            .text = line,
            .text_len = n,
            .with_time = !option_given(t->p, "no-time"),
        };
        enum sg_word word = SG_WORD_OK;
        size_t len = 0;
        int64_t row = 0;
        if (n == 0)
            continue;
        r = sg_book_send(t->book, &word, wire, &len, &row, &c, &m, &t->err);
        if (r == SG_OK && row) {
            r = talk_token(t, SG_TOKEN_MESSAGE, wire, len, false);
            p->rows[p->count++] = row;
        }
        bytes += len;
        remember(p, word, p->name);
        if (!row) { /* refused: what follows would be, too */
            p->last = true;
            p->at = p->have;
            t->status = sg_word_worse(t->status, STATUS_FAILED);
        }
    }
    return r;
}

static enum sg_err receive_batch(struct pipe *p, uint8_t *wire)
{
    struct talk *t = &p->t;
    struct sg_receiving how = {false, false};
    struct sg_book_got got;
    const uint8_t *line;
    size_t n, len;
    enum sg_err r = SG_OK;

    while (r == SG_OK && p->told < BATCH && next_line(p, &line, &n)) {
        struct sg_token_scan scan = {.text = (const char *)line, .len = n};
        enum sg_token_kind kind;
        if (!sg_token_next(&scan, &kind, wire, &len) || kind == SG_TOKEN_OFFER)
            continue;
        if (kind == SG_TOKEN_FRAGMENT)
            r = sg_book_fragment(t->book, &got, wire, len, &how, &t->err);
        else
            r = sg_book_receive(t->book, &got, wire, len, &how, &t->err);
        if (r != SG_OK)
            break;
        remember(p, got.word, got.known ? got.contact.name : "");
        if (got.row && got.text && strcmp(got.contact.name, p->name) == 0) {
            r = talk_message(t, &got);
            p->rows[p->count++] = got.row;
        }
    }
    return r;
}

typedef enum sg_err batch_of(struct pipe *p, uint8_t *wire);
typedef enum sg_err cross_off(struct sg_book *b, int64_t row, struct sg_error *err);

/* One transaction, and what it let out. */
static enum sg_err batch(struct pipe *p, batch_of *work, cross_off *off, uint8_t *wire)
{
    struct talk *t = &p->t;
    enum sg_err r = talk_begin(t);

    for (size_t i = 0; r == SG_OK && i < p->count; i++)
        r = off(t->book, p->rows[i], &t->err);
    p->count = p->told = p->out.len = 0;
    p->real = t->out;
    sg_sink_buffer(&t->out, &p->out);
    if (r == SG_OK)
        r = work(p, wire);
    t->out = p->real;
    if (r == SG_OK)
        r = talk_commit(t);
    if (r == SG_OK && p->out.len)
        r = sg_sink_write(&t->out, p->out.data, p->out.len, &t->err);
    for (size_t i = 0; r == SG_OK && i < p->told; i++)
        talk_word(t, p->words[i].word, *p->words[i].name ? p->words[i].name : NULL, NULL);
    return r;
}

static int run(const struct parsed *parsed, batch_of *work, cross_off *off)
{
    static struct pipe p;
    struct sigaction end = {.sa_handler = on_end};
    struct sg_secret wire = {0};
    struct sg_contact c;
    sigset_t term;
    enum sg_err r;

    p.name = talk_operand(parsed, 0, "the name of a contact");
    r = talk_open(&p.t, parsed);
    (void)sigemptyset(&term);
    (void)sigaddset(&term, SIGTERM);
    (void)sigaction(SIGTERM, &end, NULL);
    (void)sigprocmask(SIG_BLOCK, &term, &p.waiting);
    (void)sigdelset(&p.waiting, SIGTERM);
    sg_buffer_init_secret(&p.out, 64U << 20);
    if (r == SG_OK)
        r = sg_secret_new(&p.lines, LINES_BYTES, &p.t.err);
    if (r == SG_OK)
        r = sg_secret_new(&wire, SG_WIRE_MAX_BYTES, &p.t.err);
    if (r == SG_OK)
        r = talk_begin(&p.t);
    if (r == SG_OK)
        r = sg_book_contact(p.t.book, &c, p.name, &p.t.err);
    if (r == SG_OK)
        r = talk_commit(&p.t);
    while (r == SG_OK && !(p.last && p.at == p.have)) {
        size_t before;
        r = fill(&p, true);
        before = p.at;
        if (r == SG_OK && p.have)
            r = batch(&p, work, off, wire.data);
        while (r == SG_OK && p.at > before && p.at < p.have) {
            before = p.at;
            r = batch(&p, work, off, wire.data);
        }
    }
    if (r == SG_OK && p.count)
        r = batch(&p, work, off, wire.data); /* crosses off the last */
    sg_secret_free(&p.lines);
    sg_secret_free(&wire);
    sg_buffer_free(&p.out);
    return talk_end(&p.t, r);
}

int ratchet_pipe_send(const struct parsed *p)
{
    return run(p, send_batch, sg_book_sent);
}

int ratchet_pipe_receive(const struct parsed *p)
{
    return run(p, receive_batch, sg_book_shown);
}
