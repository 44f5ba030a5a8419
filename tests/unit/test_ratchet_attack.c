/*
 * Attacks on conversations: changed, forged, replayed, re-wrapped and malformed messages, offers
 * and openings; keys of low order; states put back. What is refused leaves the state as it was, but
 * for `suspect` and the list of bad headers.
 */
#include "ratchet.h"

#include "crypto/hash.h"
#include "ratchet/body.h"
#include "ratchet/bytes.h"
#include "ratchet/chain.h"
#include "ratchet/derive.h"
#include "ratchet/header.h"
#include "ratchet/offer_parts.h"

#include <sodium.h>

static uint8_t wire[SG_WIRE_MAX_BYTES], other[SG_WIRE_MAX_BYTES];
static struct sg_buffer before, after;
static struct pair p;

/* All points of order 1, 2, 4 and 8, and their unreduced forms. */
static const char *const LOW_ORDER[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000080",
};
#define LOW_ORDERS (sizeof LOW_ORDER / sizeof *LOW_ORDER)

/* ---- helpers -----------------------------------------------------------------------------------
 */

/* Both have spoken n times in turn; A is the next to speak. */
static void converse(unsigned n)
{
    size_t len;

    pair_start(&p);
    len = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    for (unsigned i = 0; i < n; i++) {
        len = say(p.sb, wire, "from B", NOW);
        assert_int_equal(sg_session_receive(p.sa, &p.got, p.plain, wire, len, NOW), SG_WORD_OK);
        len = say(p.sa, wire, "from A", NOW);
        assert_int_equal(sg_session_receive(p.sb, &p.got, p.plain, wire, len, NOW), SG_WORD_OK);
    }
}

static enum sg_word take(struct sg_session *s, const uint8_t *bytes, size_t len)
{
    return sg_session_receive(s, &p.got, p.plain, bytes, len, NOW);
}

/* Refused with the word, and nothing else has happened. */
static void assert_refused(struct sg_session *s, const uint8_t *bytes, size_t len,
                           enum sg_word word)
{
    bool suspect = s->suspect;
    uint32_t bad_count = s->bad_count;
    uint8_t bad[SG_BAD_MAX][8];
    static const uint8_t zeros[256];

    memcpy(bad, s->bad, sizeof bad);
    encode(&before, s);
    memset(p.plain, 0, sizeof zeros);
    assert_int_equal(take(s, bytes, len), word);
    assert_int_equal(s->suspect, suspect || word == SG_WORD_FORK);
    if (!build_is("valgrind")) /* there, what is wiped is undefined */
        assert_memory_equal(p.plain, zeros, sizeof zeros);
    s->suspect = suspect;
    s->bad_count = bad_count;
    memcpy(s->bad, bad, sizeof bad);
    encode(&after, s);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, after.len);
}

/*
 * Seals any body as the next message of a chain, whose keys the sender has, with any header; the
 * session stays as it is. n: bytes of body, zeros follow up to the length.
 */
static void craft(const struct sg_session *s, uint8_t *out, size_t len, size_t env,
                  const struct sg_message_header *header, const uint8_t *body, size_t n)
{
    uint8_t chain[32], mk[32], *at = out + env + SG_SEALED_HEADER_BYTES;
    struct sg_message_header h = {.pn = s->pn, .n = s->ns, .ep = s->ep_s};
    struct sg_span ad[] = {{s->sid, 32}, {out, env + SG_SEALED_HEADER_BYTES}};
    struct sg_siv_key key;

    memcpy(h.dh, s->dhs_public, 32);
    memcpy(chain, s->cks, 32);
    sg_chain_next(chain, mk);
    sg_siv_key(&key, mk);
    sg_message_header_seal(out + env, &s->hks, s->sid, header ? header : &h);
    memset(at, 0, len - env - SG_SEALED_HEADER_BYTES);
    if (n)
        memcpy(at + SG_SIV_TAG_BYTES, body, n);
    sg_siv_seal(at, &key, ad, 2, at + SG_SIV_TAG_BYTES,
                len - env - SG_SEALED_HEADER_BYTES - SG_SIV_TAG_BYTES);
}

static struct sg_message_header header_of(const struct sg_session *s)
{
    struct sg_message_header h = {.pn = s->pn, .n = s->ns, .ep = s->ep_s};

    memcpy(h.dh, s->dhs_public, 32);
    return h;
}

static struct sg_session *copy_of(const struct sg_session *s)
{
    struct sg_session *copy = malloc(sizeof *copy);

    assert_non_null(copy);
    memcpy(copy, s, sizeof *copy);
    return copy;
}

/* ---- changed on the way ------------------------------------------------------------------------
 */

static void flip_all(struct sg_session *s, size_t len, size_t step)
{
    for (size_t i = 0; i < len; i += step) {
        memcpy(other, wire, len);
        other[i] ^= (uint8_t)(1U << i % 8);
        assert_refused(s, other, len,
                       i < SG_SEALED_HEADER_BYTES ? SG_WORD_NOT_FOR_US : SG_WORD_CORRUPT);
    }
    assert_int_equal(take(s, wire, len), SG_WORD_OK);
}

static void test_flips(void **state)
{
    size_t len, step = stride(7, 61);

    (void)state;
    converse(3);
    len = say(p.sa, wire, "in the current chain", NOW);
    flip_all(p.sb, len, step);
    len = say(p.sb, wire, "in the next one", NOW);
    flip_all(p.sa, len, step);
    len = say(p.sb, wire, "late", NOW);
    memcpy(other, wire, len);
    say(p.sb, other, "before it", NOW);
    assert_int_equal(take(p.sa, other, len), SG_WORD_OK);
    assert_int_equal(p.got.gap, 1);
    flip_all(p.sa, len, step);
    assert_true(p.got.late);
}

static void test_flips_of_an_opening(void **state)
{
    size_t len, step = stride(31, 307);

    (void)state;
    pair_start(&p);
    len = say(p.sa, wire, "hello", NOW);
    assert_int_equal(len, 1536);
    for (size_t i = 0; i < len; i += step) {
        enum sg_word word;
        memcpy(other, wire, len);
        other[i] ^= (uint8_t)(1U << i % 8);
        word = pair_answer(&p, other, len, NOW);
        assert_int_equal(word, i < SG_ENVELOPE_BYTES ? SG_WORD_NOT_FOR_US : SG_WORD_CORRUPT);
    }
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
}

