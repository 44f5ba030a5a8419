/*
 * Parts of payloads: the bytes of the whole; the last chunk is looked at first; what is not
 * authentic is not handed on. And what envelopes are bound by: the file key, and the header.
 */
#include "unit/helper.h"

#include "key/key.h"
#include "sealed/sealed.h"
#include "sealed/view.h"

#include <fcntl.h>

#define C SG_CHUNK_BYTES

static uint8_t *plain;
static struct sg_identities mine;
static struct sg_recipients to_me;

static int set_up(void **state)
{
    struct sg_error err = {0};

    if (start_library(state) != 0)
        return -1;
    plain = malloc(4 * C);
    fill(plain, 4 * C, 23);
    sg_identities_init(&mine);
    sg_recipients_init(&to_me);
    return sg_identity_new(&mine, SG_KEY_X25519, &err) ||
           sg_recipient_of(&to_me, sg_identities_at(&mine, 0), &err);
}

static int tear_down(void **state)
{
    (void)state;
    free(plain);
    sg_identities_free(&mine);
    sg_recipients_free(&to_me);
    return 0;
}

/* A file without a name that holds the sealed first n bytes of `plain`. */
static int sealed_file(size_t n, bool armor)
{
    char path[] = "/tmp/signet-view.XXXXXX";
    struct sg_seal how = {.recipients = &to_me, .armor = armor};
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sink out;
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(unlink(path), 0);
    sg_source_memory(&in, plain, n, "plain");
    sg_sink_fd(&out, fd, "file");
    assert_int_equal(sg_seal(&out, &in, &how, &err), SG_OK);
    sg_source_close(&in);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

struct opened {
    struct sg_source in;
    struct sg_sealed file;
    struct sg_payload_view view;
};

/* Unlocks a file; *can: whether it can be viewed. Returns what starting the view does. */
static enum sg_err open_view(struct opened *o, int fd, bool *can, struct sg_error *err)
{
    memset(o, 0, sizeof *o);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    sg_source_fd(&o->in, fd, "file");
    assert_int_equal(sg_sealed_read(&o->file, &o->in, err), SG_OK);
    assert_int_equal(sg_sealed_unlock(&o->file, &mine, err), SG_OK);
    *can = sg_sealed_can_view(&o->file);
    return *can ? sg_sealed_view(&o->view, &o->file, err) : SG_OK;
}

static void close_view(struct opened *o)
{
    sg_sealed_view_close(&o->view);
    sg_sealed_view_close(&o->view);
    sg_sealed_close(&o->file);
    sg_source_close(&o->in);
}

static void parts_are_those_of_the_whole(void **state)
{
    static const size_t sizes[] = {0, 1, C - 1, C, C + 1, 2 * C, 3 * C + 5};
    uint64_t seed = seed_now();
    uint8_t *got = malloc(4 * C);

    (void)state;
    assert_non_null(got);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        int fd = sealed_file(sizes[s], false);
        struct sg_error err = {0};
        struct opened o;
        bool can;
        assert_int_equal(open_view(&o, fd, &can, &err), SG_OK);
        assert_true(can);
        assert_int_equal(o.view.view.size, sizes[s]);
        for (int i = 0; i < 100; i++) {
            size_t at = (size_t)(next_number(&seed) % (sizes[s] + 1));
            size_t n = (size_t)(next_number(&seed) % (sizes[s] - at + 1));
            assert_int_equal(o.view.view.read(&o.view.view, got, n, at, &err), SG_OK);
            if (n)
                assert_memory_equal(got, plain + at, n);
        }
        close_view(&o);
        (void)close(fd);
    }
    free(got);
}

/* Not from a pipe, not from armor, not from memory. */
static void what_cannot_be_viewed(void **state)
{
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sealed file;
    struct opened o;
    uint8_t bytes[4096];
    ssize_t n;
    int pipes[2], fd = sealed_file(1000, true);
    bool can;

    (void)state;
    assert_int_equal(open_view(&o, fd, &can, &err), SG_OK);
    assert_false(can);
    close_view(&o);
    (void)close(fd);

    fd = sealed_file(1000, false);
    n = read(fd, bytes, sizeof bytes);
    assert_true(n > 1000);
    assert_int_equal(pipe(pipes), 0);
    assert_int_equal(write(pipes[1], bytes, (size_t)n), n);
    (void)close(pipes[1]);
    sg_source_fd(&in, pipes[0], "pipe");
    assert_int_equal(sg_sealed_read(&file, &in, &err), SG_OK);
    assert_false(sg_sealed_can_view(&file));
    sg_sealed_close(&file);
    sg_source_close(&in);
    (void)close(pipes[0]);

    sg_source_memory(&in, bytes, (size_t)n, "memory");
    assert_int_equal(sg_sealed_read(&file, &in, &err), SG_OK);
    assert_false(sg_sealed_can_view(&file));
    sg_sealed_close(&file);
    sg_source_close(&in);
    (void)close(fd);
}

