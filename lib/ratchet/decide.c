#include "ratchet/decide.h"

#include <string.h>

int sg_held_compare(const struct sg_held *a, const struct sg_held *b)
{
    if (a->opened != b->opened)
        return a->opened < b->opened ? -1 : 1;
    return memcmp(a->sid, b->sid, sizeof a->sid);
}

/* The greatest of those that wait for `accept`, or of those that do not. */
static int greatest_of(const struct sg_held *held, size_t n, bool awaiting)
{
    int best = -1;

    for (size_t i = 0; i < n; i++)
        if (held[i].awaiting == awaiting &&
            (best < 0 || sg_held_compare(&held[i], &held[best]) > 0))
            best = (int)i;
    return best;
}

int sg_decide_greatest(const struct sg_held *held, size_t n)
{
    int settled = greatest_of(held, n, false), awaiting = greatest_of(held, n, true);

    if (settled < 0 || awaiting < 0)
        return settled < 0 ? awaiting : settled;
    return sg_held_compare(&held[settled], &held[awaiting]) > 0 ? settled : awaiting;
}

enum sg_word sg_decide_send(int *which, const struct sg_held *held, size_t n, bool force)
{
    *which = sg_decide_greatest(held, n);
    if (*which < 0)
        return SG_WORD_NOT_FOR_US;
    if (held[*which].awaiting)
        return SG_WORD_REOPENED;
    if (held[*which].stopped)
        return SG_WORD_ROLLBACK;
    return held[*which].suspect && !force ? SG_WORD_SUSPECT : SG_WORD_OK;
}

enum sg_word sg_decide_mark(const struct sg_held *held, size_t n, size_t i)
{
    if (sg_decide_greatest(held, n) != (int)i)
        return SG_WORD_OLD_SESSION;
    return held[i].awaiting ? SG_WORD_REOPENED : SG_WORD_OK;
}

static bool heard_lately(const struct sg_held *held, uint64_t now)
{
    return held->heard && (now <= held->heard || now - held->heard <= SG_KEEP_MS);
}

/* Whether a new session of the peer's, greater than all, has to wait for `accept`. */
static bool needs_accept(const struct sg_held *held, size_t n, int live, uint64_t now)
{
    bool in_use = false, going = false;

    for (size_t i = 0; i < n; i++) {
        in_use = in_use || heard_lately(&held[i], now);
        going = going || held[i].awaiting || !held[i].stopped;
    }
    if (live >= 0 && held[live].mine && !held[live].heard)
        return false; /* both have opened at once */
    return in_use && going;
}

/* Keeps no more than SG_HELD_MAX of those that stay and `fresh`. False: fresh is the least itself.
 */
static bool make_room(struct sg_decision *d, const struct sg_held *held, size_t n,
                      const struct sg_held *fresh)
{
    int least = -1;
    size_t stay = 1;

    for (size_t i = 0; i < n; i++) {
        if (d->drop[i])
            continue;
        stay++;
        if (least < 0 || sg_held_compare(&held[i], &held[least]) < 0)
            least = (int)i;
    }
    if (stay <= SG_HELD_MAX)
        return true;
    if (sg_held_compare(fresh, &held[least]) < 0)
        return false;
    d->drop[least] = true;
    return true;
}

static void refuse(struct sg_decision *d, enum sg_word word)
{
    memset(d, 0, sizeof *d);
    d->word = word;
}

void sg_decide_opened(struct sg_decision *d, const struct sg_held *held, size_t n,
                      const struct sg_held *fresh, uint64_t now)
{
    int live = greatest_of(held, n, false), waiting = greatest_of(held, n, true);
    bool greater = live < 0 || sg_held_compare(fresh, &held[live]) > 0;

    memset(d, 0, sizeof *d);
    d->keep = true;
    if (greater && waiting >= 0) { /* at most one waits, and only a greater one takes its place */
        if (sg_held_compare(fresh, &held[waiting]) < 0) {
            refuse(d, SG_WORD_REOPENED);
            return;
        }
        d->drop[waiting] = true;
    }
    d->awaiting = greater && needs_accept(held, n, live, now);
    d->retired = !greater;
    d->word = d->awaiting ? SG_WORD_REOPENED : greater ? SG_WORD_OK : SG_WORD_OLD_SESSION;
    for (size_t i = 0; i < n; i++)
        d->retire[i] = greater && !d->awaiting;
    if (!make_room(d, held, n, fresh))
        refuse(d, SG_WORD_DUPLICATE);
}

void sg_decide_started(struct sg_decision *d, const struct sg_held *held, size_t n,
                       const struct sg_held *fresh, bool replace)
{
    memset(d, 0, sizeof *d);
    d->keep = true;
    d->word = SG_WORD_OK;
    for (size_t i = 0; i < n; i++) {
        d->drop[i] = replace;
        d->retire[i] = true;
        d->settle[i] = held[i].awaiting;
    }
    (void)make_room(d, held, n, fresh); /* it is the greatest */
}

uint64_t sg_decide_opened_at(uint64_t now, uint64_t known)
{
    return now > known ? now : known + 1;
}

bool sg_decide_accept(struct sg_decision *d, const struct sg_held *held, size_t n, bool yes)
{
    int waiting = greatest_of(held, n, true);

    memset(d, 0, sizeof *d);
    if (waiting < 0)
        return false;
    d->keep = true;
    d->word = SG_WORD_OK;
    d->settle[waiting] = yes;
    d->drop[waiting] = !yes;
    for (size_t i = 0; i < n; i++)
        d->retire[i] = yes && (int)i != waiting;
    return true;
}

bool sg_decide_outlived(const struct sg_held *held, uint64_t now)
{
    return held->retired && now > held->retired && now - held->retired > SG_KEEP_MS;
}

int sg_decide_stranger(const struct sg_stranger *strangers, size_t n, bool single_use)
{
    int least = -1;

    if (n < SG_QUARANTINE_MAX)
        return -1;
    for (size_t i = 0; i < n; i++) { /* who came by a public offer never pushes out who did not */
        if (strangers[i].single_use && !single_use)
            continue;
        if (least < 0 || strangers[i].heard < strangers[least].heard)
            least = (int)i;
    }
    return least < 0 ? -2 : least;
}

bool sg_decide_hold(size_t messages, size_t text_bytes, size_t more)
{
    return messages < SG_QUARANTINE_MESSAGES && more <= SG_QUARANTINE_TEXT_BYTES &&
           text_bytes <= SG_QUARANTINE_TEXT_BYTES - more;
}
