/*
 * Parts of envelopes: the same bytes as of the whole, with little read, and nothing released that
 * is not authentic.
 */
#include "unit/envelope_helper.h"

#define MIB ((size_t)1 << 20)
#define CONTENT (3 * MIB + 777)

static uint8_t *content;

static int make_content(void **state)
{
    if (start_library(state) != 0)
        return -1;
    content = malloc(CONTENT);
    assert_non_null(content);
    fill(content, CONTENT, 1);
    for (size_t i = 0; i < CONTENT / 2; i++) /* half of it shrinks */
        content[i] &= 3;
    return 0;
}

static int free_content(void **state)
{
    (void)state;
    free(content);
    return 0;
}

/* A view of memory that counts what is read. */
struct memory_view {
    struct sg_view view;
    const uint8_t *p;
    uint64_t read;
};

static enum sg_err memory_read(struct sg_view *v, uint8_t *out, size_t n, uint64_t at,
                               struct sg_error *err)
{
    struct memory_view *m = v->context;

    (void)err;
    assert_true(at <= v->size && n <= v->size - at);
    memcpy(out, m->p + at, n);
    m->read += n;
    return SG_OK;
}

/* Reads a range; *read: how many bytes of the envelope it took. */
static void part(struct undone *u, uint64_t *read, const uint8_t *p, size_t n, uint64_t offset,
                 uint64_t length, const uint8_t *from)
{
    struct memory_view m = {{memory_read, &m, n}, p, 0};
    uint8_t key[SG_SIGN_PUBLIC_BYTES];
    struct sg_unwrap_how how = {.binding = here,
                                .must_be_signed = from != NULL,
                                .signers = key,
                                .signer_count = 1,
                                .signed_by = note_signer,
                                .context = u};
    struct sg_sink out;

    memset(u, 0, sizeof *u);
    if (from)
        sg_sign_public(key, from);
    sg_buffer_init(&u->content, ENVELOPE_MAX);
    sg_sink_buffer(&out, &u->content);
    u->code = sg_envelope_range(&out, &m.view, &how, (struct sg_range){offset, length}, &u->err);
    *read = m.read;
}

static void expect(const struct sg_buffer *e, uint64_t offset, uint64_t length, const uint8_t *from,
                   size_t len)
{
    uint64_t read, most;
    struct undone u;
    size_t n = offset > len ? 0 : len - (size_t)offset;

    n = n > length ? (size_t)length : n;
    part(&u, &read, e->data, e->len, offset, length, from);
    if (u.code != SG_OK)
        print_message("%d %s %d\n", u.code, u.err.what, (int)u.err.value);
    assert_int_equal(u.code, SG_OK);
    assert_int_equal(u.content.len, n);
    if (n)
        assert_memory_equal(u.content.data, content + offset, n);
    assert_int_equal(u.told, from != NULL);
    most = n + 2 * (SG_BODY_MAX + 300) + 4000; /* two members and what tells where they are */
    assert_true(read <= most);
    sg_buffer_free(&u.content);
}

static void parts_are_those_of_the_whole(void **state)
{
    static const size_t lengths[] = {0, 1, 300, SG_MEMBER_BYTES, SG_MEMBER_BYTES + 1, CONTENT};
    uint64_t seed = seed_now();

    (void)state;
    for (int i = 0; i < 8; i++) {
        struct sg_wrap_how how = {
            .level = i & 1 ? 6 : 0, .pad = i & 2, .seed = i & 4 ? alice : NULL};
        for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
            size_t len = lengths[l];
            struct sg_buffer e;
            make_envelope(&e, content, len, SIZE_MAX, &how, &here);
            expect(&e, 0, UINT64_MAX, how.seed, len);
            expect(&e, 0, 0, how.seed, len);
            expect(&e, len, UINT64_MAX, how.seed, len);
            expect(&e, len, 5, how.seed, len);
            if (len)
                expect(&e, len - 1, 5, how.seed, len);
            for (unsigned n = 0; n < 40 / stride(4, 40); n++)
                expect(&e, next_number(&seed) % (len + 1),
                       next_number(&seed) % (next_number(&seed) % 2 ? 1000 : CONTENT), how.seed,
                       len);
            for (size_t at = SG_MEMBER_BYTES; at < len; at += SG_MEMBER_BYTES) {
                expect(&e, at - 1, 2, how.seed, len);
                expect(&e, at, 1, how.seed, len);
            }
            sg_buffer_free(&e);
        }
    }
}

static void past_the_end_is_told(void **state)
{
    struct sg_buffer e;
    struct undone u;
    uint64_t read;

    (void)state;
    make_envelope(&e, content, 1000, SIZE_MAX, &(struct sg_wrap_how){.level = 6}, &here);
    part(&u, &read, e.data, e.len, 1001, 1, NULL);
    assert_int_equal(u.code, SG_ERR_RANGE);
    assert_int_equal(u.err.value, 1001);
    assert_int_equal(u.err.limit, 1000);
    part(&u, &read, content, 1000, 1001, 1, NULL);
    assert_int_equal(u.code, SG_ERR_RANGE);
    part(&u, &read, e.data, e.len, UINT64_MAX, UINT64_MAX, NULL);
    assert_int_equal(u.code, SG_ERR_RANGE);
    sg_buffer_free(&e);
}

