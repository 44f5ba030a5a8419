/*
 * pseudonym: the published vectors; names and roots that cannot be; every bit of signatures and
 * links; what a designated verifier can do; what two names have in common.
 */
#include "unit/helper.h"
#undef assert_hex
#include "unit/vector.h"

#include "pseudonym/pseudonym.h"
#include "pseudonym/pem.h"
#include "pseudonym/ring_sign.h"

static struct sg_error err;
static struct sg_buffer out;

static int clean(void **state)
{
    (void)state;
    sg_buffer_free(&out);
    return 0;
}

static void fresh(void)
{
    sg_buffer_free(&out);
    sg_buffer_init(&out, 1U << 20);
}

static bool is_text(const char *text)
{
    return out.len == strlen(text) && memcmp(out.data, text, out.len) == 0;
}

static const char *const purposes[SG_PSEUDONYM_KEYS] = {"sign seed", "pq seed", "x25519 seed",
                                                        "onion seed", "token seed"};

static void check_identity(struct vector_file *v)
{
    const uint8_t *root = vector_bytes(v, "root", SG_ROOT_BYTES);
    const char *name = vector_get(v, "name")->text;
    uint8_t key[32], public[32], onion[SG_ONION_PUBLIC_BYTES], issuer[32];
    char host[SG_ONION_HOST_CHARS + 1], text[SG_TOKEN_TEXT_BYTES];

    for (enum sg_pseudonym_key k = 0; k < SG_PSEUDONYM_KEYS; k++) {
        assert_int_equal(sg_pseudonym_derive(key, root, name, k, &err), SG_OK);
        assert_memory_equal(key, vector_bytes(v, purposes[k], 32), 32);
    }
    sg_sign_public(public, vector_bytes(v, "sign seed", 32));
    fresh();
    assert_int_equal(sg_public_text(&out, SG_PUBLIC_SSH, public, &err), SG_OK);
    assert_true(is_text(vector_get(v, "ssh")->text));
    fresh();
    assert_int_equal(sg_public_text(&out, SG_PUBLIC_DID, public, &err), SG_OK);
    assert_true(is_text(vector_get(v, "did")->text));
    fresh();
    assert_int_equal(sg_public_text(&out, SG_PUBLIC_WORDS, public, &err), SG_OK);
    assert_true(is_text(vector_get(v, "words")->text));
    fresh();
    assert_int_equal(sg_public_text(&out, SG_PUBLIC_MINISIGN, public, &err), SG_OK);
    assert_non_null(memmem(out.data, out.len, vector_get(v, "minisign")->text, 56));
    for (int form = 0; form < 3; form++) { /* each form is read back as the same key */
        static const char *const forms[] = {"ssh", "did", "minisign"};
        const char *shown = vector_get(v, forms[form])->text;
        assert_int_equal(sg_public_read(key, shown, strlen(shown), &err), SG_OK);
        assert_memory_equal(key, public, 32);
    }
    sg_onion_public_file(onion, vector_bytes(v, "onion seed", 32));
    sg_onion_host(host, onion + SG_ONION_PUBLIC_BYTES - 32);
    assert_string_equal(host, vector_get(v, "onion")->text);
    assert_true(sg_token_issuer(issuer, vector_bytes(v, "token seed", 32)));
    sg_token_issuer_text(text, issuer);
    assert_string_equal(text, vector_get(v, "issuer")->text);
}

static bool has(const struct vector_file *v, const char *name)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->field[i].name, name) == 0)
            return true;
    return false;
}

