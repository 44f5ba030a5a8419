/*
 * layout - which members an envelope has, in which order, and where they stand. Private to the
 * room.
 *
 *     content 0, content 1, ..., index, ..., padding ..., last
 *
 * Content is cut into pieces of SG_MEMBER_BYTES; only the last of them is shorter, and an empty
 * content is one empty piece. An index follows each SG_GROUP_MEMBERS pieces and the last piece,
 * except when there is only one: three bytes for each piece since the index before, the length of
 * its body. The last member has the length of the content (8 bytes), the offset of each index (8
 * bytes each), zeros that complete the padding, and the length of its own field (2 bytes), by which
 * it is found from the end.
 */
#ifndef SG_ENVELOPE_LAYOUT_H
#define SG_ENVELOPE_LAYOUT_H

#include "envelope/member.h"

#define SG_GROUP_MEMBERS 16384
#define SG_INDEX_ENTRY_BYTES 3
#define SG_GROUPS_MAX 8000 /* some 31 TiB of content */
#define SG_CONTENT_MAX ((uint64_t)SG_GROUPS_MAX * SG_GROUP_MEMBERS * SG_MEMBER_BYTES)
#define SG_LAST_MIN_BYTES (8 + 2) /* of data in the last member */

_Static_assert(SG_BODY_MAX < 1 << 8 * SG_INDEX_ENTRY_BYTES, "an entry holds a length");
_Static_assert(SG_GROUP_MEMBERS *SG_INDEX_ENTRY_BYTES < SG_MEMBER_FIELD_MAX - 256, "a group fits");
_Static_assert(SG_GROUPS_MAX * 8 < SG_MEMBER_FIELD_MAX - 1024, "so do the offsets and some zeros");

/* The shortest envelope, without a signature and with one: of nothing. */
#define SG_ENVELOPE_MIN_BYTES 282
#define SG_ENVELOPE_SIGNED_MIN_BYTES 346

/* Pieces of so much content, and indices of so many pieces. */
static inline uint64_t sg_layout_pieces(uint64_t content)
{
    return content ? (content + SG_MEMBER_BYTES - 1) / SG_MEMBER_BYTES : 1;
}

static inline uint64_t sg_layout_groups(uint64_t pieces)
{
    return pieces < 2 ? 0 : (pieces + SG_GROUP_MEMBERS - 1) / SG_GROUP_MEMBERS;
}

/* The number of the member that is the i-th piece, from 0. */
static inline uint64_t sg_layout_number(uint64_t piece)
{
    return piece + piece / SG_GROUP_MEMBERS;
}

/* Data of the last member, without the zeros that complete padding. */
static inline size_t sg_layout_last_bytes(uint64_t groups)
{
    return SG_LAST_MIN_BYTES + (size_t)groups * 8;
}

#endif
