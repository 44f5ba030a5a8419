/*
 * build - the header for those a file is sealed to: what sealing and rewrapping have in common.
 * Private to the room.
 */
#ifndef SG_SEALED_BUILD_H
#define SG_SEALED_BUILD_H

#include "sealed/sealed.h"

/*
 * Builds the whole header for a file key, which is secret. Errors as sg_seal(), but those of source
 * and sink.
 */
SG_CHECKED enum sg_err sg_header_build(struct sg_header *h, const struct sg_seal *how,
                                       const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                       struct sg_error *err);

/* The binding of a file with this key and header. */
void sg_binding_derive(struct sg_sealed_binding *binding,
                       const uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h);

#endif
