/* vault search: random queries over short and long texts, held against looking at every word. */
#include "unit/vault_helper.h"

#include "vault/part.h"

#define WORDS 40
#define TEXTS 40
#define LONG_EVERY 5
#define SHORT_WORDS 12
#define LONG_WORDS 12000 /* of six bytes and more: over one chunk */
#define GROUPS 3

/* A text is a list of words by number; word n is written "tNNNNN". */
struct text {
    unsigned *words;
    size_t count;
};

static struct text texts[TEXTS];

static void write_word(char *out, unsigned word)
{
    (void)snprintf(out, 16, "t%05u ", word);
}

/* Words that are rare in long texts, so that queries of several are met by some only. */
static unsigned any_word(uint64_t *seed, bool filling)
{
    uint64_t x = next_number(seed);

    return filling && x % 4000 ? 10000 + (unsigned)(x % 20000) : (unsigned)(x / 4000 % WORDS);
}

static void make_texts(struct sg_store *s, uint64_t *seed)
{
    struct sg_error err = {0};

    for (unsigned i = 0; i < TEXTS; i++) {
        bool longer = i % LONG_EVERY == 0;
        size_t n = longer ? LONG_WORDS : SHORT_WORDS;
        char *content = malloc(n * 8 + 16), name[16], *at = content;
        texts[i].words = malloc(n * sizeof *texts[i].words);
        texts[i].count = n;
        assert_non_null(content);
        assert_non_null(texts[i].words);
        for (size_t w = 0; w < n; w++) {
            texts[i].words[w] = any_word(seed, longer);
            write_word(at, texts[i].words[w]);
            at += strlen(at);
        }
        assert_true((at - content > SG_CHUNK_BYTES) == longer);
        (void)snprintf(name, sizeof name, "%02u", i);
        assert_int_equal(vault_put_bytes(s, name, content, (size_t)(at - content), SG_PUT, i, &err),
                         SG_OK);
        free(content);
    }
}

/* An item of a query: a word, the beginning of some, or two words side by side. */
struct item {
    unsigned first, second;
    enum { WORD, BEGINNING, PHRASE } kind;
};

struct group {
    struct item items[2];
    unsigned count;
    bool negated;
};

static bool has_item(const struct text *t, const struct item *item)
{
    for (size_t i = 0; i < t->count; i++) {
        if (item->kind == BEGINNING ? t->words[i] / 10 == item->first / 10
                                    : t->words[i] == item->first) {
            if (item->kind != PHRASE)
                return true;
            if (i + 1 < t->count && t->words[i + 1] == item->second)
                return true;
        }
    }
    return false;
}

static bool fits(const struct text *t, const struct group *groups, unsigned count)
{
    for (unsigned g = 0; g < count; g++) {
        bool any = false;
        for (unsigned i = 0; i < groups[g].count; i++)
            any = any || has_item(t, &groups[g].items[i]);
        if (any == groups[g].negated)
            return false;
    }
    return true;
}

/* Makes a query; phrases are taken from the texts half of the time. */
static void make_query(char *out, struct group *groups, unsigned *count, uint64_t *seed)
{
    out[0] = '\0';
    *count = 1 + (unsigned)(next_number(seed) % GROUPS);
    for (unsigned g = 0; g < *count; g++) {
        groups[g].negated = g > 0 && next_number(seed) % 3 == 0;
        groups[g].count = 1 + (unsigned)(next_number(seed) % 2);
        if (groups[g].negated)
            (void)strcat(out, "NOT ");
        for (unsigned i = 0; i < groups[g].count; i++) {
            struct item *item = &groups[g].items[i];
            char *at = out + strlen(out);
            *item = (struct item){any_word(seed, false), any_word(seed, false), WORD};
            if (i)
                at += sprintf(at, "OR ");
            if (next_number(seed) % 4 == 0) {
                const struct text *t = &texts[next_number(seed) % TEXTS];
                size_t w = (size_t)(next_number(seed) % (t->count - 1));
                item->kind = PHRASE;
                item->first = t->words[w];
                item->second = t->words[w + 1];
                (void)sprintf(at, "\"t%05u t%05u\" ", item->first, item->second);
            } else if (next_number(seed) % 4 == 0) {
                item->kind = BEGINNING;
                (void)sprintf(at, "t%04u* ", item->first / 10);
            } else {
                (void)sprintf(at, "t%05u ", item->first);
            }
        }
    }
}