static void test_lengths(void **state)
{
    size_t len;

    (void)state;
    converse(1);
    len = say(p.sa, wire, "whole", NOW);
    memset(wire + len, 0, sizeof wire - len);
    for (size_t n = 0; n < 1100; n++)
        if (n != len)
            assert_refused(p.sb, wire, n,
                           sg_padding_is_class(n) ? SG_WORD_CORRUPT : SG_WORD_MALFORMED);
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK);
}

static void test_other_body(void **state)
{
    size_t len;

    (void)state;
    converse(2);
    len = say(p.sa, wire, "one", NOW);
    assert_int_equal(say(p.sa, other, "two", NOW), len);
    memcpy(other, wire, SG_SEALED_HEADER_BYTES); /* the first's header, the second's body */
    assert_refused(p.sb, other, len, SG_WORD_CORRUPT);
    for (unsigned i = 0; i < 5; i++) { /* the same again is one of three, not two */
        randombytes_buf(other + SG_SEALED_HEADER_BYTES, len - SG_SEALED_HEADER_BYTES);
        assert_int_equal(take(p.sb, other, len), SG_WORD_CORRUPT);
        assert_int_equal(p.sb->bad_count, 1);
        assert_false(p.got.advise_reopen);
    }
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK);
    assert_int_equal(p.sb->bad_count, 0);
    for (unsigned i = 0; i < 4; i++) {
        len = say(p.sa, other, "spoiled", NOW);
        other[len - 1] ^= 1;
        assert_int_equal(take(p.sb, other, len), SG_WORD_CORRUPT);
        assert_int_equal(p.got.advise_reopen, i >= 2);
        assert_int_equal(sg_session_advice(p.sb, NOW) & SG_ADVICE_REOPEN,
                         i >= 2 ? SG_ADVICE_REOPEN : 0);
    }
    assert_int_equal(p.sb->bad_count, SG_BAD_MAX);
    assert_false(p.sb->suspect);
}

static void test_garbage(void **state)
{
    const char *given = getenv("SG_RATCHET_GARBAGE");
    size_t count = given ? strtoul(given, NULL, 10) : stride(40, 400) == 1 ? 20000 : 200;
    const struct sg_offer_secret *offers[] = {&p.offer};
    uint64_t seed = seed_now();
    struct sg_opening found;

    (void)state;
    converse(40);
    for (unsigned i = 0; i < SG_OLD_CHAINS_MAX; i++) { /* as many header keys as there may be */
        struct sg_old_chain *chain = &p.sb->old[i];
        randombytes_buf(&chain->header, sizeof chain->header);
        chain->serial = i + 1;
        chain->time = NOW;
        p.sb->skipped[i] = (struct sg_skipped){.serial = i + 1, .n = i, .time = NOW};
    }
    p.sb->old_count = p.sb->skipped_count = SG_OLD_CHAINS_MAX;
    encode(&before, p.sb);
    for (size_t i = 0; i < count; i++) {
        size_t len = i % 4 ? 256U << i % 3 : i % 16 ? 2048 : next_number(&seed) % 3000;
        fill(wire, len, next_number(&seed));
        assert_int_not_equal(take(p.sb, wire, len), SG_WORD_OK);
        if (i % 16 == 0 && sg_padding_is_class(len))
            assert_int_equal(sg_session_find_opening(p.sa, &found, &p.b, offers, 1, wire, len, NOW),
                             SG_WORD_NOT_FOR_US);
    }
    encode(&after, p.sb);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, after.len);
}

/* ---- forged by one who has keys -----------------------------------------------------------------
 */

static void test_far_numbers(void **state)
{
    static const uint32_t FAR[] = {SG_CHAIN_MAX, SG_CHAIN_MAX + 1, UINT32_MAX};
    struct sg_message_header h;

    (void)state;
    converse(3);
    say(p.sa, wire, "lost", NOW);
    for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
        h = header_of(p.sa); /* under HKr */
        h.n = FAR[i];
        craft(p.sa, wire, 256, 0, &h, NULL, 0);
        assert_refused(p.sb, wire, 256, SG_WORD_TOO_FAR);
        h = header_of(p.sa);
        h.pn = FAR[i]; /* 20,000 is what an honest sender may have: it fails as the body does */
        craft(p.sa, wire, 256, 0, &h, NULL, 0);
        wire[255] ^= 1;
        assert_refused(p.sb, wire, 256, FAR[i] > SG_CHAIN_MAX ? SG_WORD_TOO_FAR : SG_WORD_CORRUPT);
    }
}

static void test_far_numbers_of_a_next_chain(void **state)
{
    static const uint32_t FAR[] = {SG_CHAIN_MAX, SG_CHAIN_MAX + 1, UINT32_MAX};
    struct sg_message_header h;

    (void)state;
    converse(3);
    say(p.sb, wire, "B begins a chain", NOW);
    for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
        h = header_of(p.sb);
        h.n = FAR[i];
        craft(p.sb, wire, 256, 0, &h, NULL, 0);
        assert_refused(p.sa, wire, 256, SG_WORD_TOO_FAR);
        h = header_of(p.sb);
        h.pn = FAR[i];
        craft(p.sb, wire, 256, 0, &h, NULL, 0);
        wire[255] ^= 1;
        assert_refused(p.sa, wire, 256, FAR[i] > SG_CHAIN_MAX ? SG_WORD_TOO_FAR : SG_WORD_CORRUPT);
        h.flags = 1;
        craft(p.sb, wire, 256, 0, &h, NULL, 0);
        assert_refused(p.sa, wire, 256, SG_WORD_UNSUPPORTED);
    }
    h = header_of(p.sb);
    h.n = SG_CHAIN_MAX - 1; /* the farthest that is tried */
    craft(p.sb, wire, 256, 0, &h, NULL, 0);
    assert_refused(p.sa, wire, 256, SG_WORD_CORRUPT);
}

