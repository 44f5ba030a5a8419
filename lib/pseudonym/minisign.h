/*
 * minisign - signatures and keys as minisign has them.
 *
 *     untrusted comment: TEXT
 *     base64 of: algorithm (2 bytes), key number (8), signature (64)
 *     trusted comment: TEXT
 *     base64 of: a signature of the signature and the trusted comment (64)
 *
 * We sign the BLAKE2b-512 of the message (algorithm "ED"); older signatures, over the message
 * itself ("Ed"), are checked and never made: making them would sign whatever bytes somebody asks
 * for. The untrusted comment is outside the signature.
 */
#ifndef SG_PSEUDONYM_MINISIGN_H
#define SG_PSEUDONYM_MINISIGN_H

#include "pseudonym/digest.h"

#include <stdbool.h>

/* A trusted comment has at most so many bytes: one line of text. */
#define SG_MINISIGN_COMMENT_MAX_BYTES 8192

/* Appends a signature. comment: the trusted comment, one line. */
SG_CHECKED enum sg_err sg_minisign_sign(struct sg_buffer *out, const struct sg_digest *digest,
                                        const char *comment, const uint8_t seed[static 32],
                                        struct sg_error *err);

/* Which hashes of the message are needed to judge n characters of signature: SG_DIGEST_... */
SG_CHECKED enum sg_err sg_minisign_needs(unsigned *hashes, const char *text, size_t n,
                                         struct sg_error *err);

/*
 * Judges n characters of signature, and appends the trusted comment, which may hold any bytes but a
 * newline. SG_ERR_SIGNATURE when it is malformed; SG_ERR_FORGED with err->what. The number of the
 * key is a hint only, and is not judged.
 */
SG_CHECKED enum sg_err sg_minisign_verify(struct sg_buffer *comment, const struct sg_digest *digest,
                                          const char *text, size_t n, const uint8_t key[static 32],
                                          struct sg_error *err);

/*
 * Appends the secret key file of a seed to a secret buffer, as `minisign -G -W` writes it: without
 * a password, and here with the checksum filled in.
 */
SG_CHECKED enum sg_err sg_minisign_secret(struct sg_buffer *out, const uint8_t seed[static 32],
                                          struct sg_error *err);

#endif
