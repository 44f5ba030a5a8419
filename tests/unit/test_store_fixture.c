/*
 * store: one that an earlier program made (tests/vectors/store) opens by each of its slots, has
 * what was put in, and goes on working.
 */
#include "unit/home.h"

#define MADE "tests/vectors/store"
#define PASSWORD "an example, not a secret"

static enum sg_err ask_known(void *context, const char *name, unsigned attempt,
                             struct sg_password *password, struct sg_error *err)
{
    (void)context;
    (void)name;
    if (attempt)
        return sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL);
    *password = (struct sg_password){(const uint8_t *)PASSWORD, sizeof PASSWORD - 1};
    return SG_OK;
}

static void copy_in(const char *from, const char *folder, const char *to)
{
    char path[300];
    uint8_t *p;
    size_t n;

    (void)snprintf(path, sizeof path, MADE "/%s", from);
    p = read_file(path, &n);
    (void)snprintf(path, sizeof path, "%s/%s", folder, to);
    write_file(path, p, n);
    free(p);
}

static void copy_all(void)
{
    static const char *const names[] = {"key.age", "password.age", "both.all.age"};
    const struct sg_store_place place = here();
    struct sg_error err = {0};
    struct sg_store *s;
    char path[300], name[100];

    (void)snprintf(path, sizeof path, "%s/vault", home);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(mkdir(slots, 0700), 0);
    assert_int_equal(mkdir(state, 0700), 0);
    copy_in("store.id", path, "store.id");
    copy_in("store.db", path, "store.db");
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof name, "slots/%s", names[i]);
        copy_in(name, slots, names[i]);
    }
    assert_int_equal(sg_store_find(&s, &place, &err), SG_OK);
    (void)snprintf(name, sizeof name, "store-%s.guard", sg_store_id(s));
    copy_in("guard", state, name);
    sg_store_close(s);
}

static void test_opens(void **ignored)
{
    static const char *const names[] = {"key", "password", "both", NULL};
    static const char *const kept[] = {"INSERT INTO words VALUES ('a word more')"};
    const struct sg_password_asker asker = {ask_known, NULL, 22};
    const struct sg_store_place place = here();
    struct sg_identities ids;
    struct sg_source in;
    struct sg_error err = {0};

    (void)ignored;
    copy_all();
    sg_identities_init(&ids);
    assert_int_equal(sg_source_file(&in, MADE "/identity.txt", &err), SG_OK);
    assert_int_equal(sg_identities_load(&ids, &in, &asker, &err), SG_OK);
    sg_source_close(&in);
    for (int i = 0; i < 4; i++) {
        const struct sg_store_unlock how = {&ids, &asker, names[i]};
        struct sg_store *s;
        struct sg_query q;
        bool there;
        assert_int_equal(sg_store_find(&s, &place, &err), SG_OK);
        assert_int_equal(sg_store_unlock(s, &how, &err), SG_OK);
        assert_int_equal(sg_store_schema(s, &second_schema, &err), SG_OK);
        assert_has(s, "greeting", "Hello from signet-formats(5).");
        assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
        assert_int_equal(sg_store_counter(s), 5 + 2 * i);
        assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
        assert_int_equal(
            sg_query_start(&q, s, "SELECT rowid FROM words WHERE words MATCH 'fox'", &err), SG_OK);
        assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
        assert_true(there);
        assert_int_equal(sg_query_int(&q, 0), 1);
        sg_query_end(&q);
        sg_store_rollback(s);
        assert_sound(s);
        put(s, "another", "row");
        assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
        assert_int_equal(sg_store_exec(s, kept[0], &err), SG_OK);
        assert_int_equal(sg_store_commit(s, &err), SG_OK);
        assert_sound(s);
        sg_store_close(s);
    }
    sg_identities_free(&ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_opens, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
