/* store: made, opened, written and read, migrated and given a new key, by one process and several.
 */
#include "unit/home.h"

#include <sys/wait.h>

static void test_one_life(void **ignored)
{
    struct sg_error err = {0};
    struct sg_store *s = make(), *t;
    uint64_t counter;

    (void)ignored;
    put(s, "key", "value");
    assert_has(s, "key", "value");
    assert_has(s, "another", NULL);
    counter = sg_store_counter(s);
    put(s, "key", "another value");
    assert_has(s, "key", "another value");
    assert_int_equal(sg_store_counter(s), counter + 1);
    assert_int_equal(strlen(sg_store_id(s)), SG_STORE_ID_CHARS);

    t = reopen(); /* a second handle in the same process */
    assert_has(t, "key", "another value");
    assert_string_equal(sg_store_id(t), sg_store_id(s));
    put(t, "key", "from the other");
    assert_has(s, "key", "from the other");
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    assert_sound(s);
    sg_store_close(t);
    sg_store_close(s);
    sg_store_close(NULL);
    assert_int_equal(open_with(&t, 0, &err), SG_OK);
    assert_has(t, "key", "from the other");
    sg_store_close(t);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static void test_nobody_else_may_read(void **ignored)
{
    char path[200];
    mode_t before = umask(0);
    struct sg_store *s = make();

    (void)ignored;
    put(s, "key", "value");
    (void)snprintf(path, sizeof path, "%s/vault", home);
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(mode_of(slots), 0700);
    assert_int_equal(mode_of(state), 0700);
    assert_int_equal(mode_of(database), 0600);
    assert_int_equal(mode_of(journal), 0600);
    assert_int_equal(mode_of(label), 0600);
    (void)snprintf(path, sizeof path, "%s/password.age", slots);
    assert_int_equal(mode_of(path), 0600);
    (void)snprintf(path, sizeof path, "%s/store-%s.guard", state, sg_store_id(s));
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(sg_store_rekey(s, &plain_rekey, &(struct sg_error){0}), SG_OK);
    assert_int_equal(mode_of(database), 0600);
    assert_int_equal(mode_of(slots), 0700);
    sg_store_close(s);
    (void)umask(before);
}

static void test_transactions(void **ignored)
{
    struct sg_error err = {0};
    struct sg_store *s = make();
    struct sg_query q;
    uint64_t counter;
    bool there;

    (void)ignored;
    put(s, "key", "value");
    counter = sg_store_counter(s);

    /* what is rolled back was never there */
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_true(sg_store_in_transaction(s));
    assert_int_equal(sg_store_exec(s, "DELETE FROM t", &err), SG_OK);
    sg_store_rollback(s);
    assert_false(sg_store_in_transaction(s));
    sg_store_rollback(s);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_counter(s), counter);

    /* nothing changed, nothing written */
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_counter(s), counter);

    /* a row that is taken, and a statement that is none, leave the transaction as it was */
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, "INSERT INTO t (k) VALUES (?1)", &err), SG_OK);
    sg_query_set_text(&q, 1, "new", 3);
    assert_int_equal(sg_query_run(&q, &err), SG_OK);
    assert_int_equal(sg_query_run(&q, &err), SG_ERR_EXISTS);
    sg_query_set_text(&q, 2, "no such parameter", 17);
    assert_int_equal(sg_query_run(&q, &err), SG_ERR_DATABASE);
    sg_query_end(&q);
    sg_query_end(&q);
    assert_int_equal(sg_query_start(&q, s, "SELECT what FROM nowhere", &err), SG_ERR_DATABASE);
    assert_non_null(strstr(err.untrusted_words, "nowhere"));
    assert_int_equal(sg_query_start(&q, s, "SELECT 1; SELECT 2", &err), SG_ERR_DATABASE);
    assert_int_equal(sg_query_start(&q, s, "", &err), SG_ERR_DATABASE);
    sg_query_end(&q);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);

    /* the same text twice at once */
    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    {
        static const char text[] = "SELECT k, v, n, NULL FROM t WHERE k = ?1 ORDER BY k";
        struct sg_query other;
        size_t n;
        assert_int_equal(sg_query_start(&q, s, text, &err), SG_OK);
        assert_int_equal(sg_query_start(&other, s, text, &err), SG_OK);
        sg_query_set_text(&q, 1, "key", 3);
        sg_query_set_text(&other, 1, "new", 3);
        assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
        assert_true(there);
        assert_int_equal(sg_query_row(&other, &there, &err), SG_OK);
        assert_true(there);
        assert_string_equal(sg_query_text(&q, 0, &n), "key");
        assert_string_equal(sg_query_text(&other, 0, NULL), "new");
        assert_false(sg_query_is_null(&q, 0));
        assert_true(sg_query_is_null(&q, 3));
        assert_int_equal(sg_query_int(&q, 3), 0);
        assert_non_null(sg_query_bytes(&q, 3, &n));
        assert_int_equal(n, 0);
        assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
        assert_false(there);
        sg_query_end(&other);
        sg_query_end(&q);
    }
    /* a snapshot is not written to, and no other database comes in */
    assert_int_equal(sg_store_exec(s, "ATTACH '/tmp/another.db' AS another", &err), SG_ERR_IO);
    sg_store_rollback(s);
    assert_int_equal(access("/tmp/another.db", F_OK), -1);
    sg_store_close(s);
}

