/*
 * Envelopes that are not as they should be. Whoever can open a file can put into it what they like
 * but not what others signed: each way of trying has a message of its own, and no byte of a member
 * is released that is not authentic, nor any after it.
 */
#include "unit/envelope_helper.h"

#include <zlib.h>

#define PIECES 3
#define CONTENT (PIECES * SG_MEMBER_BYTES - 1000)

static uint8_t *content;
static struct sg_buffer plain, padded, signed_one; /* envelopes of it */
static struct members of_plain, of_padded, of_signed;

static const struct sg_wrap_how signing = {.pad = true, .seed = alice, .level = 1};

static int make_all(void **state)
{
    const struct sg_wrap_how compressing = {.level = 1}, padding = {.level = 1, .pad = true};

    if (start_library(state) != 0)
        return -1;
    content = malloc(CONTENT);
    assert_non_null(content);
    fill(content, CONTENT, 1);
    for (size_t i = 0; i < CONTENT; i++)
        content[i] &= i < SG_MEMBER_BYTES ? 1 : 0x7f;
    make_envelope(&plain, content, CONTENT, SIZE_MAX, &compressing, &here);
    make_envelope(&padded, content, CONTENT, SIZE_MAX, &padding, &here);
    make_envelope(&signed_one, content, CONTENT, SIZE_MAX, &signing, &here);
    find_members(&of_plain, &plain);
    find_members(&of_padded, &padded);
    find_members(&of_signed, &signed_one);
    assert_int_equal(of_signed.count, PIECES + 3); /* index, padding, last */
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    free(content);
    sg_buffer_free(&plain);
    sg_buffer_free(&padded);
    sg_buffer_free(&signed_one);
    return 0;
}

/*
 * Undoes bytes that must be refused: with this code and these words (NULL: none), for this member
 * (from 1; 0: any), after `pieces` whole pieces were released and nothing else.
 */
static void refused(const uint8_t *p, size_t n, const uint8_t *from, enum sg_err code,
                    const char *words, uint64_t member, size_t pieces)
{
    static const size_t steps[] = {SIZE_MAX, 65536, 1000};

    for (size_t i = 0; i < 3; i++) {
        struct undone u;
        undo_envelope(&u, p, n, steps[i], from, i ? 0 : 1);
        if (u.code != code || (words && (!u.err.what || !strstr(u.err.what, words))))
            print_message("code %d, member %d: %s\n", u.code, (int)u.err.value, u.err.what);
        assert_int_equal(u.code, code);
        if (words)
            assert_non_null(strstr(u.err.what, words));
        if (member)
            assert_int_equal(u.err.value, member);
        assert_int_equal(u.content.len,
                         pieces * SG_MEMBER_BYTES > CONTENT ? CONTENT : pieces * SG_MEMBER_BYTES);
        if (u.content.len)
            assert_memory_equal(u.content.data, content, u.content.len);
        sg_buffer_free(&u.content);
    }
}

/* Puts the members of an envelope together in another order; the list ends with -1. */
static void in_order(struct sg_buffer *out, const struct sg_buffer *e, const struct members *m,
                     const int *order)
{
    sg_buffer_init(out, ENVELOPE_MAX);
    for (; *order >= 0; order++)
        add_member(out, e, m, (size_t)*order);
}

static void refused_in_order(const int *order, const char *words, uint64_t member, size_t pieces)
{
    struct sg_buffer e;

    in_order(&e, &signed_one, &of_signed, order);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, words, member, pieces);
    sg_buffer_free(&e);
    in_order(&e, &padded, &of_padded, order);
    refused(e.data, e.len, NULL, SG_ERR_ENVELOPE, words, member, pieces);
    sg_buffer_free(&e);
}

static void truncation_at_any_member(void **state)
{
    (void)state;
    for (size_t i = 1; i < of_signed.count; i++) {
        refused(signed_one.data, of_signed.at[i], alice, SG_ERR_ENVELOPE,
                "the content ends before it", i + 1, i < PIECES ? i : PIECES);
        refused(padded.data, of_padded.at[i], NULL, SG_ERR_ENVELOPE, "the content ends before it",
                i + 1, i < PIECES ? i : PIECES);
    }
}

