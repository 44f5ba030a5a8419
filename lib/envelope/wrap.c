#include "envelope/envelope.h"

#include "envelope/little.h"

#include <stdlib.h>
#include <string.h>

enum { CONTENT, INDEX, PADDING, LAST, END }; /* what is to be made next */

/* A piece of content and the member made of it. */
struct slot {
    uint64_t number;
    size_t len, member_len;
    uint8_t plain[SG_MEMBER_BYTES];
    uint8_t member[SG_MEMBER_START_BYTES + 256 + SG_BODY_MAX];
    _Alignas(64) uint8_t work[SG_PACK_WORK_BYTES];
};

static enum sg_err make(void *context, void *memory, struct sg_error *err)
{
    const struct sg_wrap *w = context;
    struct slot *s = memory;
    size_t head = sg_member_head_bytes(w->keys.is_signed, 0), len;
    enum sg_err r = sg_pack(s->member + head, &len, s->plain, s->len, w->how.level, s->work, err);

    if (r == SG_OK)
        s->member_len = sg_member_write(s->member, &w->keys, 0, s->number, NULL, 0, len);
    return r;
}

/* Reads the next piece and has it worked on; sets w->ended when there was none. */
static enum sg_err give_piece(struct sg_wrap *w, struct slot *s, struct sg_error *err)
{
    enum sg_err r = sg_source_read(w->content, s->plain, SG_MEMBER_BYTES, &s->len, err);

    if (r != SG_OK)
        return r;
    w->ended = s->len < SG_MEMBER_BYTES;
    if (s->len == 0 && w->pieces_given)
        return SG_OK;
    if (w->content_bytes + s->len > SG_CONTENT_MAX)
        return sg_fail_limit(err, SG_ERR_LIMIT, "it is more than an envelope can hold", 0,
                             SG_CONTENT_MAX);
    w->content_bytes += s->len;
    s->number = sg_layout_number(w->pieces_given++);
    sg_pipeline_give(&w->pipeline);
    if (w->how.tick)
        w->how.tick(w->how.context, w->content_bytes);
    return SG_OK;
}

/* Keeps as many pieces at work as there are slots, but lets none wait that is finished. */
static enum sg_err give_pieces(struct sg_wrap *w, struct sg_error *err)
{
    while (!w->ended && !sg_pipeline_ready(&w->pipeline)) {
        void *slot;
        enum sg_err r = sg_pipeline_slot(&w->pipeline, &slot, err);
        if (r == SG_OK && slot)
            r = give_piece(w, slot, err);
        if (r != SG_OK || !slot)
            return r;
    }
    return SG_OK;
}

/* The member at hand is `len` bytes from `p` on. */
static void offer(struct sg_wrap *w, const uint8_t *p, size_t len)
{
    w->ready = p;
    w->ready_len = len;
    w->at += len;
}

static enum sg_err next_piece(struct sg_wrap *w, struct sg_error *err)
{
    uint8_t entry[SG_INDEX_ENTRY_BYTES];
    void *memory;
    struct slot *s;
    enum sg_err r = give_pieces(w, err);

    if (r != SG_OK)
        return r;
    if (sg_pipeline_pending(&w->pipeline) == 0) {
        w->stage = w->lengths.len && w->pieces_done > 1 ? INDEX : PADDING;
        return SG_OK;
    }
    r = sg_pipeline_take(&w->pipeline, &memory, err);
    s = memory;
    if (r != SG_OK)
        return r;
    sg_put_little(entry, s->member_len - sg_member_head_bytes(w->keys.is_signed, 0), sizeof entry);
    r = sg_buffer_append(&w->lengths, entry, sizeof entry, err);
    w->from_slot = true;
    w->number = s->number + 1;
    offer(w, s->member, s->member_len);
    if (++w->pieces_done % SG_GROUP_MEMBERS == 0)
        w->stage = INDEX;
    return r;
}

/* Makes a member that has data instead of content. */
static void make_small(struct sg_wrap *w, unsigned flags, const void *data, size_t data_len)
{
    uint8_t *out = w->small.data;

    memcpy(out + sg_member_head_bytes(w->keys.is_signed, data_len), sg_body_empty,
           SG_BODY_EMPTY_BYTES);
    offer(w, out,
          sg_member_write(out, &w->keys, flags, w->number++, data, data_len, SG_BODY_EMPTY_BYTES));
}

static enum sg_err next_index(struct sg_wrap *w, struct sg_error *err)
{
    uint8_t offset[8];
    enum sg_err r;

    sg_put_little(offset, w->at, sizeof offset);
    r = sg_buffer_append(&w->offsets, offset, sizeof offset, err);
    make_small(w, SG_MEMBER_INDEX, w->lengths.data, w->lengths.len);
    w->lengths.len = 0;
    w->stage = CONTENT;
    return r;
}

