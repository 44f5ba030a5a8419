/*
 * recipient - a public key that files are sealed to, and the text it is given as.
 *
 *     age1...   32 bytes: an X25519 point (age specification, "X25519 recipient type")
 */
#ifndef SG_KEY_RECIPIENT_H
#define SG_KEY_RECIPIENT_H

#include "key/identity.h"

#define SG_RECIPIENT_BYTES 32

/* Characters of a recipient's text with its NUL: enough for every type. */
#define SG_RECIPIENT_TEXT_BYTES 72

struct sg_recipient {
    enum sg_key_type type;
    uint8_t key[SG_RECIPIENT_BYTES]; /* public */
};

/* Several recipients on the heap. Start with a zeroed struct. */
struct sg_recipients {
    struct sg_recipient *list;
    size_t count, room;
};

/* The recipient that an identity opens for. */
void sg_recipient_of(struct sg_recipient *to, const struct sg_identity *id);

/* Writes a recipient as text with a NUL. */
void sg_recipient_text(char out[static SG_RECIPIENT_TEXT_BYTES], const struct sg_recipient *to);

/*
 * Reads n characters. SG_ERR_RECIPIENT, with err->what saying why and err->column, when it can be
 * told, which character is wrong.
 */
SG_CHECKED enum sg_err sg_recipient_parse(struct sg_recipient *to, const char *text, size_t n,
                                          struct sg_error *err);

/* Adds a recipient, unless it is there already. */
SG_CHECKED enum sg_err sg_recipients_add(struct sg_recipients *all, const struct sg_recipient *to,
                                         struct sg_error *err);

void sg_recipients_free(struct sg_recipients *all);

#endif