static void truncation_inside_any_member(void **state)
{
    (void)state;
    for (size_t i = 0; i < of_signed.count; i++) {
        size_t len = of_signed.at[i + 1] - of_signed.at[i];
        size_t cuts[] = {16, 17, 200, len / 2, len - 1};
        for (size_t c = 0; c < 5; c++)
            if (cuts[c] < len)
                refused(signed_one.data, of_signed.at[i] + cuts[c], alice, SG_ERR_ENVELOPE,
                        "the content ends inside it", i + 1, i < PIECES ? i : PIECES);
    }
}

static void dropped_members(void **state)
{
    (void)state;
    refused_in_order((int[]){1, 2, 3, 4, 5, -1}, "it is missing, and others follow", 1, 0);
    refused_in_order((int[]){0, 2, 3, 4, 5, -1}, "it is missing, and others follow", 2, 1);
    refused_in_order((int[]){0, 1, 3, 4, 5, -1}, "it is missing, and others follow", 3, 2);
    refused_in_order((int[]){0, 1, 2, 4, 5, -1}, "it is missing, and others follow", 4, 3);
    refused_in_order((int[]){0, 1, 2, 3, 5, -1}, "it is missing, and others follow", 5, 3);
}

static void duplicated_members(void **state)
{
    (void)state;
    refused_in_order((int[]){0, 0, 1, 2, 3, 4, 5, -1}, "it comes a second time", 1, 1);
    refused_in_order((int[]){0, 1, 1, 2, 3, 4, 5, -1}, "it comes a second time", 2, 2);
    refused_in_order((int[]){0, 1, 2, 0, 3, 4, 5, -1}, "it comes a second time", 1, 3);
    refused_in_order((int[]){0, 1, 2, 3, 4, 4, 5, -1}, "it comes a second time", 5, 3);
    refused_in_order((int[]){0, 1, 2, 3, 4, 5, 5, -1}, "something follows the last member", 7, 3);
}

static void swapped_and_reordered_members(void **state)
{
    (void)state;
    refused_in_order((int[]){1, 0, 2, 3, 4, 5, -1}, "in another order", 1, 0);
    refused_in_order((int[]){0, 2, 1, 3, 4, 5, -1}, "in another order", 2, 1);
    refused_in_order((int[]){0, 1, 2, 4, 3, 5, -1}, "in another order", 4, 3);
    refused_in_order((int[]){0, 5, 1, 2, 3, 4, -1}, "in another order", 2, 1);
    refused_in_order((int[]){0, 2, 3, 4, 5, 1, -1}, "in another order", 2, 1);
    refused_in_order((int[]){5, 4, 3, 2, 1, 0, -1}, "in another order", 1, 0);
}

static void something_follows(void **state)
{
    struct sg_error err = {0};
    struct sg_buffer e;

    (void)state;
    sg_buffer_init(&e, ENVELOPE_MAX);
    assert_int_equal(sg_buffer_append(&e, signed_one.data, signed_one.len, &err), SG_OK);
    assert_int_equal(sg_buffer_append(&e, "", 1, &err), SG_OK);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "something follows the last member", 7, 3);
    sg_buffer_free(&e);
}

/* A member of another file by the same signer, in the place of the one with its number. */
static void member_of_another_file(void **state)
{
    struct sg_buffer other, e;
    struct members m;

    (void)state;
    make_envelope(&other, content, CONTENT, SIZE_MAX, &signing, &elsewhere);
    find_members(&m, &other);
    sg_buffer_init(&e, ENVELOPE_MAX);
    add_member(&e, &signed_one, &of_signed, 0);
    add_member(&e, &other, &m, 1);
    for (size_t i = 2; i < of_signed.count; i++)
        add_member(&e, &signed_one, &of_signed, i);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it was made for another file", 2, 1);
    sg_buffer_free(&e);

    /* the same with its binding rewritten: the signature does not cover that one */
    sg_buffer_init(&e, ENVELOPE_MAX);
    memcpy(other.data + m.at[1] + SG_MEMBER_BINDING_AT, here.header, 32);
    add_member(&e, &signed_one, &of_signed, 0);
    add_member(&e, &other, &m, 1);
    for (size_t i = 2; i < of_signed.count; i++)
        add_member(&e, &signed_one, &of_signed, i);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its signature does not match", 2, 1);
    sg_buffer_free(&e);
    sg_buffer_free(&other);
}

