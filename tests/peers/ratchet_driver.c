/*
 * Lets another implementation of signet-ratchet(7) talk with ours, byte for byte: see
 * tests/peers/ratchet.mjs.
 *
 * Reads one command a line from standard input and answers each with one line. Bytes are lower case
 * hex, "-" stands for none; people, offers and sessions go by numbers from 0 to 63; times are unix
 * milliseconds. Exits with 1 on a line that it does not understand. An answer begins with a word of
 * the protocol ("ok" when done), then what is listed here behind the arrow.
 *
 *     tape BLOCKS                               the randomness to come, 32 bytes a block; "-" for
 * none identity PERSON                           -> IKs IKd fingerprint fingerprint-text offer
 * OFFER PERSON KIND NOT_AFTER         -> the offer check TODAY BYTES                         judges
 * an offer start SESSION PERSON OPENED NOW BYTES     -> sid send SESSION NOW FLOOR TIME FORCE TEXT
 * BYTES   TIME, FORCE: 0 or 1; BYTES: an offer to send along
 *                                               -> the wire, blocks left on the tape
 *     receive SESSION NOW WIRE                  -> n ep gap late time text offer dropped
 *     open SESSION PERSON NOW WIRE OFFER...     an opening, tried with these offers
 *                                               -> OFFER seen OPENED peer, and as receive
 *     rekey SESSION
 *     trust SESSION
 *     reload SESSION                            stores and reads back, as a new process would
 *     state SESSION                             -> role root phase epochs count ns pn nr skipped
 * old suspect bad envelopes need_send drop SESSION token KIND BYTES                          KIND:
 * m, o or f -> its text, as bytes tokens TEXT                               TEXT as bytes -> KIND
 * BYTES ... cut CHARS WIRE                            -> the fragments ... join NOW BYTES ->
 * "partial", or "ok" and the wire, or "malformed"
 *
 * A draw beyond the end of the tape ends the program with 2.
 */
#include "ratchet/ratchet.h"

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 64
#define LINE_BYTES (4U << 20)
#define WORDS 80

static struct {
    uint8_t *bytes;
    size_t n, at;
} tape;

static struct sg_hedge hedge;
static struct sg_ratchet_identity people[SLOTS];
static struct sg_offer_secret offers[SLOTS];
static struct sg_secret sessions[SLOTS];
static struct sg_fragments fragments;
static uint8_t wire[SG_WIRE_MAX_BYTES], plain[SG_WIRE_MAX_BYTES];

void sg_hedge_new(struct sg_hedge *h)
{
    memset(h, 0, sizeof *h);
}

void sg_hedge_draw(struct sg_hedge *h, uint8_t *out, size_t blocks)
{
    (void)h;
    if (tape.n - tape.at < blocks * SG_HEDGE_BLOCK_BYTES) {
        fputs("ratchet_driver: the tape has ended\n", stderr);
        exit(2);
    }
    memcpy(out, tape.bytes + tape.at, blocks * SG_HEDGE_BLOCK_BYTES);
    tape.at += blocks * SG_HEDGE_BLOCK_BYTES;
}

/* ---- words of a line --------------------------------------------------------------------------
 */

struct line {
    char *word[WORDS];
    size_t count;
    bool bad;
};

struct bytes {
    uint8_t *p; /* in the line itself */
    size_t n;
    bool none;
};

static char *word_at(struct line *l, size_t i)
{
    static char empty[] = "";

    if (i >= l->count)
        l->bad = true;
    return i < l->count ? l->word[i] : empty;
}

static struct bytes bytes_at(struct line *l, size_t i)
{
    char *text = word_at(l, i);
    size_t n = strlen(text);
    struct bytes b = {(uint8_t *)text, n / 2, false};