static void check_ring(struct vector_file *v)
{
    const struct vector_field *message = vector_get(v, "message"),
                              *sig = vector_get(v, "signature");
    const char *scope = has(v, "scope") ? vector_get(v, "scope")->text : NULL;
    char keys[1024];
    uint8_t key[32], hash[64], x[32], tag[32], digest[32];
    struct sg_ring_signature s;
    struct sg_ring ring;

    sg_ring_init(&ring);
    strcpy(keys, vector_get(v, "ring")->text);
    for (char *one = strtok(keys, ","); one; one = strtok(NULL, ",")) {
        assert_int_equal(unhex(key, one), 32);
        assert_int_equal(sg_ring_add(&ring, key, &err), SG_OK);
        assert_memory_equal(sg_ring_at(&ring, sg_ring_count(&ring) - 1), key, 32); /* sorted */
    }
    sg_ring_digest(digest, &ring);
    assert_memory_equal(digest, vector_bytes(v, "digest", 32), 32);
    sg_sha512(hash, message->bytes, message->len);
    fresh();
    assert_int_equal(sg_pem_write(&out, SG_RING_LABEL, sig->bytes, sig->len, &err), SG_OK);
    assert_int_equal(sg_ring_verify(&s, &ring, (const char *)out.data, out.len, hash, scope, &err),
                     SG_OK);
    assert_memory_equal(s.base, vector_bytes(v, "base", 32), 32);
    assert_memory_equal(s.tag, vector_bytes(v, "tag", 32), 32);
    sg_edwards_scalar(x, vector_bytes(v, "seed", 32));
    assert_true(sg_edwards_mul(tag, x, s.base));
    assert_memory_equal(tag, s.tag, 32);
    if (scope) { /* ours has the same tag */
        fresh();
        assert_int_equal(sg_ring_sign(&out, &ring, vector_bytes(v, "seed", 32), hash, scope, &err),
                         SG_OK);
        assert_int_equal(
            sg_ring_verify(&s, &ring, (const char *)out.data, out.len, hash, scope, &err), SG_OK);
        assert_memory_equal(tag, s.tag, 32);
    }
    sg_ring_free(&ring);
}

static void test_vectors(void **state)
{
    static struct vector_file v;
    unsigned identities = 0, rings = 0;

    (void)state;
    vector_open(&v, "pseudonym");
    while (vector_next(&v)) {
        bool identity = strcmp(vector_get(&v, "what")->text, "identity") == 0;
        if (identity)
            check_identity(&v);
        else
            check_ring(&v);
        *(identity ? &identities : &rings) += 1;
    }
    fclose(v.file);
    assert_int_equal(identities, 3);
    assert_int_equal(rings, 4);
}

static void test_names(void **state)
{
    static const char *const good_names[] = {
        "a",
        "work",
        "Work",
        "a b",
        "a/b",
        "\xc3\xa9lan",
        "\xe5\x90\x8d\xe5\x89\x8d",
        "\xe0\xa4\xa8\xe0\xa4\xbe\xe0\xa4\xae", /* Devanagari */
        "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7", /* with a virama, which combines and is stable */
        "\xf0\x9f\xa6\x89",                     /* an owl */
        "\xed\x95\x9c\xea\xb5\xad"};            /* Hangul syllables */
    static const char *const bad_names[] = {"",
                                            "-a",
                                            " a",
                                            "a ",
                                            "a\n",
                                            "a\tb",
                                            "\x7f",
                                            "\xc2\x85",
                                            "\xe2\x80\x8b",
                                            "\xe2\x80\xae",
                                            "\xef\xbb\xbf",
                                            "\xc2\xad",
                                            "\xee\x80\x80",
                                            "e\xcc\x81",    /* e and a combining acute */
                                            "\xe2\x84\xa6", /* OHM SIGN, which is Omega */
                                            "\xe1\x84\x92\xe1\x85\xa1", /* conjoining jamo */
                                            "\xe0\xa5\x98",      /* excluded from composition */
                                            "a\xd6\xb0\xd6\xb1", /* two marks */
                                            "\xff",
                                            "\xc3",
                                            "\xc0\xaf",
                                            "\xed\xa0\x80",
                                            "\xf4\x90\x80\x80",
                                            "\xe2\x82",
                                            "\xef\xbf\xbe"};
    char long_name[SG_PSEUDONYM_NAME_MAX_BYTES + 2];
    uint8_t key[32], zeros[32] = {0}, root[32] = {1};

    (void)state;
    for (size_t i = 0; i < sizeof good_names / sizeof *good_names; i++)
        assert_int_equal(sg_pseudonym_name_check(good_names[i], &err), SG_OK);
    for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
        memset(key, 0xff, sizeof key);
        assert_int_equal(sg_pseudonym_derive(key, root, bad_names[i], SG_PSEUDONYM_SIGN, &err),
                         SG_ERR_NAME);
        assert_memory_equal(key, zeros, 32);
        assert_non_null(err.what);
    }
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(sg_pseudonym_name_check(long_name, &err), SG_ERR_NAME);
    long_name[SG_PSEUDONYM_NAME_MAX_BYTES] = '\0';
    assert_int_equal(sg_pseudonym_name_check(long_name, &err), SG_OK);
}

