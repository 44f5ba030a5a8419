#include "crypto/xwing.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/keccak.h"
#include "crypto/mlkem768.h"
#include "crypto/random.h"
#include "crypto/x25519.h"

#include <string.h>

#define EXPANDED_BYTES (SG_MLKEM768_SEED_BYTES + SG_X25519_BYTES)

_Static_assert(SG_XWING_PUBLIC_BYTES == SG_MLKEM768_PUBLIC_BYTES + SG_X25519_BYTES, "public key");
_Static_assert(SG_XWING_ENC_BYTES == SG_MLKEM768_CIPHERTEXT_BYTES + SG_X25519_BYTES, "enc");
_Static_assert(SG_XWING_COINS_BYTES == SG_MLKEM768_COINS_BYTES + SG_X25519_BYTES, "coins");
_Static_assert(SG_XWING_SHARED_BYTES == SG_SHA3_256_BYTES, "the combiner's hash");

/* The combiner (section 5.3). share: the sender's X25519 point, public: the recipient's. */
static void combine(uint8_t out[static SG_XWING_SHARED_BYTES],
                    const uint8_t of_mlkem[static SG_MLKEM768_SHARED_BYTES],
                    const uint8_t of_x25519[static SG_X25519_BYTES],
                    const uint8_t share[static SG_X25519_BYTES],
                    const uint8_t public[static SG_X25519_BYTES])
{
    static const uint8_t label[6] = {'\\', '.', '/', '/', '^', '\\'};
    struct sg_keccak k;

    sg_keccak_init(&k, SG_SHA3_256);
    sg_keccak_absorb(&k, of_mlkem, SG_MLKEM768_SHARED_BYTES);
    sg_keccak_absorb(&k, of_x25519, SG_X25519_BYTES);
    sg_keccak_absorb(&k, share, SG_X25519_BYTES);
    sg_keccak_absorb(&k, public, SG_X25519_BYTES);
    sg_keccak_absorb(&k, label, sizeof label);
    sg_keccak_squeeze(&k, out, SG_XWING_SHARED_BYTES);
    sg_wipe(&k, sizeof k);
}

/* expandDecapsulationKey. scalar and key are secret and the caller's to wipe. */
static void expand(uint8_t public[static SG_XWING_PUBLIC_BYTES],
                   uint8_t scalar[static SG_X25519_BYTES], struct sg_mlkem768_key *key,
                   const uint8_t seed[static SG_XWING_SEED_BYTES])
{
    uint8_t expanded[EXPANDED_BYTES];

    sg_shake256(expanded, sizeof expanded, seed, SG_XWING_SEED_BYTES);
    memcpy(scalar, expanded + SG_MLKEM768_SEED_BYTES, SG_X25519_BYTES);
    sg_mlkem768_keypair(public, key, expanded);
    sg_x25519_public(public + SG_MLKEM768_PUBLIC_BYTES, scalar);
    sg_ct_declassify(public, SG_XWING_PUBLIC_BYTES); /* published */
    sg_wipe(expanded, sizeof expanded);
    sg_wipe_stack();
}

void sg_xwing_public(uint8_t public[static SG_XWING_PUBLIC_BYTES],
                     const uint8_t seed[static SG_XWING_SEED_BYTES])
{
    struct sg_mlkem768_key key;
    uint8_t scalar[SG_X25519_BYTES];

    expand(public, scalar, &key, seed);
    sg_wipe(&key, sizeof key);
    sg_wipe(scalar, sizeof scalar);
}

bool sg_xwing_check(const uint8_t public[static SG_XWING_PUBLIC_BYTES])
{
    return sg_mlkem768_check(public);
}

bool sg_xwing_encapsulate(uint8_t enc[static SG_XWING_ENC_BYTES],
                          uint8_t shared[static SG_XWING_SHARED_BYTES],
                          const uint8_t public[static SG_XWING_PUBLIC_BYTES])
{
    uint8_t coins[SG_XWING_COINS_BYTES];
    bool ok;

    sg_random(coins, sizeof coins);
    ok = sg_xwing_encapsulate_with(enc, shared, public, coins);
    sg_wipe(coins, sizeof coins);
    return ok;
}

bool sg_xwing_encapsulate_with(uint8_t enc[static SG_XWING_ENC_BYTES],
                               uint8_t shared[static SG_XWING_SHARED_BYTES],
                               const uint8_t public[static SG_XWING_PUBLIC_BYTES],
                               const uint8_t coins[static SG_XWING_COINS_BYTES])
{
    const uint8_t *point = public + SG_MLKEM768_PUBLIC_BYTES;
    const uint8_t *scalar = coins + SG_MLKEM768_COINS_BYTES;
    uint8_t of_mlkem[SG_MLKEM768_SHARED_BYTES], of_x25519[SG_X25519_BYTES];
    uint8_t *share = enc + SG_MLKEM768_CIPHERTEXT_BYTES;
    bool ok;

    ok = sg_mlkem768_encapsulate_with(enc, of_mlkem, public, coins) &&
         sg_x25519(of_x25519, scalar, point);
    if (ok) {
        sg_x25519_public(share, scalar);
        combine(shared, of_mlkem, of_x25519, share, point);
    } else {
        memset(enc, 0, SG_XWING_ENC_BYTES);
        memset(shared, 0, SG_XWING_SHARED_BYTES);
    }
    sg_wipe(of_mlkem, sizeof of_mlkem);
    sg_wipe(of_x25519, sizeof of_x25519);
    sg_wipe_stack();
    return ok;
}

bool sg_xwing_decapsulate(uint8_t shared[static SG_XWING_SHARED_BYTES],
                          const uint8_t enc[static SG_XWING_ENC_BYTES],
                          const uint8_t seed[static SG_XWING_SEED_BYTES])
{
    const uint8_t *share = enc + SG_MLKEM768_CIPHERTEXT_BYTES;
    struct sg_mlkem768_key key;
    uint8_t public[SG_XWING_PUBLIC_BYTES], scalar[SG_X25519_BYTES]; /* public: not wiped */
    uint8_t of_mlkem[SG_MLKEM768_SHARED_BYTES], of_x25519[SG_X25519_BYTES];
    bool ok;

    expand(public, scalar, &key, seed);
    sg_mlkem768_decapsulate(of_mlkem, enc, &key);
    ok = sg_x25519(of_x25519, scalar, share);
    if (ok)
        combine(shared, of_mlkem, of_x25519, share, public + SG_MLKEM768_PUBLIC_BYTES);
    else
        memset(shared, 0, SG_XWING_SHARED_BYTES);
    sg_wipe(&key, sizeof key);
    sg_wipe(scalar, sizeof scalar);
    sg_wipe(of_mlkem, sizeof of_mlkem);
    sg_wipe(of_x25519, sizeof of_x25519);
    sg_wipe_stack();
    return ok;
}
