/*
 * base58 - base58btc, as multibase and did:key use it. For public bytes; private to the room.
 */
#ifndef SG_PSEUDONYM_BASE58_H
#define SG_PSEUDONYM_BASE58_H

#include "base/error.h"

#include <stdbool.h>

/* More than enough characters for n bytes, and bytes that are ever encoded. */
#define SG_BASE58_CHARS(n) ((n)*138 / 100 + 1)
#define SG_BASE58_MAX_BYTES 64

/* Writes n bytes (SG_BASE58_MAX_BYTES at most) as text with a NUL; returns its length. */
size_t sg_base58_encode(char *out, const uint8_t *in, size_t n);

/* Reads n characters that stand for exactly `size` bytes. False, and out zeros, otherwise. */
SG_CHECKED bool sg_base58_decode(uint8_t *out, size_t size, const char *in, size_t n);

#endif
