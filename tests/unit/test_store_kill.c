/* LDFLAGS: @tests/unit/test_store_kill.flags */
/*
 * store, killed: a process that works on a store is ended before one of the things that it does to
 * files, or in the middle of a write; and then another goes on with what is left. Whatever it was
 * at, a commit, a slot, a rekey or a vacuum, the store is as before that step or as after it, is
 * sound, unlocks, and is not taken for an older state. Likewise when the call fails, as on a device
 * that is full or broken: then the step says so, and what is there is the one or the other.
 *
 * $SG_STORE_KILLS is how many processes end so; the default is a short round.
 */
#include "unit/home.h"
#include "unit/shim.h"

#include <sys/mman.h>
#include <sys/wait.h>

#define KEYS 8

static sqlite3_vfs shim_vfs;
static struct sg_identities ids;
static struct sg_recipients to;

/* What the store must hold: of each key, the size of its value (-1: none) and its byte. And of how
 * far the process came, in memory that is shared with it. */
struct model {
    int size[KEYS];
    uint8_t byte[KEYS];
    bool extra_slot;
    uint64_t seed; /* of the step that comes next */
};

struct progress {
    struct model done, doing; /* after the last step that ended, and after the one begun */
    uint64_t steps, failures;
    enum sg_err strange; /* an error that no device gives */
    char what[600];
    int strikes[8];
};

static struct progress *shared;

static struct sg_store_place shimmed(void)
{
    struct sg_store_place place = here();

    place.vfs = "shim";
    return place;
}

static struct sg_slot_new key_slot(const char *name)
{
    return (struct sg_slot_new){name, {.recipients = &to}};
}

static enum sg_err open_by_key(struct sg_store **s, struct sg_error *err)
{
    const struct sg_store_place place = shimmed();
    const struct sg_store_unlock how = {.identities = &ids, .slot = "key"};
    enum sg_err r = sg_store_find(s, &place, err);

    if (r == SG_OK)
        r = sg_store_unlock(*s, &how, err);
    if (r != SG_OK) {
        sg_store_close(*s);
        *s = NULL;
    }
    return r;
}

static void key_name(char out[static 8], size_t i)
{
    (void)snprintf(out, 8, "key %zu", i);
}

static enum sg_err put_row(struct sg_store *s, size_t key, const struct model *m,
                           struct sg_error *err)
{
    static uint8_t value[20000];
    struct sg_query q;
    char name[8];
    enum sg_err r =
        sg_query_start(&q, s,
                       m->size[key] < 0 ? "DELETE FROM t WHERE k = ?1"
                                        : "INSERT OR REPLACE INTO t (k, v) VALUES (?1, ?2)",
                       err);

    key_name(name, key);
    if (r == SG_OK) {
        sg_query_set_text(&q, 1, name, strlen(name));
        if (m->size[key] >= 0) {
            memset(value, m->byte[key], (size_t)m->size[key]);
            sg_query_set_bytes(&q, 2, value, (size_t)m->size[key]);
        }
        r = sg_query_run(&q, err);
    }
    sg_query_end(&q);
    return r;
}

/* Changes the model, and the store to it. */
static enum sg_err step(struct sg_store *s, struct model *m, struct sg_error *err)
{
    uint64_t state_ = m->seed, kind = next_number(&state_) % 32;
    struct sg_slot_new slot = key_slot("extra");
    size_t rows = kind < 12 ? 1 : 1 + next_number(&state_) % 6;
    enum sg_err r;

    m->seed = next_number(&state_);
    if (kind == 31 || kind == 30) {
        shared->doing = *m;
        return sg_store_rekey(s, &plain_rekey, err);
    }
    if (kind == 29) {
        shared->doing = *m;
        return sg_store_compact(s, err);
    }
    if (kind == 28) {
        m->extra_slot = !m->extra_slot;
        shared->doing = *m;
        return m->extra_slot ? sg_slot_add(s, &slot, err) : sg_slot_remove(s, "extra", false, err);
    }
    for (size_t i = 0; i < rows; i++) {
        size_t key = next_number(&state_) % KEYS;
        m->size[key] = next_number(&state_) % 4 == 0 ? -1 : (int)(next_number(&state_) % 15000);
        m->byte[key] = (uint8_t)next_number(&state_);
    }
    shared->doing = *m;
    r = sg_store_begin(s, SG_STORE_WRITE, err);
    for (size_t i = 0; r == SG_OK && i < KEYS; i++)
        r = put_row(s, i, m, err);
    if (r == SG_OK)
        r = sg_store_commit(s, err);
    if (r != SG_OK)
        sg_store_rollback(s);
    return r;
}

