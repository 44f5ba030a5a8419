/*
 * link - proofs that two keys have one owner; and statements that a key is retired.
 *
 * A public proof is two Ed25519 signatures, one by each key, over one statement: whoever reads it
 * is convinced, and so is whoever they show it to.
 *
 * A proof for one verifier convinces that one alone. It proves that its maker knows both secret
 * keys, or else the verifier's (Jakobsson, Sako and Impagliazzo, "Designated verifier proofs and
 * their applications", EUROCRYPT 1996): the verifier could have made it, so shown to anybody else
 * it proves nothing. It is the OR of Cramer, Damgard and Schoenmakers (CRYPTO 1994) over Schnorr's
 * proofs in edwards25519, made non-interactive by Fiat and Shamir's hash:
 *
 *     c1 + c2 = H(statement, za B + c1 A, zb B + c1 B', zv B + c2 V)
 *
 * It takes a verifier who knows the secret key of V: made for a key whose owner has lost it, or
 * never had it, it convinces everybody.
 *
 * What neither proves: that one person holds both keys. Two who trust each other can make it too.
 */
#ifndef SG_PSEUDONYM_LINK_H
#define SG_PSEUDONYM_LINK_H

#include "base/buffer.h"

#include <stdbool.h>

/* What may stand in a statement besides the keys. NULL: nothing. */
struct sg_link_terms {
    const char *message;  /* one line of text, at most 1024 bytes */
    const char *date;     /* 2026-11-25 or 2026-11-25T07:05:00Z */
    const char *audience; /* one line of text: whom it is meant for */
};

/* No proof is larger, in bytes. */
#define SG_LINK_MAX_BYTES 8192

/*
 * Appends a proof that one owner has the keys of two Ed25519 seeds. verifier: NULL for everybody,
 * else the key of the one to convince. Terms that do not keep to the above, keys that are the same,
 * and a verifier who is one of the two are SG_ERR_SIGNATURE.
 */
SG_CHECKED enum sg_err sg_link_prove(struct sg_buffer *out, const uint8_t a[static 32],
                                     const uint8_t b[static 32], const struct sg_link_terms *terms,
                                     const uint8_t *verifier, struct sg_error *err);

/* What a statement says. Texts are in the statement, not NUL-terminated; NULL when not there. */
struct sg_link {
    bool retirement; /* of key[0]; else a link of both */
    uint8_t key[2][32];
    bool designated;
    uint8_t verifier[32];
    const char *message, *date, *audience;
    size_t message_len, date_len, audience_len;
};

/*
 * Judges n characters, a link proof or a retirement. SG_ERR_SIGNATURE when it is neither, with
 * err->line and err->what; SG_ERR_FORGED when its proof does not fit. Then *l is zeros.
 */
SG_CHECKED enum sg_err sg_link_check(struct sg_link *l, const char *text, size_t n,
                                     struct sg_error *err);

/* Appends the statement, signed by its key, that a key is not used any more; a date belongs in it.
 */
SG_CHECKED enum sg_err sg_retirement(struct sg_buffer *out, const uint8_t seed[static 32],
                                     const struct sg_link_terms *terms, struct sg_error *err);

/*
 * What a designated verifier can do, and the reason why the proof convinces nobody else: makes one
 * for two keys of which only the public halves are known, with the verifier's own seed. It cannot
 * be told from one made by sg_link_prove().
 */
SG_CHECKED enum sg_err sg_link_simulate(struct sg_buffer *out, const uint8_t key_a[static 32],
                                        const uint8_t key_b[static 32],
                                        const struct sg_link_terms *terms,
                                        const uint8_t verifier_seed[static 32],
                                        struct sg_error *err);

#endif
