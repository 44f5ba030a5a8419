/* source: every split point, odd reads, lines at the window's edge, and descriptors that make one
 * wait. */
#include "unit/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define W SG_SOURCE_WINDOW

/* Reads all of s, `step` bytes at a time, and compares. */
static void assert_rest(struct sg_source *s, const uint8_t *want, size_t n, size_t step)
{
    uint8_t *out = malloc(n + 1);
    struct sg_error err = {0};
    size_t done = 0, got;

    step = step < n + 1 ? step : n + 1;
    do {
        size_t room = step < n + 1 - done ? step : n + 1 - done;
        assert_int_equal(sg_source_read(s, out + done, room, &got, &err), SG_OK);
        done += got;
        if (got < room)
            break;
    } while (done <= n);
    assert_int_equal(done, n);
    assert_memory_equal(out, want, n);
    assert_int_equal(sg_source_read(s, out, 1, &got, &err), SG_OK); /* the end stays the end */
    assert_int_equal(got, 0);
    free(out);
}

/* A text of lines of various lengths. */
static size_t make_lines(char *out, size_t n, uint64_t seed)
{
    size_t lines = 1;

    for (size_t i = 0; i < n; i++) {
        uint64_t r = next_number(&seed);
        out[i] = r % 19 == 0 ? '\n' : (char)('a' + r % 26);
        lines += out[i] == '\n';
    }
    return lines;
}

static void test_every_split(void **state)
{
    static char text[300];
    struct sg_error err = {0};

    (void)state;
    make_lines(text, sizeof text, 1);
    for (size_t step = 1; step <= sizeof text; step++) {
        for (size_t split = 0; split <= sizeof text; split += stride(1, 13)) {
            struct trickle t;
            struct sg_source s;
            const uint8_t *p;
            size_t have;

            trickle_source(&s, &t, text, sizeof text, step);
            assert_int_equal(sg_source_peek(&s, split, &p, &have, &err), SG_OK);
            assert_int_equal(have, split);
            if (split)
                assert_memory_equal(p, text, split);
            assert_int_equal(s.taken, 0);
            assert_rest(&s, (const uint8_t *)text, sizeof text, step);
            assert_int_equal(s.taken, sizeof text);
            sg_source_close(&s);
        }
    }
}

/* Peeks, lines and reads in random order give the bytes in their order. */
static void test_mixed(void **state)
{
    enum { N = 200000 };
    char *text = malloc(N);
    uint64_t seed = seed_now();
    size_t rounds = build_is("plain") ? 60 : 6;

    (void)state;
    for (size_t round = 0; round < rounds; round++) {
        struct trickle t;
        struct sg_source s;
        struct sg_error err = {0};
        size_t at = 0;

        make_lines(text, N, seed + round);
        trickle_source(&s, &t, text, N, odd_steps[round % ODD_STEPS]);
        while (at < N) {
            size_t n = (size_t)(next_number(&seed) % (round % 3 ? 100 : 40000)), got;
            size_t left = N - at;
            const uint8_t *p;
            const char *line;
            uint8_t buffer[40000];
            switch (next_number(&seed) % 3) {
            case 0:
                n %= W + 1;
                assert_int_equal(sg_source_peek(&s, n, &p, &got, &err), SG_OK);
                assert_int_equal(got, n < left ? n : left);
                if (got)
                    assert_memory_equal(p, text + at, got);
                break;
            case 1:
                assert_int_equal(sg_source_read(&s, buffer, n, &got, &err), SG_OK);
                assert_int_equal(got, n < left ? n : left);
                assert_memory_equal(buffer, text + at, got);
                at += got;
                break;
            default:
                assert_int_equal(sg_source_line(&s, &line, &got, &err), SG_OK);
                assert_true(got > 0 && got <= left);
                assert_memory_equal(line, text + at, got);
                assert_null(memchr(line, '\n', got - 1));
                assert_true(line[got - 1] == '\n' || got == left);
                at += got;
            }
            assert_int_equal(s.taken, at);
        }
        assert_rest(&s, (const uint8_t *)"", 0, 7);
        sg_source_close(&s);
    }
    free(text);
}

