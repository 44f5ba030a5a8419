/*
 * exposure - what anyone holding a sealed file learns from it, and what they do not, in sentences
 * that are true of that file.
 */
#ifndef OPEN_EXPOSURE_H
#define OPEN_EXPOSURE_H

#include "sealed/inspect.h"

#define EXPOSURE_MAX 16
#define EXPOSURE_TEXT_BYTES 400

struct exposed {
    const char *id; /* a word that stays the same when the sentence does not */
    bool learned;
    char text[EXPOSURE_TEXT_BYTES];
};

struct exposure {
    struct exposed list[EXPOSURE_MAX]; /* first what is learned */
    size_t count;
};

void exposure_of(struct exposure *e, const struct sg_inspection *found);

/*
 * What seal may have put round the content before it was sealed, as the length lets show: unknown,
 * or not; a key alone tells that it is.
 */
struct exposed_inside {
    enum sg_answer compressed, padded, is_signed;
};

struct exposed_inside exposed_inside(const struct sg_inspection *found);

/* "256 MiB": the memory of a guess at a password, 2^work KiB. */
#define MEMORY_TEXT_BYTES 24
void memory_text(char out[static MEMORY_TEXT_BYTES], uint32_t work);

#endif