static void sealed_anew_to_somebody_else(void **state)
{
    struct sg_buffer e;

    (void)state;
    make_envelope(&e, content, CONTENT, SIZE_MAX, &signing, &elsewhere);
    refused(e.data, e.len, alice, SG_ERR_FOREIGN, "signed", 0, 0);
    refused(e.data, e.len, NULL, SG_ERR_FOREIGN, "signed", 0, 0);
    /* with the binding of the new file in it, the signatures are wrong */
    for (size_t i = 0; i < of_signed.count; i++)
        memcpy(e.data + of_signed.at[i] + SG_MEMBER_BINDING_AT, here.header, 32);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its signature does not match", 1, 0);
    refused(e.data, e.len, NULL, SG_ERR_ENVELOPE, "its signature does not match", 1, 0);
    sg_buffer_free(&e);
}

static void unsigned_from_another_file(void **state)
{
    struct undone u;
    struct sg_buffer e;

    (void)state;
    make_envelope(&e, content, CONTENT, SIZE_MAX, &(struct sg_wrap_how){.level = 1}, &elsewhere);
    undo_envelope(&u, e.data, e.len, SIZE_MAX, NULL, 1);
    assert_int_equal(u.code, SG_ERR_FOREIGN);
    assert_null(u.err.what);
    assert_int_equal(u.content.len, 0);
    sg_buffer_free(&u.content);
    sg_buffer_free(&e);
}

/* Writes member `number` of an envelope anew, with these keys, data and body. */
static void replace(struct sg_buffer *out, const struct sg_buffer *e, const struct members *m,
                    size_t number, const struct sg_member_keys *keys, unsigned flags,
                    const void *data, size_t data_len, const uint8_t *body, size_t body_len)
{
    struct sg_error err = {0};
    size_t head = sg_member_head_bytes(keys->is_signed, data_len);
    uint8_t *member = malloc(head + body_len);

    assert_non_null(member);
    memcpy(member + head, body, body_len);
    sg_buffer_init(out, ENVELOPE_MAX);
    for (size_t i = 0; i < number; i++)
        add_member(out, e, m, i);
    assert_int_equal(
        sg_buffer_append(out, member,
                         sg_member_write(member, keys, flags, number, data, data_len, body_len),
                         &err),
        SG_OK);
    for (size_t i = number + 1; i < m->count; i++)
        add_member(out, e, m, i);
    free(member);
}

static struct sg_member_keys keys_of(const uint8_t *seed)
{
    struct sg_member_keys keys = {.is_signed = seed != NULL, .seed = seed};

    memcpy(keys.binding, seed ? here.header : here.key, 32);
    if (seed)
        sg_sign_public(keys.signer, seed);
    return keys;
}

/* The body of a member with one byte of content. */
static const uint8_t one_byte[] = {1, 1, 0, 0xfe, 0xff, 'x', 0x83, 0x16, 0xdc, 0x8c, 1, 0, 0, 0};

static void padding_with_content(void **state)
{
    struct sg_member_keys mine = keys_of(alice);
    uint8_t other[SG_BODY_EMPTY_BYTES] = {1, 0, 0, 0xff, 0xff}; /* too long for a body of ten */
    struct sg_buffer e;

    (void)state;
    replace(&e, &signed_one, &of_signed, 4, &mine, SG_MEMBER_PADDING, NULL, 9, one_byte,
            sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it is padding, and has content", 5, 3);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 4, &mine, SG_MEMBER_PADDING, NULL, 9, other, sizeof other);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it is padding, and has content", 5, 3);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 4, &mine, SG_MEMBER_PADDING, "\0\0\1", 3, sg_body_empty,
            SG_BODY_EMPTY_BYTES);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "not all zeros", 5, 3);
    sg_buffer_free(&e);
    /* and index and last member have none either */
    replace(&e, &signed_one, &of_signed, 3, &mine, SG_MEMBER_INDEX, NULL, 9, one_byte,
            sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it has content where none belongs", 4, 3);
    sg_buffer_free(&e);
}

