#include "crypto/random.h"

#include <sodium.h>

void sg_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}
