#include "envelope/judge.h"
#include "envelope/little.h"

#include <string.h>

#define COPY_BYTES 65536

/* One pass over parts of an envelope, in the guarded heap. */
struct reader {
    struct sg_view *view;
    const struct sg_unwrap_how *how;
    struct sg_member_keys keys; /* those of the last member */
    uint64_t content, pieces;
    struct sg_member m; /* read last */
    size_t head_len;
    uint64_t group;   /* of which `lengths` are; UINT64_MAX for none */
    uint64_t started; /* offset of that group's first member */
    uint8_t offsets[SG_GROUPS_MAX * 8];
    uint8_t lengths[SG_GROUP_MEMBERS * SG_INDEX_ENTRY_BYTES];
    uint8_t head[SG_MEMBER_HEAD_MAX];
    uint8_t body[SG_BODY_MAX];
    uint8_t plain[SG_MEMBER_BYTES];
    _Alignas(64) uint8_t work[SG_UNPACK_WORK_BYTES];
};

enum sg_err sg_range_fit(struct sg_range *range, uint64_t bytes, struct sg_error *err)
{
    if (range->offset > bytes)
        return sg_fail_limit(err, SG_ERR_RANGE, NULL, range->offset, bytes);
    if (range->length > bytes - range->offset)
        range->length = bytes - range->offset;
    return SG_OK;
}

static enum sg_err read_at(struct reader *d, uint8_t *out, size_t n, uint64_t at,
                           struct sg_error *err)
{
    return d->view->read(d->view, out, n, at, err);
}

/* Reads the member at `at`, which must have this number and kind, and checks its proof. */
static enum sg_err read_member(struct reader *d, uint64_t at, uint64_t number, unsigned kind,
                               struct sg_error *err)
{
    const char *what = "the content ends before it";
    uint64_t left = at < d->view->size ? d->view->size - at : 0;
    size_t field = 0;
    enum sg_err r = SG_OK;

    if (left < SG_MEMBER_START_BYTES)
        return sg_member_fail(err, what, number);
    r = read_at(d, d->head, SG_MEMBER_START_BYTES, at, err);
    if (r != SG_OK)
        return r;
    what = sg_member_read_start(&field, d->head);
    d->head_len = SG_MEMBER_START_BYTES + field;
    if (!what && left < d->head_len)
        what = "the content ends inside it";
    if (!what)
        r = read_at(d, d->head + SG_MEMBER_START_BYTES, field, at + SG_MEMBER_START_BYTES, err);
    if (r != SG_OK)
        return r;
    if (!what)
        what = sg_member_read(&d->m, d->head, d->head_len);
    if (!what && left - d->head_len < d->m.body_len)
        what = "the content ends inside it";
    if (!what && ((d->m.flags & ~SG_MEMBER_SIGNED) != kind ||
                  (kind != SG_MEMBER_LAST && d->m.number != number)))
        what = "another is in its place";
    if (!what && kind != SG_MEMBER_LAST)
        what = sg_order_same(&d->keys, &d->m);
    if (!what)
        r = read_at(d, d->body, d->m.body_len, at + d->head_len, err);
    if (r == SG_OK && !what)
        what = sg_member_verify(&d->m, d->head, d->body);
    return r == SG_OK && what ? sg_member_fail(err, what, number) : r;
}

/* Reads the last member, and what it says of all. */
static enum sg_err read_last(struct reader *d, struct sg_error *err)
{
    const size_t behind = 2 + SG_MEMBER_PROOF_BYTES + SG_BODY_EMPTY_BYTES;
    uint64_t size = d->view->size, least = SG_MEMBER_START_BYTES + SG_BODY_EMPTY_BYTES, member;
    uint8_t field[2];
    size_t groups;
    enum sg_err r;

    if (size < behind)
        return sg_member_fail(err, "the content ends inside it", 0);
    r = read_at(d, field, sizeof field, size - behind, err);
    if (r != SG_OK)
        return r;
    member = least + sg_get_little(field, sizeof field);
    if (member <= size)
        r = read_member(d, size - member, 0, SG_MEMBER_LAST, err);
    if (member > size || (r == SG_ERR_ENVELOPE && err->value == 1))
        return sg_fail(err, SG_ERR_ENVELOPE, "its last member is missing, or was changed");
    if (r == SG_OK)
        r = sg_judge_member(&d->m, d->how, err);
    if (r != SG_OK)
        return r;
    d->keys.is_signed = d->m.signer != NULL;
    memcpy(d->keys.binding, d->m.binding, sizeof d->keys.binding);
    if (d->m.signer)
        memcpy(d->keys.signer, d->m.signer, sizeof d->keys.signer);
    d->content = d->m.data_len < SG_LAST_MIN_BYTES ? UINT64_MAX : sg_get_little(d->m.data, 8);
    d->pieces = d->content > SG_CONTENT_MAX ? 0 : sg_layout_pieces(d->content);
    groups = (size_t)sg_layout_groups(d->pieces);
    if (d->pieces == 0 || d->m.data_len < sg_layout_last_bytes(groups))
        return sg_fail(err, SG_ERR_ENVELOPE, "its last member does not fit the others");
    if (groups)
        memcpy(d->offsets, d->m.data + 8, groups * 8);
    d->group = UINT64_MAX;
    return SG_OK;
}