static void test_old_header(void **state)
{
    struct sg_session *thief;
    struct sg_message_header h;
    size_t len;

    (void)state;
    converse(2);
    say(p.sa, other, "delayed", NOW);
    len = say(p.sa, wire, "read", NOW);
    thief = copy_of(p.sa); /* has the header key of what will be an old chain */
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK);
    len = say(p.sb, wire, "answer", NOW);
    assert_int_equal(take(p.sa, wire, len), SG_WORD_OK);
    len = say(p.sa, wire, "in the next chain", NOW);
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK);
    assert_int_equal(p.sb->old_count, 1);
    h = header_of(thief);
    h.dh[0] ^= 1;
    craft(thief, wire, 256, 0, &h, NULL, 0);
    assert_refused(p.sb, wire, 256, SG_WORD_CORRUPT);
    h = header_of(thief);
    h.ep ^= 1;
    craft(thief, wire, 256, 0, &h, NULL, 0);
    assert_refused(p.sb, wire, 256, SG_WORD_CORRUPT);
    craft(thief, wire, 256, 0, NULL, NULL, 0); /* a number of which no key was kept */
    assert_refused(p.sb, wire, 256, SG_WORD_DUPLICATE);
    assert_int_equal(p.sb->bad_count, 0); /* an old chain's headers do not count */
    assert_int_equal(take(p.sb, other, 256), SG_WORD_OK);
    assert_true(heard(&p.got, "delayed") && p.got.late);
    assert_int_equal(p.sb->old_count, 0);
    free(thief);
}

static void test_low_order_ratchet_key(void **state)
{
    struct sg_message_header h;

    (void)state;
    converse(2);
    say(p.sb, wire, "B begins a chain", NOW);
    for (size_t i = 0; i < LOW_ORDERS; i++) {
        h = header_of(p.sb);
        from_hex(h.dh, LOW_ORDER[i]);
        craft(p.sb, other, 256, 0, &h, NULL, 0);
        assert_refused(p.sa, other, 256, SG_WORD_CORRUPT);
    }
    assert_int_equal(take(p.sa, wire, 256), SG_WORD_OK);
}

/* ---- items -------------------------------------------------------------------------------------
 */

static size_t item(uint8_t *at, unsigned type, size_t len, uint8_t value)
{
    at[0] = (uint8_t)type;
    sg_put16(at + 1, (uint32_t)len);
    memset(at + 3, value, len);
    return 3 + len;
}

/* Sends such a body from A to B, who refuses it (or not). */
static void assert_body(const uint8_t *body, size_t n, enum sg_word word)
{
    craft(p.sa, wire, 4096, 0, NULL, body, n);
    if (word == SG_WORD_OK) {
        struct sg_session *kept = copy_of(p.sb);
        assert_int_equal(take(p.sb, wire, 4096), word);
        memcpy(p.sb, kept, sizeof *kept);
        free(kept);
    } else {
        assert_refused(p.sb, wire, 4096, word);
    }
}

static void test_items(void **state)
{
    static const struct {
        unsigned type;
        size_t len;
    } SIZES[] = {{SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES},
                 {SG_ITEM_PQ_CT, SG_ITEM_PQ_CT_BYTES},
                 {SG_ITEM_TIME, 8},
                 {SG_ITEM_OFFER, SG_OFFER_BYTES},
                 {SG_ITEM_REKEY, 0}};
    uint8_t body[4096];
    size_t n;

    (void)state;
    converse(3);
    say(p.sa, wire, "a chain", NOW);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        for (size_t len = SIZES[i].len ? SIZES[i].len - 1 : 0; len <= SIZES[i].len + 1; len++) {
            n = item(body, SIZES[i].type, len, 1);
            assert_body(body, n, len == SIZES[i].len ? SG_WORD_OK : SG_WORD_MALFORMED);
            n += item(body + n, SIZES[i].type, len, 1); /* and twice */
            assert_body(body, n, SG_WORD_MALFORMED);
        }
    assert_body(body, item(body, SG_ITEM_TEXT, 0, 0), SG_WORD_MALFORMED);
    assert_body(body, 0, SG_WORD_OK);             /* a heartbeat */
    for (unsigned type = 8; type < 256; type++) { /* those that are not known */
        n = item(body, type, type, 7);
        assert_body(body, n, type < 0x80 ? SG_WORD_OK : SG_WORD_UNSUPPORTED);
        if (type < 0x80)
            assert_body(body, n + item(body + n, type, 1, 7), SG_WORD_MALFORMED);
    }
    n = 4096 - SG_SEALED_HEADER_BYTES - SG_SIV_TAG_BYTES; /* an item cut off by the end */
    for (size_t over = 0; over < 5; over++) {
        item(body, SG_ITEM_TEXT, n - 3, 'x');
        sg_put16(body + 1, (uint32_t)(n - 3 + over));
        assert_body(body, n, over ? SG_WORD_MALFORMED : SG_WORD_OK);
    }
    for (size_t left = 1; left < 3; left++) { /* and its head */
        item(body, SG_ITEM_TEXT, n - 3 - left, 'x');
        body[n - left] = SG_ITEM_TIME;
        body[n - 1] = left == 1 ? SG_ITEM_TIME : 0;
        assert_body(body, n, SG_WORD_MALFORMED);
    }
}

static void test_padding_is_zero(void **state)
{
    size_t n = 256 - SG_SEALED_HEADER_BYTES - SG_SIV_TAG_BYTES, used;
    uint8_t body[256];

    (void)state;
    converse(2);
    say(p.sa, wire, "a chain", NOW);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
    memset(body, 0, sizeof body);
    used = item(body, SG_ITEM_TEXT, 5, 'x');
    for (size_t i = used + 1; i < n; i++) {
        body[i] = 1;
        craft(p.sa, wire, 256, 0, NULL, body, n);
        assert_refused(p.sb, wire, 256, SG_WORD_MALFORMED);
        body[i] = 0;
    }
    craft(p.sa, wire, 256, 0, NULL, body, n);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
}

