#include "ratchet/session.h"

#include "base/secret.h"
#include "ratchet/bytes.h"

#include <stdlib.h>
#include <string.h>

/*
 * A session as it is stored. Everything is there or not as the flags and counts before it say, so
 * that a session has one encoding:
 *
 *     version u8 = 1 | flags u16 | sid[32] | opened u64 | peer[64] | root[32] | dhr[32]
 *     | nhks[64] | nhkr[64] | ns u32 | pn u32 | serial_r u32
 *     | have_dhs:  dhs[32] dhs_public[32]
 *     | sending:   hks[64] cks[32] ep_s u16
 *     | receiving: hkr[64] ckr[32] nr u32 ep_r u16
 *     | phase u8 | epochs absorbed u16 | count u32 | last u64 | since u32 | by phase: seed[64], or
 *       K[32], or ek[1184], or K[32] ct[1088]
 *     | bad_count u8, each [8]
 *     | old_count u8, each: header[64] dh[32] serial u32 ep u16 time u64
 *     | skipped_count u16, each: serial u32 n u32 time u64 mk[32]
 *     | envelopes u8 | envelopes_out u8 | each [1281]
 */
#define VERSION 1

enum {
    FLAG_ROLE_B = 1,
    FLAG_SUSPECT = 2,
    FLAG_NEED_SEND = 4,
    FLAG_HAVE_DHS = 8,
    FLAG_SENDING = 16,
    FLAG_RECEIVING = 32,
    FLAG_ASKED = 64,
    FLAG_ALL = 127
};

#define OLD_BYTES (64 + 32 + 4 + 2 + 8)
#define SKIPPED_BYTES (4 + 4 + 8 + 32)
#define FIXED_BYTES (1 + 2 + 32 + 8 + 64 + 32 + 32 + 64 + 64 + 4 + 4 + 4)
#define PARTS_BYTES (64 + (64 + 32 + 2) + (64 + 32 + 4 + 2))
#define EPOCH_BYTES (1 + 2 + 4 + 8 + 4 + 1184)
#define LISTS_BYTES                                                                                \
    (1 + SG_BAD_MAX * 8 + 1 + SG_OLD_CHAINS_MAX * OLD_BYTES + 2 + SG_SKIPPED_MAX * SKIPPED_BYTES + \
     2 + SG_ENVELOPES * SG_ENVELOPE_BYTES)

_Static_assert(FIXED_BYTES + PARTS_BYTES + EPOCH_BYTES + LISTS_BYTES <= SG_SESSION_MAX_BYTES,
               "the largest session fits");

/* One way for both directions: each field is either written from the session or read into it. */
struct coder {
    uint8_t *out;      /* when writing */
    const uint8_t *in; /* when reading */
    size_t at, n;
    bool bad;
};

static void code(struct coder *c, void *field, size_t n)
{
    if (c->bad || n > c->n - c->at) {
        c->bad = true;
        return;
    }
    if (c->out)
        memcpy(c->out + c->at, field, n);
    else if (c->in)
        memcpy(field, c->in + c->at, n);
    c->at += n;
}

/* A number of `size` bytes, at most `most`. */
static uint64_t code_number(struct coder *c, uint64_t x, size_t size, uint64_t most)
{
    uint8_t bytes[8] = {0};

    sg_put64(bytes, x);
    code(c, bytes, size);
    x = sg_get64(bytes);
    c->bad = c->bad || x > most;
    return c->bad ? 0 : x;
}

static void code32(struct coder *c, uint32_t *x, size_t size, uint32_t most)
{
    *x = (uint32_t)code_number(c, *x, size, most);
}

static void code64(struct coder *c, uint64_t *x)
{
    *x = code_number(c, *x, 8, UINT64_MAX);
}

