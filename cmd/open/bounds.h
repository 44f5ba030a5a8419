/*
 * bounds - a sink that lets a part of what is written to it through, and not more than is allowed.
 */
#ifndef OPEN_BOUNDS_H
#define OPEN_BOUNDS_H

#include "io/io.h"

struct bounds {
    struct sg_sink sink; /* write here, and finish it; then finish `below` */
    struct sg_sink *below;
    uint64_t skip;  /* bytes still to be left out at the start */
    uint64_t take;  /* bytes still to be let through after them */
    uint64_t limit; /* the most that may be let through */
    uint64_t done;  /* bytes let through */
    uint64_t seen;  /* bytes written here */
    uint64_t offset;
};

/*
 * Starts to write to `below`, of what comes, `take` bytes from `offset` on (UINT64_MAX: all of
 * them). Writing fails with SG_ERR_LIMIT when that is more than `limit` (UINT64_MAX: none), with
 * `limit` bytes written; finishing, with SG_ERR_RANGE when there is less than `offset`.
 */
void bounds_start(struct bounds *b, struct sg_sink *below, uint64_t offset, uint64_t take,
                  uint64_t limit);

#endif
