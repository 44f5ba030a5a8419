#include "ratchet/padding.h"

#include <stdint.h>

static const uint32_t CLASSES[] = {256,  512,   1024,  1536,  2048,  3072,  4096, 6144,
                                   8192, 12288, 16384, 24576, 32768, 49152, 65536};

#define CLASS_COUNT (sizeof CLASSES / sizeof *CLASSES)

size_t sg_padding_class(size_t n, size_t floor)
{
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (CLASSES[i] >= n && CLASSES[i] >= floor)
            return CLASSES[i];
    return 0;
}

bool sg_padding_is_class(size_t n)
{
    return n && sg_padding_class(n, 0) == n;
}
