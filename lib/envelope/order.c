#include "envelope/order.h"

#include "envelope/little.h"

#include <string.h>

void sg_order_init(struct sg_order *o)
{
    memset(o, 0, sizeof *o);
    sg_buffer_init(&o->lengths, (size_t)SG_GROUP_MEMBERS * SG_INDEX_ENTRY_BYTES);
    sg_buffer_init(&o->offsets, (size_t)SG_GROUPS_MAX * 8);
}

void sg_order_free(struct sg_order *o)
{
    sg_buffer_free(&o->lengths);
    sg_buffer_free(&o->offsets);
}

const char *sg_order_same(const struct sg_member_keys *keys, const struct sg_member *m)
{
    if (m->signer && !keys->is_signed)
        return "it is signed, and the first member is not";
    if (!m->signer && keys->is_signed)
        return "it is not signed, and the first member is";
    if (m->signer && !sg_equal(m->signer, keys->signer, sizeof keys->signer))
        return "it is signed with another key than the first member";
    if (!sg_equal(m->binding, keys->binding, sizeof keys->binding))
        return "it was made for another file";
    return NULL;
}

static bool all_zeros(const uint8_t *p, size_t n)
{
    uint8_t any = 0;

    for (size_t i = 0; i < n; i++)
        any |= p[i];
    return any == 0;
}

/* Whether the pieces since the last index are to be followed by one. */
static bool index_due(const struct sg_order *o)
{
    return o->pieces > 1 && o->lengths.len > 0;
}

static enum sg_err take_piece(struct sg_order *o, const char **what, const struct sg_member *m,
                              struct sg_error *err)
{
    uint8_t entry[SG_INDEX_ENTRY_BYTES];

    if (m->data_len)
        *what = "its extra field is too long";
    else if (o->padded || (o->offsets.len && o->pieces % SG_GROUP_MEMBERS))
        *what = "it is content where no more belongs";
    else if (o->lengths.len == o->lengths.max)
        *what = "an index should be in its place";
    if (*what)
        return SG_OK;
    o->pieces++;
    sg_put_little(entry, m->body_len, sizeof entry);
    return sg_buffer_append(&o->lengths, entry, sizeof entry, err);
}

static enum sg_err take_index(struct sg_order *o, const char **what, const struct sg_member *m,
                              struct sg_error *err)
{
    uint8_t offset[8];

    if (!index_due(o) || o->padded)
        *what = "it is an index where none belongs";
    else if (m->data_len != o->lengths.len || memcmp(m->data, o->lengths.data, o->lengths.len) != 0)
        *what = "it is an index that does not fit the members";
    if (*what)
        return SG_OK;
    o->lengths.len = 0;
    sg_put_little(offset, o->at, sizeof offset);
    return sg_buffer_append(&o->offsets, offset, sizeof offset, err);
}

static void take_padding(struct sg_order *o, const char **what, const struct sg_member *m)
{
    if (o->pieces == 0)
        *what = "content should be in its place";
    else if (index_due(o))
        *what = "an index should be in its place";
    else if (!all_zeros(m->data, m->data_len))
        *what = "it is padding, and not all zeros";
    o->padded = true;
}

static void take_last(struct sg_order *o, const char **what, const struct sg_member *m,
                      size_t head_len)
{
    size_t offsets = o->offsets.len, least = SG_LAST_MIN_BYTES + offsets;

    if (o->pieces == 0)
        *what = "content should be in its place";
    else if (index_due(o))
        *what = "an index should be in its place";
    else if (m->data_len < least || sg_layout_pieces(sg_get_little(m->data, 8)) != o->pieces ||
             (offsets && memcmp(m->data + 8, o->offsets.data, offsets) != 0) ||
             !all_zeros(m->data + 8 + offsets, m->data_len - least) ||
             sg_get_little(m->data + m->data_len - 2, 2) != head_len - SG_MEMBER_START_BYTES)
        *what = "it is the last, and does not fit the members before it";
    o->ended = true;
}

enum sg_err sg_order_take(struct sg_order *o, const char **what, const struct sg_member *m,
                          size_t head_len, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    *what = o->number ? sg_order_same(&o->keys, m) : NULL;
    if (*what)
        return SG_OK;
    if (o->number == 0) {
        o->keys.is_signed = m->signer != NULL;
        memcpy(o->keys.binding, m->binding, sizeof o->keys.binding);
        if (m->signer)
            memcpy(o->keys.signer, m->signer, sizeof o->keys.signer);
    }
    if (m->flags & SG_MEMBER_PADDING)
        take_padding(o, what, m);
    else if (m->flags & SG_MEMBER_INDEX)
        r = take_index(o, what, m, err);
    else if (m->flags & SG_MEMBER_LAST)
        take_last(o, what, m, head_len);
    else
        r = take_piece(o, what, m, err);
    o->number++;
    o->at += head_len + m->body_len;
    return r;
}