static void test_epoch_items(void **state)
{
    static uint8_t body[2048];
    size_t n;

    (void)state;
    converse(1);
    say(p.sa, wire, "a chain", NOW);
    (void)take(p.sb, wire, 1536);
    for (uint32_t e = 0; e <= SG_EPOCH_LAST; e += e == 0 || e == SG_EPOCH_LAST - 1 ? 1 : 32767) {
        bool sound = e != 0 && e != SG_EPOCH_LAST;
        n = item(body, SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES, 1);
        sg_put16(body + 3, e);
        assert_body(body, n, sound ? SG_WORD_OK : SG_WORD_MALFORMED);
        n = item(body, SG_ITEM_PQ_CT, SG_ITEM_PQ_CT_BYTES, 1);
        sg_put16(body + 3, e);
        assert_body(body, n, sound ? SG_WORD_OK : SG_WORD_MALFORMED);
        if (e == SG_EPOCH_LAST)
            break;
    }
    for (size_t at = 0; at < 1152; at += 3) { /* an ek with one coefficient of 3329 or more */
        n = item(body, SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES, 0);
        sg_put16(body + 3, 1);
        body[5 + at] = 0x01;
        body[5 + at + 1] = 0x0d;
        assert_body(body, n, SG_WORD_MALFORMED);
        body[5 + at] = 0x00;
        assert_body(body, n, SG_WORD_OK);
        body[5 + at + 1] = 0x10;
        body[5 + at + 2] = 0xd0;
        assert_body(body, n, SG_WORD_MALFORMED);
    }
}

/* An item for another epoch, or from the wrong side, changes nothing but the count. */
static void assert_ignored(const uint8_t *body, size_t n)
{
    struct sg_epoch q = p.sb->pq;
    struct sg_session *kept = copy_of(p.sb);

    craft(p.sa, wire, 4096, 0, NULL, body, n);
    assert_int_equal(take(p.sb, wire, 4096), SG_WORD_OK);
    q.count++;
    assert_memory_equal(&p.sb->pq, &q, sizeof q);
    memcpy(p.sb, kept, sizeof *kept);
    free(kept);
}

static void test_stray_epoch_items(void **state)
{
    static uint8_t body[4096];
    size_t n;

    (void)state;
    pair_start(&p);
    n = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, n, NOW), SG_WORD_OK);
    n = say(p.sb, wire, "with an ek", NOW);
    assert_int_equal(take(p.sa, wire, n), SG_WORD_OK);
    say(p.sa, wire, "a chain", NOW);
    assert_int_equal(p.sb->pq.phase, SG_PHASE_OFFERING);   /* epoch 1: B offers */
    n = item(body, SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES, 1); /* and A does, too */
    sg_put16(body + 3, 1);
    assert_ignored(body, n);
    n = item(body, SG_ITEM_PQ_CT, SG_ITEM_PQ_CT_BYTES, 1); /* of the epoch after */
    sg_put16(body + 3, 2);
    assert_ignored(body, n);
    converse(2);
    assert_int_equal(p.sb->pq.root, 1);
    say(p.sa, wire, "a chain", NOW);
    (void)take(p.sb, wire, 256);
    assert_int_equal(p.sb->pq.phase, SG_PHASE_WAIT_EK); /* epoch 2: A offers */
    for (uint32_t e = 1; e < 5; e++) {
        n = item(body, SG_ITEM_PQ_CT, SG_ITEM_PQ_CT_BYTES, 1); /* nobody asked */
        sg_put16(body + 3, e);
        assert_ignored(body, n);
        n = item(body, SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES, 1);
        sg_put16(body + 3, e);
        if (e != 2)
            assert_ignored(body, n);
    }
    n = item(body, SG_ITEM_REKEY, 0, 0); /* B does not offer */
    assert_ignored(body, n);
    n = item(body, SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES, 1); /* the right one; then it is kept */
    sg_put16(body + 3, 2);
    craft(p.sa, wire, 4096, 0, NULL, body, n);
    assert_int_equal(take(p.sb, wire, 4096), SG_WORD_OK);
    assert_int_equal(p.sb->pq.phase, SG_PHASE_PENDING);
    assert_int_equal(p.sb->pq.bytes[0], 1);
    say(p.sa, wire, "the chain goes on", NOW); /* as A's own state has it: number ns */
    n = item(body, SG_ITEM_PQ_EK, SG_ITEM_PQ_EK_BYTES, 2);
    sg_put16(body + 3, 2);
    assert_ignored(body, n); /* the first wins */
}

/* ---- openings ----------------------------------------------------------------------------------
 */

/* An envelope around any block, for the maker of an offer, as anybody can make it. */
static void envelop(uint8_t *out, const uint8_t *offer, const uint8_t *e_public,
                    const uint8_t block[static 129])
{
    uint8_t e[32], ct_coins[32], shared[32], oh[32], salt[32], ikm[96], k[32];
    struct sg_siv_key key;
    struct sg_span public[] = {{oh, 32}, {out, 32 + 1088}};
    bool ok;

    randombytes_buf(e, 32);
    randombytes_buf(ct_coins, 32);
    sg_x25519_public(out, e);
    if (e_public)
        memcpy(out, e_public, 32);
    ok = sg_mlkem768_encapsulate_with(out + 32, shared, offer + SG_OFFER_PQPK_AT, ct_coins) &&
         sg_x25519(ikm, e, offer + SG_OFFER_SPK_AT) &&
         sg_x25519(ikm + 32, e, offer + SG_OFFER_IKD_AT);
    assert_true(ok);
    memcpy(ikm + 64, shared, 32);
    sg_offer_hash(oh, offer);
    sg_derive_hash(salt, "env", public, 2);
    sg_derive_kdf(k, 32, salt, 32, ikm, 96, "envelope", NULL, 0);
    sg_siv_key(&key, k);
    sg_siv_seal(out + 32 + 1088, &key, NULL, 0, block, 129);
}

/* Opens an envelope as the maker of the offer does. */
static void unwrap(uint8_t block[static 129], const uint8_t *env, const struct sg_offer_secret *o,
                   const struct sg_ratchet_identity *id)
{
    uint8_t shared[32], oh[32], salt[32], ikm[96], k[32], public_key[SG_MLKEM768_PUBLIC_BYTES];
    struct sg_span public[] = {{oh, 32}, {env, 32 + 1088}};
    struct sg_mlkem768_key kem;
    struct sg_siv_key key;

    assert_true(sg_x25519(ikm, o->spk, env) && sg_x25519(ikm + 32, id->dh, env));
    sg_mlkem768_keypair(public_key, &kem, o->seed);
    sg_mlkem768_decapsulate(shared, env + 32, &kem);
    memcpy(ikm + 64, shared, 32);
    sg_offer_hash(oh, o->offer);
    sg_derive_hash(salt, "env", public, 2);
    sg_derive_kdf(k, 32, salt, 32, ikm, 96, "envelope", NULL, 0);
    sg_siv_key(&key, k);
    assert_true(sg_siv_open(block, &key, NULL, 0, env + 32 + 1088, 161));
}

