/* buffer: growth, bounds, and errors that leave it as it was. */
#include "unit/helper.h"

static void grow_by(struct sg_buffer *b, size_t max, size_t step)
{
    struct sg_error err = {0};
    uint8_t bytes[97];
    size_t n = 0;

    fill(bytes, sizeof bytes, 3);
    while (n + step <= max) {
        assert_int_equal(sg_buffer_append(b, bytes, step, &err), SG_OK);
        n += step;
        assert_int_equal(b->len, n);
        assert_true(b->cap >= b->len);
    }
    for (size_t i = 0; i < n; i++)
        assert_int_equal(b->data[i], bytes[i % step]);
    assert_int_equal(sg_buffer_append(b, bytes, max - n + 1, &err), SG_ERR_LIMIT);
    assert_int_equal(err.code, SG_ERR_LIMIT);
    assert_int_equal(err.limit, max);
    assert_int_equal(b->len, n);
    assert_int_equal(sg_buffer_append(b, bytes, max - n, &err), SG_OK);
    assert_int_equal(b->len, max);
    assert_int_equal(sg_buffer_append(b, bytes, 0, &err), SG_OK);
    assert_int_equal(sg_buffer_append(b, bytes, 1, &err), SG_ERR_LIMIT);
    assert_int_equal(sg_buffer_reserve(b, SIZE_MAX, &err), SG_ERR_LIMIT);
    assert_int_equal(b->len, max);
}

static void test_growth(void **state)
{
    static const size_t sizes[] = {1, 511, 512, 513, 1000, 4096, 5000};
    static const size_t steps[] = {1, 7, 97};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < sizeof steps / sizeof *steps; j++) {
            struct sg_buffer b;
            sg_buffer_init(&b, sizes[i]);
            assert_null(b.data);
            grow_by(&b, sizes[i], steps[j]);
            sg_buffer_free(&b);
            assert_null(b.data);
            assert_int_equal(b.len, 0);
            grow_by(&b, sizes[i], steps[j]); /* it may be used again */
            sg_buffer_free(&b);
            sg_buffer_free(&b);
            sg_buffer_init_secret(&b, sizes[i]);
            grow_by(&b, sizes[i], steps[j]);
            assert_ptr_equal(b.data, b.block.data);
            sg_buffer_free(&b);
            assert_true(b.secret);
            assert_int_equal(b.max, sizes[i]);
            sg_buffer_free(&b);
        }
    }
}

static void test_empty(void **state)
{
    struct sg_error err = {0};
    struct sg_buffer b;

    (void)state;
    sg_buffer_init(&b, 0);
    assert_int_equal(sg_buffer_append(&b, "", 0, &err), SG_OK);
    assert_int_equal(sg_buffer_text(&b, "", &err), SG_OK);
    assert_int_equal(sg_buffer_reserve(&b, 0, &err), SG_OK);
    assert_int_equal(sg_buffer_text(&b, "x", &err), SG_ERR_LIMIT);
    sg_buffer_free(&b);
}

static void test_numbers(void **state)
{
    static const uint64_t numbers[] = {0,         1, 9, 10, 99, 100, UINT32_MAX, UINT64_MAX - 1,
                                       UINT64_MAX};
    struct sg_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sg_buffer b;
        char want[32];
        int n = snprintf(want, sizeof want, "%llu", (unsigned long long)numbers[i]);
        sg_buffer_init(&b, 20);
        assert_int_equal(sg_buffer_number(&b, numbers[i], &err), SG_OK);
        assert_int_equal(b.len, n);
        assert_memory_equal(b.data, want, b.len);
        sg_buffer_free(&b);
    }
}

static void test_no_memory(void **state)
{
    struct sg_error err = {0};
    struct sg_buffer b;

    (void)state;
    if (!build_is("plain"))
        skip(); /* their allocators complain on their own */
    sg_buffer_init_secret(&b, SIZE_MAX);
    assert_int_equal(sg_buffer_text(&b, "kept", &err), SG_OK);
    assert_int_equal(sg_buffer_reserve(&b, SIZE_MAX / 4, &err), SG_ERR_MEMORY);
    assert_int_equal(err.code, SG_ERR_MEMORY);
    assert_int_equal(b.len, 4);
    assert_memory_equal(b.data, "kept", 4);
    sg_buffer_free(&b);
    sg_buffer_init(&b, SIZE_MAX);
    assert_int_equal(sg_buffer_text(&b, "kept", &err), SG_OK);
    assert_int_equal(sg_buffer_reserve(&b, SIZE_MAX / 4, &err), SG_ERR_MEMORY);
    assert_memory_equal(b.data, "kept", 4);
    sg_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests_name("buffer", tests, start_library, NULL);
}
