/*
 * Envelopes that are as they should be: what goes in comes out, of any size, in any steps, with any
 * options; gunzip's library reads the same; sizes are those of the layout.
 */
#include "unit/envelope_helper.h"

#include <zlib.h>

#define MIB ((size_t)1 << 20)

static const struct sg_wrap_how combinations[] = {{.level = 0, .pad = true},
                                                  {.level = 6},
                                                  {.seed = alice},
                                                  {.level = 6, .pad = true},
                                                  {.level = 6, .seed = alice},
                                                  {.pad = true, .seed = alice},
                                                  {.level = 6, .pad = true, .seed = alice}};
#define COMBINATIONS (sizeof combinations / sizeof *combinations)

/* Inflates all members with zlib's own reading of gzip, as gunzip does. */
static void assert_gunzip(const struct sg_buffer *e, const uint8_t *want, size_t n)
{
    uint8_t *out = malloc(n + 1);
    z_stream z = {0};
    size_t done = 0;

    assert_non_null(out);
    z.next_in = e->data;
    z.avail_in = (unsigned)e->len;
    while (z.avail_in) {
        int r;
        assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
        z.next_out = out + done;
        z.avail_out = (unsigned)(n + 1 - done);
        while ((r = inflate(&z, Z_NO_FLUSH)) == Z_OK)
            ;
        assert_int_equal(r, Z_STREAM_END);
        done = (size_t)(z.next_out - out);
        assert_int_equal(inflateEnd(&z), Z_OK);
    }
    assert_int_equal(done, n);
    assert_memory_equal(out, want, n);
    free(out);
}

static void round_trip(const uint8_t *p, size_t n, size_t in_step, size_t out_step,
                       const struct sg_wrap_how *how)
{
    struct sg_buffer e;
    struct undone u;

    make_envelope(&e, p, n, in_step, how, &here);
    undo_envelope(&u, e.data, e.len, out_step, how->seed, 0);
    if (u.code != SG_OK)
        print_message("%s\n", u.err.what);
    assert_int_equal(u.code, SG_OK);
    assert_int_equal(u.content.len, n);
    if (n)
        assert_memory_equal(u.content.data, p, n);
    assert_int_equal(u.told, how->seed != NULL);
    if (how->pad)
        assert_int_equal(e.len, sg_padme(e.len));
    assert_gunzip(&e, p, n);
    sg_buffer_free(&e);
    sg_buffer_free(&u.content);
}

/* Bytes of which about so many in a hundred repeat what stands before. */
static void fill_mixed(uint8_t *p, size_t n, unsigned repeats, uint64_t seed)
{
    for (size_t i = 0; i < n; i++)
        p[i] = i > 100 && next_number(&seed) % 100 < repeats ? p[i - 100]
                                                             : (uint8_t)next_number(&seed);
}

static void every_size_and_combination(void **state)
{
    static const size_t sizes[] = {0,
                                   1,
                                   SG_MEMBER_BYTES - 1,
                                   SG_MEMBER_BYTES,
                                   MIB - 1,
                                   MIB,
                                   MIB + 1,
                                   SG_MEMBER_BYTES + 1,
                                   300,
                                   5 * MIB + 7,
                                   16 * MIB};
    size_t count = build_is("plain") ? sizeof sizes / sizeof *sizes : build_is("asan") ? 9 : 3;
    uint8_t *random = malloc(16 * MIB), *zeros = calloc(16, MIB);

    (void)state;
    assert_non_null(random);
    assert_non_null(zeros);
    fill(random, 16 * MIB, 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < COMBINATIONS; c++) {
            round_trip(random, sizes[i], SIZE_MAX, SIZE_MAX, &combinations[c]);
            round_trip(zeros, sizes[i], SIZE_MAX, SIZE_MAX, &combinations[c]);
        }
    }
    free(random);
    free(zeros);
}

static void every_level(void **state)
{
    uint8_t *p = malloc(MIB);

    (void)state;
    assert_non_null(p);
    fill_mixed(p, MIB, 97, 2);
    for (int level = 0; level <= 9; level += (int)stride(2, 9))
        round_trip(p, 2 * SG_MEMBER_BYTES + 5, SIZE_MAX, SIZE_MAX,
                   &(struct sg_wrap_how){.level = level});
    free(p);
}

/* SG_TEST_ROUNDS rounds of sizes, steps, levels and options that fit nothing. */
static void random_round_trips(void **state)
{
    uint64_t seed = seed_now();
    const char *wanted = getenv("SG_TEST_ROUNDS");
    size_t rounds = wanted ? strtoul(wanted, NULL, 10) : 60 / stride(10, 20);
    uint8_t *p = malloc(4 * MIB);

    (void)state;
    assert_non_null(p);
    fill_mixed(p, 4 * MIB, (unsigned)(next_number(&seed) % 100), next_number(&seed));
    for (size_t i = 0; i < rounds; i++) {
        size_t n = (size_t)(next_number(&seed) % (next_number(&seed) % 4 ? 70000 : 4 * MIB));
        struct sg_wrap_how how = {.level = (int)(next_number(&seed) % 10),
                                  .pad = next_number(&seed) % 2,
                                  .seed = next_number(&seed) % 2 ? alice : NULL,
                                  .threads = (unsigned)(next_number(&seed) % 5)};
        size_t in_step = (size_t)(next_number(&seed) % 100000) + 1;
        size_t out_step = (size_t)(next_number(&seed) % 100000) + 1;
        round_trip(p, n, in_step, out_step, &how);
    }
    free(p);
}

