/*
 * padding - the lengths that a message may have on the wire (signet-ratchet(7), "Padding"), so that
 * a length tells little.
 */
#ifndef SG_RATCHET_PADDING_H
#define SG_RATCHET_PADDING_H

#include <stdbool.h>
#include <stddef.h>

#define SG_WIRE_MIN_BYTES 256
#define SG_WIRE_MAX_BYTES 65536

/* The smallest class that holds n bytes and is not below the floor; 0 when there is none. */
size_t sg_padding_class(size_t n, size_t floor);

/* Whether n is one of the classes. */
bool sg_padding_is_class(size_t n);

#endif
