/*
 * store, changed by somebody else: whatever is done to a block, what is read is what was written,
 * or an error that names the file and the block. What of older blocks put back is seen and what is
 * not. And that nothing that was put in stands anywhere in the clear.
 */
#include "unit/home.h"

#include <dirent.h>
#include <sys/mman.h>

#include <sqlite3.h>

#define BLOCK 4096
#define ROWS 60

static char value_of(size_t row, size_t version)
{
    return (char)('a' + (row + version) % 26);
}

/* Fills the table: rows of one letter each, of sizes that take up to three blocks. */
static void fill_table(struct sg_store *s, size_t version)
{
    struct sg_error err = {0};
    char value[9000], key[20];

    for (size_t i = 0; i < ROWS; i++) {
        size_t n = 100 + i * 131;
        memset(value, value_of(i, version), n);
        (void)snprintf(key, sizeof key, "row %zu", i);
        assert_int_equal(try_put(s, key, value, n, &err), SG_OK);
    }
}

/* Reads all of it. SG_OK only when every row is exactly one of the two versions; *old counts those
 * of the first. */
static enum sg_err read_table(struct sg_store *s, size_t *old, struct sg_error *err)
{
    struct sg_query q = {0};
    size_t rows = 0;
    bool there = true;
    enum sg_err r = sg_store_begin(s, SG_STORE_READ, err);

    *old = 0;
    if (r != SG_OK)
        return r;
    r = sg_query_start(&q, s, "SELECT k, v FROM t WHERE k LIKE 'row %'", err);
    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        size_t n, row = strtoul(sg_query_text(&q, 0, NULL) + 4, NULL, 10);
        const uint8_t *p = sg_query_bytes(&q, 1, &n);
        assert_int_equal(n, 100 + row * 131);
        for (size_t i = 1; i < n; i++)
            assert_int_equal(p[i], p[0]);
        assert_true(p[0] == value_of(row, 0) || p[0] == value_of(row, 1));
        *old += p[0] == value_of(row, 0);
        rows++;
    }
    if (r == SG_OK)
        assert_int_equal(rows, ROWS);
    sg_query_end(&q);
    sg_store_rollback(s);
    return r;
}

static struct sg_store *make_full(void)
{
    struct sg_store *s = make();

    fill_table(s, 0);
    return s;
}

struct faults {
    size_t n;
    uint64_t block;
    char file[200];
};

static void note(void *context, const char *file, uint64_t block, const char *what)
{
    struct faults *f = context;

    (void)what;
    if (f->n++ == 0) {
        f->block = block;
        (void)snprintf(f->file, sizeof f->file, "%s", file);
    }
}

/*
 * The store with one block changed: check names it, and no reading gives anything but what was
 * written; what fails names a block that was changed, too.
 */
static void assert_noticed(uint64_t block, uint64_t other)
{
    struct sg_store_report report;
    struct sg_error err = {0};
    struct faults faults = {0};
    struct sg_store *s = NULL;
    size_t old;
    enum sg_err r = open_with(&s, 0, &err);

    if (r == SG_OK) {
        assert_int_equal(sg_store_check(s, &report, note, &faults, &err), SG_ERR_BLOCK);
        assert_true(faults.n > 0);
        assert_true(faults.block == block || faults.block == other);
        assert_string_equal(faults.file, database);
        assert_true(report.damaged <= 2);
        r = read_table(s, &old, &err);
        if (r == SG_OK)
            assert_int_equal(old, ROWS); /* what was read does not stand in that block */
    }
    if (r != SG_OK) {
        assert_int_equal(r, SG_ERR_BLOCK);
        assert_string_equal(err.name, database);
        assert_true(err.value == block || err.value == other);
    }
    sg_store_close(s);
}

static void test_every_block(void **state_)
{
    uint8_t *whole, zeros[BLOCK] = {0}, kept[BLOCK];
    size_t n;

    (void)state_;
    sg_store_close(make_full());
    whole = read_file(database, &n);
    assert_int_equal(n % BLOCK, 0);
    assert_true(n / BLOCK > 60);
    for (size_t i = 0; i < n / BLOCK; i += stride(7, 31)) {
        static const size_t places[] = {0, 1, 100, 2048, 4055, 4056, 4079, 4080, 4095};
        uint8_t *block = whole + BLOCK * i;
        size_t j = (i + 17) % (n / BLOCK);
        memcpy(kept, block, BLOCK);
        for (size_t k = i % 3; k < sizeof places / sizeof *places; k += 3) { /* flipped */
            block[places[k]] ^= (uint8_t)(1U << (i % 8));
            write_file(database, whole, n);
            assert_noticed(i + 1, 0);
            block[places[k]] ^= (uint8_t)(1U << (i % 8));
        }
        memcpy(block, zeros, BLOCK); /* zeroed */
        write_file(database, whole, n);
        assert_noticed(i + 1, 0);
        memcpy(block, whole + BLOCK * j, BLOCK); /* another's copy */
        write_file(database, whole, n);
        assert_noticed(i + 1, 0);
        memcpy(whole + BLOCK * j, kept, BLOCK); /* swapped */
        write_file(database, whole, n);
        assert_noticed(i + 1, j + 1);
        memcpy(whole + BLOCK * j, block, BLOCK);
        memcpy(block, kept, BLOCK);
    }
    write_file(database, whole, n);
    {
        struct sg_store *s = reopen();
        assert_sound(s);
        sg_store_close(s);
    }
    free(whole);
}

