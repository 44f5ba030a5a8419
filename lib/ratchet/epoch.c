#include "ratchet/epoch.h"

#include "base/ct.h"
#include "base/secret.h"
#include "ratchet/bytes.h"
#include "ratchet/derive.h"

#include <string.h>

#define COUNT_DUE 32                   /* messages after which an epoch begins */
#define TIME_DUE_MS UINT64_C(86400000) /* and the time */
#define RESEND 8                       /* messages after which an item is sent again */

uint32_t sg_epoch_number(const struct sg_epoch *q)
{
    return q->root + 1;
}

void sg_epoch_next(struct sg_epoch *q, enum sg_role role, uint64_t now)
{
    bool asked = q->asked;
    uint32_t root = q->root;
    enum sg_role offerer = (root + 1) % 2 ? SG_ROLE_B : SG_ROLE_A;

    sg_wipe(q, sizeof *q);
    memset(q, 0, sizeof *q);
    q->asked = asked;
    q->root = root;
    q->last = now;
    q->phase = role == offerer ? SG_PHASE_IDLE : SG_PHASE_WAIT_EK;
}

static bool due(const struct sg_epoch *q, uint64_t now)
{
    if (sg_epoch_number(q) >= SG_EPOCH_LAST)
        return false;
    return q->root == 0 || q->asked || q->count >= COUNT_DUE ||
           (now > q->last && now - q->last >= TIME_DUE_MS);
}

enum sg_epoch_item sg_epoch_plan(const struct sg_epoch *q, bool absorb, bool first, uint64_t now)
{
    bool attach = first || q->since >= RESEND;

    switch (absorb ? SG_PHASE_WAIT_EK : q->phase) { /* who offered answers next */
    case SG_PHASE_IDLE:
        return due(q, now) ? SG_EPOCH_EK : SG_EPOCH_NONE;
    case SG_PHASE_OFFERING:
        return attach ? SG_EPOCH_EK : SG_EPOCH_NONE;
    case SG_PHASE_WAIT_EK:
        return q->asked ? SG_EPOCH_REKEY : SG_EPOCH_NONE;
    case SG_PHASE_PENDING:
        return SG_EPOCH_CT;
    case SG_PHASE_ANSWERING:
        return attach ? SG_EPOCH_CT : SG_EPOCH_NONE;
    case SG_PHASE_READY:
    case SG_PHASE_COUNT:
        break;
    }
    return SG_EPOCH_NONE;
}

/* K, of which both sides make the root's next ingredient. */
static void agree(uint8_t key[static 32], const uint8_t sid[static 32], uint32_t e,
                  const uint8_t shared[static 32], const uint8_t *ek, const uint8_t *ct)
{
    uint8_t context[2 + 32 + 32];
    struct sg_span x = {ek, SG_MLKEM768_PUBLIC_BYTES}, y = {ct, SG_MLKEM768_CIPHERTEXT_BYTES};

    sg_put16(context, e);
    sg_derive_hash(context + 2, "ek", &x, 1);
    sg_derive_hash(context + 34, "ct", &y, 1);
    sg_derive_kdf(key, 32, sid, 32, shared, 32, "pq", context, sizeof context);
}

static void write_ek(uint8_t *ek, struct sg_mlkem768_key *key, const struct sg_epoch *q)
{
    sg_mlkem768_keypair(ek, key, q->seed);
    sg_ct_declassify(ek, SG_MLKEM768_PUBLIC_BYTES); /* a public key, to be sent */
}

static void encapsulate(struct sg_epoch *q, const uint8_t sid[static 32], struct sg_hedge *hedge)
{
    uint8_t coins[SG_MLKEM768_COINS_BYTES], shared[SG_MLKEM768_SHARED_BYTES];
    uint8_t ct[SG_MLKEM768_CIPHERTEXT_BYTES];
    bool ok;

    sg_hedge_draw(hedge, coins, 1);
    ok = sg_mlkem768_encapsulate_with(ct, shared, q->bytes, coins);
    (void)ok; /* ek was checked when it came */
    agree(q->key, sid, sg_epoch_number(q), shared, q->bytes, ct);
    memset(q->bytes, 0, sizeof q->bytes);
    memcpy(q->bytes, ct, sizeof ct);
    sg_wipe(coins, sizeof coins);
    sg_wipe(shared, sizeof shared);
}

void sg_epoch_send(struct sg_epoch *q, uint8_t item[static SG_MLKEM768_PUBLIC_BYTES],
                   enum sg_epoch_item plan, const uint8_t sid[static 32], struct sg_hedge *hedge)
{
    struct sg_mlkem768_key key;

    if (plan == SG_EPOCH_EK) {
        if (q->phase == SG_PHASE_IDLE) {
            sg_hedge_draw(hedge, q->seed, 2);
            q->asked = false;
            q->phase = SG_PHASE_OFFERING;
        }
        write_ek(item, &key, q);
        sg_wipe(&key, sizeof key);
    } else if (plan == SG_EPOCH_CT) {
        if (q->phase == SG_PHASE_PENDING) {
            encapsulate(q, sid, hedge);
            q->phase = SG_PHASE_ANSWERING;
        }
        memcpy(item, q->bytes, SG_MLKEM768_CIPHERTEXT_BYTES);
    }
    if (plan == SG_EPOCH_EK || plan == SG_EPOCH_CT) {
        q->since = 0;
    } else if (q->phase == SG_PHASE_OFFERING || q->phase == SG_PHASE_ANSWERING) {
        q->since++;
    }
}

void sg_epoch_heard_ek(struct sg_epoch *q, uint32_t e,
                       const uint8_t ek[static SG_MLKEM768_PUBLIC_BYTES])
{
    if (q->phase != SG_PHASE_WAIT_EK || e != sg_epoch_number(q))
        return;
    memcpy(q->bytes, ek, SG_MLKEM768_PUBLIC_BYTES);
    q->asked = false;
    q->phase = SG_PHASE_PENDING;
}

void sg_epoch_heard_ct(struct sg_epoch *q, uint32_t e,
                       const uint8_t ct[static SG_MLKEM768_CIPHERTEXT_BYTES],
                       const uint8_t sid[static 32])
{
    uint8_t ek[SG_MLKEM768_PUBLIC_BYTES], shared[SG_MLKEM768_SHARED_BYTES];
    struct sg_mlkem768_key key;

    if (q->phase != SG_PHASE_OFFERING || e != sg_epoch_number(q))
        return;
    write_ek(ek, &key, q);
    sg_mlkem768_decapsulate(shared, ct, &key);
    agree(q->key, sid, e, shared, ek, ct);
    sg_wipe(&key, sizeof key);
    sg_wipe(shared, sizeof shared);
    sg_wipe(q->seed, sizeof q->seed);
    memset(q->seed, 0, sizeof q->seed);
    q->since = 0;
    q->phase = SG_PHASE_READY;
}

void sg_epoch_heard_rekey(struct sg_epoch *q)
{
    if (q->phase == SG_PHASE_IDLE)
        q->asked = true;
}

void sg_epoch_count(struct sg_epoch *q)
{
    if (q->count < UINT32_MAX)
        q->count++;
}