static void code_flags(struct coder *c, struct sg_session *s)
{
    uint32_t flags = (s->role == SG_ROLE_B ? FLAG_ROLE_B : 0U) | (s->suspect ? FLAG_SUSPECT : 0U) |
                     (s->need_send ? FLAG_NEED_SEND : 0U) | (s->have_dhs ? FLAG_HAVE_DHS : 0U) |
                     (s->sending ? FLAG_SENDING : 0U) | (s->receiving ? FLAG_RECEIVING : 0U) |
                     (s->pq.asked ? FLAG_ASKED : 0U);

    code32(c, &flags, 2, FLAG_ALL);
    s->role = flags & FLAG_ROLE_B ? SG_ROLE_B : SG_ROLE_A;
    s->suspect = flags & FLAG_SUSPECT;
    s->need_send = flags & FLAG_NEED_SEND;
    s->have_dhs = flags & FLAG_HAVE_DHS;
    s->sending = flags & FLAG_SENDING;
    s->receiving = flags & FLAG_RECEIVING;
    s->pq.asked = flags & FLAG_ASKED;
}

static void code_chains(struct coder *c, struct sg_session *s)
{
    code(c, &s->nhks, sizeof s->nhks);
    code(c, &s->nhkr, sizeof s->nhkr);
    code32(c, &s->ns, 4, SG_CHAIN_MAX);
    code32(c, &s->pn, 4, SG_CHAIN_MAX);
    code32(c, &s->serial_r, 4, UINT32_MAX);
    if (s->have_dhs) {
        code(c, s->dhs, sizeof s->dhs);
        code(c, s->dhs_public, sizeof s->dhs_public);
    }
    if (s->sending) {
        code(c, &s->hks, sizeof s->hks);
        code(c, s->cks, sizeof s->cks);
        code32(c, &s->ep_s, 2, SG_EPOCH_LAST - 1);
    }
    if (s->receiving) {
        code(c, &s->hkr, sizeof s->hkr);
        code(c, s->ckr, sizeof s->ckr);
        code32(c, &s->nr, 4, SG_CHAIN_MAX);
        code32(c, &s->ep_r, 2, SG_EPOCH_LAST - 1);
    }
}

static void code_epoch(struct coder *c, struct sg_epoch *q)
{
    uint32_t phase = (uint32_t)q->phase;

    code32(c, &phase, 1, SG_PHASE_COUNT - 1);
    q->phase = (enum sg_phase)phase;
    code32(c, &q->root, 2, SG_EPOCH_LAST - 1);
    code32(c, &q->count, 4, UINT32_MAX);
    code64(c, &q->last);
    code32(c, &q->since, 4, UINT32_MAX);
    if (q->phase == SG_PHASE_OFFERING)
        code(c, q->seed, sizeof q->seed);
    if (q->phase == SG_PHASE_READY || q->phase == SG_PHASE_ANSWERING)
        code(c, q->key, sizeof q->key);
    if (q->phase == SG_PHASE_PENDING)
        code(c, q->bytes, SG_MLKEM768_PUBLIC_BYTES);
    if (q->phase == SG_PHASE_ANSWERING)
        code(c, q->bytes, SG_MLKEM768_CIPHERTEXT_BYTES);
}

static void code_lists(struct coder *c, struct sg_session *s)
{
    code32(c, &s->bad_count, 1, SG_BAD_MAX);
    code(c, s->bad, s->bad_count * sizeof *s->bad);
    code32(c, &s->old_count, 1, SG_OLD_CHAINS_MAX);
    for (uint32_t i = 0; i < s->old_count; i++) {
        struct sg_old_chain *chain = &s->old[i];
        code(c, &chain->header, sizeof chain->header);
        code(c, chain->dh, sizeof chain->dh);
        code32(c, &chain->serial, 4, UINT32_MAX);
        code32(c, &chain->ep, 2, SG_EPOCH_LAST - 1);
        code64(c, &chain->time);
    }
    code32(c, &s->skipped_count, 2, SG_SKIPPED_MAX);
    for (uint32_t i = 0; i < s->skipped_count; i++) {
        struct sg_skipped *key = &s->skipped[i];
        code32(c, &key->serial, 4, UINT32_MAX);
        code32(c, &key->n, 4, SG_CHAIN_MAX - 1);
        code64(c, &key->time);
        code(c, key->mk, sizeof key->mk);
    }
    code32(c, &s->envelopes, 1, SG_ENVELOPES);
    code32(c, &s->envelopes_out, 1, SG_ENVELOPES);
    for (uint32_t i = SG_ENVELOPES - s->envelopes; i < SG_ENVELOPES; i++)
        code(c, s->env[i], sizeof s->env[i]);
}

