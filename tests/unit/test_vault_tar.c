/* vault tar: what is written is read back; every truncation and every flip is refused or harmless.
 */
#include "unit/helper.h"

#include "vault/tar.h"

static struct sg_tar_member member(const char *name, uint64_t size)
{
    struct sg_tar_member m = {.size = size, .modified = 1700000000, .revision = 3, .part = 7};

    (void)snprintf(m.path, sizeof m.path, "current/%s", name);
    (void)snprintf(m.name, sizeof m.name, "%s", name);
    return m;
}

static void add(struct sg_buffer *out, const struct sg_tar_member *m, const void *content)
{
    struct sg_error err = {0};

    assert_int_equal(sg_tar_begin(out, m, &err), SG_OK);
    assert_int_equal(sg_buffer_append(out, content, (size_t)m->size, &err), SG_OK);
    assert_int_equal(sg_tar_pad(out, m->size, &err), SG_OK);
}

/* Reads an archive whole; the number of members, or -1 when it is refused. */
static int read_all(const uint8_t *p, size_t n, struct sg_tar_member *last)
{
    struct sg_source in, content;
    struct sg_tar_reader t = {.in = &in};
    struct sg_error err = {0};
    uint8_t bytes[4096];
    int count = 0;
    bool there = true;

    sg_source_memory(&in, p, n, "archive");
    while (there) {
        size_t got;
        enum sg_err r = sg_tar_next(last, &there, &t, &err);
        if (r == SG_OK && there && last->size && count % 2 == 0) { /* others are passed over */
            sg_tar_content(&content, &t);
            r = sg_source_read(&content, bytes, sizeof bytes, &got, &err);
            sg_source_close(&content);
        }
        if (r != SG_OK) {
            assert_int_equal(r, SG_ERR_ARCHIVE);
            count = -1;
            break;
        }
        count += there;
    }
    sg_tar_close(&t);
    sg_source_close(&in);
    return count;
}

static void make(struct sg_buffer *out)
{
    static const char content[2000] = "content";
    struct sg_tar_member m;
    struct sg_error err = {0};

    sg_buffer_init(out, 1 << 20);
    m = member("a", 7);
    add(out, &m, content);
    m = member("empty", 0);
    m.removed = 1700000001;
    add(out, &m, content);
    m = member(
        "\xc3\xbc/and a long name that does not fit into one hundred characters, as the head of "
        "a member has them, so that it must stand in a record",
        2000);
    add(out, &m, content);
    assert_int_equal(sg_tar_end(out, &err), SG_OK);
}

static void test_round(void **state)
{
    struct sg_buffer archive;
    struct sg_tar_member last;

    (void)state;
    make(&archive);
    assert_int_equal(archive.len % SG_TAR_BLOCK_BYTES, 0);
    assert_int_equal(read_all(archive.data, archive.len, &last), 3);
    sg_buffer_free(&archive);
}

/* The length of a record counts itself: names of every length round the places where it grows. */
static void test_record_lengths(void **state)
{
    (void)state;
    for (size_t n = 1; n < 1100; n += n < 120 || n > 940 ? 1 : 97) {
        char name[1200] = "";
        struct sg_tar_member m, got;
        struct sg_buffer archive;
        struct sg_source in;
        struct sg_tar_reader t = {.in = &in};
        struct sg_error err = {0};
        bool there;
        memset(name, 'n', n);
        m = member(name, 0);
        m.removed = n % 2 ? 5 : 0;
        sg_buffer_init(&archive, 1 << 20);
        add(&archive, &m, "");
        assert_int_equal(sg_tar_end(&archive, &err), SG_OK);
        sg_source_memory(&in, archive.data, archive.len, "archive");
        assert_int_equal(sg_tar_next(&got, &there, &t, &err), SG_OK);
        assert_true(there && got.ours && got.file && !got.folder);
        assert_string_equal(got.name, m.name);
        assert_string_equal(got.path, m.path);
        assert_int_equal(got.revision, 3);
        assert_int_equal(got.part, 7);
        assert_int_equal(got.removed, m.removed);
        assert_int_equal(got.modified, 1700000000);
        assert_int_equal(sg_tar_next(&got, &there, &t, &err), SG_OK);
        assert_false(there);
        sg_tar_close(&t);
        sg_buffer_free(&archive);
    }
}

static void test_truncated(void **state)
{
    struct sg_buffer archive;
    struct sg_tar_member last;

    (void)state;
    make(&archive);
    for (size_t n = 0; n < archive.len - SG_TAR_BLOCK_BYTES; n += stride(7, 61))
        assert_int_equal(read_all(archive.data, n, &last), -1);
    sg_buffer_free(&archive);
}

/* A head that was changed does not fit its sum; what else was changed may be read as it is. */
static void test_flipped(void **state)
{
    struct sg_buffer archive;
    struct sg_tar_member last;

    (void)state;
    make(&archive);
    for (size_t i = 0; i < archive.len; i += stride(5, 97)) {
        for (uint8_t bit = 1; bit; bit = (uint8_t)(bit << 1)) {
            int count;
            archive.data[i] ^= bit;
            count = read_all(archive.data, archive.len, &last);
            assert_true(count >= -1 && count <= 3);
            if (i < SG_TAR_BLOCK_BYTES && !(i >= 148 && i < 156))
                assert_int_equal(count, -1);
            archive.data[i] ^= bit;
        }
    }
    sg_buffer_free(&archive);
}

/* Sizes over 8 GiB stand in a record; those of GNU tar in base 256. */
static void test_large(void **state)
{
    const uint64_t sizes[] = {077777777777, 0100000000000, (uint64_t)1 << 40};
    struct sg_error err = {0};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct sg_tar_member m = member("large", sizes[i]), got;
        struct sg_buffer head;
        struct sg_source in;
        struct sg_tar_reader t = {.in = &in};
        bool there;
        sg_buffer_init(&head, 1 << 20);
        assert_int_equal(sg_tar_begin(&head, &m, &err), SG_OK);
        sg_source_memory(&in, head.data, head.len, "archive");
        assert_int_equal(sg_tar_next(&got, &there, &t, &err), SG_OK);
        assert_true(there && got.size == sizes[i]);
        sg_tar_close(&t);
        sg_buffer_free(&head);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),     cmocka_unit_test(test_record_lengths),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_flipped),
        cmocka_unit_test(test_large),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