static void odd_read_and_write_sizes(void **state)
{
    uint8_t p[3000];

    (void)state;
    fill(p, sizeof p, 3);
    for (size_t i = 0; i < ODD_STEPS; i++)
        for (size_t j = 0; j < ODD_STEPS; j++)
            round_trip(p, sizeof p, odd_steps[i], odd_steps[j], &combinations[COMBINATIONS - 1]);
}

/* One thread or many: the same bytes. */
static void threads_change_nothing(void **state)
{
    struct sg_buffer one, many;
    uint8_t *p = malloc(3 * MIB);

    (void)state;
    assert_non_null(p);
    fill_mixed(p, 3 * MIB, 90, 4);
    make_envelope(&one, p, 3 * MIB, SIZE_MAX,
                  &(struct sg_wrap_how){.level = 6, .seed = alice, .threads = 1}, &here);
    make_envelope(&many, p, 3 * MIB, SIZE_MAX,
                  &(struct sg_wrap_how){.level = 6, .seed = alice, .threads = 7}, &here);
    assert_int_equal(one.len, many.len);
    assert_memory_equal(one.data, many.data, one.len);
    sg_buffer_free(&one);
    sg_buffer_free(&many);
    free(p);
}

static void what_does_not_shrink_is_stored(void **state)
{
    struct sg_buffer packed, stored;
    uint8_t *p = malloc(MIB);

    (void)state;
    assert_non_null(p);
    fill(p, MIB, 5);
    make_envelope(&packed, p, MIB, SIZE_MAX, &(struct sg_wrap_how){.level = 9}, &here);
    make_envelope(&stored, p, MIB, SIZE_MAX, &(struct sg_wrap_how){.level = 0}, &here);
    assert_int_equal(packed.len, stored.len);
    assert_memory_equal(packed.data, stored.data, packed.len);
    assert_true(packed.len < MIB + 1500);
    sg_buffer_free(&packed);
    sg_buffer_free(&stored);
    free(p);
}

/* The members of a known envelope, by number and kind, as signet-formats(5) lists them. */
static void members_are_those_of_the_layout(void **state)
{
    static const unsigned flags[] = {0, 0, 0, SG_MEMBER_INDEX, SG_MEMBER_PADDING, SG_MEMBER_LAST};
    struct sg_buffer e;
    struct members m;
    uint8_t *p = calloc(3, SG_MEMBER_BYTES);

    (void)state;
    assert_non_null(p);
    make_envelope(&e, p, 2 * SG_MEMBER_BYTES + 1, SIZE_MAX,
                  &(struct sg_wrap_how){.pad = true, .seed = alice}, &here);
    find_members(&m, &e);
    assert_int_equal(m.count, 6);
    for (size_t i = 0; i < m.count; i++) {
        struct sg_member member;
        const uint8_t *head = e.data + m.at[i];
        assert_null(sg_member_read(&member, head, 16 + (size_t)sg_get_little(head + 14, 2)));
        assert_int_equal(member.number, i);
        assert_int_equal(member.flags, flags[i] | SG_MEMBER_SIGNED);
        assert_memory_equal(member.binding, here.header, 32);
        if (flags[i] == SG_MEMBER_INDEX)
            assert_int_equal(member.data_len, 9);
        if (flags[i] == SG_MEMBER_LAST) {
            assert_int_equal(sg_get_little(member.data, 8), 2 * SG_MEMBER_BYTES + 1);
            assert_int_equal(sg_get_little(member.data + 8, 8), m.at[3]);
        }
    }
    sg_buffer_free(&e);
    free(p);
}

