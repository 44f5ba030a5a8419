#include "ratchet/heist.h"

#include "common/files.h"
#include "common/json.h"
#include "common/print.h"
#include "common/report.h"
#include "ratchet/verbs.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const struct {
    const char *title, *json;
} designs[HEIST_DESIGNS] = {
    [HEIST_STATIC] = {"static key", "static_key"},
    [HEIST_CHAIN] = {"hash chain", "hash_chain"},
    [HEIST_DH] = {"DH ratchet", "dh_ratchet"},
    [HEIST_DH_QUANTUM] = {"DH, quantum", "dh_ratchet_quantum"},
    [HEIST_PQ_QUANTUM] = {"PQ, quantum", "pq_ratchet_quantum"},
};

/* ---- what the trials came to ------------------------------------------------------------------
 */

/* Messages opened from `from` up to `to`. */
static unsigned opened(const struct heist *h, enum heist_design d, unsigned from, unsigned to)
{
    unsigned n = 0;

    for (unsigned i = from; i <= to; i++)
        n += h->message[i].opened[d];
    return n;
}

/* The first after the theft that stayed closed, and all after it did; 0 when there is none. */
static unsigned shut_out(const struct heist *h, enum heist_design d)
{
    unsigned i = h->messages;

    while (i > h->at && !h->message[i].opened[d])
        i--;
    return i == h->messages ? 0 : i + 1;
}

/* ---- as text ----------------------------------------------------------------------------------
 */

/* One row for every run of messages with the same answers. */
static void table(struct print *t, const struct heist *h)
{
    print_format(t, "%-11s", "messages");
    for (size_t d = 0; d < HEIST_DESIGNS; d++)
        print_format(t, "  %-11s", designs[d].title);
    print_format(t, "\n");
    for (unsigned i = 1, last; i <= h->messages; i = last + 1) {
        const bool *now = h->message[i].opened;
        char range[24];
        last = i;
        while (last < h->messages && last != h->at &&
               memcmp(h->message[last + 1].opened, now, sizeof h->message[i].opened) == 0)
            last++;
        (void)snprintf(range, sizeof range, last > i ? "%u-%u" : "%u", i, last);
        print_format(t, "%-11s", range);
        for (size_t d = 0; d < HEIST_DESIGNS; d++)
            print_format(t, "  %-11s", now[d] ? "opened" : "-");
        print_format(t, "%s\n", last == h->at ? "  <- theft" : "");
    }
}

static void tell(struct print *t, const struct heist *h, enum heist_design d, const char *name,
                 const char *why)
{
    unsigned closed = shut_out(h, d);

    print_format(t, "%s: %u of %u before the theft, %u of %u after it", name,
                 opened(h, d, 1, h->at), h->at, opened(h, d, h->at + 1, h->messages),
                 h->messages - h->at);
    if (closed)
        print_format(t, "; none from %u on", closed);
    print_format(t, ".\n    %s\n", why);
}

static void lesson(struct print *t, const struct heist *h)
{
    print_format(t, "\n");
    tell(t, h, HEIST_STATIC, "Static key", "One key for all: it opens past and future.");
    tell(t, h, HEIST_CHAIN, "Hash chain",
         "Each key is hashed from the last: none leads back, and all later ones follow.");
    tell(t, h, HEIST_DH, "DH ratchet",
         "The session, the thief told all of its ML-KEM secrets: fresh X25519 keys heal it.");
    tell(t, h, HEIST_DH_QUANTUM, "DH ratchet, quantum thief",
         "Told all X25519 secrets, too: what was recorded opens, with no theft needed.");
    tell(t, h, HEIST_PQ_QUANTUM, "PQ ratchet, quantum thief",
         "Told all X25519 secrets, not ML-KEM's: the next fresh one of yours shuts him out.");
    print_format(t,
                 "Tried: every key that was stolen or told, and all that follow from them, on all "
                 "messages.\nA quantum computer is played by telling the secrets that it would "
                 "find. The thief only\nlistens: one who writes could speak as you until the next "
                 "healing.\n");
    if (h->message[h->messages].opened[HEIST_PQ_QUANTUM])
        print_format(t, "The talk ended before the last healing; try more --messages.\n");
}

static enum sg_err as_text(const struct heist *h, const char *name, struct sg_sink *out,
                           struct sg_error *err)
{
    struct print t;

    print_start(&t, out, err);
    print_format(&t, "%u messages between you and ", h->messages);
    print_text(&t, name);
    print_format(&t,
                 ", made up for this with fresh keys; no real one was read.\nAfter message %u a "
                 "thief copies your whole state (%zu bytes of session) and listens on.\n\n",
                 h->at, h->state[HEIST_PQ_QUANTUM]);
    table(&t, h);
    lesson(&t, h);
    return print_end(&t, SG_OK);
}

/* ---- as JSON ----------------------------------------------------------------------------------
 */

static enum sg_err as_json(const struct heist *h, const char *name, struct sg_sink *out,
                           struct sg_error *err)
{
    struct json j;

    json_start(&j, out, err);
    json_object(&j, NULL);
    json_string(&j, "name", name);
    json_number(&j, "messages", h->messages);
    json_number(&j, "at", h->at);
    json_array(&j, "designs");
    for (size_t d = 0; d < HEIST_DESIGNS; d++) {
        json_object(&j, NULL);
        json_string(&j, "design", designs[d].json);
        json_number(&j, "stolen_bytes", h->state[d]);
        json_number(&j, "opened_before", opened(h, d, 1, h->at));
        json_number(&j, "opened_after", opened(h, d, h->at + 1, h->messages));
        if (shut_out(h, d))
            json_number(&j, "shut_out_from", shut_out(h, d));
        else
            json_null(&j, "shut_out_from");
        json_close(&j);
    }
    json_close(&j);
    json_array(&j, "tried");
    for (unsigned i = 1; i <= h->messages; i++) {
        json_object(&j, NULL);
        json_number(&j, "message", i);
        json_string(&j, "from", h->message[i].from_victim ? "you" : "peer");
        json_number(&j, "bytes", h->message[i].bytes);
        json_number(&j, "epoch", h->message[i].epoch);
        for (size_t d = 0; d < HEIST_DESIGNS; d++)
            json_bool(&j, designs[d].json, h->message[i].opened[d]);
        json_close(&j);
    }
    json_close(&j);
    json_close(&j);
    return json_finish(&j);
}

int ratchet_heist(const struct parsed *p)
{
    static struct heist h; /* no secret is in it */
    struct sg_error err = {0};
    struct sg_sink out = {0};
    unsigned messages, at;
    enum sg_err r;

    if (p->operand_count == 0)
        usage_error("ratchet heist --help tells more", "the name of a contact is missing");
    messages =
        option_number(p, "messages", HEIST_MESSAGES_USUAL, HEIST_MESSAGES_MIN, HEIST_MESSAGES_MAX);
    at = messages / 2;
    while (at > 1 && !heist_from_victim(at))
        at--;
    at = option_number(p, "at", at, 1, messages);
    r = heist_play(&h, messages, at, (uint64_t)time(NULL) * 1000, &err);
    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = option_given(p, "json") ? as_json(&h, p->operands[0], &out, &err)
                                    : as_text(&h, p->operands[0], &out, &err);
    r = close_output(&out, r, &err);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