static void test_wrapped_for_a_third(void **state)
{
    const struct sg_offer_secret *offers[1];
    struct sg_offer_secret theirs;
    struct sg_ratchet_identity carol;
    struct sg_opening found;
    uint8_t block[129];
    size_t len;

    (void)state;
    pair_start(&p);
    len = say(p.sa, wire, "for Bob only", NOW);
    unwrap(block, wire, &p.offer, &p.b); /* Bob knows what Alice told him */
    sg_ratchet_identity_new(&carol, &p.hedge);
    sg_offer_new(&theirs, &carol, SG_OFFER_REUSABLE, TODAY + 30, &p.hedge);
    offers[0] = &theirs;
    envelop(wire, theirs.offer, NULL, block); /* and passes it on to Carol as if from Alice */
    assert_int_equal(sg_session_find_opening(p.sb, &found, &carol, offers, 1, wire, len, NOW),
                     SG_WORD_OK); /* the envelope is good */
    assert_memory_equal(&p.sb->peer, &p.a.public, sizeof p.sb->peer);
    assert_int_equal(take(p.sb, wire, len), SG_WORD_CORRUPT); /* the session is not Alice's */
}

static void test_blocks(void **state)
{
    uint8_t block[129], changed[129];
    uint8_t point[32];
    size_t len;

    (void)state;
    pair_start(&p);
    len = say(p.sa, wire, "hello", NOW);
    unwrap(block, wire, &p.offer, &p.b);
    for (size_t i = 0; i < LOW_ORDERS; i++) {
        from_hex(point, LOW_ORDER[i]);
        memcpy(changed, block, sizeof block);
        memcpy(changed + 33, point, 32); /* IKd */
        envelop(wire, p.offer.offer, NULL, changed);
        assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_NOT_FOR_US);
        memcpy(changed, block, sizeof block);
        memcpy(changed + 65, point, 32); /* E0 */
        envelop(wire, p.offer.offer, NULL, changed);
        assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_NOT_FOR_US);
        envelop(wire, p.offer.offer, point, block); /* E */
        assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_NOT_FOR_US);
    }
    for (unsigned version = 0; version < 256; version++) {
        memcpy(changed, block, sizeof block);
        changed[0] = (uint8_t)version;
        envelop(wire, p.offer.offer, NULL, changed);
        assert_int_equal(pair_answer(&p, wire, len, NOW),
                         version == 1 ? SG_WORD_CORRUPT : SG_WORD_UNSUPPORTED);
    }
    memcpy(changed, block, sizeof block);
    memcpy(changed + 1, &p.b.public, SG_PARTY_BYTES); /* oneself */
    envelop(wire, p.offer.offer, NULL, changed);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_NOT_FOR_US);
    memcpy(changed, block, sizeof block);
    memcpy(changed + 1, &p.b.public.sign, 32); /* half oneself is somebody else */
    envelop(wire, p.offer.offer, NULL, changed);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_CORRUPT);
}

static void test_opened_dates(void **state)
{
    uint8_t body[64];
    size_t n;

    (void)state;
    pair_start(&p);
    p.sa->opened = NOW + SG_DAY_MS;
    n = say(p.sa, wire, "a day ahead", NOW);
    assert_int_equal(pair_answer(&p, wire, n, NOW), SG_WORD_OK);
    assert_int_equal(p.sb->opened, NOW + SG_DAY_MS);
    p.sa->opened++;
    n = say(p.sa, wire, "another date than before", NOW);
    assert_refused(p.sb, wire, n, SG_WORD_MALFORMED);
    n = say(p.sa, wire, "too far ahead", NOW);
    assert_int_equal(pair_answer(&p, wire, n, NOW), SG_WORD_CLOCK);
    assert_int_equal(pair_answer(&p, wire, n, NOW + 1), SG_WORD_OK); /* the same bytes, later */
    p.sa->opened = NOW;

    pair_start(&p);
    n = say(p.sa, wire, "hello", NOW);
    assert_int_equal(pair_answer(&p, wire, n, NOW), SG_WORD_OK);
    craft(p.sa, wire, 1536, SG_ENVELOPE_BYTES, NULL, NULL,
          0); /* with an envelope, without OPENED */
    assert_refused(p.sb, wire, 1536, SG_WORD_MALFORMED);
    n = item(body, SG_ITEM_OPENED, 8, 0);
    sg_put64(body + 3, NOW);
    craft(p.sa, wire, 256, 0, NULL, body, n); /* OPENED without an envelope */
    assert_refused(p.sb, wire, 256, SG_WORD_MALFORMED);
    craft(p.sa, wire, 256, 0, NULL, body,
          n + item(body + n, 0x80, 0, 0)); /* the first fault tells */
    assert_refused(p.sb, wire, 256, SG_WORD_MALFORMED);
    memmove(body + 3, body, n);
    item(body, 0x80, 0, 0);
    craft(p.sa, wire, 256, 0, NULL, body, n + 3);
    assert_refused(p.sb, wire, 256, SG_WORD_UNSUPPORTED);
    memmove(body, body + 3, n);
    memcpy(wire, other, SG_ENVELOPE_BYTES);
    craft(p.sa, wire, 1536, SG_ENVELOPE_BYTES, NULL, body, n);
    assert_int_equal(take(p.sb, wire, 1536), SG_WORD_OK); /* what is before it need not open */
}

