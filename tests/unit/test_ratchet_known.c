/*
 * Known answers of signet-ratchet(7), byte for byte, from tests/vectors/ratchet: with the
 * randomness fixed, what the protocol says is what is on the wire.
 */
#include "ratchet.h"

#include "crypto/hash.h"
#include "ratchet/derive.h"
#include "ratchet/siv.h"

#undef assert_hex /* vector.h has its own */
#include "vector.h"

/* The answer whose name begins so. */
static void assert_known(const char *name, const void *got, size_t n)
{
    static struct vector_file v;
    size_t found = 0;

    for (vector_open(&v, "ratchet"); vector_next(&v);)
        if (strncmp(vector_get(&v, "name")->text, name, strlen(name)) == 0) {
            assert_memory_equal(got, vector_bytes(&v, "result", n), n);
            found++;
        }
    fclose(v.file);
    assert_int_equal(found, 1);
}

static void assert_digest(const char *name, const void *p, size_t n)
{
    uint8_t digest[32];

    sg_blake2b(digest, sizeof digest, NULL, 0, p, n);
    assert_known(name, digest, sizeof digest);
}

static void test_functions(void **state)
{
    struct sg_span abc = {"abc", 3}, ad = {"ad", 2};
    uint8_t out[64], key[32];
    struct sg_siv_key siv;

    (void)state;
    sg_derive_hash(out, "kat", &abc, 1);
    assert_known("H of", out, 32);
    sg_derive_kdf(out, 32, "salt", 4, "ikm", 3, "kat", "ctx", 3);
    assert_known("KDF of", out, 32);
    memset(key, 7, sizeof key);
    sg_siv_key(&siv, key);
    sg_siv_seal(out, &siv, &ad, 1, (const uint8_t *)"hello", 5);
    assert_known("Seal of", out, 37);
}

static void people(struct pair *p)
{
    PUT_TAPE(0x11, 0x12);
    sg_ratchet_identity_new(&p->a, &p->hedge);
    PUT_TAPE(0x21, 0x22);
    sg_ratchet_identity_new(&p->b, &p->hedge);
    PUT_TAPE(0x23, 0x24, 0x24);
    sg_offer_new(&p->offer, &p->b, SG_OFFER_REUSABLE, 20800, &p->hedge);
}

static size_t send_with(struct sg_session *s, uint8_t *wire, const char *text, bool with_time,
                        uint64_t now)
{
    struct sg_outgoing m = {.text = (const uint8_t *)text,
                            .text_len = strlen(text),
                            .floor = 256,
                            .with_time = with_time};
    struct sg_hedge hedge = {{0}};
    size_t len;

    assert_int_equal(sg_session_send(s, wire, &len, NULL, &m, now, &hedge), SG_WORD_OK);
    assert_int_equal(tape.next, tape.count); /* no more and no less was drawn */
    return len;
}

static void assert_heard(struct pair *p, struct sg_session *s, const uint8_t *wire, size_t len,
                         const char *text)
{
    assert_int_equal(sg_session_receive(s, &p->got, p->plain, wire, len, NOW), SG_WORD_OK);
    assert_true(heard(&p->got, text));
}

static void test_conversation(void **state)
{
    uint8_t wire[SG_WIRE_MAX_BYTES];
    struct pair p;
    size_t len;

    (void)state;
    pair_new(&p);
    people(&p);
    assert_digest("digest of the offer", p.offer.offer, SG_OFFER_BYTES);
    PUT_TAPE(0x31, 0x32, 0x33, 0x34);
    assert_int_equal(sg_session_start(p.sa, &p.a, p.offer.offer, NOW, NOW, &p.hedge), SG_WORD_OK);
    assert_known("sid", p.sa->sid, 32);

    PUT_TAPE(0x35);
    len = send_with(p.sa, wire, "hello", false, NOW);
    assert_int_equal(len, 1536);
    assert_digest("digest of m1", wire, len);
    assert_int_equal(pair_answer(&p, wire, len, NOW), SG_WORD_OK);
    assert_true(heard(&p.got, "hello"));

    PUT_TAPE(0x41, 0x42, 0x42);
    len = send_with(p.sb, wire, "hi", false, NOW);
    assert_int_equal(len, 1536);
    assert_digest("digest of m2", wire, len);
    assert_heard(&p, p.sa, wire, len, "hi");

    PUT_TAPE(0x51, 0x52);
    len = send_with(p.sa, wire, "one", false, NOW);
    assert_int_equal(len, 1536);
    assert_digest("digest of m3", wire, len);
    assert_heard(&p, p.sb, wire, len, "one");

    PUT_TAPE(0x61);
    len = send_with(p.sb, wire, "two", false, NOW);
    assert_int_equal(len, 256);
    assert_digest("digest of m4", wire, len);
    assert_heard(&p, p.sa, wire, len, "two");
    assert_int_equal(p.got.ep, 1);
    assert_known("RK on both sides", p.sa->root, 32);
    assert_known("RK on both sides", p.sb->root, 32);

    sg_session_rekey(p.sb);
    tape.next = tape.count = 0;
    len = send_with(p.sb, wire, "now", true, NOW + 1000);
    assert_int_equal(len, 256);
    assert_digest("digest of m5", wire, len);
    assert_heard(&p, p.sa, wire, len, "now");
    assert_int_equal(p.got.time, NOW + 1000);
    assert_known("RK on both sides", p.sa->root, 32);
    assert_known("RK on both sides", p.sb->root, 32);
    assert_true(p.sa->pq.asked); /* A offers epoch 2, and was asked to */
    pair_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_conversation),
    };

    return cmocka_run_group_tests_name("ratchet_known", tests, start_library, NULL);
}
