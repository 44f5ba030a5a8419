#include "ratchet/session.h"

/* What advice begins at. */
#define REPLY_DUE 50
#define EPOCH_DUE 32
#define STALLED_COUNT 128

enum sg_err sg_session_new(struct sg_secret *s, struct sg_error *err)
{
    return sg_secret_new(s, sizeof(struct sg_session), err);
}

void sg_session_trust(struct sg_session *s)
{
    s->suspect = false;
}

void sg_session_rekey(struct sg_session *s)
{
    s->pq.asked = true;
}

unsigned sg_session_advice(const struct sg_session *s, uint64_t now)
{
    const struct sg_epoch *q = &s->pq;
    bool under_way = q->phase != SG_PHASE_IDLE && q->phase != SG_PHASE_WAIT_EK;
    bool long_ago = now > q->last && now - q->last > SG_KEEP_MS;
    unsigned advice = 0;

    if (s->need_send && s->nr >= REPLY_DUE)
        advice |= SG_ADVICE_REPLY;
    if (q->root == 0)
        advice |= SG_ADVICE_FIRST_EPOCH | (q->count >= EPOCH_DUE ? SG_ADVICE_NO_EPOCH : 0);
    if ((under_way || q->asked || q->root == 0) && (q->count >= STALLED_COUNT || long_ago))
        advice |= SG_ADVICE_STALLED;
    if (s->bad_count == SG_BAD_MAX)
        advice |= SG_ADVICE_REOPEN;
    return advice;
}
