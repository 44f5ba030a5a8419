/*
 * file - key files: text, a key a line; empty lines and lines that begin with "#" say nothing.
 * White space round a key is passed over, and so are the options before an SSH public key, as in
 * authorized_keys. An SSH private key is a file of its own.
 */
#ifndef SG_KEY_FILE_H
#define SG_KEY_FILE_H

#include "base/buffer.h"
#include "key/recipient.h"

/* Neither kind of file may be larger, in bytes. */
#define SG_KEY_FILE_MAX_BYTES (1U << 20)

/*
 * Adds the keys in n bytes of text. SG_ERR_NO_KEYS when there is none; SG_ERR_RECIPIENT or
 * SG_ERR_IDENTITY for a line that is no key, with err->line (and err->column, counted in the line).
 * Keys of lines before it have then been added. all->passed_over may spare SSH keys of other types.
 */
SG_CHECKED enum sg_err sg_recipients_parse(struct sg_recipients *all, const char *text, size_t n,
                                           struct sg_error *err);
SG_CHECKED enum sg_err sg_identities_parse(struct sg_identities *ids, const char *text, size_t n,
                                           struct sg_error *err);

/*
 * Appends an identity file for id to `out` (a secret buffer), as age-keygen lays it out: the time
 * `created` (seconds since 1970), the recipient, the secret line. For an SSH key, as ssh-keygen
 * does: the time is not in it, but `comment` is, one line of text or NULL; only there.
 */
SG_CHECKED enum sg_err sg_identity_file(struct sg_buffer *out, struct sg_identity id,
                                        int64_t created, const char *comment, struct sg_error *err);

#endif
