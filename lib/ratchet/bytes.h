/*
 * bytes - numbers in the room's formats: little-endian, whatever the machine's order.
 */
#ifndef SG_RATCHET_BYTES_H
#define SG_RATCHET_BYTES_H

#include <stdint.h>

static inline void sg_put16(uint8_t *out, uint32_t x)
{
    out[0] = (uint8_t)x;
    out[1] = (uint8_t)(x >> 8);
}

static inline void sg_put32(uint8_t *out, uint32_t x)
{
    sg_put16(out, x);
    sg_put16(out + 2, x >> 16);
}

static inline void sg_put64(uint8_t *out, uint64_t x)
{
    sg_put32(out, (uint32_t)x);
    sg_put32(out + 4, (uint32_t)(x >> 32));
}

static inline uint32_t sg_get16(const uint8_t *in)
{
    return (uint32_t)in[0] | (uint32_t)in[1] << 8;
}

static inline uint32_t sg_get32(const uint8_t *in)
{
    return sg_get16(in) | sg_get16(in + 2) << 16;
}

static inline uint64_t sg_get64(const uint8_t *in)
{
    return sg_get32(in) | (uint64_t)sg_get32(in + 4) << 32;
}

#endif