static void bare_content_has_parts_too(void **state)
{
    struct undone u;
    uint64_t read;

    (void)state;
    part(&u, &read, content, CONTENT, 70000, 300000, NULL);
    assert_int_equal(u.code, SG_OK);
    assert_int_equal(u.content.len, 300000);
    assert_memory_equal(u.content.data, content + 70000, 300000);
    sg_buffer_free(&u.content);
    for (size_t n = 0; n < 80; n++) {
        part(&u, &read, content, n, 0, UINT64_MAX, NULL);
        assert_int_equal(u.code, SG_OK);
        assert_int_equal(u.content.len, n);
        sg_buffer_free(&u.content);
        part(&u, &read, content, n, 0, UINT64_MAX, alice);
        assert_int_equal(u.code, SG_ERR_UNSIGNED);
    }
}

/* Whose it is, and that it is whole, is known before anything is released. */
static void signers_and_files_are_told_apart(void **state)
{
    const struct sg_wrap_how signing = {.seed = alice}, plain = {.level = 1};
    struct sg_buffer e;
    struct undone u;
    uint64_t read;

    (void)state;
    make_envelope(&e, content, 1000000, SIZE_MAX, &signing, &here);
    part(&u, &read, e.data, e.len, 5, 5, mallory);
    assert_int_equal(u.code, SG_ERR_SIGNER);
    assert_int_equal(u.content.len, 0);
    part(&u, &read, e.data, e.len, 5, 5, NULL);
    assert_int_equal(u.code, SG_OK);
    assert_int_equal(u.told, 1);
    sg_buffer_free(&u.content);
    /* cut off at any place, the last member is missing */
    for (size_t n = SG_MEMBER_START_BYTES; n < e.len; n += 1 + e.len / 500) {
        part(&u, &read, e.data, n, 5, 5, alice);
        assert_int_equal(u.code, SG_ERR_ENVELOPE);
        assert_int_equal(u.content.len, 0);
    }
    sg_buffer_free(&e);
    make_envelope(&e, content, 1000000, SIZE_MAX, &signing, &elsewhere);
    part(&u, &read, e.data, e.len, 5, 5, alice);
    assert_int_equal(u.code, SG_ERR_FOREIGN);
    sg_buffer_free(&e);
    make_envelope(&e, content, 1000000, SIZE_MAX, &plain, &here);
    part(&u, &read, e.data, e.len, 5, 5, alice);
    assert_int_equal(u.code, SG_ERR_UNSIGNED);
    sg_buffer_free(&e);
}

/*
 * One bit flipped in any of the members that a range needs is found; in others it may go unnoticed,
 * but changes nothing.
 */
static void flips_are_found(void **state)
{
    struct sg_buffer e;
    struct members m;
    size_t found = 0;

    (void)state;
    make_envelope(&e, content, 3 * SG_MEMBER_BYTES, SIZE_MAX,
                  &(struct sg_wrap_how){.level = 1, .seed = alice, .pad = true}, &here);
    find_members(&m, &e);
    assert_int_equal(m.count, 6);
    for (size_t i = 0; i < m.count; i++) {
        size_t len = m.at[i + 1] - m.at[i];
        for (size_t bit = 0; bit < len * 8;
             bit += 1 + stride(100, 400) * (bit < 2400 ? 4 : len / 9)) {
            struct undone u;
            uint64_t read;
            e.data[m.at[i] + bit / 8] ^= (uint8_t)(1 << bit % 8);
            part(&u, &read, e.data, e.len, SG_MEMBER_BYTES + 9, 999, alice);
            e.data[m.at[i] + bit / 8] ^= (uint8_t)(1 << bit % 8);
            found += u.code != SG_OK;
            if (i == 1 || i == 3 || i == 5) /* the piece, the index, the last */
                assert_int_not_equal(u.code, SG_OK);
            if (u.code == SG_OK) {
                assert_int_equal(u.content.len, 999);
                assert_memory_equal(u.content.data, content + SG_MEMBER_BYTES + 9, 999);
            } else {
                assert_int_equal(u.content.len, 0);
            }
            sg_buffer_free(&u.content);
        }
    }
    print_message("%zu flips found\n", found);
    sg_buffer_free(&e);
}

/* Members in another's place are not taken for it, nor is an index of other lengths. */
static void members_out_of_place_are_found(void **state)
{
    static const size_t swaps[][2] = {{0, 1}, {1, 2}, {2, 3}, {3, 4}};
    struct sg_buffer e, other;
    struct members m;
    struct undone u;
    uint64_t read;

    (void)state;
    make_envelope(&e, content + CONTENT / 2, 3 * SG_MEMBER_BYTES, SIZE_MAX,
                  &(struct sg_wrap_how){.seed = alice, .pad = true}, &here);
    find_members(&m, &e);
    assert_int_equal(m.count, 6);
    for (size_t s = 0; s < sizeof swaps / sizeof *swaps; s++) {
        sg_buffer_init(&other, ENVELOPE_MAX);
        for (size_t i = 0; i < m.count; i++)
            add_member(&other, &e, &m,
                       i == swaps[s][0]   ? swaps[s][1]
                       : i == swaps[s][1] ? swaps[s][0]
                                          : i);
        part(&u, &read, other.data, other.len, 0, UINT64_MAX, alice);
        assert_int_equal(u.code, SG_ERR_ENVELOPE);
        assert_true(u.content.len % SG_MEMBER_BYTES == 0);
        sg_buffer_free(&u.content);
        sg_buffer_free(&other);
    }
    sg_buffer_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_those_of_the_whole),
        cmocka_unit_test(past_the_end_is_told),
        cmocka_unit_test(bare_content_has_parts_too),
        cmocka_unit_test(signers_and_files_are_told_apart),
        cmocka_unit_test(flips_are_found),
        cmocka_unit_test(members_out_of_place_are_found),
    };

    return cmocka_run_group_tests(tests, make_content, free_content);
}