/* More than SQLite keeps prepared, some of them with results open at the end. */
static void test_many_statements(void **ignored)
{
    static char texts[SG_STORE_ID_CHARS * 4][40];
    struct sg_query q[SG_STORE_ID_CHARS * 4];
    struct sg_error err = {0};
    struct sg_store *s = make();
    bool there;

    (void)ignored;
    for (int round = 0; round < 3; round++) {
        assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
        for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
            (void)snprintf(texts[i], sizeof texts[i], "SELECT %zu", i);
            assert_int_equal(sg_query_start(&q[i], s, texts[i], &err), SG_OK);
            assert_int_equal(sg_query_row(&q[i], &there, &err), SG_OK);
            assert_int_equal(sg_query_int(&q[i], 0), i);
        }
        for (size_t i = 0; i < sizeof q / sizeof *q; i++)
            sg_query_end(&q[i]);
        sg_store_rollback(s);
    }
    sg_store_close(s);
}

static void test_migrations(void **ignored)
{
    const char *const broken[] = {steps[0], "CREATE TABLE u (x); CREATE TABLE u (x)"};
    const struct sg_schema no_good = {"test", 2, broken}, other = {"other", 1, broken + 1};
    const struct sg_store_place place = here();
    const struct sg_slot_new slot = password_slot("password");
    struct sg_error err = {0};
    struct sg_store *s;
    uint64_t counter;
    uint8_t *before, *after;
    size_t n, m;

    (void)ignored;
    assert_int_equal(sg_store_create(&s, &place, &slot, 1, &err), SG_OK);
    assert_int_equal(sg_store_counter(s), 0);
    assert_int_equal(sg_store_schema(s, &first_schema, &err), SG_OK);
    put(s, "key", "value");
    counter = sg_store_counter(s);
    assert_int_equal(counter, 2);

    /* a step that fails leaves everything as it was */
    assert_int_equal(sg_store_schema(s, &no_good, &err), SG_ERR_DATABASE);
    assert_false(sg_store_in_transaction(s));
    assert_int_equal(sg_store_schema(s, &other, &err), SG_ERR_DATABASE);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_counter(s), counter);

    assert_int_equal(sg_store_schema(s, &second_schema, &err), SG_OK);
    assert_int_equal(sg_store_schema(s, &second_schema, &err), SG_OK);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_counter(s), counter + 1);

    /* an older program says that the tables are newer, and touches nothing */
    sg_store_close(s);
    before = read_file(database, &n);
    s = reopen();
    assert_int_equal(sg_store_schema(s, &first_schema, &err), SG_ERR_VERSION);
    assert_string_equal(err.name, "test");
    assert_int_equal(err.value, 2);
    assert_int_equal(err.limit, 1);
    sg_store_close(s);
    after = read_file(database, &m);
    assert_int_equal(n, m);
    assert_memory_equal(before, after, n);
    free(before);
    free(after);
}

/* Files in a folder, for what must be left alone. */
static size_t entries(const char *path)
{
    char command[200], text[32] = "";
    FILE *f;

    (void)snprintf(command, sizeof command, "find %s -mindepth 1 | wc -l", path);
    f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(fgets(text, sizeof text, f));
    assert_int_equal(pclose(f), 0);
    return strtoul(text, NULL, 10);
}