static void test_sixteen_envelopes(void **state)
{
    static uint8_t all[SG_ENVELOPES][1536];
    struct sg_outgoing m = {.text = (const uint8_t *)"hello", .text_len = 5};
    struct sg_opening found, first;
    const struct sg_offer_secret *offers[] = {&p.offer};
    size_t len;

    (void)state;
    pair_start(&p);
    for (size_t i = 0; i < SG_ENVELOPES; i++) {
        assert_int_equal(say(p.sa, all[i], "hello", NOW), 1536);
        assert_int_equal(sg_session_find_opening(p.sb, &found, &p.b, offers, 1, all[i], 1536, NOW),
                         SG_WORD_OK);
        if (i == 0)
            first = found;
        assert_memory_equal(found.seen, first.seen, sizeof found.seen); /* one tombstone for all */
        encode(&before, p.sa);
        assert_true(sg_session_decode(p.sa, before.data, before.len));
    }
    for (size_t i = 0; i < SG_ENVELOPES;
         i++) /* no byte of two openings is more alike than chance */
        for (size_t j = 0; j < i; j++) {
            size_t same = 0;
            for (size_t at = 0; at < 1536; at++)
                same += all[i][at] == all[j][at];
            assert_true(same < 40); /* 6 are expected; 40 has a chance of 10^-19 */
        }
    encode(&before, p.sa);
    assert_int_equal(sg_session_send(p.sa, wire, &len, NULL, &m, NOW, &p.hedge),
                     SG_WORD_UNANSWERED);
    encode(&after, p.sa);
    assert_memory_equal(before.data, after.data, after.len);
    m.force = true;
    assert_int_equal(sg_session_send(p.sa, wire, &len, NULL, &m, NOW, &p.hedge), SG_WORD_OK);
    assert_memory_equal(wire, all[SG_ENVELOPES - 1], SG_ENVELOPE_BYTES);
    assert_int_equal(pair_answer(&p, all[9], 1536, NOW), SG_WORD_OK); /* any of them will do */
    assert_int_equal(take(p.sb, all[3], 1536), SG_WORD_OK);
    assert_true(p.got.late);
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK);
    assert_int_equal(take(p.sb, all[3], 1536), SG_WORD_DUPLICATE);
    len = say(p.sb, wire, "answer", NOW);
    assert_int_equal(take(p.sa, wire, len), SG_WORD_OK);
    assert_int_equal(say(p.sa, wire, "no envelope any more", NOW), 1536); /* but a ciphertext */
    assert_int_equal(p.sa->envelopes, 0);
    assert_int_equal(take(p.sb, wire, 1536), SG_WORD_OK);
}

/* ---- offers ------------------------------------------------------------------------------------
 */

static enum sg_word judge(const uint8_t *offer, size_t n, uint32_t today)
{
    const char *why;
    enum sg_word word = sg_offer_check(offer, n, today, &why);

    assert_int_equal(why == NULL, word == SG_WORD_OK);
    return word;
}

/* Signs what is in the offer anew, as its maker could. */
static void sign_again(uint8_t *offer, const struct sg_ratchet_identity *id)
{
    uint8_t text[SG_LABEL_MAX_BYTES + SG_OFFER_SIGNATURE_AT];
    size_t n = sg_derive_label(text, "offer");

    memcpy(text + n, offer, SG_OFFER_SIGNATURE_AT);
    sg_sign(offer + SG_OFFER_SIGNATURE_AT, text, n + SG_OFFER_SIGNATURE_AT, id->sign);
}

static void test_offers(void **state)
{
    static const struct {
        size_t at, n;
    } PARTS[] = {{SG_OFFER_IKS_AT, 32},
                 {SG_OFFER_IKD_AT, 32},
                 {SG_OFFER_SPK_AT, 32},
                 {SG_OFFER_PQPK_AT, SG_MLKEM768_PUBLIC_BYTES},
                 {SG_OFFER_SIGNATURE_AT, 64}};
    struct sg_offer_secret mine, theirs;
    struct sg_ratchet_identity id, thief;
    uint8_t changed[SG_OFFER_BYTES + 1];

    (void)state;
    sg_ratchet_identity_new(&id, &p.hedge);
    sg_ratchet_identity_new(&thief, &p.hedge);
    sg_offer_new(&mine, &id, SG_OFFER_SINGLE, TODAY, &p.hedge);
    sg_offer_new(&theirs, &thief, SG_OFFER_SINGLE, TODAY, &p.hedge);
    assert_int_equal(judge(mine.offer, SG_OFFER_BYTES, TODAY), SG_WORD_OK);
    assert_int_equal(judge(mine.offer, SG_OFFER_BYTES, TODAY + 1), SG_WORD_EXPIRED);
    for (size_t n = 0; n <= SG_OFFER_BYTES + 1; n += n == 0 ? SG_OFFER_BYTES - 1 : 2)
        assert_int_equal(judge(mine.offer, n, TODAY), SG_WORD_MALFORMED);
    for (size_t i = 0; i < SG_OFFER_BYTES; i += stride(7, 61)) {
        memcpy(changed, mine.offer, SG_OFFER_BYTES);
        changed[i] ^= (uint8_t)(1U << i % 8);
        assert_int_not_equal(judge(changed, SG_OFFER_BYTES, TODAY), SG_WORD_OK);
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) { /* parts of another's offer */
        memcpy(changed, mine.offer, SG_OFFER_BYTES);
        memcpy(changed + PARTS[i].at, theirs.offer + PARTS[i].at, PARTS[i].n);
        assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY), SG_WORD_CORRUPT);
    }
    for (unsigned x = 0; x < 256; x++) { /* signed by its maker, and still not acceptable */
        memcpy(changed, mine.offer, SG_OFFER_BYTES);
        changed[SG_OFFER_VERSION_AT] = (uint8_t)x;
        sign_again(changed, &id);
        assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY),
                         x == 1 ? SG_WORD_OK : SG_WORD_UNSUPPORTED);
        memcpy(changed, mine.offer, SG_OFFER_BYTES);
        changed[SG_OFFER_SUITE_AT] = (uint8_t)x;
        sign_again(changed, &id);
        assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY),
                         x == 1 ? SG_WORD_OK : SG_WORD_UNSUPPORTED);
        memcpy(changed, mine.offer, SG_OFFER_BYTES);
        changed[SG_OFFER_KIND_AT] = (uint8_t)x;
        sign_again(changed, &id);
        assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY),
                         x == 1 || x == 2 ? SG_WORD_OK : SG_WORD_MALFORMED);
        memcpy(changed, mine.offer, SG_OFFER_BYTES);
        changed[SG_OFFER_SPOKEN_AT] = (uint8_t)x; /* is for later versions */
        sign_again(changed, &id);
        assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY), SG_WORD_OK);
    }
    memcpy(changed, mine.offer, SG_OFFER_BYTES);
    memset(changed + SG_OFFER_PQPK_AT, 0xff, 3);
    sign_again(changed, &id);
    assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY), SG_WORD_MALFORMED);
}