static void signature_by_another_key(void **state)
{
    struct sg_member_keys hers = keys_of(mallory), forged = keys_of(alice), none = keys_of(NULL);
    struct sg_buffer e;
    struct undone u;
    uint8_t key[32];

    (void)state;
    /* one member, by another key, under her name or under mine */
    replace(&e, &signed_one, &of_signed, 1, &hers, 0, NULL, 0, one_byte, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it is signed with another key", 2, 1);
    refused(e.data, e.len, NULL, SG_ERR_ENVELOPE, "it is signed with another key", 2, 1);
    sg_buffer_free(&e);
    forged.seed = mallory;
    replace(&e, &signed_one, &of_signed, 1, &forged, 0, NULL, 0, one_byte, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its signature does not match", 2, 1);
    sg_buffer_free(&e);
    /* not signed among signed ones, and the other way round */
    memcpy(none.binding, here.header, 32);
    replace(&e, &signed_one, &of_signed, 1, &none, 0, NULL, 0, one_byte, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it is not signed, and the first", 2, 1);
    sg_buffer_free(&e);
    replace(&e, &plain, &of_plain, 1, &hers, 0, NULL, 0, one_byte, sizeof one_byte);
    refused(e.data, e.len, NULL, SG_ERR_ENVELOPE, "it is signed, and the first", 2, 1);
    sg_buffer_free(&e);
    /* the whole of it by another: named, and refused before anything is released */
    undo_envelope(&u, signed_one.data, signed_one.len, SIZE_MAX, mallory, 0);
    sg_sign_public(key, alice);
    assert_int_equal(u.code, SG_ERR_SIGNER);
    assert_memory_equal(u.err.key, key, 32);
    assert_int_equal(u.content.len, 0);
    sg_buffer_free(&u.content);
    /* not signed at all, or in no envelope */
    refused(plain.data, plain.len, alice, SG_ERR_UNSIGNED, NULL, 0, 0);
    refused((const uint8_t *)"just a text", 11, alice, SG_ERR_UNSIGNED, NULL, 0, 0);
    refused(NULL, 0, alice, SG_ERR_UNSIGNED, NULL, 0, 0);
    refused(content, 1000, alice, SG_ERR_UNSIGNED, NULL, 0, 0);
}

/* Members that are proven, and wrong all the same. */
static void malformed_by_their_maker(void **state)
{
    struct sg_member_keys keys = keys_of(alice);
    struct sg_buffer e;
    struct undone u;
    uint8_t body[64];

    (void)state;
    /* a piece in the middle that is not whole: it is authentic, the next one is not released */
    replace(&e, &signed_one, &of_signed, 1, &keys, 0, NULL, 0, one_byte, sizeof one_byte);
    undo_envelope(&u, e.data, e.len, SIZE_MAX, alice, 0);
    assert_int_equal(u.code, SG_ERR_ENVELOPE);
    assert_non_null(strstr(u.err.what, "it follows a piece that is not whole"));
    assert_int_equal(u.err.value, 3);
    assert_int_equal(u.content.len, SG_MEMBER_BYTES + 1);
    sg_buffer_free(&u.content);
    sg_buffer_free(&e);
    memcpy(body, one_byte, sizeof one_byte);
    body[sizeof one_byte - 8] ^= 1;
    replace(&e, &signed_one, &of_signed, 0, &keys, 0, NULL, 0, body, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its CRC does not match", 1, 0);
    sg_buffer_free(&e);
    memcpy(body, one_byte, sizeof one_byte);
    body[sizeof one_byte - 4] = 2;
    replace(&e, &signed_one, &of_signed, 0, &keys, 0, NULL, 0, body, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its length does not match", 1, 0);
    sg_buffer_free(&e);
    memset(body, 0xff, sizeof body);
    replace(&e, &signed_one, &of_signed, 0, &keys, 0, NULL, 0, body, sizeof body);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "compressed data is malformed", 1, 0);
    sg_buffer_free(&e);
    memcpy(body, one_byte, 6);
    memset(body + 6, 0, 10); /* something between data and trailer */
    replace(&e, &signed_one, &of_signed, 0, &keys, 0, NULL, 0, body, 16);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "compressed data is malformed", 1, 0);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 0, &keys, 0, "data", 4, one_byte, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its extra field is too long", 1, 0);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 4, &keys, 0, NULL, 0, one_byte, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "content where no more belongs", 5, 3);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 3, &keys, SG_MEMBER_PADDING, NULL, 3, sg_body_empty,
            SG_BODY_EMPTY_BYTES);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "an index should be in its place", 4, 3);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 4, &keys, SG_MEMBER_INDEX, NULL, 9, sg_body_empty,
            SG_BODY_EMPTY_BYTES);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "it is an index where none belongs", 5, 3);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 0, &keys, SG_MEMBER_PADDING, NULL, 3, sg_body_empty,
            SG_BODY_EMPTY_BYTES);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "content should be in its place", 1, 0);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 5, &keys, SG_MEMBER_LAST, NULL, 40, sg_body_empty,
            SG_BODY_EMPTY_BYTES);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "does not fit the members before it", 6, 3);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 1, &keys, 16, NULL, 0, one_byte, sizeof one_byte);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its flags are none", 2, 1);
    sg_buffer_free(&e);
    replace(&e, &signed_one, &of_signed, 1, &keys, SG_MEMBER_LAST | SG_MEMBER_PADDING, NULL, 20,
            sg_body_empty, SG_BODY_EMPTY_BYTES);
    refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its flags are none", 2, 1);
    sg_buffer_free(&e);
}

