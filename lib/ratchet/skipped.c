#include "ratchet/skipped.h"

#include "base/secret.h"
#include "ratchet/chain.h"

#include <string.h>

static bool expired(uint64_t time, uint64_t now)
{
    return now > time && now - time > SG_KEEP_MS;
}

/* Empties the places of an array from `count` up to where it ended before. */
static void clear(void *from, size_t n)
{
    sg_wipe(from, n);
    if (n)
        memset(from, 0, n);
}

/* Forgets the first n keys. */
static void forget_oldest(struct sg_session *s, uint32_t n)
{
    s->skipped_count -= n;
    memmove(s->skipped, s->skipped + n, s->skipped_count * sizeof *s->skipped);
    clear(s->skipped + s->skipped_count, n * sizeof *s->skipped);
}

/* Forgets the keys of a chain. */
static void forget_chain(struct sg_session *s, uint32_t serial)
{
    uint32_t kept = 0, had = s->skipped_count;

    for (uint32_t i = 0; i < had; i++)
        if (s->skipped[i].serial != serial)
            s->skipped[kept++] = s->skipped[i];
    s->skipped_count = kept;
    clear(s->skipped + kept, (had - kept) * sizeof *s->skipped);
}

static bool has_keys(const struct sg_session *s, uint32_t serial)
{
    for (uint32_t i = 0; i < s->skipped_count; i++)
        if (s->skipped[i].serial == serial)
            return true;
    return false;
}

/* Drops old chains that have no keys. */
static void drop_empty(struct sg_session *s)
{
    uint32_t kept = 0, had = s->old_count;

    for (uint32_t i = 0; i < had; i++)
        if (has_keys(s, s->old[i].serial)) {
            if (kept != i)
                s->old[kept] = s->old[i];
            kept++;
        }
    s->old_count = kept;
    clear(s->old + kept, (had - kept) * sizeof *s->old);
}

void sg_skipped_keep(struct sg_session *s, uint8_t chain[static 32], uint32_t from, uint32_t to,
                     uint64_t now)
{
    uint32_t more, over;
    uint8_t mk[32];

    if (from >= to)
        return;
    more = to - from < SG_SKIPPED_MAX ? to - from : SG_SKIPPED_MAX;
    over = s->skipped_count + more;
    if (over > SG_SKIPPED_MAX) {
        forget_oldest(s, over - SG_SKIPPED_MAX);
        drop_empty(s);
    }
    for (uint32_t n = from; n < to; n++) {
        sg_chain_next(chain, mk);
        if (to - n <= SG_SKIPPED_MAX) {
            struct sg_skipped *key = &s->skipped[s->skipped_count++];
            key->serial = s->serial_r;
            key->n = n;
            key->time = now;
            memcpy(key->mk, mk, sizeof key->mk);
        }
    }
    sg_wipe(mk, sizeof mk);
}

struct sg_skipped *sg_skipped_find(struct sg_session *s, uint32_t serial, uint32_t n, uint64_t now)
{
    for (uint32_t i = 0; i < s->skipped_count; i++) {
        struct sg_skipped *key = &s->skipped[i];
        if (key->serial == serial && key->n == n)
            return expired(key->time, now) ? NULL : key;
    }
    return NULL;
}

void sg_skipped_use(struct sg_session *s, struct sg_skipped *key)
{
    size_t after = (size_t)(s->skipped + --s->skipped_count - key);

    memmove(key, key + 1, after * sizeof *key);
    clear(s->skipped + s->skipped_count, sizeof *key);
    drop_empty(s);
}

void sg_old_chain_keep(struct sg_session *s, uint64_t now)
{
    struct sg_old_chain *chain;

    if (!has_keys(s, s->serial_r))
        return;
    if (s->old_count == SG_OLD_CHAINS_MAX) {
        forget_chain(s, s->old[0].serial);
        drop_empty(s);
    }
    chain = &s->old[s->old_count++];
    chain->header = s->hkr;
    memcpy(chain->dh, s->dhr, sizeof chain->dh);
    chain->serial = s->serial_r;
    chain->ep = s->ep_r;
    chain->time = now;
}

bool sg_skipped_stale(const struct sg_session *s, uint64_t now)
{
    for (uint32_t i = 0; i < s->skipped_count; i++)
        if (expired(s->skipped[i].time, now))
            return true;
    return false;
}

bool sg_old_chain_alive(const struct sg_session *s, const struct sg_old_chain *chain, bool stale,
                        uint64_t now)
{
    if (expired(chain->time, now))
        return false;
    for (uint32_t i = 0; stale && i < s->skipped_count; i++)
        if (s->skipped[i].serial == chain->serial && !expired(s->skipped[i].time, now))
            return true;
    return !stale;
}

bool sg_session_expire(struct sg_session *s, uint64_t now)
{
    uint32_t kept = 0, had = s->skipped_count, chains = s->old_count;

    for (uint32_t i = 0; i < had; i++) {
        if (expired(s->skipped[i].time, now))
            continue;
        if (kept != i)
            s->skipped[kept] = s->skipped[i];
        kept++;
    }
    s->skipped_count = kept;
    clear(s->skipped + kept, (had - kept) * sizeof *s->skipped);
    for (uint32_t i = 0; i < chains; i++)
        if (expired(s->old[i].time, now))
            forget_chain(s, s->old[i].serial);
    if (kept != had || s->old_count)
        drop_empty(s);
    return s->skipped_count != had;
}
