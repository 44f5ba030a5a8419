/*
 * Conversations as text: tokens found in other people's text, fragments that come in any order,
 * twice, forged or not at all, length classes, fingerprints.
 */
#include "ratchet.h"

#include <ctype.h>

static uint8_t wire[SG_WIRE_MAX_BYTES + 1], found[SG_WIRE_MAX_BYTES];
static char text[4U << 20];

static const size_t CLASSES[] = {256,  512,   1024,  1536,  2048,  3072,  4096, 6144,
                                 8192, 12288, 16384, 24576, 32768, 49152, 65536};
#define CLASS_COUNT (sizeof CLASSES / sizeof *CLASSES)

/* ---- length classes -----------------------------------------------------------------------------
 */

static void test_classes(void **state)
{
    size_t next = 0;

    (void)state;
    for (size_t n = 0; n <= SG_WIRE_MAX_BYTES + 1; n++) {
        bool is_one = next < CLASS_COUNT && CLASSES[next] == n;
        assert_int_equal(sg_padding_is_class(n), is_one);
        assert_int_equal(sg_padding_class(n, 0), next < CLASS_COUNT ? CLASSES[next] : 0);
        assert_int_equal(sg_padding_class(0, n), next < CLASS_COUNT ? CLASSES[next] : 0);
        next += is_one;
    }
    assert_int_equal(next, CLASS_COUNT);
    assert_int_equal(sg_padding_class(SIZE_MAX, 0), 0);
    assert_int_equal(sg_padding_class(1, SIZE_MAX), 0);
}

/* ---- tokens -------------------------------------------------------------------------------------
 */

/* A token of n bytes that the seed gives, appended to a text; its length afterwards. */
static size_t put(size_t at, enum sg_token_kind kind, size_t n, uint64_t seed)
{
    fill(wire, n, seed);
    return at + sg_token_write(text + at, kind, wire, n);
}

static size_t put_text(size_t at, const char *words)
{
    memcpy(text + at, words, strlen(words));
    return at + strlen(words);
}

static struct sg_token_scan scan_of(size_t len)
{
    return (struct sg_token_scan){.text = text, .len = len};
}

/* The next token is that of the kind, size and seed. */
static void assert_next(struct sg_token_scan *scan, enum sg_token_kind kind, size_t n,
                        uint64_t seed)
{
    enum sg_token_kind got;
    size_t got_n;

    assert_true(sg_token_next(scan, &got, found, &got_n));
    assert_int_equal(got, kind);
    assert_int_equal(got_n, n);
    fill(wire, n, seed);
    assert_memory_equal(found, wire, n);
}

static void assert_end(struct sg_token_scan *scan, size_t ignored)
{
    enum sg_token_kind kind;
    size_t n;

    assert_false(sg_token_next(scan, &kind, found, &n));
    assert_int_equal(scan->ignored, ignored);
    assert_false(sg_token_next(scan, &kind, found, &n));
}

static void test_known_tokens(void **state)
{
    size_t len;

    (void)state;
    memset(wire, 0xff, 256);
    len = sg_token_write(text, SG_TOKEN_MESSAGE, wire, 256);
    assert_int_equal(len, 348);
    assert_int_equal(len, SG_TOKEN_CHARS(256));
    assert_memory_equal(text, "rt1m.____", 9);
    assert_memory_equal(text + len - 3, "_w.", 3);
    assert_int_equal(sg_token_write(text, SG_TOKEN_OFFER, wire, SG_OFFER_BYTES), 1809);
    memset(wire, 0xfb, 256);
    sg_token_write(text, SG_TOKEN_MESSAGE, wire, 256);
    assert_memory_equal(text, "rt1m.-_v7-_v7", 13);
}

