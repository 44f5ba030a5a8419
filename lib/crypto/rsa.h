/*
 * rsa - RSAES-OAEP with SHA-256 (RFC 8017, section 7.1), by way of libcrypto (OpenSSL 3), which is
 * loaded when it is first needed and may be missing: SG_RSA_MISSING then.
 *
 * Only for SSH keys of this type. While it works, libcrypto keeps secrets in memory of its own,
 * which it wipes but does not lock.
 */
#ifndef SG_CRYPTO_RSA_H
#define SG_CRYPTO_RSA_H

#include "base/error.h"

#include <stdbool.h>

#define SG_RSA_MIN_BITS 2048U
#define SG_RSA_MAX_BYTES ((size_t)2048) /* of a modulus: 16384 bits */

enum sg_rsa {
    SG_RSA_OK = 0,
    SG_RSA_MISSING, /* libcrypto is not there, or not one that can do it */
    SG_RSA_FAILED   /* the key is none, or the message was not made for it */
};

/* A number, its most significant byte first, without leading zeros. Not owned. */
struct sg_rsa_number {
    const uint8_t *p;
    size_t n;
};

struct sg_rsa_key {
    struct sg_rsa_number modulus, exponent;
    struct sg_rsa_number secret; /* the private exponent; empty in a public key */
};

/* Whether libcrypto is there. */
SG_CHECKED bool sg_rsa_available(void);

/*
 * Seals n bytes under a label, which is public, for the owner of a key: out has as many bytes as
 * the modulus. n: at most the modulus less 66.
 */
SG_CHECKED enum sg_rsa sg_rsa_seal(uint8_t *out, const struct sg_rsa_key *key, const char *label,
                                   const uint8_t *in, size_t n);

/*
 * Opens `in`, as long as the modulus, into exactly n bytes at out, which are zeros unless
 * SG_RSA_OK. A message of another length is SG_RSA_FAILED.
 */
SG_CHECKED enum sg_rsa sg_rsa_open(uint8_t *out, size_t n, const struct sg_rsa_key *key,
                                   const char *label, const uint8_t *in);

#endif