/* 1 when the store holds what the model says, 0 when not, -1 when it cannot be read. */
static int holds_model(struct sg_store *s, const struct model *m, struct sg_error *err)
{
    static uint8_t value[20000];

    for (size_t i = 0; i < KEYS; i++) {
        char name[8];
        size_t n;
        key_name(name, i);
        if (try_get(s, name, value, sizeof value, &n, err) != SG_OK)
            return -1;
        if (n == SIZE_MAX ? m->size[i] >= 0 : m->size[i] < 0 || n != (size_t)m->size[i])
            return 0;
        for (size_t j = 0; n != SIZE_MAX && j < n; j++)
            if (value[j] != m->byte[i])
                return 0;
    }
    return 1;
}

static enum sg_err see_slot(void *context, const struct sg_slot *slot, struct sg_error *err)
{
    (void)err;
    if (strcmp(slot->name, "extra") == 0)
        *(bool *)context = true;
    return slot->kind == SG_SLOT_KEY ? SG_OK : SG_ERR_STORE;
}

/* What is left must be the state before the step that was begun, or the one after it. */
static struct model judge(void)
{
    struct sg_store_report report;
    struct sg_error err = {0};
    struct sg_store *s;
    struct model is;
    bool extra = false;
    enum sg_err r = open_by_key(&s, &err);

    if (r != SG_OK)
        print_message("%d: %s %s block %llu\n", (int)r, err.name, err.what ? err.what : "",
                      (unsigned long long)err.value);
    assert_int_equal(r, SG_OK);
    is = shared->done;
    if (holds_model(s, &is, &err) != 1) {
        is = shared->doing;
        assert_int_equal(holds_model(s, &is, &err), 1);
    }
    assert_int_equal(sg_slot_list(s, see_slot, &extra, &err), SG_OK);
    assert_true(extra == shared->done.extra_slot || extra == shared->doing.extra_slot);
    is.extra_slot = extra;
    is.seed = shared->doing.seed ^ 1;
    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_store_guard(s), SG_GUARD_CURRENT);
    assert_int_equal(sg_store_rollbacks(s), 0);
    sg_store_rollback(s);
    r = sg_store_check(s, &report, NULL, NULL, &err);
    if (r != SG_OK)
        print_message("%d: %s %s block %llu\n", (int)r, err.name, err.what ? err.what : "",
                      (unsigned long long)err.value);
    assert_int_equal(r, SG_OK);
    sg_store_close(s);
    return is;
}

static bool of_a_device(enum sg_err r, const struct sg_error *err)
{
    /* After a rekey that stands but could not say so, the handle has the old key. */
    return (r == SG_ERR_IO && (err->sys == ENOSPC || err->sys == EIO) && err->name[0]) ||
           r == SG_ERR_CHANGED;
}

/* In the process that is to be struck. */
static int work(struct model m)
{
    struct sg_error err = {0};
    struct sg_store *s;
    enum sg_err r = open_by_key(&s, &err);

    for (int i = 0; i < 12; i++) {
        struct model before = m;
        if (r == SG_OK)
            r = step(s, &m, &err);
        if (r == SG_OK) {
            shared->done = m;
            shared->steps++;
            continue;
        }
        shared->failures++;
        if (!shim.struck || !of_a_device(r, &err)) {
            shared->strange = r;
            (void)snprintf(shared->what, sizeof shared->what, "%s: %s, %d", err.name,
                           err.what ? err.what : "", err.sys);
            return 1;
        }
        shim.end = SHIM_NOTHING; /* the device works again: what is there now */
        sg_store_close(s);
        if (i % 2) /* the next process finds out */
            return 0;
        r = open_by_key(&s, &err);
        if (r != SG_OK)
            return 2;
        if (holds_model(s, &before, &err) == 1)
            m = before;
        else if (holds_model(s, &shared->doing, &err) == 1)
            m = shared->doing;
        else
            return 3;
        m.extra_slot = false;
        if (sg_slot_list(s, see_slot, &m.extra_slot, &err) != SG_OK)
            return 4;
        m.seed = shared->doing.seed ^ 2;
        shared->done = m;
    }
    sg_store_close(s);
    return 0;
}

