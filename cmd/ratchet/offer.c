/*
 * offer - offers made, listed, revoked; and start, which answers somebody else's.
 */
#include "ratchet/talk.h"
#include "ratchet/verbs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ratchet_offer(const struct parsed *p)
{
    bool reusable = option_given(p, "reusable");
    const char *whom = option_value(p, "for");
    unsigned days = option_number(
        p, "expires", reusable ? SG_OFFER_REUSABLE_DAYS : SG_OFFER_SINGLE_DAYS, 1, 3650);
    uint8_t only[SG_TOKEN_FP_BYTES], offer[SG_OFFER_BYTES];
    struct talk t;
    enum sg_err r;

    if (whom && !sg_fingerprint_read(only, whom, strlen(whom)))
        usage_error("40 characters, as `ratchet verify` shows them", "%s: no fingerprint", whom);
    r = talk_open(&t, p);
    if (r == SG_OK)
        r = talk_begin(&t);
    if (r == SG_OK)
        r = sg_book_offer(t.book, offer, reusable ? SG_OFFER_REUSABLE : SG_OFFER_SINGLE,
                          whom ? only : NULL, days, &t.err);
    if (r == SG_OK)
        r = talk_commit(&t);
    if (r == SG_OK)
        r = talk_token(&t, SG_TOKEN_OFFER, offer, sizeof offer, false);
    if (r == SG_OK && reusable)
        report_note(
            "first messages to this offer lack forward secrecy until it is revoked or gone");
    else if (r == SG_OK)
        report_note("give this offer to exactly one person: a second one gets no answer");
    return talk_end(&t, r);
}

static enum sg_err offer_line(void *context, const struct sg_offer_row *o, struct sg_error *err)
{
    struct talk *t = context;
    char day[SG_TIME_BYTES], line[128];
    int n;

    sg_time_rfc3339(day, (int64_t)o->not_after * 86400);
    n = snprintf(line, sizeof line, "%" PRId64 " %s until %.10s%s\n", o->id,
                 o->kind == SG_OFFER_REUSABLE ? "reusable  " : "single-use", day,
                 o->only_known ? " for one fingerprint" : "");
    return sg_sink_write(&t->out, line, (size_t)n, err);
}

static enum sg_err offer_object(void *context, const struct sg_offer_row *o, struct sg_error *err)
{
    struct json *j = context;
    char day[SG_TIME_BYTES];

    (void)err;
    sg_time_rfc3339(day, (int64_t)o->not_after * 86400);
    day[10] = '\0';
    json_object(j, NULL);
    json_number(j, "id", (uint64_t)o->id);
    json_bool(j, "reusable", o->kind == SG_OFFER_REUSABLE);
    json_string(j, "until", day);
    json_bool(j, "for-one", o->only_known);
    json_close(j);
    return j->failed;
}

static enum sg_err offer_rows(struct talk *t, struct json *j)
{
    return j ? sg_book_offers(t->book, offer_object, j, &t->err)
             : sg_book_offers(t->book, offer_line, t, &t->err);
}

int ratchet_offer_list(const struct parsed *p)
{
    return talk_list(p, "offers", offer_rows);
}

int ratchet_offer_revoke(const struct parsed *p)
{
    const char *id = talk_operand(p, 0, "the number of an offer");
    char *end;
    long long number = strtoll(id, &end, 10);
    struct talk t;
    enum sg_err r;

    if (*end || number < 1)
        usage_error("ratchet offer list shows the numbers", "%s: no number of an offer", id);
    r = talk_open(&t, p);
    sg_error_name(&t.err, id);
    if (r == SG_OK)
        r = talk_begin(&t);
    if (r == SG_OK)
        r = sg_book_revoke(t.book, number, &t.err);
    if (r == SG_OK)
        r = talk_commit(&t);
    return talk_end(&t, r);
}

/* Finds the first offer in a text; false when there is none. */
static bool find_offer(const struct sg_buffer *text, uint8_t *wire)
{
    struct sg_token_scan scan = {.text = (const char *)text->data, .len = text->len};
    enum sg_token_kind kind;
    size_t n;

    while (sg_token_next(&scan, &kind, wire, &n))
        if (kind == SG_TOKEN_OFFER)
            return true;
    return false;
}

int ratchet_start(const struct parsed *p)
{
    static uint8_t offer[SG_WIRE_MAX_BYTES];
    const char *name = talk_operand(p, 0, "a name for the contact"), *why = NULL;
    char fp_text[SG_FINGERPRINT_CHARS + 1];
    enum sg_word word = SG_WORD_OK;
    bool given = p->operand_count > 1;
    struct sg_buffer text;
    struct sg_contact c;
    struct talk t;
    enum sg_err r = talk_open(&t, p);

    sg_buffer_init(&text, SG_TOKEN_INPUT_MAX_BYTES);
    if (r == SG_OK && given)
        r = talk_read(&t, &text, p->operands[1]);
    if (r == SG_OK && given && !find_offer(&text, offer)) {
        talk_word(&t, SG_WORD_MALFORMED, NULL, "there is no offer in it");
        given = false;
        word = SG_WORD_MALFORMED;
    }
    if (r == SG_OK && given && option_given(p, "single-use") &&
        sg_offer_kind_of(offer) != SG_OFFER_SINGLE) {
        report_error("the offer is one that others may use too");
        t.status = STATUS_FAILED;
        word = SG_WORD_MALFORMED;
    }
    sg_buffer_free(&text);
    if (r != SG_OK || word != SG_WORD_OK)
        return talk_end(&t, r);
    r = talk_begin(&t);
    if (r == SG_OK)
        r = sg_book_start(t.book, &word, &why, name, given ? offer : NULL, SG_OFFER_BYTES,
                          option_given(p, "replace"), &t.err);
    if (r == SG_OK && word == SG_WORD_OK)
        r = sg_book_contact(t.book, &c, name, &t.err);
    if (r == SG_OK)
        r = talk_commit(&t);
    if (r == SG_OK)
        talk_word(&t, word, name, why);
    if (r == SG_OK && word == SG_WORD_OK) {
        sg_fingerprint_text(fp_text, c.fingerprint);
        report_note("%s is %s; compare it with `ratchet verify %s`", name, fp_text, name);
    }
    return talk_end(&t, r);
}