static void test_labels(void **ignored)
{
    static const struct {
        const char *text;
        enum sg_err r;
    } labels[] = {
        {"signet-store 2 whatever a later program puts here\n", SG_ERR_VERSION},
        {"signet-store 10 \n", SG_ERR_VERSION},
        {"signet-store 12\n", SG_ERR_VERSION},
        {"signet-store 999999999999999999999999 x\n", SG_ERR_VERSION},
        {"signet-store 1 abc\n", SG_ERR_STORE},
        {"signet-store 1\n", SG_ERR_STORE},
        {"signet-store 01 abc\n", SG_ERR_STORE},
        {"signet-store 0 abc\n", SG_ERR_STORE},
        {"signet-store", SG_ERR_STORE},
        {"", SG_ERR_STORE},
        {"SQLite format 3", SG_ERR_STORE},
    };
    const struct sg_store_place place = here();
    struct sg_error err = {0};
    struct sg_store *s = make();
    uint8_t *text;
    size_t n, had;

    (void)ignored;
    sg_store_close(s);
    text = read_file(label, &n);
    had = entries(home);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        write_file(label, labels[i].text, strlen(labels[i].text));
        assert_int_equal(sg_store_find(&s, &place, &err), labels[i].r);
        assert_string_equal(err.name, label);
        assert_null(s);
        assert_int_equal(entries(home), had);
    }
    for (size_t bit = 0; bit < 8 * n; bit += stride(3, 61)) { /* every change of it is noticed */
        enum sg_err r;
        text[bit / 8] ^= (uint8_t)(1U << bit % 8);
        write_file(label, text, n);
        r = open_with(&s, 0, &err);
        assert_true(r == SG_ERR_STORE || r == SG_ERR_VERSION);
        text[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t i = 0; i < n; i++) {
        write_file(label, text, i);
        assert_int_equal(sg_store_find(&s, &place, &err), SG_ERR_STORE);
    }
    text[n] = '\n';
    write_file(label, text, n + 1);
    assert_int_equal(sg_store_find(&s, &place, &err), SG_ERR_STORE);
    assert_int_equal(unlink(label), 0);
    assert_int_equal(sg_store_find(&s, &place, &err), SG_ERR_NO_STORE);
    free(text);
}

static void test_no_store(void **ignored)
{
    const struct sg_store_place nowhere = {.home = "/tmp/there is no such folder", .state = state};
    const struct sg_store_place place = here();
    struct sg_error err = {0};
    struct sg_store *s;

    (void)ignored;
    assert_int_equal(sg_store_find(&s, &nowhere, &err), SG_ERR_NO_STORE);
    assert_null(s);
    assert_int_equal(sg_store_find(&s, &place, &err), SG_ERR_NO_STORE);
    assert_int_equal(entries(home), 0);
}

static void test_create_refuses(void **ignored)
{
    const struct sg_store_place place = here();
    struct sg_slot_new two[] = {password_slot("one"), password_slot("one")};
    const struct sg_password empty = {NULL, 0};
    struct sg_error err = {0};
    struct sg_store *s;

    (void)ignored;
    assert_int_equal(sg_store_create(&s, &place, two, 0, &err), SG_ERR_LAST_SLOT);
    assert_int_equal(sg_store_create(&s, &place, two, 2, &err), SG_ERR_EXISTS);
    two[1].name = "../up";
    assert_int_equal(sg_store_create(&s, &place, two, 2, &err), SG_ERR_NAME);
    two[1].name = "two";
    two[1].way.password = &empty;
    assert_int_equal(sg_store_create(&s, &place, two, 2, &err), SG_ERR_PASSWORD);
    two[1].way.password = NULL;
    assert_int_equal(sg_store_create(&s, &place, two, 2, &err), SG_ERR_NO_KEYS);
    assert_null(s);
    assert_int_equal(entries(home), 0); /* nothing half-made */
    s = make();
    sg_store_close(s);
    assert_int_equal(sg_store_create(&s, &place, two, 1, &err), SG_ERR_EXISTS);
    assert_null(s);
}

static void test_subkeys(void **ignored)
{
    uint8_t a[SG_STORE_SUBKEY_BYTES], b[SG_STORE_SUBKEY_BYTES], c[SG_STORE_SUBKEY_BYTES];
    struct sg_error err = {0};
    struct sg_store *s = make(), *t = reopen();

    (void)ignored;
    sg_store_subkey(a, s, "ratchet/book");
    sg_store_subkey(b, t, "ratchet/book");
    sg_store_subkey(c, s, "pseudonym/book");
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, c, sizeof a);
    assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
    sg_store_subkey(b, s, "ratchet/book");
    assert_memory_not_equal(a, b, sizeof a);
    sg_store_close(t);
    sg_store_close(s);
}

