/* vault entries: content of every size and kind, revisions and parts, against a model of them. */
#include "unit/vault_helper.h"

#include "vault/part.h"

/* Text of n bytes in lines, or bytes that are none. */
static uint8_t *content(size_t n, bool text, uint64_t seed)
{
    uint8_t *p = malloc(n + 1);

    assert_non_null(p);
    if (!text) {
        fill(p, n, seed);
        if (n)
            p[n - 1] = 0xff;
    }
    for (size_t i = 0; text && i < n; i++) {
        uint64_t x = next_number(&seed);
        p[i] = x % 11 == 0 ? ' ' : x % 97 == 0 ? '\n' : (uint8_t)('a' + x % 26);
    }
    return p;
}

static void assert_content(struct sg_store *s, const char *name, const uint8_t *want, size_t n)
{
    struct sg_buffer got;
    struct sg_error err = {0};

    assert_int_equal(vault_get_bytes(&got, s, name, 0, &err), SG_OK);
    assert_int_equal(got.len, n);
    if (n)
        assert_memory_equal(got.data, want, n);
    sg_buffer_free(&got);
}

static void test_sizes(void **given)
{
    static const size_t sizes[] = {
        0,
        1,
        SG_CHUNK_BYTES - 1,
        SG_CHUNK_BYTES,
        SG_CHUNK_BYTES + 1,
        2 * SG_CHUNK_BYTES,
        3 * SG_CHUNK_BYTES + 17,
        SG_BATCH_BYTES - 1,
        SG_BATCH_BYTES,
        SG_BATCH_BYTES + 1,
        2 * SG_BATCH_BYTES + 100000,
    };
    struct sg_error err = {0};
    size_t count = build_is("valgrind") ? 7 : sizeof sizes / sizeof *sizes;

    for (size_t i = 0; i < count; i++) {
        for (int text = 0; text < 2; text++) {
            uint8_t *p = content(sizes[i], text == 1, i);
            for (size_t step = 0; step < ODD_STEPS; step++) {
                struct trickle t;
                struct sg_source in;
                if (odd_steps[step] < 4093 && sizes[i] > SG_CHUNK_BYTES + 1)
                    continue; /* slow, and no other than the next */
                trickle_source(&in, &t, p, sizes[i], odd_steps[step]);
                assert_int_equal(sg_entry_put(*given, "a/b", &in, SG_PUT, 5, NULL, &err), SG_OK);
                sg_source_close(&in);
                assert_content(*given, "a/b", p, sizes[i]);
            }
            free(p);
        }
    }
    vault_assert_sound(*given);
}

static bool found(struct sg_store *s, const char *query);

/* Text up to the last byte, and then not: nothing of it is to be found. */
static void test_late_binary(void **given)
{
    static const size_t sizes[] = {10, SG_CHUNK_BYTES + 10, SG_BATCH_BYTES + 10,
                                   2 * SG_BATCH_BYTES + 10};
    struct sg_error err = {0};

    for (size_t i = 0; i < (build_is("valgrind") ? 2 : 4); i++) {
        uint8_t *p = content(sizes[i], true, i);
        memcpy(p, "zebra ", 6);
        p[sizes[i] - 1] = 0;
        assert_int_equal(vault_put_bytes(*given, "late", p, sizes[i], SG_PUT, 5, &err), SG_OK);
        assert_false(found(*given, "zebra"));
        p[sizes[i] - 1] = 0xc3; /* a character that does not end */
        assert_int_equal(vault_put_bytes(*given, "late", p, sizes[i], SG_PUT, 5, &err), SG_OK);
        assert_false(found(*given, "zebra"));
        p[sizes[i] - 1] = '!';
        assert_int_equal(vault_put_bytes(*given, "late", p, sizes[i], SG_PUT, 5, &err), SG_OK);
        assert_true(found(*given, "zebra"));
        assert_content(*given, "late", p, sizes[i]);
        free(p);
    }
    vault_assert_sound(*given);
}

