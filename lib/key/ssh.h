/*
 * ssh - Ed25519 keys as OpenSSH keeps them. Private to the library.
 *
 *     public     a line "ssh-ed25519 AAAA... comment" (RFC 8709), as in id_ed25519.pub and in
 *                authorized_keys, where options may stand before it
 *     private    a file from "-----BEGIN OPENSSH PRIVATE KEY-----" on, with one key in it and no
 *                passphrase (OpenSSH's PROTOCOL.key); or from "-----BEGIN PRIVATE KEY-----" on,
 *                PKCS #8 (RFC 8410, section 7), as openssl writes it
 *
 * Keys of other types, and files in other formats, are told apart so that an error can say what was
 * found; a passphrase is not asked for, because its bcrypt-pbkdf is in no library this one uses.
 */
#ifndef SG_KEY_SSH_H
#define SG_KEY_SSH_H

#include "key/recipient.h"

#define SG_SSH_TYPE "ssh-ed25519"
#define SG_SSH_PUBLIC_BYTES 32

/* A public key on the wire: its type and the key, each after its length in four bytes. */
#define SG_SSH_WIRE_BYTES (4 + (sizeof SG_SSH_TYPE - 1) + 4 + SG_SSH_PUBLIC_BYTES)

/* Characters of "ssh-ed25519 AAAA...", without a NUL. */
#define SG_SSH_LINE_CHARS (sizeof SG_SSH_TYPE + (SG_SSH_WIRE_BYTES + 2) / 3 * 4)

/* Writes a public key as it is on the wire. */
void sg_ssh_wire(uint8_t out[static SG_SSH_WIRE_BYTES],
                 const uint8_t public[static SG_SSH_PUBLIC_BYTES]);

/* Writes "ssh-ed25519 AAAA..." and a NUL. */
void sg_ssh_line(char out[static SG_SSH_LINE_CHARS + 1],
                 const uint8_t public[static SG_SSH_PUBLIC_BYTES]);

/*
 * Reads n characters, a public key and perhaps a comment, and adds the key. SG_ERR_RECIPIENT with
 * err->what when it is none, or of another type.
 */
SG_CHECKED enum sg_err sg_ssh_recipient_read(struct sg_recipients *all, const char *text, size_t n,
                                             struct sg_error *err);

/*
 * Whether n characters are the public key of a type that is not ours, as far as can be told without
 * knowing the type: its name, and base64 of bytes that begin with the same name.
 */
bool sg_ssh_is_other(const char *text, size_t n);

/*
 * Characters of the options, and the white space after them, that stand before a public key in a
 * line of authorized_keys (sshd(8)); 0 when there is no public key after them.
 */
size_t sg_ssh_options(const char *line, size_t n);

/*
 * Reads n characters, the whole of a private key file, and adds its key. SG_ERR_IDENTITY with
 * err->what when it is damaged, of another type, or has a passphrase. The text is secret.
 */
SG_CHECKED enum sg_err sg_ssh_identity_read(struct sg_identities *ids, const char *text, size_t n,
                                            struct sg_error *err);

/*
 * Appends the private key file of a seed to a secret buffer, as ssh-keygen writes it but without
 * its last newline; comment: one line of text.
 */
SG_CHECKED enum sg_err sg_ssh_identity_text(struct sg_buffer *out,
                                            const uint8_t seed[static SG_IDENTITY_BYTES],
                                            const char *comment, struct sg_error *err);

#endif
