#include "ratchet/siv.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/hash.h"
#include "crypto/xchacha20.h"
#include "ratchet/bytes.h"
#include "ratchet/derive.h"

#include <string.h>

_Static_assert(SG_SIV_TAG_BYTES >= SG_XCHACHA20_NONCE_BYTES, "the tag gives the nonce");
_Static_assert(sizeof(struct sg_siv_key) == 64, "the two halves of a PRF's output, in order");

void sg_siv_key(struct sg_siv_key *key, const uint8_t secret[static 32])
{
    uint8_t both[64];

    sg_derive_prf(both, secret, "seal");
    memcpy(key->mac, both, 32);
    memcpy(key->enc, both + 32, 32);
    sg_wipe(both, sizeof both);
}

static void tag(uint8_t out[static SG_SIV_TAG_BYTES], const struct sg_siv_key *key,
                const struct sg_span *ad, size_t ads, const uint8_t *p, size_t n)
{
    struct sg_blake2b h;
    uint8_t length[8];
    uint64_t total = 0;

    for (size_t i = 0; i < ads; i++)
        total += ad[i].n;
    sg_put64(length, total);
    sg_blake2b_init(&h, SG_SIV_TAG_BYTES, key->mac, sizeof key->mac);
    sg_blake2b_update(&h, length, sizeof length);
    for (size_t i = 0; i < ads; i++)
        sg_blake2b_update(&h, ad[i].p, ad[i].n);
    sg_blake2b_update(&h, p, n);
    sg_blake2b_final(&h, out);
}

void sg_siv_seal(uint8_t *out, const struct sg_siv_key *key, const struct sg_span *ad, size_t ads,
                 const uint8_t *in, size_t n)
{
    uint8_t t[SG_SIV_TAG_BYTES];

    tag(t, key, ad, ads, in, n);
    sg_ct_declassify(t, sizeof t); /* it is sent, and public as any nonce */
    sg_xchacha20_xor(out + SG_SIV_TAG_BYTES, in, n, t, key->enc);
    memcpy(out, t, sizeof t);
}

bool sg_siv_open(uint8_t *out, const struct sg_siv_key *key, const struct sg_span *ad, size_t ads,
                 const uint8_t *in, size_t n)
{
    uint8_t t[SG_SIV_TAG_BYTES];
    bool ok;

    if (n < SG_SIV_TAG_BYTES)
        return false;
    n -= SG_SIV_TAG_BYTES;
    sg_xchacha20_xor(out, in + SG_SIV_TAG_BYTES, n, in, key->enc);
    tag(t, key, ad, ads, out, n);
    ok = sg_equal(t, in, sizeof t);
    sg_ct_declassify(&ok, sizeof ok); /* whether it is authentic is what opening tells */
    if (!ok)
        sg_wipe(out, n);
    sg_wipe(t, sizeof t); /* of a forgery it would be the right one */
    return ok;
}
