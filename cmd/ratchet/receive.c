/*
 * receive - messages in, wherever they stand in other text; and accept, which lets in who waits.
 */
#include "ratchet/talk.h"
#include "ratchet/verbs.h"

/* Shows all texts that may be shown and were not, above the row `after`, and crosses them off. */
static enum sg_err catch_up(struct talk *t, bool recovered)
{
    struct sg_book_got got = {0};
    int64_t shown = 0;
    enum sg_err r;

    for (;;) {
        r = talk_begin(t);
        if (r == SG_OK && shown)
            r = sg_book_shown(t->book, shown, &t->err);
        if (r == SG_OK)
            r = sg_book_unshown(t->book, &got, shown, &t->err);
        if (r == SG_OK)
            r = talk_commit(t);
        if (r != SG_OK || !got.row)
            return r;
        if (!recovered) {
            got.recovered = false;
            got.word = SG_WORD_OK;
        }
        talk_word(t, got.word, got.contact.name, NULL);
        if (recovered)
            report_message("recovered: this message may have been shown before");
        r = talk_message(t, &got);
        if (r != SG_OK)
            return r;
        shown = got.row;
    }
}

/* One message: in, stored, shown, and the row that is to be crossed off in *shown. */
static enum sg_err take(struct talk *t, int64_t *shown, enum sg_token_kind kind,
                        const uint8_t *wire, size_t n, const struct sg_receiving *how)
{
    struct sg_book_got got;
    enum sg_err r = talk_begin(t);

    if (r == SG_OK && *shown)
        r = sg_book_shown(t->book, *shown, &t->err);
    if (r == SG_OK && kind == SG_TOKEN_FRAGMENT)
        r = sg_book_fragment(t->book, &got, wire, n, how, &t->err);
    else if (r == SG_OK)
        r = sg_book_receive(t->book, &got, wire, n, how, &t->err);
    if (r == SG_OK)
        r = talk_commit(t);
    if (r != SG_OK)
        return r;
    *shown = 0;
    talk_word(t, got.word, got.known ? got.contact.name : NULL, NULL);
    if (got.word == SG_WORD_REOPENED && !got.row && !got.text)
        t->status = sg_word_worse(t->status, STATUS_FAILED);
    if (got.row && got.text) {
        r = talk_message(t, &got);
        *shown = r == SG_OK ? got.row : 0;
    }
    return r;
}

int ratchet_receive(const struct parsed *p)
{
    static uint8_t wire[SG_WIRE_MAX_BYTES];
    struct sg_receiving how = {
        .accept_any = option_given(p, "accept"),
        .stale = option_given(p, "stale"),
    };
    struct sg_buffer text;
    int64_t shown = 0;
    size_t n, found = 0;
    struct talk t;
    enum sg_err r = talk_open(&t, p);

    sg_buffer_init(&text, SG_TOKEN_INPUT_MAX_BYTES);
    if (r == SG_OK)
        r = catch_up(&t, true);
    if (r == SG_OK)
        r = talk_read(&t, &text, p->operand_count ? p->operands[0] : NULL);
    if (r == SG_OK && option_given(p, "raw")) {
        found++;
        r = take(&t, &shown, SG_TOKEN_MESSAGE, text.data, text.len, &how);
    } else if (r == SG_OK) {
        struct sg_token_scan scan = {.text = (const char *)text.data, .len = text.len};
        enum sg_token_kind kind;
        while (r == SG_OK && sg_token_next(&scan, &kind, wire, &n))
            if (kind != SG_TOKEN_OFFER) {
                found++;
                r = take(&t, &shown, kind, wire, n, &how);
            }
    }
    if (r == SG_OK && !found)
        talk_word(&t, SG_WORD_MALFORMED, NULL, "there is no message in the input");
    if (r == SG_OK && shown) {
        r = talk_begin(&t);
        if (r == SG_OK)
            r = sg_book_shown(t.book, shown, &t.err);
        if (r == SG_OK)
            r = talk_commit(&t);
    }
    sg_buffer_free(&text);
    return talk_end(&t, r);
}

int ratchet_accept(const struct parsed *p)
{
    const char *name = talk_operand(p, 0, "the name of a contact");
    bool yes = !option_given(p, "no");
    struct sg_contact c;
    struct talk t;
    enum sg_err r = talk_open(&t, p);

    if (r == SG_OK)
        r = talk_begin(&t);
    if (r == SG_OK)
        r = sg_book_contact(t.book, &c, name, &t.err);
    if (r == SG_OK)
        r = sg_book_accept(t.book, &c, p->operand_count > 1 ? p->operands[1] : NULL, yes, &t.err);
    if (r == SG_OK)
        r = talk_commit(&t);
    if (r == SG_OK && yes)
        r = catch_up(&t, false);
    return talk_end(&t, r);
}
