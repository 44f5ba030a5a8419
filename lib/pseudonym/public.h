/*
 * public - the Ed25519 key that a pseudonym is known by, in the forms that others read.
 *
 *     ssh-ed25519 AAAA...            OpenSSH, git, age (key/ssh.h)
 *     untrusted comment: ...         minisign and signify: two lines
 *     RW...
 *     did:key:z6Mk...                W3C did:key: multicodec 0xed01, multibase base58btc
 *     twelve words                   its fingerprint, for two people to compare; it is not read
 *                                    back
 */
#ifndef SG_PSEUDONYM_PUBLIC_H
#define SG_PSEUDONYM_PUBLIC_H

#include "base/buffer.h"

#include <stdbool.h>

#define SG_PUBLIC_BYTES 32
#define SG_PUBLIC_MINISIGN_ID_BYTES 8
#define SG_PUBLIC_FILE_MAX_BYTES 65536

/* Characters of did:key:z6Mk... with its NUL. */
#define SG_PUBLIC_DID_BYTES 64

enum sg_public_form {
    SG_PUBLIC_SSH,
    SG_PUBLIC_MINISIGN,
    SG_PUBLIC_DID,
    SG_PUBLIC_WORDS,
};

/* Appends the text of a key in a form, without a last newline. */
SG_CHECKED enum sg_err sg_public_text(struct sg_buffer *out, enum sg_public_form form,
                                      const uint8_t key[static SG_PUBLIC_BYTES],
                                      struct sg_error *err);

/*
 * Reads n characters: one key in any form but words, and nothing besides (lines that are empty or
 * begin with "#" count for nothing). SG_ERR_PUBLIC with err->what, and err->line in a text of
 * several lines; the key is zeros then.
 */
SG_CHECKED enum sg_err sg_public_read(uint8_t key[static SG_PUBLIC_BYTES], const char *text,
                                      size_t n, struct sg_error *err);

/*
 * Reads one line, and says in static text what is wrong with it; NULL when nothing is. A line may
 * be empty, a comment, or minisign's untrusted comment: *is_key is false then.
 */
SG_CHECKED const char *sg_public_line(uint8_t key[static SG_PUBLIC_BYTES], bool *is_key,
                                      const char *line, size_t n);

/* Whether n characters begin like a key, rather than naming a file. */
bool sg_public_is_text(const char *text, size_t n);

/* "did:key:z6Mk..." with a NUL. */
void sg_public_did(char out[static SG_PUBLIC_DID_BYTES], const uint8_t key[static SG_PUBLIC_BYTES]);

/*
 * The number that minisign's files name a key by. minisign draws it; ours is the beginning of
 * SHA-512("signet/minisign/v1" 0x00 key), so that it tells nothing that the key does not.
 */
void sg_public_minisign_id(uint8_t id[static SG_PUBLIC_MINISIGN_ID_BYTES],
                           const uint8_t key[static SG_PUBLIC_BYTES]);

#endif