static void test_low_order_offers(void **state)
{
    static const struct sg_session zeros;
    uint8_t changed[SG_OFFER_BYTES];

    (void)state;
    pair_start(&p);
    for (size_t i = 0; i < LOW_ORDERS; i++)
        for (size_t at = SG_OFFER_IKD_AT; at <= SG_OFFER_SPK_AT; at += 32) {
            memcpy(changed, p.offer.offer, SG_OFFER_BYTES);
            from_hex(changed + at, LOW_ORDER[i]);
            sign_again(changed, &p.b);
            assert_int_equal(judge(changed, SG_OFFER_BYTES, TODAY), SG_WORD_OK);
            assert_int_equal(sg_session_start(p.sa, &p.a, changed, NOW, NOW, &p.hedge),
                             SG_WORD_MALFORMED);
            assert_memory_equal(p.sa, &zeros, sizeof zeros);
        }
    assert_int_equal(sg_session_start(p.sa, &p.b, p.offer.offer, NOW, NOW, &p.hedge),
                     SG_WORD_MALFORMED); /* one's own */
}

/* The two offers of the specification that one library or another would take. */
static void test_torsion_offers(void **state)
{
    uint8_t t8[32], h[64], a[32], r[32], R[32], key[32], k[32], s[32], digest[32], wide[64] = {0};
    uint8_t text[SG_LABEL_MAX_BYTES + SG_OFFER_SIGNATURE_AT], *sig;
    struct sg_offer_secret o;
    struct sg_ratchet_identity b;
    uint8_t offer[SG_OFFER_BYTES];

    (void)state;
    from_hex(t8, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    PUT_TAPE(0x21, 0x22);
    sg_ratchet_identity_new(&b, &p.hedge);
    PUT_TAPE(0x23, 0x24, 0x24);
    sg_offer_new(&o, &b, SG_OFFER_REUSABLE, 20800, &p.hedge);
    sg_sha512(h, b.sign, 32);
    memcpy(a, h, 32);
    a[0] &= 248;
    a[31] = (uint8_t)((a[31] & 127) | 64);
    for (int i = 0; i < 2; i++) { /* the key, then the signature's point has a torsion part */
        size_t n;
        memcpy(offer, o.offer, sizeof offer);
        sig = offer + SG_OFFER_SIGNATURE_AT;
        memset(wide, 0x71, 32);
        crypto_core_ed25519_scalar_reduce(r, wide);
        assert_int_equal(crypto_scalarmult_ed25519_base_noclamp(R, r), 0);
        memcpy(key, b.public.sign, 32);
        assert_int_equal(crypto_core_ed25519_add(i == 0 ? key : R, i == 0 ? key : R, t8), 0);
        memcpy(offer + SG_OFFER_IKS_AT, key, 32);
        n = sg_derive_label(text, "offer");
        memcpy(text + n, offer, SG_OFFER_SIGNATURE_AT);
        {
            struct sg_sha512 hash;
            sg_sha512_init(&hash);
            sg_sha512_update(&hash, R, 32);
            sg_sha512_update(&hash, key, 32);
            sg_sha512_update(&hash, text, n + SG_OFFER_SIGNATURE_AT);
            sg_sha512_final(&hash, h);
        }
        crypto_core_ed25519_scalar_reduce(k, h);
        memset(wide, 0, sizeof wide);
        memcpy(wide, a, 32);
        crypto_core_ed25519_scalar_reduce(s, wide);
        crypto_core_ed25519_scalar_mul(s, k, s);
        crypto_core_ed25519_scalar_add(s, r, s);
        memcpy(sig, R, 32);
        memcpy(sig + 32, s, 32);
        sg_blake2b(digest, 32, NULL, 0, offer, sizeof offer);
        assert_hex(digest,
                   i == 0 ? "63cca179cc8bfe59a87297dcc8938030878919fe543d0de0678e815c44502b98"
                          : "d9fea521acfcbf6343a4029a29bccbfa6cc40b2b06756c93086ac07ea63de94a");
        assert_int_equal(judge(offer, sizeof offer, 20000), SG_WORD_CORRUPT);
    }
    assert_int_equal(judge(o.offer, SG_OFFER_BYTES, 20000), SG_WORD_OK);
}

/* ---- states put back ---------------------------------------------------------------------------
 */

static void test_rollback_in_a_chain(void **state)
{
    struct sg_session *old;
    size_t len;

    (void)state;
    converse(2);
    say(p.sa, wire, "one", NOW);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
    old = copy_of(p.sa);
    say(p.sa, wire, "two", NOW);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
    memcpy(p.sa, old, sizeof *old);
    len = say(p.sa, wire, "two again, in other words", NOW);
    assert_refused(p.sb, wire, len, SG_WORD_DUPLICATE);
    assert_false(p.sb->suspect);
    len = say(p.sa, wire, "three", NOW);
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK); /* only the lost one is missed */
    free(old);
}

static void test_rollback_before_a_step(void **state)
{
    struct sg_session *old;
    size_t len, back;

    (void)state;
    converse(2);
    old = copy_of(p.sa); /* has heard B, and not yet answered */
    memcpy(p.sa, old, sizeof *old);
    len = say(p.sb, wire, "B", NOW);
    assert_int_equal(take(p.sa, wire, len), SG_WORD_OK);
    free(old);
    old = copy_of(p.sa);
    len = say(p.sa, wire, "an answer", NOW);
    assert_int_equal(take(p.sb, wire, len), SG_WORD_OK);
    back = say(p.sb, other, "to that answer", NOW);
    memcpy(p.sa, old, sizeof *old); /* back to before the answer */
    len = say(p.sa, wire, "another answer", NOW);
    assert_refused(p.sb, wire, len, SG_WORD_FORK); /* the same chain with another key */
    assert_int_equal(take(p.sb, wire, len), SG_WORD_FORK);
    assert_true(p.sb->suspect);
    assert_refused(p.sa, other, back, SG_WORD_CORRUPT); /* B's reply reaches the one put back */
    {
        struct sg_outgoing m = {.text = NULL};
        assert_int_equal(sg_session_send(p.sb, wire, &len, NULL, &m, NOW, &p.hedge),
                         SG_WORD_SUSPECT);
        m.force = true;
        assert_int_equal(sg_session_send(p.sb, wire, &len, NULL, &m, NOW, &p.hedge), SG_WORD_OK);
        sg_session_trust(p.sb);
        m.force = false;
        assert_int_equal(sg_session_send(p.sb, wire, &len, NULL, &m, NOW, &p.hedge), SG_WORD_OK);
    }
    free(old);
}

