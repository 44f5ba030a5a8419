/*
 * identity - a secret key, and the text it is kept as.
 *
 *     AGE-SECRET-KEY-1...   32 bytes: an X25519 scalar (age specification, "X25519 recipient type")
 *
 * Text that is not an identity is never repeated in an error.
 */
#ifndef SG_KEY_IDENTITY_H
#define SG_KEY_IDENTITY_H

#include "base/secret.h"

enum sg_key_type {
    SG_KEY_X25519 = 1,
};

#define SG_IDENTITY_BYTES 32

/* Characters of an identity's text with its NUL: enough for every type. */
#define SG_IDENTITY_TEXT_BYTES 80

struct sg_identity {
    enum sg_key_type type;
    uint8_t secret[SG_IDENTITY_BYTES]; /* keep the struct in a struct sg_secret */
};

/* Several identities, in the guarded heap. Start with a zeroed struct. */
struct sg_identities {
    struct sg_secret block;
    size_t count;
};

/* Makes a fresh identity. */
void sg_identity_new(struct sg_identity *id, enum sg_key_type type);

/* Writes an identity as text with a NUL. The text is as secret as the key. */
void sg_identity_text(char out[static SG_IDENTITY_TEXT_BYTES], const struct sg_identity *id);

/* Reads n characters. SG_ERR_IDENTITY, with err->what saying why; *id is wiped then. */
SG_CHECKED enum sg_err sg_identity_parse(struct sg_identity *id, const char *text, size_t n,
                                         struct sg_error *err);

/* Adds a copy of an identity, unless it is there already. */
SG_CHECKED enum sg_err sg_identities_add(struct sg_identities *ids, const struct sg_identity *id,
                                         struct sg_error *err);

/* The i-th identity, i < count. */
const struct sg_identity *sg_identities_at(const struct sg_identities *ids, size_t i);

/* Wipes and releases all; the struct may be used again. */
void sg_identities_free(struct sg_identities *ids);

#endif