static void test_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        struct sg_token_scan scan = scan_of(put(0, SG_TOKEN_MESSAGE, CLASSES[i], i));
        assert_next(&scan, SG_TOKEN_MESSAGE, CLASSES[i], i);
        assert_end(&scan, 0);
        for (int off = -1; off <= 1; off += 2) {
            scan = scan_of(put(0, SG_TOKEN_MESSAGE, CLASSES[i] + (size_t)off, i));
            assert_end(&scan, 1);
        }
    }
    for (size_t n = SG_OFFER_BYTES - 1; n <= SG_OFFER_BYTES + 1; n++) {
        struct sg_token_scan scan = scan_of(put(0, SG_TOKEN_OFFER, n, n));
        if (n == SG_OFFER_BYTES)
            assert_next(&scan, SG_TOKEN_OFFER, n, n);
        assert_end(&scan, n != SG_OFFER_BYTES);
    }
    for (size_t n = 0; n <= SG_FRAGMENT_MAX_BYTES + 1; n += n > 20 && n < 49150 ? 997 : 1) {
        struct sg_token_scan scan = scan_of(put(0, SG_TOKEN_FRAGMENT, n, n));
        bool fits = n >= 11 && n <= 49152;
        if (fits)
            assert_next(&scan, SG_TOKEN_FRAGMENT, n, n);
        assert_end(&scan, !fits);
    }
}

static void test_quoted_and_wrapped(void **state)
{
    size_t len, at = 0;
    struct sg_token_scan scan;
    static char plain[4096];

    (void)state;
    len = put(0, SG_TOKEN_MESSAGE, 1024, 3);
    memcpy(plain, text, len);
    at = put_text(0, "On Monday she wrote:\r\n> > ");
    for (size_t i = 0; i < len; i++) { /* a mail program folds and quotes it */
        text[at++] = plain[i];
        if (i >= SG_TOKEN_PREFIX_CHARS && i % 60 == 0)
            at = put_text(at, "\r\n>\t> ");
    }
    at = put_text(at, "\r\n<nick> ");
    memcpy(text + at, plain, len);
    at += len;
    at = put_text(at, "rt1o.");
    scan = scan_of(at);
    assert_next(&scan, SG_TOKEN_MESSAGE, 1024, 3);
    assert_next(&scan, SG_TOKEN_MESSAGE, 1024, 3);
    assert_end(&scan, 1);
}

/* What stands before a genuine token never hides it. */
static void test_before_a_genuine_one(void **state)
{
    static const char *const BEFORE[] = {
        "rt1m.",  "rt1m.rt1m.", "rt1m.AAAA",    "rt1m.AAAA=", "rt1m.A.", "rt1m",
        "rt1",    "r",          "rt1m.!",       "rt1f.AAAA.", "rt1o.",   "rt1x.",
        "rt1m .", "rt1mrt1",    "rt1m.AAAArt1", "rt1f.",      "RT1M.",   ".",
    };
    struct sg_token_scan scan;
    enum sg_token_kind kind;
    size_t n, at;

    (void)state;
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++) {
        scan = scan_of(put(put_text(0, BEFORE[i]), SG_TOKEN_MESSAGE, 256, i));
        assert_next(&scan, SG_TOKEN_MESSAGE, 256, i);
        assert_false(sg_token_next(&scan, &kind, found, &n));
    }
    at = put(0, SG_TOKEN_MESSAGE, 512, 1); /* cut off anywhere */
    for (size_t cut = 0; cut < at; cut++) {
        put(0, SG_TOKEN_MESSAGE, 512, 1);
        scan = scan_of(put(cut, SG_TOKEN_MESSAGE, 256, 2));
        assert_next(&scan, SG_TOKEN_MESSAGE, 256, 2);
        assert_false(sg_token_next(&scan, &kind, found, &n));
    }
    /*
     * 344 characters between a bare prefix and a genuine token: with the genuine one's "rt1m" they
     * could be a message of just the right length, if its point were not also the prefix's.
     */
    at = put_text(0, "rt1m.");
    memset(text + at, 'A', 344 - 4);
    scan = scan_of(put(at + 344 - 4, SG_TOKEN_MESSAGE, 256, 9));
    assert_true(sg_token_next(&scan, &kind, found, &n)); /* "A...Art1m." is well formed, */
    while (memcmp(found, wire, 256) != 0)                /* and does not swallow what follows */
        assert_true(sg_token_next(&scan, &kind, found, &n));
    fill(wire, 256, 9);
    assert_memory_equal(found, wire, 256);
    assert_false(sg_token_next(&scan, &kind, found, &n));
}