static void code_session(struct coder *c, struct sg_session *s)
{
    (void)code_number(c, VERSION, 1, VERSION);
    code_flags(c, s);
    code(c, s->sid, sizeof s->sid);
    code64(c, &s->opened);
    code(c, &s->peer, sizeof s->peer);
    code(c, s->root, sizeof s->root);
    code(c, s->dhr, sizeof s->dhr);
    code_chains(c, s);
    code_epoch(c, &s->pq);
    code_lists(c, s);
}

enum sg_err sg_session_encode(struct sg_buffer *out, const struct sg_session *s,
                              struct sg_error *err)
{
    enum sg_err r = sg_buffer_reserve(out, SG_SESSION_MAX_BYTES, err);
    struct coder c = {.n = SG_SESSION_MAX_BYTES};

    if (!s->opened_known)
        abort(); /* a new session as B, of which nothing has been received */
    if (r != SG_OK)
        return r;
    c.out = out->data + out->len;
    code_session(&c, (struct sg_session *)s); /* writing changes no field */
    out->len += c.at;
    return SG_OK;
}

/* ---- what no session of ours can be -----------------------------------------------------------
 */

static bool chains_are_sound(const struct sg_session *s)
{
    /* Who must send has no sending chain; who has one, has its key; else B has not heard a thing.
     */
    if (s->need_send ? s->sending || s->have_dhs : !s->have_dhs)
        return false;
    if (!s->need_send && !s->sending && (s->role != SG_ROLE_B || s->receiving))
        return false;
    if (!s->receiving && (s->serial_r || s->skipped_count || s->old_count))
        return false;
    return s->sending ? s->ns > 0 && s->ep_s <= s->pq.root : true;
}

static bool epoch_is_sound(const struct sg_epoch *q, enum sg_role role)
{
    bool offerer = (sg_epoch_number(q) % 2 == 1) == (role == SG_ROLE_B);

    if (q->since && q->phase != SG_PHASE_OFFERING && q->phase != SG_PHASE_ANSWERING)
        return false;
    return offerer == (q->phase <= SG_PHASE_READY);
}

static bool lists_are_sound(const struct sg_session *s)
{
    for (uint32_t i = 0; i < s->old_count; i++)
        if (s->old[i].serial >= (i + 1 < s->old_count ? s->old[i + 1].serial : s->serial_r))
            return false;
    for (uint32_t i = 0; i < s->skipped_count; i++) {
        uint32_t serial = s->skipped[i].serial, at = 0;
        while (at < s->old_count && s->old[at].serial != serial)
            at++;
        if (at == s->old_count && (serial != s->serial_r || s->skipped[i].n >= s->nr))
            return false;
    }
    if (s->envelopes == 0)
        return s->envelopes_out == 0;
    return s->role == SG_ROLE_A && !s->receiving &&
           (s->envelopes_out == SG_ENVELOPES - s->envelopes ||
            (s->envelopes == 1 && s->envelopes_out == SG_ENVELOPES));
}

bool sg_session_decode(struct sg_session *s, const uint8_t *bytes, size_t n)
{
    struct coder c = {.in = bytes, .n = n};
    bool ok;

    memset(s, 0, sizeof *s);
    ok = n > 0 && bytes[0] == VERSION;
    if (ok) {
        code_session(&c, s);
        s->opened_known = true;
        ok = !c.bad && c.at == n && chains_are_sound(s) && epoch_is_sound(&s->pq, s->role) &&
             lists_are_sound(s);
    }
    if (!ok) {
        sg_wipe(s, sizeof *s);
        memset(s, 0, sizeof *s);
    }
    return ok;
}
