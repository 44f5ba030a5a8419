/*
 * body - what a message holds: items, each u8 type, u16 length, value, and zeros to the end
 * (signet-ratchet(7), "Items").
 */
#ifndef SG_RATCHET_BODY_H
#define SG_RATCHET_BODY_H

#include "ratchet/word.h"

#include "base/error.h"

#include <stdbool.h>

#define SG_ITEM_HEAD_BYTES 3

enum sg_item {
    SG_ITEM_PADDING = 0x00, /* all that follows it is zero, too */
    SG_ITEM_TEXT = 0x01,    /* 1 to 64119 bytes */
    SG_ITEM_PQ_EK = 0x02,   /* u16 e, ek[1184] */
    SG_ITEM_PQ_CT = 0x03,   /* u16 e, ct[1088] */
    SG_ITEM_TIME = 0x04,    /* u64 unix ms */
    SG_ITEM_OFFER = 0x05,   /* offer[1352] */
    SG_ITEM_OPENED = 0x06,  /* u64 unix ms */
    SG_ITEM_REKEY = 0x07    /* empty */
};

/* The bytes that an item of so many bytes takes. */
#define SG_ITEM_BYTES(n) (SG_ITEM_HEAD_BYTES + (size_t)(n))

#define SG_ITEM_PQ_EK_BYTES (2 + 1184)
#define SG_ITEM_PQ_CT_BYTES (2 + 1088)
#define SG_ITEM_TIME_BYTES 8
#define SG_ITEM_OFFER_BYTES 1352
#define SG_ITEM_OPENED_BYTES 8
#define SG_ITEM_TEXT_MAX_BYTES 64119

/* The known items of a body, by type: where their values stand; NULL where there is none. */
#define SG_ITEM_KNOWN 8
struct sg_body {
    const uint8_t *value[SG_ITEM_KNOWN];
    size_t len[SG_ITEM_KNOWN];
};

/* Writes an item's type and length; returns where its value goes. */
uint8_t *sg_body_head(uint8_t *at, enum sg_item type, size_t n);

/*
 * Reads the items of n authentic bytes. SG_WORD_OK; SG_WORD_MALFORMED for a wrong length, a repeat,
 * an item cut off, padding that is not zero, an epoch 0 or 65535, an ek out of range;
 * SG_WORD_UNSUPPORTED for an unknown type of 0x80 or more. Which types and lengths there are is
 * public; what they hold is not.
 */
SG_CHECKED enum sg_word sg_body_parse(struct sg_body *b, const uint8_t *p, size_t n);

#endif
