/*
 * send - texts out, and the same bytes again.
 */
#include "ratchet/talk.h"
#include "ratchet/verbs.h"

int ratchet_send(const struct parsed *p)
{
    const char *name = talk_operand(p, 0, "the name of a contact");
    unsigned floor = option_number(p, "floor", 0, 1, SG_WIRE_MAX_BYTES);
    enum sg_word word = SG_WORD_OK;
    struct sg_secret wire = {0};
    struct sg_buffer text;
    struct sg_contact c;
    size_t len = 0;
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
    if (r == SG_OK)
        r = talk_commit(&t);
    if (r == SG_OK) {
        talk_word(&t, word, name, NULL);
        if (word == SG_WORD_REOPENED)
            t.status = sg_word_worse(t.status, STATUS_FAILED);
    }
    if (r == SG_OK && row) {
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
