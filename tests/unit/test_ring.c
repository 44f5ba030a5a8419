/*
 * ring: signatures of every member of small rings, each part of them changed in every bit, members
 * and scalars that must be refused, tags, claims and disavowals, and whether positions show.
 */
#include "unit/ring.h"
#include "unit/torsion.h"

#include "pseudonym/public.h"

static struct sg_ring ring;
static struct sg_buffer text, other;
static struct sg_ring_signature good;

static int clean(void **state)
{
    (void)state;
    sg_ring_free(&ring);
    sg_buffer_free(&text);
    sg_buffer_free(&other);
    return 0;
}

/* Rings of 1 to 8, every signer, with a scope and without. */
static void test_every_signer(void **state)
{
    (void)state;
    for (unsigned n = 1; n <= 8; n += (unsigned)stride(1, 3)) {
        ring_of(&ring, n);
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(sign_as(&text, &ring, i, "text", "scope"), SG_OK);
            assert_int_equal(verify_text(&good, &ring, &text, "text", "scope"), SG_OK);
            assert_int_equal(verify_text(&good, &ring, &text, "texT", "scope"), SG_ERR_FORGED);
            assert_int_equal(verify_text(&good, &ring, &text, "text", "scopE"), SG_ERR_FORGED);
            assert_int_equal(verify_text(&good, &ring, &text, "text", NULL), SG_ERR_FORGED);
            assert_int_equal(sign_as(&text, &ring, i, "text", NULL), SG_OK);
            assert_int_equal(verify_text(&good, &ring, &text, "text", NULL), SG_OK);
            assert_int_equal(verify_text(&good, &ring, &text, "text", "scope"), SG_ERR_FORGED);
        }
        sg_ring_free(&ring);
    }
}

static void test_sizes(void **state)
{
    static const unsigned sizes[] = {1, 2, 10, 100};

    (void)state;
    for (size_t i = 0; i < (build_is("plain") ? 4 : 3); i++) {
        ring_of(&ring, sizes[i]);
        assert_int_equal(sign_as(&text, &ring, sizes[i] / 2, "text", NULL), SG_OK);
        assert_int_equal(verify_text(&good, &ring, &text, "text", NULL), SG_OK);
        to_bytes(&other, &text);
        assert_int_equal(other.len, 6 + 32 + 96 + 32 * sizes[i]);
        sg_ring_free(&ring);
    }
}

static void test_outside(void **state)
{
    uint8_t seed[32], key[32];
    struct sg_error err = {0};
    struct sg_ring_proof proof;

    (void)state;
    ring_of(&ring, 5);
    assert_int_equal(sign_as(&text, &ring, 5, "text", "scope"), SG_ERR_OUTSIDE);
    assert_int_equal(text.len, 0);
    assert_int_equal(sign_as(&text, &ring, 1, "text", "scope"), SG_OK);
    assert_int_equal(verify_text(&good, &ring, &text, "text", "scope"), SG_OK);
    person(seed, key, 5);
    sg_buffer_init(&other, 4096);
    assert_int_equal(sg_ring_claim(&other, &good, &ring, seed, &err), SG_ERR_OUTSIDE);
    assert_int_equal(sg_ring_disavow(&other, &good, &ring, seed, &err), SG_ERR_OUTSIDE);
    assert_int_equal(other.len, 0);
    assert_int_equal(sg_ring_proof_check(&proof, &good, &ring, "", 0, &err), SG_ERR_SIGNATURE);
}

/* The order in which a ring is written down does not count; who is in it does. */
static void test_other_rings(void **state)
{
    uint8_t seed[32], key[32];
    struct sg_ring turned;
    struct sg_error err = {0};

    (void)state;
    ring_of(&ring, 6);
    assert_int_equal(sign_as(&text, &ring, 3, "text", "scope"), SG_OK);
    sg_ring_init(&turned);
    for (unsigned i = 6; i-- > 0;) {
        person(seed, key, i);
        assert_int_equal(sg_ring_add(&turned, key, &err), SG_OK);
    }
    assert_int_equal(verify_text(&good, &turned, &text, "text", "scope"), SG_OK);
    person(seed, key, 6);
    assert_int_equal(sg_ring_add(&turned, key, &err), SG_OK);
    assert_int_equal(verify_text(&good, &turned, &text, "text", "scope"), SG_ERR_FORGED);
    sg_ring_free(&turned);
    ring_of(&turned, 5);
    assert_int_equal(verify_text(&good, &turned, &text, "text", "scope"), SG_ERR_FORGED);
    sg_ring_free(&turned);
    sg_ring_init(&turned); /* as many, but one of them another */
    for (unsigned i = 1; i < 7; i++) {
        person(seed, key, i);
        assert_int_equal(sg_ring_add(&turned, key, &err), SG_OK);
    }
    assert_int_equal(verify_text(&good, &turned, &text, "text", "scope"), SG_ERR_FORGED);
    sg_ring_free(&turned);
}

