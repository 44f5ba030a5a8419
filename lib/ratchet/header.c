#include "ratchet/header.h"

#include "base/ct.h"
#include "base/secret.h"
#include "ratchet/bytes.h"

#include <string.h>

#define PN_AT 32
#define N_AT 36
#define EP_AT 40
#define FLAGS_AT 42

void sg_message_header_seal(uint8_t out[static SG_SEALED_HEADER_BYTES],
                            const struct sg_siv_key *key, const uint8_t sid[static 32],
                            const struct sg_message_header *h)
{
    uint8_t text[SG_MESSAGE_HEADER_BYTES];
    struct sg_span ad = {sid, 32};

    memcpy(text, h->dh, sizeof h->dh);
    sg_put32(text + PN_AT, h->pn);
    sg_put32(text + N_AT, h->n);
    sg_put16(text + EP_AT, h->ep);
    sg_put16(text + FLAGS_AT, h->flags);
    sg_siv_seal(out, key, &ad, 1, text, sizeof text);
    sg_wipe(text, sizeof text);
}

bool sg_message_header_open(struct sg_message_header *h, const struct sg_siv_key *key,
                            const uint8_t sid[static 32],
                            const uint8_t in[static SG_SEALED_HEADER_BYTES])
{
    uint8_t text[SG_MESSAGE_HEADER_BYTES];
    struct sg_span ad = {sid, 32};

    if (!sg_siv_open(text, key, &ad, 1, in, SG_SEALED_HEADER_BYTES))
        return false;
    sg_ct_declassify(text, sizeof text); /* where it leads is acted upon at once */
    memcpy(h->dh, text, sizeof h->dh);
    h->pn = sg_get32(text + PN_AT);
    h->n = sg_get32(text + N_AT);
    h->ep = sg_get16(text + EP_AT);
    h->flags = sg_get16(text + FLAGS_AT);
    sg_wipe(text, sizeof text);
    return true;
}
