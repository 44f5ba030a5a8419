/*
 * padme - lengths that tell little: Padmé, from "Reducing Metadata Leakage from Encrypted Files and
 * Communication with PURBs" (Nikitin et al., PoPETs 2019), section 4.
 *
 * A length is rounded up so that, of its binary digits, no more may be set than it takes to write
 * the number of its digits: of n bytes, log2 log2 n + 1 bits of their number remain visible. That
 * costs at most 12 %, and less the longer the file.
 */
#ifndef SG_ENVELOPE_PADME_H
#define SG_ENVELOPE_PADME_H

#include <stdint.h>

/* The length that `bytes`, up to 2^62, are padded to: the same or more. */
uint64_t sg_padme(uint64_t bytes);

/* How far apart the lengths are that those near `bytes` are padded to: a power of two. */
uint64_t sg_padme_step(uint64_t bytes);

#endif