static void one_line(const char *text, size_t n, size_t step, size_t before, enum sg_err want)
{
    struct trickle t;
    struct sg_source s;
    struct sg_error err = {0};
    uint8_t skipped[64];
    const uint8_t *p;
    const char *line;
    size_t len;

    trickle_source(&s, &t, text, n, step);
    assert_int_equal(sg_source_peek(&s, before, &p, &len, &err), SG_OK);
    assert_int_equal(sg_source_read(&s, skipped, before, &len, &err), SG_OK);
    assert_int_equal(sg_source_line(&s, &line, &len, &err), want);
    if (want == SG_OK) {
        assert_int_equal(len, n - before);
        assert_memory_equal(line, text + before, len);
        assert_int_equal(sg_source_line(&s, &line, &len, &err), SG_OK);
        assert_int_equal(len, 0);
    } else {
        assert_int_equal(err.limit, W);
        assert_non_null(err.what);
        assert_int_equal(len, 0);
    }
    sg_source_close(&s);
}

static void test_line_lengths(void **state)
{
    static const size_t lengths[] = {1, 2, W - 2, W - 1, W, W + 1, W + 2, 3 * W};
    char *text = malloc(3 * W + 64);

    (void)state;
    memset(text, 'x', 3 * W + 64);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (size_t j = 0; j < ODD_STEPS; j++) {
            for (size_t before = 0; before <= 64; before += 8) {
                size_t n = lengths[i] + before;
                text[n - 1] = '\n'; /* a line of that length, its newline included */
                one_line(text, n, odd_steps[j], before, lengths[i] > W ? SG_ERR_LIMIT : SG_OK);
                text[n - 1] = 'x'; /* and one that the end of the source ends */
                one_line(text, n, odd_steps[j], before, lengths[i] >= W ? SG_ERR_LIMIT : SG_OK);
            }
        }
    }
    free(text);
}

static void test_lines(void **state)
{
    static const char text[] = "\n\nab\n\r\n\0c\nlast";
    static const size_t lengths[] = {1, 1, 3, 2, 3, 4, 0, 0};

    (void)state;
    for (size_t step = 1; step < sizeof text; step++) {
        struct trickle t;
        struct sg_source s;
        struct sg_error err = {0};
        size_t at = 0;

        trickle_source(&s, &t, text, sizeof text - 1, step);
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            const char *line;
            size_t len;
            assert_int_equal(sg_source_line(&s, &line, &len, &err), SG_OK);
            assert_int_equal(len, lengths[i]);
            assert_non_null(line);
            assert_memory_equal(line, text + at, len);
            at += len;
        }
        sg_source_close(&s);
    }
}

static void test_errors_pass_through(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++) {
        uint8_t bytes[64] = {0}, out[64];
        struct trickle t;
        struct sg_source s;
        struct sg_error err = {0};
        const uint8_t *p;
        const char *line;
        size_t got;

        trickle_source(&s, &t, bytes, n, 7);
        t.fails = SG_ERR_ARMOR;
        assert_int_equal(sg_source_peek(&s, n, &p, &got, &err), SG_OK);
        assert_int_equal(sg_source_peek(&s, n + 1, &p, &got, &err), SG_ERR_ARMOR);
        assert_int_equal(got, 0);
        assert_int_equal(sg_source_line(&s, &line, &got, &err), SG_ERR_ARMOR);
        assert_int_equal(got, 0);
        assert_int_equal(sg_source_read(&s, out, n, &got, &err), SG_OK);
        assert_int_equal(got, n);
        assert_int_equal(sg_source_read(&s, out, 1, &got, &err), SG_ERR_ARMOR);
        assert_int_equal(got, 0);
        assert_string_equal(err.what, "the trickle ran dry");
        sg_source_close(&s);
    }
}

static void test_memory(void **state)
{
    uint8_t bytes[1000];

    (void)state;
    fill(bytes, sizeof bytes, 8);
    for (size_t n = 0; n <= sizeof bytes; n += 1 + n / 10) {
        for (size_t step = 1; step < 1001; step += 333) {
            struct sg_source s;
            sg_source_memory(&s, bytes, n, "memory");
            assert_rest(&s, bytes, n, step);
            sg_source_close(&s);
            sg_source_close(&s);
        }
    }
}