static void strike(const struct model *m, uint64_t seed, enum shim_end end)
{
    int status;
    pid_t child;

    shared->done = shared->doing = *m;
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int result;
        memset(&shim, 0, sizeof shim);
        shim.end = end;
        shim.at = next_number(&seed) % (next_number(&seed) % 4 ? 300 : 40);
        shim.torn = next_number(&seed) % 2;
        shim.on = end != SHIM_KILL && next_number(&seed) % 2;
        result = work(*m);
        _exit(result);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != 9 && WEXITSTATUS(status) != 0)
        print_message("ended with %d: %d, %s\n", WEXITSTATUS(status), (int)shared->strange,
                      shared->what);
    assert_true(WEXITSTATUS(status) == 0 || (WEXITSTATUS(status) == 9 && end == SHIM_KILL));
    shared->strikes[WEXITSTATUS(status) == 9]++;
}

static uint64_t kills(void)
{
    const char *given = getenv("SG_STORE_KILLS");

    return given ? strtoull(given, NULL, 10) : getenv("SG_TEST_QUICK") ? 30 : 600;
}

static void run_all(enum shim_end first, enum shim_end second, uint64_t n)
{
    const struct sg_store_place place = shimmed();
    struct sg_slot_new slot = key_slot("key");
    struct sg_error err = {0};
    struct model m = {.seed = seed_now()};
    struct sg_store *s;

    for (size_t i = 0; i < KEYS; i++)
        m.size[i] = -1;
    memset(shared, 0, sizeof *shared);
    assert_int_equal(sg_store_create(&s, &place, &slot, 1, &err), SG_OK);
    assert_int_equal(sg_store_schema(s, &second_schema, &err), SG_OK);
    sg_store_close(s);
    for (uint64_t i = 0; i < n; i++) {
        strike(&m, m.seed + i, i % 2 ? first : second);
        m = judge();
    }
    print_message("%llu processes, %d of them killed; %llu steps, %llu that failed\n",
                  (unsigned long long)n, shared->strikes[1], (unsigned long long)shared->steps,
                  (unsigned long long)shared->failures);
}

static void test_killed(void **state_)
{
    (void)state_;
    run_all(SHIM_KILL, SHIM_KILL, kills());
    assert_true(shared->strikes[1] > 0);
}

static void test_killed_without_exchange(void **state_)
{
    (void)state_;
    shim_no_exchange = true;
    run_all(SHIM_KILL, SHIM_KILL, kills() / 4 + 1);
    shim_no_exchange = false;
}

static void test_full_or_broken(void **state_)
{
    (void)state_;
    run_all(SHIM_ENOSPC, SHIM_EIO, kills() / 2 + 1);
    assert_true(shared->failures > 0);
}

/* Creation, ended anywhere: there is no store, or a whole one, and the next attempt succeeds. */
static void test_creation(void **state_)
{
    const struct sg_store_place place = shimmed();
    struct sg_slot_new slot = key_slot("key");
    struct sg_error err = {0};
    struct sg_store *s;
    bool ended = false;

    (void)state_;
    for (uint64_t at = 0; !ended; at += at < 400 ? stride(7, 41) : 400) {
        int status;
        pid_t child = fork();
        enum sg_err r;
        assert_true(child >= 0);
        if (child == 0) {
            memset(&shim, 0, sizeof shim);
            shim.end = at % 3 == 2 ? SHIM_EIO : SHIM_KILL;
            shim.at = at;
            shim.torn = at % 2;
            r = sg_store_create(&s, &place, &slot, 1, &err);
            _exit(r == SG_OK && !shim.struck ? 5 : 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        ended = WEXITSTATUS(status) == 5;
        r = sg_store_find(&s, &place, &err);
        sg_store_close(s);
        if (r == SG_ERR_NO_STORE) {
            r = sg_store_create(&s, &place, &slot, 1, &err);
            sg_store_close(s);
        }
        assert_int_equal(r, SG_OK);
        assert_int_equal(open_by_key(&s, &err), SG_OK);
        assert_sound(s);
        sg_store_close(s);
        remove_tree(home);
        assert_int_equal(mkdir(home, 0700), 0);
    }
}

#define IN_A_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOME(test_killed),
        IN_A_HOME(test_killed_without_exchange),
        IN_A_HOME(test_full_or_broken),
        IN_A_HOME(test_creation),
    };
    struct sg_error err = {0};
    int failed;

    if (start_library(NULL) != 0)
        return 1;
    sg_identities_init(&ids);
    sg_recipients_init(&to);
    if (sg_identity_new(&ids, SG_KEY_X25519, &err) != SG_OK ||
        sg_recipient_of(&to, sg_identities_at(&ids, 0), &err) != SG_OK)
        return 1;
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    shim_register(&shim_vfs);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    sg_identities_free(&ids);
    sg_recipients_free(&to);
    return failed;
}