/* Every bit of a signature, and every truncation of its bytes and of its text. */
static void test_every_bit(void **state)
{
    (void)state;
    ring_of(&ring, 3);
    for (int once = 0; once < 2; once++) {
        const char *scope = once ? NULL : "scope";
        assert_int_equal(sign_as(&text, &ring, 1, "text", scope), SG_OK);
        to_bytes(&other, &text);
        for (size_t bit = 0; bit < 8 * other.len; bit += stride(7, 61)) {
            enum sg_err r;
            other.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            r = verify_bytes(&good, &ring, other.data, other.len, "text", scope);
            assert_true(r == SG_ERR_FORGED || r == SG_ERR_SIGNATURE);
            other.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t n = 0; n < other.len; n++)
            assert_int_equal(verify_bytes(&good, &ring, other.data, n, "text", scope),
                             SG_ERR_SIGNATURE);
        for (size_t n = text.len - 1; n-- > 0;) { /* the last newline may be missing */
            text.len = n;
            assert_int_equal(verify_text(&good, &ring, &text, "text", scope), SG_ERR_SIGNATURE);
        }
    }
}

/* The answers of a signature in every other order. */
static void test_permuted(void **state)
{
    uint8_t s[4][32], turned[S_AT + 4 * 32];
    unsigned tried = 0;

    (void)state;
    ring_of(&ring, 4);
    assert_int_equal(sign_as(&text, &ring, 2, "text", "scope"), SG_OK);
    to_bytes(&other, &text);
    memcpy(s, other.data + S_AT, sizeof s);
    for (unsigned code = 1; code < 256; code++) {
        unsigned at[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3}, seen = 0;
        for (int i = 0; i < 4; i++)
            seen |= 1U << at[i];
        if (seen != 15 || (at[0] == 0 && at[1] == 1 && at[2] == 2 && at[3] == 3))
            continue;
        memcpy(turned, other.data, S_AT);
        for (int i = 0; i < 4; i++)
            memcpy(turned + S_AT + 32 * i, s[at[i]], 32);
        assert_int_equal(verify_bytes(&good, &ring, turned, sizeof turned, "text", "scope"),
                         SG_ERR_FORGED);
        tried++;
    }
    assert_int_equal(tried, 23);
}

/* Each scalar with the order added to it, which is the same number, is refused. */
static void test_unreduced(void **state)
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                      0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0x10};

    (void)state;
    ring_of(&ring, 3);
    assert_int_equal(sign_as(&text, &ring, 0, "text", "scope"), SG_OK);
    to_bytes(&other, &text);
    for (size_t at = C0_AT; at < other.len; at += 32) {
        uint8_t before[32];
        unsigned carry = 0;
        memcpy(before, other.data + at, 32);
        for (size_t i = 0; i < 32; i++) {
            carry += (unsigned)other.data[at + i] + order[i];
            other.data[at + i] = (uint8_t)carry;
            carry >>= 8;
        }
        assert_int_equal(verify_bytes(&good, &ring, other.data, other.len, "text", "scope"),
                         SG_ERR_SIGNATURE);
        memcpy(other.data + at, before, 32);
    }
    assert_int_equal(verify_bytes(&good, &ring, other.data, other.len, "text", "scope"), SG_OK);
}

/* Points with a part of small order: as members, and as tags, where they would make a second one.
 */