static void test_rekey(void **ignored)
{
    struct sg_error err = {0};
    struct sg_store *s = make(), *old, *t;
    uint64_t counter;
    uint8_t *before, *after, *slot_before, *slot_after;
    char slot[200];
    size_t n, m;

    (void)ignored;
    (void)snprintf(slot, sizeof slot, "%s/password.age", slots);
    put(s, "key", "value");
    old = reopen();
    assert_has(old, "key", "value");
    counter = sg_store_counter(s);
    before = read_file(database, &n);
    slot_before = read_file(slot, &m);
    assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_counter(s), counter + 1);
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    put(s, "key", "another");

    /* nothing of the old store opens any more: no block, no slot */
    after = read_file(database, &m);
    slot_after = read_file(slot, &m);
    assert_memory_not_equal(slot_before, slot_after, m);
    for (size_t i = 0; i < n / 4096; i++)
        assert_memory_not_equal(before + 4096 * i, after + 4096 * i, 4096);
    assert_int_equal(entries(home), 8); /* vault, its four and the slot, state and its guard */

    /* a handle from before is told so */
    assert_int_equal(sg_store_begin(old, SG_STORE_READ, &err), SG_ERR_CHANGED);
    assert_int_equal(sg_store_begin(old, SG_STORE_WRITE, &err), SG_ERR_CHANGED);
    put(s, "key", "a third"); /* and keeps nobody out */
    sg_store_close(old);
    t = reopen();
    assert_has(t, "key", "a third");
    assert_int_equal(sg_store_guard(t), SG_GUARD_CURRENT);
    assert_int_equal(sg_store_rollbacks(t), 0);
    assert_sound(t);
    sg_store_close(t);
    sg_store_close(s);
    free(before);
    free(after);
    free(slot_before);
    free(slot_after);
}

static enum sg_err drop_all(void *context, const struct sg_slot *slot, struct sg_slot_way *way,
                            bool *drop, struct sg_error *err)
{
    (void)context;
    (void)slot;
    (void)way;
    (void)err;
    *drop = true;
    return SG_OK;
}

static enum sg_err give_bad(void *context, const struct sg_slot *slot, struct sg_slot_way *way,
                            bool *drop, struct sg_error *err)
{
    (void)context;
    (void)slot;
    (void)err;
    way->password = &bad;
    way->work = SG_WORK_MIN;
    *drop = false;
    return SG_OK;
}

static void test_rekey_refuses(void **ignored)
{
    const struct sg_store_rekey drops = {.slot = drop_all},
                                wrong = {.slot = give_bad, .max_work = 22};
    struct sg_error err = {0};
    struct sg_store *s = make();
    size_t had;

    (void)ignored;
    put(s, "key", "value");
    had = entries(home);
    assert_int_equal(sg_store_rekey(s, &drops, &err), SG_ERR_LAST_SLOT);
    assert_int_equal(entries(home), had);
    assert_int_equal(sg_store_rekey(s, &wrong, &err), SG_ERR_WRONG_PASSWORD);
    assert_int_equal(entries(home), had);
    assert_has(s, "key", "value");
    put(s, "key", "still the same");
    sg_store_close(s);
    s = reopen();
    assert_has(s, "key", "still the same");
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    sg_store_close(s);
}

static void test_compact(void **ignored)
{
    static uint8_t value[200000];
    struct sg_error err = {0};
    struct sg_store *s = make();
    struct stat large, small;

    (void)ignored;
    put(s, "key", "value");
    assert_int_equal(try_put(s, "large", value, sizeof value, &err), SG_OK);
    assert_int_equal(try_put(s, "large", value, 1, &err), SG_OK);
    assert_int_equal(stat(database, &large), 0);
    assert_int_equal(sg_store_compact(s, &err), SG_OK);
    assert_int_equal(stat(database, &small), 0);
    assert_true(small.st_size < large.st_size - 190000);
    assert_has(s, "key", "value");
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    assert_sound(s);
    sg_store_close(s);
}

/* Opens the store with a given patience. */
static struct sg_store *open_patient(uint64_t wait_ms)
{
    struct sg_store_place place = here();
    struct asking asking = {0, 1, 0};
    const struct sg_password_asker asker = {ask, &asking, 22};
    const struct sg_store_unlock how = {.asker = &asker};
    struct sg_error err = {0};
    struct sg_store *s;

    place.wait_ms = wait_ms;
    assert_int_equal(sg_store_find(&s, &place, &err), SG_OK);
    assert_int_equal(sg_store_unlock(s, &how, &err), SG_OK);
    return s;
}

