#include "ratchet/chain.h"

#include "base/secret.h"
#include "ratchet/bytes.h"
#include "ratchet/derive.h"

#include <string.h>

void sg_chain_next(uint8_t chain[static 32], uint8_t mk[static 32])
{
    uint8_t y[64];

    sg_derive_prf(y, chain, "chain");
    memcpy(chain, y, 32);
    memcpy(mk, y + 32, 32);
    sg_wipe(y, sizeof y);
}

bool sg_root_next(uint8_t next_root[static 32], uint8_t chain[static 32],
                  struct sg_siv_key *next_header, const uint8_t root[static 32],
                  const struct sg_root_step *step)
{
    uint8_t ikm[64] = {0}, context[2 + 1 + 32 + 32], out[96];
    bool ok = sg_x25519(ikm, step->secret, step->their);

    if (ok) {
        if (step->kem)
            memcpy(ikm + 32, step->kem, 32);
        sg_put16(context, step->ep);
        context[2] = step->kem != NULL;
        memcpy(context + 3, step->creator, 32);
        memcpy(context + 35, step->other, 32);
        sg_derive_kdf(out, sizeof out, root, 32, ikm, sizeof ikm, "root", context, sizeof context);
        memcpy(next_root, out, 32);
        memcpy(chain, out + 32, 32);
        sg_siv_key(next_header, out + 64);
        sg_wipe(out, sizeof out);
    }
    sg_wipe(ikm, sizeof ikm);
    return ok;
}

void sg_agree(struct sg_agreement *a, const uint8_t oh[static 32], const struct sg_party *opener,
              const uint8_t e0_public[static 32], const uint8_t dh[static SG_AGREEMENT_DH_BYTES],
              const uint8_t r[static 32])
{
    struct sg_span transcript[] = {{oh, 32}, {opener, sizeof *opener}, {e0_public, 32}};
    uint8_t th[32], ikm[SG_AGREEMENT_DH_BYTES + 32], out[128];

    sg_derive_hash(th, "open", transcript, 3);
    memcpy(ikm, dh, SG_AGREEMENT_DH_BYTES);
    memcpy(ikm + SG_AGREEMENT_DH_BYTES, r, 32);
    sg_derive_kdf(out, sizeof out, th, sizeof th, ikm, sizeof ikm, "handshake", NULL, 0);
    memcpy(a->root, out, 32);
    memcpy(a->hka, out + 32, 32);
    memcpy(a->nhkb, out + 64, 32);
    memcpy(a->sid, out + 96, 32);
    sg_wipe(ikm, sizeof ikm);
    sg_wipe(out, sizeof out);
}