    if (strcmp(text, "-") == 0)
        return (struct bytes){(uint8_t *)text, 0, true};
    if (n % 2 || strspn(text, "0123456789abcdef") != n) {
        l->bad = true;
        return (struct bytes){(uint8_t *)text, 0, true};
    }
    for (size_t at = 0; at < n; at += 2) {
        int high = text[at] <= '9' ? text[at] - '0' : text[at] - 'a' + 10;
        int low = text[at + 1] <= '9' ? text[at + 1] - '0' : text[at + 1] - 'a' + 10;
        b.p[at / 2] = (uint8_t)(high << 4 | low);
    }
    return b;
}

static uint64_t number_at(struct line *l, size_t i)
{
    char *end, *text = word_at(l, i);
    uint64_t x = strtoull(text, &end, 10);

    l->bad = l->bad || end == text || *end;
    return x;
}

static size_t slot_at(struct line *l, size_t i)
{
    uint64_t x = number_at(l, i);

    l->bad = l->bad || x >= SLOTS;
    return x < SLOTS ? (size_t)x : 0;
}

/* A session's memory, made when it is first wanted. */
static struct sg_session *session_at(struct line *l, size_t i)
{
    struct sg_secret *s = &sessions[slot_at(l, i)];
    struct sg_error err = {0};

    if (!s->data && sg_session_new(s, &err) != SG_OK)
        exit(2);
    return (struct sg_session *)(void *)s->data;
}

static void put(const void *p, size_t n)
{
    const uint8_t *bytes = p;

    putchar(' ');
    if (n == 0)
        putchar('-');
    for (size_t i = 0; i < n; i++) {
        putchar("0123456789abcdef"[bytes[i] >> 4]);
        putchar("0123456789abcdef"[bytes[i] & 15]);
    }
}

static void put_number(uint64_t x)
{
    printf(" %llu", (unsigned long long)x);
}

static void put_word(enum sg_word word)
{
    fputs(sg_word_text(word), stdout);
}

/* ---- commands ---------------------------------------------------------------------------------
 */

static void do_tape(struct line *l)
{
    struct bytes b = bytes_at(l, 1);

    free(tape.bytes);
    tape.bytes = malloc(b.n + 1);
    if (!tape.bytes)
        exit(2);
    memcpy(tape.bytes, b.p, b.n);
    tape.n = b.n;
    tape.at = 0;
    put_word(SG_WORD_OK);
}

static void do_identity(struct line *l)
{
    struct sg_ratchet_identity *id = &people[slot_at(l, 1)];
    char text[SG_FINGERPRINT_CHARS + 1];

    if (l->bad)
        return;
    sg_ratchet_identity_new(id, &hedge);
    put_word(SG_WORD_OK);
    put(id->public.sign, sizeof id->public.sign);
    put(id->public.dh, sizeof id->public.dh);
    put(id->fingerprint, sizeof id->fingerprint);
    sg_fingerprint_text(text, id->fingerprint);
    put(text, strlen(text));
}

static void do_offer(struct line *l)
{
    struct sg_offer_secret *o = &offers[slot_at(l, 1)];
    struct sg_ratchet_identity *id = &people[slot_at(l, 2)];
    uint64_t kind = number_at(l, 3), not_after = number_at(l, 4);

    l->bad = l->bad || (kind != SG_OFFER_SINGLE && kind != SG_OFFER_REUSABLE);
    if (l->bad)
        return;
    sg_offer_new(o, id, (enum sg_offer_kind)kind, (uint32_t)not_after, &hedge);
    put_word(SG_WORD_OK);
    put(o->offer, sizeof o->offer);
}

static void do_check(struct line *l)
{
    uint32_t today = (uint32_t)number_at(l, 1);
    struct bytes b = bytes_at(l, 2);
    const char *why;

    if (!l->bad)
        put_word(sg_offer_check(b.p, b.n, today, &why));
}

static void do_start(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    const struct sg_ratchet_identity *id = &people[slot_at(l, 2)];
    uint64_t opened = number_at(l, 3), now = number_at(l, 4);
    struct bytes offer = bytes_at(l, 5);
    enum sg_word word;

    l->bad = l->bad || offer.n != SG_OFFER_BYTES;
    if (l->bad)
        return;
    word = sg_session_start(s, id, offer.p, opened, now, &hedge);
    put_word(word);
    if (word == SG_WORD_OK)
        put(s->sid, sizeof s->sid);
}

