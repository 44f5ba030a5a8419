/*
 * ring_proof - afterwards: a member of a ring proves to have made a signature, or not to have.
 *
 *     signet ring claim v1            signet ring disavowal v1
 *     key: ssh-ed25519 AAAA...
 *     signature: the SHA-512 of the signature's bytes, in base64
 *     proof: BASE64
 *
 * A claim proves that the key's discrete logarithm is the tag's: P = x B and T = x h, by Chaum and
 * Pedersen's proof (CRYPTO 1992). A disavowal proves that it is not, by Camenisch and Shoup's
 * (CRYPTO 2003, section 6): C = r (x h - T) for a random r is not the neutral point, with a proof
 * of knowing a = r x and r such that C = a h - r T and 0 = a B - r P. It does not show what the
 * member's own tag would be, so it betrays nothing of what the member signed in the scope.
 *
 * Both are convincing to everybody. Nobody but the member can make them, and no member can make
 * the wrong one.
 */
#ifndef SG_PSEUDONYM_RING_PROOF_H
#define SG_PSEUDONYM_RING_PROOF_H

#include "pseudonym/ring.h"

#define SG_RING_PROOF_MAX_BYTES 1024

/*
 * Appends a claim, or a disavowal, of a signature that sg_ring_verify() let pass, by the key of a
 * seed. SG_ERR_OUTSIDE when the key is not in the ring; SG_ERR_FORGED, with err->what, when it
 * would be false.
 */
SG_CHECKED enum sg_err sg_ring_claim(struct sg_buffer *out, const struct sg_ring_signature *s,
                                     const struct sg_ring *ring, const uint8_t seed[static 32],
                                     struct sg_error *err);
SG_CHECKED enum sg_err sg_ring_disavow(struct sg_buffer *out, const struct sg_ring_signature *s,
                                       const struct sg_ring *ring, const uint8_t seed[static 32],
                                       struct sg_error *err);

/* What a proof says, once it is judged. */
struct sg_ring_proof {
    bool claim; /* else a disavowal */
    uint8_t key[SG_RING_KEY_BYTES];
};

/*
 * Judges n characters of proof about a signature that sg_ring_verify() let pass. SG_ERR_SIGNATURE
 * when they are malformed; SG_ERR_FORGED, with err->what, when they are about another signature,
 * the key is not in the ring, or the proof does not fit. *p is zeros then.
 */
SG_CHECKED enum sg_err sg_ring_proof_check(struct sg_ring_proof *p,
                                           const struct sg_ring_signature *s,
                                           const struct sg_ring *ring, const char *text, size_t n,
                                           struct sg_error *err);

#endif
