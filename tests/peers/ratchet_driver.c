/*
 * Lets another implementation of signet-ratchet(7) talk with ours, byte for byte: see
 * tests/peers/ratchet.mjs.
 *
 * Reads one command a line from standard input and answers each with one line. Words are parted by
 * one space; bytes are lower case hex, "-" stands for none; parties, offers of theirs and sessions
 * (P, O, S, T) go by numbers from 0 to 63; times are unix milliseconds. An answer is "ok" and what
 * the list says, or "no" and the word of the protocol. Exits with 1 on a line that it does not
 * understand and on a draw past the end of the tape.
 *
 *     tape BLOCKS                     appends to the randomness that is drawn, 32 bytes a block
 *     left                            -> bytes of it not yet drawn
 *     reset                           forgets everything
 *     identity P                      -> IKs IKd fingerprint
 *     offer P O KIND NOT_AFTER FOR    FOR: a fingerprint or none -> the offer
 *     revoke P O
 *     check OFFER TODAY               -> kind, last day, fingerprint
 *     start P S OFFER OPENED 16 NOW   16: the envelopes -> sid
 *     send S NOW FLOOR FLAGS TEXT OFFER    FLAGS: sum of 1 = with the time, 2 = force
 *                                     -> the wire, n, ep
 *     rekey S
 *     receive S NOW WIRE              -> "ok" or "late", n, gap, ep, time, text, offer
 *     open P S NOW WIRE               an opening, tried with P's offers
 *                                     -> as receive, then fingerprint, OPENED, kind
 *     copy S T                        T becomes a copy of S
 *     reload S                        stores S and reads it back -> bytes stored
 *     accept S
 *     state S                         -> a|b sid OPENED suspect asked RK need_send ns pn ep_s nr
 * ep_r epochs phase e count since 0 skipped old envelopes bad wrap KIND BYTES                 KIND:
 * m, o or f -> a token scan BYTES                      text -> how many, then KIND BYTES of each
 *     split WIRE CHARS                -> how many, then the tokens
 *     join NOW BYTES                  a fragment -> "partial", or "whole" and the wire
 *     seal K AD P, unseal K AD C      -> bytes
 */
#include "ratchet/ratchet.h"

#include "base/base.h"
#include "ratchet/siv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 64
#define LINE_BYTES (4U << 20)
#define WORDS 8

static struct {
    uint8_t *bytes;
    size_t n, at;
} tape;

/* An offer of a party's, and what its maker keeps beside it. */
struct made {
    bool live;
    bool for_one;
    uint8_t only[SG_FINGERPRINT_BYTES];
    struct sg_offer_secret secret;
};

struct party {
    struct sg_ratchet_identity id;
    struct made offer[SLOTS];
    uint8_t (*seen)[16]; /* tombstones */
    size_t seens;
};

static struct sg_hedge hedge;
static struct party *parties[SLOTS];
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
        exit(1);
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
        exit(1);
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

/* A number from a line, with what is made of it. */
static struct party *party_at(struct line *l, size_t i)
{
    struct party **p = &parties[slot_at(l, i)];

    if (!*p)
        *p = calloc(1, sizeof **p);
    if (!*p)
        exit(1);
    return *p;
}

/* "ok", or "no" and the word; whether it is "ok". */
static bool put_word(enum sg_word word)
{
    if (word == SG_WORD_OK)
        fputs("ok", stdout);
    else
        printf("no %s", sg_word_text(word));
    return word == SG_WORD_OK;
}

/* ---- commands ---------------------------------------------------------------------------------
 */

static void do_tape(struct line *l)
{
    struct bytes b = bytes_at(l, 1);

    tape.bytes = realloc(tape.bytes, tape.n + b.n + 1);
    if (!tape.bytes)
        exit(1);
    memcpy(tape.bytes + tape.n, b.p, b.n);
    tape.n += b.n;
    put_word(SG_WORD_OK);
}

static void do_left(struct line *l)
{
    (void)l;
    put_word(SG_WORD_OK);
    put_number(tape.n - tape.at);
}