static void do_send(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    uint64_t now = number_at(l, 2);
    struct sg_outgoing m = {.floor = (size_t)number_at(l, 3),
                            .with_time = number_at(l, 4) != 0,
                            .force = number_at(l, 5) != 0};
    struct bytes text = bytes_at(l, 6), offer = bytes_at(l, 7);
    enum sg_word word;
    size_t len;

    l->bad = l->bad || (!offer.none && offer.n != SG_OFFER_BYTES);
    if (l->bad)
        return;
    m.text = text.none ? NULL : text.p;
    m.text_len = text.n;
    m.offer = offer.none ? NULL : offer.p;
    word = sg_session_send(s, wire, &len, NULL, &m, now, &hedge);
    put_word(word);
    if (word != SG_WORD_OK)
        return;
    put(wire, len);
    put_number((tape.n - tape.at) / SG_HEDGE_BLOCK_BYTES);
}

static void put_received(const struct sg_received *got)
{
    put_number(got->n);
    put_number(got->ep);
    put_number(got->gap);
    put_number(got->late);
    if (got->with_time)
        put_number(got->time);
    else
        put(NULL, 0);
    put(got->text, got->text_len);
    put(got->offer, got->offer ? SG_OFFER_BYTES : 0);
    put_number(got->offer_dropped);
}

static void do_receive(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    uint64_t now = number_at(l, 2);
    struct bytes in = bytes_at(l, 3);
    struct sg_received got;
    enum sg_word word;

    if (l->bad)
        return;
    word = sg_session_receive(s, &got, plain, in.p, in.n, now);
    put_word(word);
    if (word == SG_WORD_OK)
        put_received(&got);
}

static void do_open(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    const struct sg_ratchet_identity *id = &people[slot_at(l, 2)];
    uint64_t now = number_at(l, 3);
    struct bytes in = bytes_at(l, 4);
    const struct sg_offer_secret *live[SLOTS];
    size_t count = 0, number[SLOTS];
    struct sg_opening found;
    struct sg_received got;
    enum sg_word word;

    for (size_t i = 5; i < l->count && count < SLOTS; i++, count++) {
        number[count] = slot_at(l, i);
        live[count] = &offers[number[count]];
    }
    if (l->bad)
        return;
    word = sg_session_find_opening(s, &found, id, live, count, in.p, in.n, now);
    if (word == SG_WORD_OK)
        word = sg_session_receive(s, &got, plain, in.p, in.n, now);
    put_word(word);
    if (word != SG_WORD_OK)
        return;
    put_number(number[found.offer]);
    put(found.seen, sizeof found.seen);
    put_number(s->opened);
    put(&s->peer, sizeof s->peer);
    put_received(&got);
}

static void do_rekey(struct line *l)
{
    sg_session_rekey(session_at(l, 1));
    put_word(SG_WORD_OK);
}

static void do_trust(struct line *l)
{
    sg_session_trust(session_at(l, 1));
    put_word(SG_WORD_OK);
}

static void do_reload(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    struct sg_error err = {0};
    struct sg_buffer b;

    if (l->bad)
        return;
    sg_buffer_init_secret(&b, SG_SESSION_MAX_BYTES);
    if (sg_session_encode(&b, s, &err) != SG_OK || !sg_session_decode(s, b.data, b.len))
        exit(2);
    put_word(SG_WORD_OK);
    put_number(b.len);
    sg_buffer_free(&b);
}

static void do_state(struct line *l)
{
    const struct sg_session *s = session_at(l, 1);

    put_word(SG_WORD_OK);
    fputs(s->role == SG_ROLE_A ? " A" : " B", stdout);
    put(s->root, sizeof s->root);
    put_number(s->pq.phase);
    put_number(s->pq.root);
    put_number(s->pq.count);
    put_number(s->ns);
    put_number(s->pn);
    put_number(s->nr);
    put_number(s->skipped_count);
    put_number(s->old_count);
    put_number(s->suspect);
    put_number(s->bad_count);
    put_number(s->envelopes);
    put_number(s->need_send);
}

