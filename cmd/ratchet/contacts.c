/*
 * contacts - who one talks with: listed, compared, renamed, blocked, forgotten.
 */
#include "ratchet/talk.h"
#include "ratchet/verbs.h"

#include <inttypes.h>
#include <stdio.h>

static enum sg_err line(void *context, const struct sg_contact *c, struct sg_error *err)
{
    struct talk *t = context;
    char fp[SG_FINGERPRINT_CHARS + 1], text[256];
    int n;

    sg_fingerprint_text(fp, c->fingerprint);
    n = snprintf(text, sizeof text, "%s  %s  %s  %" PRIu64 " waiting\n", c->name,
                 talk_trust(c->trust), fp, c->held);
    return sg_sink_write(&t->out, text, (size_t)n, err);
}

static enum sg_err object(void *context, const struct sg_contact *c, struct sg_error *err)
{
    struct json *j = context;
    char fp[SG_FINGERPRINT_CHARS + 1];

    (void)err;
    sg_fingerprint_text(fp, c->fingerprint);
    json_object(j, NULL);
    json_string(j, "name", c->name);
    json_string(j, "fingerprint", fp);
    json_string(j, "trust", talk_trust(c->trust));
    json_number(j, "sessions", c->sessions);
    json_number(j, "heard", c->heard);
    json_number(j, "waiting", c->held);
    json_close(j);
    return j->failed;
}

static enum sg_err contact_rows(struct talk *t, struct json *j)
{
    return j ? sg_book_contacts(t->book, object, j, &t->err)
             : sg_book_contacts(t->book, line, t, &t->err);
}

int ratchet_list(const struct parsed *p)
{
    return talk_list(p, "contacts", contact_rows);
}

static enum sg_err show(struct talk *t, const struct sg_contact *c)
{
    struct json j;

    if (!option_given(t->p, "json"))
        return line(t, c, &t->err);
    json_start(&j, &t->out, &t->err);
    (void)object(&j, c, &t->err);
    return json_finish(&j);
}

int ratchet_show(const struct parsed *p)
{
    return talk_with(p, show);
}

static enum sg_err verify(struct talk *t, const struct sg_contact *c)
{
    char mine[SG_FINGERPRINT_CHARS + 1], theirs[SG_FINGERPRINT_CHARS + 1], text[256];
    int n;

    if (option_given(t->p, "confirm") && (c->trust == SG_STRANGER || c->trust == SG_BLOCKED)) {
        sg_error_name(&t->err, c->name);
        return sg_fail(&t->err, SG_ERR_NOT_FOUND, "contact that was let in");
    }
    if (option_given(t->p, "confirm"))
        return sg_book_trust(t->book, c, SG_VERIFIED, &t->err);
    sg_fingerprint_text(mine, sg_book_fingerprint(t->book));
    sg_fingerprint_text(theirs, c->fingerprint);
    n = snprintf(text, sizeof text, "mine  %s\n%s  %s\n", mine, c->name, theirs);
    return sg_sink_write(&t->out, text, (size_t)n, &t->err);
}

int ratchet_verify(const struct parsed *p)
{
    return talk_with(p, verify);
}

static enum sg_err rename_to(struct talk *t, const struct sg_contact *c)
{
    const char *name = talk_operand(t->p, 1, "the new name");

    return sg_book_rename(t->book, c, name, &t->err);
}

int ratchet_rename(const struct parsed *p)
{
    return talk_with(p, rename_to);
}

static enum sg_err rekey(struct talk *t, const struct sg_contact *c)
{
    enum sg_word word = SG_WORD_OK;
    enum sg_err r = sg_book_rekey(t->book, &word, c, &t->err);

    if (r == SG_OK)
        talk_word(t, word, c->name, NULL);
    return r;
}

int ratchet_rekey(const struct parsed *p)
{
    return talk_with(p, rekey);
}

static enum sg_err block(struct talk *t, const struct sg_contact *c)
{
    return sg_book_trust(t->book, c, SG_BLOCKED, &t->err);
}

int ratchet_block(const struct parsed *p)
{
    return talk_with(p, block);
}

static enum sg_err forget(struct talk *t, const struct sg_contact *c)
{
    return sg_book_forget(t->book, c, &t->err);
}

int ratchet_forget(const struct parsed *p)
{
    return talk_with(p, forget);
}
