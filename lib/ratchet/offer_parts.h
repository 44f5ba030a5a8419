/*
 * offer_parts - where the parts of an offer stand (signet-ratchet(7), "Offers"). For the room
 * alone.
 */
#ifndef SG_RATCHET_OFFER_PARTS_H
#define SG_RATCHET_OFFER_PARTS_H

#define SG_OFFER_VERSION_AT 0
#define SG_OFFER_SUITE_AT 1
#define SG_OFFER_KIND_AT 2
#define SG_OFFER_SPOKEN_AT 3 /* the highest version its maker speaks, when above 1 */
#define SG_OFFER_NOT_AFTER_AT 4
#define SG_OFFER_IKS_AT 8
#define SG_OFFER_IKD_AT 40
#define SG_OFFER_SPK_AT 72
#define SG_OFFER_PQPK_AT 104
#define SG_OFFER_SIGNATURE_AT 1288

#endif
