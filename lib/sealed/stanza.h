/*
 * stanza - the recipient stanzas this program knows: how each wraps the file key, and how it is
 * unwrapped.
 *
 *     mlkem768x25519    age specification, "mlkem768x25519 recipient stanza": HPKE with X-Wing
 *     X25519            age specification, "X25519 recipient stanza"
 *     ssh-ed25519       as age does it; signet-formats(5): X25519 with an SSH key
 *     ssh-rsa           as age does it; signet-formats(5): RSA-OAEP with an SSH key
 *     p256tag           age specification, "The tagged recipient types": HPKE with P-256; written
 *     mlkem768p256tag   alone, and opened by the plugins that keep such keys
 *     scrypt            age specification, "scrypt recipient stanza"
 *     signet/argon2id   signet-formats(5): Argon2id in scrypt's place
 *
 * Stanzas of plugins (key/plugin.h) are passed on as they are.
 *
 * In all of ours but ssh-rsa the body is the file key and a tag, 32 bytes; each wrap key seals that
 * one message.
 */
#ifndef SG_SEALED_STANZA_H
#define SG_SEALED_STANZA_H

#include "key/recipient.h"
#include "sealed/header.h"

#define SG_PASSWORD_MAX_BYTES 1024

enum sg_kdf {
    SG_KDF_ARGON2ID,
    SG_KDF_SCRYPT,
};

/* A password, and what making a key from it should cost. */
struct sg_password {
    const uint8_t *bytes; /* secret; not owned */
    size_t len;           /* 1 to SG_PASSWORD_MAX_BYTES */
};

/*
 * Cost is counted by its memory: 2^work KiB, which for scrypt is its work factor (r = 8, p = 1),
 * and for Argon2id the memory of its 3 passes in 4 lanes.
 */
#define SG_WORK_DEFAULT 18U
#define SG_WORK_MIN 5U
#define SG_WORK_MAX 28U

/*
 * The most that is spent on a password stanza somebody else made: 2^work KiB of memory, and sixteen
 * times as many KiB-passes, about a minute at the default.
 */
#define SG_MAX_WORK_DEFAULT 22U

/* Checks the number and size of a known stanza's parts. SG_ERR_HEADER says what is wrong. */
SG_CHECKED enum sg_err sg_stanza_check(const struct sg_header *h, const struct sg_stanza *s,
                                       struct sg_error *err);

/* Checks that a password stanza stands alone. SG_ERR_HEADER when it does not. */
SG_CHECKED enum sg_err sg_stanzas_check_mix(const struct sg_header *h, struct sg_error *err);

/* Whether the file opens with a password (then with nothing else). */
bool sg_stanzas_have_password(const struct sg_header *h);

/* Adds a stanza that wraps the file key to a recipient; SG_ERR_RECIPIENT for one of low order. */
SG_CHECKED enum sg_err sg_stanza_wrap_key(struct sg_header *h, struct sg_recipient to,
                                          const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                          struct sg_error *err);

/* Adds a stanza that wraps the file key with a password; work from SG_WORK_MIN to SG_WORK_MAX. */
SG_CHECKED enum sg_err sg_stanza_wrap_password(struct sg_header *h,
                                               const struct sg_password *password, enum sg_kdf kdf,
                                               unsigned work,
                                               const uint8_t file_key[static SG_FILE_KEY_BYTES],
                                               struct sg_error *err);

/*
 * Finds the file key. SG_ERR_NO_MATCH when no stanza is for any of the identities; SG_ERR_HEADER
 * for a share of low order; SG_ERR_PLUGIN or SG_ERR_NO_PLUGIN when a plugin fails, which are asked
 * last. file_key is zeros unless SG_OK.
 */
SG_CHECKED enum sg_err sg_stanzas_unwrap_key(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                             const struct sg_header *h,
                                             const struct sg_identities *ids, struct sg_error *err);

/*
 * The same with a password. SG_ERR_WRONG_PASSWORD; SG_ERR_WORK, with the cost in err->value and
 * err->limit (log2 of KiB) when it is more than max_work allows.
 */
SG_CHECKED enum sg_err sg_stanzas_unwrap_password(uint8_t file_key[static SG_FILE_KEY_BYTES],
                                                  const struct sg_header *h,
                                                  const struct sg_password *password,
                                                  unsigned max_work, struct sg_error *err);

#endif