static void test_forks(void **state)
{
    struct sg_message_header h;
    size_t len;

    (void)state;
    converse(3);
    say(p.sa, wire, "a chain", NOW);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
    h = header_of(p.sa); /* under HKr with another key, or another epoch */
    h.dh[5] ^= 1;
    craft(p.sa, wire, 256, 0, &h, NULL, 0);
    assert_refused(p.sb, wire, 256, SG_WORD_FORK);
    h = header_of(p.sa);
    h.ep++;
    craft(p.sa, wire, 256, 0, &h, NULL, 0);
    assert_refused(p.sb, wire, 256, SG_WORD_FORK);

    len = say(p.sb, wire, "B begins a chain", NOW);
    h = header_of(p.sb); /* under NHKr, with an epoch that A is not in */
    h.ep += 1;
    craft(p.sb, other, 256, 0, &h, NULL, 0);
    assert_refused(p.sa, other, 256, SG_WORD_FORK);
    h.ep = 0;
    craft(p.sb, other, 256, 0, &h, NULL, 0);
    assert_refused(p.sa, other, 256, SG_WORD_FORK);
    h = header_of(p.sb);
    h.pn = p.sa->nr - 1; /* fewer than A has read of the chain before */
    craft(p.sb, other, 256, 0, &h, NULL, 0);
    assert_refused(p.sa, other, 256, SG_WORD_FORK);
    assert_int_equal(take(p.sa, wire, len), SG_WORD_OK);
    h = header_of(p.sb); /* A must answer first: no third chain can there be */
    p.sb->hks = p.sb->nhks;
    craft(p.sb, other, 256, 0, &h, NULL, 0);
    assert_refused(p.sa, other, 256, SG_WORD_FORK);
}

/* ---- the size-selective dropper ----------------------------------------------------------------
 */

static void test_large_ones_dropped(void **state)
{
    uint64_t now = NOW;
    unsigned read[2] = {0, 0};
    size_t len;

    (void)state;
    pair_start(&p);
    len = say(p.sa, wire, "hello", now);
    assert_int_equal(pair_answer(&p, wire, len, now), SG_WORD_OK);
    len = say(p.sb, wire, "let through", now);
    assert_int_equal(take(p.sa, wire, len), SG_WORD_OK);
    for (unsigned i = 0; i < 200; i++, now += 1000) {
        struct sg_session *from = i % 2 ? p.sb : p.sa, *to = i % 2 ? p.sa : p.sb;
        for (unsigned j = 0; j < 4; j++) { /* the first has a ct or an ek with it, and is dropped */
            len = say(from, wire, "small", now);
            if (len >= 1536)
                continue;
            assert_int_equal(sg_session_receive(to, &p.got, p.plain, wire, len, now), SG_WORD_OK);
            read[i % 2]++;
        }
    }
    assert_true(read[0] >= 300 && read[1] >= 300);
    assert_int_equal(p.sa->pq.root, 0);
    assert_int_equal(p.sb->pq.root, 0);
    assert_true(sg_session_advice(p.sa, now) & SG_ADVICE_STALLED);
    assert_true(sg_session_advice(p.sb, now) & (SG_ADVICE_STALLED | SG_ADVICE_NO_EPOCH));
    for (unsigned i = 0; i < 6; i++) { /* and it heals as soon as they are let through */
        struct sg_session *from = i % 2 ? p.sb : p.sa, *to = i % 2 ? p.sa : p.sb;
        len = say(from, wire, "small", now);
        assert_int_equal(sg_session_receive(to, &p.got, p.plain, wire, len, now), SG_WORD_OK);
    }
    assert_int_equal(p.sa->pq.root, 1);
    assert_int_equal(p.sb->pq.root, 1);
}

/* ---- stored states ------------------------------------------------------------------------------
 */

static void test_stored_states(void **state)
{
    struct sg_session *s;
    uint8_t *copy;
    size_t n;

    (void)state;
    converse(3);
    say(p.sa, wire, "lost", NOW);
    say(p.sa, wire, "lost", NOW);
    say(p.sa, wire, "read", NOW);
    assert_int_equal(take(p.sb, wire, 256), SG_WORD_OK);
    encode(&before, p.sb);
    n = before.len;
    copy = malloc(n + 1);
    s = copy_of(p.sb);
    for (size_t i = 0; i < n; i++) { /* cut short anywhere, or with more behind */
        memcpy(copy, before.data, n);
        assert_false(sg_session_decode(s, copy, i));
    }
    assert_false(sg_session_decode(s, copy, n + 1));
    for (size_t i = 0; i < n; i++) /* changed: not read, or read as what it says */
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(copy, before.data, n);
            copy[i] ^= (uint8_t)(1U << bit);
            if (!sg_session_decode(s, copy, n))
                continue;
            encode(&after, s);
            assert_int_equal(after.len, n);
            assert_memory_equal(after.data, copy, n);
        }
    assert_true(sg_session_decode(s, before.data, n));
    free(copy);
    free(s);
}

static int set_up(void **state)
{
    if (start_library(state) != 0)
        return -1;
    pair_new(&p);
    sg_buffer_init_secret(&before, SG_SESSION_MAX_BYTES);
    sg_buffer_init_secret(&after, SG_SESSION_MAX_BYTES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pair_free(&p);
    sg_buffer_free(&before);
    sg_buffer_free(&after);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flips),
        cmocka_unit_test(test_flips_of_an_opening),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_other_body),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_far_numbers),
        cmocka_unit_test(test_far_numbers_of_a_next_chain),
        cmocka_unit_test(test_old_header),
        cmocka_unit_test(test_low_order_ratchet_key),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_padding_is_zero),
        cmocka_unit_test(test_epoch_items),
        cmocka_unit_test(test_stray_epoch_items),
        cmocka_unit_test(test_wrapped_for_a_third),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_opened_dates),
        cmocka_unit_test(test_sixteen_envelopes),
        cmocka_unit_test(test_offers),
        cmocka_unit_test(test_low_order_offers),
        cmocka_unit_test(test_torsion_offers),
        cmocka_unit_test(test_rollback_in_a_chain),
        cmocka_unit_test(test_rollback_before_a_step),
        cmocka_unit_test(test_forks),
        cmocka_unit_test(test_large_ones_dropped),
        cmocka_unit_test(test_stored_states),
    };

    return cmocka_run_group_tests_name("ratchet_attack", tests, set_up, tear_down);
}
