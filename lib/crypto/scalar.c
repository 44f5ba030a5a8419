#include "crypto/scalar.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/random.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SG_SCALAR_BYTES == crypto_core_ed25519_SCALARBYTES, "scalar size");
_Static_assert(SG_SCALAR_BYTES == crypto_core_ristretto255_SCALARBYTES, "of both groups");
_Static_assert(SG_SCALAR_WIDE_BYTES == crypto_core_ed25519_NONREDUCEDSCALARBYTES, "unreduced size");

bool sg_scalar_check(const uint8_t s[static SG_SCALAR_BYTES])
{
    uint8_t wide[SG_SCALAR_WIDE_BYTES] = {0}, reduced[SG_SCALAR_BYTES];
    bool same;

    memcpy(wide, s, SG_SCALAR_BYTES);
    crypto_core_ed25519_scalar_reduce(reduced, wide);
    same = sg_equal(reduced, s, SG_SCALAR_BYTES);
    sg_wipe(wide, sizeof wide);
    sg_wipe(reduced, sizeof reduced);
    sg_wipe_stack();
    sg_ct_declassify(&same, sizeof same);
    return same;
}

bool sg_scalar_is_zero(const uint8_t s[static SG_SCALAR_BYTES])
{
    bool zero = sodium_is_zero(s, SG_SCALAR_BYTES) == 1;

    sg_ct_declassify(&zero, sizeof zero);
    return zero;
}

void sg_scalar_reduce(uint8_t out[static SG_SCALAR_BYTES],
                      const uint8_t wide[static SG_SCALAR_WIDE_BYTES])
{
    uint8_t copy[SG_SCALAR_WIDE_BYTES];

    memcpy(copy, wide, sizeof copy); /* out may be the same bytes */
    crypto_core_ed25519_scalar_reduce(out, copy);
    sg_wipe(copy, sizeof copy);
    sg_wipe_stack();
}

void sg_scalar_random(uint8_t out[static SG_SCALAR_BYTES])
{
    uint8_t wide[SG_SCALAR_WIDE_BYTES];

    do {
        sg_random(wide, sizeof wide);
        sg_scalar_reduce(out, wide);
    } while (sg_scalar_is_zero(out));
    sg_wipe(wide, sizeof wide);
}

void sg_scalar_add(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES],
                   const uint8_t b[static SG_SCALAR_BYTES])
{
    crypto_core_ed25519_scalar_add(out, a, b);
    sg_wipe_stack();
}

void sg_scalar_sub(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES],
                   const uint8_t b[static SG_SCALAR_BYTES])
{
    crypto_core_ed25519_scalar_sub(out, a, b);
    sg_wipe_stack();
}

void sg_scalar_mul(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES],
                   const uint8_t b[static SG_SCALAR_BYTES])
{
    crypto_core_ed25519_scalar_mul(out, a, b);
    sg_wipe_stack();
}

void sg_scalar_negate(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES])
{
    crypto_core_ed25519_scalar_negate(out, a);
    sg_wipe_stack();
}

void sg_scalar_invert(uint8_t out[static SG_SCALAR_BYTES], const uint8_t a[static SG_SCALAR_BYTES])
{
    (void)crypto_core_ed25519_scalar_invert(out, a); /* fails for zero alone */
    sg_wipe_stack();
}