static enum sg_err count_found(void *context, const struct sg_found *f, struct sg_error *err)
{
    (void)f;
    (void)err;
    ++*(unsigned *)context;
    return SG_OK;
}

static bool found(struct sg_store *s, const char *query)
{
    struct sg_searching what = {.query = query, .most = 1};
    struct sg_error err = {0};
    unsigned count = 0;
    bool more;

    assert_int_equal(sg_search(&more, s, &what, count_found, &count, &err), SG_OK);
    return count > 0;
}

/* A source that fails, early or late, leaves everything as it was. */
static void test_failing_source(void **given)
{
    static const size_t sizes[] = {0, 100, SG_CHUNK_BYTES + 5, SG_BATCH_BYTES + 5,
                                   2 * SG_BATCH_BYTES + 5};
    struct sg_error err = {0};

    vault_put_text(*given, "a", "old");
    for (size_t i = 0; i < (build_is("valgrind") ? 3 : 5); i++) {
        uint8_t *p = content(sizes[i], true, i);
        struct trickle t;
        struct sg_source in;
        trickle_source(&in, &t, p, sizes[i], SIZE_MAX);
        t.fails = SG_ERR_IO;
        assert_int_equal(sg_entry_put(*given, "a", &in, SG_PUT, 5, NULL, &err), SG_ERR_IO);
        sg_source_close(&in);
        free(p);
        vault_assert_text(*given, "a", 0, "old");
        assert_int_equal(vault_assert_sound(*given).loose, 0);
    }
    assert_int_equal(vault_assert_sound(*given).parts, 1);
}

/* What a killed process left is swept away after a day, and not before. */
static void test_left_behind(void **given)
{
    struct sg_part_new n = {0};
    uint8_t *p = content(2 * SG_BATCH_BYTES, true, 1);
    struct sg_pruning prune = {.keep = 1};
    struct sg_pruned done;
    struct sg_error err = {0};
    struct trickle t;
    struct sg_source in;

    memcpy(p, "zebra ", 6);
    trickle_source(&in, &t, p, 2 * SG_BATCH_BYTES, SIZE_MAX);
    t.fails = SG_ERR_IO;
    assert_int_equal(sg_part_take(&n, *given, &in, 1000, false, NULL, &err), SG_ERR_IO);
    sg_source_close(&in);
    sg_buffer_free(&n.data); /* and no sg_part_end() */
    assert_int_equal(vault_assert_sound(*given).loose, 1);
    assert_false(found(*given, "zebra"));
    prune.now = 1000 + SG_LOOSE_SECONDS - 1;
    assert_int_equal(sg_prune(&done, *given, &prune, &err), SG_OK);
    assert_int_equal(vault_assert_sound(*given).loose, 1);
    prune.now = 1000 + SG_LOOSE_SECONDS;
    assert_int_equal(sg_prune(&done, *given, &prune, &err), SG_OK);
    assert_int_equal(vault_assert_sound(*given).loose, 0);
    free(p);
}

/* The model: a few names, and what each should hold. */
#define NAMES 6
#define REVISIONS 400
struct model {
    struct {
        char text[REVISIONS][256]; /* of revision i + 1; "" when it is not kept */
        unsigned count;
        bool live;
    } entries[NAMES];
};

static const char *const names[NAMES] = {"a", "a/b", "a/b/c", "ab", "b", "\xc3\xbc"};

