/*
 * store, when the power goes: random transactions run over a simulated device (disk.h). At random
 * moments it is looked at what might be left if the machine stopped now: the database must open,
 * hold every committed transaction and no other, be sound, and go on working. The same runs with
 * SQLite's own files as the control, and with settings that are known to lose commits, which must
 * be caught. And so with the process killed in place of the machine, and with a device that is full
 * or broken.
 *
 * $SG_STORE_POINTS is how many moments are looked at in all; the default is a short round.
 */
#include "unit/helper.h"
#include "unit/disk.h"

#include "store/vfs.h"

#include <errno.h>

#define PATH "/store.db"
#define WORDS 12

static struct sg_secret keys;
static const uint8_t id[SG_STORE_ID_BYTES] = "power test store";

struct setting {
    const char *name;
    const char *pragmas;
    bool sealed, destroying;
    bool killed;             /* the process and not the machine */
    bool spills;             /* large transactions in a small cache */
    const char *maintenance; /* run now and then, or NULL */
};

/* A database while it is open. */
struct base {
    struct sg_vfs *vfs;
    sqlite3 *db;
};

/* What the database must hold. */
struct expected {
    uint64_t committed, pending;
    bool committing;
};

struct run {
    const struct setting *setting;
    struct disk disk;
    struct base base;
    struct expected expected;
    uint64_t seed;
    unsigned one_in;      /* one moment in so many is looked at */
    uint64_t looked, bad; /* moments, and those that were wrong */
    unsigned depth;
    const char *first; /* what was wrong first */
    uint64_t calls[DISK_CALLS];
    int64_t fail_at; /* this call of the disk fails, counted from 0; below 0: none */
    int fail_with;
    bool fail_on; /* and every one after it */
};