static void test_small_order(void **state)
{
    uint8_t seed[32], key[32], t[32], mixed[32], tag[32];
    struct sg_error err = {0};

    (void)state;
    ring_of(&ring, 3);
    assert_int_equal(sign_as(&text, &ring, 0, "text", "scope"), SG_OK);
    to_bytes(&other, &text);
    memcpy(tag, other.data + TAG_AT, 32);
    person(seed, key, 9);
    for (size_t i = 0; i < TORSION; i++) {
        from_hex(t, torsion[i]);
        assert_int_equal(sg_ring_add(&ring, t, &err), SG_ERR_RING);
        memcpy(other.data + TAG_AT, t, 32);
        assert_int_equal(verify_bytes(&good, &ring, other.data, other.len, "text", "scope"),
                         SG_ERR_SIGNATURE);
        if (i == 0)
            continue; /* the neutral one adds nothing */
        assert_true(sg_edwards_add(mixed, key, t));
        assert_int_equal(sg_ring_add(&ring, mixed, &err), SG_ERR_RING);
        assert_true(sg_edwards_add(mixed, tag, t));
        memcpy(other.data + TAG_AT, mixed, 32);
        assert_int_equal(verify_bytes(&good, &ring, other.data, other.len, "text", "scope"),
                         SG_ERR_SIGNATURE);
    }
    assert_int_equal(sg_ring_count(&ring), 3);
    assert_int_equal(sg_ring_add(&ring, sg_ring_at(&ring, 1), &err), SG_ERR_RING); /* twice */
    assert_int_equal(sg_ring_count(&ring), 3);
}

/* One tag for one key in one scope, whatever the message and the ring; else all differ. */
static void test_tags(void **state)
{
    uint8_t tags[6][32];
    struct sg_ring_signature s;

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        unsigned n = i == 1 ? 5 : 4, who = i == 2 ? 3 : 1;
        const char *scope = i == 3 ? "another" : i > 3 ? NULL : "vote";
        ring_of(&ring, n);
        assert_int_equal(sign_as(&text, &ring, who, i == 1 ? "no" : "yes", scope), SG_OK);
        assert_int_equal(verify_text(&s, &ring, &text, i == 1 ? "no" : "yes", scope), SG_OK);
        memcpy(tags[i], s.tag, 32);
        sg_ring_free(&ring);
    }
    assert_memory_equal(tags[0], tags[1], 32); /* the same voter, another message, a larger ring */
    for (unsigned i = 0; i < 6; i++)
        for (unsigned j = i + 1; j < 6; j++)
            if (i != 0 || j != 1)
                assert_memory_not_equal(tags[i], tags[j], 32);
}

/*
 * The tag cannot be had from public keys: its base is no multiple of B that a hash would give. Had
 * it been made by multiplying B by a hash of the scope, the same multiple of the key would be it.
 */
static void test_tag_is_secret(void **state)
{
    static const char *const labels[] = {"", "signet/ring/v1/scope", "signet/ring/v1/once",
                                         "signet/ring/v1/keys"};
    uint8_t seed[32], key[32], wide[64], scalar[32], guess[32];
    struct sg_ring_scope scope = {SG_RING_SCOPED, "vote", 4};
    uint8_t base[32];

    (void)state;
    ring_of(&ring, 2);
    assert_int_equal(sign_as(&text, &ring, 0, "yes", "vote"), SG_OK);
    assert_int_equal(verify_text(&good, &ring, &text, "yes", "vote"), SG_OK);
    person(seed, key, 0);
    sg_ring_base(base, &scope);
    assert_memory_equal(base, good.base, 32);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        for (unsigned c = 0; c < 512; c++) {
            uint8_t octet[2] = {(uint8_t)c, 0}, front = 1;
            struct sg_sha512 h;
            sg_sha512_init(&h);
            sg_sha512_update(&h, labels[i], strlen(labels[i]));
            if (c < 256) {
                sg_sha512_update(&h, &front, 1);
                sg_sha512_update(&h, "vote", 4);
                sg_sha512_update(&h, octet, 2);
            } else if (c == 256) {
                sg_sha512_update(&h, "vote", 4);
            } else {
                break;
            }
            sg_sha512_final(&h, wide);
            sg_scalar_reduce(scalar, wide);
            assert_true(sg_edwards_base(guess, scalar));
            assert_memory_not_equal(guess, base, 32);
            assert_true(sg_edwards_mul(guess, scalar, key));
            assert_memory_not_equal(guess, good.tag, 32);
        }
    }
}

