/* payload: round trips at every size round a chunk, chunks moved about, and what is released. */
#include "unit/helper.h"

#include "sealed/payload.h"

#define C SG_CHUNK_BYTES
#define TAG 16
#define NONCE SG_PAYLOAD_NONCE_BYTES

static const uint8_t file_key[SG_FILE_KEY_BYTES] = "YELLOW SUBMARIN";
static uint8_t *plain;

static int make_plain(void **state)
{
    plain = malloc(4 * C);
    fill(plain, 4 * C, 14);
    return start_library(state);
}

static int free_plain(void **state)
{
    (void)state;
    free(plain);
    return 0;
}

struct ticks {
    uint64_t last;
    size_t count;
};

static void tick(void *context, uint64_t done)
{
    struct ticks *t = context;

    assert_true(done >= t->last);
    t->last = done;
    t->count++;
}

static void seal(struct sg_buffer *out, size_t n, size_t step)
{
    struct sg_error err = {0};
    struct sg_source in;
    struct trickle t;
    struct ticks ticks = {0};
    struct sg_progress progress = {.tick = tick, .context = &ticks};
    struct sg_sink sink;

    sg_buffer_init(out, 5 * C);
    sg_sink_buffer(&sink, out);
    trickle_source(&in, &t, plain, n, step);
    assert_int_equal(sg_payload_seal(&sink, &in, file_key, step == 7 ? NULL : &progress, &err),
                     SG_OK);
    assert_int_equal(sg_sink_finish(&sink, &err), SG_OK);
    if (step != 7) {
        assert_int_equal(ticks.last, n);
        assert_int_equal(ticks.count, n ? (n + C - 1) / C : 1);
    }
    sg_source_close(&in);
}

/* Opens n bytes; what was released is compared with the plaintext, its length is *released. */
static enum sg_err open_bytes(const uint8_t *p, size_t n, size_t step, size_t *released,
                              struct sg_error *err)
{
    struct sg_buffer out;
    struct sg_source in;
    struct trickle t;
    struct sg_sink sink;
    enum sg_err r;

    sg_buffer_init(&out, 5 * C);
    sg_sink_buffer(&sink, &out);
    trickle_source(&in, &t, p, n, step);
    r = sg_payload_open(&sink, &in, file_key, NULL, err);
    *released = out.len;
    assert_true(out.len <= 4 * C);
    if (out.len)
        assert_memory_equal(out.data, plain, out.len);
    sg_buffer_free(&out);
    sg_source_close(&in);
    return r;
}

static size_t sealed_size(size_t n)
{
    return NONCE + n + TAG * (n ? (n + C - 1) / C : 1);
}

static void test_round_trips(void **state)
{
    static const size_t sizes[] = {0,         1,     15,        16,        17,     C - 17,
                                   C - 16,    C - 1, C,         C + 1,     C + 16, C + 17,
                                   2 * C - 1, 2 * C, 2 * C + 1, 3 * C - 1, 3 * C,  3 * C + 1};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < ODD_STEPS; j++) {
            struct sg_buffer sealed;
            struct sg_error err = {0};
            size_t released;

            if (build_is("valgrind") && odd_steps[j] < 100 && i % 5)
                continue;
            seal(&sealed, sizes[i], odd_steps[j]);
            assert_int_equal(sealed.len, sealed_size(sizes[i]));
            assert_int_equal(open_bytes(sealed.data, sealed.len, odd_steps[(j + 1) % ODD_STEPS],
                                        &released, &err),
                             SG_OK);
            assert_int_equal(released, sizes[i]);
            sg_buffer_free(&sealed);
        }
    }
}

/* The nonce is fresh, so nothing of two seals is alike. */
static void test_fresh(void **state)
{
    struct sg_buffer a, b;
    size_t same = 0;

    (void)state;
    seal(&a, 1000, SIZE_MAX);
    seal(&b, 1000, SIZE_MAX);
    for (size_t i = 0; i < a.len; i++)
        same += a.data[i] == b.data[i];
    assert_true(same < 40);
    sg_buffer_free(&a);
    sg_buffer_free(&b);
}

static void assert_fails(const uint8_t *p, size_t n, enum sg_err want, uint64_t chunk,
                         size_t want_released)
{
    for (size_t j = 2; j < ODD_STEPS; j++) {
        struct sg_error err = {0};
        size_t released;

        assert_int_equal(open_bytes(p, n, odd_steps[j], &released, &err), want);
        assert_int_equal(err.code, want);
        assert_int_equal(released, want_released);
        if (chunk)
            assert_int_equal(err.value, chunk);
    }
}

static void test_no_nonce(void **state)
{
    struct sg_buffer sealed;

    (void)state;
    seal(&sealed, 10, SIZE_MAX);
    for (size_t n = 0; n < NONCE; n++)
        assert_fails(sealed.data, n, SG_ERR_HEADER, 0, 0);
    assert_fails(sealed.data, NONCE, SG_ERR_TRUNCATED, 1, 0);
    sg_buffer_free(&sealed);
}

