#include "crypto/sign.h"

#include "base/ct.h"
#include "base/secret.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SG_SIGN_SEED_BYTES == crypto_sign_ed25519_SEEDBYTES, "seed size");
_Static_assert(SG_SIGN_PUBLIC_BYTES == crypto_sign_ed25519_PUBLICKEYBYTES, "public key size");
_Static_assert(SG_SIGN_BYTES == crypto_sign_ed25519_BYTES, "signature size");
_Static_assert(crypto_scalarmult_curve25519_BYTES == 32, "point size");
_Static_assert(crypto_scalarmult_curve25519_SCALARBYTES == 32, "scalar size");

void sg_sign_public(uint8_t public[static SG_SIGN_PUBLIC_BYTES],
                    const uint8_t seed[static SG_SIGN_SEED_BYTES])
{
    uint8_t pair[crypto_sign_ed25519_SECRETKEYBYTES];

    (void)crypto_sign_ed25519_seed_keypair(public, pair, seed); /* fails for no seed */
    sg_wipe(pair, sizeof pair);
    sg_wipe_stack();
    sg_ct_declassify(public, SG_SIGN_PUBLIC_BYTES); /* what its owner gives to everyone */
}

bool sg_sign_check(const uint8_t public[static SG_SIGN_PUBLIC_BYTES])
{
    return crypto_core_ed25519_is_valid_point(public) == 1;
}

void sg_sign(uint8_t signature[static SG_SIGN_BYTES], const void *p, size_t n,
             const uint8_t seed[static SG_SIGN_SEED_BYTES])
{
    uint8_t public[SG_SIGN_PUBLIC_BYTES], pair[crypto_sign_ed25519_SECRETKEYBYTES];

    (void)crypto_sign_ed25519_seed_keypair(public, pair, seed); /* fails for no seed */
    (void)crypto_sign_ed25519_detached(signature, NULL, p, n, pair);
    sg_wipe(pair, sizeof pair);
    sg_wipe_stack();
    sg_ct_declassify(signature, SG_SIGN_BYTES);
}

bool sg_sign_verify(const uint8_t signature[static SG_SIGN_BYTES], const void *p, size_t n,
                    const uint8_t public[static SG_SIGN_PUBLIC_BYTES])
{
    return sg_sign_check(public) && sg_sign_check(signature) &&
           crypto_sign_ed25519_verify_detached(signature, p, n, public) == 0;
}

bool sg_sign_x25519_public(uint8_t point[static 32],
                           const uint8_t public[static SG_SIGN_PUBLIC_BYTES])
{
    bool ok = sg_sign_check(public) && crypto_sign_ed25519_pk_to_curve25519(point, public) == 0;

    if (!ok)
        memset(point, 0, 32);
    return ok;
}

void sg_sign_x25519_scalar(uint8_t scalar[static 32], const uint8_t seed[static SG_SIGN_SEED_BYTES])
{
    uint8_t hash[crypto_hash_sha512_BYTES];

    (void)crypto_hash_sha512(hash, seed, SG_SIGN_SEED_BYTES);
    memcpy(scalar, hash, 32);
    sg_wipe(hash, sizeof hash);
    sg_wipe_stack();
}
