/*
 * recipient - public keys that files are sealed to, and the text they are given as.
 *
 *     age1pq1...   1216 bytes: an X-Wing public key, post-quantum
 *     age1...      32 bytes: an X25519 point
 *     ssh-ed25519 AAAA...   32 bytes: an Ed25519 point (key/ssh.h)
 *     ssh-rsa AAAA...       the public key on the wire (key/ssh_rsa.h)
 *     age1tag1...    33 bytes: a P-256 point, compressed; the key is kept in hardware
 *     age1tagpq1...  1249 bytes: an ML-KEM-768 key and a P-256 point, not compressed; the same
 *     age1NAME1...   its text: what the plugin NAME makes of it (key/plugin.h)
 *
 * all but SSH's from the age specifications. Where libcrypto is missing, those in hardware are
 * recipients of the plugins "tag" and "tagpq", as the specification allows. Recipients live in a
 * struct sg_recipients; a struct sg_recipient is a view of one of them.
 */
#ifndef SG_KEY_RECIPIENT_H
#define SG_KEY_RECIPIENT_H

#include "key/identity.h"

#define SG_RECIPIENT_X25519_BYTES 32
#define SG_RECIPIENT_PQ_BYTES 1216
#define SG_RECIPIENT_TAG_BYTES 33
#define SG_RECIPIENT_PQ_TAG_BYTES 1249

/* No recipient's text is longer, in characters. */
#define SG_RECIPIENT_MAX_CHARS 8192

/* Characters of a short form with its NUL: "age1pq1xyz...abc (SHA256:...)". */
#define SG_RECIPIENT_SHORT_BYTES 96

/* One recipient. The bytes are not owned. */
struct sg_recipient {
    enum sg_key_type type;
    const uint8_t *key;
    size_t len;
};

/* Several recipients. Begin with sg_recipients_init(). */
struct sg_recipients {
    struct sg_buffer records;
    struct sg_buffer bytes; /* secret: the identity of a plugin may stand in for its recipient */
    const struct sg_plugin_client *plugins; /* how plugins are run, or NULL; not owned */

    /*
     * Told of each SSH key in a file that is of a type which cannot be sealed to; `what` is a
     * sentence about it. The key is passed over then. NULL, as at first: it is an error.
     */
    void (*passed_over)(const char *file, uint64_t line, const char *what);
};

void sg_recipients_init(struct sg_recipients *all);
void sg_recipients_free(struct sg_recipients *all);

/* How many there are, and the i-th: a view that holds until the next one is added. */
size_t sg_recipients_count(const struct sg_recipients *all);
struct sg_recipient sg_recipients_at(const struct sg_recipients *all, size_t i);

/* Adds the recipient that an identity opens for, unless it is there already. */
SG_CHECKED enum sg_err sg_recipient_of(struct sg_recipients *all, struct sg_identity id,
                                       struct sg_error *err);

/*
 * Reads n characters, one recipient, and adds it unless it is there already. SG_ERR_RECIPIENT, with
 * err->what saying why and err->column, when it can be told, which character is wrong.
 */
SG_CHECKED enum sg_err sg_recipient_read(struct sg_recipients *all, const char *text, size_t n,
                                         struct sg_error *err);

/* Appends a recipient's text, without a newline. SG_ERR_PLUGIN_PUBLIC for a plugin's identity. */
SG_CHECKED enum sg_err sg_recipient_text(struct sg_buffer *out, struct sg_recipient to,
                                         struct sg_error *err);

/*
 * A text for people, with a NUL: the whole recipient when it is short; else its two ends and the
 * SHA-256 of its text, by which two people can compare it; of an SSH key, its own fingerprint.
 */
SG_CHECKED enum sg_err sg_recipient_short(char out[static SG_RECIPIENT_SHORT_BYTES],
                                          struct sg_recipient to, struct sg_error *err);

#endif