/* Blocks of another store, with the same key slot even, and of before a rekey. */
static void test_blocks_from_elsewhere(void **state_)
{
    uint8_t *before, *after;
    struct sg_error err = {0};
    struct sg_store *s;
    size_t n, m;

    (void)state_;
    s = make_full();
    sg_store_close(s);
    before = read_file(database, &n);
    s = reopen();
    assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
    sg_store_close(s);
    after = read_file(database, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n / BLOCK; i += 5 * stride(3, 7)) {
        uint8_t kept[BLOCK];
        memcpy(kept, after + BLOCK * i, BLOCK);
        memcpy(after + BLOCK * i, before + BLOCK * i, BLOCK);
        write_file(database, after, n);
        assert_noticed(i + 1, 0);
        memcpy(after + BLOCK * i, kept, BLOCK);
    }
    free(before);
    free(after);
}

static void test_ends(void **state_)
{
    uint8_t *whole, *longer;
    struct sg_store_report report;
    struct sg_error err = {0};
    struct sg_store *s;
    size_t n, old;

    (void)state_;
    sg_store_close(make_full());
    whole = read_file(database, &n);
    for (size_t cut = 0; cut < n;
         cut += 1 + 700 * stride(11, 41)) { /* anywhere, whole blocks or not */
        enum sg_err r;
        write_file(database, whole, cut);
        r = open_with(&s, 0, &err);
        if (r == SG_OK)
            r = read_table(s, &old, &err);
        assert_int_equal(r, SG_ERR_BLOCK);
        assert_string_equal(err.name, database);
        assert_true(cut == 0 || err.value == cut / BLOCK + 1);
        sg_store_close(s);
        s = NULL;
    }
    for (size_t cut = BLOCK; cut < n; cut += BLOCK * stride(7, 19)) {
        enum sg_err r;
        write_file(database, whole, cut);
        r = open_with(&s, 0, &err);
        if (r == SG_OK)
            r = read_table(s, &old, &err);
        assert_int_equal(r, SG_ERR_BLOCK);
        assert_int_equal(err.value, cut / BLOCK + 1);
        sg_store_close(s);
        s = NULL;
    }
    longer = calloc(1, n + 2 * BLOCK);
    assert_non_null(longer);
    memcpy(longer, whole, n);
    for (size_t more = 1; more <= BLOCK; more += BLOCK - 1) { /* zeros, and then a copy */
        for (int copy = 0; copy < 2; copy++) {
            if (copy)
                memcpy(longer + n, whole + 3 * BLOCK, more);
            write_file(database, longer, n + more);
            s = reopen();
            assert_int_equal(sg_store_check(s, &report, NULL, NULL, &err), SG_ERR_BLOCK);
            assert_int_equal(err.value, n / BLOCK + 1);
            assert_int_equal(read_table(s, &old, &err), SG_OK); /* it is no part of the database */
            sg_store_close(s);
        }
        memset(longer + n, 0, BLOCK);
    }
    assert_int_equal(unlink(database), 0);
    assert_int_equal(open_with(&s, 0, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_int_equal(access(database, F_OK), -1);
    free(longer);
    free(whole);
}

/*
 * One older block put back in its own place, under the same key. It is authentic: what is read is
 * an older state of what stands there, and never anything that was not written. It is seen where it
 * holds the commit counter, which is block 1, and by check where it breaks the structure.
 */
static void test_single_old_block(void **state_)
{
    uint8_t *first, *second;
    struct sg_store *s;
    size_t n, m, seen = 0, unseen = 0;

    (void)state_;
    s = make_full();
    sg_store_close(s);
    first = read_file(database, &n);
    s = reopen();
    fill_table(s, 1);
    sg_store_close(s);
    second = read_file(database, &m);
    for (size_t i = 0; i < n / BLOCK && i < m / BLOCK; i += stride(7, 31)) {
        struct sg_store_report report;
        struct sg_error err = {0};
        uint8_t kept[BLOCK];
        size_t old;
        enum sg_err r;
        memcpy(kept, second + BLOCK * i, BLOCK);
        if (memcmp(kept, first + BLOCK * i, BLOCK) == 0)
            continue;
        memcpy(second + BLOCK * i, first + BLOCK * i, BLOCK);
        write_file(database, second, m);
        memcpy(second + BLOCK * i, kept, BLOCK);
        s = reopen();
        if (i == 0) {
            assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
            assert_int_equal(sg_store_guard(s), SG_GUARD_ROLLED_BACK);
            sg_store_rollback(s);
        }
        r = sg_store_check(s, &report, NULL, NULL, &err);
        assert_true(r == SG_OK || r == SG_ERR_DATABASE || r == SG_ERR_BLOCK);
        assert_int_equal(report.damaged, 0); /* the block itself is authentic */
        if (r == SG_OK && i != 0)
            unseen++;
        else
            seen++;
        sg_store_close(s);
        (void)old;
    }
    print_message("older blocks put back: %zu seen, %zu not\n", seen, unseen);
    assert_true(seen > 0);
    free(first);
    free(second);
}

/* An old journal put back restores old blocks, and the old counter with them. */
static void test_old_journal(void **state_)
{
    struct sg_error err = {0};
    struct sg_store *s = make_full();
    uint8_t *old;
    size_t n;

    (void)state_;
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_exec(s, "PRAGMA cache_spill = 1; PRAGMA cache_size = 1", &err),
                     SG_OK);
    assert_int_equal(sg_store_exec(s, "UPDATE t SET v = v || 'x'", &err), SG_OK);
    old = read_file(journal, &n); /* in the middle of a transaction, already synced */
    assert_true(n > 8 * 8192);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
    put(s, "key", "later");
    sg_store_close(s);
    write_file(journal, old, n);
    s = reopen();
    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_store_guard(s), SG_GUARD_ROLLED_BACK);
    sg_store_close(s);
    free(old);
}