static void test_strict_base64(void **state)
{
    struct sg_token_scan scan;
    size_t len = put(0, SG_TOKEN_MESSAGE, 256, 1), last = len - 2;
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned good = 0;
    enum sg_token_kind kind;
    size_t n;

    (void)state;
    for (int c = 0; c < 256; c++) { /* the last character stands for 2 bits, and 4 that are zero */
        text[last] = (char)c;
        scan = scan_of(len);
        good += sg_token_next(&scan, &kind, found, &n);
    }
    assert_int_equal(good, 4);
    for (int c = 0; c < 256; c++) { /* any other: base64url, or it ends the token */
        bool in = c && strchr(ALPHABET, c);
        put(0, SG_TOKEN_MESSAGE, 256, 1);
        text[100] = (char)c;
        scan = scan_of(len);
        assert_int_equal(sg_token_next(&scan, &kind, found, &n), in);
    }
}

/* The worst text: nothing but prefixes, or one that never ends. */
static void test_hostile_text(void **state)
{
    struct sg_token_scan scan;
    size_t at = 0;

    (void)state;
    while (at + SG_TOKEN_PREFIX_CHARS <= SG_TOKEN_INPUT_MAX_BYTES)
        at = put_text(at, "rt1m.");
    scan = scan_of(at);
    assert_end(&scan, at / SG_TOKEN_PREFIX_CHARS);
    memset(text, 'A', SG_TOKEN_INPUT_MAX_BYTES);
    put_text(0, "rt1m.");
    scan = scan_of(SG_TOKEN_INPUT_MAX_BYTES);
    assert_end(&scan, 1);
    memset(text, 'A', SG_TOKEN_INPUT_MAX_BYTES); /* the longest that ends, and is too long */
    put_text(0, "rt1m.");
    text[SG_TOKEN_INPUT_MAX_BYTES - 1] = '.';
    scan = scan_of(SG_TOKEN_INPUT_MAX_BYTES);
    assert_end(&scan, 1);
}

/* Random text with genuine tokens in it: all are found, in order, and read about once. */
static void test_random_text(void **state)
{
    static const char NOISE[] = "rt1mof..AB-_ \n>!9";
    uint64_t seed = seed_now();

    (void)state;
    for (size_t round = 0; round < (build_is("plain") ? 2000 : 50); round++) {
        size_t at = 0, tokens = 1 + next_number(&seed) % 4, n, seen = 0;
        uint64_t first = next_number(&seed);
        struct sg_token_scan scan;
        enum sg_token_kind kind;

        for (size_t i = 0; i < tokens; i++) {
            for (size_t noise = next_number(&seed) % 400; noise > 0; noise--)
                text[at++] = NOISE[next_number(&seed) % (sizeof NOISE - 1)];
            at = put(at, SG_TOKEN_MESSAGE, 256, first + i);
        }
        scan = scan_of(at);
        while (sg_token_next(&scan, &kind, found, &n)) {
            fill(wire, 256, first + seen);
            if (kind == SG_TOKEN_MESSAGE && memcmp(found, wire, 256) == 0)
                seen++;
        }
        assert_int_equal(seen, tokens);
    }
}

static void test_frames(void **state)
{
    uint8_t head[SG_FRAME_HEAD_BYTES];

    (void)state;
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        sg_frame_head(head, CLASSES[i]);
        assert_int_equal(sg_frame_length(head), CLASSES[i]);
        head[3] = 1;
        assert_int_equal(sg_frame_length(head), 0);
    }
    sg_frame_head(head, 1536);
    assert_memory_equal(head, "\0\6\0\0", 4);
}

/* ---- fragments ----------------------------------------------------------------------------------
 */

static struct sg_fragments pool;
static uint8_t piece[256][SG_FRAGMENT_MAX_BYTES];
static size_t piece_len[256], pieces;

