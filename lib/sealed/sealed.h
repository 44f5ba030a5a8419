/*
 * sealed - the room of sealed files: the age v1 format (https://c2sp.org/age), written and read.
 *
 * A sealed file is a header, which wraps a fresh file key for each recipient or for a password, and
 * a payload, the content in authenticated chunks of 64 KiB. The room's public headers are this one,
 * keyfile.h, view.h and inspect.h.
 *
 * To seal: sg_seal().
 * To open, in this order:
 *     sg_sealed_read()             the header; tells binary from armor, and names strange files
 *     sg_sealed_has_password()     whether a password or an identity is wanted
 *     sg_sealed_unlock_password()  or sg_sealed_unlock(): the file key, and the header's MAC
 *     sg_sealed_open()             the payload, chunk by chunk, each released once authentic
 *         or sg_rewrap()           the same payload under a new header, for others
 *         or sg_sealed_view()      any part of the payload (view.h)
 *     sg_sealed_close()            always
 *
 * What it protects: content against reading and change by whoever lacks a key. What it does not:
 * its length, the number and kinds of recipients, who sealed it (anyone with the recipient can),
 * and, towards one recipient, that another recipient did not make it.
 */
#ifndef SG_SEALED_SEALED_H
#define SG_SEALED_SEALED_H

#include "sealed/armor.h"
#include "sealed/header.h"
#include "sealed/payload.h"
#include "sealed/stanza.h"

/*
 * Bytes that what is inside a file can be bound to it by: derived from the file key, and, for
 * `header`, from the header's MAC, which changes with the recipients. Whoever can open the file
 * knows them, and nobody else.
 */
#define SG_SEALED_BINDING_BYTES 32
struct sg_sealed_binding {
    uint8_t key[SG_SEALED_BINDING_BYTES];
    uint8_t header[SG_SEALED_BINDING_BYTES];
};

/* Whom a file is sealed to: recipients, or a password. */
struct sg_seal {
    const struct sg_recipients *recipients; /* one or more, or NULL */
    const struct sg_password *password;     /* when there are no recipients */
    enum sg_kdf kdf;
    unsigned work;
    bool armor;
    const struct sg_progress *progress; /* or NULL */

    /* Told the binding of the new file before its content is read; or NULL. */
    void (*bind)(void *context, const struct sg_sealed_binding *binding);
    void *context;
};

/*
 * Seals all of `in` to `out`; the caller finishes `out`. Fails as source and sink do, with
 * SG_ERR_MEMORY, SG_ERR_LIMIT for too many recipients, SG_ERR_MIXED for post-quantum recipients
 * beside others, SG_ERR_RECIPIENT, or as sg_plugin_wrap(). Plugins run before anything is written.
 */
SG_CHECKED enum sg_err sg_seal(struct sg_sink *out, struct sg_source *in, const struct sg_seal *how,
                               struct sg_error *err);

/* A sealed file being opened. Start with a zeroed struct; it must not move while in use. */
struct sg_sealed {
    struct sg_source *in; /* the bytes without armor */
    struct sg_armor_reader armor;
    struct sg_header header;
    struct sg_secret file_key; /* empty until unlocked */
    struct sg_secret ahead;    /* the first bytes of the payload, if they were looked at */
    size_t ahead_len;
};

/*
 * Reads the header. SG_ERR_NOT_SEALED (err->what: what it looks like, or NULL), SG_ERR_ARMOR,
 * SG_ERR_VERSION, SG_ERR_HEADER, SG_ERR_LIMIT, or as `in` fails. `in` must outlive *f.
 */
SG_CHECKED enum sg_err sg_sealed_read(struct sg_sealed *f, struct sg_source *in,
                                      struct sg_error *err);

bool sg_sealed_has_password(const struct sg_sealed *f);

/*
 * Finds the file key and checks the header with it. Errors as sg_stanzas_unwrap_key() and
 * sg_stanzas_unwrap_password(), and SG_ERR_MAC. May be tried again after SG_ERR_NO_MATCH and
 * SG_ERR_WRONG_PASSWORD.
 */
SG_CHECKED enum sg_err sg_sealed_unlock(struct sg_sealed *f, const struct sg_identities *ids,
                                        struct sg_error *err);
SG_CHECKED enum sg_err sg_sealed_unlock_password(struct sg_sealed *f,
                                                 const struct sg_password *password,
                                                 unsigned max_work, struct sg_error *err);

/* The binding of an unlocked file. */
void sg_sealed_bind(struct sg_sealed_binding *binding, const struct sg_sealed *f);

/*
 * Looks at how the content of an unlocked file begins: *n bytes at *p, up to a chunk, which stay
 * until the file is closed; none when they are not authentic. Only sg_rewrap() may follow. Fails as
 * the file's source does, and with SG_ERR_ARMOR.
 */
SG_CHECKED enum sg_err sg_sealed_peek(const uint8_t **p, size_t *n, struct sg_sealed *f,
                                      struct sg_error *err);

/* Opens the payload of an unlocked file, once. Errors as sg_payload_open(), and SG_ERR_ARMOR. */
SG_CHECKED enum sg_err sg_sealed_open(struct sg_sink *out, struct sg_sealed *f,
                                      const struct sg_progress *progress, struct sg_error *err);

/*
 * Writes an unlocked file anew to those that `how` names, once, and instead of sg_sealed_open(): a
 * new header with the same file key, and behind it the payload, byte for byte, in armor or not. The
 * caller finishes `out`. Errors as sg_seal(), and SG_ERR_ARMOR.
 *
 * The payload is not opened: one that was damaged or cut short before is so afterwards, and opening
 * it says so. Nothing is taken back from anyone: the file key stays the same, so whoever has it, or
 * has the old file and could open that, can open the new one.
 */
SG_CHECKED enum sg_err sg_rewrap(struct sg_sink *out, struct sg_sealed *f,
                                 const struct sg_seal *how, struct sg_error *err);

/* Wipes and releases. Safe on a zeroed struct, and twice. */
void sg_sealed_close(struct sg_sealed *f);

#endif