static void test_root_file(void **state)
{
    uint8_t root[32], again[32], zeros[32] = {0};

    (void)state;
    sg_root_new(root);
    fresh();
    assert_int_equal(sg_root_file(&out, root, &err), SG_OK);
    assert_int_equal(sg_root_parse(again, (const char *)out.data, out.len, &err), SG_OK);
    assert_memory_equal(root, again, 32);
    for (size_t i = out.len - 2; out.data[i] != '\n'; i--) /* each character of the secret line */
        for (unsigned bit = 0; bit < 8; bit++) {
            out.data[i] ^= (uint8_t)(1 << bit);
            assert_int_equal(sg_root_parse(again, (const char *)out.data, out.len, &err),
                             SG_ERR_ROOT);
            assert_true(build_is("valgrind") || memcmp(again, zeros, 32) == 0);
            out.data[i] ^= (uint8_t)(1 << bit);
        }
    for (size_t n = 0; n + 1 < out.len; n++)
        assert_int_equal(sg_root_parse(again, (const char *)out.data, n, &err), SG_ERR_ROOT);
    assert_int_equal(sg_root_parse(again, (const char *)out.data, out.len - 1, &err), SG_OK);
}

/* Every bit and every truncation of a signature of a kind, and of what is signed. */
static void flip_signature(bool minisign)
{
    uint8_t seed[32] = {7}, key[32];
    struct sg_buffer comment;
    struct sg_digest d;
    struct sg_source in;
    size_t from = minisign ? strlen("untrusted comment: signature from minisign secret key\n") : 0;

    sg_sign_public(key, seed);
    sg_source_memory(&in, "Dear diary", 10, NULL);
    assert_int_equal(
        sg_digest_read(&d, &in, SG_DIGEST_SHA512 | SG_DIGEST_BLAKE2B, NULL, NULL, &err), SG_OK);
    fresh();
    assert_int_equal(minisign ? sg_minisign_sign(&out, &d, "comment", seed, &err)
                              : sg_sshsig_sign(&out, &d, "signet", seed, &err),
                     SG_OK);
    sg_buffer_init(&comment, 4096);
    assert_int_equal(
        sg_signature_verify(&comment, &d, (const char *)out.data, out.len, "signet", key, &err),
        SG_OK);
    assert_int_equal(comment.len, minisign ? 7 : 0);
    for (size_t bit = 8 * from; bit < 8 * (out.len - 1); bit += stride(5, 47)) {
        enum sg_err r;
        unsigned needs;
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        r = sg_signature_needs(&needs, (const char *)out.data, out.len, &err);
        if (r == SG_OK && !(needs & ~d.has))
            r = sg_signature_verify(&comment, &d, (const char *)out.data, out.len, "signet", key,
                                    &err);
        else if (r == SG_OK)
            r = SG_ERR_FORGED;      /* it asks for what an older kind is over */
        if (r == SG_OK && minisign) /* the number of the key, a hint outside the signature */
            assert_true(bit / 8 - from >= 2 && bit / 8 - from <= 14);
        else if (r == SG_OK) /* a line end that is one nevertheless, or a character case: none */
            assert_true(out.data[bit / 8] == '\r' || out.data[bit / 8] == '\n');
        else
            assert_true(r == SG_ERR_FORGED || r == SG_ERR_SIGNATURE);
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t n = 0; n < out.len - 1; n++) {
        unsigned needs;
        assert_int_equal(sg_signature_needs(&needs, (const char *)out.data, n, &err),
                         SG_ERR_SIGNATURE);
    }
    sg_buffer_free(&comment);
    sg_digest_free(&d);
}

static void test_sshsig_bits(void **state)
{
    (void)state;
    flip_signature(false);
}

static void test_minisign_bits(void **state)
{
    (void)state;
    flip_signature(true);
}

