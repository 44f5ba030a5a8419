/*
 * expand - expand_message_xmd with SHA-512 (RFC 9380, section 5.3.1).
 */
#ifndef SG_CRYPTO_EXPAND_H
#define SG_CRYPTO_EXPAND_H

#include <stddef.h>
#include <stdint.h>

#define SG_EXPAND_BYTES 64       /* what one block of the hash gives, and all that is needed here */
#define SG_EXPAND_TAG_BYTES 255U /* the longest tag */

/* A part of a message. */
struct sg_expand_part {
    const void *p;
    size_t n;
};

/*
 * out = expand_message_xmd(the parts one after the other, the text `front` followed by the n bytes
 * `back`, 64), front and back together being the domain separation tag of at most 255 bytes; longer
 * ones are a mistake of the caller and abort.
 */
void sg_expand(uint8_t out[static SG_EXPAND_BYTES], const struct sg_expand_part *parts,
               size_t count, const char *front, const void *back, size_t n);

#endif
