#include "pseudonym/onion.h"

#include "base/secret.h"
#include "crypto/hash.h"
#include "crypto/keccak.h"
#include "crypto/sign.h"

#include <string.h>

#define VERSION 3
#define TAG_BYTES 32

static const char SECRET_TAG[TAG_BYTES] = "== ed25519v1-secret: type0 ==";
static const char PUBLIC_TAG[TAG_BYTES] = "== ed25519v1-public: type0 ==";

_Static_assert(SG_ONION_SECRET_BYTES == TAG_BYTES + SG_SHA512_BYTES, "tag and expanded key");
_Static_assert(SG_ONION_PUBLIC_BYTES == TAG_BYTES + SG_SIGN_PUBLIC_BYTES, "tag and key");
_Static_assert(SG_ONION_SEED_BYTES == SG_SIGN_SEED_BYTES, "an Ed25519 seed");

void sg_onion_host(char host[static SG_ONION_HOST_CHARS + 1], const uint8_t key[static 32])
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t text[15 + SG_SIGN_PUBLIC_BYTES + 1] = ".onion checksum", bytes[35];
    uint8_t hash[SG_SHA3_256_BYTES];
    size_t at = 0;

    memcpy(text + 15, key, SG_SIGN_PUBLIC_BYTES);
    text[sizeof text - 1] = VERSION;
    sg_sha3_256(hash, text, sizeof text);
    memcpy(bytes, key, SG_SIGN_PUBLIC_BYTES);
    memcpy(bytes + SG_SIGN_PUBLIC_BYTES, hash, 2);
    bytes[sizeof bytes - 1] = VERSION;
    for (size_t i = 0; i < sizeof bytes; i += 5) {
        uint64_t five = 0;
        for (size_t j = 0; j < 5; j++)
            five = five << 8 | bytes[i + j];
        for (int shift = 35; shift >= 0; shift -= 5)
            host[at++] = alphabet[five >> shift & 31];
    }
    memcpy(host + at, ".onion", sizeof ".onion");
}

void sg_onion_secret_file(uint8_t secret[static SG_ONION_SECRET_BYTES],
                          const uint8_t seed[static SG_ONION_SEED_BYTES])
{
    uint8_t *expanded = secret + TAG_BYTES;

    memcpy(secret, SECRET_TAG, TAG_BYTES);
    sg_sha512(expanded, seed, SG_ONION_SEED_BYTES);
    expanded[0] &= 0xf8;
    expanded[31] = (uint8_t)((expanded[31] & 0x7f) | 0x40);
    sg_wipe_stack();
}

void sg_onion_public_file(uint8_t public[static SG_ONION_PUBLIC_BYTES],
                          const uint8_t seed[static SG_ONION_SEED_BYTES])
{
    memcpy(public, PUBLIC_TAG, TAG_BYTES);
    sg_sign_public(public + TAG_BYTES, seed);
}
