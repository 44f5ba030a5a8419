/*
 * keyring - a store's key in the kernel's keyring of the user, for a time.
 *
 * The entry is of type "user" and named signet:store:ID. Every process of this user can read it
 * while it is there; it never touches a disk, and is gone after the time, or when the machine
 * stops. Where the program was built without libkeyutils, or the kernel has no keyring or bars this
 * process from it (as containers often are), each call returns SG_ERR_NO_KEYRING, with errno in
 * err->sys.
 */
#ifndef SG_STORE_KEYRING_H
#define SG_STORE_KEYRING_H

#include "base/error.h"
#include "base/secret.h"

#define SG_KEYRING_KEY_BYTES 32

/* Puts the key there for so many seconds, in the place of one that is there already. */
SG_CHECKED enum sg_err sg_keyring_put(const char *id,
                                      const uint8_t key[static SG_KEYRING_KEY_BYTES],
                                      unsigned seconds, struct sg_error *err);

/* Reads it. SG_ERR_NO_MATCH when there is none; key is zeros unless SG_OK. */
SG_CHECKED enum sg_err sg_keyring_get(uint8_t key[static SG_KEYRING_KEY_BYTES], const char *id,
                                      struct sg_error *err);

/* Removes it. *had: whether there was one. */
SG_CHECKED enum sg_err sg_keyring_clear(const char *id, bool *had, struct sg_error *err);

#endif
