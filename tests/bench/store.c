/*
 * store - the sealed store beside plain SQLite and SQLCipher, in one run: the same rows, the same
 * statements, the same settings. Each figure is the median of the rounds, and behind it how many
 * times plain SQLite's it is.
 *
 *     store [FOLDER [ROWS [ROUNDS]]]
 *
 * SQLCipher's library has SQLite's names, so both are opened at run time; without it, it is left
 * out. Debian's has no FTS5: its text index is FTS4. With $SG_BENCH_CPU set, time is that of the
 * processor and not the clock's, for a machine that has other work to do.
 */
#include "crypto/random.h"
#include "key/key.h"
#include "store/store.h"
#include "store/vfs.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ROW_BYTES 1024
#define WORDS 20000
#define SINGLES 1000
#define READS 50000
#define ROUNDS_MAX 31

enum engine {
    PLAIN,
    OURS,
    CIPHER,
    ENGINES,
};

static const char *const engine_names[] = {"sqlite", "ours", "sqlcipher"};

enum measure {
    INSERT,
    INDEX,
    FIRST_RARE,
    RARE,
    COMMON,
    BOTH,
    PHRASE,
    LIKE,
    POINT_COLD,
    POINT,
    UPDATES,
    SINGLE,
    OPENING,
    MEASURES,
};

static const char *const measure_names[] = {
    "bulk insert, s",       "text index, s",         "first search, ms",     "rare word, ms",
    "common word, ms",      "two words, ms",         "phrase, ms",           "scan with LIKE, ms",
    "point reads cold, us", "point reads again, us", "random updates, ms/k", "durable insert, us",
    "open and read one, ms"};

/* As much of SQLite as is needed here. */
struct api {
    int (*open)(const char *, sqlite3 **, int, const char *);
    int (*close)(sqlite3 *);
    int (*exec)(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);
    int (*prepare)(sqlite3 *, const char *, int, sqlite3_stmt **, const char **);
    int (*step)(sqlite3_stmt *);
    int (*reset)(sqlite3_stmt *);
    int (*finalize)(sqlite3_stmt *);
    int (*bind_text)(sqlite3_stmt *, int, const char *, int, void (*)(void *));
    int (*bind_int64)(sqlite3_stmt *, int, sqlite3_int64);
    const void *(*column_blob)(sqlite3_stmt *, int);
    int (*column_bytes)(sqlite3_stmt *, int);
    int (*control)(sqlite3 *, const char *, int, void *);
    const char *(*errmsg)(sqlite3 *);
};

static double figures[ENGINES][MEASURES][ROUNDS_MAX];
static char words[WORDS][12];
static char *rows;
static size_t row_count = 100000;
static uint64_t state = 1;

static uint64_t next(void)
{
    uint64_t x = state += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(getenv("SG_BENCH_CPU") ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s\n", what, why ? why : "");
    exit(1);
}

/* Text of words, some of which are far more common than others. */
static void make_rows(void)
{
    rows = malloc(row_count * ROW_BYTES);
    if (!rows)
        die("rows", "no memory");
    for (size_t i = 0; i < WORDS; i++) {
        size_t n = 3 + next() % 8;
        for (size_t j = 0; j < n; j++)
            words[i][j] = (char)('a' + next() % 26);
    }
    for (size_t i = 0; i < row_count; i++) {
        char *p = rows + i * ROW_BYTES;
        size_t at = 0;
        while (at < ROW_BYTES) {
            uint64_t r = next() % WORDS, s = next() % WORDS;
            const char *w = words[r * s / WORDS * (next() % WORDS) / WORDS];
            size_t n = strlen(w);
            n = n < ROW_BYTES - at ? n : ROW_BYTES - at;
            memcpy(p + at, w, n);
            at += n;
            if (at < ROW_BYTES)
                p[at++] = ' ';
        }
    }
    /* A word that one row in ten thousand has. */
    for (size_t i = 0; i < row_count; i += 10000)
        memcpy(rows + i * ROW_BYTES, "xylophone ", 10);
}

static void *symbol(void *library, const char *name)
{
    void *p = dlsym(library, name);

    if (!p)
        die(name, dlerror());
    return p;
}

static int load(struct api *a, const char *name)
{
    void *l = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);

    if (!l)
        return 0;
    *(void **)&a->open = symbol(l, "sqlite3_open_v2");
    *(void **)&a->close = symbol(l, "sqlite3_close");
    *(void **)&a->exec = symbol(l, "sqlite3_exec");
    *(void **)&a->prepare = symbol(l, "sqlite3_prepare_v2");
    *(void **)&a->step = symbol(l, "sqlite3_step");
    *(void **)&a->reset = symbol(l, "sqlite3_reset");
    *(void **)&a->finalize = symbol(l, "sqlite3_finalize");
    *(void **)&a->bind_text = symbol(l, "sqlite3_bind_text");
    *(void **)&a->bind_int64 = symbol(l, "sqlite3_bind_int64");
    *(void **)&a->column_blob = symbol(l, "sqlite3_column_blob");
    *(void **)&a->column_bytes = symbol(l, "sqlite3_column_bytes");
    *(void **)&a->control = symbol(l, "sqlite3_file_control");
    *(void **)&a->errmsg = symbol(l, "sqlite3_errmsg");
    return 1;
}

