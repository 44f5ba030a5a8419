#include "ratchet/fragment.h"

#include "ratchet/bytes.h"
#include "ratchet/derive.h"
#include "ratchet/token.h"

#include <stdlib.h>
#include <string.h>

#define MID_BYTES 8
#define IDX_AT 8
#define CNT_AT 9

/* A token of X characters holds this many bytes, prefix and final point off. */
#define BYTES_IN(chars) (((chars)-SG_TOKEN_PREFIX_CHARS - 1) * 3 / 4)

/* ---- cutting ----------------------------------------------------------------------------------
 */

static void message_id(uint8_t mid[static MID_BYTES], const uint8_t *wire, size_t n)
{
    struct sg_span x = {wire, n};
    uint8_t hash[32];

    sg_derive_hash(hash, "frag", &x, 1);
    memcpy(mid, hash, MID_BYTES);
}

size_t sg_fragment_count(size_t *chunk, size_t n, size_t chars)
{
    size_t count;

    *chunk = 0;
    if (chars < SG_FRAGMENT_CHARS_MIN || n == 0)
        return 0;
    if (chars >= SG_TOKEN_CHARS((size_t)SG_FRAGMENT_MAX_BYTES))
        *chunk = SG_FRAGMENT_CHUNK_MAX_BYTES;
    else
        *chunk = BYTES_IN(chars) - SG_FRAGMENT_HEAD_BYTES;
    count = (n + *chunk - 1) / *chunk;
    return count <= SG_FRAGMENTS_MAX ? count : 0;
}

size_t sg_fragment_cut(uint8_t *out, const uint8_t *wire, size_t n, size_t chunk, size_t idx)
{
    size_t from = idx * chunk, take = n - from < chunk ? n - from : chunk;

    message_id(out, wire, n);
    out[IDX_AT] = (uint8_t)idx;
    out[CNT_AT] = (uint8_t)((n + chunk - 1) / chunk);
    memcpy(out + SG_FRAGMENT_HEAD_BYTES, wire + from, take);
    return SG_FRAGMENT_HEAD_BYTES + take;
}

/* ---- keeping ----------------------------------------------------------------------------------
 */

void sg_fragments_init(struct sg_fragments *all)
{
    memset(all, 0, sizeof *all);
    all->next = 1;
}

void sg_fragments_free(struct sg_fragments *all)
{
    for (size_t i = 0; i < all->count; i++)
        free(all->pieces[i].chunk);
    free(all->pieces);
    all->pieces = NULL;
    all->count = all->room = all->bytes = 0;
}

static void drop(struct sg_fragments *all, size_t i)
{
    struct sg_piece *p = &all->pieces[i];

    if (all->gone)
        all->gone(all->context, p->serial);
    all->bytes -= p->n + SG_FRAGMENT_POOL_COST;
    free(p->chunk);
    all->count--;
    memmove(p, p + 1, (all->count - i) * sizeof *p);
}

static bool same_message(const struct sg_piece *p, const uint8_t *mid, uint8_t cnt)
{
    return p->cnt == cnt && memcmp(p->mid, mid, MID_BYTES) == 0;
}

static void drop_message(struct sg_fragments *all, const uint8_t *mid, uint8_t cnt)
{
    for (size_t i = all->count; i-- > 0;)
        if (same_message(&all->pieces[i], mid, cnt))
            drop(all, i);
}

/* Adds a piece at the end, with a copy of the chunk. */
static enum sg_err append(struct sg_fragments *all, const struct sg_piece *piece,
                          const uint8_t *bytes, struct sg_error *err)
{
    struct sg_piece *p;
    uint8_t *chunk;

    if (all->count == all->room) {
        size_t room = all->room ? all->room * 2 : 16;
        p = (struct sg_piece *)realloc(all->pieces, room * sizeof *p);
        if (!p)
            return sg_fail_limit(err, SG_ERR_MEMORY, NULL, room * sizeof *p, 0);
        all->pieces = p;
        all->room = room;
    }
    chunk = (uint8_t *)malloc(piece->n);
    if (!chunk)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, piece->n, 0);
    memcpy(chunk, bytes, piece->n);
    p = &all->pieces[all->count++];
    *p = *piece;
    p->chunk = chunk;
    all->bytes += p->n + SG_FRAGMENT_POOL_COST;
    if (p->serial >= all->next)
        all->next = p->serial + 1;
    return SG_OK;
}

