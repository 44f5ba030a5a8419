/*
 * name_table - what Unicode says of characters, as far as names need it: ranges, both ends
 * included, in rising order. Private to the room.
 */
#ifndef SG_PSEUDONYM_NAME_TABLE_H
#define SG_PSEUDONYM_NAME_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct sg_pseudonym_name_range {
    uint32_t first, last;
};

extern const struct sg_pseudonym_name_range sg_pseudonym_name_unstable[], sg_pseudonym_name_marks[],
    sg_pseudonym_name_hidden[];
extern const size_t sg_pseudonym_name_unstable_count, sg_pseudonym_name_marks_count,
    sg_pseudonym_name_hidden_count;

#endif