static void test_files(void **state)
{
    char folder[] = "/tmp/signet-source-XXXXXX", path[64];
    struct sg_source s = {0};
    struct sg_error err = {0};
    FILE *f;

    (void)state;
    sg_source_close(&s); /* a zeroed one */
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/file", folder);

    assert_int_equal(sg_source_file(&s, path, &err), SG_ERR_IO);
    assert_int_equal(err.sys, ENOENT);
    assert_string_equal(err.name, path);
    sg_source_close(&s);
    assert_int_equal(sg_source_file(&s, folder, &err), SG_ERR_KIND);
    assert_string_equal(err.name, folder);
    sg_source_close(&s);

    f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs("some text", f) < 0, 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(sg_source_file(&s, path, &err), SG_OK);
    assert_true(fcntl(s.fd, F_GETFD) & FD_CLOEXEC);
    assert_rest(&s, (const uint8_t *)"some text", 9, 4);
    sg_source_close(&s);
    assert_int_equal(s.fd, -1);

    if (geteuid() != 0) {
        assert_int_equal(chmod(path, 0), 0);
        assert_int_equal(sg_source_file(&s, path, &err), SG_ERR_IO);
        assert_int_equal(err.sys, EACCES);
        sg_source_close(&s);
    }
    assert_int_equal(unlink(path), 0);

    assert_int_equal(sg_source_file(&s, "/dev/null", &err), SG_OK);
    assert_rest(&s, (const uint8_t *)"", 0, 10);
    sg_source_close(&s);
    assert_int_equal(rmdir(folder), 0);
}

/* A folder as a descriptor, such as a shell's "open <folder": read() alone tells. */
static void test_folder_descriptor(void **state)
{
    struct sg_source s;
    struct sg_error err = {0};
    uint8_t out[4];
    size_t got;
    int fd = open("/", O_RDONLY | O_DIRECTORY);

    (void)state;
    assert_true(fd >= 0);
    sg_source_fd(&s, fd, "standard input");
    assert_int_equal(sg_source_read(&s, out, 4, &got, &err), SG_ERR_KIND);
    assert_string_equal(err.name, "standard input");
    sg_source_close(&s);
    assert_int_equal(close(fd), 0); /* it stayed ours */
    sg_source_fd(&s, fd, "standard input");
    assert_int_equal(sg_source_read(&s, out, 4, &got, &err), SG_ERR_IO);
    assert_int_equal(err.sys, EBADF);
    sg_source_close(&s);
}

static void handle(int number)
{
    (void)number;
}

/*
 * A pipe whose reading end does not block, from a writer that dawdles, while signals interrupt
 * every call.
 */
static void test_slow_pipe(void **state)
{
    enum { N = 50000 };
    static uint8_t bytes[N];
    struct sigaction action = {.sa_handler = handle}; /* no SA_RESTART */
    struct sg_source s;
    int ends[2], status;
    pid_t writer, pester;

    (void)state;
    fill(bytes, sizeof bytes, 9);
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    for (int blocking = 0; blocking < 2; blocking++) {
        assert_int_equal(pipe(ends), 0);
        if (!blocking)
            assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
        writer = fork();
        assert_true(writer >= 0);
        if (writer == 0) {
            (void)close(ends[0]);
            for (size_t i = 0; i < N; i += 5000) {
                (void)usleep(3000);
                if (write(ends[1], bytes + i, 5000) != 5000)
                    _exit(1);
            }
            _exit(0);
        }
        pester = fork();
        assert_true(pester >= 0);
        if (pester == 0) {
            (void)close(ends[1]); /* or the reader never sees the end */
            for (int i = 0; i < 40; i++) {
                (void)kill(getppid(), SIGUSR1);
                (void)usleep(1000);
            }
            _exit(0);
        }
        (void)close(ends[1]);
        sg_source_fd(&s, ends[0], "pipe");
        assert_rest(&s, bytes, N, 4093);
        sg_source_close(&s);
        (void)close(ends[0]);
        while (waitpid(writer, &status, 0) < 0 && errno == EINTR)
            ;
        assert_int_equal(status, 0);
        while (waitpid(pester, &status, 0) < 0 && errno == EINTR)
            ;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_line_lengths),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_errors_pass_through),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_folder_descriptor),
        cmocka_unit_test(test_slow_pipe),
    };

    return cmocka_run_group_tests_name("source", tests, start_library, NULL);
}