static int run_sql(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* 0 or an SQLite error. */
static int open_base(struct base *b, const struct setting *setting, struct disk *d)
{
    struct sg_error err = {0};
    int reserve = SG_BLOCK_RESERVED;
    int rc, flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    memset(b, 0, sizeof *b);
    if (setting->sealed)
        assert_int_equal(sg_vfs_start(&b->vfs, PATH, d->name,
                                      (const struct sg_store_keys *)(void *)keys.data, id, &err),
                         SG_OK);
    rc = sqlite3_open_v2(PATH, &b->db, flags, setting->sealed ? b->vfs->name : d->name);
    if (rc == SQLITE_OK && setting->sealed)
        rc = sqlite3_file_control(b->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (rc == SQLITE_OK)
        rc = run_sql(b->db, "PRAGMA page_size = 4096; PRAGMA secure_delete = ON;"
                            "PRAGMA temp_store = FILE");
    if (rc == SQLITE_OK)
        rc = run_sql(b->db, setting->pragmas);
    return rc;
}

static void close_base(struct base *b)
{
    assert_int_equal(sqlite3_close(b->db), SQLITE_OK);
    sg_vfs_end(b->vfs);
    memset(b, 0, sizeof *b);
}

static uint64_t absorb(uint64_t hash, const void *p, size_t n)
{
    const uint8_t *byte = p;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ byte[i]) * 0x100000001b3;
    return hash;
}

/* A number that stands for all content. 0 or an SQLite error. */
static int content_of(sqlite3 *db, uint64_t *out)
{
    sqlite3_stmt *q = NULL;
    uint64_t hash = 0xcbf29ce484222325;
    int rc = sqlite3_prepare_v2(db,
                                "SELECT id, k, v, (SELECT body FROM words WHERE rowid = t.id) "
                                "FROM t ORDER BY id",
                                -1, &q, NULL);

    if (rc == SQLITE_OK)
        while ((rc = sqlite3_step(q)) == SQLITE_ROW)
            for (int i = 0; i < 4; i++) {
                const void *p = sqlite3_column_blob(q, i);
                hash = absorb(hash, p, (size_t)sqlite3_column_bytes(q, i));
            }
    (void)sqlite3_finalize(q);
    *out = hash;
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int is_sound(sqlite3 *db, bool *sound)
{
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &q, NULL);

    *sound = false;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    if (rc == SQLITE_ROW)
        *sound = strcmp((const char *)sqlite3_column_text(q, 0), "ok") == 0;
    rc = sqlite3_finalize(q);
    if (rc == SQLITE_OK)
        rc = run_sql(db, "INSERT INTO words(words) VALUES ('integrity-check')");
    return rc;
}

static uint64_t roll(struct run *r, uint64_t sides)
{
    return next_number(&r->seed) % sides;
}

/* One change of a row; the text index goes with it. */
static int change(struct run *r)
{
    static const char *const words[WORDS] = {"seal",   "open", "ratchet", "vault",
                                             "key",    "slot", "guard",   "mirror",
                                             "anchor", "lamp", "tide",    "orbit"};
    uint8_t value[9000];
    char sql[256], body[128];
    sqlite3_stmt *q = NULL;
    sqlite3_int64 row = (sqlite3_int64)roll(r, 40) + 1;
    size_t n = roll(r, 8) == 0 ? roll(r, sizeof value) : roll(r, 900);
    bool removes = roll(r, 4) == 0;
    int rc;

    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM t WHERE id = %lld; DELETE FROM words WHERE rowid = %lld", row, row);
    rc = run_sql(r->base.db, sql);
    if (removes || rc != SQLITE_OK)
        return rc;
    fill(value, n, next_number(&r->seed));
    (void)snprintf(body, sizeof body, "%s %s %s", words[roll(r, WORDS)], words[roll(r, WORDS)],
                   words[roll(r, WORDS)]);
    rc = sqlite3_prepare_v2(r->base.db, "INSERT INTO t VALUES (?1, ?2, ?3)", -1, &q, NULL);
    if (rc == SQLITE_OK) {
        (void)sqlite3_bind_int64(q, 1, row);
        (void)sqlite3_bind_int64(q, 2, (sqlite3_int64)next_number(&r->seed));
        (void)sqlite3_bind_blob(q, 3, value, (int)n, SQLITE_STATIC);
        rc = sqlite3_step(q);
        rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
    }
    (void)sqlite3_finalize(q);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_prepare_v2(r->base.db, "INSERT INTO words(rowid, body) VALUES (?1, ?2)", -1, &q,
                            NULL);
    if (rc == SQLITE_OK) {
        (void)sqlite3_bind_int64(q, 1, row);
        (void)sqlite3_bind_text(q, 2, body, -1, SQLITE_STATIC);
        rc = sqlite3_step(q);
        rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
    }
    (void)sqlite3_finalize(q);
    return rc;
}

static int changes(struct run *r, uint64_t n)
{
    int rc = SQLITE_OK;

    while (rc == SQLITE_OK && n--)
        rc = change(r);
    return rc;
}

static int commit(struct run *r)
{
    int rc = content_of(r->base.db, &r->expected.pending);

    if (rc != SQLITE_OK)
        return rc;
    r->expected.committing = true;
    rc = run_sql(r->base.db, "COMMIT");
    if (rc == SQLITE_OK) {
        r->expected.committed = r->expected.pending;
        r->expected.committing = false;
    }
    return rc;
}

/* A transaction of some kind. */
static int transaction(struct run *r)
{
    uint64_t kind = roll(r, 10);
    int rc;

    if (kind == 0 && r->setting->maintenance)
        return run_sql(r->base.db, r->setting->maintenance);
    rc = run_sql(r->base.db, "BEGIN IMMEDIATE");
    if (rc == SQLITE_OK)
        rc = changes(r, r->setting->spills && kind < 5 ? 12 + roll(r, 20) : 1 + roll(r, 4));
    if (rc == SQLITE_OK && kind % 3 == 1) {
        rc = run_sql(r->base.db, "SAVEPOINT inner");
        if (rc == SQLITE_OK)
            rc = changes(r, r->setting->spills ? 15 : 3);
        if (rc == SQLITE_OK)
            rc = run_sql(r->base.db,
                         roll(r, 2) ? "ROLLBACK TO inner; RELEASE inner" : "RELEASE inner");
        if (rc == SQLITE_OK)
            rc = changes(r, roll(r, 3));
    }
    if (rc != SQLITE_OK)
        return rc;
    return kind == 9 ? run_sql(r->base.db, "ROLLBACK") : commit(r);
}

static int make_tables(struct run *r)
{
    int rc =
        run_sql(r->base.db, "BEGIN; CREATE TABLE t (id INTEGER PRIMARY KEY, k INTEGER, v BLOB);"
                            "CREATE INDEX by_k ON t (k);"
                            "CREATE VIRTUAL TABLE words USING fts5(body); COMMIT");

    if (rc == SQLITE_OK)
        rc = content_of(r->base.db, &r->expected.committed);
    return rc;
}

static void wrong(struct run *r, const char *what)
{
    r->bad++;
    if (!r->first)
        r->first = what;
}

static int look_at_recovery(struct disk *d, enum disk_call call);

/* Whether the database can be used as before. */
static bool goes_on(struct run *after)
{
    const char *maintenance = after->setting->maintenance;
    bool sound;

    return transaction(after) == SQLITE_OK && changes(after, 20) == SQLITE_OK &&
           (!maintenance || run_sql(after->base.db, maintenance) == SQLITE_OK) &&
           is_sound(after->base.db, &sound) == SQLITE_OK && sound;
}

/* Opens what is left on a disk, and holds it against what it must be. */
static void judge(struct run *r, struct disk *left, const struct expected *expected)
{
    struct run after = {.setting = r->setting, .seed = r->seed};
    uint64_t content = 0;
    bool sound = false;
    int rc = open_base(&after.base, r->setting, left);

    if (rc == SQLITE_OK)
        rc = content_of(after.base.db, &content);
    if (rc != SQLITE_OK) {
        wrong(r, "it does not open");
    } else if (content != expected->committed &&
               !(expected->committing && content == expected->pending)) {
        wrong(r, "a commit is lost, or something else is there");
    } else if (is_sound(after.base.db, &sound) != SQLITE_OK || !sound) {
        wrong(r, "it is not sound");
    } else if (roll(&after, 4) == 0 && !goes_on(&after)) {
        wrong(r, "it does not go on working");
    }
    close_base(&after.base);
}

/* Takes an image of the disk and judges it; once in a while, with a second crash on the way. */
static void look(struct run *r, struct disk *d, unsigned depth)
{
    static const struct disk nothing;
    struct disk *left = malloc(sizeof *left);
    struct run nested = *r;
    uint64_t seed = next_number(&r->seed);

    assert_non_null(left);
    *left = nothing;
    disk_start(left);
    left->destroying = d->destroying;
    if (r->setting->killed) {
        const struct disk_file *last = NULL;
        for (size_t i = 0; i < DISK_FILES; i++)
            if (d->files[i].steps_n && seed % 3 == i % 3)
                last = &d->files[i];
        disk_image_killed(left, d, last, true);
    } else {
        disk_image(left, d, seed);
    }
    r->looked++;
    if (depth == 0 && seed % 5 == 0) {
        nested.looked = nested.bad = 0;
        nested.first = NULL;
        nested.one_in = 6;
        nested.depth = 1;
        left->before = look_at_recovery;
        left->context = &nested;
    }
    judge(r, left, &r->expected);
    if (left->context) {
        r->looked += nested.looked;
        r->bad += nested.bad;
        if (nested.first && !r->first)
            r->first = nested.first;
    }
    disk_end(left);
    free(left);
}

/* Within the recovery from one crash, another; until something new is written, what must be there
 * is the same. */
static int look_at_recovery(struct disk *d, enum disk_call call)
{
    struct run *r = d->context;

    (void)call;
    if (d->calls > 12)
        d->before = NULL;
    else if (roll(r, r->one_in) == 0)
        look(r, d, 1);
    return SQLITE_OK;
}

static int look_now_and_then(struct disk *d, enum disk_call call)
{
    struct run *r = d->context;

    r->calls[call]++;
    if (r->expected.committed && roll(r, r->one_in) == 0)
        look(r, d, 0);
    return SQLITE_OK;
}

/* Runs histories until so many moments have been looked at. */
static void run_setting(struct run *r, const struct setting *setting, uint64_t points,
                        uint64_t seed)
{
    memset(r, 0, sizeof *r);
    r->setting = setting;
    r->seed = seed;
    r->one_in = 6;
    while (r->looked < points) {
        disk_start(&r->disk);
        r->disk.destroying = setting->destroying;
        r->disk.before = look_now_and_then;
        r->disk.context = r;
        memset(&r->expected, 0, sizeof r->expected);
        assert_int_equal(open_base(&r->base, setting, &r->disk), SQLITE_OK);
        assert_int_equal(make_tables(r), SQLITE_OK);
        for (int i = 0; i < 40 && r->looked < points; i++)
            assert_int_equal(transaction(r), SQLITE_OK);
        close_base(&r->base);
        disk_end(&r->disk);
    }
}

static uint64_t points_in_all(void)
{
    const char *given = getenv("SG_STORE_POINTS");

    return given ? strtoull(given, NULL, 10) : getenv("SG_TEST_QUICK") ? 300 : 12000;
}

#define FULL "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"
#define SMALL "PRAGMA cache_size = 12;"

static const struct setting settings[] = {
    {.name = "truncate", .pragmas = FULL},
    {.name = "truncate, sectors ruined", .pragmas = FULL, .destroying = true},
    {.name = "persist", .pragmas = "PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL"},
    {.name = "persist, sectors ruined",
     .pragmas = "PRAGMA journal_mode = PERSIST; PRAGMA synchronous = FULL",
     .destroying = true},
    {.name = "delete, extra",
     .pragmas = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA"},
    {.name = "spills", .pragmas = FULL SMALL, .spills = true},
    {.name = "spills, sectors ruined", .pragmas = FULL SMALL, .spills = true, .destroying = true},
    {.name = "vacuum", .pragmas = FULL, .maintenance = "VACUUM"},
    {.name = "vacuum, sectors ruined",
     .pragmas = FULL SMALL,
     .maintenance = "VACUUM",
     .destroying = true},
    {.name = "auto_vacuum", .pragmas = "PRAGMA auto_vacuum = FULL;" FULL SMALL, .spills = true},
    {.name = "auto_vacuum, sectors ruined",
     .pragmas = "PRAGMA auto_vacuum = FULL;" FULL SMALL,
     .spills = true,
     .destroying = true},
    {.name = "incremental vacuum, sectors ruined",
     .pragmas = "PRAGMA auto_vacuum = INCREMENTAL;" FULL SMALL,
     .spills = true,
     .maintenance = "PRAGMA incremental_vacuum(5)",
     .destroying = true},
    {.name = "killed", .pragmas = FULL, .killed = true},
    {.name = "killed, spills, vacuum",
     .pragmas = FULL SMALL,
     .killed = true,
     .spills = true,
     .maintenance = "VACUUM"},
};

#define SETTINGS (sizeof settings / sizeof *settings)

static void test_nothing_is_lost(void **state)
{
    uint64_t seed = seed_now(), each = points_in_all() / SETTINGS / 5 + 1, bad = 0;

    (void)state;
    for (size_t i = 0; i < SETTINGS; i++) {
        for (int sealed = 1; sealed >= 0; sealed--) { /* then the control */
            struct setting setting = settings[i];
            static struct run r;
            setting.sealed = sealed;
            run_setting(&r, &setting, sealed ? 4 * each : each,
                        disk_mix(seed, 2 * i + (size_t)sealed));
            print_message("%-36s %-6s %7llu moments, %llu wrong%s%s\n", setting.name,
                          sealed ? "sealed" : "plain", (unsigned long long)r.looked,
                          (unsigned long long)r.bad, r.first ? ": " : "", r.first ? r.first : "");
            bad += r.bad;
        }
    }
    assert_int_equal(bad, 0);
}

/* What is known to lose commits does so here, sealed or not: the device is no kinder than it should
 * be. */
static void test_losses_are_seen(void **state)
{
    static const struct setting careless[] = {
        {.name = "never synced",
         .pragmas = "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = OFF"},
        {.name = "no journal", .pragmas = "PRAGMA journal_mode = OFF; PRAGMA synchronous = FULL"},
        {.name = "folder not synced",
         .pragmas = "PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL"},
    };
    uint64_t seed = seed_now();

    (void)state;
    for (size_t i = 0; i < sizeof careless / sizeof *careless; i++) {
        for (int sealed = 1; sealed >= 0; sealed--) {
            struct setting setting = careless[i];
            static struct run r;
            if (sealed && i == 2) /* our VFS syncs the folder whether it is asked to or not */
                continue;
            setting.sealed = sealed;
            run_setting(&r, &setting, 150, disk_mix(seed, 100 + 2 * i + (size_t)sealed));
            print_message("%-36s %-6s %7llu moments, %llu wrong\n", setting.name,
                          sealed ? "sealed" : "plain", (unsigned long long)r.looked,
                          (unsigned long long)r.bad);
            assert_true(r.bad > 0);
        }
    }
}

/* One call of the device fails, and perhaps all after it. */
static int fail_once(struct disk *d, enum disk_call call)
{
    struct run *r = d->context;
    int64_t number = (int64_t)d->calls - 1;

    if (r->fail_at < 0 || number < r->fail_at || (number > r->fail_at && !r->fail_on))
        return SQLITE_OK;
    if (r->fail_with == SQLITE_FULL)
        return call == DISK_WRITE ? SQLITE_FULL : SQLITE_OK;
    return call == DISK_WRITE  ? SQLITE_IOERR_WRITE
           : call == DISK_SYNC ? SQLITE_IOERR_FSYNC
                               : SQLITE_IOERR_TRUNCATE;
}

/*
 * A history in which the device fails once, or from one moment on: what fails says so, and when the
 * device works again everything is there that was committed. Seen by this connection, or else by
 * another: the text index of SQLite may keep in memory what was rolled back, so a connection that
 * met a failure is not the judge of its soundness. Plain SQLite does the same.
 */
static void fail_history(struct run *r, bool reopen)
{
    struct base *b = &r->base;
    uint64_t content = 0;
    bool failed = false, sound = false;
    int rc;

    disk_start(&r->disk);
    r->disk.context = r;
    memset(&r->expected, 0, sizeof r->expected);
    assert_int_equal(open_base(b, r->setting, &r->disk), SQLITE_OK);
    assert_int_equal(make_tables(r), SQLITE_OK);
    r->disk.calls = 0;
    r->disk.before = fail_once;
    for (int i = 0; i < 12 && !failed; i++) {
        rc = transaction(r);
        failed = rc != SQLITE_OK;
        if (failed && (rc & 0xff) != SQLITE_IOERR && (rc & 0xff) != SQLITE_FULL)
            wrong(r, "it fails with another error than the device's");
        if (!sqlite3_get_autocommit(b->db))
            (void)run_sql(b->db, "ROLLBACK");
    }
    r->fail_at = -1; /* the device works again */
    if (reopen) {
        close_base(b);
        assert_int_equal(open_base(b, r->setting, &r->disk), SQLITE_OK);
    }
    rc = content_of(b->db, &content);
    if (!reopen && rc == SQLITE_OK) {
        close_base(b);
        assert_int_equal(open_base(b, r->setting, &r->disk), SQLITE_OK);
    }
    if (rc != SQLITE_OK || is_sound(b->db, &sound) != SQLITE_OK || !sound)
        wrong(r, "it is not sound");
    else if (content != r->expected.committed &&
             !(r->expected.committing && content == r->expected.pending))
        wrong(r, "a commit is lost, or something else is there");
    r->looked += failed;
    close_base(b);
    disk_end(&r->disk);
}

static void test_failing_device(void **state)
{
    static const int codes[] = {SQLITE_FULL, SQLITE_IOERR};
    uint64_t seed = seed_now(), histories = points_in_all() / 24 + 1, looked = 0, bad = 0;
    static struct run r;

    (void)state;
    for (uint64_t i = 0; i < histories * 4; i++) {
        struct setting setting = settings[(i / 8) % SETTINGS];
        setting.sealed = true;
        memset(&r, 0, sizeof r);
        r.setting = &setting;
        r.seed = disk_mix(seed, 7000 + i);
        r.fail_with = codes[i % 2];
        r.fail_on = i / 2 % 2;
        r.fail_at = (int64_t)roll(&r, 250);
        fail_history(&r, i / 4 % 2);
        looked += r.looked;
        bad += r.bad;
        if (r.first && bad < 10)
            print_message("%s, %d, %s: %s\n", setting.name, r.fail_with, r.fail_on ? "on" : "once",
                          r.first);
    }
    print_message("%llu failures of the device, %llu wrong\n", (unsigned long long)looked,
                  (unsigned long long)bad);
    assert_true(looked > histories);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_lost),
        cmocka_unit_test(test_losses_are_seen),
        cmocka_unit_test(test_failing_device),
    };
    struct sg_error err = {0};
    static const uint8_t key[SG_XCHACHA20_KEY_BYTES] = "the key of the store under test";
    int failed;

    if (start_library(NULL) != 0 || sg_store_keys_derive(&keys, key, id, &err) != SG_OK)
        return 1;
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    sg_secret_free(&keys);
    return failed;
}
