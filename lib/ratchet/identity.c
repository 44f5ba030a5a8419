#include "ratchet/identity.h"

#include "base/secret.h"
#include "ratchet/derive.h"

#include <string.h>

#define SHOWN_BYTES 25
#define SHOWN_CHARS 40 /* 5 bits each */
#define GROUP_CHARS 5

static const char ALPHABET[] = "abcdefghijklmnopqrstuvwxyz234567";

_Static_assert(SHOWN_BYTES * 8 == SHOWN_CHARS * 5, "no bits are left over");
_Static_assert(SHOWN_CHARS + SHOWN_CHARS / GROUP_CHARS - 1 == SG_FINGERPRINT_CHARS, "the text");
_Static_assert(sizeof(struct sg_party) == SG_PARTY_BYTES, "it is hashed as it is");

static void complete(struct sg_ratchet_identity *id)
{
    sg_sign_public(id->public.sign, id->sign);
    sg_x25519_public(id->public.dh, id->dh);
    sg_fingerprint(id->fingerprint, &id->public);
}

void sg_ratchet_identity_new(struct sg_ratchet_identity *id, struct sg_hedge *hedge)
{
    sg_hedge_draw(hedge, id->sign, 1);
    sg_hedge_draw(hedge, id->dh, 1);
    complete(id);
}

void sg_ratchet_identity_secrets(uint8_t out[static SG_RATCHET_IDENTITY_BYTES],
                                 const struct sg_ratchet_identity *id)
{
    memcpy(out, id->sign, sizeof id->sign);
    memcpy(out + sizeof id->sign, id->dh, sizeof id->dh);
}

void sg_ratchet_identity_load(struct sg_ratchet_identity *id,
                              const uint8_t secrets[static SG_RATCHET_IDENTITY_BYTES])
{
    memcpy(id->sign, secrets, sizeof id->sign);
    memcpy(id->dh, secrets + sizeof id->sign, sizeof id->dh);
    complete(id);
}

void sg_fingerprint(uint8_t fp[static SG_FINGERPRINT_BYTES], const struct sg_party *who)
{
    struct sg_span x = {who, sizeof *who};

    sg_derive_hash(fp, "identity", &x, 1);
}

void sg_fingerprint_text(char out[static SG_FINGERPRINT_CHARS + 1],
                         const uint8_t fp[static SG_FINGERPRINT_BYTES])
{
    uint32_t bits = 0, held = 0;
    size_t at = 0, chars = 0;

    for (size_t i = 0; i < SHOWN_BYTES; i++) {
        bits = (bits << 8 | fp[i]) & 0xffff;
        for (held += 8; held >= 5; held -= 5) {
            if (chars && chars % GROUP_CHARS == 0)
                out[at++] = ' ';
            out[at++] = ALPHABET[bits >> (held - 5) & 31];
            chars++;
        }
    }
    out[at] = '\0';
}

bool sg_fingerprint_read(uint8_t prefix[static SHOWN_BYTES], const char *text, size_t n)
{
    uint32_t bits = 0, held = 0;
    size_t at = 0, chars = 0;

    for (size_t i = 0; i < n; i++) {
        int c = text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i];
        const char *found = memchr(ALPHABET, c, sizeof ALPHABET - 1);

        if (c == ' ' || c == '-')
            continue;
        if (!found || ++chars > SHOWN_CHARS)
            return false;
        bits = (bits << 5 | (uint32_t)(found - ALPHABET)) & 0xffff;
        held += 5;
        if (held >= 8) {
            held -= 8;
            prefix[at++] = (uint8_t)(bits >> held);
        }
    }
    return chars == SHOWN_CHARS;
}
