/*
 * ratchet - what the tests of conversations share: randomness that is known, and two who talk.
 *
 * sg_hedge_new() and sg_hedge_draw() are defined here, so that the linker leaves the library's own
 * out of these programs. Blocks come from a tape as long as it lasts, then from a seed.
 */
#ifndef SG_TEST_RATCHET_H
#define SG_TEST_RATCHET_H

#include "helper.h"

#include "ratchet/ratchet.h"

#define TAPE_BLOCKS 64
#define NOW UINT64_C(1800000000000)
#define TODAY ((uint32_t)(NOW / SG_DAY_MS))

static struct {
    uint8_t block[TAPE_BLOCKS][SG_HEDGE_BLOCK_BYTES];
    size_t count, next;
    uint64_t seed;
    uint64_t drawn; /* blocks so far */
} tape = {.seed = 1};

void sg_hedge_new(struct sg_hedge *h)
{
    memset(h, 0, sizeof *h);
}

void sg_hedge_draw(struct sg_hedge *h, uint8_t *out, size_t blocks)
{
    (void)h;
    tape.drawn += blocks;
    for (size_t i = 0; i < blocks; i++, out += SG_HEDGE_BLOCK_BYTES) {
        if (tape.next < tape.count) {
            memcpy(out, tape.block[tape.next++], SG_HEDGE_BLOCK_BYTES);
            continue;
        }
        for (size_t j = 0; j < SG_HEDGE_BLOCK_BYTES; j += 8) {
            uint64_t x = next_number(&tape.seed);
            memcpy(out + j, &x, 8);
        }
    }
}

/* Puts blocks of one repeated byte each on the tape, in place of what was left of it. */
static inline void put_tape(const uint8_t *bytes, size_t n)
{
    tape.count = n;
    tape.next = 0;
    for (size_t i = 0; i < n; i++)
        memset(tape.block[i], bytes[i], SG_HEDGE_BLOCK_BYTES);
}

#define PUT_TAPE(...)                          \
    do {                                       \
        const uint8_t tape_[] = {__VA_ARGS__}; \
        put_tape(tape_, sizeof tape_);         \
    } while (0)

/* Two people, an offer of B's, and a session between them. */
struct pair {
    struct sg_ratchet_identity a, b;
    struct sg_offer_secret offer;
    struct sg_session *sa, *sb; /* A's and B's */
    struct sg_secret block_a, block_b;
    struct sg_hedge hedge;
    uint8_t *plain; /* of whoever received last */
    struct sg_secret block_plain;
    struct sg_received got;
};

static inline void pair_new(struct pair *p)
{
    struct sg_error err = {0};

    memset(p, 0, sizeof *p);
    assert_int_equal(sg_session_new(&p->block_a, &err), SG_OK);
    assert_int_equal(sg_session_new(&p->block_b, &err), SG_OK);
    assert_int_equal(sg_secret_new(&p->block_plain, SG_WIRE_MAX_BYTES, &err), SG_OK);
    p->sa = (struct sg_session *)(void *)p->block_a.data;
    p->sb = (struct sg_session *)(void *)p->block_b.data;
    p->plain = p->block_plain.data;
}

static inline void pair_free(struct pair *p)
{
    sg_secret_free(&p->block_a);
    sg_secret_free(&p->block_b);
    sg_secret_free(&p->block_plain);
}

/* Fresh identities, an offer, and A's session from it. */
static inline void pair_start(struct pair *p)
{
    const char *why;

    sg_ratchet_identity_new(&p->a, &p->hedge);
    sg_ratchet_identity_new(&p->b, &p->hedge);
    sg_offer_new(&p->offer, &p->b, SG_OFFER_REUSABLE, TODAY + 30, &p->hedge);
    assert_int_equal(sg_offer_check(p->offer.offer, SG_OFFER_BYTES, TODAY, &why), SG_WORD_OK);
    assert_int_equal(sg_session_start(p->sa, &p->a, p->offer.offer, NOW, NOW, &p->hedge),
                     SG_WORD_OK);
    memset(p->sb, 0, sizeof *p->sb);
}

/* Sends a text (or none) without its time; the wire's length. */
static inline size_t say(struct sg_session *s, uint8_t *wire, const char *text, uint64_t now)
{
    struct sg_outgoing m = {.text = (const uint8_t *)text, .text_len = text ? strlen(text) : 0};
    struct sg_hedge hedge = {{0}};
    size_t len;

    assert_int_equal(sg_session_send(s, wire, &len, NULL, &m, now, &hedge), SG_WORD_OK);
    return len;
}

/* B takes an opening in. */
static inline enum sg_word pair_answer(struct pair *p, const uint8_t *wire, size_t len,
                                       uint64_t now)
{
    const struct sg_offer_secret *offers[] = {&p->offer};
    struct sg_opening found;
    enum sg_word word = sg_session_find_opening(p->sb, &found, &p->b, offers, 1, wire, len, now);

    return word == SG_WORD_OK ? sg_session_receive(p->sb, &p->got, p->plain, wire, len, now) : word;
}

static inline bool heard(const struct sg_received *got, const char *text)
{
    return text ? got->text && got->text_len == strlen(text) &&
                      memcmp(got->text, text, got->text_len) == 0
                : got->text == NULL;
}

/* The session's one encoding; the buffer is emptied first. */
static inline void encode(struct sg_buffer *out, const struct sg_session *s)
{
    struct sg_error err = {0};

    out->len = 0;
    assert_int_equal(sg_session_encode(out, s, &err), SG_OK);
}

#endif
