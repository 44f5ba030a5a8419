/*
 * member - one gzip member of an envelope: its bytes, and the proof that they are as they were
 * made. Private to the room; signet-formats(5) has the layout in full.
 *
 *     10  gzip's header, the same for all: extra field, no name, no time
 *      2  length of the extra field      2  'S' 'G'      2  length of what follows in the field
 *      1  version      1  flags      8  number      4  bytes of the body
 *     32  binding      32  the signer's public key, when signed
 *      .  data: of an index, of padding, or of the last member
 *     64  proof: BLAKE2b of everything from the version on, but itself; or a signature of that
 *      .  body: deflate data, CRC-32, length
 *
 * Nothing of a member is to be believed before sg_member_verify().
 */
#ifndef SG_ENVELOPE_MEMBER_H
#define SG_ENVELOPE_MEMBER_H

#include "crypto/sign.h"
#include "envelope/pack.h"

#include <stdbool.h>

#define SG_MEMBER_LAST 1U
#define SG_MEMBER_SIGNED 2U
#define SG_MEMBER_PADDING 4U
#define SG_MEMBER_INDEX 8U

#define SG_MEMBER_START_BYTES 16 /* up to the version */
#define SG_MEMBER_BINDING_AT 30
#define SG_MEMBER_BINDING_BYTES 32
#define SG_MEMBER_PROOF_BYTES 64
#define SG_MEMBER_FIELD_MAX (65535 - 4) /* what a subfield can hold */
#define SG_MEMBER_HEAD_MAX (SG_MEMBER_START_BYTES + SG_MEMBER_FIELD_MAX)

/* As much of an envelope as it takes to know that it is one. */
#define SG_MEMBER_KNOWN_BYTES (SG_MEMBER_BINDING_AT + SG_MEMBER_BINDING_BYTES)

/* What all members of an envelope have in common. */
struct sg_member_keys {
    uint8_t binding[SG_MEMBER_BINDING_BYTES];
    bool is_signed;
    uint8_t signer[SG_SIGN_PUBLIC_BYTES];
    const uint8_t *seed; /* of the signer, when members are made; secret */
};

/* A member as read. Pointers are into its head. */
struct sg_member {
    unsigned flags;
    uint64_t number; /* from 0 */
    size_t body_len;
    const uint8_t *binding;
    const uint8_t *signer; /* NULL when it is not signed */
    const uint8_t *data;
    size_t data_len;
    const uint8_t *proof;
};

/* Bytes before the body of a member with so much data. */
size_t sg_member_head_bytes(bool is_signed, size_t data_len);

/* The most data that a member can have. */
size_t sg_member_data_max(bool is_signed);

/*
 * Writes the head of a member whose body stands behind it already, at out + sg_member_head_bytes().
 * data: data_len bytes, which may stand in their place already, or NULL for zeros. Returns the
 * length of the whole member.
 */
size_t sg_member_write(uint8_t *out, const struct sg_member_keys *keys, unsigned flags,
                       uint64_t number, const void *data, size_t data_len, size_t body_len);

/* Whether 14 bytes begin a member, of any envelope. */
bool sg_member_starts(const uint8_t *p);

/* *field: the bytes that follow the first SG_MEMBER_START_BYTES of a head. NULL, or what is wrong.
 */
const char *sg_member_read_start(size_t *field, const uint8_t start[static SG_MEMBER_START_BYTES]);

/* Reads a head, all of it. NULL, or what is wrong; m->number and m->body_len may hold even then. */
const char *sg_member_read(struct sg_member *m, const uint8_t *head, size_t len);

/* Checks the proof of a member. NULL, or what is wrong. */
const char *sg_member_verify(const struct sg_member *m, const uint8_t *head, const uint8_t *body);

/* SG_ERR_ENVELOPE for the member of that number. */
enum sg_err sg_member_fail(struct sg_error *err, const char *what, uint64_t number);

#endif
