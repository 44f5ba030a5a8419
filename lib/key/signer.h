/*
 * signer - the public keys of those who sign, and the files that OpenSSH keeps such keys in.
 *
 *     ssh-ed25519 AAAA... comment                       a public key, as in id_ed25519.pub
 *     OPTIONS ssh-ed25519 AAAA... comment               authorized_keys (sshd(8))
 *     PRINCIPALS [OPTIONS] ssh-ed25519 AAAA... comment  allowed_signers (ssh-keygen(1))
 *
 * Signers live in a struct sg_recipients: each is a key of type SG_KEY_SSH_ED25519.
 *
 * A file names those who are trusted, so a key that it holds for something else must not be taken
 * for one: keys of other types, of certificate authorities, and those for other namespaces only are
 * passed over. What would need the time to be judged is refused.
 */
#ifndef SG_KEY_SIGNER_H
#define SG_KEY_SIGNER_H

#include "key/recipient.h"

#define SG_SIGNER_BYTES 32

/* The namespace that keys in allowed_signers are for, where they are for some only. */
#define SG_SIGNER_NAMESPACE "signet"

/* Characters of a signer's text, "ssh-ed25519 AAAA... (SHA256:...)", with its NUL. */
#define SG_SIGNER_TEXT_BYTES 160

/* Whether n characters begin as the text of an SSH public key does: else they may name a file. */
bool sg_signer_is_text(const char *text, size_t n);

/* Adds the signer of one line without options. SG_ERR_NO_SIGNER with err->what. */
SG_CHECKED enum sg_err sg_signer_read(struct sg_recipients *all, const char *text, size_t n,
                                      struct sg_error *err);

/*
 * Adds the signers in n bytes of a file. SG_ERR_NO_SIGNER with err->line for a line that is none of
 * the above or cannot be judged; SG_ERR_NO_KEYS when there is no signer.
 */
SG_CHECKED enum sg_err sg_signers_parse(struct sg_recipients *all, const char *text, size_t n,
                                        struct sg_error *err);

/* The key and its fingerprint, as ssh-keygen -l has it, for people. */
void sg_signer_text(char out[static SG_SIGNER_TEXT_BYTES],
                    const uint8_t key[static SG_SIGNER_BYTES]);

#endif
