#include "crypto/hpke_p256.h"

#include "base/secret.h"
#include "crypto/keccak.h"
#include "crypto/random.h"

#include <string.h>

/* The shared secret of DHKEM from a product. */
static void finish(uint8_t shared[static SG_HPKE_SHARED_BYTES],
                   const uint8_t product[static SG_P256_SHARED_BYTES],
                   const uint8_t share[static SG_P256_POINT_BYTES],
                   const uint8_t public[static SG_P256_POINT_BYTES])
{
    uint8_t context[2 * SG_P256_POINT_BYTES];

    memcpy(context, share, SG_P256_POINT_BYTES);
    memcpy(context + SG_P256_POINT_BYTES, public, SG_P256_POINT_BYTES);
    sg_hpke_dhkem(shared, SG_HPKE_DHKEM_P256, product, SG_P256_SHARED_BYTES, context,
                  sizeof context);
}

/* The combiner of MLKEM768-P256 (draft-irtf-cfrg-hybrid-kems): as that of X-Wing, but the label. */
static void combine(uint8_t shared[static SG_HPKE_SHARED_BYTES],
                    const uint8_t of_mlkem[static SG_MLKEM768_SHARED_BYTES],
                    const uint8_t product[static SG_P256_SHARED_BYTES],
                    const uint8_t share[static SG_P256_POINT_BYTES],
                    const uint8_t point[static SG_P256_POINT_BYTES])
{
    static const char label[] = "MLKEM768-P256";
    struct sg_keccak k;

    sg_keccak_init(&k, SG_SHA3_256);
    sg_keccak_absorb(&k, of_mlkem, SG_MLKEM768_SHARED_BYTES);
    sg_keccak_absorb(&k, product, SG_P256_SHARED_BYTES);
    sg_keccak_absorb(&k, share, SG_P256_POINT_BYTES);
    sg_keccak_absorb(&k, point, SG_P256_POINT_BYTES);
    sg_keccak_absorb(&k, label, sizeof label - 1);
    sg_keccak_squeeze(&k, shared, SG_HPKE_SHARED_BYTES);
    sg_wipe(&k, sizeof k);
}

/* scalar: NULL for a fresh one. */
static enum sg_p256 share_with(uint8_t *share, uint8_t *product, const uint8_t *point,
                               const uint8_t *scalar)
{
    return scalar ? sg_p256_share_with(share, product, point, scalar)
                  : sg_p256_share(share, product, point);
}

static enum sg_p256 encapsulate(uint8_t *enc, uint8_t *shared, const uint8_t *public,
                                const uint8_t *scalar)
{
    uint8_t product[SG_P256_SHARED_BYTES];
    enum sg_p256 r = share_with(enc, product, public, scalar);

    memset(shared, 0, SG_HPKE_SHARED_BYTES);
    if (r == SG_P256_OK)
        finish(shared, product, enc, public);
    sg_wipe(product, sizeof product);
    return r;
}

static enum sg_p256 encapsulate_hybrid(uint8_t *enc, uint8_t *shared, const uint8_t *public,
                                       const uint8_t *coins, const uint8_t *scalar)
{
    const uint8_t *point = public + SG_MLKEM768_PUBLIC_BYTES;
    uint8_t *share = enc + SG_MLKEM768_CIPHERTEXT_BYTES;
    uint8_t of_mlkem[SG_MLKEM768_SHARED_BYTES], product[SG_P256_SHARED_BYTES];
    enum sg_p256 r = share_with(share, product, point, scalar);

    memset(shared, 0, SG_HPKE_SHARED_BYTES);
    if (r == SG_P256_OK && !sg_mlkem768_encapsulate_with(enc, of_mlkem, public, coins))
        r = SG_P256_BAD;
    if (r == SG_P256_OK)
        combine(shared, of_mlkem, product, share, point);
    else
        memset(enc, 0, SG_HYBRID_P256_ENC_BYTES);
    sg_wipe(of_mlkem, sizeof of_mlkem);
    sg_wipe(product, sizeof product);
    return r;
}

/* Seals with a shared secret, or leaves zeros when there is none. */
static void seal(enum sg_p256 r, enum sg_hpke_kem kem, uint8_t shared[static SG_HPKE_SHARED_BYTES],
                 uint8_t *out, const void *info, size_t info_len, const uint8_t *in, size_t n)
{
    uint8_t key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];

    if (r == SG_P256_OK) {
        sg_hpke_schedule(key, nonce, kem, shared, info, info_len);
        sg_aead_seal(out, in, n, nonce, key);
        sg_wipe(key, sizeof key);
        sg_wipe(nonce, sizeof nonce);
    } else {
        memset(out, 0, n + SG_HPKE_TAG_BYTES);
    }
    sg_wipe(shared, SG_HPKE_SHARED_BYTES);
    sg_wipe_stack();
}

enum sg_p256 sg_hpke_p256_seal(uint8_t enc[static SG_P256_POINT_BYTES], uint8_t *out,
                               const uint8_t public[static SG_P256_POINT_BYTES], const void *info,
                               size_t info_len, const uint8_t *in, size_t n)
{
    uint8_t shared[SG_HPKE_SHARED_BYTES];
    enum sg_p256 r = encapsulate(enc, shared, public, NULL);

    seal(r, SG_HPKE_DHKEM_P256, shared, out, info, info_len, in, n);
    return r;
}

enum sg_p256 sg_hpke_hybrid_p256_seal(uint8_t enc[static SG_HYBRID_P256_ENC_BYTES], uint8_t *out,
                                      const uint8_t public[static SG_HYBRID_P256_PUBLIC_BYTES],
                                      const void *info, size_t info_len, const uint8_t *in,
                                      size_t n)
{
    uint8_t shared[SG_HPKE_SHARED_BYTES], coins[SG_MLKEM768_COINS_BYTES];
    enum sg_p256 r;

    sg_random(coins, sizeof coins);
    r = encapsulate_hybrid(enc, shared, public, coins, NULL);
    sg_wipe(coins, sizeof coins);
    seal(r, SG_HPKE_MLKEM768_P256, shared, out, info, info_len, in, n);
    return r;
}

enum sg_p256 sg_hpke_p256_encapsulate_with(uint8_t enc[static SG_P256_POINT_BYTES],
                                           uint8_t shared[static SG_HPKE_SHARED_BYTES],
                                           const uint8_t public[static SG_P256_POINT_BYTES],
                                           const uint8_t scalar[static SG_P256_SCALAR_BYTES])
{
    enum sg_p256 r = encapsulate(enc, shared, public, scalar);

    sg_wipe_stack();
    return r;
}

enum sg_p256
sg_hpke_hybrid_p256_encapsulate_with(uint8_t enc[static SG_HYBRID_P256_ENC_BYTES],
                                     uint8_t shared[static SG_HPKE_SHARED_BYTES],
                                     const uint8_t public[static SG_HYBRID_P256_PUBLIC_BYTES],
                                     const uint8_t coins[static SG_MLKEM768_COINS_BYTES],
                                     const uint8_t scalar[static SG_P256_SCALAR_BYTES])
{
    enum sg_p256 r = encapsulate_hybrid(enc, shared, public, coins, scalar);

    sg_wipe_stack();
    return r;
}
