/* store: made, unlocked in every way, written and read, by one process and by several. */
#include "unit/helper.h"

#include "key/key.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char home[64], state[80];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int set_up(void **ignored)
{
    (void)ignored;
    (void)snprintf(home, sizeof home, "/tmp/signet-store-XXXXXX");
    if (!mkdtemp(home))
        return -1;
    (void)snprintf(state, sizeof state, "%s/state", home);
    return 0;
}

static int tear_down(void **ignored)
{
    (void)ignored;
    return nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static struct sg_store_place here(void)
{
    return (struct sg_store_place){.home = home, .state = state, .wait_ms = 2000};
}

static const struct sg_password good = {(const uint8_t *)"correct horse", 13};
static const struct sg_password bad = {(const uint8_t *)"incorrect horse", 15};

static struct sg_slot_new password_slot(const char *name)
{
    return (struct sg_slot_new){name,
                                {.password = &good, .kdf = SG_KDF_ARGON2ID, .work = SG_WORK_MIN}};
}

/* Answers with a bad password some times, and then with the good one. */
struct asking {
    unsigned wrong, asked;
};

static enum sg_err ask(void *context, const char *name, unsigned attempt,
                       struct sg_password *password, struct sg_error *err)
{
    struct asking *a = context;

    (void)name;
    assert_int_equal(attempt, a->asked);
    if (a->asked++ > 20)
        return sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL);
    *password = attempt < a->wrong ? bad : good;
    return SG_OK;
}

static enum sg_err open_with(struct sg_store **s, unsigned wrong, struct sg_error *err)
{
    const struct sg_store_place place = here();
    struct asking asking = {wrong, 0};
    const struct sg_password_asker asker = {ask, &asking, 22};
    const struct sg_store_unlock how = {.asker = &asker};
    enum sg_err r = sg_store_find(s, &place, err);

    if (r == SG_OK)
        r = sg_store_unlock(*s, &how, err);
    return r;
}

static struct sg_store *make(void)
{
    const struct sg_store_place place = here();
    const struct sg_slot_new slot = password_slot("password");
    struct sg_error err = {0};
    struct sg_store *s;

    assert_int_equal(sg_store_create(&s, &place, &slot, 1, &err), SG_OK);
    return s;
}

static const char *const steps[] = {"CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)",
                                    "ALTER TABLE t ADD COLUMN n INTEGER"};
static const struct sg_schema first = {"test", 1, steps}, second = {"test", 2, steps};

static void test_one_life(void **ignored)
{
    struct sg_error err = {0};
    struct sg_store *s = make(), *t;
    struct sg_query q;
    bool there;
    size_t n;

    (void)ignored;
    assert_int_equal(sg_store_schema(s, &first, &err), SG_OK);
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, "INSERT INTO t VALUES (?1, ?2)", &err), SG_OK);
    sg_query_set_text(&q, 1, "key", 3);
    sg_query_set_bytes(&q, 2, "value", 5);
    assert_int_equal(sg_query_run(&q, &err), SG_OK);
    assert_int_equal(sg_query_run(&q, &err), SG_ERR_EXISTS);
    sg_query_end(&q);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
    assert_int_equal(sg_store_counter(s), 2);

    assert_int_equal(open_with(&t, 3, &err), SG_OK);
    assert_int_equal(sg_store_schema(t, &second, &err), SG_OK);
    assert_int_equal(sg_store_begin(t, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_store_guard(t), SG_GUARD_CURRENT);
    assert_int_equal(sg_query_start(&q, t, "SELECT v FROM t WHERE k = 'key'", &err), SG_OK);
    assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
    assert_true(there);
    assert_memory_equal(sg_query_bytes(&q, 0, &n), "value", 5);
    assert_int_equal(n, 5);
    sg_query_end(&q);
    sg_store_close(t);
    assert_int_equal(sg_store_schema(s, &first, &err), SG_ERR_VERSION);
    sg_store_close(s);
}

/* For a rekey: the password of every slot. */
static enum sg_err give_password(void *context, const struct sg_slot *slot, struct sg_slot_way *way,
                                 bool *drop, struct sg_error *err)
{
    (void)context;
    (void)err;
    *drop = false;
    if (slot->kind != SG_SLOT_KEY)
        way->password = &good;
    way->work = SG_WORK_MIN;
    return SG_OK;
}

static void put(struct sg_store *s, const char *key, const char *value)
{
    struct sg_error err = {0};
    struct sg_query q;

    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, "INSERT OR REPLACE INTO t (k, v) VALUES (?1, ?2)", &err),
                     SG_OK);
    sg_query_set_text(&q, 1, key, strlen(key));
    sg_query_set_bytes(&q, 2, value, strlen(value));
    assert_int_equal(sg_query_run(&q, &err), SG_OK);
    sg_query_end(&q);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
}

static void assert_has(struct sg_store *s, const char *key, const char *value)
{
    struct sg_error err = {0};
    struct sg_query q;
    bool there;
    size_t n;

    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, "SELECT v FROM t WHERE k = ?1", &err), SG_OK);
    sg_query_set_text(&q, 1, key, strlen(key));
    assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
    assert_int_equal(there, value != NULL);
    if (value) {
        const uint8_t *p = sg_query_bytes(&q, 0, &n);
        assert_int_equal(n, strlen(value));
        assert_memory_equal(p, value, n);
    }
    sg_query_end(&q);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
}

static void assert_sound(struct sg_store *s)
{
    struct sg_store_report report;
    struct sg_error err = {0};

    assert_int_equal(sg_store_check(s, &report, NULL, NULL, &err), SG_OK);
    assert_true(report.blocks > 0);
    assert_int_equal(report.damaged + report.damaged_slots, 0);
}

static void test_rekey(void **ignored)
{
    const struct sg_store_rekey how = {.slot = give_password, .max_work = 22};
    struct sg_error err = {0};
    struct sg_store *s = make(), *old, *t;
    uint64_t counter;

    (void)ignored;
    assert_int_equal(sg_store_schema(s, &second, &err), SG_OK);
    put(s, "key", "value");
    assert_sound(s);
    assert_int_equal(open_with(&old, 0, &err), SG_OK);
    assert_has(old, "key", "value");
    counter = sg_store_counter(s);
    assert_int_equal(sg_store_rekey(s, &how, &err), SG_OK);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_counter(s), counter + 1);
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    put(s, "key", "another");
    assert_int_equal(sg_store_begin(old, SG_STORE_READ, &err), SG_ERR_CHANGED);
    assert_int_equal(sg_store_begin(old, SG_STORE_WRITE, &err), SG_ERR_CHANGED);
    sg_store_close(old);
    assert_int_equal(open_with(&t, 1, &err), SG_OK);
    assert_has(t, "key", "another");
    assert_int_equal(sg_store_guard(t), SG_GUARD_CURRENT);
    assert_int_equal(sg_store_rollbacks(t), 0);
    assert_sound(t);
    sg_store_close(t);
    sg_store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_life, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rekey, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