/* A message in pieces of any size has the same hashes. */
static void test_digest(void **state)
{
    static uint8_t message[200000];
    struct sg_digest whole, pieces;
    struct trickle t;
    struct sg_source in;

    (void)state;
    fill(message, sizeof message, 1);
    sg_source_memory(&in, message, sizeof message, NULL);
    assert_int_equal(sg_digest_read(&whole, &in, 15, NULL, NULL, &err), SG_OK);
    assert_int_equal(whole.whole.len, sizeof message);
    for (size_t i = 0; i < ODD_STEPS; i++) {
        trickle_source(&in, &t, message, sizeof message, odd_steps[i]);
        assert_int_equal(sg_digest_read(&pieces, &in, 15, NULL, NULL, &err), SG_OK);
        assert_memory_equal(pieces.sha512, whole.sha512, 64);
        assert_memory_equal(pieces.sha256, whole.sha256, 32);
        assert_memory_equal(pieces.blake2b, whole.blake2b, 64);
        sg_digest_free(&pieces);
    }
    trickle_source(&in, &t, message, 1000, 7);
    t.fails = SG_ERR_IO;
    assert_int_equal(sg_digest_read(&pieces, &in, 15, NULL, NULL, &err), SG_ERR_IO);
    assert_int_equal(pieces.has, 0);
    sg_digest_free(&pieces);
    sg_digest_free(&whole);
}

/* Every bit and every truncation of a link, for everybody and for one verifier. */
static void test_link_bits(void **state)
{
    uint8_t a[32] = {1}, b[32] = {2}, judge[32] = {3}, verifier[32];
    struct sg_link_terms terms = {"hello", "2026-11-25", "bob"};
    struct sg_link l;

    (void)state;
    sg_sign_public(verifier, judge);
    for (int designated = 0; designated < 2; designated++) {
        fresh();
        assert_int_equal(sg_link_prove(&out, a, b, &terms, designated ? verifier : NULL, &err),
                         SG_OK);
        assert_int_equal(sg_link_check(&l, (const char *)out.data, out.len, &err), SG_OK);
        assert_int_equal(l.designated, designated);
        assert_int_equal(l.message_len, 5);
        for (size_t bit = 0; bit < 8 * out.len; bit += stride(7, 61)) {
            enum sg_err r;
            out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            r = sg_link_check(&l, (const char *)out.data, out.len, &err);
            assert_true(r == SG_ERR_FORGED || r == SG_ERR_SIGNATURE);
            out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t n = 0; n < out.len; n++)
            assert_int_equal(sg_link_check(&l, (const char *)out.data, n, &err), SG_ERR_SIGNATURE);
    }
}

/* The verifier makes one for keys of strangers, which passes as any; nobody else can. */
static void test_simulate(void **state)
{
    uint8_t a[32] = {1}, b[32] = {2}, judge[32] = {3}, stranger[32] = {4}, key_a[32], key_b[32];
    uint8_t verifier[32];
    struct sg_link_terms terms = {0};
    struct sg_link l;
    size_t length;

    (void)state;
    sg_sign_public(key_a, a);
    sg_sign_public(key_b, b);
    sg_sign_public(verifier, judge);
    fresh();
    assert_int_equal(sg_link_prove(&out, a, b, &terms, verifier, &err), SG_OK);
    length = out.len;
    fresh();
    assert_int_equal(sg_link_simulate(&out, key_a, key_b, &terms, judge, &err), SG_OK);
    assert_int_equal(sg_link_check(&l, (const char *)out.data, out.len, &err), SG_OK);
    assert_true(l.designated);
    assert_int_equal(out.len, length); /* of one shape */
    /* Who has one of the two keys, or a stranger's, makes none that passes for this verifier. */
    for (int i = 0; i < 2; i++) {
        char *at;
        uint8_t other[32];
        struct sg_buffer line;
        fresh();
        assert_int_equal(i ? sg_link_prove(&out, a, stranger, &terms, verifier, &err)
                           : sg_link_simulate(&out, key_a, key_b, &terms, stranger, &err),
                         SG_OK);
        sg_sign_public(other, stranger);
        sg_buffer_init(&line, 256);
        assert_int_equal(sg_public_text(&line, SG_PUBLIC_SSH, other, &err), SG_OK);
        at = memmem(out.data, out.len, line.data, line.len);
        assert_non_null(at);
        sg_buffer_free(&line);
        sg_buffer_init(&line, 256);
        assert_int_equal(sg_public_text(&line, SG_PUBLIC_SSH, i ? key_b : verifier, &err), SG_OK);
        memcpy(at, line.data, line.len);
        sg_buffer_free(&line);
        assert_int_equal(sg_link_check(&l, (const char *)out.data, out.len, &err), SG_ERR_FORGED);
    }
}

