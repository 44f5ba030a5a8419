/*
 * pack - the body of a member: deflate data (RFC 1951) and gzip's trailer, CRC-32 and length (RFC
 * 1952). Private to the room.
 *
 * What zlib needs to remember is plaintext, so it is given memory of the caller's, which is wiped
 * when that is released.
 */
#ifndef SG_ENVELOPE_PACK_H
#define SG_ENVELOPE_PACK_H

#include "base/error.h"

#include <stdbool.h>

/* The most plaintext in a member, and the most bytes that its body takes: more than storing does.
 */
#define SG_MEMBER_BYTES 262144
#define SG_BODY_MAX (SG_MEMBER_BYTES + 512)

/* The body of a member without plaintext: an empty block, and a trailer of zeros. */
#define SG_BODY_EMPTY_BYTES 10
extern const uint8_t sg_body_empty[SG_BODY_EMPTY_BYTES];

/* Memory that zlib works in, to deflate and to inflate. */
#define SG_PACK_WORK_BYTES 458752
#define SG_UNPACK_WORK_BYTES 65536

/*
 * Packs n bytes, at most SG_MEMBER_BYTES, at a level from 1 to 9, or 0 to store them; what does not
 * shrink is stored. *len: bytes of the body. SG_ERR_MEMORY when zlib wants more than it gets.
 */
SG_CHECKED enum sg_err sg_pack(uint8_t body[static SG_BODY_MAX], size_t *len, const uint8_t *in,
                               size_t n, int level, uint8_t work[static SG_PACK_WORK_BYTES],
                               struct sg_error *err);

/*
 * Unpacks a body of n bytes. *what is NULL, or says what is wrong with it, and *len is 0 then;
 * more than SG_MEMBER_BYTES never come out. SG_ERR_MEMORY as above.
 */
SG_CHECKED enum sg_err sg_unpack(uint8_t out[static SG_MEMBER_BYTES], size_t *len,
                                 const char **what, const uint8_t *body, size_t n,
                                 uint8_t work[static SG_UNPACK_WORK_BYTES], struct sg_error *err);

#endif