static void compare(struct sg_store *s, const struct model *m)
{
    struct sg_error err = {0};

    for (unsigned i = 0; i < NAMES; i++) {
        struct sg_buffer got;
        enum sg_err r = vault_get_bytes(&got, s, names[i], 0, &err);
        sg_buffer_free(&got);
        assert_int_equal(r, m->entries[i].live ? SG_OK : SG_ERR_NOT_FOUND);
        if (m->entries[i].live)
            vault_assert_text(s, names[i], 0, m->entries[i].text[m->entries[i].count - 1]);
        for (unsigned v = 0; v < m->entries[i].count; v += 3) {
            if (m->entries[i].text[v][0]) {
                vault_assert_text(s, names[i], v + 1, m->entries[i].text[v]);
                continue;
            }
            r = vault_get_bytes(&got, s, names[i], v + 1, &err);
            sg_buffer_free(&got);
            assert_int_equal(r, SG_ERR_NOT_FOUND);
        }
    }
}

static void model_put(struct model *m, unsigned i, const char *text, bool append)
{
    if (append && m->entries[i].live)
        (void)strncat(m->entries[i].text[m->entries[i].count - 1], text,
                      255 - strlen(m->entries[i].text[m->entries[i].count - 1]));
    else
        (void)snprintf(m->entries[i].text[m->entries[i].count++], 256, "%s", text);
    m->entries[i].live = true;
}

static void model_move(struct model *m, unsigned from, unsigned to)
{
    for (unsigned v = 0; v < m->entries[from].count; v++)
        memcpy(m->entries[to].text[m->entries[to].count++], m->entries[from].text[v], 256);
    m->entries[to].live = true;
    memset(&m->entries[from], 0, sizeof m->entries[from]);
}

static void model_prune(struct model *m, unsigned keep)
{
    for (unsigned i = 0; i < NAMES; i++) {
        unsigned kept = 0;
        for (unsigned v = m->entries[i].count; v-- > 0;)
            if (m->entries[i].text[v][0] && kept++ >= keep)
                m->entries[i].text[v][0] = '\0';
        if (!m->entries[i].live)
            memset(&m->entries[i], 0, sizeof m->entries[i]);
    }
}

static void test_model(void **given)
{
    static struct model m;
    uint64_t seed = seed_now();
    struct sg_error err = {0};
    unsigned rounds = build_is("plain") ? 1500 : 150;
    char text[64];

    memset(&m, 0, sizeof m);
    for (unsigned n = 0; n < rounds; n++) {
        unsigned i = (unsigned)(next_number(&seed) % NAMES), j;
        unsigned what = (unsigned)(next_number(&seed) % 20);
        uint64_t count;
        if (m.entries[i].count > REVISIONS / NAMES - 1)
            what = 19;
        if (what < 12) {
            bool append = what >= 8 && (!m.entries[i].live ||
                                        strlen(m.entries[i].text[m.entries[i].count - 1]) < 200);
            (void)snprintf(text, sizeof text, "round %u\n", n);
            assert_int_equal(vault_put_bytes(*given, names[i], text, strlen(text),
                                             append ? SG_APPEND : SG_PUT, (int64_t)n, &err),
                             SG_OK);
            model_put(&m, i, text, append);
        } else if (what < 15) {
            struct sg_removing rm = {.name = names[i], .now = (int64_t)n, .forget = what == 14};
            bool there = what == 14 ? m.entries[i].count > 0 : m.entries[i].live;
            assert_int_equal(sg_entry_remove(&count, *given, &rm, &err),
                             there ? SG_OK : SG_ERR_NOT_FOUND);
            if (what == 14)
                memset(&m.entries[i], 0, sizeof m.entries[i]);
            m.entries[i].live = false;
        } else if (what < 18) {
            struct sg_moving mv = {.from = names[i], .over = what == 17};
            enum sg_err want;
            j = (unsigned)(next_number(&seed) % NAMES);
            mv.to = names[j];
            want = i == j                            ? SG_ERR_NAME
                   : !m.entries[i].live              ? SG_ERR_NOT_FOUND
                   : m.entries[j].live && what != 17 ? SG_ERR_EXISTS
                                                     : SG_OK;
            assert_int_equal(sg_entry_move(&count, *given, &mv, &err), want);
            if (want == SG_OK)
                model_move(&m, i, j);
        } else {
            struct sg_pruning prune = {.keep = 1 + next_number(&seed) % 3, .now = (int64_t)n};
            struct sg_pruned done;
            assert_int_equal(sg_prune(&done, *given, &prune, &err), SG_OK);
            model_prune(&m, (unsigned)prune.keep);
        }
        if (n % 10 == 0)
            compare(*given, &m);
        if (n % 100 == 0)
            vault_assert_sound(*given);
    }
    compare(*given, &m);
    vault_assert_sound(*given);
}

