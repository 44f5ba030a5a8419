/*
 * little - numbers as gzip has them, the least significant byte first. Private to the room.
 */
#ifndef SG_ENVELOPE_LITTLE_H
#define SG_ENVELOPE_LITTLE_H

#include <stddef.h>
#include <stdint.h>

/* Writes the lowest `bytes` bytes of a number. */
static inline void sg_put_little(uint8_t *out, uint64_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)(number >> 8 * i);
}

/* Reads a number of up to eight bytes. */
static inline uint64_t sg_get_little(const uint8_t *p, size_t bytes)
{
    uint64_t number = 0;

    for (size_t i = bytes; i-- > 0;)
        number = number << 8 | p[i];
    return number;
}

#endif
