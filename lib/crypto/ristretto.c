#include "crypto/ristretto.h"

#include "base/ct.h"
#include "base/secret.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SG_RISTRETTO_BYTES == crypto_core_ristretto255_BYTES, "element size");
_Static_assert(SG_RISTRETTO_HASH_BYTES == crypto_core_ristretto255_HASHBYTES, "hash size");

bool sg_ristretto_check(const uint8_t p[static SG_RISTRETTO_BYTES])
{
    return sodium_is_zero(p, SG_RISTRETTO_BYTES) == 0 &&
           crypto_core_ristretto255_is_valid_point(p) == 1;
}

static bool end(bool ok, uint8_t q[static SG_RISTRETTO_BYTES])
{
    sg_wipe_stack();
    sg_ct_declassify(&ok, sizeof ok); /* false for mistakes alone, which every caller acts on */
    if (!ok)
        memset(q, 0, SG_RISTRETTO_BYTES);
    return ok;
}

bool sg_ristretto_base(uint8_t q[static SG_RISTRETTO_BYTES],
                       const uint8_t s[static SG_SCALAR_BYTES])
{
    return end(crypto_scalarmult_ristretto255_base(q, s) == 0, q);
}

bool sg_ristretto_mul(uint8_t q[static SG_RISTRETTO_BYTES], const uint8_t s[static SG_SCALAR_BYTES],
                      const uint8_t p[static SG_RISTRETTO_BYTES])
{
    uint8_t point[SG_RISTRETTO_BYTES];

    memcpy(point, p, sizeof point);
    return end(crypto_scalarmult_ristretto255(q, s, point) == 0, q);
}

bool sg_ristretto_add(uint8_t r[static SG_RISTRETTO_BYTES],
                      const uint8_t p[static SG_RISTRETTO_BYTES],
                      const uint8_t q[static SG_RISTRETTO_BYTES])
{
    uint8_t sum[SG_RISTRETTO_BYTES];
    bool ok = crypto_core_ristretto255_add(sum, p, q) == 0;

    memcpy(r, sum, sizeof sum);
    return end(ok, r);
}

void sg_ristretto_from_hash(uint8_t out[static SG_RISTRETTO_BYTES],
                            const uint8_t hash[static SG_RISTRETTO_HASH_BYTES])
{
    (void)crypto_core_ristretto255_from_hash(out, hash); /* fails for no hash */
    sg_wipe_stack();
}