/* Keeps the journal and the database as they are when a commit is about to give the journal up. */
static struct {
    uint8_t *journal, *database;
    size_t journal_n, database_n;
} hot;

static int keep_and_truncate(int fd, off_t size)
{
    struct stat st, named;

    if (!hot.journal && fstat(fd, &st) == 0 && stat(journal, &named) == 0 &&
        st.st_ino == named.st_ino && size == 0 && st.st_size > 0) {
        hot.journal = read_file(journal, &hot.journal_n);
        hot.database = read_file(database, &hot.database_n);
    }
    return ftruncate(fd, size);
}

/*
 * A journal that is needed after a crash, changed: it is not used in part. When its first block is
 * damaged it looks like one that was never synced, as when it is removed, which is not seen: the
 * transaction counts as committed.
 */
static void test_hot_journal(void **state_)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    struct sg_error err = {0};
    struct sg_store *s = make_full();
    size_t old, blocks;

    (void)state_;
    memset(&hot, 0, sizeof hot);
    assert_int_equal(
        system->xSetSystemCall(system, "ftruncate", (sqlite3_syscall_ptr)keep_and_truncate),
        SQLITE_OK);
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_exec(s,
                                   "UPDATE t SET v = replace(v, substr(v, 1, 1), "
                                   "char((unicode(substr(v, 1, 1)) - 96) % 26 + 97))",
                                   &err),
                     SG_OK);
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
    assert_int_equal(system->xSetSystemCall(system, "ftruncate", NULL), SQLITE_OK);
    assert_non_null(hot.journal);
    assert_int_equal(read_table(s, &old, &err), SG_OK);
    assert_int_equal(old, 0);
    sg_store_close(s);
    blocks = hot.journal_n / 8192 + 1;
    assert_true(blocks > 60);
    for (size_t i = 0; i <= blocks; i += i == 0 ? 1 : stride(3, 17)) {
        enum sg_err r;
        bool whole = i >= blocks;
        if (!whole)
            hot.journal[8192 * i + 64 + 10] ^= 1;
        write_file(database, hot.database, hot.database_n);
        write_file(journal, hot.journal, hot.journal_n);
        if (!whole)
            hot.journal[8192 * i + 64 + 10] ^= 1;
        r = open_with(&s, 0, &err);
        if (r == SG_OK)
            r = read_table(s, &old, &err);
        if (i == 0 || whole) {
            assert_int_equal(r, SG_OK);
            assert_int_equal(old, whole ? ROWS : 0);
            assert_sound(s);
        } else {
            assert_int_equal(r, SG_ERR_BLOCK);
            assert_string_equal(err.name, journal);
            assert_int_equal(err.value, i + 1);
        }
        sg_store_close(s);
        s = NULL;
    }
    free(hot.journal);
    free(hot.database);
}