static void cut(size_t n, size_t chars, uint64_t seed)
{
    size_t chunk;

    fill(wire, n, seed);
    pieces = sg_fragment_count(&chunk, n, chars);
    assert_true(pieces > 0);
    for (size_t i = 0; i < pieces; i++) {
        piece_len[i] = sg_fragment_cut(piece[i], wire, n, chunk, i);
        assert_true(SG_TOKEN_CHARS(piece_len[i]) <= chars);
        assert_true(sg_token_fits(SG_TOKEN_FRAGMENT, piece_len[i]));
    }
}

static enum sg_fragment add(const uint8_t *raw, size_t n, uint64_t now, size_t *len)
{
    struct sg_error err = {0};
    enum sg_fragment what;

    assert_int_equal(sg_fragments_add(&pool, &what, found, len, raw, n, now, &err), SG_OK);
    assert_true(pool.bytes <= SG_FRAGMENT_POOL_BYTES);
    return what;
}

static void assert_whole(enum sg_fragment what, size_t len, size_t n, uint64_t seed)
{
    assert_int_equal(what, SG_FRAGMENT_WHOLE);
    assert_int_equal(len, n);
    fill(wire, n, seed);
    assert_memory_equal(found, wire, n);
}

static void start_pool(void)
{
    sg_fragments_free(&pool);
    sg_fragments_init(&pool);
}

static void test_cutting(void **state)
{
    size_t chunk;

    (void)state;
    assert_int_equal(sg_fragment_count(&chunk, 256, 31), 0);
    assert_int_equal(sg_fragment_count(&chunk, 256, 32), 29); /* (32 - 6) * 3 / 4 - 10 = 9 bytes */
    assert_int_equal(chunk, 9);
    assert_int_equal(sg_fragment_count(&chunk, 2048, 32), 228);
    assert_int_equal(sg_fragment_count(&chunk, 3072, 32), 0);
    assert_int_equal(sg_fragment_count(&chunk, 49152, 348), 200);
    assert_int_equal(chunk, 246);
    assert_int_equal(sg_fragment_count(&chunk, 62730, 348), 255);
    assert_int_equal(sg_fragment_count(&chunk, 62731, 348), 0);
    assert_int_equal(sg_fragment_count(&chunk, 65536, SIZE_MAX), 2);
    assert_int_equal(chunk, SG_FRAGMENT_CHUNK_MAX_BYTES);
    for (size_t chars = 32; chars < 70000; chars += chars < 400 ? 1 : 331)
        if (sg_fragment_count(&chunk, 16384, chars)) {
            assert_true(SG_TOKEN_CHARS(chunk + SG_FRAGMENT_HEAD_BYTES) <= chars);
            assert_true(chunk == SG_FRAGMENT_CHUNK_MAX_BYTES ||
                        SG_TOKEN_CHARS(chunk + SG_FRAGMENT_HEAD_BYTES + 1) > chars);
        }
}

