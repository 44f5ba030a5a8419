/*
 * sniff - what a file is, by its first bytes, so that an error can name it.
 */
#ifndef SG_SEALED_SNIFF_H
#define SG_SEALED_SNIFF_H

#include "io/source.h"

enum sg_sniff {
    SG_SNIFF_BINARY, /* a sealed file */
    SG_SNIFF_ARMOR,  /* a sealed file in armor, or something that means to be one */
    SG_SNIFF_OTHER   /* anything else */
};

/*
 * Looks at the start of `in` without taking it. *looks_like: for SG_SNIFF_OTHER, static text such
 * as "a PGP message", or NULL when it is nothing known.
 */
SG_CHECKED enum sg_err sg_sniff(enum sg_sniff *kind, const char **looks_like, struct sg_source *in,
                                struct sg_error *err);

#endif