/* How much padding is missing, when the last member has no zeros in it. */
static uint64_t missing(const struct sg_wrap *w)
{
    uint64_t bytes =
        w->at + SG_BODY_EMPTY_BYTES +
        sg_member_head_bytes(w->keys.is_signed, sg_layout_last_bytes(w->offsets.len / 8));

    return w->how.pad ? sg_padme(bytes) - bytes : 0;
}

/* Padding members for as much as members can be; the rest is for the last member. */
static void next_padding(struct sg_wrap *w)
{
    size_t least = sg_member_head_bytes(w->keys.is_signed, 0) + SG_BODY_EMPTY_BYTES, data;

    if (w->padding == 0)
        w->padding = missing(w);
    if (w->padding < least) {
        w->stage = LAST;
        return;
    }
    data = sg_member_data_max(w->keys.is_signed);
    if (w->padding - least < data)
        data = (size_t)(w->padding - least);
    make_small(w, SG_MEMBER_PADDING, NULL, data);
    w->padding -= least + data;
    if (w->padding < least)
        w->stage = LAST;
}

static void next_last(struct sg_wrap *w)
{
    size_t indices = w->offsets.len, zeros = (size_t)w->padding;
    size_t data_len = sg_layout_last_bytes(indices / 8) + zeros;
    uint8_t *data = w->small.data + sg_member_head_bytes(w->keys.is_signed, 0) -
                    SG_MEMBER_PROOF_BYTES; /* its place in the member */
    size_t head = sg_member_head_bytes(w->keys.is_signed, data_len);

    sg_put_little(data, w->content_bytes, 8);
    if (indices)
        memcpy(data + 8, w->offsets.data, indices);
    memset(data + 8 + indices, 0, zeros);
    sg_put_little(data + data_len - 2, head - SG_MEMBER_START_BYTES, 2);
    make_small(w, SG_MEMBER_LAST, data, data_len);
    w->stage = END;
}

static enum sg_err next_member(struct sg_wrap *w, struct sg_error *err)
{
    if (w->from_slot)
        sg_pipeline_free(&w->pipeline);
    w->from_slot = false;
    switch (w->stage) {
    case CONTENT:
        return next_piece(w, err);
    case INDEX:
        return next_index(w, err);
    case PADDING:
        next_padding(w);
        break;
    default:
        next_last(w);
    }
    return SG_OK;
}

static enum sg_err pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    struct sg_wrap *w = s->context;

    if (!w->bound)
        abort();
    while (w->ready_len == 0 && w->stage != END) {
        enum sg_err r = next_member(w, err);
        if (r != SG_OK)
            return r;
    }
    *got = w->ready_len < cap ? w->ready_len : cap;
    if (*got)
        memcpy(out, w->ready, *got);
    w->ready += *got;
    w->ready_len -= *got;
    return SG_OK;
}

enum sg_err sg_wrap_start(struct sg_wrap *w, struct sg_source *content,
                          const struct sg_wrap_how *how, struct sg_error *err)
{
    const struct sg_pipeline_work work = {make, w, sizeof(struct slot)};
    enum sg_err r;

    memset(w, 0, sizeof *w);
    sg_source_custom(&w->source, pull, w, content->name);
    w->content = content;
    w->how = *how;
    w->keys.is_signed = how->seed != NULL;
    w->keys.seed = how->seed;
    if (how->seed)
        sg_sign_public(w->keys.signer, how->seed);
    sg_buffer_init(&w->lengths, (size_t)SG_GROUP_MEMBERS * SG_INDEX_ENTRY_BYTES);
    sg_buffer_init(&w->offsets, (size_t)SG_GROUPS_MAX * 8);
    r = sg_secret_new(&w->small, SG_MEMBER_HEAD_MAX + SG_BODY_EMPTY_BYTES, err);
    if (r == SG_OK)
        r = sg_pipeline_start(&w->pipeline, &work, how->threads, err);
    return r;
}

void sg_wrap_bind(struct sg_wrap *w, const struct sg_envelope_binding *binding)
{
    memcpy(w->keys.binding, w->keys.is_signed ? binding->header : binding->key,
           sizeof w->keys.binding);
    w->bound = true;
}

void sg_wrap_close(struct sg_wrap *w)
{
    sg_pipeline_stop(&w->pipeline);
    sg_source_close(&w->source);
    sg_secret_free(&w->small);
    sg_buffer_free(&w->lengths);
    sg_buffer_free(&w->offsets);
    sg_wipe(&w->keys, sizeof w->keys);
}

enum sg_err sg_wrap_is_needed(bool *is, struct sg_source *content, struct sg_error *err)
{
    const uint8_t *p;
    size_t have;
    enum sg_err r = sg_source_peek(content, SG_MEMBER_START_BYTES, &p, &have, err);

    *is = r == SG_OK && have == SG_MEMBER_START_BYTES && sg_member_starts(p);
    return r;
}
