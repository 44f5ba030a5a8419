/*
 * send - texts out, and the same bytes again.
 */
#include "ratchet/talk.h"
#include "ratchet/verbs.h"

/* Writes a message in pieces of `chars` characters, where it does not fit into one. */
static enum sg_err in_pieces(struct talk *t, const uint8_t *wire, size_t n, size_t chars)
{
    static uint8_t piece[SG_FRAGMENT_MAX_BYTES];
    size_t chunk = 0, count = sg_fragment_count(&chunk, n, chars);
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < count; i++) {
        size_t len = sg_fragment_cut(piece, wire, n, chunk, i);
        r = talk_token(t, SG_TOKEN_FRAGMENT, piece, len, false);
    }
    return r;
}

int ratchet_send(const struct parsed *p)
{
    const char *name = talk_operand(p, 0, "the name of a contact");
    unsigned floor = option_number(p, "floor", 0, 1, SG_WIRE_MAX_BYTES);
    unsigned chars = option_number(p, "max-chars", 0, SG_FRAGMENT_CHARS_MIN, 1 << 20);
    enum sg_word word = SG_WORD_OK;
    struct sg_secret wire = {0};
    struct sg_buffer text;
    struct sg_contact c;
    size_t len = 0, chunk = 0;
    int64_t row = 0;
    struct talk t;
    enum sg_err r = talk_open(&t, p);

    sg_buffer_init_secret(&text, SG_TOKEN_INPUT_MAX_BYTES);
    if (r == SG_OK)
        r = sg_secret_new(&wire, SG_WIRE_MAX_BYTES, &t.err);
    if (r == SG_OK)
        r = talk_read(&t, &text, p->operand_count > 1 ? p->operands[1] : NULL);
    if (r == SG_OK && text.len == 0)
        usage_error(NULL, "there is no text to send");
    if (r == SG_OK)
        r = talk_begin(&t);
    if (r == SG_OK)
        r = sg_book_contact(t.book, &c, name, &t.err);
    if (r == SG_OK) {
        struct sg_outgoing m = {
            .text = text.data,
            .text_len = text.len,
            .floor = floor,
            .with_time = !option_given(p, "no-time"),
            .force = option_given(p, "force"),
        };
        r = sg_book_send(t.book, &word, wire.data, &len, &row, &c, &m, &t.err);
    }
    if (r == SG_OK && row && chars && SG_TOKEN_CHARS(len) > chars &&
        !sg_fragment_count(&chunk, len, chars)) {
        sg_book_rollback(t.book); /* nothing was sent */
        word = SG_WORD_TOO_LONG;
        row = 0;
    } else if (r == SG_OK) {
        r = talk_commit(&t);
    }
    if (r == SG_OK) {
        talk_word(&t, word, name, NULL);
        if (word == SG_WORD_REOPENED)
            t.status = sg_word_worse(t.status, STATUS_FAILED);
    }
    if (r == SG_OK && row) {
        if (chars && SG_TOKEN_CHARS(len) > chars)
            r = in_pieces(&t, wire.data, len, chars);
        else
            r = talk_token(&t, SG_TOKEN_MESSAGE, wire.data, len, option_given(p, "raw"));
        if (r != SG_OK)
            report_hint("nothing is lost: ratchet resend %s prints it again", name);
        if (r == SG_OK)
            r = talk_begin(&t);
        if (r == SG_OK)
            r = sg_book_sent(t.book, row, &t.err);
        if (r == SG_OK)
            r = talk_commit(&t);
    }
    sg_buffer_free(&text);
    sg_secret_free(&wire);
    return talk_end(&t, r);
}

/* Wires that are printed again. */
struct again {
    struct talk *t;
    int64_t rows[SG_OUTBOX_MAX];
    size_t n;
};

static enum sg_err again(void *context, int64_t row, const uint8_t *bytes, size_t n,
                         struct sg_error *err)
{
    struct again *all = context;

    (void)err;
    if (all->n < SG_OUTBOX_MAX)
        all->rows[all->n++] = row;
    return talk_token(all->t, SG_TOKEN_MESSAGE, bytes, n, option_given(all->t->p, "raw"));
}

static enum sg_err resend(struct talk *t, const struct sg_contact *c)
{
    struct again all = {.t = t};
    enum sg_err r = sg_book_resend(t->book, c, again, &all, &t->err);

    for (size_t i = 0; r == SG_OK && i < all.n; i++)
        r = sg_book_sent(t->book, all.rows[i], &t->err);
    if (r == SG_OK && !all.n)
        report_note("there is nothing to send again");
    return r;
}

int ratchet_resend(const struct parsed *p)
{
    return talk_with(p, resend);
}
