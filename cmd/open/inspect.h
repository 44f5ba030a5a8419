/*
 * inspect - open --inspect: what a sealed file tells without a key, for people or as JSON.
 */
#ifndef OPEN_INSPECT_H
#define OPEN_INSPECT_H

#include "common/options.h"
#include "open/exposure.h"

/* Ends the process with status 2 when an option is given that an inspection has no use for. */
void inspect_check_usage(const struct parsed *p);

/*
 * Inspects `in` and writes the report to the output that *p names. A fault behind the header is
 * reported, too: the report is whole then, and the fault is returned with *err filled.
 */
SG_CHECKED enum sg_err inspect(struct sg_source *in, const struct parsed *p, struct sg_error *err);

/* The same as JSON: the schema is in signet-open(1). name: of the file, or NULL. */
SG_CHECKED enum sg_err inspect_json(struct sg_sink *out, const struct sg_inspection *found,
                                    const char *name, struct sg_error *err);

/* A word for a fault behind the header; NULL for SG_OK. */
const char *inspect_fault(enum sg_err code);

#endif