struct results {
    bool found[TEXTS];
    unsigned order[TEXTS], count;
};

static enum sg_err take(void *context, const struct sg_found *f, struct sg_error *err)
{
    struct results *x = context;
    unsigned i = (unsigned)strtoul(f->name, NULL, 10);

    (void)err;
    assert_true(i < TEXTS);
    assert_false(x->found[i]); /* once each */
    assert_non_null(strchr(f->snippet, SG_SNIPPET_BEGIN));
    assert_non_null(strchr(f->snippet, SG_SNIPPET_END));
    x->found[i] = true;
    x->order[x->count++] = i;
    return SG_OK;
}

static void test_random(void **given)
{
    uint64_t seed = seed_now();
    unsigned rounds = build_is("plain") ? 600 : 60, met = 0;
    struct sg_error err = {0};

    make_texts(*given, &seed);
    for (unsigned n = 0; n < rounds; n++) {
        struct group groups[GROUPS];
        unsigned count;
        char query[512];
        struct sg_searching what = {.query = query, .most = TEXTS, .by_rank = n % 2};
        struct results x = {0};
        bool more;
        make_query(query, groups, &count, &seed);
        assert_int_equal(sg_search(&more, *given, &what, take, &x, &err), SG_OK);
        assert_false(more);
        for (unsigned i = 0; i < TEXTS; i++) {
            if (x.found[i] != fits(&texts[i], groups, count))
                print_message("text %u, query %s\n", i, query);
            assert_int_equal(x.found[i], fits(&texts[i], groups, count));
        }
        for (unsigned i = 1; !what.by_rank && i < x.count; i++)
            assert_true(x.order[i] < x.order[i - 1]); /* the newest first */
        met += x.count;
        if (x.count >
            1) { /* fewer than there are: those that come first, and a word that there are more */
            struct results y = {0};
            what.most = x.count - 1;
            assert_int_equal(sg_search(&more, *given, &what, take, &y, &err), SG_OK);
            assert_true(more);
            assert_int_equal(y.count, x.count - 1);
            assert_memory_equal(y.order, x.order, y.count * sizeof *y.order);
        }
    }
    assert_true(met > rounds);
    for (unsigned i = 0; i < TEXTS; i++)
        free(texts[i].words);
}

/* A snippet stays short and whole, whatever it is taken from. */
static enum sg_err check_snippet(void *context, const struct sg_found *f, struct sg_error *err)
{
    struct sg_utf8 u = {0};

    (void)err;
    ++*(unsigned *)context;
    assert_true(strlen(f->snippet) < SG_SNIPPET_BYTES);
    for (const char *c = f->snippet; *c; c++)
        if (*c != SG_SNIPPET_BEGIN && *c != SG_SNIPPET_END)
            assert_true(sg_utf8_take(&u, (uint8_t)*c));
    assert_true(sg_utf8_may_end(&u));
    assert_null(strchr(f->snippet, '\n'));
    return SG_OK;
}

static void test_snippets(void **given)
{
    struct sg_searching what = {.query = "needle", .most = 10};
    struct sg_error err = {0};
    unsigned count = 0;
    char *text = malloc(60000);
    size_t at = 0;
    bool more;

    assert_non_null(text);
    while (at < 50000) { /* words of 3000 bytes, of characters of two */
        for (int i = 0; i < 1500; i++, at += 2)
            memcpy(text + at, "\xc3\xbc", 2);
        memcpy(text + at, "\n\n needle \t", 11);
        at += 11;
    }
    assert_int_equal(vault_put_bytes(*given, "long-words", text, at, SG_PUT, 1, &err), SG_OK);
    vault_put_text(*given, "short", "needle");
    assert_int_equal(sg_search(&more, *given, &what, check_snippet, &count, &err), SG_OK);
    assert_int_equal(count, 2);
    free(text);
}

#define WITH_VAULT(test) cmocka_unit_test_setup_teardown(test, vault_set_up, vault_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_VAULT(test_random),
        WITH_VAULT(test_snippets),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