/* A sealed file that begins in the middle of another one is viewed from where it begins. */
static void it_begins_where_the_source_stands(void **state)
{
    int fd = sealed_file(C + 100, false), other;
    struct sg_error err = {0};
    uint8_t bytes[3 * C], got[100];
    char path[] = "/tmp/signet-view.XXXXXX";
    ssize_t n = read(fd, bytes, sizeof bytes);
    struct opened o = {0};

    (void)state;
    other = mkstemp(path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(write(other, "twelve bytes", 12), 12);
    assert_int_equal(write(other, bytes, (size_t)n), n);
    assert_int_equal(lseek(other, 12, SEEK_SET), 12);
    sg_source_fd(&o.in, other, "file");
    assert_int_equal(sg_sealed_read(&o.file, &o.in, &err), SG_OK);
    assert_int_equal(sg_sealed_unlock(&o.file, &mine, &err), SG_OK);
    assert_int_equal(sg_sealed_view(&o.view, &o.file, &err), SG_OK);
    assert_int_equal(o.view.view.read(&o.view.view, got, 100, C, &err), SG_OK);
    assert_memory_equal(got, plain + C, 100);
    close_view(&o);
    (void)close(fd);
    (void)close(other);
}

/* Cut off anywhere in its payload, a file gives no part, wherever that is. */
static void every_cut_is_found_first(void **state)
{
    const size_t content = 2 * C + 50;
    struct sg_error err = {0};
    struct opened o;
    off_t whole;
    bool can;

    (void)state;
    for (size_t cut = 1; cut < content + 60; cut += cut < 200                             ? 1
                                                    : cut % (C + SG_AEAD_TAG_BYTES) == 66 ? 37
                                                                                          : 1013) {
        int fd = sealed_file(content, false);
        enum sg_err r;
        whole = lseek(fd, 0, SEEK_END);
        assert_int_equal(ftruncate(fd, whole - (off_t)cut), 0);
        r = open_view(&o, fd, &can, &err);
        assert_true(can);
        assert_true(r == SG_ERR_PAYLOAD || r == SG_ERR_TRUNCATED || r == SG_ERR_HEADER);
        if (cut == 66) /* between two chunks */
            assert_int_equal(r, SG_ERR_TRUNCATED);
        close_view(&o);
        (void)close(fd);
    }
}

static void a_changed_chunk_is_not_handed_on(void **state)
{
    struct sg_error err = {0};
    struct opened o;
    uint8_t got[10], byte = 0;
    off_t whole;
    int fd = sealed_file(3 * C, false);
    bool can;

    (void)state;
    whole = lseek(fd, 0, SEEK_END);
    for (int chunk = 0; chunk < 3; chunk++) {
        off_t at = whole - (3 - chunk) * (off_t)(C + SG_AEAD_TAG_BYTES) + 1000;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= 4;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        if (chunk == 2) {
            assert_int_equal(open_view(&o, fd, &can, &err), SG_ERR_PAYLOAD);
        } else {
            assert_int_equal(open_view(&o, fd, &can, &err), SG_OK);
            for (int i = 0; i < 3; i++)
                assert_int_equal(o.view.view.read(&o.view.view, got, 10, (uint64_t)i * C + 5, &err),
                                 i == chunk ? SG_ERR_PAYLOAD : SG_OK);
            assert_int_equal(o.view.view.read(&o.view.view, got, 10, (uint64_t)chunk * C, &err),
                             SG_ERR_PAYLOAD);
            assert_int_equal(err.value, chunk + 1);
        }
        close_view(&o);
        byte ^= 4;
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    (void)close(fd);
}

static void keep_binding(void *context, const struct sg_sealed_binding *binding)
{
    memcpy(context, binding, sizeof *binding);
}

/* Sealing and opening agree on it; another header changes one half of it, another key both. */
static void bindings(void **state)
{
    struct sg_sealed_binding sealed, opened, again;
    struct sg_seal how = {.recipients = &to_me, .bind = keep_binding, .context = &sealed};
    struct sg_buffer one, two;
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sealed f;
    struct sg_sink out;
    const uint8_t *start;
    size_t n;

    (void)state;
    sg_buffer_init(&one, 1 << 20);
    sg_buffer_init(&two, 1 << 20);
    sg_source_memory(&in, plain, 1000, "plain");
    sg_sink_buffer(&out, &one);
    assert_int_equal(sg_seal(&out, &in, &how, &err), SG_OK);
    sg_source_close(&in);

    sg_source_memory(&in, one.data, one.len, "one");
    assert_int_equal(sg_sealed_read(&f, &in, &err), SG_OK);
    assert_int_equal(sg_sealed_unlock(&f, &mine, &err), SG_OK);
    sg_sealed_bind(&opened, &f);
    assert_memory_equal(&sealed, &opened, sizeof sealed);
    assert_memory_not_equal(opened.key, opened.header, sizeof opened.key);
    /* what is looked at is still there to be given a new header */
    assert_int_equal(sg_sealed_peek(&start, &n, &f, &err), SG_OK);
    assert_int_equal(n, 1000);
    assert_memory_equal(start, plain, 1000);
    how.bind = NULL;
    sg_sink_buffer(&out, &two);
    assert_int_equal(sg_rewrap(&out, &f, &how, &err), SG_OK);
    sg_sealed_close(&f);
    sg_source_close(&in);

    sg_source_memory(&in, two.data, two.len, "two");
    assert_int_equal(sg_sealed_read(&f, &in, &err), SG_OK);
    assert_int_equal(sg_sealed_unlock(&f, &mine, &err), SG_OK);
    sg_sealed_bind(&again, &f);
    assert_memory_equal(again.key, opened.key, sizeof again.key);
    assert_memory_not_equal(again.header, opened.header, sizeof again.header);
    sg_buffer_free(&one);
    sg_sink_buffer(&out, &one);
    assert_int_equal(sg_sealed_open(&out, &f, NULL, &err), SG_OK);
    assert_int_equal(one.len, 1000);
    assert_memory_equal(one.data, plain, 1000);
    sg_sealed_close(&f);
    sg_source_close(&in);
    sg_buffer_free(&one);
    sg_buffer_free(&two);
}

/* A payload that is damaged is looked at in vain, and given a new header all the same. */
static void peeking_at_damage(void **state)
{
    struct sg_seal how = {.recipients = &to_me};
    struct sg_error err = {0};
    struct sg_source in;
    struct sg_sealed f;
    struct sg_sink out;
    struct sg_buffer one, two;
    const uint8_t *start;
    size_t n;

    (void)state;
    for (size_t cut = 0; cut < 40; cut++) {
        sg_buffer_init(&one, 1 << 20);
        sg_buffer_init(&two, 1 << 20);
        sg_source_memory(&in, plain, 10, "plain");
        sg_sink_buffer(&out, &one);
        assert_int_equal(sg_seal(&out, &in, &how, &err), SG_OK);
        one.data[one.len - 1] ^= 1;
        sg_source_memory(&in, one.data, one.len - cut, "one");
        assert_int_equal(sg_sealed_read(&f, &in, &err), SG_OK);
        assert_int_equal(sg_sealed_unlock(&f, &mine, &err), SG_OK);
        assert_int_equal(sg_sealed_peek(&start, &n, &f, &err), SG_OK);
        assert_int_equal(n, 0);
        sg_sink_buffer(&out, &two);
        assert_int_equal(sg_rewrap(&out, &f, &how, &err), SG_OK);
        assert_int_equal(two.len, one.len - cut);
        n = two.len - f.header.text.len;
        assert_memory_equal(two.data + two.len - n, one.data + two.len - n, n);
        sg_sealed_close(&f);
        sg_source_close(&in);
        sg_buffer_free(&one);
        sg_buffer_free(&two);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_those_of_the_whole),
        cmocka_unit_test(what_cannot_be_viewed),
        cmocka_unit_test(it_begins_where_the_source_stands),
        cmocka_unit_test(every_cut_is_found_first),
        cmocka_unit_test(a_changed_chunk_is_not_handed_on),
        cmocka_unit_test(bindings),
        cmocka_unit_test(peeking_at_damage),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
