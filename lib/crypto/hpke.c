#include "crypto/hpke.h"

#include "base/secret.h"
#include "crypto/hmac.h"

#include <stdlib.h>
#include <string.h>

#define MODE_BASE 0
#define VERSION "HPKE-v1"

/* What labels are of: a KEM, or a suite of KEM, KDF and AEAD (sections 4.1 and 5.1). */
#define KEM_OF(kem)                                          \
    {                                                        \
        'K', 'E', 'M', (uint8_t)((kem) >> 8), (uint8_t)(kem) \
    }
#define SUITE_OF(kem)                                                         \
    {                                                                         \
        'H', 'P', 'K', 'E', (uint8_t)((kem) >> 8), (uint8_t)(kem), 0, 1, 0, 3 \
    }
#define SUITE_MAX_BYTES 10

#define LABEL_MAX_BYTES 13 /* "shared_secret" */
#define CONTEXT_BYTES (1 + 2 * SG_HMAC_BYTES)
#define START_MAX_BYTES (2 + sizeof VERSION - 1 + SUITE_MAX_BYTES + LABEL_MAX_BYTES)

_Static_assert(CONTEXT_BYTES <= SG_HPKE_INFO_MAX_BYTES, "a context fits where an info does");

struct suite {
    const uint8_t *p;
    size_t n;
};

/* The version, the suite, a label and a text one after the other, at out; returns the bytes. */
static size_t join(uint8_t *out, struct suite suite, const char *label, const void *text, size_t n)
{
    size_t at = sizeof VERSION - 1, label_len = strlen(label);

    memcpy(out, VERSION, at);
    memcpy(out + at, suite.p, suite.n);
    at += suite.n;
    memcpy(out + at, label, label_len); /* NOLINT: bytes, not a text with a NUL */
    at += label_len;
    if (n)
        memcpy(out + at, text, n);
    return at + n;
}

/* LabeledExtract (section 4). n: SG_HPKE_INFO_MAX_BYTES at most. */
static void extract(uint8_t prk[static SG_HMAC_BYTES], struct suite suite, const void *salt,
                    size_t salt_len, const char *label, const void *ikm, size_t n)
{
    uint8_t labeled[START_MAX_BYTES + SG_HPKE_INFO_MAX_BYTES];

    sg_hkdf_extract(prk, labeled, join(labeled, suite, label, ikm, n), salt, salt_len);
    sg_wipe(labeled, sizeof labeled);
}

/* LabeledExpand (section 4) with a context, which is public: SG_HPKE_INFO_MAX_BYTES at most. */
static void expand(uint8_t *out, size_t n, const uint8_t prk[static SG_HMAC_BYTES],
                   struct suite suite, const char *label, const uint8_t *context,
                   size_t context_len)
{
    uint8_t labeled[START_MAX_BYTES + SG_HPKE_INFO_MAX_BYTES];

    labeled[0] = (uint8_t)(n >> 8);
    labeled[1] = (uint8_t)n;
    sg_hkdf_expand(out, n, prk, labeled, 2 + join(labeled + 2, suite, label, context, context_len));
}

void sg_hpke_schedule(uint8_t key[static SG_AEAD_KEY_BYTES],
                      uint8_t nonce[static SG_AEAD_NONCE_BYTES], enum sg_hpke_kem kem,
                      const uint8_t shared[static SG_HPKE_SHARED_BYTES], const void *info,
                      size_t info_len)
{
    const uint8_t bytes[SUITE_MAX_BYTES] = SUITE_OF((unsigned)kem);
    const struct suite suite = {bytes, sizeof bytes};
    uint8_t context[CONTEXT_BYTES], secret[SG_HMAC_BYTES];

    if (info_len > SG_HPKE_INFO_MAX_BYTES)
        abort();
    context[0] = MODE_BASE;
    extract(context + 1, suite, NULL, 0, "psk_id_hash", NULL, 0);
    extract(context + 1 + SG_HMAC_BYTES, suite, NULL, 0, "info_hash", info, info_len);
    extract(secret, suite, shared, SG_HPKE_SHARED_BYTES, "secret", NULL, 0);
    expand(key, SG_AEAD_KEY_BYTES, secret, suite, "key", context, sizeof context);
    expand(nonce, SG_AEAD_NONCE_BYTES, secret, suite, "base_nonce", context, sizeof context);
    sg_wipe(secret, sizeof secret);
}

void sg_hpke_dhkem(uint8_t shared[static SG_HPKE_SHARED_BYTES], enum sg_hpke_kem kem,
                   const uint8_t *product, size_t n, const uint8_t *context, size_t context_len)
{
    const uint8_t bytes[] = KEM_OF((unsigned)kem);
    const struct suite suite = {bytes, sizeof bytes};
    uint8_t prk[SG_HMAC_BYTES];

    if (n > SG_HPKE_INFO_MAX_BYTES || context_len > SG_HPKE_INFO_MAX_BYTES)
        abort();
    extract(prk, suite, NULL, 0, "eae_prk", product, n);
    expand(shared, SG_HPKE_SHARED_BYTES, prk, suite, "shared_secret", context, context_len);
    sg_wipe(prk, sizeof prk);
}

bool sg_hpke_seal(uint8_t enc[static SG_XWING_ENC_BYTES], uint8_t *out,
                  const uint8_t public[static SG_XWING_PUBLIC_BYTES], const void *info,
                  size_t info_len, const uint8_t *in, size_t n)
{
    uint8_t shared[SG_XWING_SHARED_BYTES], key[SG_AEAD_KEY_BYTES], nonce[SG_AEAD_NONCE_BYTES];

    if (!sg_xwing_encapsulate(enc, shared, public))
        return false;
    sg_hpke_schedule(key, nonce, SG_HPKE_MLKEM768_X25519, shared, info, info_len);
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
    sg_hpke_schedule(key, nonce, SG_HPKE_MLKEM768_X25519, shared, info, info_len);
    ok = sg_aead_open(out, in, n, nonce, key);
    sg_wipe(shared, sizeof shared);
    sg_wipe(key, sizeof key);
    sg_wipe(nonce, sizeof nonce);
    sg_wipe_stack();
    return ok ? SG_HPKE_OK : SG_HPKE_TAG;
}
