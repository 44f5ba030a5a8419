/*
 * wrap - how each type of stanza wraps the file key, a file a type: what stanza.c chooses from.
 * Private to the room.
 *
 * For a type T: sg_check_T() looks at the number and size of a stanza's parts; sg_wrap_T() adds a
 * stanza; sg_unwrap_T() tries one and returns whether it opened. When *r is not SG_OK afterwards,
 * the header is malformed in a way that only an identity can see, and nothing more is to be tried.
 */
#ifndef SG_SEALED_WRAP_H
#define SG_SEALED_WRAP_H

#include "crypto/aead.h"
#include "sealed/stanza.h"

#define SG_X25519_TYPE "X25519"
#define SG_SSH_STANZA_TYPE "ssh-ed25519"
#define SG_SSH_RSA_STANZA_TYPE "ssh-rsa"
#define SG_PQ_TYPE "mlkem768x25519"
#define SG_TAG_TYPE "p256tag"
#define SG_PQ_TAG_TYPE "mlkem768p256tag"
#define SG_SCRYPT_TYPE "scrypt"
#define SG_ARGON2ID_TYPE "signet/argon2id"

/* The label of recipients that a quantum computer does not break; those without one have none. */
#define SG_LABEL_PQ "postquantum"

/* The body of every type here: the file key and a tag. */
#define SG_WRAP_BODY_BYTES (SG_FILE_KEY_BYTES + SG_AEAD_TAG_BYTES)

/* One message is sealed with each wrap key, so its nonce may be zero. */
static const uint8_t SG_WRAP_NONCE[SG_AEAD_NONCE_BYTES];

SG_CHECKED enum sg_err sg_check_x25519(const struct sg_header *h, const struct sg_stanza *s,
                                       struct sg_error *err);
SG_CHECKED enum sg_err sg_wrap_x25519(struct sg_header *h, const uint8_t *recipient,
                                      const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                      struct sg_error *err);
SG_CHECKED bool sg_unwrap_x25519(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                 const struct sg_header *h, const struct sg_stanza *s,
                                 struct sg_identity id, enum sg_err *r, struct sg_error *err);

SG_CHECKED enum sg_err sg_check_ssh(const struct sg_header *h, const struct sg_stanza *s,
                                    struct sg_error *err);
SG_CHECKED enum sg_err sg_wrap_ssh(struct sg_header *h, const uint8_t *recipient,
                                   const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                   struct sg_error *err);
SG_CHECKED bool sg_unwrap_ssh(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                              const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                              struct sg_error *err);

/* Its body is as long as the key, and so looked at only with the key. */
SG_CHECKED enum sg_err sg_wrap_ssh_rsa(struct sg_header *h, struct sg_recipient to,
                                       const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                       struct sg_error *err);
SG_CHECKED bool sg_unwrap_ssh_rsa(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                  const struct sg_header *h, const struct sg_stanza *s,
                                  struct sg_identity id, enum sg_err *r, struct sg_error *err);

SG_CHECKED enum sg_err sg_check_pq(const struct sg_header *h, const struct sg_stanza *s,
                                   struct sg_error *err);
SG_CHECKED enum sg_err sg_wrap_pq(struct sg_header *h, const uint8_t *recipient,
                                  const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                  struct sg_error *err);
SG_CHECKED bool sg_unwrap_pq(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                             const struct sg_stanza *s, struct sg_identity id, enum sg_err *r,
                             struct sg_error *err);

/* Of these no identity is known here, so there is nothing to check and to unwrap. */
SG_CHECKED enum sg_err sg_wrap_tag(struct sg_header *h, const uint8_t *recipient,
                                   const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                   struct sg_error *err);
SG_CHECKED enum sg_err sg_wrap_pq_tag(struct sg_header *h, const uint8_t *recipient,
                                      const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                      struct sg_error *err);

SG_CHECKED enum sg_err sg_check_scrypt(const struct sg_header *h, const struct sg_stanza *s,
                                       struct sg_error *err);
SG_CHECKED enum sg_err sg_check_argon2id(const struct sg_header *h, const struct sg_stanza *s,
                                         struct sg_error *err);

/* What one guess at the password of a stanza costs. */
struct sg_password_cost {
    enum sg_kdf kdf;
    uint32_t passes; /* over the memory; 1 for scrypt */
    uint32_t work;   /* the memory is 2^work KiB; not bounded, up to nine digits */
    uint32_t lanes;  /* 1 for scrypt */
};

/* Reads the cost of a password stanza. Errors as sg_check_scrypt() and sg_check_argon2id(). */
SG_CHECKED enum sg_err sg_password_cost(struct sg_password_cost *cost, const struct sg_header *h,
                                        const struct sg_stanza *s, struct sg_error *err);

/*
 * Stanzas of plugins. Wrapping runs each plugin once, for all of its recipients in the list, and
 * adds what it makes; SG_ERR_MIXED when the labels of recipients differ, else as sg_plugin_wrap().
 * Unwrapping runs each that has an identity until one finds the key; SG_ERR_NO_MATCH, or the first
 * failure of a plugin.
 */
SG_CHECKED enum sg_err sg_wrap_plugins(struct sg_header *h, const struct sg_recipients *all,
                                       const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                       struct sg_error *err);
SG_CHECKED enum sg_err sg_unwrap_plugins(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                         const struct sg_header *h, const struct sg_identities *ids,
                                         struct sg_error *err);

#endif