/* Content that is in no envelope passes as it is, gzip files among it. */
static void other_content_passes(void **state)
{
    static const uint8_t gz[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    static const uint8_t bgzf[] = {0x1f, 0x8b, 8,  4, 0, 0, 0, 0, 0, 0xff, 6, 0, 'B', 'C',
                                   2,    0,    27, 0, 3, 0, 0, 0, 0, 0,    0, 0, 0,   0};
    struct undone u;
    uint8_t p[200];

    (void)state;
    fill(p, sizeof p, 6);
    for (size_t n = 0; n <= sizeof p; n++) {
        for (size_t s = 0; s < ODD_STEPS; s++) {
            undo_envelope(&u, p, n, odd_steps[s], NULL, 1);
            assert_int_equal(u.code, SG_OK);
            assert_int_equal(u.content.len, n);
            if (n)
                assert_memory_equal(u.content.data, p, n);
            assert_int_equal(u.told, 0);
            sg_buffer_free(&u.content);
        }
    }
    for (size_t n = 0; n <= sizeof bgzf; n++) {
        undo_envelope(&u, bgzf, n, SIZE_MAX, NULL, 1);
        assert_int_equal(u.code, SG_OK);
        assert_int_equal(u.content.len, n);
        sg_buffer_free(&u.content);
    }
    undo_envelope(&u, gz, sizeof gz, 3, NULL, 1);
    assert_int_equal(u.code, SG_OK);
    assert_memory_equal(u.content.data, gz, sizeof gz);
    sg_buffer_free(&u.content);
}

/* What sg_wrap_is_needed() says is what an unwrapper would take for an envelope. */
static void content_that_looks_like_one_is_known(void **state)
{
    struct sg_error err = {0};
    struct sg_buffer e, outer;
    struct sg_source in;
    struct undone u;
    bool is;

    (void)state;
    make_envelope(&e, "text", 4, SIZE_MAX, &(struct sg_wrap_how){.level = 6}, &elsewhere);
    for (size_t n = 0; n <= e.len; n++) {
        sg_source_memory(&in, e.data, n, "it");
        assert_int_equal(sg_wrap_is_needed(&is, &in, &err), SG_OK);
        assert_int_equal(is, n >= 16);
        sg_source_close(&in);
        undo_envelope(&u, e.data, n, SIZE_MAX, NULL, 1);
        assert_int_equal(u.code != SG_OK, is);
        sg_buffer_free(&u.content);
    }
    /* inside another it is content as any other */
    make_envelope(&outer, e.data, e.len, SIZE_MAX, &(struct sg_wrap_how){.level = 0}, &here);
    undo_envelope(&u, outer.data, outer.len, SIZE_MAX, NULL, 1);
    assert_int_equal(u.code, SG_OK);
    assert_int_equal(u.content.len, e.len);
    assert_memory_equal(u.content.data, e.data, e.len);
    sg_buffer_free(&u.content);
    sg_buffer_free(&outer);
    sg_buffer_free(&e);
}

static void a_failing_source_is_told(void **state)
{
    struct sg_wrap_how how = {.level = 6};
    struct sg_error err = {0};
    struct sg_source in;
    struct trickle t;
    struct sg_wrap w;
    uint8_t *p = calloc(1, MIB), out[4096];
    size_t got;
    enum sg_err r;

    (void)state;
    assert_non_null(p);
    trickle_source(&in, &t, p, MIB, 100000);
    t.fails = SG_ERR_LIMIT;
    assert_int_equal(sg_wrap_start(&w, &in, &how, &err), SG_OK);
    sg_wrap_bind(&w, &here);
    do
        r = sg_source_read(&w.source, out, sizeof out, &got, &err);
    while (r == SG_OK && got == sizeof out);
    assert_int_equal(r, SG_ERR_LIMIT);
    sg_wrap_close(&w);
    free(p);
}

static enum sg_err refuse(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    size_t *left = k->context;

    (void)p;
    if (n > *left) {
        *left = 0;
        return sg_fail(err, SG_ERR_BINARY, NULL);
    }
    *left -= n;
    return SG_OK;
}

/* Once the sink has failed it gets nothing more, whatever is still under way. */
static void a_failing_sink_gets_nothing_more(void **state)
{
    struct sg_unwrap_how how = {.binding = here};
    struct sg_error err = {0};
    struct sg_sink out;
    struct sg_unwrap u;
    struct sg_buffer e;
    size_t left = SG_MEMBER_BYTES + 1;
    uint8_t *p = calloc(4, MIB);
    enum sg_err r;

    (void)state;
    assert_non_null(p);
    make_envelope(&e, p, 4 * MIB, SIZE_MAX, &(struct sg_wrap_how){.level = 1}, &here);
    sg_sink_custom(&out, refuse, NULL, &left, "sink");
    assert_int_equal(sg_unwrap_start(&u, &out, &how, &err), SG_OK);
    r = sg_sink_write(&u.sink, e.data, e.len, &err);
    if (r == SG_OK)
        r = sg_sink_finish(&u.sink, &err);
    assert_int_equal(r, SG_ERR_BINARY);
    left = 10 * MIB;
    assert_int_equal(sg_unwrap_flush(&u, &err), SG_OK);
    assert_int_equal(left, 10 * MIB);
    sg_unwrap_close(&u);
    sg_buffer_free(&e);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_and_combination),
        cmocka_unit_test(every_level),
        cmocka_unit_test(random_round_trips),
        cmocka_unit_test(odd_read_and_write_sizes),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(what_does_not_shrink_is_stored),
        cmocka_unit_test(members_are_those_of_the_layout),
        cmocka_unit_test(other_content_passes),
        cmocka_unit_test(content_that_looks_like_one_is_known),
        cmocka_unit_test(a_failing_source_is_told),
        cmocka_unit_test(a_failing_sink_gets_nothing_more),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