static void do_reset(struct line *l)
{
    (void)l;
    for (size_t i = 0; i < SLOTS; i++) {
        if (parties[i])
            free(parties[i]->seen);
        free(parties[i]);
        parties[i] = NULL;
        sg_secret_free(&sessions[i]);
    }
    sg_fragments_free(&fragments);
    sg_fragments_init(&fragments);
    free(tape.bytes);
    tape.bytes = NULL;
    tape.n = tape.at = 0;
    put_word(SG_WORD_OK);
}

static void do_identity(struct line *l)
{
    struct sg_ratchet_identity *id = &party_at(l, 1)->id;

    if (l->bad)
        return;
    sg_ratchet_identity_new(id, &hedge);
    put_word(SG_WORD_OK);
    put(id->public.sign, sizeof id->public.sign);
    put(id->public.dh, sizeof id->public.dh);
    put(id->fingerprint, sizeof id->fingerprint);
}

static void do_offer(struct line *l)
{
    struct party *p = party_at(l, 1);
    struct made *o = &p->offer[slot_at(l, 2)];
    uint64_t kind = number_at(l, 3), not_after = number_at(l, 4);
    struct bytes only = bytes_at(l, 5);

    l->bad = l->bad || (kind != SG_OFFER_SINGLE && kind != SG_OFFER_REUSABLE) ||
             not_after > UINT32_MAX || (!only.none && only.n != sizeof o->only);
    if (l->bad)
        return;
    o->live = true;
    o->for_one = !only.none;
    memcpy(o->only, only.p, only.n);
    sg_offer_new(&o->secret, &p->id, (enum sg_offer_kind)kind, (uint32_t)not_after, &hedge);
    put_word(SG_WORD_OK);
    put(o->secret.offer, sizeof o->secret.offer);
}

static void do_revoke(struct line *l)
{
    party_at(l, 1)->offer[slot_at(l, 2)].live = false;
    put_word(SG_WORD_OK);
}

static void do_check(struct line *l)
{
    struct bytes b = bytes_at(l, 1);
    uint32_t today = (uint32_t)number_at(l, 2);
    uint8_t fp[SG_FINGERPRINT_BYTES];
    struct sg_party who;
    const char *why;

    if (l->bad || !put_word(sg_offer_check(b.p, b.n, today, &why)))
        return;
    who = sg_offer_party(b.p);
    sg_fingerprint(fp, &who);
    put_number(sg_offer_kind_of(b.p));
    put_number(sg_offer_not_after(b.p));
    put(fp, sizeof fp);
}

static void do_start(struct line *l)
{
    const struct party *p = party_at(l, 1);
    struct sg_session *s = session_at(l, 2);
    struct bytes offer = bytes_at(l, 3);
    uint64_t opened = number_at(l, 4), envelopes = number_at(l, 5), now = number_at(l, 6);

    l->bad = l->bad || offer.n != SG_OFFER_BYTES || envelopes != SG_ENVELOPES;
    if (!l->bad && put_word(sg_session_start(s, &p->id, offer.p, opened, now, &hedge)))
        put(s->sid, sizeof s->sid);
}

static void do_send(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    uint64_t now = number_at(l, 2), flags = number_at(l, 4);
    struct sg_outgoing m = {
        .floor = (size_t)number_at(l, 3), .with_time = (flags & 1) != 0, .force = (flags & 2) != 0};
    struct bytes text = bytes_at(l, 5), offer = bytes_at(l, 6);
    size_t len;

    l->bad = l->bad || (!offer.none && offer.n != SG_OFFER_BYTES);
    if (l->bad)
        return;
    m.text = text.none ? NULL : text.p;
    m.text_len = text.n;
    m.offer = offer.none ? NULL : offer.p;
    if (!put_word(sg_session_send(s, wire, &len, NULL, &m, now, &hedge)))
        return;
    put(wire, len);
    put_number(s->ns - 1);
    put_number(s->ep_s);
}

static void do_rekey(struct line *l)
{
    sg_session_rekey(session_at(l, 1));
    put_word(SG_WORD_OK);
}

static void put_received(const struct sg_received *got)
{
    fputs(got->late ? " late" : " ok", stdout);
    put_number(got->n);
    put_number(got->gap);
    put_number(got->ep);
    if (got->with_time)
        put_number(got->time);
    else
        put(NULL, 0);
    put(got->text, got->text_len);
    put(got->offer, got->offer ? SG_OFFER_BYTES : 0);
}