/* Bombs: members that would inflate to far more than a member holds. */
static void bombs(void **state)
{
    static const size_t sizes[] = {SG_MEMBER_BYTES + 1, 1 << 20, 64 << 20};
    struct sg_member_keys keys = keys_of(alice);
    uint8_t *zeros = calloc(64, 1 << 20), *body = malloc(SG_BODY_MAX);
    struct sg_buffer e;

    (void)state;
    assert_non_null(zeros);
    assert_non_null(body);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        z_stream z = {0};
        size_t n;
        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = zeros;
        z.avail_in = (unsigned)sizes[i];
        z.next_out = body;
        z.avail_out = SG_BODY_MAX - 8;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        n = SG_BODY_MAX - 8 - z.avail_out;
        assert_int_equal(deflateEnd(&z), Z_OK);
        sg_put_little(body + n, crc32_z(0, zeros, sizes[i]), 4);
        sg_put_little(body + n + 4, sizes[i], 4);
        replace(&e, &signed_one, &of_signed, 1, &keys, 0, NULL, 0, body, n + 8);
        refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "more comes out of it than", 2, 1);
        sg_buffer_free(&e);
    }
    free(zeros);
    free(body);
}

/* Every flip of one bit of an envelope, of which each layer owns its part, is refused. */
static void flips(const struct sg_buffer *e, const uint8_t *from, size_t every, uint64_t seed)
{
    uint8_t *copy = malloc(e->len);
    size_t count = 0;

    assert_non_null(copy);
    memcpy(copy, e->data, e->len);
    for (size_t bit = 0; bit < e->len * 8;
         bit += 1 + (every > 1 ? next_number(&seed) % every : 0)) {
        struct undone u;
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        undo_envelope(&u, copy, e->len, SIZE_MAX, from, 1);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (u.code == SG_OK)
            print_message("bit %zu of byte %zu is free\n", bit % 8, bit / 8);
        assert_int_not_equal(u.code, SG_OK);
        assert_true(u.code == SG_ERR_ENVELOPE || u.code == SG_ERR_FOREIGN ||
                    (from && (u.code == SG_ERR_SIGNER || u.code == SG_ERR_UNSIGNED)));
        if (u.content.len)
            assert_memory_equal(u.content.data, content, u.content.len);
        sg_buffer_free(&u.content);
        count++;
    }
    print_message("%zu flips\n", count);
    free(copy);
}