/* After pruning, nothing that SQLite keeps for the tables holds a word that was forgotten. */
static unsigned holding(struct sg_store *s, const char *sql, const char *word)
{
    struct sg_query q;
    struct sg_error err = {0};
    bool there;
    unsigned n;

    assert_int_equal(sg_store_begin(s, SG_STORE_READ, &err), SG_OK);
    assert_int_equal(sg_query_start(&q, s, sql, &err), SG_OK);
    sg_query_set_text(&q, 1, word, strlen(word));
    assert_int_equal(sg_query_row(&q, &there, &err), SG_OK);
    n = (unsigned)sg_query_int(&q, 0);
    sg_query_end(&q);
    sg_store_rollback(s);
    return n;
}

static void test_forgotten(void **given)
{
    static const char index_sql[] =
        "SELECT count(*) FROM vault_text_data WHERE instr(block, CAST(?1 AS BLOB))";
    static const char chunk_sql[] =
        "SELECT count(*) FROM vault_chunk WHERE instr(data, CAST(?1 AS BLOB))";
    static const char name_sql[] = "SELECT count(*) FROM vault_entry WHERE instr(name, ?1)";
    struct sg_pruning prune = {.keep = 1, .now = 5};
    struct sg_pruned done;
    struct sg_removing rm = {.name = "quagga/house"};
    struct sg_error err = {0};
    uint64_t count;

    vault_put_text(*given, "a", "the zebra was here");
    vault_put_text(*given, "a", "nobody was here");
    vault_put_text(*given, "quagga/house", "the xerus was here");
    assert_int_equal(sg_entry_remove(&count, *given, &rm, &err), SG_OK);
    assert_true(holding(*given, index_sql, "zebra") > 0);
    assert_true(holding(*given, index_sql, "xerus") > 0);
    assert_true(holding(*given, name_sql, "quagga") > 0);
    assert_int_equal(sg_prune(&done, *given, &prune, &err), SG_OK);
    assert_int_equal(done.revisions, 2);
    assert_int_equal(done.removed, 1);
    assert_int_equal(holding(*given, index_sql, "zebra"), 0);
    assert_int_equal(holding(*given, index_sql, "xerus"), 0);
    assert_int_equal(holding(*given, chunk_sql, "zebra"), 0);
    assert_int_equal(holding(*given, name_sql, "quagga"), 0);
    assert_true(found(*given, "nobody"));
}

/* A store that a later program has used is left alone. */
static void test_later_tables(void **given)
{
    struct sg_error err = {0};

    assert_int_equal(sg_store_begin(*given, SG_STORE_WRITE, &err), SG_OK);
    assert_int_equal(
        sg_store_exec(*given, "UPDATE sg_schema SET version = 99 WHERE room = 'vault'", &err),
        SG_OK);
    assert_int_equal(sg_store_commit(*given, &err), SG_OK);
    assert_int_equal(sg_vault_ready(*given, &err), SG_ERR_VERSION);
    assert_int_equal(err.value, 99);
}

#define WITH_VAULT(test) cmocka_unit_test_setup_teardown(test, vault_set_up, vault_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_VAULT(test_sizes),          WITH_VAULT(test_late_binary),
        WITH_VAULT(test_failing_source), WITH_VAULT(test_left_behind),
        WITH_VAULT(test_model),          WITH_VAULT(test_forgotten),
        WITH_VAULT(test_later_tables),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
