/*
 * hpke - Hybrid Public Key Encryption (RFC 9180), the little of it that age's post-quantum
 * recipients need: base mode, one message a key, no additional data.
 *
 * The suite is fixed: KEM MLKEM768-X25519 (0x647a, draft-ietf-hpke-pq; crypto/xwing), KDF
 * HKDF-SHA256 (0x0001), AEAD ChaCha20Poly1305 (0x0003). The sender is not authenticated. With the
 * same KDF and AEAD, crypto/hpke_p256 has the KEMs of recipients in hardware.
 */
#ifndef SG_CRYPTO_HPKE_H
#define SG_CRYPTO_HPKE_H

#include "base/error.h"
#include "crypto/aead.h"
#include "crypto/xwing.h"

#include <stdbool.h>

#define SG_HPKE_INFO_MAX_BYTES 256
#define SG_HPKE_SHARED_BYTES 32
#define SG_HPKE_TAG_BYTES SG_AEAD_TAG_BYTES

enum sg_hpke_kem {
    SG_HPKE_DHKEM_P256 = 0x0010,
    SG_HPKE_MLKEM768_P256 = 0x0050,
    SG_HPKE_MLKEM768_X25519 = 0x647a,
};

enum sg_hpke {
    SG_HPKE_OK = 0,
    SG_HPKE_SHARE, /* enc is not one that any sender makes: an X25519 share of low order */
    SG_HPKE_TAG    /* not authentic: made for another seed or info, or changed since */
};

/*
 * SealBase (section 6.1): seals n bytes for a recipient into n + SG_HPKE_TAG_BYTES bytes at out,
 * which may be `in` itself. info: public, at most SG_HPKE_INFO_MAX_BYTES, else the call aborts; the
 * opener must know the same. False when the public key is unusable (sg_xwing_encapsulate()): enc is
 * zeros then and out untouched.
 */
SG_CHECKED bool sg_hpke_seal(uint8_t enc[static SG_XWING_ENC_BYTES], uint8_t *out,
                             const uint8_t public[static SG_XWING_PUBLIC_BYTES], const void *info,
                             size_t info_len, const uint8_t *in, size_t n);

/*
 * OpenBase (section 6.1): opens n bytes (tag included) into n - SG_HPKE_TAG_BYTES bytes at out,
 * which may be `in` itself. seed: secret. On failure out holds nothing of the message.
 */
SG_CHECKED enum sg_hpke sg_hpke_open(uint8_t *out, const uint8_t seed[static SG_XWING_SEED_BYTES],
                                     const uint8_t enc[static SG_XWING_ENC_BYTES], const void *info,
                                     size_t info_len, const uint8_t *in, size_t n);

/*
 * The key and nonce that a shared secret of a KEM and an info stand for (KeySchedule, section 5.1).
 * All secret, the caller's to wipe.
 */
void sg_hpke_schedule(uint8_t key[static SG_AEAD_KEY_BYTES],
                      uint8_t nonce[static SG_AEAD_NONCE_BYTES], enum sg_hpke_kem kem,
                      const uint8_t shared[static SG_HPKE_SHARED_BYTES], const void *info,
                      size_t info_len);

/*
 * The shared secret of a KEM that is Diffie-Hellman alone (ExtractAndExpand, section 4.1), from the
 * product, which is secret, and the context: the sender's share and the recipient's public key.
 * Neither is over SG_HPKE_INFO_MAX_BYTES, else the call aborts.
 */
void sg_hpke_dhkem(uint8_t shared[static SG_HPKE_SHARED_BYTES], enum sg_hpke_kem kem,
                   const uint8_t *product, size_t n, const uint8_t *context, size_t context_len);

#endif
