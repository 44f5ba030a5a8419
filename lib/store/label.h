/*
 * label - the file store.id: what version of the format a store is, and which store. Private to the
 * room.
 *
 *     signet-store 1 ID MAC LF     ID: 32 hexadecimal digits; MAC: 64
 *
 * It is read before there is a key, and checked when there is one: the MAC tells whether a key is
 * this store's. signet-formats(5), "SEALED STORE", store.id.
 */
#ifndef SG_STORE_LABEL_H
#define SG_STORE_LABEL_H

#include "store/keys.h"

#include <limits.h>

#define SG_LABEL_MAC_BYTES 32
#define SG_LABEL_ID_CHARS ((size_t)2 * SG_STORE_ID_BYTES)

struct sg_label {
    uint8_t id[SG_STORE_ID_BYTES];
    char text[SG_LABEL_ID_CHARS + 1]; /* the id in hex */
    uint8_t mac[SG_LABEL_MAC_BYTES];
};

/* Fills the text from the id. */
void sg_label_name(struct sg_label *l);

/*
 * Reads the file. SG_ERR_NO_STORE when there is none; SG_ERR_VERSION for that of another version,
 * SG_ERR_STORE for anything else, SG_ERR_IO.
 */
SG_CHECKED enum sg_err sg_label_read(struct sg_label *l, const char *path, struct sg_error *err);

/* Writes the file for a store with these keys. Errors as sg_sink_file(). */
SG_CHECKED enum sg_err sg_label_write(struct sg_label *l, const char *path,
                                      const struct sg_store_keys *keys, struct sg_error *err);

/* Whether the keys are those of the store with this label. */
SG_CHECKED bool sg_label_fits(const struct sg_label *l, const struct sg_store_keys *keys);

#endif
