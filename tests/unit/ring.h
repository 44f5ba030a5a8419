/*
 * ring - what the tests of ring signatures share: people with keys, and signatures as bytes.
 */
#ifndef SG_TEST_RING_H
#define SG_TEST_RING_H

#include "unit/helper.h"

#include "crypto/edwards.h"
#include "pseudonym/pem.h"
#include "pseudonym/ring_proof.h"
#include "pseudonym/ring_sign.h"

/* The i-th person, always the same. */
static inline void person(uint8_t seed[32], uint8_t key[32], unsigned i)
{
    uint8_t number[4] = {'p', 'k', (uint8_t)(i >> 8), (uint8_t)i}, hash[64];

    sg_sha512(hash, number, sizeof number);
    memcpy(seed, hash, 32);
    sg_sign_public(key, seed);
}

/* A ring of the people 0 to n - 1. */
static inline void ring_of(struct sg_ring *ring, unsigned n)
{
    uint8_t seed[32], key[32];
    struct sg_error err = {0};

    sg_ring_init(ring);
    for (unsigned i = 0; i < n; i++) {
        person(seed, key, i);
        assert_int_equal(sg_ring_add(ring, key, &err), SG_OK);
    }
}

static inline void message_of(uint8_t hash[64], const char *text)
{
    sg_sha512(hash, text, strlen(text));
}

/* Person i signs; the text is in `out`. */
static inline enum sg_err sign_as(struct sg_buffer *out, const struct sg_ring *ring, unsigned i,
                                  const char *message, const char *scope)
{
    uint8_t seed[32], key[32], hash[64];
    struct sg_error err = {0};

    person(seed, key, i);
    message_of(hash, message);
    sg_buffer_free(out);
    sg_buffer_init(out, 1U << 20);
    return sg_ring_sign(out, ring, seed, hash, scope, &err);
}

static inline enum sg_err verify_text(struct sg_ring_signature *s, const struct sg_ring *ring,
                                      const struct sg_buffer *text, const char *message,
                                      const char *scope)
{
    uint8_t hash[64];
    struct sg_error err = {0};

    message_of(hash, message);
    return sg_ring_verify(s, ring, (const char *)text->data, text->len, hash, scope, &err);
}

/* The bytes of a signature; and a signature of bytes. */
static inline void to_bytes(struct sg_buffer *bytes, const struct sg_buffer *text)
{
    struct sg_error err = {0};

    sg_buffer_free(bytes);
    sg_buffer_init(bytes, 1U << 20);
    assert_int_equal(sg_pem_read(bytes, SG_RING_LABEL, (const char *)text->data, text->len, &err),
                     SG_OK);
}

static inline enum sg_err verify_bytes(struct sg_ring_signature *s, const struct sg_ring *ring,
                                       const uint8_t *p, size_t n, const char *message,
                                       const char *scope)
{
    struct sg_buffer text;
    struct sg_error err = {0};
    enum sg_err r;

    sg_buffer_init(&text, 1U << 20);
    assert_int_equal(sg_pem_write(&text, SG_RING_LABEL, p, n, &err), SG_OK);
    r = verify_text(s, ring, &text, message, scope);
    sg_buffer_free(&text);
    return r;
}

/* Where the parts of a signature in a scope begin. */
#define DIGEST_AT 6
#define TAG_AT (DIGEST_AT + 32)
#define C0_AT (TAG_AT + 32)
#define S_AT (C0_AT + 32)

#endif