static uint64_t pieces_of(const struct reader *d, uint64_t group)
{
    uint64_t before = group * SG_GROUP_MEMBERS;

    return d->pieces - before < SG_GROUP_MEMBERS ? d->pieces - before : SG_GROUP_MEMBERS;
}

static uint64_t offset_of(const struct reader *d, uint64_t group)
{
    return sg_get_little(d->offsets + group * 8, 8);
}

/* Reads the index of a group, unless it is the one at hand or there is just one piece. */
static enum sg_err read_index(struct reader *d, uint64_t group, struct sg_error *err)
{
    uint64_t pieces = pieces_of(d, group);
    uint64_t number = group * SG_GROUP_MEMBERS + pieces + group;
    enum sg_err r;

    if (d->group == group || d->pieces == 1)
        return SG_OK;
    d->group = UINT64_MAX;
    d->started = 0;
    if (group)
        d->started = offset_of(d, group - 1) + SG_BODY_EMPTY_BYTES +
                     sg_member_head_bytes(d->keys.is_signed,
                                          (size_t)SG_GROUP_MEMBERS * SG_INDEX_ENTRY_BYTES);
    r = read_member(d, offset_of(d, group), number, SG_MEMBER_INDEX, err);
    if (r == SG_OK && d->m.data_len != pieces * SG_INDEX_ENTRY_BYTES)
        r = sg_member_fail(err, "it is an index that does not fit the members", number);
    if (r != SG_OK)
        return r;
    memcpy(d->lengths, d->m.data, d->m.data_len);
    d->group = group;
    return SG_OK;
}

/* Reads a piece of the content into d->plain, all of it. */
static enum sg_err read_piece(struct reader *d, uint64_t piece, struct sg_error *err)
{
    uint64_t number = sg_layout_number(piece), at = 0, expected;
    size_t head = sg_member_head_bytes(d->keys.is_signed, 0), len;
    const char *what;
    enum sg_err r = read_index(d, piece / SG_GROUP_MEMBERS, err);

    if (r != SG_OK)
        return r;
    if (d->pieces > 1) {
        at = d->started;
        for (size_t i = 0; i < piece % SG_GROUP_MEMBERS; i++)
            at += head + sg_get_little(d->lengths + i * SG_INDEX_ENTRY_BYTES, SG_INDEX_ENTRY_BYTES);
    }
    r = read_member(d, at, number, 0, err);
    if (r == SG_OK)
        r = sg_unpack(d->plain, &len, &what, d->body, d->m.body_len, d->work, err);
    if (r != SG_OK)
        return r;
    expected = d->content - piece * SG_MEMBER_BYTES;
    expected = expected < SG_MEMBER_BYTES ? expected : SG_MEMBER_BYTES;
    if (!what && len != expected)
        what = "its content has another length than it should";
    return what ? sg_member_fail(err, what, number) : SG_OK;
}

static enum sg_err write_range(struct sg_sink *out, struct reader *d, struct sg_range range,
                               struct sg_error *err)
{
    enum sg_err r = sg_range_fit(&range, d->content, err);

    if (r == SG_OK && d->keys.is_signed && d->how->signed_by)
        d->how->signed_by(d->how->context, d->keys.signer);
    while (r == SG_OK && range.length) {
        size_t skip = (size_t)(range.offset % SG_MEMBER_BYTES), n = SG_MEMBER_BYTES - skip;
        if (n > range.length)
            n = (size_t)range.length;
        r = read_piece(d, range.offset / SG_MEMBER_BYTES, err);
        if (r == SG_OK)
            r = sg_sink_write(out, d->plain + skip, n, err);
        range.offset += n;
        range.length -= n;
    }
    return r;
}

/* The range of content that is in no envelope. */
static enum sg_err copy_range(struct sg_sink *out, struct reader *d, struct sg_range range,
                              struct sg_error *err)
{
    enum sg_err r = sg_judge_bare(d->how, err);

    if (r == SG_OK)
        r = sg_range_fit(&range, d->view->size, err);
    while (r == SG_OK && range.length) {
        size_t n = range.length < COPY_BYTES ? (size_t)range.length : COPY_BYTES;
        r = read_at(d, d->plain, n, range.offset, err);
        if (r == SG_OK)
            r = sg_sink_write(out, d->plain, n, err);
        range.offset += n;
        range.length -= n;
    }
    return r;
}

enum sg_err sg_envelope_range(struct sg_sink *out, struct sg_view *payload,
                              const struct sg_unwrap_how *how, struct sg_range range,
                              struct sg_error *err)
{
    size_t n =
        payload->size < SG_MEMBER_KNOWN_BYTES ? (size_t)payload->size : SG_MEMBER_KNOWN_BYTES;
    struct sg_secret block;
    struct reader *d;
    enum sg_err r = sg_secret_new(&block, sizeof *d, err);

    if (r != SG_OK)
        return r;
    d = (struct reader *)(void *)block.data;
    d->view = payload;
    d->how = how;
    r = n ? read_at(d, d->head, n, 0, err) : SG_OK;
    if (r == SG_OK && sg_judge_known(d->head, n, &how->binding)) {
        r = read_last(d, err);
        if (r == SG_OK)
            r = write_range(out, d, range, err);
    } else if (r == SG_OK) {
        r = copy_range(out, d, range, err);
    }
    sg_secret_free(&block);
    return r;
}
