/*
 * store, taken back to an earlier state: what the guard sees and what it does not, and that a crash
 * between a commit and the guard is not taken for a rollback.
 */
#include "unit/home.h"

static char guard[160];

/* A store with some commits in it; closed. */
static void make_closed(void)
{
    struct sg_store *s = make();

    (void)snprintf(guard, sizeof guard, "%s/store-%s.guard", state, sg_store_id(s));
    put(s, "key", "one");
    put(s, "key", "two");
    sg_store_close(s);
}

/* A copy of a file, to be put back later. */
struct copy {
    uint8_t *p;
    size_t n;
};

static struct copy keep(const char *path)
{
    struct copy c;

    c.p = read_file(path, &c.n);
    return c;
}

static void put_back(const char *path, struct copy c)
{
    write_file(path, c.p, c.n);
    free(c.p);
}

static void commit_more(int n)
{
    struct sg_store *s = reopen();

    for (int i = 0; i < n; i++)
        put(s, "key", "more");
    sg_store_close(s);
}

/* What a reader is told, and how often it has happened. */
static void assert_state(enum sg_store_guard verdict, uint64_t rollbacks)
{
    struct sg_error err = {0};
    struct sg_store *s = reopen();

    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_store_guard(s), verdict);
    assert_int_equal(sg_store_rollbacks(s), rollbacks);
    sg_store_close(s);
}

static void test_current(void **state_)
{
    (void)state_;
    make_closed();
    assert_state(SG_GUARD_CURRENT, 0);
    commit_more(5);
    assert_state(SG_GUARD_CURRENT, 0);
}

/* The machine stopped between the commit and the guard, or several times so. */
static void test_behind(void **state_)
{
    struct copy old;

    (void)state_;
    make_closed();
    for (int n = 1; n < 4; n++) {
        old = keep(guard);
        commit_more(n);
        put_back(guard, old);
        assert_state(SG_GUARD_CURRENT, 0);
        commit_more(1); /* mends it */
        assert_state(SG_GUARD_CURRENT, 0);
    }
}

/* A write of the guard is cut short anywhere: the record before it still counts. */
static void test_torn_guard(void **state_)
{
    struct copy old, new;

    (void)state_;
    make_closed();
    for (int turn = 0; turn < 2; turn++) {
        old = keep(guard);
        commit_more(1);
        new = keep(guard);
        assert_int_equal(old.n, new.n);
        for (size_t at = 0; at < new.n; at += 4096) /* records are in sectors of their own */
            for (size_t cut = 0; cut <= 72; cut += 1 + 7 * stride(2, 5)) {
                uint8_t *torn = malloc(new.n);
                assert_non_null(torn);
                memcpy(torn, old.p, new.n);
                memcpy(torn + at, new.p + at, cut < new.n - at ? cut : new.n - at);
                write_file(guard, torn, new.n);
                free(torn);
                assert_state(SG_GUARD_CURRENT, 0);
            }
        put_back(guard, new);
        free(old.p);
    }
}

/* The whole store is an older one. It is said to readers, and kept by whoever writes next. */
static void test_rolled_back(void **state_)
{
    struct sg_error err = {0};
    struct copy old;
    struct sg_store *s;

    (void)state_;
    make_closed();
    old = keep(database);
    commit_more(1);
    put_back(database, old);
    assert_state(SG_GUARD_ROLLED_BACK, 1);
    assert_state(SG_GUARD_ROLLED_BACK, 1); /* readers change nothing */
    s = reopen();
    assert_has(s, "key", "two"); /* it can be read */
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_guard(s), SG_GUARD_ROLLED_BACK);
    assert_int_equal(sg_store_rollbacks(s), 1);
    sg_store_rollback(s); /* not committed: not dealt with */
    assert_state(SG_GUARD_ROLLED_BACK, 1);
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
    assert_state(SG_GUARD_CURRENT, 1);
    put(s, "key", "three");
    assert_state(SG_GUARD_CURRENT, 1);
    old = keep(database);
    put(s, "key", "four");
    sg_store_close(s);
    put_back(database, old);
    commit_more(1);
    assert_state(SG_GUARD_CURRENT, 2);
    assert_state(SG_GUARD_CURRENT, 2);
}

