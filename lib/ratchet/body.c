#include "ratchet/body.h"

#include "base/ct.h"
#include "crypto/mlkem768.h"
#include "ratchet/bytes.h"
#include "ratchet/epoch.h"
#include "ratchet/offer.h"

#include <string.h>

#define MUST_KNOW 0x80 /* types from here on may not be passed over */

/* How long the value of each known type is. */
static const struct {
    size_t least, most;
} SIZES[SG_ITEM_KNOWN] = {
    [SG_ITEM_TEXT] = {1, SG_ITEM_TEXT_MAX_BYTES},
    [SG_ITEM_PQ_EK] = {SG_ITEM_PQ_EK_BYTES, SG_ITEM_PQ_EK_BYTES},
    [SG_ITEM_PQ_CT] = {SG_ITEM_PQ_CT_BYTES, SG_ITEM_PQ_CT_BYTES},
    [SG_ITEM_TIME] = {SG_ITEM_TIME_BYTES, SG_ITEM_TIME_BYTES},
    [SG_ITEM_OFFER] = {SG_ITEM_OFFER_BYTES, SG_ITEM_OFFER_BYTES},
    [SG_ITEM_OPENED] = {SG_ITEM_OPENED_BYTES, SG_ITEM_OPENED_BYTES},
    [SG_ITEM_REKEY] = {0, 0},
};

_Static_assert(SG_ITEM_PQ_EK_BYTES == 2 + SG_MLKEM768_PUBLIC_BYTES, "an epoch and a key");
_Static_assert(SG_ITEM_PQ_CT_BYTES == 2 + SG_MLKEM768_CIPHERTEXT_BYTES, "an epoch and a text");
_Static_assert(SG_ITEM_OFFER_BYTES == SG_OFFER_BYTES, "a whole offer");

uint8_t *sg_body_head(uint8_t *at, enum sg_item type, size_t n)
{
    at[0] = (uint8_t)type;
    sg_put16(at + 1, (uint32_t)n);
    return at + SG_ITEM_HEAD_BYTES;
}

/* Whether all bytes are zero, in time that depends on n alone. */
static bool all_zero(const uint8_t *p, size_t n)
{
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++)
        any |= p[i];
    sg_ct_declassify(&any, sizeof any);
    return any == 0;
}

/* Whether the value of an epoch's item may be one at all. */
static bool epoch_is_sound(enum sg_item type, const uint8_t *value, size_t n)
{
    uint32_t e;

    sg_ct_declassify(value, n); /* an epoch's number, and a public key or a ciphertext */
    e = sg_get16(value);
    return e != 0 && e != SG_EPOCH_LAST && (type != SG_ITEM_PQ_EK || sg_mlkem768_check(value + 2));
}

enum sg_word sg_body_parse(struct sg_body *b, const uint8_t *p, size_t n)
{
    uint8_t seen[256 / 8] = {0};

    memset(b, 0, sizeof *b);
    for (size_t at = 0; at < n;) {
        size_t type, len;

        sg_ct_declassify(p + at, 1);
        type = p[at];
        if (type == SG_ITEM_PADDING)
            return all_zero(p + at, n - at) ? SG_WORD_OK : SG_WORD_MALFORMED;
        if (n - at < SG_ITEM_HEAD_BYTES)
            return SG_WORD_MALFORMED;
        sg_ct_declassify(p + at + 1, 2);
        len = sg_get16(p + at + 1);
        at += SG_ITEM_HEAD_BYTES;
        if (len > n - at || seen[type / 8] & 1U << type % 8)
            return SG_WORD_MALFORMED;
        seen[type / 8] |= (uint8_t)(1U << type % 8);
        if (type >= MUST_KNOW)
            return SG_WORD_UNSUPPORTED;
        if (type < SG_ITEM_KNOWN) {
            if (len < SIZES[type].least || len > SIZES[type].most)
                return SG_WORD_MALFORMED;
            if ((type == SG_ITEM_PQ_EK || type == SG_ITEM_PQ_CT) &&
                !epoch_is_sound((enum sg_item)type, p + at, len))
                return SG_WORD_MALFORMED;
            b->value[type] = p + at;
            b->len[type] = len;
        }
        at += len;
    }
    return SG_WORD_OK;
}
