/*
 * The pipeline: pieces come out in the order they went in, by one thread or many; threads exist
 * only while there is work for them, and take no signals.
 */
#include "unit/helper.h"

#include "io/pipeline.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

struct piece {
    uint64_t in, out;
    uint8_t kept; /* what the work leaves behind */
    bool signals_blocked, other_thread;
};

struct shared {
    pthread_t caller;
    uint64_t fails_at; /* the piece whose work fails; 0 for none */
    unsigned naps;
    atomic_uint at_work, most_at_work;
};

static enum sg_err square(void *context, void *memory, struct sg_error *err)
{
    struct shared *s = context;
    struct piece *p = memory;
    unsigned now = ++s->at_work, most = s->most_at_work;
    uint64_t seed = p->in;
    sigset_t mask;

    while (now > most && !atomic_compare_exchange_weak(&s->most_at_work, &most, now))
        ;
    if (s->naps)
        (void)nanosleep(&(struct timespec){.tv_nsec = (long)(next_number(&seed) % s->naps)}, NULL);
    p->out = p->in * p->in;
    p->kept++;
    p->other_thread = !pthread_equal(pthread_self(), s->caller);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    p->signals_blocked = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGINT) &&
                         sigismember(&mask, SIGHUP) && sigismember(&mask, SIGPIPE);
    s->at_work--;
    if (s->fails_at && p->in == s->fails_at)
        return sg_fail_limit(err, SG_ERR_LIMIT, "a piece too far", p->in, 0);
    return SG_OK;
}

/* Threads of this process. */
static size_t threads_now(void)
{
    DIR *d = opendir("/proc/self/task");
    size_t n = 0;

    assert_non_null(d);
    while (readdir(d))
        n++;
    (void)closedir(d);
    return n - 2;
}

static void start(struct sg_pipeline *p, struct shared *s, unsigned threads)
{
    const struct sg_pipeline_work work = {square, s, sizeof(struct piece)};
    struct sg_error err = {0};

    s->caller = pthread_self();
    assert_int_equal(sg_pipeline_start(p, &work, threads, &err), SG_OK);
}

/* Sends `count` pieces through, taking some out at times; returns how many came out well. */
static uint64_t run(struct sg_pipeline *p, uint64_t count, uint64_t seed, enum sg_err *last)
{
    struct sg_error err = {0};
    uint64_t in = 0, out = 0;
    void *memory;

    *last = SG_OK;
    while (out < count) {
        struct piece *piece;
        assert_int_equal(sg_pipeline_slot(p, &memory, &err), SG_OK);
        if (memory && in < count && next_number(&seed) % 4) {
            piece = memory;
            piece->in = ++in;
            sg_pipeline_give(p);
            continue;
        }
        if (sg_pipeline_pending(p) == 0)
            continue;
        *last = sg_pipeline_take(p, &memory, &err);
        if (*last != SG_OK) {
            assert_int_equal(err.value, out + 1);
            return out;
        }
        piece = memory;
        out++;
        assert_int_equal(piece->in, out);
        assert_int_equal(piece->out, out * out);
        assert_true(piece->other_thread == piece->signals_blocked);
        sg_pipeline_free(p);
    }
    return out;
}

static void order_is_kept(void **state)
{
    uint64_t seed = seed_now();

    (void)state;
    for (unsigned threads = 0; threads <= 9; threads++) {
        struct shared s = {.naps = 200000};
        struct sg_pipeline p;
        enum sg_err last;
        start(&p, &s, threads);
        assert_int_equal(run(&p, 300, seed++, &last), 300);
        sg_pipeline_stop(&p);
        sg_pipeline_stop(&p);
        assert_int_equal(threads_now(), 1);
    }
}

static void several_threads_work_at_once(void **state)
{
    struct shared s = {.naps = 3000000};
    struct sg_pipeline p;
    enum sg_err last;

    (void)state;
    start(&p, &s, 4);
    assert_int_equal(run(&p, 100, 1, &last), 100);
    assert_true(s.most_at_work > 1);
    assert_true(s.most_at_work <= 5); /* four, and the caller when nobody has begun */
    sg_pipeline_stop(&p);
}

