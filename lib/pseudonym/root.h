/*
 * root - the 32 random bytes that all pseudonyms of a person come from, and the file that they may
 * be kept in.
 *
 *     # a root of pseudonyms: whoever has it is all of them, so keep it secret, and keep a copy
 *     SIGNET-ROOT-1...
 *
 * Text like an identity file: bech32 in upper case, prefix "signet-root-", 32 bytes. Empty lines
 * and lines that begin with "#" say nothing. A file has one root and nothing else.
 */
#ifndef SG_PSEUDONYM_ROOT_H
#define SG_PSEUDONYM_ROOT_H

#include "base/buffer.h"

#include <stdbool.h>

#define SG_ROOT_BYTES 32
#define SG_ROOT_PREFIX "signet-root-"

/* A fresh root: secret, the caller's to wipe. */
void sg_root_new(uint8_t root[static SG_ROOT_BYTES]);

/* Whether n characters begin as the line of a root does, whatever their case. */
bool sg_root_is_text(const char *text, size_t n);

/* Appends the file of a root to a secret buffer. */
SG_CHECKED enum sg_err sg_root_file(struct sg_buffer *out, const uint8_t root[static SG_ROOT_BYTES],
                                    struct sg_error *err);

/*
 * Reads the n bytes of such a file. SG_ERR_ROOT with err->what, and err->line where one line is at
 * fault; the root is wiped then.
 */
SG_CHECKED enum sg_err sg_root_parse(uint8_t root[static SG_ROOT_BYTES], const char *text, size_t n,
                                     struct sg_error *err);

#endif
