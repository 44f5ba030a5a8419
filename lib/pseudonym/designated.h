/*
 * designated - the proof inside a link proof for one verifier (link.h): five scalars. Private to
 * the room.
 */
#ifndef SG_PSEUDONYM_DESIGNATED_H
#define SG_PSEUDONYM_DESIGNATED_H

#include "crypto/edwards.h"
#include "crypto/hash.h"

#define SG_DESIGNATED_BYTES ((size_t)5 * SG_SCALAR_BYTES) /* c1, c2, za, zb, zv */

/* Who takes part: public keys. */
struct sg_designated {
    const uint8_t *a, *b, *verifier;
};

/* Proves with both seeds. hash: of the statement. False when the keys are no points. */
SG_CHECKED bool sg_designated_prove(uint8_t proof[static SG_DESIGNATED_BYTES],
                                    const struct sg_designated *who, const uint8_t a[static 32],
                                    const uint8_t b[static 32],
                                    const uint8_t hash[static SG_SHA512_BYTES]);

/* The same with the verifier's seed alone. */
SG_CHECKED bool sg_designated_simulate(uint8_t proof[static SG_DESIGNATED_BYTES],
                                       const struct sg_designated *who,
                                       const uint8_t verifier[static 32],
                                       const uint8_t hash[static SG_SHA512_BYTES]);

SG_CHECKED bool sg_designated_verify(const uint8_t proof[static SG_DESIGNATED_BYTES],
                                     const struct sg_designated *who,
                                     const uint8_t hash[static SG_SHA512_BYTES]);

#endif