static uint64_t milliseconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void test_waiting(void **ignored)
{
    struct sg_error err = {0};
    struct sg_store *s = make(), *hasty = open_patient(0), *patient = open_patient(300);
    uint64_t start;

    (void)ignored;
    put(s, "key", "value");
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_begin(hasty, SG_STORE_WRITE, &err), SG_ERR_IN_USE);
    assert_string_equal(err.name, database);
    start = milliseconds();
    assert_int_equal(sg_store_begin(patient, SG_STORE_WRITE, &err), SG_ERR_IN_USE);
    assert_true(milliseconds() - start >= 250);
    assert_has(hasty, "key", "value"); /* readers need not wait for a writer that only began */
    sg_store_rollback(s);
    put(hasty, "key", "by the hasty one");

    /* a commit waits for readers; what could not be committed can be, later */
    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_store_begin(hasty, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_exec(hasty, "DELETE FROM t", &err), SG_OK);
    assert_int_equal(sg_store_commit(hasty, &err), SG_ERR_IN_USE);
    assert_true(sg_store_in_transaction(hasty));
    sg_store_rollback(s);
    assert_int_equal(sg_store_commit(hasty, &err), SG_OK);
    assert_has(s, "key", NULL);
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);

    /* a rekey too */
    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_store_rekey(hasty, &plain_rekey, &err), SG_ERR_IN_USE);
    sg_store_rollback(s);
    assert_int_equal(sg_store_rekey(hasty, &plain_rekey, &err), SG_OK);
    sg_store_close(patient);
    sg_store_close(hasty);
    sg_store_close(s);
}

/* One of several: adds to a counter and writes down each step in a row of its own. */
static int work(int self, int rounds)
{
    struct sg_error err = {0};
    struct sg_store *s;
    enum sg_err r = open_with(&s, 0, &err);

    for (int i = 0; r == SG_OK && i < rounds; i++) {
        uint8_t got[16];
        char key[40];
        size_t n;
        (void)snprintf(key, sizeof key, "%d/%d", self, i);
        r = sg_store_begin(s, SG_STORE_WRITE, &err);
        if (r == SG_OK)
            r = sg_store_exec(s, "UPDATE t SET n = n + 1 WHERE k = 'sum'", &err);
        if (r == SG_OK)
            r = sg_store_commit(s, &err);
        if (r == SG_OK)
            r = try_put(s, key, "x", 1, &err);
        if (r == SG_OK)
            r = try_get(s, key, got, sizeof got, &n, &err);
        if (r == SG_OK && (n != 1 || sg_store_guard(s) != SG_GUARD_CURRENT))
            return 77;
    }
    sg_store_close(s);
    return (int)r;
}

static int64_t number(struct sg_store *s, const char *sql)
{
    struct sg_error err = {0};
    struct sg_query q;
    bool there;
    int64_t n;

    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, sql, &err), SG_OK);
    assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
    n = sg_query_int(&q, 0);
    sg_query_end(&q);
    sg_store_rollback(s);
    return n;
}

/* $SG_STORE_ROUNDS: how many each of the eight does. */
static void test_eight_at_once(void **ignored)
{
    const char *given = getenv("SG_STORE_ROUNDS");
    int rounds = given ? atoi(given) : getenv("SG_TEST_QUICK") ? 5 : 40;
    struct sg_store *s = make();
    pid_t all[8];

    (void)ignored;
    put(s, "sum", "");
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &(struct sg_error){0}), SG_OK);
    assert_int_equal(sg_store_exec(s, "UPDATE t SET n = 0", &(struct sg_error){0}), SG_OK);
    assert_int_equal(sg_store_commit(s, &(struct sg_error){0}), SG_OK);
    sg_store_close(s);
    for (int i = 0; i < 8; i++) {
        all[i] = fork();
        assert_true(all[i] >= 0);
        if (all[i] == 0)
            _exit(work(i, rounds));
    }
    for (int i = 0; i < 8; i++) {
        int status;
        assert_int_equal(waitpid(all[i], &status, 0), all[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    s = reopen();
    assert_int_equal(number(s, "SELECT n FROM t WHERE k = 'sum'"), 8 * rounds);
    assert_int_equal(number(s, "SELECT count(*) FROM t"), 8 * rounds + 1);
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    assert_int_equal(sg_store_rollbacks(s), 0);
    assert_sound(s);
    sg_store_close(s);
}

#define IN_A_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOME(test_one_life),      IN_A_HOME(test_nobody_else_may_read),
        IN_A_HOME(test_transactions),  IN_A_HOME(test_many_statements),
        IN_A_HOME(test_migrations),    IN_A_HOME(test_labels),
        IN_A_HOME(test_no_store),      IN_A_HOME(test_create_refuses),
        IN_A_HOME(test_subkeys),       IN_A_HOME(test_rekey),
        IN_A_HOME(test_rekey_refuses), IN_A_HOME(test_compact),
        IN_A_HOME(test_waiting),       IN_A_HOME(test_eight_at_once),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
