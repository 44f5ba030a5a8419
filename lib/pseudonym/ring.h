/*
 * ring - ring signatures: one of these keys signed this, and nobody can tell which.
 *
 * The scheme is LSAG of Liu, Wei and Wong ("Linkable spontaneous anonymous group signature for ad
 * hoc groups", ACISP 2004), which proves unforgeability under the discrete logarithm assumption,
 * anonymity under decisional Diffie-Hellman, and linkability, in the random oracle model. It is
 * over edwards25519, so a ring is made of Ed25519 keys that people have already. In place of a hash
 * of the ring, the tag's base is a hash of a scope, as in Tsang and Wei's event-oriented linking
 * ("Short linkable ring signatures for e-voting, e-cash and attestation", ISPEC 2005):
 *
 *     P_0 .. P_n-1   the keys of the ring, sorted; x the signer's secret scalar
 *     h = hash to a point of the scope                 T = x h, the tag
 *     t = H(kind, ring, scope, T, hash of the message)
 *     c_i+1 = H(t, s_i B + c_i P_i, s_i h + c_i T)     around the ring, c_n = c_0
 *     signature: scope when it is fresh, hash of the ring, T, c_0, s_0 .. s_n-1
 *
 * Two signatures by one key in one scope have the same tag, and nobody else can make that tag. A
 * signature without a scope has a fresh one of its own, 32 random bytes: its tag is like no other.
 *
 * With the tag, the signer can prove later to have signed, and another member not to have
 * (ring_proof.h): "repudiable and claimable" in the words of Park and Sealfon (CRYPTO 2019).
 *
 * What it does not protect: whoever has a member's secret key can tell whether that member signed.
 * So can whoever computes discrete logarithms: this is not post-quantum, neither the signature nor
 * the anonymity, and what is published today can be traced then. A ring of which all but one prove
 * that they did not sign has one left. And rings that change around one signer narrow it down.
 *
 * Signing takes time that depends on the ring's size alone, not on where in it the signer is.
 */
#ifndef SG_PSEUDONYM_RING_H
#define SG_PSEUDONYM_RING_H

#include "base/buffer.h"
#include "crypto/hash.h"

#include <stdbool.h>

#define SG_RING_LABEL "SIGNET RING SIGNATURE"
#define SG_RING_MAX 16384U /* members of a ring */
#define SG_RING_KEY_BYTES 32
#define SG_RING_TAG_BYTES 32
#define SG_RING_SCOPE_MAX_BYTES 1024

/* A ring: its keys, sorted, each once. Begin with sg_ring_init(). */
struct sg_ring {
    struct sg_buffer keys;
};

void sg_ring_init(struct sg_ring *ring);
void sg_ring_free(struct sg_ring *ring);
size_t sg_ring_count(const struct sg_ring *ring);
const uint8_t *sg_ring_at(const struct sg_ring *ring, size_t i);

/*
 * Adds a key. SG_ERR_RING with err->what: it is no point of prime order, it is in the ring already,
 * or the ring is full.
 */
SG_CHECKED enum sg_err sg_ring_add(struct sg_ring *ring, const uint8_t key[static 32],
                                   struct sg_error *err);

/*
 * Adds the keys in n bytes of text, a line each: ssh-ed25519 AAAA... with or without a comment,
 * with options before it as in authorized_keys, with principals and options as in allowed_signers;
 * RW... of minisign; did:key. Every line counts, so one that cannot be taken for a member is
 * refused, and one that repeats a key: SG_ERR_RING with err->line, and for the latter err->value,
 * the line it is in first. SG_ERR_RING too when there is none.
 */
SG_CHECKED enum sg_err sg_ring_parse(struct sg_ring *ring, const char *text, size_t n,
                                     struct sg_error *err);

/* Whether the key is in the ring: not in constant time. */
SG_CHECKED bool sg_ring_has(const struct sg_ring *ring, const uint8_t key[static 32]);

/*
 * Appends a signature by the key of an Ed25519 seed, as text. message: its SHA-512. scope: NULL, or
 * 1 to SG_RING_SCOPE_MAX_BYTES bytes. SG_ERR_OUTSIDE when the key is not in the ring.
 */
SG_CHECKED enum sg_err sg_ring_sign(struct sg_buffer *out, const struct sg_ring *ring,
                                    const uint8_t seed[static 32],
                                    const uint8_t message[static SG_SHA512_BYTES],
                                    const char *scope, struct sg_error *err);

/* A signature that fits: what claims and disavowals are about. */
struct sg_ring_signature {
    uint8_t base[32], tag[SG_RING_TAG_BYTES]; /* h and T */
    uint8_t id[SG_SHA512_BYTES];              /* the SHA-512 of its bytes */
};

/*
 * Judges n characters of signature. SG_ERR_SIGNATURE when it is malformed; SG_ERR_FORGED, with
 * err->what, when it is over another ring or scope (value and limit: keys in the one and in the
 * other, when these differ), or does not fit. *s is zeros then.
 */
SG_CHECKED enum sg_err sg_ring_verify(struct sg_ring_signature *s, const struct sg_ring *ring,
                                      const char *text, size_t n,
                                      const uint8_t message[static SG_SHA512_BYTES],
                                      const char *scope, struct sg_error *err);

#endif
