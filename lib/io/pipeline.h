/*
 * pipeline - threads that keep order: the pieces of a stream are worked on by all cores at once and
 * come out as they went in.
 *
 * One thread, the caller's, moves the pieces; workers only compute. A piece lives in a slot, memory
 * of the guarded heap that keeps what the work leaves in it from one piece to the next. There are
 * few slots, so memory is bounded whatever the stream's length. No thread is started before a
 * second piece is under way, and none at all on a machine with one core: the caller's thread does
 * the work then, as it does when threads cannot be had.
 *
 * Order of calls: sg_pipeline_start(); any mix of
 *     sg_pipeline_slot()    a free slot, to be filled, or NULL while all are taken
 *     sg_pipeline_give()    that slot is filled: to work
 *     sg_pipeline_take()    waits for the oldest slot given, and tells how its work ended
 *     sg_pipeline_free()    that slot is free again
 * and sg_pipeline_stop() always, also after a failure: work that has begun is waited for, the rest
 * is dropped.
 *
 * Workers block all signals, so that handlers run in the caller's thread alone.
 */
#ifndef SG_IO_PIPELINE_H
#define SG_IO_PIPELINE_H

#include "base/error.h"
#include "base/secret.h"

#include <pthread.h>

/* More threads than this are not of use to anyone's disk. */
#define SG_PIPELINE_MAX_THREADS 64

/* What is done with each slot, by any thread. It must not touch what others use. */
struct sg_pipeline_work {
    enum sg_err (*run)(void *context, void *slot, struct sg_error *err);
    void *context;
    size_t slot_bytes; /* of a slot, which starts as zeros */
};

struct sg_pipeline_slot;

struct sg_pipeline {
    struct sg_pipeline_work work;
    struct sg_pipeline_slot *slots; /* a ring; owned */
    unsigned slot_count, thread_count, threads_running;
    uint64_t given, begun, freed; /* pieces so far; that number modulo slot_count is the slot's */
    bool stopping, locks;
    pthread_mutex_t lock;
    pthread_cond_t filled, finished;
    pthread_t threads[SG_PIPELINE_MAX_THREADS];
};

/*
 * Readies a pipeline, which must not move while in use. threads: how many workers at most; 0 for
 * one a core. SG_ERR_MEMORY.
 */
SG_CHECKED enum sg_err sg_pipeline_start(struct sg_pipeline *p, const struct sg_pipeline_work *work,
                                         unsigned threads, struct sg_error *err);

/* *slot: the next one to fill, as its last piece left it; NULL when none is free. SG_ERR_MEMORY. */
SG_CHECKED enum sg_err sg_pipeline_slot(struct sg_pipeline *p, void **slot, struct sg_error *err);

/* Hands the slot that sg_pipeline_slot() gave last to the workers. */
void sg_pipeline_give(struct sg_pipeline *p);

/* How many slots have been given and not freed yet. */
unsigned sg_pipeline_pending(const struct sg_pipeline *p);

/* Whether sg_pipeline_take() would return at once. False when nothing is pending. */
bool sg_pipeline_ready(struct sg_pipeline *p);

/*
 * Waits for the oldest pending slot, of which there must be one. Returns what its work returned,
 * with *err filled; the slot stays the caller's until sg_pipeline_free(), and taking again gives
 * the same.
 */
SG_CHECKED enum sg_err sg_pipeline_take(struct sg_pipeline *p, void **slot, struct sg_error *err);
void sg_pipeline_free(struct sg_pipeline *p);

/* Ends the workers, wipes and releases. Safe on a zeroed struct, and twice. */
void sg_pipeline_stop(struct sg_pipeline *p);

#endif