static void do_receive(struct line *l)
{
    struct sg_session *s = session_at(l, 1);
    uint64_t now = number_at(l, 2);
    struct bytes in = bytes_at(l, 3);
    struct sg_received got;

    if (!l->bad && put_word(sg_session_receive(s, &got, plain, in.p, in.n, now)))
        put_received(&got);
}

static bool was_seen(const struct party *p, const uint8_t seen[static 16])
{
    for (size_t i = 0; i < p->seens; i++)
        if (memcmp(p->seen[i], seen, 16) == 0)
            return true;
    return false;
}

static void bury(struct party *p, const uint8_t seen[static 16])
{
    p->seen = realloc(p->seen, (p->seens + 1) * sizeof *p->seen);
    if (!p->seen)
        exit(1);
    memcpy(p->seen[p->seens++], seen, 16);
}

static void do_open(struct line *l)
{
    struct party *p = party_at(l, 1);
    struct sg_session *s = session_at(l, 2);
    uint64_t now = number_at(l, 3);
    struct bytes in = bytes_at(l, 4);
    const struct sg_offer_secret *live[SLOTS];
    struct made *from[SLOTS], *answered;
    uint8_t fp[SG_FINGERPRINT_BYTES];
    struct sg_opening found;
    struct sg_received got;
    enum sg_word word;
    size_t count = 0;

    for (size_t i = 0; i < SLOTS; i++)
        if (p->offer[i].live) {
            live[count] = &p->offer[i].secret;
            from[count++] = &p->offer[i];
        }
    if (l->bad)
        return;
    word = sg_session_find_opening(s, &found, &p->id, live, count, in.p, in.n, now);
    if (word != SG_WORD_OK) {
        put_word(word);
        return;
    }
    answered = from[found.offer];
    sg_fingerprint(fp, &s->peer);
    if (answered->for_one && memcmp(fp, answered->only, sizeof fp) != 0)
        word = SG_WORD_NOT_FOR_US;
    else if (was_seen(p, found.seen))
        word = SG_WORD_DUPLICATE;
    else
        word = sg_session_receive(s, &got, plain, in.p, in.n, now);
    if (!put_word(word))
        return;
    bury(p, found.seen);
    if (sg_offer_kind_of(answered->secret.offer) == SG_OFFER_SINGLE)
        answered->live = false;
    put_received(&got);
    put(fp, sizeof fp);
    put_number(s->opened);
    put_number(sg_offer_kind_of(answered->secret.offer));
}

static void do_copy(struct line *l)
{
    struct sg_session *from = session_at(l, 1), *to = session_at(l, 2);

    memmove(to, from, sizeof *to);
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
        exit(1);
    put_word(SG_WORD_OK);
    put_number(b.len);
    sg_buffer_free(&b);
}

static void do_accept(struct line *l)
{
    sg_session_trust(session_at(l, 1));
    put_word(SG_WORD_OK);
}

static void do_state(struct line *l)
{
    static const char *const PHASES[] = {
        [SG_PHASE_IDLE] = "idle",       [SG_PHASE_OFFERING] = "offering",
        [SG_PHASE_READY] = "ready",     [SG_PHASE_WAIT_EK] = "wait-ek",
        [SG_PHASE_PENDING] = "pending", [SG_PHASE_ANSWERING] = "answering",
    };
    const struct sg_session *s = session_at(l, 1);

    put_word(SG_WORD_OK);
    fputs(s->role == SG_ROLE_A ? " a" : " b", stdout);
    put(s->sid, sizeof s->sid);
    put_number(s->opened);
    put_number(s->suspect);
    put_number(s->pq.asked);
    put(s->root, sizeof s->root);
    put_number(s->need_send);
    put_number(s->ns);
    put_number(s->pn);
    put_number(s->ep_s);
    put_number(s->nr);
    put_number(s->ep_r);
    put_number(s->pq.root);
    printf(" %s", PHASES[s->pq.phase]);
    put_number(sg_epoch_number(&s->pq));
    put_number(s->pq.count);
    put_number(s->pq.since);
    put_number(0);
    put_number(s->skipped_count);
    put_number(s->old_count);
    put_number(s->envelopes);
    put_number(s->bad_count);
}

