/*
 * view - parts of a payload, without reading the rest of it.
 *
 * The last chunk is opened first, as the age specification asks ("Payload"), so that a file cut
 * short between two chunks does not pass for one that ends there. Then a chunk is read when a part
 * of it is wanted, and handed on once its tag has been checked.
 */
#ifndef SG_SEALED_VIEW_H
#define SG_SEALED_VIEW_H

#include "io/view.h"
#include "sealed/sealed.h"

struct sg_payload_view {
    struct sg_view view; /* the content: read it here */
    struct sg_sealed *file;
    uint64_t start; /* where the chunks begin in the file */
    uint64_t bytes; /* of all chunks with their tags */
    uint64_t chunks;
    struct sg_secret memory; /* key, and chunks as they were read last */
};

/* Whether the file can be read at any place: a regular one, and not in armor. */
bool sg_sealed_can_view(const struct sg_sealed *f);

/*
 * Starts a view of an unlocked file that sg_sealed_can_view(), instead of sg_sealed_open(). The
 * struct must not move while in use. Errors as sg_payload_open().
 */
SG_CHECKED enum sg_err sg_sealed_view(struct sg_payload_view *v, struct sg_sealed *f,
                                      struct sg_error *err);

/* Safe on a zeroed struct, and twice. */
void sg_sealed_view_close(struct sg_payload_view *v);

#endif
