#include "envelope/padme.h"

/* The number of the highest bit that is set in n, which is not 0. */
static unsigned log2_of(uint64_t n)
{
    unsigned bit = 0;

    while (n >>= 1)
        bit++;
    return bit;
}

uint64_t sg_padme_step(uint64_t bytes)
{
    unsigned exponent, digits;

    if (bytes < 2)
        return 1;
    exponent = log2_of(bytes);
    digits = log2_of(exponent) + 1;
    return exponent > digits ? (uint64_t)1 << (exponent - digits) : 1;
}

uint64_t sg_padme(uint64_t bytes)
{
    uint64_t step = sg_padme_step(bytes);

    return (bytes + step - 1) & ~(step - 1);
}
