/*
 * header - the first part of every message: 44 bytes, sealed under the chain's header key to 76
 * (signet-ratchet(7), "Header").
 *
 *     dh[32]  pn u32  n u32  ep u16  flags u16 = 0
 */
#ifndef SG_RATCHET_HEADER_H
#define SG_RATCHET_HEADER_H

#include "ratchet/siv.h"

#define SG_MESSAGE_HEADER_BYTES 44
#define SG_SEALED_HEADER_BYTES (SG_MESSAGE_HEADER_BYTES + SG_SIV_TAG_BYTES)

struct sg_message_header {
    uint8_t dh[32]; /* the ratchet key of the chain */
    uint32_t pn;    /* messages in the sender's chain before */
    uint32_t n;     /* the message's number, from 0 */
    uint32_t ep;    /* epochs absorbed in the chain's root: u16 */
    uint32_t flags; /* 0 in this version: u16 */
};

void sg_message_header_seal(uint8_t out[static SG_SEALED_HEADER_BYTES],
                            const struct sg_siv_key *key, const uint8_t sid[static 32],
                            const struct sg_message_header *h);

/* False when the key is not the one. The numbers of a header that opens are public from then on. */
SG_CHECKED bool sg_message_header_open(struct sg_message_header *h, const struct sg_siv_key *key,
                                       const uint8_t sid[static 32],
                                       const uint8_t in[static SG_SEALED_HEADER_BYTES]);

#endif