/* Who signed can claim it, and nobody else; who did not can disavow it, and nobody else. */
static void test_claims(void **state)
{
    struct sg_error err = {0};
    struct sg_ring_signature s, second;
    struct sg_ring_proof proof;

    (void)state;
    ring_of(&ring, 4);
    for (int once = 0; once < 2; once++) {
        const char *scope = once ? NULL : "scope";
        assert_int_equal(sign_as(&text, &ring, 2, "text", scope), SG_OK);
        assert_int_equal(verify_text(&s, &ring, &text, "text", scope), SG_OK);
        assert_int_equal(sign_as(&text, &ring, 2, "texts", scope), SG_OK);
        assert_int_equal(verify_text(&second, &ring, &text, "texts", scope), SG_OK);
        for (unsigned i = 0; i < 4; i++) {
            uint8_t seed[32], key[32];
            bool mine = i == 2;
            person(seed, key, i);
            sg_buffer_init(&other, 4096);
            assert_int_equal(sg_ring_claim(&other, &s, &ring, seed, &err),
                             mine ? SG_OK : SG_ERR_FORGED);
            assert_int_equal(sg_ring_disavow(&other, &s, &ring, seed, &err),
                             mine ? SG_ERR_FORGED : SG_OK);
            assert_int_equal(
                sg_ring_proof_check(&proof, &s, &ring, (const char *)other.data, other.len, &err),
                SG_OK);
            assert_int_equal(proof.claim, mine);
            assert_memory_equal(proof.key, key, 32);
            assert_int_equal(sg_ring_proof_check(&proof, &second, &ring, (const char *)other.data,
                                                 other.len, &err),
                             SG_ERR_FORGED);
            /* Every bit of the text, of which all that is not refused as text does not fit. */
            for (size_t bit = 0; bit < 8 * other.len; bit += stride(11, 97) * (i == 0 ? 1 : 13)) {
                enum sg_err r;
                other.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
                r = sg_ring_proof_check(&proof, &s, &ring, (const char *)other.data, other.len,
                                        &err);
                assert_true(r == SG_ERR_FORGED || r == SG_ERR_SIGNATURE);
                other.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
            sg_buffer_free(&other);
        }
    }
}

/* A disavowal under the signer's key, put together from what a cheat has: it must not pass. */
static void test_cheat(void **state)
{
    struct sg_error err = {0};
    struct sg_ring_signature s, wrong;
    struct sg_ring_proof proof;
    uint8_t seed[32], key[32];

    (void)state;
    ring_of(&ring, 3);
    assert_int_equal(sign_as(&text, &ring, 1, "text", "scope"), SG_OK);
    assert_int_equal(verify_text(&s, &ring, &text, "text", "scope"), SG_OK);
    person(seed, key, 1);
    wrong = s; /* the same signature, said to have another's tag: so the signer can disavow that */
    assert_int_equal(sign_as(&text, &ring, 2, "text", "scope"), SG_OK);
    assert_int_equal(verify_text(&wrong, &ring, &text, "text", "scope"), SG_OK);
    memcpy(wrong.id, s.id, sizeof s.id);
    sg_buffer_init(&other, 4096);
    assert_int_equal(sg_ring_disavow(&other, &wrong, &ring, seed, &err), SG_OK);
    assert_int_equal(
        sg_ring_proof_check(&proof, &wrong, &ring, (const char *)other.data, other.len, &err),
        SG_OK);
    assert_int_equal(
        sg_ring_proof_check(&proof, &s, &ring, (const char *)other.data, other.len, &err),
        SG_ERR_FORGED);
    sg_buffer_free(&other);
    sg_buffer_init(&other, 4096);
    person(seed, key, 2); /* and a claim of what somebody else did */
    assert_int_equal(sg_ring_claim(&other, &wrong, &ring, seed, &err), SG_OK);
    assert_int_equal(
        sg_ring_proof_check(&proof, &s, &ring, (const char *)other.data, other.len, &err),
        SG_ERR_FORGED);
}

/*
 * What a verifier sees, by the signer's place: each answer s_i and c_0 in 32 boxes by its low bits.
 * If places showed there, one of the boxes would be fuller. The sum of squares against evenness has
 * 31 degrees of freedom; above 110 it would be there once in some 10^9 tables by chance. And the
 * bytes have one length, and one shape.
 */
#define PLACES 3
#define BOXES 32

static void test_places(void **state)
{
    const char *rounds = getenv("SIGNET_RING_ROUNDS");
    unsigned count = rounds ? (unsigned)atoi(rounds) : build_is("plain") ? 640 : 64;
    static unsigned boxes[PLACES][PLACES + 1][BOXES];
    double worst = 0;
    size_t len = 0;

    (void)state;
    memset(boxes, 0, sizeof boxes);
    ring_of(&ring, PLACES);
    for (unsigned i = 0; i < PLACES; i++) {
        uint8_t seed[32], key[32];
        unsigned place = 0;
        person(seed, key, i);
        while (memcmp(sg_ring_at(&ring, place), key, 32) != 0)
            place++;
        for (unsigned j = 0; j < count; j++) {
            assert_int_equal(sign_as(&text, &ring, i, "text", NULL), SG_OK);
            to_bytes(&other, &text);
            assert_true(len == 0 || len == other.len);
            len = other.len;
            for (unsigned k = 0; k <= PLACES; k++)
                boxes[place][k][other.data[C0_AT + 32 + 32 * k] % BOXES]++;
        }
    }
    for (unsigned place = 0; place < PLACES; place++)
        for (unsigned k = 0; k <= PLACES; k++) {
            double expected = (double)count / BOXES, sum = 0;
            for (unsigned b = 0; b < BOXES; b++) {
                double off = boxes[place][k][b] - expected;
                sum += off * off / expected;
            }
            worst = sum > worst ? sum : worst;
        }
    print_message("%u signatures a place; worst sum of squares %.1f, expected 31\n", count, worst);
    assert_true(worst < 110);
}

static void test_files(void **state)
{
    static const struct {
        const char *text;
        uint64_t line, value;
        size_t count;
    } files[] = {
        {"", 0, 0, 0},
        {"# nobody\n\n", 0, 0, 0},
        {"ssh-ed25519 K0\nssh-ed25519 K1 me@example.org\n", 0, 0, 2},
        {"restrict,command=\"echo a b\" ssh-ed25519 K0 x\r\n# K1\nssh-ed25519 K1", 0, 0, 2},
        {"a@b,c@d namespaces=\"signet\",valid-after=\"2020\" ssh-ed25519 K0\n* ssh-ed25519 K1", 0,
         0, 2},
        {"a@b cert-authority ssh-ed25519 K0\n", 1, 0, 0},
        {"cert-authority,namespaces=\"x\" ssh-ed25519 K0\n", 1, 0, 0},
        {"ssh-ed25519 K0\nssh-ed25519 K1\nssh-ed25519 K0 again\n", 3, 1, 2},
        {"ssh-ed25519 K0\nwhat is this\n", 2, 0, 1},
        {"ssh-ed25519 K0\nssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB x\n", 2, 0, 1},
        {"\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\n", 2, 0, 0},
        {"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj\n", 1, 0, 0},
        /* the neutral point; one with a part of order 2 is in the tool's tests */
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", 1, 0,
         0},
    };
    struct sg_error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char file[2048] = "", line[2][128];
        const char *p = files[i].text;
        enum sg_err r;
        for (unsigned j = 0; j < 2; j++) {
            uint8_t seed[32], key[32];
            person(seed, key, j);
            sg_buffer_init(&other, 256);
            assert_int_equal(sg_public_text(&other, SG_PUBLIC_SSH, key, &err), SG_OK);
            memcpy(line[j], other.data + 12, other.len - 12);
            line[j][other.len - 12] = '\0';
            sg_buffer_free(&other);
        }
        for (size_t at = 0; *p; p++) {
            if (p[0] == 'K' && (p[1] == '0' || p[1] == '1')) {
                strcpy(file + at, line[p[1] - '0']);
                at += strlen(line[0]);
                p++;
            } else {
                file[at++] = *p;
            }
        }
        memset(&err, 0, sizeof err);
        sg_ring_init(&ring);
        r = sg_ring_parse(&ring, file, strlen(file), &err);
        assert_int_equal(sg_ring_count(&ring), files[i].count);
        if (files[i].line || !files[i].count) {
            assert_int_equal(r, SG_ERR_RING);
            assert_int_equal(err.line, files[i].line);
            assert_int_equal(err.value, files[i].value);
            assert_non_null(err.what);
        } else {
            assert_int_equal(r, SG_OK);
        }
        sg_ring_free(&ring);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_every_signer, clean),
        cmocka_unit_test_teardown(test_sizes, clean),
        cmocka_unit_test_teardown(test_outside, clean),
        cmocka_unit_test_teardown(test_other_rings, clean),
        cmocka_unit_test_teardown(test_every_bit, clean),
        cmocka_unit_test_teardown(test_permuted, clean),
        cmocka_unit_test_teardown(test_unreduced, clean),
        cmocka_unit_test_teardown(test_small_order, clean),
        cmocka_unit_test_teardown(test_tags, clean),
        cmocka_unit_test_teardown(test_tag_is_secret, clean),
        cmocka_unit_test_teardown(test_claims, clean),
        cmocka_unit_test_teardown(test_cheat, clean),
        cmocka_unit_test_teardown(test_places, clean),
        cmocka_unit_test_teardown(test_files, clean),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
