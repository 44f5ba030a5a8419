#include "crypto/x25519.h"

#include "base/ct.h"
#include "base/secret.h"

#include <sodium.h>

_Static_assert(SG_X25519_BYTES == crypto_scalarmult_curve25519_BYTES, "point size");
_Static_assert(SG_X25519_BYTES == crypto_scalarmult_curve25519_SCALARBYTES, "scalar size");

void sg_x25519_public(uint8_t point[static SG_X25519_BYTES],
                      const uint8_t scalar[static SG_X25519_BYTES])
{
    (void)crypto_scalarmult_curve25519_base(point, scalar); /* fails for no scalar */
    sg_wipe_stack();
}

bool sg_x25519(uint8_t shared[static SG_X25519_BYTES], const uint8_t scalar[static SG_X25519_BYTES],
               const uint8_t point[static SG_X25519_BYTES])
{
    bool ok = crypto_scalarmult_curve25519(shared, scalar, point) == 0;

    sg_wipe_stack();
    sg_ct_declassify(&ok, sizeof ok); /* depends on the point alone, and every caller acts on it */
    if (!ok)
        sg_wipe(shared, SG_X25519_BYTES);
    return ok;
}