/* A retirement is not a link, and a signature made for one is none of the other. */
static void test_retirement(void **state)
{
    uint8_t a[32] = {1};
    struct sg_link_terms terms = {NULL, "2026-11-25", NULL}, bad = {"a\nb", NULL, NULL};
    struct sg_link l;

    (void)state;
    fresh();
    assert_int_equal(sg_retirement(&out, a, &terms, &err), SG_OK);
    assert_int_equal(sg_link_check(&l, (const char *)out.data, out.len, &err), SG_OK);
    assert_true(l.retirement);
    for (size_t bit = 0; bit < 8 * out.len; bit += stride(7, 61)) {
        enum sg_err r;
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        r = sg_link_check(&l, (const char *)out.data, out.len, &err);
        assert_true(r == SG_ERR_FORGED || r == SG_ERR_SIGNATURE);
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    fresh();
    assert_int_equal(sg_retirement(&out, a, &bad, &err), SG_ERR_SIGNATURE);
    bad.message = NULL;
    bad.date = "2026-13-01";
    assert_int_equal(sg_retirement(&out, a, &bad, &err), SG_ERR_SIGNATURE);
    assert_true(sg_statement_is_date("2024-02-29", 10));
    assert_false(sg_statement_is_date("2100-02-29", 10));
    assert_false(sg_statement_is_date("2026-11-25T24:00:00Z", 20));
}

/*
 * What two names of one root have in common, against what two roots have: for each key, how many of
 * the 256 bits agree, over many pairs. Of independent keys it is half, give or take; were there a
 * relation, the one sum would be off. 64,000 bits: 6 deviations are 759.
 */
static void test_unlinkable(void **state)
{
    unsigned pairs = build_is("plain") ? 250 : 25;
    long same_root[SG_PSEUDONYM_KEYS] = {0}, other_root[SG_PSEUDONYM_KEYS] = {0}, bits;

    (void)state;
    for (unsigned i = 0; i < pairs; i++) {
        uint8_t root[2][32], k[3][SG_PSEUDONYM_KEYS][32];
        sg_root_new(root[0]);
        sg_root_new(root[1]);
        for (enum sg_pseudonym_key j = 0; j < SG_PSEUDONYM_KEYS; j++) {
            assert_int_equal(sg_pseudonym_derive(k[0][j], root[0], "name1", j, &err), SG_OK);
            assert_int_equal(sg_pseudonym_derive(k[1][j], root[0], "name2", j, &err), SG_OK);
            assert_int_equal(sg_pseudonym_derive(k[2][j], root[1], "name1", j, &err), SG_OK);
            for (size_t byte = 0; byte < 32; byte++) {
                same_root[j] += __builtin_popcount(k[0][j][byte] ^ k[1][j][byte]);
                other_root[j] += __builtin_popcount(k[0][j][byte] ^ k[2][j][byte]);
            }
        }
        for (unsigned x = 0; x < 3 * SG_PSEUDONYM_KEYS; x++) /* and no two keys are one */
            for (unsigned y = x + 1; y < 3 * SG_PSEUDONYM_KEYS; y++)
                assert_memory_not_equal(k[x / SG_PSEUDONYM_KEYS][x % SG_PSEUDONYM_KEYS],
                                        k[y / SG_PSEUDONYM_KEYS][y % SG_PSEUDONYM_KEYS], 32);
    }
    bits = (long)pairs * 256;
    for (unsigned j = 0; j < SG_PSEUDONYM_KEYS; j++) {
        long off[] = {same_root[j] - bits / 2, other_root[j] - bits / 2};
        for (size_t i = 0; i < 2; i++) /* variance bits / 4: six deviations, squared, are 9 bits */
            assert_true(off[i] * off[i] < 9 * bits);
    }
    print_message("of %ld bits of each key, those that differ: %ld, %ld, ... between two names, "
                  "%ld, %ld, ... between two roots\n",
                  bits, same_root[0], same_root[1], other_root[0], other_root[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_vectors, clean),
        cmocka_unit_test_teardown(test_names, clean),
        cmocka_unit_test_teardown(test_root_file, clean),
        cmocka_unit_test_teardown(test_sshsig_bits, clean),
        cmocka_unit_test_teardown(test_minisign_bits, clean),
        cmocka_unit_test_teardown(test_digest, clean),
        cmocka_unit_test_teardown(test_link_bits, clean),
        cmocka_unit_test_teardown(test_simulate, clean),
        cmocka_unit_test_teardown(test_retirement, clean),
        cmocka_unit_test_teardown(test_unlinkable, clean),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
