/*
 * progress - a bar on standard error for work that takes longer than a second.
 */
#ifndef COMMON_PROGRESS_H
#define COMMON_PROGRESS_H

#include "common/options.h"
#include "io/io.h"
#include "sealed/sealed.h"

#include <time.h>

struct progress {
    struct sg_progress hook; /* give &hook to the library */
    uint64_t total;          /* bytes expected, or 0 when nobody knows */
    struct timespec began, shown;
    bool on, visible;
    double delay; /* seconds before it first shows */
};

/* Readies a bar, as --progress says, for reading all of `in`. */
void progress_start(struct progress *bar, const struct parsed *p, const struct sg_source *in);

/* Takes the bar off the screen. */
void progress_end(struct progress *bar);

#endif