/* Chunks cut off, doubled, swapped, added. */
static void test_chunks_moved(void **state)
{
    enum { S = C + TAG };
    struct sg_buffer sealed, longer;
    uint8_t *copy = malloc(6 * (size_t)S);

    (void)state;
    seal(&sealed, 3 * C, SIZE_MAX);
    assert_int_equal(sealed.len, NONCE + 3 * S);

    assert_fails(sealed.data, NONCE + 2 * S, SG_ERR_TRUNCATED, 0, 2 * C);
    assert_fails(sealed.data, NONCE + S, SG_ERR_TRUNCATED, 0, C);
    assert_fails(sealed.data, NONCE + 2 * S + 1, SG_ERR_PAYLOAD, 3, 2 * C);
    assert_fails(sealed.data, NONCE + 2 * S + TAG, SG_ERR_PAYLOAD, 3, 2 * C);
    assert_fails(sealed.data, sealed.len - 1, SG_ERR_PAYLOAD, 3, 2 * C);

    memcpy(copy, sealed.data, sealed.len); /* the first two swapped */
    memcpy(copy + NONCE, sealed.data + NONCE + S, S);
    memcpy(copy + NONCE + S, sealed.data + NONCE, S);
    assert_fails(copy, sealed.len, SG_ERR_PAYLOAD, 1, 0);

    memcpy(copy, sealed.data, NONCE + S); /* the second left out */
    memcpy(copy + NONCE + S, sealed.data + NONCE + 2 * S, S);
    assert_fails(copy, NONCE + 2 * S, SG_ERR_PAYLOAD, 2, C);

    memcpy(copy, sealed.data, NONCE + 2 * S); /* the second doubled */
    memcpy(copy + NONCE + 2 * S, sealed.data + NONCE + S, 2 * S);
    assert_fails(copy, sealed.len + S, SG_ERR_PAYLOAD, 3, 2 * C);

    memcpy(copy, sealed.data, sealed.len); /* something after the last, of every kind */
    memset(copy + sealed.len, 0, S);
    assert_fails(copy, sealed.len + 1, SG_ERR_PAYLOAD, 0, 3 * C);
    assert_fails(copy, sealed.len + TAG, SG_ERR_PAYLOAD, 0, 3 * C);
    assert_fails(copy, sealed.len + S, SG_ERR_PAYLOAD, 0, 3 * C);
    memcpy(copy + sealed.len, sealed.data + NONCE + 2 * S, S);
    assert_fails(copy, sealed.len + S, SG_ERR_PAYLOAD, 0, 3 * C);
    sg_buffer_free(&sealed);

    seal(&sealed, C + 10, SIZE_MAX);
    memcpy(copy, sealed.data, sealed.len);
    copy[sealed.len] = 0;
    assert_fails(copy, sealed.len + 1, SG_ERR_PAYLOAD, 2, C);

    seal(&longer, 2 * C, SIZE_MAX); /* a chunk of another file */
    memcpy(copy + NONCE, longer.data + NONCE, S);
    assert_fails(copy, sealed.len, SG_ERR_PAYLOAD, 1, 0);
    sg_buffer_free(&sealed);
    sg_buffer_free(&longer);
    free(copy);
}

/* A sink that fails is not written to again, and its error comes back. */
static void test_sink_fails(void **state)
{
    static const size_t rooms[] = {0, 1, C - 1, C, C + 1, 2 * C, 2 * C + 1};
    struct sg_buffer sealed;

    (void)state;
    seal(&sealed, 2 * C + 100, SIZE_MAX);
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        struct sg_buffer out;
        struct sg_error err = {0};
        struct sg_source in;
        struct sg_sink sink;
        sg_buffer_init(&out, rooms[i]);
        sg_sink_buffer(&sink, &out);
        sg_source_memory(&in, sealed.data, sealed.len, NULL);
        assert_int_equal(sg_payload_open(&sink, &in, file_key, NULL, &err), SG_ERR_LIMIT);
        assert_int_equal(out.len, rooms[i] / C * C);
        sg_source_close(&in);
        sg_source_memory(&in, plain, 2 * C + 100, NULL);
        out.len = 0;
        assert_int_equal(sg_payload_seal(&sink, &in, file_key, NULL, &err), SG_ERR_LIMIT);
        sg_source_close(&in);
        sg_buffer_free(&out);
    }
    sg_buffer_free(&sealed);
}

static void test_source_fails(void **state)
{
    static const size_t sizes[] = {0,
                                   1,
                                   NONCE,
                                   NONCE + 1,
                                   NONCE + C + TAG,
                                   NONCE + C + TAG + 1,
                                   NONCE + C + TAG + 2,
                                   NONCE + 2 * C};
    struct sg_buffer sealed;

    (void)state;
    seal(&sealed, 3 * C, SIZE_MAX);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct sg_buffer out;
        struct sg_error err = {0};
        struct sg_source in;
        struct trickle t;
        struct sg_sink sink;
        sg_buffer_init(&out, 5 * C);
        sg_sink_buffer(&sink, &out);
        trickle_source(&in, &t, sealed.data, sizes[i], 4093);
        t.fails = SG_ERR_IO;
        assert_int_equal(sg_payload_open(&sink, &in, file_key, NULL, &err), SG_ERR_IO);
        assert_int_equal(out.len, sizes[i] > NONCE + C + TAG ? C : 0);
        sg_source_close(&in);
        trickle_source(&in, &t, plain, sizes[i], 4093);
        t.fails = SG_ERR_IO;
        out.len = 0;
        assert_int_equal(sg_payload_seal(&sink, &in, file_key, NULL, &err), SG_ERR_IO);
        sg_source_close(&in);
        sg_buffer_free(&out);
    }
    sg_buffer_free(&sealed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trips), cmocka_unit_test(test_fresh),
        cmocka_unit_test(test_no_nonce),    cmocka_unit_test(test_chunks_moved),
        cmocka_unit_test(test_sink_fails),  cmocka_unit_test(test_source_fails),
    };

    return cmocka_run_group_tests_name("payload", tests, make_plain, free_plain);
}
