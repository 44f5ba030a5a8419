#include "store/block.h"

#include "crypto/random.h"

#include <string.h>

#define LABEL "signet/store/v1" /* and its NUL */
#define AD_BYTES (sizeof LABEL + 4 + SG_FILE_ID_BYTES + 8 + 4)

static void associate(uint8_t out[static AD_BYTES], const struct sg_block_place *place)
{
    uint8_t *p = out;

    memcpy(p, LABEL, sizeof LABEL);
    p += sizeof LABEL;
    sg_put_be32(p, (uint32_t)place->kind);
    p += 4;
    memcpy(p, place->file, SG_FILE_ID_BYTES);
    p += SG_FILE_ID_BYTES;
    sg_put_be64(p, place->number);
    sg_put_be32(p + 8, place->length);
}

void sg_block_seal(uint8_t *out, uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                   uint8_t tag[static SG_XCHACHA20_TAG_BYTES], const uint8_t *in, size_t n,
                   const struct sg_block_place *place,
                   const uint8_t key[static SG_XCHACHA20_KEY_BYTES])
{
    uint8_t ad[AD_BYTES];

    associate(ad, place);
    sg_random(nonce, SG_XCHACHA20_NONCE_BYTES);
    sg_xaead_seal(out, tag, in, n, ad, sizeof ad, nonce, key);
}

bool sg_block_open(uint8_t *out, const uint8_t *in, size_t n,
                   const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                   const uint8_t tag[static SG_XCHACHA20_TAG_BYTES],
                   const struct sg_block_place *place,
                   const uint8_t key[static SG_XCHACHA20_KEY_BYTES])
{
    uint8_t ad[AD_BYTES];

    associate(ad, place);
    return sg_xaead_open(out, in, n, tag, ad, sizeof ad, nonce, key);
}