enum sg_err sg_fragments_restore(struct sg_fragments *all, const struct sg_piece *piece,
                                 struct sg_error *err)
{
    return append(all, piece, piece->chunk, err);
}

/* Drops messages, the least recently touched first, until what is kept is within bounds. */
static void shrink(struct sg_fragments *all)
{
    while (all->bytes > SG_FRAGMENT_POOL_BYTES) {
        const struct sg_piece *least = &all->pieces[0];
        struct sg_piece name;

        for (size_t i = 1; i < all->count; i++)
            if (all->pieces[i].touched < least->touched)
                least = &all->pieces[i];
        name = *least;
        drop_message(all, name.mid, name.cnt);
    }
}

void sg_fragments_expire(struct sg_fragments *all, uint64_t now)
{
    for (size_t i = all->count; i-- > 0;) {
        uint64_t touched = all->pieces[i].touched;
        if (now > touched && now - touched > SG_FRAGMENT_KEEP_MS)
            drop(all, i);
    }
}

/* All pieces of a message were touched when the last of them came. */
static void touch(struct sg_fragments *all, const uint8_t *mid, uint8_t cnt, uint64_t now)
{
    for (size_t i = 0; i < all->count; i++) {
        struct sg_piece *p = &all->pieces[i];
        if (!same_message(p, mid, cnt) || p->touched == now)
            continue;
        p->touched = now;
        if (all->touched)
            all->touched(all->context, p);
    }
}

/* Makes the i-th piece the newest, as if it had come only now. */
static void renew(struct sg_fragments *all, size_t i)
{
    struct sg_piece piece = all->pieces[i];

    if (all->gone)
        all->gone(all->context, piece.serial);
    memmove(&all->pieces[i], &all->pieces[i + 1], (all->count - 1 - i) * sizeof piece);
    piece.serial = all->next++;
    all->pieces[all->count - 1] = piece;
    if (all->added)
        all->added(all->context, &all->pieces[all->count - 1]);
}

/* Takes a piece in, as one of the newest three of its place. */
static enum sg_err take(struct sg_fragments *all, const struct sg_piece *piece,
                        const uint8_t *bytes, struct sg_error *err)
{
    size_t variants = 0, oldest = 0;
    enum sg_err r;

    for (size_t i = all->count; i-- > 0;) {
        const struct sg_piece *p = &all->pieces[i];
        if (!same_message(p, piece->mid, piece->cnt) || p->idx != piece->idx)
            continue;
        if (p->n == piece->n && memcmp(p->chunk, bytes, p->n) == 0) {
            renew(all, i);
            return SG_OK;
        }
        oldest = i;
        variants++;
    }
    r = append(all, piece, bytes, err);
    if (r != SG_OK)
        return r;
    if (all->added)
        all->added(all->context, &all->pieces[all->count - 1]);
    if (variants == SG_FRAGMENT_VARIANTS)
        drop(all, oldest);
    return SG_OK;
}

/* ---- joining ----------------------------------------------------------------------------------
 */

/* The pieces of one message by place, the newest first. */
struct puzzle {
    const struct sg_piece *piece[SG_FRAGMENTS_MAX][SG_FRAGMENT_VARIANTS];
    uint8_t variants[SG_FRAGMENTS_MAX];
    uint8_t choice[SG_FRAGMENTS_MAX];
    size_t cnt;
};