/* Prints a token of the bytes. */
static void put_token(enum sg_token_kind kind, const uint8_t *p, size_t n)
{
    char *text = malloc(SG_TOKEN_CHARS(n));

    if (!text)
        exit(1);
    printf(" %.*s", (int)sg_token_write(text, kind, p, n), text);
    free(text);
}

static void do_wrap(struct line *l)
{
    char kind = *word_at(l, 1);
    struct bytes b = bytes_at(l, 2);

    l->bad = l->bad || !strchr("mof", kind);
    if (l->bad)
        return;
    put_word(SG_WORD_OK);
    put_token((enum sg_token_kind)kind, b.p, b.n);
}

static void do_scan(struct line *l)
{
    struct bytes b = bytes_at(l, 1);
    struct sg_token_scan scan = {.text = (const char *)b.p, .len = b.n};
    enum sg_token_kind kind;
    size_t n, count = 0;

    if (l->bad)
        return;
    while (sg_token_next(&scan, &kind, wire, &n))
        count++;
    put_word(SG_WORD_OK);
    put_number(count);
    scan.at = 0;
    while (sg_token_next(&scan, &kind, wire, &n)) {
        printf(" %c", (char)kind);
        put(wire, n);
    }
}

static void do_split(struct line *l)
{
    struct bytes b = bytes_at(l, 1);
    uint64_t chars = number_at(l, 2);
    static uint8_t out[SG_FRAGMENT_MAX_BYTES];
    size_t chunk, count;

    if (l->bad)
        return;
    count = sg_fragment_count(&chunk, b.n, (size_t)chars);
    if (!put_word(count ? SG_WORD_OK : SG_WORD_TOO_LONG))
        return;
    put_number(count);
    for (size_t i = 0; i < count; i++)
        put_token(SG_TOKEN_FRAGMENT, out, sg_fragment_cut(out, b.p, b.n, chunk, i));
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
        exit(1);
    if (!put_word(what == SG_FRAGMENT_MALFORMED ? SG_WORD_MALFORMED : SG_WORD_OK))
        return;
    fputs(what == SG_FRAGMENT_WHOLE ? " whole" : " partial", stdout);
    if (what == SG_FRAGMENT_WHOLE)
        put(wire, len);
}

/* Both directions of Seal: the key and what is authenticated. */
static struct sg_siv_key siv_at(struct line *l, struct sg_span *ad)
{
    struct bytes k = bytes_at(l, 1), a = bytes_at(l, 2);
    struct sg_siv_key key = {{0}, {0}};

    *ad = (struct sg_span){a.p, a.n};
    l->bad = l->bad || k.n != 32;
    if (!l->bad)
        sg_siv_key(&key, k.p);
    return key;
}

static void do_seal(struct line *l)
{
    struct sg_span ad;
    struct sg_siv_key key = siv_at(l, &ad);
    struct bytes in = bytes_at(l, 3);

    l->bad = l->bad || in.n > sizeof wire - SG_SIV_TAG_BYTES;
    if (l->bad)
        return;
    sg_siv_seal(wire, &key, &ad, 1, in.p, in.n);
    put_word(SG_WORD_OK);
    put(wire, in.n + SG_SIV_TAG_BYTES);
}

static void do_unseal(struct line *l)
{
    struct sg_span ad;
    struct sg_siv_key key = siv_at(l, &ad);
    struct bytes in = bytes_at(l, 3);

    l->bad = l->bad || in.n > sizeof plain;
    if (!l->bad &&
        put_word(sg_siv_open(plain, &key, &ad, 1, in.p, in.n) ? SG_WORD_OK : SG_WORD_CORRUPT))
        put(plain, in.n - SG_SIV_TAG_BYTES);
}

static const struct command {
    const char *name;
    void (*run)(struct line *l);
} COMMANDS[] = {
    {"tape", do_tape},   {"left", do_left},     {"reset", do_reset},     {"identity", do_identity},
    {"offer", do_offer}, {"revoke", do_revoke}, {"check", do_check},     {"start", do_start},
    {"send", do_send},   {"rekey", do_rekey},   {"receive", do_receive}, {"open", do_open},
    {"copy", do_copy},   {"reload", do_reload}, {"accept", do_accept},   {"state", do_state},
    {"wrap", do_wrap},   {"scan", do_scan},     {"split", do_split},     {"join", do_join},
    {"seal", do_seal},   {"unseal", do_unseal},
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