/* Words that are put in, and must not be found in any file or in what SQLite's memory leaves. */
static const char *const secret_words[] = {"xylophonist", "kaleidoscope", "chats/bob-and-alice",
                                           "quarterdeckhand"};

static void assert_nowhere(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;

    assert_non_null(d);
    while ((e = readdir(d))) {
        char inner[400];
        struct stat st;
        size_t n;
        (void)snprintf(inner, sizeof inner, "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        for (size_t i = 0; i < 4; i++)
            assert_null(strstr(e->d_name, secret_words[i]));
        assert_int_equal(lstat(inner, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            assert_nowhere(inner);
            continue;
        }
        uint8_t *p = read_file(inner, &n);
        for (size_t i = 0; i < 4; i++)
            assert_false(holds(p, n, secret_words[i], strlen(secret_words[i])));
        assert_false(holds(p, n, "SQLite format", 13));
        assert_false(holds(p, n, "CREATE TABLE", 12));
        assert_false(holds(p, n, "sg_schema", 9));
        free(p);
    }
    (void)closedir(d);
}

/* The temporary files that are open, which have no name: SQLite removes it at once. */
static size_t look_into_temporaries(void)
{
    size_t seen = 0;

    for (int fd = 3; fd < 64; fd++) {
        struct stat st;
        uint8_t *p;
        if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_nlink != 0 || st.st_size == 0)
            continue;
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (p == MAP_FAILED)
            continue;
        for (size_t i = 0; i < 4; i++)
            assert_false(holds(p, (size_t)st.st_size, secret_words[i], strlen(secret_words[i])));
        (void)munmap(p, (size_t)st.st_size);
        seen++;
    }
    return seen;
}

static void test_nothing_in_the_clear(void **state_)
{
    static const char *const tables[] = {"CREATE VIRTUAL TABLE words USING fts5(body);"
                                         "CREATE TABLE sorted (a, b)"};
    static const struct sg_schema schema = {"words", 1, tables};
    struct sg_error err = {0};
    struct sg_store *s = make();
    struct sg_query q;
    size_t temporaries = 0;
    bool there;

    (void)state_;
    assert_int_equal(sg_store_schema(s, &schema, &err), SG_OK);
    assert_int_equal(sg_store_begin(s, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(sg_store_exec(s, "PRAGMA cache_size = 10", &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, "INSERT INTO words VALUES (?1)", &err), SG_OK);
    for (size_t i = 0; i < 400; i++) {
        char text[600] = "";
        for (size_t j = 0; j < 20; j++) {
            (void)strncat(text, secret_words[(i + j) % 4], sizeof text - strlen(text) - 2);
            (void)strncat(text, " ", 2);
        }
        sg_query_set_text(&q, 1, text, strlen(text));
        assert_int_equal(sg_query_run(&q, &err), SG_OK);
    }
    sg_query_end(&q);
    assert_int_equal(sg_store_exec(s,
                                   "INSERT INTO sorted SELECT rowid % 7, body FROM words;"
                                   "INSERT INTO sorted SELECT a, b FROM sorted;"
                                   "INSERT INTO sorted SELECT a, b FROM sorted;"
                                   "INSERT INTO sorted SELECT a, b FROM sorted;",
                                   &err),
                     SG_OK);
    assert_nowhere(home); /* the journal and what has been written ahead of the commit */
    assert_int_equal(sg_store_commit(s, &err), SG_OK);
    put(s, "chats/bob-and-alice", "xylophonist");
    assert_nowhere(home);

    /* a sort that does not fit into the cache goes to a file */
    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, "SELECT b FROM sorted ORDER BY b || a, a DESC", &err),
                     SG_OK);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
        assert_true(there);
        temporaries += look_into_temporaries();
    }
    assert_true(temporaries > 0);
    sg_query_end(&q);
    sg_store_rollback(s);
    assert_int_equal(sg_store_compact(s, &err), SG_OK);
    assert_nowhere(home);
    assert_int_equal(sg_store_rekey(s, &plain_rekey, &err), SG_OK);
    assert_nowhere(home);
    sg_store_close(s);
    assert_nowhere(home);
}

#define IN_A_HOME(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_HOME(test_every_block),
        IN_A_HOME(test_blocks_from_elsewhere),
        IN_A_HOME(test_ends),
        IN_A_HOME(test_single_old_block),
        IN_A_HOME(test_old_journal),
        IN_A_HOME(test_hot_journal),
        IN_A_HOME(test_nothing_in_the_clear),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
