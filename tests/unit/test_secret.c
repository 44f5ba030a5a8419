/* secret: memory that is fenced, locked away from core files, moved whole and wiped. */
#include "unit/helper.h"

#include <sys/wait.h>

static void test_new_and_free(void **state)
{
    static const size_t sizes[] = {1, 15, 16, 17, 4095, 4096, 4097, 300000};
    struct sg_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct sg_secret s;
        assert_int_equal(sg_secret_new(&s, sizes[i], &err), SG_OK);
        assert_int_equal(s.size, sizes[i]);
        for (size_t j = 0; j < s.size; j++)
            assert_int_equal(s.data[j], 0);
        memset(s.data, 0xaa, s.size);
        sg_secret_free(&s);
        assert_null(s.data);
        assert_int_equal(s.size, 0);
        sg_secret_free(&s);
    }
}

static void test_grow(void **state)
{
    struct sg_error err = {0};
    struct sg_secret s = {0};
    uint8_t bytes[1000];

    (void)state;
    fill(bytes, sizeof bytes, 4);
    assert_int_equal(sg_secret_grow(&s, 10, &err), SG_OK);
    memcpy(s.data, bytes, 10);
    assert_int_equal(sg_secret_grow(&s, 5, &err), SG_OK);
    assert_int_equal(s.size, 10);
    assert_int_equal(sg_secret_grow(&s, 1000, &err), SG_OK);
    assert_int_equal(s.size, 1000);
    assert_memory_equal(s.data, bytes, 10);
    for (size_t i = 10; i < s.size; i++)
        assert_int_equal(s.data[i], 0);
    if (build_is("plain")) {
        assert_int_equal(sg_secret_grow(&s, SIZE_MAX / 4, &err), SG_ERR_MEMORY);
        assert_int_equal(err.value, SIZE_MAX / 4);
        assert_int_equal(s.size, 1000);
        assert_memory_equal(s.data, bytes, 10);
    }
    sg_secret_free(&s);
}

static void test_no_memory(void **state)
{
    struct sg_error err = {0};
    struct sg_secret s = {.size = 5};

    (void)state;
    if (!build_is("plain"))
        skip();
    assert_int_equal(sg_secret_new(&s, SIZE_MAX - 100, &err), SG_ERR_MEMORY);
    assert_null(s.data);
    assert_int_equal(s.size, 0);
    assert_int_equal(err.code, SG_ERR_MEMORY);
    sg_secret_free(&s);
}

/* What the kernel says of the mapping at p: "VmFlags:" of smaps. */
static void flags_at(const void *p, char *flags, size_t size)
{
    FILE *f = fopen("/proc/self/smaps", "r");
    unsigned long from = 0, to = 0, at = (unsigned long)(uintptr_t)p;
    char line[512];

    flags[0] = '\0';
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        unsigned long a, b;
        char mode[8];
        if (sscanf(line, "%lx-%lx %7s", &a, &b, mode) == 3) {
            from = a;
            to = b;
        } else if (strncmp(line, "VmFlags:", 8) == 0 && from <= at && at < to) {
            (void)snprintf(flags, size, "%s", line + 8);
        }
    }
    (void)fclose(f);
}

static void test_not_in_core_files(void **state)
{
    struct sg_error err = {0};
    struct sg_secret s;
    char flags[512];

    (void)state;
    if (!build_is("plain"))
        skip();
    assert_int_equal(sg_secret_new(&s, 100, &err), SG_OK);
    flags_at(s.data, flags, sizeof flags);
    assert_non_null(strstr(flags, " dd")); /* not dumped */
    assert_non_null(strstr(flags, " lo")); /* locked: 100 bytes are within every usual limit */
    sg_secret_free(&s);
}

/* One byte past either end must end the process. */
static void test_fences(void **state)
{
    struct sg_error err = {0};

    (void)state;
    if (!build_is("plain"))
        skip();
    for (int past = 0; past < 2; past++) {
        pid_t child = fork();
        int status;
        assert_true(child >= 0);
        if (child == 0) {
            struct sg_secret s;
            if (sg_secret_new(&s, 100, &err) != SG_OK)
                _exit(1);
            (void)signal(SIGSEGV, SIG_DFL);
            if (past)
                ((volatile uint8_t *)s.data)[100] = 1; /* the page behind */
            else
                ((volatile uint8_t *)s.data)[-1]++; /* the canary, seen when it is freed */
            sg_secret_free(&s);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
    }
}

static void test_wipe(void **state)
{
    uint8_t bytes[64], zero[64] = {0};

    (void)state;
    sg_wipe(NULL, 0);
    memset(bytes, 0xaa, sizeof bytes);
    sg_wipe(bytes, 0);
    assert_int_equal(bytes[0], 0xaa);
    sg_wipe(bytes + 1, 62);
    assert_int_equal(bytes[0], 0xaa);
    assert_int_equal(bytes[63], 0xaa);
    if (!build_is("valgrind")) /* wiped memory is undefined there */
        assert_memory_equal(bytes + 1, zero, 62);
}

/* Leaves a pattern in its frame, as a careless function would. */
static __attribute__((noinline)) void careless(uintptr_t *where)
{
    volatile uint8_t frame[4096];

    for (size_t i = 0; i < sizeof frame; i++)
        frame[i] = 0x5e;
    *where = (uintptr_t)&frame[0];
}

static __attribute__((noinline)) size_t count_left(uintptr_t where)
{
    const volatile uint8_t *frame = (const volatile uint8_t *)where;
    size_t left = 0;

    for (size_t i = 0; i < 4096; i++)
        left += frame[i] == 0x5e;
    return left;
}

static void test_wipe_stack(void **state)
{
    uintptr_t where;

    (void)state;
    if (!build_is("plain"))
        skip(); /* reading a dead frame is what the others are there to refuse */
    careless(&where);
    assert_true(count_left(where) > 2048); /* so there is something to see */
    sg_wipe_stack();
    assert_true(count_left(where) < 64);
}

static void test_equal(void **state)
{
    uint8_t a[33], b[33];

    (void)state;
    fill(a, sizeof a, 5);
    memcpy(b, a, sizeof b);
    assert_true(sg_equal(a, b, sizeof a));
    assert_true(sg_equal(a, b, 0));
    for (size_t i = 0; i < sizeof a * 8; i++) {
        b[i / 8] ^= (uint8_t)(1U << i % 8);
        assert_false(sg_equal(a, b, sizeof a));
        b[i / 8] ^= (uint8_t)(1U << i % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_and_free), cmocka_unit_test(test_grow),
        cmocka_unit_test(test_no_memory),    cmocka_unit_test(test_not_in_core_files),
        cmocka_unit_test(test_fences),       cmocka_unit_test(test_wipe),
        cmocka_unit_test(test_wipe_stack),   cmocka_unit_test(test_equal),
    };

    return cmocka_run_group_tests_name("secret", tests, start_library, NULL);
}
