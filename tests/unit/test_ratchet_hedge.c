/*
 * Hedged randomness: what a block is made of, and that no two are alike though the system's
 * generator gave the same each time. sg_random() is defined here, so that the linker leaves the
 * library's own out of this program.
 */
#include "helper.h"

#include "crypto/hash.h"
#include "crypto/random.h"
#include "ratchet/hedge.h"

static uint8_t given = 0x42;

void sg_random(void *out, size_t n)
{
    memset(out, given, n);
}

static void test_blocks(void **state)
{
    uint8_t in[40], key[32], want[32], out[3 * SG_HEDGE_BLOCK_BYTES];
    struct sg_hedge h;

    (void)state;
    given = 0x11;
    sg_hedge_new(&h);
    given = 0x42;
    sg_hedge_draw(&h, out, 3);
    memset(key, 0x11, sizeof key);
    memset(in, 0, sizeof in);
    memset(in, 0x42, 32);
    for (unsigned i = 0; i < 3; i++) {
        in[32] = (uint8_t)i;
        sg_blake2b(want, 32, key, 32, in, sizeof in);
        assert_memory_equal(out + (size_t)32 * i, want, 32);
    }
    assert_memory_equal(h.bytes, key, 32);
    assert_int_equal(h.bytes[32], 3);
}

static void test_a_failed_generator(void **state)
{
    uint8_t out[300][SG_HEDGE_BLOCK_BYTES];
    struct sg_hedge h;

    (void)state;
    sg_hedge_new(&h);
    h.bytes[32] = 250; /* the counter carries */
    for (unsigned i = 0; i < 300; i++) {
        sg_hedge_draw(&h, out[i], 1);
        for (unsigned j = 0; j < i; j++)
            assert_memory_not_equal(out[i], out[j], SG_HEDGE_BLOCK_BYTES);
    }
    assert_int_equal(h.bytes[32], (250 + 300) % 256);
    assert_int_equal(h.bytes[33], (250 + 300) / 256);
}

static void test_a_hedge_put_back(void **state)
{
    uint8_t a[32], b[32];
    struct sg_hedge h, old;

    (void)state;
    sg_hedge_new(&h);
    old = h;
    sg_hedge_draw(&h, a, 1);
    given ^= 1; /* the generator works */
    sg_hedge_draw(&old, b, 1);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_a_failed_generator),
        cmocka_unit_test(test_a_hedge_put_back),
    };

    return cmocka_run_group_tests_name("ratchet_hedge", tests, start_library, NULL);
}
