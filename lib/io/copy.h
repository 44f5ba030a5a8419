/*
 * copy - the rest of a source moved to a sink, as it is.
 *
 * Between two files the kernel moves the bytes, which never enter this process; a file system that
 * can share blocks between files does so where they are aligned alike. Anything else goes through a
 * buffer.
 */
#ifndef SG_IO_COPY_H
#define SG_IO_COPY_H

#include "io/sink.h"
#include "io/source.h"

/* Fails as source and sink do. tick: told the bytes done so far now and then; or NULL. */
SG_CHECKED enum sg_err sg_copy(struct sg_sink *out, struct sg_source *in,
                               void (*tick)(void *context, uint64_t done), void *context,
                               struct sg_error *err);

#endif
