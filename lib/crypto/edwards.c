#include "crypto/edwards.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/hash.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SG_EDWARDS_BYTES == crypto_core_ed25519_BYTES, "point size");
_Static_assert(SG_EDWARDS_BYTES == SG_SIGN_PUBLIC_BYTES, "a public key is a point");

/* L, as scalars are written. */
static const uint8_t ORDER[SG_SCALAR_BYTES] = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/* Whether the 255 bits of y are below 2^255 - 19. For public points. */
static bool is_canonical(const uint8_t p[static SG_EDWARDS_BYTES])
{
    if ((p[31] & 0x7f) != 0x7f || p[0] < 0xed)
        return true;
    for (size_t i = 1; i < 31; i++)
        if (p[i] != 0xff)
            return true;
    return false;
}

bool sg_edwards_check(const uint8_t p[static SG_EDWARDS_BYTES])
{
    uint8_t q[SG_EDWARDS_BYTES];

    /* What is left once the point is known to be valid: L times it is the neutral point, which the
     * function answers with -1. */
    return is_canonical(p) && crypto_core_ed25519_is_valid_point(p) == 1 &&
           crypto_scalarmult_ed25519_noclamp(q, ORDER, p) == -1;
}

/* Ends a computation: its result, or zeros where there is none. */
static bool end(bool ok, uint8_t q[static SG_EDWARDS_BYTES])
{
    sg_wipe_stack();
    sg_ct_declassify(&ok, sizeof ok); /* false for mistakes alone, which every caller acts on */
    if (!ok)
        memset(q, 0, SG_EDWARDS_BYTES);
    return ok;
}

bool sg_edwards_base(uint8_t q[static SG_EDWARDS_BYTES], const uint8_t s[static SG_SCALAR_BYTES])
{
    return end(crypto_scalarmult_ed25519_base_noclamp(q, s) == 0, q);
}

bool sg_edwards_mul(uint8_t q[static SG_EDWARDS_BYTES], const uint8_t s[static SG_SCALAR_BYTES],
                    const uint8_t p[static SG_EDWARDS_BYTES])
{
    uint8_t point[SG_EDWARDS_BYTES];

    memcpy(point, p, sizeof point);
    return end(crypto_scalarmult_ed25519_noclamp(q, s, point) == 0, q);
}

bool sg_edwards_add(uint8_t r[static SG_EDWARDS_BYTES], const uint8_t p[static SG_EDWARDS_BYTES],
                    const uint8_t q[static SG_EDWARDS_BYTES])
{
    uint8_t sum[SG_EDWARDS_BYTES];
    bool ok = crypto_core_ed25519_add(sum, p, q) == 0;

    memcpy(r, sum, sizeof sum);
    return end(ok, r);
}

bool sg_edwards_sum(uint8_t r[static SG_EDWARDS_BYTES], const uint8_t s[static SG_SCALAR_BYTES],
                    const uint8_t *p, const uint8_t t[static SG_SCALAR_BYTES],
                    const uint8_t q[static SG_EDWARDS_BYTES])
{
    uint8_t a[SG_EDWARDS_BYTES], b[SG_EDWARDS_BYTES];
    bool ok = (p ? sg_edwards_mul(a, s, p) : sg_edwards_base(a, s)) && sg_edwards_mul(b, t, q);

    if (!ok)
        return end(false, r);
    return sg_edwards_add(r, a, b);
}

void sg_edwards_hash(uint8_t out[static SG_EDWARDS_BYTES], const char *label, const void *p,
                     size_t n)
{
    static const uint8_t front = 1, back = 0;
    uint8_t hash[SG_SHA512_BYTES];
    bool found = false;

    /* Half of all tries fail; 256 in a row are as likely as guessing a key at once. */
    for (unsigned counter = 0; !found && counter < 256; counter++) {
        uint8_t octet = (uint8_t)counter;
        struct sg_sha512 h;
        sg_sha512_init(&h);
        sg_sha512_update(&h, label, strlen(label));
        sg_sha512_update(&h, &front, 1);
        sg_sha512_update(&h, p, n);
        sg_sha512_update(&h, &octet, 1);
        sg_sha512_update(&h, &back, 1);
        sg_sha512_final(&h, hash);
        memcpy(out, hash, SG_EDWARDS_BYTES);
        found = is_canonical(out);
        for (int i = 0; found && i < 3; i++) /* times the cofactor, 8 */
            found = crypto_core_ed25519_add(out, out, out) == 0;
        found = found && crypto_core_ed25519_is_valid_point(out) == 1;
    }
    if (!found)
        sodium_misuse();
}

void sg_edwards_scalar(uint8_t s[static SG_SCALAR_BYTES],
                       const uint8_t seed[static SG_SIGN_SEED_BYTES])
{
    uint8_t wide[SG_SCALAR_WIDE_BYTES] = {0}, hash[SG_SHA512_BYTES];

    sg_sha512(hash, seed, SG_SIGN_SEED_BYTES);
    memcpy(wide, hash, SG_SCALAR_BYTES);
    wide[0] &= 0xf8;
    wide[31] = (uint8_t)((wide[31] & 0x7f) | 0x40);
    sg_scalar_reduce(s, wide);
    sg_wipe(hash, sizeof hash);
    sg_wipe(wide, sizeof wide);
}
