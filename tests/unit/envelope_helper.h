/*
 * envelope_helper - envelopes in memory for the tests: made, taken apart, put together otherwise,
 * and undone.
 */
#ifndef SG_TEST_ENVELOPE_HELPER_H
#define SG_TEST_ENVELOPE_HELPER_H

#include "unit/helper.h"

#include "crypto/sign.h"
#include "envelope/envelope.h"
#include "envelope/little.h"

#define ENVELOPE_MAX ((size_t)1 << 28)

/* Two files, by their bindings, and two signers. */
static const struct sg_envelope_binding here = {{1, 2, 3}, {4, 5, 6}};
static const struct sg_envelope_binding elsewhere = {{7, 8, 9}, {10, 11, 12}};
static const uint8_t alice[SG_SIGN_SEED_BYTES] = {'a'};
static const uint8_t mallory[SG_SIGN_SEED_BYTES] = {'m'};

/* Appends the envelope of n bytes, given in steps, to `out`. */
static inline void make_envelope(struct sg_buffer *out, const void *p, size_t n, size_t step,
                                 const struct sg_wrap_how *how,
                                 const struct sg_envelope_binding *binding)
{
    struct sg_error err = {0};
    struct sg_source in;
    struct trickle t;
    struct sg_wrap w;
    size_t got;

    sg_buffer_init(out, ENVELOPE_MAX);
    trickle_source(&in, &t, p, n, step);
    assert_int_equal(sg_wrap_start(&w, &in, how, &err), SG_OK);
    sg_wrap_bind(&w, binding);
    do {
        assert_int_equal(sg_buffer_reserve(out, 65536, &err), SG_OK);
        assert_int_equal(sg_source_read(&w.source, out->data + out->len, 65536, &got, &err), SG_OK);
        out->len += got;
    } while (got == 65536);
    sg_wrap_close(&w);
    sg_source_close(&in);
}

/* What came of undoing an envelope. */
struct undone {
    enum sg_err code;
    struct sg_error err;
    struct sg_buffer content; /* what was released */
    unsigned told;            /* times that a signer was named */
    uint8_t signer[SG_SIGN_PUBLIC_BYTES];
};

static inline void note_signer(void *context, const uint8_t key[static SG_SIGN_PUBLIC_BYTES])
{
    struct undone *u = context;

    u->told++;
    memcpy(u->signer, key, sizeof u->signer);
}

/* Undoes n bytes written in steps; from: the seed of who must have signed, or NULL. */
static inline void undo_envelope(struct undone *u, const uint8_t *p, size_t n, size_t step,
                                 const uint8_t *from, unsigned threads)
{
    uint8_t key[SG_SIGN_PUBLIC_BYTES];
    struct sg_unwrap_how how = {.binding = here,
                                .must_be_signed = from != NULL,
                                .signers = key,
                                .signer_count = 1,
                                .threads = threads,
                                .signed_by = note_signer,
                                .context = u};
    struct sg_unwrap w;
    struct sg_sink out;

    memset(u, 0, sizeof *u);
    if (from)
        sg_sign_public(key, from);
    sg_buffer_init(&u->content, ENVELOPE_MAX);
    sg_sink_buffer(&out, &u->content);
    u->code = sg_unwrap_start(&w, &out, &how, &u->err);
    for (size_t at = 0; u->code == SG_OK && at < n;) {
        size_t take = n - at < step ? n - at : step;
        u->code = sg_sink_write(&w.sink, p + at, take, &u->err);
        at += take;
    }
    if (u->code == SG_OK)
        u->code = sg_sink_finish(&w.sink, &u->err);
    sg_unwrap_close(&w);
}

/* The members of an envelope: where each begins, and behind the last its end. */
struct members {
    size_t at[64], count;
};

static inline void find_members(struct members *m, const struct sg_buffer *e)
{
    size_t at = 0;

    m->count = 0;
    while (at < e->len) {
        struct sg_member read;
        size_t field;
        assert_null(sg_member_read_start(&field, e->data + at));
        assert_null(sg_member_read(&read, e->data + at, SG_MEMBER_START_BYTES + field));
        assert_true(m->count < 63);
        m->at[m->count++] = at;
        at += SG_MEMBER_START_BYTES + field + read.body_len;
    }
    m->at[m->count] = at;
}

static inline void add_member(struct sg_buffer *out, const struct sg_buffer *from,
                              const struct members *m, size_t i)
{
    struct sg_error err = {0};

    assert_true(i < m->count);
    assert_int_equal(sg_buffer_append(out, from->data + m->at[i], m->at[i + 1] - m->at[i], &err),
                     SG_OK);
}

#endif