static void do_drop(struct line *l)
{
    sg_secret_free(&sessions[slot_at(l, 1)]);
    put_word(SG_WORD_OK);
}

static void do_token(struct line *l)
{
    char kind = *word_at(l, 1), *text;
    struct bytes b = bytes_at(l, 2);

    l->bad = l->bad || !strchr("mof", kind);
    if (l->bad)
        return;
    text = malloc(SG_TOKEN_CHARS(b.n));
    if (!text)
        exit(2);
    put_word(SG_WORD_OK);
    put(text, sg_token_write(text, (enum sg_token_kind)kind, b.p, b.n));
    free(text);
}

static void do_tokens(struct line *l)
{
    struct bytes b = bytes_at(l, 1);
    struct sg_token_scan scan = {.text = (const char *)b.p, .len = b.n};
    enum sg_token_kind kind;
    size_t n;

    if (l->bad)
        return;
    put_word(SG_WORD_OK);
    while (sg_token_next(&scan, &kind, wire, &n)) {
        printf(" %c", (char)kind);
        put(wire, n);
    }
}

static void do_cut(struct line *l)
{
    uint64_t chars = number_at(l, 1);
    struct bytes b = bytes_at(l, 2);
    static uint8_t out[SG_FRAGMENT_MAX_BYTES];
    size_t chunk, count = sg_fragment_count(&chunk, b.n, (size_t)chars);

    if (l->bad)
        return;
    put_word(count ? SG_WORD_OK : SG_WORD_TOO_LONG);
    for (size_t i = 0; i < count; i++)
        put(out, sg_fragment_cut(out, b.p, b.n, chunk, i));
}

static void do_join(struct line *l)
{
    uint64_t now = number_at(l, 1);
    struct bytes b = bytes_at(l, 2);
    struct sg_error err = {0};
    enum sg_fragment what;
    size_t len;

    if (l->bad)
        return;
    if (sg_fragments_add(&fragments, &what, wire, &len, b.p, b.n, now, &err) != SG_OK)
        exit(2);
    put_word(what == SG_FRAGMENT_KEPT        ? SG_WORD_PARTIAL
             : what == SG_FRAGMENT_MALFORMED ? SG_WORD_MALFORMED
                                             : SG_WORD_OK);
    if (what == SG_FRAGMENT_WHOLE)
        put(wire, len);
}

static const struct command {
    const char *name;
    void (*run)(struct line *l);
} COMMANDS[] = {
    {"tape", do_tape},   {"identity", do_identity}, {"offer", do_offer},     {"check", do_check},
    {"start", do_start}, {"send", do_send},         {"receive", do_receive}, {"open", do_open},
    {"rekey", do_rekey}, {"trust", do_trust},       {"reload", do_reload},   {"state", do_state},
    {"drop", do_drop},   {"token", do_token},       {"tokens", do_tokens},   {"cut", do_cut},
    {"join", do_join},
};

/* False when the line was not understood. */
static bool answer(char *text)
{
    struct line l = {.count = 0};

    for (char *word = strtok(text, " \n"); word && l.count < WORDS; word = strtok(NULL, " \n"))
        l.word[l.count++] = word;
    for (size_t i = 0; l.count && i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        if (strcmp(COMMANDS[i].name, l.word[0]) == 0) {
            COMMANDS[i].run(&l);
            putchar('\n');
            return !l.bad && fflush(stdout) == 0;
        }
    return false;
}

int main(void)
{
    static char line[LINE_BYTES];
    struct sg_error err = {0};

    if (sg_secret_init(&err) != SG_OK)
        return 1;
    sg_fragments_init(&fragments);
    while (fgets(line, sizeof line, stdin))
        if (!answer(line))
            return 1;
    return fflush(stdout) == 0 ? 0 : 1;
}