struct base {
    const struct api *a;
    sqlite3 *db;
    struct sg_vfs *vfs;
    struct sg_secret keys;
};

static void sql(struct base *b, const char *text)
{
    if (b->a->exec(b->db, text, NULL, NULL, NULL) != SQLITE_OK)
        die(text, b->a->errmsg(b->db));
}

static sqlite3_stmt *prepare(struct base *b, const char *text)
{
    sqlite3_stmt *q = NULL;

    if (b->a->prepare(b->db, text, -1, &q, NULL) != SQLITE_OK)
        die(text, b->a->errmsg(b->db));
    return q;
}

static const uint8_t id[SG_STORE_ID_BYTES] = "bench";

static void open_base(struct base *b, const struct api *a, enum engine e, const char *path)
{
    static const uint8_t key[SG_XCHACHA20_KEY_BYTES] = "bench";
    struct sg_error err = {0};
    int reserve = SG_BLOCK_RESERVED,
        flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

    memset(b, 0, sizeof *b);
    b->a = a;
    if (e == OURS &&
        (sg_store_keys_derive(&b->keys, key, id, &err) != SG_OK ||
         sg_vfs_start(&b->vfs, path, NULL, sg_store_keys_of(&b->keys), id, &err) != SG_OK))
        die("cannot start", err.what);
    if (a->open(path, &b->db, flags, e == OURS ? b->vfs->name : NULL) != SQLITE_OK)
        die(path, "cannot open");
    if (e == OURS)
        (void)a->control(b->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    if (e == CIPHER)
        sql(b,
            "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\";"
            "PRAGMA cipher_page_size = 4096;");
    sql(b, "PRAGMA page_size = 4096; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"
           "PRAGMA secure_delete = ON; PRAGMA cache_size = -16384; PRAGMA temp_store = FILE;");
}

static void close_base(struct base *b)
{
    if (b->a->close(b->db) != SQLITE_OK)
        die("cannot close", b->a->errmsg(b->db));
    sg_vfs_end(b->vfs);
    sg_secret_free(&b->keys);
}

static void name_of(char *out, size_t n, size_t i)
{
    (void)snprintf(out, n, "folder%02zu/entry%08zu", i % 37, i);
}

static void put(struct base *b, sqlite3_stmt *q, size_t i, const char *text)
{
    char name[64];

    name_of(name, sizeof name, i);
    (void)b->a->bind_text(q, 1, name, -1, SQLITE_STATIC);
    (void)b->a->bind_text(q, 2, text, ROW_BYTES, SQLITE_STATIC);
    if (b->a->step(q) != SQLITE_DONE)
        die("insert", b->a->errmsg(b->db));
    (void)b->a->reset(q);
}

static size_t count(struct base *b, const char *text)
{
    sqlite3_stmt *q = prepare(b, text);
    size_t n = 0;

    while (b->a->step(q) == SQLITE_ROW)
        n++;
    (void)b->a->finalize(q);
    return n;
}

static double search(struct base *b, const char *text, int times)
{
    double start = now();

    for (int i = 0; i < times; i++)
        (void)count(b, text);
    return (now() - start) * 1e3 / times;
}

static double point_reads(struct base *b)
{
    sqlite3_stmt *q = prepare(b, "SELECT body FROM entry WHERE name = ?1");
    double start = now();

    for (size_t i = 0; i < READS; i++) {
        char name[64];
        name_of(name, sizeof name, next() % row_count);
        (void)b->a->bind_text(q, 1, name, -1, SQLITE_STATIC);
        if (b->a->step(q) != SQLITE_ROW || b->a->column_bytes(q, 0) != ROW_BYTES)
            die("read", b->a->errmsg(b->db));
        (void)b->a->reset(q);
    }
    (void)b->a->finalize(q);
    return (now() - start) * 1e6 / READS;
}

static void run(const struct api *a, enum engine e, const char *folder, int round)
{
    char path[512], journal[600];
    double start, *out[MEASURES];
    struct base b;
    sqlite3_stmt *q;

    for (int i = 0; i < MEASURES; i++)
        out[i] = &figures[e][i][round];
    state = 77 + (uint64_t)round; /* the same for each engine */
    (void)snprintf(path, sizeof path, "%s/bench-%s.db", folder, engine_names[e]);
    (void)snprintf(journal, sizeof journal, "%s-journal", path);
    (void)unlink(path);
    (void)unlink(journal);

    open_base(&b, a, e, path);
    sql(&b, "CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT UNIQUE, body TEXT)");
    start = now();
    sql(&b, "BEGIN IMMEDIATE");
    q = prepare(&b, "INSERT INTO entry (name, body) VALUES (?1, ?2)");
    for (size_t i = 0; i < row_count; i++)
        put(&b, q, i, rows + i * ROW_BYTES);
    (void)a->finalize(q);
    sql(&b, "COMMIT");
    *out[INSERT] = now() - start;

    start = now();
    sql(&b, e == CIPHER
                ? "BEGIN IMMEDIATE; CREATE VIRTUAL TABLE words USING fts4(content='entry', body)"
                : "BEGIN IMMEDIATE; CREATE VIRTUAL TABLE words USING fts5(body, "
                  "content='entry', content_rowid='id')");
    sql(&b, "INSERT INTO words(words) VALUES ('rebuild'); COMMIT");
    *out[INDEX] = now() - start;
    close_base(&b);

    start = now();
    open_base(&b, a, e, path);
    (void)count(&b, "SELECT body FROM entry WHERE name = 'folder00/entry00000000'");
    *out[OPENING] = (now() - start) * 1e3;
    close_base(&b);

    open_base(&b, a, e, path);
    *out[FIRST_RARE] = search(&b, "SELECT rowid FROM words WHERE words MATCH 'xylophone'", 1);
    *out[RARE] = search(&b, "SELECT rowid FROM words WHERE words MATCH 'xylophone'", 50);
    {
        char text[200];
        (void)snprintf(text, sizeof text, "SELECT rowid FROM words WHERE words MATCH '\"%s\"'",
                       words[3]);
        *out[COMMON] = search(&b, text, 10);
        (void)snprintf(text, sizeof text,
                       "SELECT rowid FROM words WHERE words MATCH '\"%s\" \"%s\"'", words[900],
                       words[1700]);
        *out[BOTH] = search(&b, text, 10);
        (void)snprintf(text, sizeof text, "SELECT rowid FROM words WHERE words MATCH '\"%s %s\"'",
                       words[3], words[7]);
        *out[PHRASE] = search(&b, text, 10);
    }
    *out[LIKE] = search(&b, "SELECT id FROM entry WHERE body LIKE '%zzzzqq%'", 1);
    close_base(&b);

    open_base(&b, a, e, path);
    *out[POINT_COLD] = point_reads(&b);
    *out[POINT] = point_reads(&b);
    start = now();
    sql(&b, "BEGIN IMMEDIATE");
    q = prepare(&b, "UPDATE entry SET body = ?2 WHERE name = ?1");
    for (size_t i = 0; i < 1000; i++)
        put(&b, q, next() % row_count, rows + next() % row_count * ROW_BYTES);
    (void)a->finalize(q);
    sql(&b, "COMMIT");
    *out[UPDATES] = (now() - start) * 1e3;

    start = now();
    q = prepare(&b, "INSERT INTO entry (name, body) VALUES (?1, ?2)");
    for (size_t i = 0; i < SINGLES; i++)
        put(&b, q, row_count + i, rows + i % row_count * ROW_BYTES);
    (void)a->finalize(q);
    *out[SINGLE] = (now() - start) * 1e6 / SINGLES;
    close_base(&b);
    (void)unlink(path);
    (void)unlink(journal);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    int rounds = argc > 3 ? atoi(argv[3]) : 3;
    struct api api[ENGINES];
    struct sg_error err = {0};
    int has[ENGINES];

    if (argc > 2)
        row_count = strtoull(argv[2], NULL, 10);
    if (rounds < 1 || rounds > ROUNDS_MAX || row_count < SINGLES || sg_secret_init(&err) != SG_OK)
        die("usage", "store [FOLDER [ROWS [ROUNDS]]]");
    has[PLAIN] = has[OURS] = load(&api[PLAIN], "libsqlite3.so.0");
    api[OURS] = api[PLAIN];
    has[CIPHER] = load(&api[CIPHER], "libsqlcipher.so.0");
    if (!has[PLAIN])
        die("libsqlite3.so.0", dlerror());
    make_rows();
    for (int round = 0; round < rounds; round++)
        for (int e = 0; e < ENGINES; e++)
            if (has[e])
                run(&api[e], (enum engine)e, folder, round);
    printf("%zu rows of %d bytes, %d rounds; cache 16 MiB, rollback journal, full sync\n",
           row_count, ROW_BYTES, rounds);
    printf("%-24s %10s %18s %18s\n", "", "sqlite", "ours", "sqlcipher");
    for (int m = 0; m < MEASURES; m++) {
        printf("%-24s", measure_names[m]);
        for (int e = 0; e < ENGINES; e++) {
            qsort(figures[e][m], (size_t)rounds, sizeof(double), by_size);
            if (!has[e])
                continue;
            printf(e == PLAIN ? " %10.3f" : " %10.3f", figures[e][m][rounds / 2]);
            if (e != PLAIN)
                printf(" %6.2fx", figures[e][m][rounds / 2] / figures[PLAIN][m][rounds / 2]);
        }
        printf("\n");
    }
    free(rows);
    return 0;
}
