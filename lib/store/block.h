/*
 * block - one block of a file of the store, sealed with XChaCha20-Poly1305. Private to the room.
 *
 * What is authenticated beside the content says where it belongs, so that a block opens in its own
 * place of its own file alone:
 *
 *     "signet/store/v1" NUL || kind u32 || file id 16 bytes || number u64 || length u32
 *
 * Integers are big-endian; blocks are numbered from 0. signet-formats(5), "SEALED STORE", Blocks.
 */
#ifndef SG_STORE_BLOCK_H
#define SG_STORE_BLOCK_H

#include "store/keys.h"

#define SG_BLOCK_BYTES 4096 /* of the database: SQLite's page, nonce and tag within it */
#define SG_BLOCK_RESERVED (SG_XCHACHA20_NONCE_BYTES + SG_XCHACHA20_TAG_BYTES)
#define SG_BLOCK_CONTENT (SG_BLOCK_BYTES - SG_BLOCK_RESERVED)
#define SG_FILE_ID_BYTES SG_STORE_ID_BYTES

enum sg_file_kind {
    SG_FILE_DATABASE = 1,
    SG_FILE_JOURNAL = 2,
    SG_FILE_TEMPORARY = 3,
};

/* Where a block belongs. */
struct sg_block_place {
    enum sg_file_kind kind;
    const uint8_t *file; /* SG_FILE_ID_BYTES */
    uint64_t number;
    uint32_t length; /* how many of its bytes count */
};

/* Seals n bytes at `in` into n at out (which may be `in`), under a fresh nonce. */
void sg_block_seal(uint8_t *out, uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                   uint8_t tag[static SG_XCHACHA20_TAG_BYTES], const uint8_t *in, size_t n,
                   const struct sg_block_place *place,
                   const uint8_t key[static SG_XCHACHA20_KEY_BYTES]);

/* Opens n bytes at `in` into out, which may be `in`. False when it is not the block of this place,
 * and out holds nothing of it. */
SG_CHECKED bool sg_block_open(uint8_t *out, const uint8_t *in, size_t n,
                              const uint8_t nonce[static SG_XCHACHA20_NONCE_BYTES],
                              const uint8_t tag[static SG_XCHACHA20_TAG_BYTES],
                              const struct sg_block_place *place,
                              const uint8_t key[static SG_XCHACHA20_KEY_BYTES]);

static inline void sg_put_be32(uint8_t *out, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

static inline void sg_put_be64(uint8_t *out, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static inline uint32_t sg_get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t sg_get_be64(const uint8_t *p)
{
    return (uint64_t)sg_get_be32(p) << 32 | sg_get_be32(p + 4);
}

#endif
