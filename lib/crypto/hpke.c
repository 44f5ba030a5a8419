#include "crypto/hpke.h"

#include "base/secret.h"
#include "crypto/hmac.h"

#include <stdlib.h>
#include <string.h>

#define MODE_BASE 0

/* What every label begins with: "HPKE-v1", then the suite: KEM, KDF and AEAD (section 5.1). */
static const uint8_t PREFIX[] = {'H', 'P', 'K',  'E',  '-',  'v',  '1',  'H', 'P',
                                 'K', 'E', 0x64, 0x7a, 0x00, 0x01, 0x00, 0x03};

#define LABEL_MAX_BYTES 11 /* "psk_id_hash" */
#define CONTEXT_BYTES (1 + 2 * SG_HMAC_BYTES)

_Static_assert(CONTEXT_BYTES <= SG_HPKE_INFO_MAX_BYTES, "a context fits where an info does");

/* PREFIX, label and text one after the other, at out; returns the number of bytes. */
static size_t join(uint8_t *out, const char *label, const void *text, size_t n)
{
    size_t label_len = strlen(label);

    memcpy(out, PREFIX, sizeof PREFIX);
    memcpy(out + sizeof PREFIX, label, label_len); /* NOLINT: bytes, not a text with a NUL */
    if (n)
        memcpy(out + sizeof PREFIX + label_len, text, n);
    return sizeof PREFIX + label_len + n;
}

/* LabeledExtract (section 4), where the input keying material is public: an info, or nothing. */
static void extract(uint8_t prk[static SG_HMAC_BYTES], const void *salt, size_t salt_len,
                    const char *label, const void *ikm, size_t n)
{
    uint8_t labeled[sizeof PREFIX + LABEL_MAX_BYTES + SG_HPKE_INFO_MAX_BYTES];

    sg_hkdf_extract(prk, labeled, join(labeled, label, ikm, n), salt, salt_len);
}

/* LabeledExpand (section 4) with the schedule's context, which is public. */
static void expand(uint8_t *out, size_t n, const uint8_t prk[static SG_HMAC_BYTES],
                   const char *label, const uint8_t context[static CONTEXT_BYTES])
{
    uint8_t labeled[2 + sizeof PREFIX + LABEL_MAX_BYTES + CONTEXT_BYTES];

    labeled[0] = (uint8_t)(n >> 8);
    labeled[1] = (uint8_t)n;
    sg_hkdf_expand(out, n, prk, labeled, 2 + join(labeled + 2, label, context, CONTEXT_BYTES));
}

void sg_hpke_schedule(uint8_t key[static SG_AEAD_KEY_BYTES],
                      uint8_t nonce[static SG_AEAD_NONCE_BYTES],
                      const uint8_t shared[static SG_XWING_SHARED_BYTES], const void *info,
                      size_t info_len)
{
    uint8_t context[CONTEXT_BYTES], secret[SG_HMAC_BYTES];

    if (info_len > SG_HPKE_INFO_MAX_BYTES)
        abort();
    context[0] = MODE_BASE;
    extract(context + 1, NULL, 0, "psk_id_hash", NULL, 0);
    extract(context + 1 + SG_HMAC_BYTES, NULL, 0, "info_hash", info, info_len);
    extract(secret, shared, SG_XWING_SHARED_BYTES, "secret", NULL, 0);
    expand(key, SG_AEAD_KEY_BYTES, secret, "key", context);
    expand(nonce, SG_AEAD_NONCE_BYTES, secret, "base_nonce", context);
    sg_wipe(secret, sizeof secret);
}

bool sg_hpke_seal(uint8_t enc[static SG_XWING_ENC_BYTES], uint8_t *out,
                  const uint8_t public[static SG_XWING_PUBLIC_BYTES], const void *info,
                  size_t info_len, const uint8_t *in, size_t n)
{
    uint8_t shared[SG_XWING_SHARED_BYTES], key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];

    if (!sg_xwing_encapsulate(enc, shared, public))
        return false;
    sg_hpke_schedule(key, nonce, shared, info, info_len);
    sg_aead_seal(out, in, n, nonce, key);
    sg_wipe(shared, sizeof shared);
    sg_wipe(key, sizeof key);
    sg_wipe(nonce, sizeof nonce);
    sg_wipe_stack();
    return true;
}

enum sg_hpke sg_hpke_open(uint8_t *out, const uint8_t seed[static SG_XWING_SEED_BYTES],
                          const uint8_t enc[static SG_XWING_ENC_BYTES], const void *info,
                          size_t info_len, const uint8_t *in, size_t n)
{
    uint8_t shared[SG_XWING_SHARED_BYTES], key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];
    bool ok;

    if (!sg_xwing_decapsulate(shared, enc, seed))
        return SG_HPKE_SHARE;
    sg_hpke_schedule(key, nonce, shared, info, info_len);
    ok = sg_aead_open(out, in, n, nonce, key);
    sg_wipe(shared, sizeof shared);
    sg_wipe(key, sizeof key);
    sg_wipe(nonce, sizeof nonce);
    sg_wipe_stack();
    return ok ? SG_HPKE_OK : SG_HPKE_TAG;
}
