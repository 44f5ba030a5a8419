/*
 * identity - who one is in conversations (signet-ratchet(7), "Identity"): an Ed25519 key that signs
 * offers and nothing else, and an X25519 key, independent of each other and of every other key.
 *
 * The fingerprint binds both halves. A contact is known by the whole fingerprint, never by one
 * half: in an opening only the X25519 half is proven, and the signing key is merely named.
 */
#ifndef SG_RATCHET_IDENTITY_H
#define SG_RATCHET_IDENTITY_H

#include "ratchet/hedge.h"

#include "crypto/sign.h"
#include "crypto/x25519.h"

#define SG_FINGERPRINT_BYTES 32
#define SG_PARTY_BYTES 64
#define SG_RATCHET_IDENTITY_BYTES 64

/* A fingerprint as it is shown: 40 characters of base32 in 8 groups of 5, and a NUL. */
#define SG_FINGERPRINT_CHARS 47

/* The public half. */
struct sg_party {
    uint8_t sign[SG_SIGN_PUBLIC_BYTES]; /* IKs */
    uint8_t dh[SG_X25519_BYTES];        /* IKd */
};

struct sg_ratchet_identity {
    uint8_t sign[SG_SIGN_SEED_BYTES]; /* secret */
    uint8_t dh[SG_X25519_BYTES];      /* secret */
    struct sg_party public;
    uint8_t fingerprint[SG_FINGERPRINT_BYTES];
};

/* Makes an identity; draws IKs, then IKd. The caller keeps the struct in secret memory. */
void sg_ratchet_identity_new(struct sg_ratchet_identity *id, struct sg_hedge *hedge);

/* The two secrets, to be kept: seed of IKs || IKd; and the identity that they stand for. */
void sg_ratchet_identity_secrets(uint8_t out[static SG_RATCHET_IDENTITY_BYTES],
                                 const struct sg_ratchet_identity *id);
void sg_ratchet_identity_load(struct sg_ratchet_identity *id,
                              const uint8_t secrets[static SG_RATCHET_IDENTITY_BYTES]);

/* fp = H("identity", IKs || IKd). */
void sg_fingerprint(uint8_t fp[static SG_FINGERPRINT_BYTES], const struct sg_party *who);

/* Writes its first 25 bytes as text: "abcde fghij ...", with a NUL. */
void sg_fingerprint_text(char out[static SG_FINGERPRINT_CHARS + 1],
                         const uint8_t fp[static SG_FINGERPRINT_BYTES]);

/*
 * Reads such text, in either case, with or without spaces and hyphens between characters, into the
 * first 25 bytes. False for anything else than 40 characters of base32.
 */
SG_CHECKED bool sg_fingerprint_read(uint8_t prefix[static 25], const char *text, size_t n);

#endif
