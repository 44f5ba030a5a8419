/*
 * identity - secret keys, and the text they are kept as.
 *
 *     AGE-SECRET-KEY-PQ-1...   32 bytes: the seed of an X-Wing key pair, post-quantum
 *     AGE-SECRET-KEY-1...      32 bytes: an X25519 scalar
 *     an OpenSSH private key   32 bytes: the seed of an Ed25519 key pair (key/ssh.h); or of RSA
 *                              (key/ssh_rsa.h), which is read and never written
 *     AGE-PLUGIN-NAME-1...     its text: what the plugin NAME finds a key by (key/plugin.h)
 *
 * all but the third from the age specifications. Identities live in a struct sg_identities, in the
 * guarded heap; a struct sg_identity is a view of one of them. Text that is not an identity is
 * never repeated in an error.
 */
#ifndef SG_KEY_IDENTITY_H
#define SG_KEY_IDENTITY_H

#include "base/buffer.h"

enum sg_key_type {
    SG_KEY_PQ = 1, /* ML-KEM-768 and X25519 */
    SG_KEY_X25519,
    SG_KEY_SSH_ED25519,     /* also signs, by way of other programs */
    SG_KEY_SSH_RSA,         /* only where libcrypto is */
    SG_KEY_PLUGIN,          /* a recipient that a plugin knows */
    SG_KEY_PLUGIN_IDENTITY, /* an identity that a plugin knows; among recipients, in their place */
    SG_KEY_TAG,             /* P-256: a recipient in hardware, which a plugin opens with */
    SG_KEY_PQ_TAG,          /* the same with ML-KEM-768 */
};

#define SG_IDENTITY_BYTES 32

/* No identity is larger, in bytes. */
#define SG_IDENTITY_MAX_BYTES 8192

/* One identity. The bytes are not owned. */
struct sg_identity {
    enum sg_key_type type;
    const uint8_t *secret; /* SG_IDENTITY_BYTES; or a plugin's text, or an RSA key */
    size_t len;
};

struct sg_plugin_client;

/* Several identities. Begin with sg_identities_init(). */
struct sg_identities {
    struct sg_buffer records;               /* where each stands in the bytes */
    struct sg_buffer bytes;                 /* secret */
    const struct sg_plugin_client *plugins; /* how plugins are run, or NULL; not owned */
};

void sg_identities_init(struct sg_identities *ids);

/* Wipes and releases all; the struct may be used again. */
void sg_identities_free(struct sg_identities *ids);

/* How many there are, and the i-th: a view that holds until the next one is added. */
size_t sg_identities_count(const struct sg_identities *ids);
struct sg_identity sg_identities_at(const struct sg_identities *ids, size_t i);

/* Makes a fresh identity of the type, SG_KEY_PQ or SG_KEY_X25519, and adds it. */
SG_CHECKED enum sg_err sg_identity_new(struct sg_identities *ids, enum sg_key_type type,
                                       struct sg_error *err);

/*
 * Reads n characters, one identity, and adds it unless it is there already. SG_ERR_IDENTITY, with
 * err->what saying why, when they are none.
 */
SG_CHECKED enum sg_err sg_identity_read(struct sg_identities *ids, const char *text, size_t n,
                                        struct sg_error *err);

/* Appends an identity's text, which may be several lines, to a secret buffer, without a last
 * newline.
 */
SG_CHECKED enum sg_err sg_identity_text(struct sg_buffer *out, struct sg_identity id,
                                        struct sg_error *err);

#endif
