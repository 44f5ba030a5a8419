/*
 * book and ledger: what a store keeps of pseudonyms, and tokens spent once, there and in a file.
 */
#include "unit/home.h"

#include "pseudonym/book.h"

static struct sg_error err;

static void test_ledger(void **ignored)
{
    char path[96];
    uint8_t ids[5][32], twice[64];

    (void)ignored;
    (void)snprintf(path, sizeof path, "%s/ledger", home);
    for (size_t i = 0; i < 5; i++)
        memset(ids[i], (int)i + 1, 32);
    assert_int_equal(sg_ledger_spend(path, ids[0], 2, &err), SG_OK);
    assert_int_equal(sg_ledger_spend(path, ids[1], 1, &err), SG_ERR_SPENT);
    assert_int_equal(err.value, 1);
    assert_int_equal(sg_ledger_spend(path, ids[1], 4, &err), SG_ERR_SPENT); /* none of them */
    assert_int_equal(sg_ledger_spend(path, ids[2], 3, &err), SG_OK);
    memcpy(twice, ids[0], 32);
    memset(twice, 9, 32);
    memset(twice + 32, 9, 32);
    assert_int_equal(sg_ledger_spend(path, twice, 2, &err), SG_ERR_SPENT);
    assert_int_equal(err.value, 2);
    assert_int_equal(sg_ledger_spend(path, twice, 1, &err), SG_OK);
    /* More than are looked at in one go. */
    for (unsigned i = 0; i < 3000; i += 1000) {
        static uint8_t many[1000][32];
        for (unsigned j = 0; j < 1000; j++) {
            memset(many[j], 0xee, 32);
            many[j][0] = (uint8_t)(i + j);
            many[j][1] = (uint8_t)((i + j) >> 8);
        }
        assert_int_equal(sg_ledger_spend(path, many[0], 1000, &err), SG_OK);
        assert_int_equal(sg_ledger_spend(path, many[999], 1, &err), SG_ERR_SPENT);
    }
    assert_int_equal(sg_ledger_spend(path, ids[0], 1, &err), SG_ERR_SPENT);
    assert_int_equal(truncate(path, 10), 0); /* cut off within its first line: nothing was in it */
    assert_int_equal(sg_ledger_spend(path, ids[0], 1, &err), SG_OK);
    assert_int_equal(sg_ledger_spend(path, ids[0], 1, &err), SG_ERR_SPENT);
    assert_int_equal(sg_ledger_spend("/nowhere/at/all", ids[0], 1, &err), SG_ERR_IO);
}

static enum sg_err count_name(void *context, const char *name, const char *retired,
                              struct sg_error *e)
{
    (void)e;
    *(unsigned *)context += 1 + (retired ? 100U : 0U) + (strcmp(name, "home") == 0 ? 10U : 0U);
    return SG_OK;
}

static void test_book(void **ignored)
{
    struct sg_store *s = make();
    uint8_t root[32], again[32], other[32] = {1}, ids[2][32] = {{1}, {2}};
    char day[SG_BOOK_DAY_BYTES];
    unsigned seen = 0;

    (void)ignored;
    assert_int_equal(sg_book_ready(s, &err), SG_OK);
    assert_int_equal(sg_book_ready(s, &err), SG_OK);
    assert_int_equal(sg_book_root(root, s, &err), SG_ERR_NOT_FOUND);
    assert_int_equal(sg_book_find(root, day, s, "work", &err), SG_ERR_NOT_FOUND);
    assert_int_equal(sg_book_new(s, " ", &err), SG_ERR_NAME);
    assert_int_equal(sg_book_new(s, "work", &err), SG_OK);
    assert_int_equal(sg_book_new(s, "home", &err), SG_OK);
    assert_int_equal(sg_book_new(s, "work", &err), SG_ERR_EXISTS);
    assert_int_equal(sg_book_find(root, day, s, "work", &err), SG_OK);
    assert_int_equal(sg_book_root(again, s, &err), SG_OK);
    assert_memory_equal(root, again, 32);
    assert_string_equal(day, "");
    assert_int_equal(sg_book_set_root(s, root, &err), SG_OK);
    assert_int_equal(sg_book_set_root(s, other, &err), SG_ERR_EXISTS);
    assert_int_equal(sg_book_retire(day, s, "work", "2026-11-25", &err), SG_OK);
    assert_int_equal(sg_book_retire(day, s, "work", "2026-11-26", &err), SG_OK);
    assert_string_equal(day, "2026-11-25");
    assert_int_equal(sg_book_retire(day, s, "none", "2026-11-25", &err), SG_ERR_NOT_FOUND);
    assert_int_equal(sg_book_new(s, "work", &err), SG_ERR_RETIRED);
    assert_int_equal(sg_book_list(s, count_name, &seen, &err), SG_OK);
    assert_int_equal(seen, 112);
    assert_int_equal(sg_book_spend(s, ids[0], 1, &err), SG_OK);
    assert_int_equal(sg_book_spend(s, ids[0], 2, &err), SG_ERR_SPENT);
    assert_int_equal(sg_book_spend(s, ids[1], 1, &err), SG_OK); /* none of the two was taken */
    sg_store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_book, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
