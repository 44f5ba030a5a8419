/*
 * signature - a detached signature of whatever kind: told apart, and judged by those that we check.
 */
#ifndef SG_PSEUDONYM_SIGNATURE_H
#define SG_PSEUDONYM_SIGNATURE_H

#include "pseudonym/digest.h"

/* No file with a signature is larger, in bytes: a ring signature over 16384 keys has 725,000. */
#define SG_SIGNATURE_MAX_BYTES (1U << 20)

enum sg_signature {
    SG_SIGNATURE_SSH,
    SG_SIGNATURE_MINISIGN,
    SG_SIGNATURE_RING,
    SG_SIGNATURE_OTHER
};

/*
 * What n characters are. *what: static text that names it, "a PGP signature", when it is none of
 * ours.
 */
enum sg_signature sg_signature_kind(const char **what, const char *text, size_t n);

/* Which hashes of the message are needed: SG_DIGEST_... SG_ERR_SIGNATURE with err->what. */
SG_CHECKED enum sg_err sg_signature_needs(unsigned *hashes, const char *text, size_t n,
                                          struct sg_error *err);

/*
 * Judges n characters of signature by one key, SSHSIG or minisign. comment: appended to with
 * minisign's trusted comment. Errors as sg_sshsig_verify() and sg_minisign_verify().
 */
SG_CHECKED enum sg_err sg_signature_verify(struct sg_buffer *comment,
                                           const struct sg_digest *digest, const char *text,
                                           size_t n, const char *namespace,
                                           const uint8_t key[static 32], struct sg_error *err);

#endif
