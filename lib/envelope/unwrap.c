#include "envelope/judge.h"
#include "envelope/little.h"

#include <stdlib.h>
#include <string.h>

enum {
    UNKNOWN, /* collecting what tells whether it is an envelope */
    BARE,    /* it is none */
    START,   /* collecting a member: its start, its head, its body */
    HEAD,
    BODY,
    STRAY, /* a member is not in its place: looking whether another is what is missing */
    STRAY_HEAD,
    STRAY_BODY
};

/* A member as it came, and its content. */
struct slot {
    struct sg_member m;
    const char *what; /* is wrong with it, or NULL */
    size_t head_len, len;
    uint8_t head[SG_MEMBER_HEAD_MAX];
    uint8_t body[SG_BODY_MAX];
    uint8_t plain[SG_MEMBER_BYTES];
    _Alignas(64) uint8_t work[SG_UNPACK_WORK_BYTES];
};

static enum sg_err undo(void *context, void *memory, struct sg_error *err)
{
    struct slot *s = memory;

    (void)context;
    s->len = 0;
    s->what = sg_member_verify(&s->m, s->head, s->body);
    if (s->what)
        return SG_OK;
    return sg_unpack(s->plain, &s->len, &s->what, s->body, s->m.body_len, s->work, err);
}

/* Whether so much content may come from this member, after what came before. */
static const char *check_length(const struct sg_unwrap *u, const struct slot *s)
{
    bool is_content = !(s->m.flags & (SG_MEMBER_LAST | SG_MEMBER_PADDING | SG_MEMBER_INDEX));

    if (is_content && u->out_bytes % SG_MEMBER_BYTES)
        return "it follows a piece that is not whole";
    if (s->m.flags & SG_MEMBER_LAST && sg_get_little(s->m.data, 8) != u->out_bytes)
        return "it is the last, and the content has another length";
    return NULL;
}

/* Hands on the oldest member's content. */
static enum sg_err hand_on(struct sg_unwrap *u, struct sg_error *err)
{
    void *memory;
    struct slot *s;
    enum sg_err r = sg_pipeline_take(&u->pipeline, &memory, err);

    s = memory;
    if (r != SG_OK)
        return r;
    if (!s->what)
        s->what = check_length(u, s);
    if (s->what)
        return sg_member_fail(err, s->what, s->m.number);
    if (s->m.signer && !u->told && u->how.signed_by)
        u->how.signed_by(u->how.context, s->m.signer);
    u->told = true;
    if (s->len)
        r = sg_sink_write(u->below, s->plain, s->len, err);
    u->out_bytes += s->len;
    sg_pipeline_free(&u->pipeline);
    return r;
}

/* Releases the oldest member; after a failure nothing is released any more. */
static enum sg_err release(struct sg_unwrap *u, struct sg_error *err)
{
    enum sg_err r = hand_on(u, err);

    u->broken = r != SG_OK;
    return r;
}

enum sg_err sg_unwrap_flush(struct sg_unwrap *u, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    while (r == SG_OK && !u->broken && sg_pipeline_pending(&u->pipeline))
        r = release(u, err);
    return r;
}

/*
 * Ends with a failure that the member at hand has, unless one before it has a failure of its own:
 * so it depends on the envelope alone what is released, and what is said.
 */
static enum sg_err end_with(struct sg_unwrap *u, struct sg_error *err)
{
    struct sg_error mine = *err;
    enum sg_err r = sg_unwrap_flush(u, err);

    if (r == SG_OK)
        *err = mine;
    return err->code;
}

static enum sg_err wrong(struct sg_unwrap *u, const char *what, uint64_t number,
                         struct sg_error *err)
{
    (void)sg_member_fail(err, what, number);
    return end_with(u, err);
}

static enum sg_err next_slot(struct sg_unwrap *u, struct sg_error *err)
{
    enum sg_err r = sg_pipeline_slot(&u->pipeline, &u->slot, err);

    if (r == SG_OK && !u->slot)
        r = release(u, err);
    if (r == SG_OK && !u->slot)
        r = sg_pipeline_slot(&u->pipeline, &u->slot, err);
    return r;
}

/* Moves bytes from the input until `have` is `want`. */
static bool collect(uint8_t *to, size_t *have, size_t want, const uint8_t **p, size_t *n)
{
    size_t take = want - *have < *n ? want - *have : *n;

    if (take)
        memcpy(to + *have, *p, take);
    *have += take;
    *p += take;
    *n -= take;
    return *have == want;
}

/* The head is complete: does the member belong here? */
static enum sg_err judge_head(struct sg_unwrap *u, struct slot *s, struct sg_error *err)
{
    const char *what = sg_member_read(&s->m, s->head, s->head_len);
    uint64_t expected = u->order.number;
    enum sg_err r;

    if (what)
        return wrong(u, what, expected, err);
    if (expected == 0 && sg_judge_member(&s->m, &u->how, err) != SG_OK)
        return err->code;
    if (s->m.number < expected)
        return wrong(u, "it comes a second time", s->m.number, err);
    if (s->m.number > expected) {
        u->missing = expected;
        u->stray = s->m.body_len;
        u->state = STRAY_BODY;
        return sg_unwrap_flush(u, err);
    }
    r = sg_order_take(&u->order, &what, &s->m, s->head_len, err);
    if (r != SG_OK)
        return r;
    u->have = 0;
    u->state = BODY;
    return what ? wrong(u, what, expected, err) : SG_OK;
}

static enum sg_err take_member(struct sg_unwrap *u, const uint8_t **p, size_t *n,
                               struct sg_error *err)
{
    struct slot *s;
    const char *what;
    enum sg_err r;

