/*
 * digest - a message as signatures see it: its hashes, made while it streams by.
 */
#ifndef SG_PSEUDONYM_DIGEST_H
#define SG_PSEUDONYM_DIGEST_H

#include "base/buffer.h"
#include "crypto/hash.h"
#include "io/source.h"

#define SG_DIGEST_SHA512 1U  /* SSHSIG, and ring signatures */
#define SG_DIGEST_SHA256 2U  /* SSHSIG of others */
#define SG_DIGEST_BLAKE2B 4U /* minisign */
#define SG_DIGEST_WHOLE 8U   /* minisign's older signatures, which are over the message itself */

/* Messages that must be held as a whole are no larger, in bytes. */
#define SG_DIGEST_WHOLE_MAX_BYTES (64U << 20)

struct sg_digest {
    unsigned has; /* SG_DIGEST_... */
    uint8_t sha512[SG_SHA512_BYTES];
    uint8_t sha256[SG_SHA256_BYTES];
    uint8_t blake2b[64];
    struct sg_buffer whole;
};

/*
 * Reads all of `in` and hashes it as `wanted` says. tick: told the bytes read so far now and then;
 * or NULL. Fails as the source does; SG_ERR_LIMIT. Release with sg_digest_free(), also then.
 */
SG_CHECKED enum sg_err sg_digest_read(struct sg_digest *d, struct sg_source *in, unsigned wanted,
                                      void (*tick)(void *context, uint64_t done), void *context,
                                      struct sg_error *err);

void sg_digest_free(struct sg_digest *d);

#endif