/* False when a place is empty. Counts combinations up to just over what is tried. */
static bool lay_out(struct puzzle *z, const struct sg_fragments *all, const uint8_t *mid,
                    uint8_t cnt, size_t *combinations)
{
    memset(z, 0, sizeof *z);
    z->cnt = cnt;
    *combinations = 1;
    for (size_t i = all->count; i-- > 0;) {
        const struct sg_piece *p = &all->pieces[i];
        if (same_message(p, mid, cnt) && z->variants[p->idx] < SG_FRAGMENT_VARIANTS)
            z->piece[p->idx][z->variants[p->idx]++] = p;
    }
    for (size_t i = 0; i < cnt; i++) {
        if (z->variants[i] == 0)
            return false;
        if (*combinations <= SG_FRAGMENT_COMBINATIONS)
            *combinations *= z->variants[i];
    }
    return true;
}

/* Joins the pieces chosen; 0 when they are no message. */
static size_t join(uint8_t *wire, const struct puzzle *z, const uint8_t *mid)
{
    uint8_t found[MID_BYTES];
    size_t n = 0;

    for (size_t i = 0; i < z->cnt; i++) {
        const struct sg_piece *p = z->piece[i][z->choice[i]];
        if (!p)
            return 0; /* lay_out() has left no place empty */
        n += p->n;
    }
    if (!sg_padding_is_class(n))
        return 0;
    n = 0;
    for (size_t i = 0; i < z->cnt; i++) {
        const struct sg_piece *p = z->piece[i][z->choice[i]];
        memcpy(wire + n, p->chunk, p->n);
        n += p->n;
    }
    message_id(found, wire, n);
    return memcmp(found, mid, MID_BYTES) == 0 ? n : 0;
}

/* The next combination; false after the last. */
static bool choose_next(struct puzzle *z)
{
    for (size_t i = 0; i < z->cnt; i++) {
        if (++z->choice[i] < z->variants[i])
            return true;
        z->choice[i] = 0;
    }
    return false;
}

static size_t try_join(uint8_t *wire, const struct sg_fragments *all, const uint8_t *mid,
                       uint8_t cnt)
{
    size_t combinations, n;
    struct puzzle z;

    if (!lay_out(&z, all, mid, cnt, &combinations))
        return 0;
    n = join(wire, &z, mid); /* the newest of each place */
    while (n == 0 && combinations <= SG_FRAGMENT_COMBINATIONS && choose_next(&z))
        n = join(wire, &z, mid);
    return n;
}

enum sg_err sg_fragments_add(struct sg_fragments *all, enum sg_fragment *what, uint8_t *wire,
                             size_t *len, const uint8_t *raw, size_t n, uint64_t now,
                             struct sg_error *err)
{
    struct sg_piece piece = {.serial = all->next, .touched = now};
    enum sg_err r;

    *len = 0;
    *what = SG_FRAGMENT_MALFORMED;
    if (n <= SG_FRAGMENT_HEAD_BYTES || n > SG_FRAGMENT_MAX_BYTES || raw[CNT_AT] == 0 ||
        raw[IDX_AT] >= raw[CNT_AT])
        return SG_OK;
    memcpy(piece.mid, raw, MID_BYTES);
    piece.idx = raw[IDX_AT];
    piece.cnt = raw[CNT_AT];
    piece.n = n - SG_FRAGMENT_HEAD_BYTES;
    sg_fragments_expire(all, now);
    r = take(all, &piece, raw + SG_FRAGMENT_HEAD_BYTES, err);
    if (r != SG_OK)
        return r;
    touch(all, piece.mid, piece.cnt, now);
    *len = try_join(wire, all, piece.mid, piece.cnt);
    *what = *len ? SG_FRAGMENT_WHOLE : SG_FRAGMENT_KEPT;
    if (*len)
        drop_message(all, piece.mid, piece.cnt);
    shrink(all);
    return SG_OK;
}
