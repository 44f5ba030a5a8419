/*
 * text - what a line that ought to be a key looks like, so that an error can say what it is.
 * Private to the room.
 */
#ifndef SG_KEY_TEXT_H
#define SG_KEY_TEXT_H

#include "base/bech32.h"

#include <stdbool.h>
#include <stddef.h>

#define SG_TEXT_X25519_SECRET "age-secret-key-"
#define SG_TEXT_X25519_PUBLIC "age"
#define SG_TEXT_PQ_SECRET "age-secret-key-pq-"
#define SG_TEXT_PQ_PUBLIC "age1pq"
#define SG_TEXT_TAG_PUBLIC "age1tag"
#define SG_TEXT_PQ_TAG_PUBLIC "age1tagpq"

enum sg_text {
    SG_TEXT_OTHER,
    SG_TEXT_RECIPIENT,        /* age1... */
    SG_TEXT_IDENTITY,         /* AGE-SECRET-KEY-1... */
    SG_TEXT_PQ_RECIPIENT,     /* age1pq1... */
    SG_TEXT_PQ_IDENTITY,      /* AGE-SECRET-KEY-PQ-1... */
    SG_TEXT_TAG_RECIPIENT,    /* age1tag1... */
    SG_TEXT_PQ_TAG_RECIPIENT, /* age1tagpq1... */
    SG_TEXT_PLUGIN_RECIPIENT, /* age1NAME1... */
    SG_TEXT_PLUGIN_IDENTITY,  /* AGE-PLUGIN-NAME-1... */
    SG_TEXT_ROOT,             /* SIGNET-ROOT-1... */
    SG_TEXT_SSH_PUBLIC,       /* ssh-ed25519 AAAA... */
    SG_TEXT_SSH_PRIVATE,      /* -----BEGIN OPENSSH PRIVATE KEY-----, or PKCS #8 without OPENSSH */
    SG_TEXT_PRIVATE           /* a private key in the format of another program */
};

/* What n characters of text begin like, whatever their case. */
enum sg_text sg_text_kind(const char *text, size_t n);

/* Whether the first n characters of text are the prefix (in lower case), whatever their case. */
bool sg_text_has_prefix(const char *text, size_t n, const char *prefix);

/* What kind of SG_TEXT_PRIVATE it is, as static text that finishes "not a key: ". */
const char *sg_text_private(const char *text, size_t n);

/* Whether n characters are bech32 through and through, whatever they stand for. */
bool sg_text_is_bech32(const char *text, size_t n);

/* A fault of bech32 as static text that finishes "not a key: ". */
const char *sg_text_fault(enum sg_bech32 fault, bool secret);

#endif