    if (u->order.ended && u->state == START)
        return wrong(u, "something follows the last member", u->order.number, err);
    if (!u->slot && (r = next_slot(u, err)) != SG_OK)
        return r;
    s = u->slot;
    if (u->state == START) {
        if (!collect(s->head, &u->have, SG_MEMBER_START_BYTES, p, n))
            return SG_OK;
        what = sg_member_read_start(&u->field, s->head);
        if (what)
            return wrong(u, what, u->order.number, err);
        s->head_len = SG_MEMBER_START_BYTES + u->field;
        u->state = HEAD;
    }
    if (u->state == HEAD) {
        if (!collect(s->head, &u->have, s->head_len, p, n))
            return SG_OK;
        r = judge_head(u, s, err);
        if (r != SG_OK || u->state != BODY)
            return r;
    }
    if (!collect(s->body, &u->have, s->m.body_len, p, n))
        return SG_OK;
    sg_pipeline_give(&u->pipeline);
    u->slot = NULL;
    u->have = 0;
    u->state = START;
    r = SG_OK;
    while (r == SG_OK && sg_pipeline_ready(&u->pipeline))
        r = release(u, err);
    return r;
}

#define OUT_OF_ORDER "it comes later than it should: members are in another order"
#define MISSING "it is missing, and others follow"

/* Looks through what follows a member that came too early for the one that should have come. */
static enum sg_err take_stray(struct sg_unwrap *u, const uint8_t **p, size_t *n,
                              struct sg_error *err)
{
    struct slot *s = u->slot;
    size_t skip;

    if (u->state == STRAY_BODY) {
        skip = u->stray < *n ? (size_t)u->stray : *n;
        u->stray -= skip;
        *p += skip;
        *n -= skip;
        if (u->stray)
            return SG_OK;
        u->have = 0;
        u->state = STRAY;
    }
    if (u->state == STRAY) {
        if (!collect(s->head, &u->have, SG_MEMBER_START_BYTES, p, n))
            return SG_OK;
        if (sg_member_read_start(&u->field, s->head))
            return wrong(u, MISSING, u->missing, err);
        s->head_len = SG_MEMBER_START_BYTES + u->field;
        u->state = STRAY_HEAD;
    }
    if (!collect(s->head, &u->have, s->head_len, p, n))
        return SG_OK;
    if (sg_member_read(&s->m, s->head, s->head_len))
        return wrong(u, MISSING, u->missing, err);
    if (s->m.number == u->missing)
        return wrong(u, OUT_OF_ORDER, u->missing, err);
    u->stray = s->m.body_len;
    u->state = STRAY_BODY;
    return SG_OK;
}

static enum sg_err take(struct sg_unwrap *u, const uint8_t *p, size_t n, struct sg_error *err)
{
    enum sg_err r = SG_OK;

    while (r == SG_OK && n) {
        if (u->state >= STRAY)
            r = take_stray(u, &p, &n, err);
        else
            r = take_member(u, &p, &n, err);
    }
    return r;
}

/* What was collected so far is the start of an envelope, or not. */
static enum sg_err decide(struct sg_unwrap *u, struct sg_error *err)
{
    size_t n = u->have;
    enum sg_err r;

    u->have = 0;
    if (sg_judge_known(u->known, n, &u->how.binding)) {
        u->state = START;
        return take(u, u->known, n, err);
    }
    u->state = BARE;
    r = sg_judge_bare(&u->how, err);
    return r == SG_OK && n ? sg_sink_write(u->below, u->known, n, err) : r;
}

static enum sg_err put(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    struct sg_unwrap *u = k->context;

    if (u->state == UNKNOWN) {
        enum sg_err r;
        if (!collect(u->known, &u->have, sizeof u->known, &p, &n))
            return SG_OK;
        r = decide(u, err);
        if (r != SG_OK)
            return r;
    }
    if (u->state == BARE)
        return n ? sg_sink_write(u->below, p, n, err) : SG_OK;
    return take(u, p, n, err);
}

static enum sg_err finish(struct sg_sink *k, struct sg_error *err)
{
    struct sg_unwrap *u = k->context;

    if (u->state == UNKNOWN) {
        enum sg_err r = decide(u, err);
        if (r != SG_OK)
            return r;
    }
    if (u->state == BARE)
        return SG_OK;
    if (u->state >= STRAY)
        return wrong(u, MISSING, u->missing, err);
    if (u->order.ended && u->state == START)
        return sg_unwrap_flush(u, err);
    if (u->state == START && u->have == 0)
        return wrong(u, "the content ends before it", u->order.number, err);
    return wrong(u, "the content ends inside it",
                 u->state == BODY ? u->order.number - 1 : u->order.number, err);
}

enum sg_err sg_unwrap_start(struct sg_unwrap *u, struct sg_sink *below,
                            const struct sg_unwrap_how *how, struct sg_error *err)
{
    const struct sg_pipeline_work work = {undo, NULL, sizeof(struct slot)};

    memset(u, 0, sizeof *u);
    sg_sink_custom(&u->sink, put, finish, u, below->name);
    u->below = below;
    u->how = *how;
    sg_order_init(&u->order);
    return sg_pipeline_start(&u->pipeline, &work, how->threads, err);
}

void sg_unwrap_close(struct sg_unwrap *u)
{
    sg_pipeline_stop(&u->pipeline);
    sg_order_free(&u->order);
    sg_wipe(u->known, sizeof u->known);
    sg_wipe(&u->how.binding, sizeof u->how.binding);
    u->slot = NULL;
}
