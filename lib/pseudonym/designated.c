#include "pseudonym/designated.h"

#include "base/ct.h"
#include "base/secret.h"
#include "pseudonym/nonce.h"

#include <string.h>

static const char DOMAIN[] = "signet/link/v1/designated"; /* hashed with its NUL */

/* Where the scalars of a proof stand. */
#define C1(p) (p)
#define C2(p) ((p) + SG_SCALAR_BYTES)
#define ZA(p) ((p) + 2 * (size_t)SG_SCALAR_BYTES)
#define ZB(p) ((p) + 3 * (size_t)SG_SCALAR_BYTES)
#define ZV(p) ((p) + 4 * (size_t)SG_SCALAR_BYTES)

/* c = H(statement, A, B, V, commitments) */
static void challenge(uint8_t c[static SG_SCALAR_BYTES], const struct sg_designated *who,
                      uint8_t r[static 3][SG_EDWARDS_BYTES],
                      const uint8_t hash[static SG_SHA512_BYTES])
{
    uint8_t wide[SG_SHA512_BYTES];
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, DOMAIN, sizeof DOMAIN);
    sg_sha512_update(&h, hash, SG_SHA512_BYTES);
    sg_sha512_update(&h, who->a, SG_EDWARDS_BYTES);
    sg_sha512_update(&h, who->b, SG_EDWARDS_BYTES);
    sg_sha512_update(&h, who->verifier, SG_EDWARDS_BYTES);
    sg_sha512_update(&h, r, 3 * (size_t)SG_EDWARDS_BYTES);
    sg_sha512_final(&h, wide);
    sg_scalar_reduce(c, wide);
}

/* z = k - c * the scalar of the seed */
static void respond(uint8_t z[static SG_SCALAR_BYTES], const uint8_t k[static SG_SCALAR_BYTES],
                    const uint8_t c[static SG_SCALAR_BYTES], const uint8_t seed[static 32])
{
    uint8_t x[SG_SCALAR_BYTES];

    sg_edwards_scalar(x, seed);
    sg_scalar_mul(x, x, c);
    sg_scalar_sub(z, k, x);
    sg_wipe(x, sizeof x);
}

bool sg_designated_prove(uint8_t proof[static SG_DESIGNATED_BYTES], const struct sg_designated *who,
                         const uint8_t a[static 32], const uint8_t b[static 32],
                         const uint8_t hash[static SG_SHA512_BYTES])
{
    uint8_t ka[SG_SCALAR_BYTES], kb[SG_SCALAR_BYTES], c[SG_SCALAR_BYTES], r[3][SG_EDWARDS_BYTES];
    struct sg_nonce nonce;
    bool ok;

    sg_nonce_start(&nonce, DOMAIN, a, hash);
    sg_nonce_next(ka, &nonce);
    sg_nonce_next(kb, &nonce);
    sg_nonce_next(C2(proof), &nonce);
    sg_nonce_next(ZV(proof), &nonce);
    sg_nonce_end(&nonce);
    ok = sg_edwards_base(r[0], ka) && sg_edwards_base(r[1], kb) &&
         sg_edwards_sum(r[2], ZV(proof), NULL, C2(proof), who->verifier);
    challenge(c, who, r, hash);
    sg_scalar_sub(C1(proof), c, C2(proof));
    respond(ZA(proof), ka, C1(proof), a);
    respond(ZB(proof), kb, C1(proof), b);
    sg_wipe(ka, sizeof ka);
    sg_wipe(kb, sizeof kb);
    sg_ct_declassify(proof, SG_DESIGNATED_BYTES); /* a proof is there to be shown */
    return ok;
}

bool sg_designated_simulate(uint8_t proof[static SG_DESIGNATED_BYTES],
                            const struct sg_designated *who, const uint8_t verifier[static 32],
                            const uint8_t hash[static SG_SHA512_BYTES])
{
    uint8_t kv[SG_SCALAR_BYTES], c[SG_SCALAR_BYTES], r[3][SG_EDWARDS_BYTES];
    struct sg_nonce nonce;
    bool ok;

    sg_nonce_start(&nonce, DOMAIN, verifier, hash);
    sg_nonce_next(kv, &nonce);
    sg_nonce_next(C1(proof), &nonce);
    sg_nonce_next(ZA(proof), &nonce);
    sg_nonce_next(ZB(proof), &nonce);
    sg_nonce_end(&nonce);
    ok = sg_edwards_sum(r[0], ZA(proof), NULL, C1(proof), who->a) &&
         sg_edwards_sum(r[1], ZB(proof), NULL, C1(proof), who->b) && sg_edwards_base(r[2], kv);
    challenge(c, who, r, hash);
    sg_scalar_sub(C2(proof), c, C1(proof));
    respond(ZV(proof), kv, C2(proof), verifier);
    sg_wipe(kv, sizeof kv);
    sg_ct_declassify(proof, SG_DESIGNATED_BYTES);
    return ok;
}

bool sg_designated_verify(const uint8_t proof[static SG_DESIGNATED_BYTES],
                          const struct sg_designated *who,
                          const uint8_t hash[static SG_SHA512_BYTES])
{
    uint8_t c[SG_SCALAR_BYTES], sum[SG_SCALAR_BYTES], r[3][SG_EDWARDS_BYTES];

    for (size_t i = 0; i < SG_DESIGNATED_BYTES; i += SG_SCALAR_BYTES)
        if (!sg_scalar_check(proof + i))
            return false;
    if (!sg_edwards_check(who->a) || !sg_edwards_check(who->b) || !sg_edwards_check(who->verifier))
        return false;
    if (!sg_edwards_sum(r[0], ZA(proof), NULL, C1(proof), who->a) ||
        !sg_edwards_sum(r[1], ZB(proof), NULL, C1(proof), who->b) ||
        !sg_edwards_sum(r[2], ZV(proof), NULL, C2(proof), who->verifier))
        return false;
    challenge(c, who, r, hash);
    sg_scalar_add(sum, C1(proof), C2(proof));
    return sg_equal(c, sum, sizeof c);
}