static void every_flip_of_a_bit(void **state)
{
    uint64_t seed = seed_now();
    struct sg_wrap_how how = {.level = 6};
    struct sg_buffer e;

    (void)state;
    for (int i = 0; i < 4; i++) {
        how.pad = i & 1;
        how.seed = i & 2 ? alice : NULL;
        make_envelope(&e, content, 1500, SIZE_MAX, &how, &here);
        flips(&e, how.seed, stride(20, 100), seed);
        sg_buffer_free(&e);
    }
    flips(&signed_one, alice, build_is("plain") ? 8000 : 800000, seed);
    flips(&plain, NULL, build_is("plain") ? 8000 : 800000, seed);
}

static void every_truncation(void **state)
{
    struct sg_buffer e;
    struct undone u;

    (void)state;
    make_envelope(&e, content, 1500, SIZE_MAX, &signing, &here);
    for (size_t n = 0; n < e.len; n++) {
        undo_envelope(&u, e.data, n, SIZE_MAX, alice, 1);
        assert_int_equal(u.code, n < SG_MEMBER_START_BYTES ? SG_ERR_UNSIGNED : SG_ERR_ENVELOPE);
        sg_buffer_free(&u.content);
        undo_envelope(&u, e.data, n, SIZE_MAX, NULL, 1);
        assert_int_equal(u.code, n < SG_MEMBER_START_BYTES ? SG_OK : SG_ERR_ENVELOPE);
        sg_buffer_free(&u.content);
    }
    sg_buffer_free(&e);
}

/* A recipient changes each byte of the content and repairs what needs no signature. */
static void no_byte_changes_for_others(void **state)
{
    struct sg_member_keys forged = keys_of(alice);
    uint8_t changed[100], *body = malloc(SG_BODY_MAX), *work = malloc(SG_PACK_WORK_BYTES);
    struct sg_wrap_how how = {.level = 0, .seed = alice};
    struct sg_error err = {0};
    struct sg_buffer original, e;
    struct members m;
    size_t n;

    (void)state;
    assert_non_null(body);
    assert_non_null(work);
    make_envelope(&original, content, sizeof changed, SIZE_MAX, &how, &here);
    find_members(&m, &original);
    forged.seed = mallory; /* all that they have */
    for (size_t i = 0; i < sizeof changed; i++) {
        memcpy(changed, content, sizeof changed);
        changed[i] ^= 0x20;
        assert_int_equal(sg_pack(body, &n, changed, sizeof changed, 0, work, &err), SG_OK);
        replace(&e, &original, &m, 0, &forged, 0, NULL, 0, body, n);
        refused(e.data, e.len, alice, SG_ERR_ENVELOPE, "its signature does not match", 1, 0);
        refused(e.data, e.len, NULL, SG_ERR_ENVELOPE, "its signature does not match", 1, 0);
        sg_buffer_free(&e);
    }
    sg_buffer_free(&original);
    free(body);
    free(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncation_at_any_member),
        cmocka_unit_test(truncation_inside_any_member),
        cmocka_unit_test(dropped_members),
        cmocka_unit_test(duplicated_members),
        cmocka_unit_test(swapped_and_reordered_members),
        cmocka_unit_test(something_follows),
        cmocka_unit_test(member_of_another_file),
        cmocka_unit_test(sealed_anew_to_somebody_else),
        cmocka_unit_test(unsigned_from_another_file),
        cmocka_unit_test(padding_with_content),
        cmocka_unit_test(signature_by_another_key),
        cmocka_unit_test(malformed_by_their_maker),
        cmocka_unit_test(bombs),
        cmocka_unit_test(every_flip_of_a_bit),
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(no_byte_changes_for_others),
    };

    return cmocka_run_group_tests(tests, make_all, free_all);
}
