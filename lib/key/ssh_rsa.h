/*
 * ssh_rsa - RSA keys as OpenSSH keeps them: what ssh.h is for Ed25519. Private to the library.
 *
 * A recipient's bytes are the public key on the wire (RFC 4253, section 6.6): its type, the
 * exponent and the modulus. An identity's are that, after its length, and the private exponent,
 * after its length. Both need libcrypto: without it they are keys of a type that is not supported.
 */
#ifndef SG_KEY_SSH_RSA_H
#define SG_KEY_SSH_RSA_H

#include "crypto/rsa.h"
#include "key/recipient.h"
#include "key/ssh_wire.h"

#define SG_SSH_RSA_TYPE "ssh-rsa"

/* No key on the wire is larger: two numbers, each with a byte for its sign. */
#define SG_SSH_RSA_WIRE_MAX_BYTES (4 + 7 + 2 * (4 + 1 + SG_RSA_MAX_BYTES))

/* The key that a recipient's bytes stand for; it points into them. NULL, or what is wrong. */
const char *sg_ssh_rsa_public(struct sg_rsa_key *key, const uint8_t *wire, size_t n);

/*
 * The key that an identity's bytes stand for, and its public half on the wire: both point into
 * them. For bytes that sg_ssh_rsa_read() has made.
 */
void sg_ssh_rsa_secret(struct sg_rsa_key *key, struct sg_ssh_bytes *public, struct sg_identity id);

/* Reads n characters after the type and adds the key. Errors as sg_ssh_recipient_read(). */
SG_CHECKED enum sg_err sg_ssh_rsa_recipient_read(struct sg_recipients *all, const char *text,
                                                 size_t n, struct sg_error *err);

/* Appends "ssh-rsa AAAA...". */
SG_CHECKED enum sg_err sg_ssh_rsa_line(struct sg_buffer *out, struct sg_recipient to,
                                       struct sg_error *err);

/*
 * Reads the secret part of a private key file from behind its type on, and adds the key, whose
 * public half on the wire is said to be `public`. `rest` judges what follows the key. Errors as
 * sg_ssh_identity_read().
 */
SG_CHECKED enum sg_err sg_ssh_rsa_read(struct sg_identities *ids, struct sg_ssh_bytes w,
                                       const struct sg_ssh_bytes *public,
                                       enum sg_err (*rest)(struct sg_ssh_bytes, struct sg_error *),
                                       struct sg_error *err);

#endif
