/*
 * order - whether the members of an envelope follow each other as the layout has it, judged as they
 * come, by what their heads say. Private to the room.
 */
#ifndef SG_ENVELOPE_ORDER_H
#define SG_ENVELOPE_ORDER_H

#include "base/buffer.h"
#include "envelope/layout.h"

struct sg_order {
    struct sg_member_keys keys; /* those of the first member; no seed */
    uint64_t number;            /* of the next member */
    uint64_t pieces;            /* of content so far */
    uint64_t at;                /* bytes of all members so far */
    bool padded, ended;
    struct sg_buffer lengths, offsets; /* as an index, and the last member, must have them */
};

/* Starts with no member. Release with sg_order_free(). */
void sg_order_init(struct sg_order *o);
void sg_order_free(struct sg_order *o);

/*
 * Takes the next member, whose head has head_len bytes and whose number is the next one. *what is
 * NULL, or says why it does not belong there. SG_ERR_MEMORY.
 */
SG_CHECKED enum sg_err sg_order_take(struct sg_order *o, const char **what,
                                     const struct sg_member *m, size_t head_len,
                                     struct sg_error *err);

/* Whether a member is signed, and bound, as others are. NULL, or what is wrong. */
const char *sg_order_same(const struct sg_member_keys *keys, const struct sg_member *m);

#endif
