/*
 * home - a home with a store in it, for a test: made in a folder of its own and removed again.
 */
#ifndef SG_TEST_HOME_H
#define SG_TEST_HOME_H

#include "unit/helper.h"

#include "key/key.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

static char home[64], state[80], database[96], label[96], slots[96], journal[112];

static int home_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void remove_tree(const char *path)
{
    (void)nftw(path, home_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline int set_up(void **ignored)
{
    (void)ignored;
    (void)snprintf(home, sizeof home, "%s/signet-store-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm"
                                                 : "/tmp"); /* syncs cost nothing there */
    if (!mkdtemp(home))
        return -1;
    (void)snprintf(state, sizeof state, "%s/state", home);
    (void)snprintf(database, sizeof database, "%s/vault/store.db", home);
    (void)snprintf(journal, sizeof journal, "%s/vault/store.db-journal", home);
    (void)snprintf(label, sizeof label, "%s/vault/store.id", home);
    (void)snprintf(slots, sizeof slots, "%s/vault/slots", home);
    return 0;
}

static inline int tear_down(void **ignored)
{
    (void)ignored;
    remove_tree(home);
    return access(home, F_OK) == 0 ? -1 : 0;
}

static inline struct sg_store_place here(void)
{
    return (struct sg_store_place){.home = home, .state = state, .wait_ms = 5000};
}

static const struct sg_password good = {(const uint8_t *)"correct horse", 13};
static const struct sg_password bad = {(const uint8_t *)"incorrect horse", 15};

static inline struct sg_slot_new password_slot(const char *name)
{
    return (struct sg_slot_new){name,
                                {.password = &good, .kdf = SG_KDF_ARGON2ID, .work = SG_WORK_MIN}};
}

/* Gives a bad password some times, and then the good one; gives up after `most`. */
struct asking {
    unsigned wrong, most, asked;
};

static inline enum sg_err ask(void *context, const char *name, unsigned attempt,
                              struct sg_password *password, struct sg_error *err)
{
    struct asking *a = context;

    (void)name;
    assert_int_equal(attempt, a->asked);
    if (a->asked++ >= a->most)
        return sg_fail(err, SG_ERR_WRONG_PASSWORD, NULL);
    *password = attempt < a->wrong ? bad : good;
    return SG_OK;
}

/* Opens the store, with the password after so many wrong ones. */
static inline enum sg_err open_with(struct sg_store **s, unsigned wrong, struct sg_error *err)
{
    const struct sg_store_place place = here();
    struct asking asking = {wrong, wrong + 1, 0};
    const struct sg_password_asker asker = {ask, &asking, 22};
    const struct sg_store_unlock how = {.asker = &asker};
    enum sg_err r = sg_store_find(s, &place, err);

    if (r == SG_OK)
        r = sg_store_unlock(*s, &how, err);
    if (r != SG_OK) {
        sg_store_close(*s);
        *s = NULL;
    }
    return r;
}

static const char *const steps[] = {"CREATE TABLE t (k TEXT PRIMARY KEY, v BLOB)",
                                    "ALTER TABLE t ADD COLUMN n INTEGER; CREATE INDEX tn ON t (n)"};
static const struct sg_schema first_schema = {"test", 1, steps}, second_schema = {"test", 2, steps};

/* A new store, with a slot that takes the good password, and the table t in it. */
static inline struct sg_store *make(void)
{
    const struct sg_store_place place = here();
    const struct sg_slot_new slot = password_slot("password");
    struct sg_error err = {0};
    struct sg_store *s;

    assert_int_equal(sg_store_create(&s, &place, &slot, 1, &err), SG_OK);
    assert_int_equal(sg_store_schema(s, &second_schema, &err), SG_OK);
    return s;
}

static inline struct sg_store *reopen(void)
{
    struct sg_error err = {0};
    struct sg_store *s;

    assert_int_equal(open_with(&s, 0, &err), SG_OK);
    return s;
}

static inline enum sg_err try_put(struct sg_store *s, const char *key, const void *value, size_t n,
                                  struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r != SG_OK)
        return r;
    r = sg_query_start(&q, s, "INSERT OR REPLACE INTO t (k, v) VALUES (?1, ?2)", err);
    if (r == SG_OK) {
        sg_query_set_text(&q, 1, key, strlen(key));
        sg_query_set_bytes(&q, 2, value, n);
        r = sg_query_run(&q, err);
    }
    sg_query_end(&q);
    if (r == SG_OK)
        r = sg_store_commit(s, err);
    if (r != SG_OK)
        sg_store_rollback(s);
    return r;
}

static inline void put(struct sg_store *s, const char *key, const char *value)
{
    struct sg_error err = {0};

    assert_int_equal(try_put(s, key, value, strlen(value), &err), SG_OK);
}

/* Reads a value into `out`; *n is its size, or SIZE_MAX when there is none. */
static inline enum sg_err try_get(struct sg_store *s, const char *key, uint8_t *out, size_t cap,
                                  size_t *n, struct sg_error *err)
{
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_store_begin(s, SG_STORE_READ, err);

    *n = SIZE_MAX;
    if (r != SG_OK)
        return r;
    r = sg_query_start(&q, s, "SELECT v FROM t WHERE k = ?1", err);
    if (r == SG_OK) {
        sg_query_set_text(&q, 1, key, strlen(key));
        r = sg_query_row(&q, &there, err);
    }
    if (r == SG_OK && there) {
        const uint8_t *p = sg_query_bytes(&q, 0, n);
        assert_true(*n <= cap);
        memcpy(out, p, *n);
    }
    sg_query_end(&q);
    sg_store_rollback(s);
    return r;
}

/* What is kept under a key; a NULL value: that there is nothing. */
static inline void assert_has(struct sg_store *s, const char *key, const char *value)
{
    struct sg_error err = {0};
    uint8_t got[256];
    size_t n;

    assert_int_equal(try_get(s, key, got, sizeof got, &n, &err), SG_OK);
    if (!value) {
        assert_true(n == SIZE_MAX);
        return;
    }
    assert_int_equal(n, strlen(value));
    assert_memory_equal(got, value, n);
}

static inline void assert_sound(struct sg_store *s)
{
    struct sg_store_report report;
    struct sg_error err = {0};

    assert_int_equal(sg_store_check(s, &report, NULL, NULL, &err), SG_OK);
    assert_true(report.blocks > 0);
    assert_true(report.slots > 0);
    assert_int_equal(report.damaged + report.damaged_slots, 0);
}

/* For a rekey: the password, of slots that take one. */
static inline enum sg_err give_password(void *context, const struct sg_slot *slot,
                                        struct sg_slot_way *way, bool *drop, struct sg_error *err)
{
    (void)context;
    (void)err;
    *drop = false;
    if (slot->kind == SG_SLOT_PASSWORD || slot->kind == SG_SLOT_BOTH)
        way->password = &good;
    way->work = SG_WORK_MIN;
    return SG_OK;
}

static const struct sg_store_rekey plain_rekey = {.slot = give_password, .max_work = 22};

/* A whole file, to be freed. */
static inline uint8_t *read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    uint8_t *p = malloc(1U << 24);

    assert_non_null(f);
    assert_non_null(p);
    *n = fread(p, 1, 1U << 24, f);
    assert_true(*n < 1U << 24);
    assert_int_equal(fclose(f), 0);
    return p;
}

static inline void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

#endif
