#include "crypto/p256.h"

#include "base/secret.h"
#include "crypto/random.h"

#include <string.h>

#define TRIES 8

bool sg_p256_available(void)
{
    uint8_t point[SG_P256_POINT_BYTES];

    return sg_p256_point(point, (const uint8_t *)"", 0) != SG_P256_MISSING;
}

enum sg_p256 sg_p256_share(uint8_t share[static SG_P256_POINT_BYTES],
                           uint8_t shared[static SG_P256_SHARED_BYTES],
                           const uint8_t point[static SG_P256_POINT_BYTES])
{
    uint8_t scalar[SG_P256_SCALAR_BYTES], again[SG_P256_POINT_BYTES];
    enum sg_p256 r = sg_p256_point(again, point, SG_P256_POINT_BYTES);

    if (r != SG_P256_OK) {
        memset(share, 0, SG_P256_POINT_BYTES);
        memset(shared, 0, SG_P256_SHARED_BYTES);
        return r;
    }
    r = SG_P256_BAD;
    for (int i = 0; i < TRIES && r == SG_P256_BAD; i++) { /* one in 2^32 is out of range */
        sg_random(scalar, sizeof scalar);
        r = sg_p256_share_with(share, shared, point, scalar);
    }
    sg_wipe(scalar, sizeof scalar);
    return r;
}

#ifdef SG_HAVE_LIBCRYPTO

#include "crypto/libcrypto.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>

/* The functions of libcrypto that are used. */
#define FUNCTIONS(X)              \
    X(BN_bin2bn)                  \
    X(BN_clear_free)              \
    X(BN_cmp)                     \
    X(BN_is_zero)                 \
    X(BN_set_flags)               \
    X(BN_CTX_secure_new)          \
    X(BN_CTX_free)                \
    X(EC_GROUP_new_by_curve_name) \
    X(EC_GROUP_free)              \
    X(EC_GROUP_get0_order)        \
    X(EC_POINT_new)               \
    X(EC_POINT_clear_free)        \
    X(EC_POINT_oct2point)         \
    X(EC_POINT_point2oct)         \
    X(EC_POINT_is_at_infinity)    \
    X(EC_POINT_mul)               \
    X(ERR_clear_error)

/* libcrypto, the curve, and room to work in. */
struct curve {
    FUNCTIONS(SG_LIBCRYPTO_DECLARE)
    EC_GROUP *group;
    BN_CTX *room;
};

static bool load(struct curve *l)
{
    void *library = sg_libcrypto();
    bool found = library != NULL;

    memset(l, 0, sizeof *l);
    FUNCTIONS(SG_LIBCRYPTO_FIND)
    if (!found)
        return false;
    l->group = l->EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    l->room = l->BN_CTX_secure_new();
    return true;
}

static void unload(struct curve *l)
{
    l->EC_GROUP_free(l->group);
    l->BN_CTX_free(l->room);
    l->ERR_clear_error();
    sg_wipe_stack();
}

/* Whether n bytes are a point that is not zero. */
static bool read_point(EC_POINT *out, const struct curve *l, const uint8_t *in, size_t n)
{
    return (n == SG_P256_POINT_BYTES || n == SG_P256_SHORT_BYTES) &&
           (n == SG_P256_SHORT_BYTES ? (in[0] & 0xfe) == 2 : in[0] == 4) &&
           l->EC_POINT_oct2point(l->group, out, in, n, l->room) == 1 &&
           !l->EC_POINT_is_at_infinity(l->group, out);
}

static bool write_point(uint8_t out[static SG_P256_POINT_BYTES], const struct curve *l,
                        const EC_POINT *point)
{
    return l->EC_POINT_point2oct(l->group, point, POINT_CONVERSION_UNCOMPRESSED, out,
                                 SG_P256_POINT_BYTES, l->room) == SG_P256_POINT_BYTES;
}

enum sg_p256 sg_p256_point(uint8_t point[static SG_P256_POINT_BYTES], const uint8_t *in, size_t n)
{
    struct curve l;
    EC_POINT *p;
    bool ok;

    memset(point, 0, SG_P256_POINT_BYTES);
    if (!load(&l))
        return SG_P256_MISSING;
    p = l.group && l.room ? l.EC_POINT_new(l.group) : NULL;
    ok = p && read_point(p, &l, in, n) && write_point(point, &l, p);
    l.EC_POINT_clear_free(p);
    unload(&l);
    return ok ? SG_P256_OK : SG_P256_BAD;
}

enum sg_p256 sg_p256_share_with(uint8_t share[static SG_P256_POINT_BYTES],
                                uint8_t shared[static SG_P256_SHARED_BYTES],
                                const uint8_t point[static SG_P256_POINT_BYTES],
                                const uint8_t scalar[static SG_P256_SCALAR_BYTES])
{
    uint8_t product[SG_P256_POINT_BYTES] = {0};
    EC_POINT *p = NULL, *q = NULL;
    BIGNUM *k = NULL;
    struct curve l;
    bool ok;

    memset(share, 0, SG_P256_POINT_BYTES);
    memset(shared, 0, SG_P256_SHARED_BYTES);
    if (!load(&l))
        return SG_P256_MISSING;
    ok = l.group && l.room && (p = l.EC_POINT_new(l.group)) && (q = l.EC_POINT_new(l.group)) &&
         (k = l.BN_bin2bn(scalar, SG_P256_SCALAR_BYTES, NULL));
    if (ok) {
        l.BN_set_flags(k, BN_FLG_CONSTTIME);
        ok = !l.BN_is_zero(k) && l.BN_cmp(k, l.EC_GROUP_get0_order(l.group)) < 0 &&
             read_point(p, &l, point, SG_P256_POINT_BYTES) &&
             l.EC_POINT_mul(l.group, q, k, NULL, NULL, l.room) == 1 && write_point(share, &l, q) &&
             l.EC_POINT_mul(l.group, q, NULL, p, k, l.room) == 1 && write_point(product, &l, q);
    }
    if (ok)
        memcpy(shared, product + 1, SG_P256_SHARED_BYTES);
    else
        memset(share, 0, SG_P256_POINT_BYTES);
    sg_wipe(product, sizeof product);
    l.EC_POINT_clear_free(p);
    l.EC_POINT_clear_free(q);
    l.BN_clear_free(k);
    unload(&l);
    return ok ? SG_P256_OK : SG_P256_BAD;
}

#else

enum sg_p256 sg_p256_point(uint8_t point[static SG_P256_POINT_BYTES], const uint8_t *in, size_t n)
{
    (void)in;
    (void)n;
    memset(point, 0, SG_P256_POINT_BYTES);
    return SG_P256_MISSING;
}

enum sg_p256 sg_p256_share_with(uint8_t share[static SG_P256_POINT_BYTES],
                                uint8_t shared[static SG_P256_SHARED_BYTES],
                                const uint8_t point[static SG_P256_POINT_BYTES],
                                const uint8_t scalar[static SG_P256_SCALAR_BYTES])
{
    (void)point;
    (void)scalar;
    memset(share, 0, SG_P256_POINT_BYTES);
    memset(shared, 0, SG_P256_SHARED_BYTES);
    return SG_P256_MISSING;
}

#endif