/* A copy of a home, or a guard that was lost: the same finding. */
static void test_no_guard(void **state_)
{
    uint8_t junk[8192];

    (void)state_;
    make_closed();
    assert_int_equal(unlink(guard), 0);
    assert_state(SG_GUARD_ROLLED_BACK, 1);
    commit_more(1);
    assert_state(SG_GUARD_CURRENT, 1);
    fill(junk, sizeof junk, 1);
    write_file(guard, junk, sizeof junk);
    assert_state(SG_GUARD_ROLLED_BACK, 2);
    write_file(guard, "", 0);
    commit_more(1);
    assert_state(SG_GUARD_CURRENT, 2);
}

/* Every change of the newest record makes it the older one, or none. */
static void test_flipped_guard(void **state_)
{
    struct copy c;
    size_t both = 0;

    (void)state_;
    make_closed();
    c = keep(guard);
    for (size_t bit = 0; bit < 72 * 8; bit += 1 + 6 * stride(3, 11)) {
        for (size_t at = 0; at < c.n; at += 4096)
            c.p[at + bit / 8] ^= (uint8_t)(1U << bit % 8);
        write_file(guard, c.p, c.n);
        assert_state(SG_GUARD_ROLLED_BACK, 1);
        for (size_t at = 0; at < c.n; at += 4096)
            c.p[at + bit / 8] ^= (uint8_t)(1U << bit % 8);
        both++;
    }
    assert_true(both > 5);
    put_back(guard, c);
    assert_state(SG_GUARD_CURRENT, 0);
}

/* Two copies of one store that both went on by as many commits. */
static void test_fork(void **state_)
{
    struct copy old, mine;

    (void)state_;
    make_closed();
    old = keep(database);
    commit_more(1);
    mine = keep(guard);
    put_back(database, old);
    assert_int_equal(unlink(guard), 0);
    commit_more(1); /* the other copy's commit, which has the same number */
    put_back(guard, mine);
    assert_state(SG_GUARD_ROLLED_BACK, 2);
}

/* No record of before a rekey counts after it, and the state goes on. */
static void test_rekey(void **state_)
{
    struct sg_error err = {0};
    struct copy old, old_guard, old_label;
    struct sg_store *s;

    (void)state_;
    make_closed();
    old = keep(database);
    old_label = keep(label);
    old_guard = keep(guard);
    s = reopen();
    assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
    sg_store_close(s);
    assert_state(SG_GUARD_CURRENT, 0);
    {
        struct copy new_guard = keep(guard);
        put_back(guard, old_guard);
        assert_state(SG_GUARD_ROLLED_BACK, 1); /* a guard that never saw this key */
        put_back(guard, new_guard);
    }
    assert_state(SG_GUARD_CURRENT, 0);
    commit_more(3);
    assert_state(SG_GUARD_CURRENT, 0);
    free(old.p);
    free(old_label.p);
}

/* Restoring the guard with the store is not seen: nothing on the device knows better. */
static void test_what_is_not_seen(void **state_)
{
    struct copy db, g;

    (void)state_;
    make_closed();
    db = keep(database);
    g = keep(guard);
    commit_more(2);
    put_back(database, db);
    put_back(guard, g);
    assert_state(SG_GUARD_CURRENT, 0);
}

/* Where the guard cannot be made, nothing is written, and reading goes on. */
static void test_no_place_for_it(void **state_)
{
    struct sg_error err = {0};
    struct sg_store *s;

    (void)state_;
    make_closed();
    remove_tree(state);
    write_file(state, "a file in its place", 19);
    s = reopen();
    assert_has(s, "key", "two");
    assert_int_equal(sg_store_guard(s), SG_GUARD_ROLLED_BACK);
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_ERR_IO);
    assert_false(sg_store_in_transaction(s));
    assert_has(s, "key", "two");
    sg_store_close(s);
    assert_int_equal(unlink(state), 0);
    assert_int_equal(mkdir(state, 0700), 0);
}

#define IN_A_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOME(test_current),
        IN_A_HOME(test_behind),
        IN_A_HOME(test_torn_guard),
        IN_A_HOME(test_rolled_back),
        IN_A_HOME(test_no_guard),
        IN_A_HOME(test_flipped_guard),
        IN_A_HOME(test_fork),
        IN_A_HOME(test_rekey),
        IN_A_HOME(test_what_is_not_seen),
        IN_A_HOME(test_no_place_for_it),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
