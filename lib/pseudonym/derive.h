/*
 * derive - the keys of a pseudonym: a pure function of a root and a name.
 *
 *     prk  = HKDF-SHA-512-Extract(salt "signet/pseudonym/v1", root)
 *     key  = HKDF-SHA-512-Expand(prk, "signet/pseudonym/v1/" PURPOSE 0x00 NAME, 32 bytes)
 *
 * with a PURPOSE for each key, so that none tells anything of another, and neither do the keys of
 * two names. Format: signet-formats(5), "PSEUDONYMS".
 */
#ifndef SG_PSEUDONYM_DERIVE_H
#define SG_PSEUDONYM_DERIVE_H

#include "pseudonym/name.h"
#include "pseudonym/root.h"

#define SG_PSEUDONYM_KEY_BYTES 32

enum sg_pseudonym_key {
    SG_PSEUDONYM_SIGN,   /* "sign": the seed of the Ed25519 key that it is known by */
    SG_PSEUDONYM_PQ,     /* "pq": the seed of an X-Wing key pair, for sealing to it */
    SG_PSEUDONYM_X25519, /* "x25519": an X25519 scalar, for sealing by older programs */
    SG_PSEUDONYM_ONION,  /* "onion": the seed of the Ed25519 key of an onion service */
    SG_PSEUDONYM_TOKEN,  /* "token": the seed of the key that it issues tokens with */
    SG_PSEUDONYM_KEYS
};

/*
 * The secret key of a name for one purpose; the caller wipes it. SG_ERR_NAME as
 * sg_pseudonym_name_check(); the key is zeros then.
 */
SG_CHECKED enum sg_err sg_pseudonym_derive(uint8_t key[static SG_PSEUDONYM_KEY_BYTES],
                                           const uint8_t root[static SG_ROOT_BYTES],
                                           const char *name, enum sg_pseudonym_key purpose,
                                           struct sg_error *err);

#endif
