#include "io/pipeline.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Slots beyond one a worker: what the caller fills and what it empties meanwhile. */
#define SPARE_SLOTS 2

struct sg_pipeline_slot {
    struct sg_secret memory; /* allocated when first used */
    bool done;
    enum sg_err result;
    struct sg_error err;
};

static unsigned cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

    return n > 0 ? (unsigned)n : 1;
}

static struct sg_pipeline_slot *slot_of(const struct sg_pipeline *p, uint64_t piece)
{
    return &p->slots[piece % p->slot_count];
}

enum sg_err sg_pipeline_start(struct sg_pipeline *p, const struct sg_pipeline_work *work,
                              unsigned threads, struct sg_error *err)
{
    memset(p, 0, sizeof *p);
    p->work = *work;
    p->thread_count = threads ? threads : cores();
    if (p->thread_count > SG_PIPELINE_MAX_THREADS)
        p->thread_count = SG_PIPELINE_MAX_THREADS;
    if (p->thread_count == 1) /* the caller's is as good, and costs nothing */
        p->thread_count = 0;
    p->slot_count = p->thread_count + SPARE_SLOTS;
    p->slots = calloc(p->slot_count, sizeof *p->slots);
    if (!p->slots)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, p->slot_count * sizeof *p->slots, 0);
    (void)pthread_mutex_init(&p->lock, NULL); /* these cannot fail on Linux */
    (void)pthread_cond_init(&p->filled, NULL);
    (void)pthread_cond_init(&p->finished, NULL);
    p->locks = true;
    return SG_OK;
}

/* Works on a piece that this thread has begun with; the lock is not held. */
static void run(struct sg_pipeline *p, uint64_t piece)
{
    struct sg_pipeline_slot *s = slot_of(p, piece);

    s->result = p->work.run(p->work.context, s->memory.data, &s->err);
}

static void *worker(void *argument)
{
    struct sg_pipeline *p = argument;

    (void)pthread_mutex_lock(&p->lock);
    for (;;) {
        uint64_t piece;
        while (!p->stopping && p->begun == p->given)
            (void)pthread_cond_wait(&p->filled, &p->lock);
        if (p->stopping)
            break;
        piece = p->begun++;
        (void)pthread_mutex_unlock(&p->lock);
        run(p, piece);
        (void)pthread_mutex_lock(&p->lock);
        slot_of(p, piece)->done = true;
        (void)pthread_cond_signal(&p->finished);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void start_threads(struct sg_pipeline *p)
{
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    while (p->threads_running < p->thread_count &&
           pthread_create(&p->threads[p->threads_running], NULL, worker, p) == 0)
        p->threads_running++;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    p->thread_count = p->threads_running; /* those that could not be had are not tried again */
}

enum sg_err sg_pipeline_slot(struct sg_pipeline *p, void **slot, struct sg_error *err)
{
    struct sg_pipeline_slot *s = slot_of(p, p->given);
    enum sg_err r = SG_OK;

    *slot = NULL;
    if (sg_pipeline_pending(p) == p->slot_count)
        return SG_OK;
    if (!s->memory.data)
        r = sg_secret_new(&s->memory, p->work.slot_bytes, err);
    if (r == SG_OK)
        *slot = s->memory.data;
    return r;
}

void sg_pipeline_give(struct sg_pipeline *p)
{
    struct sg_pipeline_slot *s = slot_of(p, p->given);

    memset(&s->err, 0, sizeof s->err);
    if (p->threads_running == 0 && p->thread_count && sg_pipeline_pending(p) > 0)
        start_threads(p);
    (void)pthread_mutex_lock(&p->lock);
    s->done = false;
    p->given++;
    (void)pthread_cond_signal(&p->filled);
    (void)pthread_mutex_unlock(&p->lock);
}

unsigned sg_pipeline_pending(const struct sg_pipeline *p)
{
    return (unsigned)(p->given - p->freed); /* changed by the caller's thread alone */
}

bool sg_pipeline_ready(struct sg_pipeline *p)
{
    bool done;

    if (sg_pipeline_pending(p) == 0)
        return false;
    (void)pthread_mutex_lock(&p->lock);
    done = slot_of(p, p->freed)->done;
    (void)pthread_mutex_unlock(&p->lock);
    return done;
}

enum sg_err sg_pipeline_take(struct sg_pipeline *p, void **slot, struct sg_error *err)
{
    struct sg_pipeline_slot *s = slot_of(p, p->freed);
    bool mine;

    if (sg_pipeline_pending(p) == 0)
        abort();
    (void)pthread_mutex_lock(&p->lock);
    mine = p->begun == p->freed; /* nobody has begun with it: no need to wait for somebody */
    p->begun += mine;
    while (!mine && !s->done)
        (void)pthread_cond_wait(&p->finished, &p->lock);
    (void)pthread_mutex_unlock(&p->lock);
    if (mine) {
        run(p, p->freed);
        s->done = true; /* no other thread looks at it before it is given again */
    }
    *slot = s->memory.data;
    if (s->result != SG_OK)
        *err = s->err;
    return s->result;
}

void sg_pipeline_free(struct sg_pipeline *p)
{
    p->freed++;
}

void sg_pipeline_stop(struct sg_pipeline *p)
{
    if (!p->locks)
        return;
    (void)pthread_mutex_lock(&p->lock);
    p->stopping = true;
    (void)pthread_cond_broadcast(&p->filled);
    (void)pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->threads_running; i++)
        (void)pthread_join(p->threads[i], NULL);
    (void)pthread_cond_destroy(&p->filled);
    (void)pthread_cond_destroy(&p->finished);
    (void)pthread_mutex_destroy(&p->lock);
    for (unsigned i = 0; i < p->slot_count; i++)
        sg_secret_free(&p->slots[i].memory);
    free(p->slots);
    memset(p, 0, sizeof *p);
}