static void one_piece_needs_no_thread(void **state)
{
    struct shared s = {0};
    struct sg_pipeline p;
    enum sg_err last;

    (void)state;
    start(&p, &s, 4);
    for (int i = 0; i < 3; i++) {
        struct sg_error err = {0};
        void *memory;
        assert_int_equal(sg_pipeline_slot(&p, &memory, &err), SG_OK);
        sg_pipeline_give(&p);
        assert_int_equal(sg_pipeline_take(&p, &memory, &err), SG_OK);
        assert_false(((struct piece *)memory)->other_thread);
        sg_pipeline_free(&p);
    }
    assert_int_equal(threads_now(), 1);
    s = (struct shared){.caller = s.caller};
    sg_pipeline_stop(&p);
    start(&p, &s, 4);
    assert_int_equal(run(&p, 20, 1, &last), 20);
    assert_int_equal(threads_now(), 5);
    sg_pipeline_stop(&p);
    assert_int_equal(threads_now(), 1);
}

static void slots_are_bounded(void **state)
{
    struct sg_error err = {0};
    struct shared s = {0};
    struct sg_pipeline p;
    void *memory, *seen[16];
    unsigned n = 0;

    (void)state;
    start(&p, &s, 3);
    for (;;) {
        assert_int_equal(sg_pipeline_slot(&p, &memory, &err), SG_OK);
        if (!memory)
            break;
        assert_true(n < 16);
        for (unsigned i = 0; i < n; i++)
            assert_ptr_not_equal(seen[i], memory);
        seen[n++] = memory;
        sg_pipeline_give(&p);
    }
    assert_int_equal(n, 5);
    assert_int_equal(sg_pipeline_pending(&p), 5);
    assert_int_equal(sg_pipeline_take(&p, &memory, &err), SG_OK);
    assert_ptr_equal(memory, seen[0]);
    assert_int_equal(sg_pipeline_take(&p, &memory, &err), SG_OK); /* the same again */
    assert_ptr_equal(memory, seen[0]);
    assert_int_equal(((struct piece *)memory)->kept, 1);
    sg_pipeline_free(&p);
    assert_int_equal(sg_pipeline_slot(&p, &memory, &err), SG_OK);
    assert_ptr_equal(memory, seen[0]);
    sg_pipeline_stop(&p);
}

static void a_failure_comes_in_its_turn(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        for (uint64_t at = 1; at <= 40; at += 13) {
            struct shared s = {.fails_at = at, .naps = 100000};
            struct sg_pipeline p;
            enum sg_err last;
            start(&p, &s, threads);
            assert_int_equal(run(&p, 60, at, &last), at - 1);
            assert_int_equal(last, SG_ERR_LIMIT);
            sg_pipeline_stop(&p); /* with others still under way */
        }
    }
    assert_int_equal(threads_now(), 1);
}

static void stopping_early_is_fine(void **state)
{
    struct sg_pipeline p = {0};

    (void)state;
    sg_pipeline_stop(&p); /* never started */
    for (unsigned given = 0; given < 6; given++) {
        struct shared s = {.naps = 2000000};
        struct sg_error err = {0};
        void *memory;
        start(&p, &s, 4);
        assert_false(sg_pipeline_ready(&p));
        for (unsigned i = 0; i < given; i++) {
            assert_int_equal(sg_pipeline_slot(&p, &memory, &err), SG_OK);
            sg_pipeline_give(&p);
        }
        sg_pipeline_stop(&p);
        assert_int_equal(threads_now(), 1);
    }
}

static void ready_says_when_nothing_is_waited_for(void **state)
{
    struct shared s = {0};
    struct sg_error err = {0};
    struct sg_pipeline p;
    void *memory;

    (void)state;
    start(&p, &s, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(sg_pipeline_slot(&p, &memory, &err), SG_OK);
        sg_pipeline_give(&p);
    }
    for (int i = 0; i < 20000 && !sg_pipeline_ready(&p); i++)
        (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_true(sg_pipeline_ready(&p));
    sg_pipeline_stop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(several_threads_work_at_once),
        cmocka_unit_test(one_piece_needs_no_thread),
        cmocka_unit_test(slots_are_bounded),
        cmocka_unit_test(a_failure_comes_in_its_turn),
        cmocka_unit_test(stopping_early_is_fine),
        cmocka_unit_test(ready_says_when_nothing_is_waited_for),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