static void test_any_order(void **state)
{
    uint64_t seed = seed_now();
    size_t len = 0;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        size_t n = CLASSES[next_number(&seed) % CLASS_COUNT];
        size_t chars =
            n < 20000 ? 120 + next_number(&seed) % 400 : 600 + next_number(&seed) % 60000;
        size_t order[256];
        enum sg_fragment what = SG_FRAGMENT_KEPT;

        start_pool();
        cut(n, chars, round);
        for (size_t i = 0; i < pieces; i++) {
            size_t j = next_number(&seed) % (i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (size_t i = 0; i < pieces; i++) {
            assert_int_equal(what, SG_FRAGMENT_KEPT);
            what = add(piece[order[i]], piece_len[order[i]], NOW, &len);
            if (i + 1 < pieces) { /* and each of them twice */
                assert_int_equal(add(piece[order[i]], piece_len[order[i]], NOW, &len),
                                 SG_FRAGMENT_KEPT);
                assert_int_equal(pool.count, i + 1);
            }
        }
        assert_whole(what, len, n, round);
        assert_int_equal(pool.count, 0);
        assert_int_equal(pool.bytes, 0);
    }
}

static void test_malformed_fragments(void **state)
{
    size_t len;

    (void)state;
    start_pool();
    cut(1024, 348, 1);
    for (size_t n = 0; n <= SG_FRAGMENT_HEAD_BYTES; n++)
        assert_int_equal(add(piece[0], n, NOW, &len), SG_FRAGMENT_MALFORMED);
    assert_int_equal(add(piece[0], SG_FRAGMENT_MAX_BYTES + 1, NOW, &len), SG_FRAGMENT_MALFORMED);
    for (unsigned cnt = 0; cnt < 256; cnt++)
        for (unsigned idx = 0; idx < 256; idx += idx + 1 < cnt ? 64 : 1) {
            piece[0][8] = (uint8_t)idx;
            piece[0][9] = (uint8_t)cnt;
            if (idx >= cnt)
                assert_int_equal(add(piece[0], piece_len[0], NOW, &len), SG_FRAGMENT_MALFORMED);
        }
    assert_int_equal(pool.count, 0);
}

/* Who injects pieces blocks a message at most, and a resend gets through. */
static void test_poisoned(void **state)
{
    uint8_t forged[512];
    size_t len = 0;

    (void)state;
    for (unsigned variants = 1; variants <= 6; variants++) {
        enum sg_fragment what = SG_FRAGMENT_KEPT;
        start_pool();
        cut(1536, 348, 5);
        for (unsigned v = 0; v < variants; v++) { /* forged pieces come first, of one place */
            memcpy(forged, piece[2], piece_len[2]);
            forged[20] ^= (uint8_t)(v + 1);
            assert_int_equal(add(forged, piece_len[2], NOW, &len), SG_FRAGMENT_KEPT);
        }
        for (size_t i = 0; i < pieces; i++)
            what = add(piece[i], piece_len[i], NOW, &len);
        assert_whole(what, len, 1536, 5); /* the genuine one is among the newest three */
    }
    for (unsigned places = 1; places <= 7; places++) { /* forged ones at several places, after */
        enum sg_fragment what = SG_FRAGMENT_KEPT;
        start_pool();
        cut(2048, 348, 5);
        for (size_t i = 0; i + 1 < pieces; i++) {
            (void)add(piece[i], piece_len[i], NOW, &len);
            if (i < places) {
                memcpy(forged, piece[i], piece_len[i]);
                forged[20] ^= 1;
                (void)add(forged, piece_len[i], NOW, &len);
            }
        }
        what = add(piece[pieces - 1], piece_len[pieces - 1], NOW, &len);
        if (places <= 6) { /* 2^6 combinations are tried */
            assert_whole(what, len, 2048, 5);
            continue;
        }
        assert_int_equal(what, SG_FRAGMENT_KEPT); /* blocked; never another message */
        start_pool();
        for (size_t i = 0; i < pieces; i++) /* sent again, after what was forged has gone */
            what = add(piece[i], piece_len[i], NOW, &len);
        assert_whole(what, len, 2048, 5);
    }
    start_pool(); /* forged at one place over and over: the genuine one is pushed out, */
    cut(1536, 348, 6);
    (void)add(piece[0], piece_len[0], NOW, &len);
    for (unsigned v = 0; v < 3; v++) {
        memcpy(forged, piece[0], piece_len[0]);
        forged[20] ^= (uint8_t)(v + 1);
        (void)add(forged, piece_len[0], NOW, &len);
    }
    for (size_t i = 1; i < pieces; i++)
        assert_int_equal(add(piece[i], piece_len[i], NOW, &len), SG_FRAGMENT_KEPT);
    assert_int_equal(add(piece[0], piece_len[0], NOW, &len), SG_FRAGMENT_WHOLE); /* until it is */
    assert_whole(SG_FRAGMENT_WHOLE, len, 1536, 6);                               /* sent again */
}

/* A piece that comes again becomes the newest: so a resend gets through whatever was tried before.
 */
static void test_repeated_is_newest(void **state)
{
    uint8_t forged[512];
    size_t len = 0;

    (void)state;
    start_pool();
    cut(2048, 348, 8);
    for (unsigned v = 0; v < 3; v++) /* at every place the genuine piece, then two forged ones: */
        for (size_t i = 0; i < pieces; i++) {
            memcpy(forged, piece[i], piece_len[i]);
            forged[20] ^= (uint8_t)(v ? v : i == 0 ? 3 : 0); /* the first is missing */
            (void)add(forged, piece_len[i], NOW, &len);
        }
    assert_int_equal(pool.count, 3 * pieces); /* 3^9 combinations, of which one is tried */
    for (size_t i = 0; i < pieces; i++)
        assert_int_equal(add(piece[i], piece_len[i], NOW, &len),
                         i + 1 < pieces ? SG_FRAGMENT_KEPT : SG_FRAGMENT_WHOLE);
    assert_whole(SG_FRAGMENT_WHOLE, len, 2048, 8);
    start_pool();
    cut(2048, 348, 9);
    (void)add(piece[0], piece_len[0], NOW, &len);
    for (unsigned v = 1; v < 9; v++) { /* and is the last to be pushed out */
        memcpy(forged, piece[0], piece_len[0]);
        forged[20] ^= (uint8_t)v;
        (void)add(forged, piece_len[0], NOW, &len);
        (void)add(piece[0], piece_len[0], NOW, &len);
    }
    for (size_t i = 1; i < pieces; i++)
        (void)add(piece[i], piece_len[i], NOW, &len);
    assert_whole(SG_FRAGMENT_WHOLE, len, 2048, 9);
}

static unsigned added, gone;

static void on_added(void *context, const struct sg_piece *p)
{
    (void)context;
    (void)p;
    added++;
}

static void on_gone(void *context, uint64_t serial)
{
    (void)context;
    assert_true(serial > 0);
    gone++;
}

/* A flood of pieces pushes out what was touched longest ago, and never takes more room. */
static void test_flood(void **state)
{
    uint8_t forged[SG_FRAGMENT_MAX_BYTES];
    uint64_t seed = seed_now();
    size_t len;

    (void)state;
    start_pool();
    pool.added = on_added;
    pool.gone = on_gone;
    added = gone = 0;
    cut(1536, 348, 5);
    (void)add(piece[0], piece_len[0], NOW, &len);
    for (unsigned i = 1; i < 3000; i++) {
        size_t n = 11 + next_number(&seed) % (i % 50 ? 300 : 49000);
        fill(forged, n, next_number(&seed));
        forged[9] = 255;
        forged[8] %= 255;
        (void)add(forged, n, NOW + i, &len);
        assert_int_equal(added - gone, pool.count);
        if (i % 97 == 0) { /* and once more */
            (void)add(forged, n, NOW + i, &len);
            assert_int_equal(added - gone, pool.count);
        }
    }
    assert_true(gone > 0);
    for (size_t i = 0; i < pool.count; i++)
        assert_memory_not_equal(pool.pieces[i].mid, piece[0], 8); /* the oldest went first */
    assert_true(pool.bytes > SG_FRAGMENT_POOL_BYTES / 2);
    sg_fragments_expire(&pool, NOW + 4000 + SG_FRAGMENT_KEEP_MS);
    assert_int_equal(pool.count, 0);
    assert_int_equal(added, gone);
}

static void test_seven_days(void **state)
{
    size_t len;

    (void)state;
    start_pool();
    cut(512, 348, 1);
    assert_int_equal(pieces, 3);
    (void)add(piece[0], piece_len[0], NOW, &len);
    (void)add(piece[1], piece_len[1], NOW + SG_FRAGMENT_KEEP_MS, &len); /* touches the first */
    assert_int_equal(add(piece[2], piece_len[2], NOW + 2 * SG_FRAGMENT_KEEP_MS, &len),
                     SG_FRAGMENT_WHOLE);
    (void)add(piece[0], piece_len[0], NOW, &len);
    (void)add(piece[1], piece_len[1], NOW, &len);
    assert_int_equal(add(piece[2], piece_len[2], NOW + SG_FRAGMENT_KEEP_MS + 1, &len),
                     SG_FRAGMENT_KEPT);
    assert_int_equal(pool.count, 1);
}

/* What was stored can be put back, and goes on. */
static void test_put_back(void **state)
{
    struct sg_fragments first;
    struct sg_error err = {0};
    enum sg_fragment what;
    size_t len;

    (void)state;
    start_pool();
    cut(1536, 348, 5);
    for (size_t i = 0; i + 1 < pieces; i++)
        (void)add(piece[i], piece_len[i], NOW, &len);
    first = pool;
    sg_fragments_init(&pool);
    for (size_t i = 0; i < first.count; i++)
        assert_int_equal(sg_fragments_restore(&pool, &first.pieces[i], &err), SG_OK);
    assert_int_equal(pool.next, first.next);
    assert_int_equal(pool.bytes, first.bytes);
    sg_fragments_free(&first);
    what = add(piece[pieces - 1], piece_len[pieces - 1], NOW, &len);
    assert_whole(what, len, 1536, 5);
}

/* ---- fingerprints -------------------------------------------------------------------------------
 */

static void test_fingerprints(void **state)
{
    char shown[SG_FINGERPRINT_CHARS + 1], upper[SG_FINGERPRINT_CHARS + 1];
    uint8_t fp[SG_FINGERPRINT_BYTES], back[25];

    (void)state;
    memset(fp, 0, sizeof fp);
    sg_fingerprint_text(shown, fp);
    assert_string_equal(shown, "aaaaa aaaaa aaaaa aaaaa aaaaa aaaaa aaaaa aaaaa");
    memcpy(fp, "foobarfoobarfoobarfoobarf", 25); /* RFC 4648, section 10, goes on so */
    sg_fingerprint_text(shown, fp);
    assert_memory_equal(shown, "mzxw6 ytboj", 11);
    for (uint64_t seed = 0; seed < 500; seed++) {
        fill(fp, sizeof fp, seed);
        sg_fingerprint_text(shown, fp);
        assert_int_equal(strlen(shown), SG_FINGERPRINT_CHARS);
        assert_true(sg_fingerprint_read(back, shown, strlen(shown)));
        assert_memory_equal(back, fp, sizeof back);
        for (size_t i = 0; i <= strlen(shown); i++)
            upper[i] = shown[i] == ' ' && i % 2 ? '-' : (char)toupper(shown[i]);
        assert_true(sg_fingerprint_read(back, upper, strlen(upper)));
        assert_memory_equal(back, fp, sizeof back);
    }
    assert_false(sg_fingerprint_read(back, shown, strlen(shown) - 1));
    assert_false(sg_fingerprint_read(back, "", 0));
    for (int c = 0; c < 256; c++) {
        memset(upper, 'a', 40);
        upper[20] = (char)c;
        assert_int_equal(sg_fingerprint_read(back, upper, 40),
                         isalpha(c) || (c >= '2' && c <= '7'));
    }
    memset(upper, 'a', 41);
    assert_false(sg_fingerprint_read(back, upper, 41));
}

static void test_words(void **state)
{
    (void)state;
    for (int w = 0; w < SG_WORD_COUNT; w++) {
        int status = sg_word_exit((enum sg_word)w);
        assert_true(strlen(sg_word_text((enum sg_word)w)) > 1);
        assert_true(status == 0 || status == 1 || status == 3 || status == 4);
        for (int v = 0; v < w; v++)
            assert_string_not_equal(sg_word_text((enum sg_word)v), sg_word_text((enum sg_word)w));
    }
    assert_string_equal(sg_word_text(SG_WORD_DUPLICATE), "duplicate-or-expired");
    assert_int_equal(sg_word_exit(SG_WORD_DUPLICATE), 4);
    assert_int_equal(sg_word_worse(4, 1), 4);
    assert_int_equal(sg_word_worse(3, 1), 1);
    assert_int_equal(sg_word_worse(0, 3), 3);
    assert_int_equal(sg_word_worse(1, 4), 4);
    assert_int_equal(sg_word_worse(0, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_known_tokens),
        cmocka_unit_test(test_every_size),
        cmocka_unit_test(test_quoted_and_wrapped),
        cmocka_unit_test(test_before_a_genuine_one),
        cmocka_unit_test(test_strict_base64),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_random_text),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_cutting),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_malformed_fragments),
        cmocka_unit_test(test_poisoned),
        cmocka_unit_test(test_repeated_is_newest),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_seven_days),
        cmocka_unit_test(test_put_back),
        cmocka_unit_test(test_fingerprints),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests_name("ratchet_text", tests, start_library, NULL);
}
