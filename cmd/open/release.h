/*
 * release - the content of an unlocked file: out of its envelope, of the signer and the part that
 * are asked for, to the output.
 */
#ifndef OPEN_RELEASE_H
#define OPEN_RELEASE_H

#include "common/options.h"
#include "envelope/envelope.h"
#include "key/key.h"
#include "sealed/sealed.h"

/* What the command line asks for. */
struct release {
    struct sg_buffer signers; /* keys of those who may have signed */
    bool from, raw, ranged;
    struct sg_range range;
    uint64_t max_output;
    bool to_terminal;
};

/* Reads the options, and the keys of signers. Ends the process with status 2 when they are wrong.
 */
SG_CHECKED enum sg_err release_load(struct release *how, const struct parsed *p,
                                    struct sg_error *err);

/* Writes what is asked for to `out`, which the caller finishes. */
SG_CHECKED enum sg_err release(struct sg_sink *out, struct sg_sealed *f, const struct release *how,
                               const struct sg_progress *progress, struct sg_error *err);

void release_free(struct release *how);

#endif
