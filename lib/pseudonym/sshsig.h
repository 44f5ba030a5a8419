/*
 * sshsig - signatures as ssh-keygen -Y makes and takes them (OpenSSH's PROTOCOL.sshsig), with
 * Ed25519 keys.
 *
 * What is signed is the message's hash, under a namespace that says what the signature is for. We
 * hash with SHA-512; signatures over SHA-256 are checked too.
 */
#ifndef SG_PSEUDONYM_SSHSIG_H
#define SG_PSEUDONYM_SSHSIG_H

#include "pseudonym/digest.h"

#define SG_SSHSIG_LABEL "SSH SIGNATURE"
#define SG_SSHSIG_NAMESPACE "signet"
#define SG_SSHSIG_NAMESPACE_MAX_BYTES 255

/* Appends the signature of a message of which `digest` has the hashes. */
SG_CHECKED enum sg_err sg_sshsig_sign(struct sg_buffer *out, const struct sg_digest *digest,
                                      const char *namespace, const uint8_t seed[static 32],
                                      struct sg_error *err);

/* Which hashes of the message are needed to judge n characters of signature: SG_DIGEST_... */
SG_CHECKED enum sg_err sg_sshsig_needs(unsigned *hashes, const char *text, size_t n,
                                       struct sg_error *err);

/*
 * Judges n characters of signature. SG_ERR_SIGNATURE when it is malformed, or of another kind of
 * key; SG_ERR_FORGED, with err->what, when it is by another key, for another namespace, or does not
 * fit the message.
 */
SG_CHECKED enum sg_err sg_sshsig_verify(const struct sg_digest *digest, const char *text, size_t n,
                                        const char *namespace, const uint8_t key[static 32],
                                        struct sg_error *err);

#endif
