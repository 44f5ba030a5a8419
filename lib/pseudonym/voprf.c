#include "pseudonym/voprf.h"

#include "base/ct.h"
#include "base/secret.h"
#include "crypto/expand.h"

#include <stdlib.h>
#include <string.h>

/* contextString = "OPRFV1-" || mode || "-ristretto255-SHA512" (section 3.1) */
#define CONTEXT_BYTES 28
static const char CONTEXT_FRONT[] = "OPRFV1-", CONTEXT_BACK[] = "-ristretto255-SHA512";

_Static_assert(CONTEXT_BYTES == sizeof CONTEXT_FRONT - 1 + 1 + sizeof CONTEXT_BACK - 1, "context");

static void context(uint8_t out[static CONTEXT_BYTES], enum sg_voprf_mode mode)
{
    size_t front = sizeof CONTEXT_FRONT - 1;

    memcpy(out, CONTEXT_FRONT, front);
    out[front] = (uint8_t)mode;
    memcpy(out + front + 1, CONTEXT_BACK, sizeof CONTEXT_BACK - 1);
}

static void two_bytes(uint8_t out[static 2], size_t n)
{
    out[0] = (uint8_t)(n >> 8);
    out[1] = (uint8_t)n;
}

static void hash_to_scalar(uint8_t out[static SG_SCALAR_BYTES], const struct sg_expand_part *parts,
                           size_t count, const char *label, enum sg_voprf_mode mode)
{
    uint8_t wide[SG_EXPAND_BYTES], c[CONTEXT_BYTES];

    context(c, mode);
    sg_expand(wide, parts, count, label, c, sizeof c);
    sg_scalar_reduce(out, wide);
    sg_wipe(wide, sizeof wide);
}

static void hash_to_group(uint8_t out[static SG_RISTRETTO_BYTES], const void *input, size_t n,
                          enum sg_voprf_mode mode)
{
    struct sg_expand_part part = {input, n};
    uint8_t uniform[SG_EXPAND_BYTES], c[CONTEXT_BYTES];

    context(c, mode);
    sg_expand(uniform, &part, 1, "HashToGroup-", c, sizeof c);
    sg_ristretto_from_hash(out, uniform);
    sg_wipe(uniform, sizeof uniform);
}

bool sg_voprf_key(uint8_t secret[static SG_SCALAR_BYTES], uint8_t public[static SG_RISTRETTO_BYTES],
                  const uint8_t seed[static 32], const void *info, size_t n,
                  enum sg_voprf_mode mode)
{
    uint8_t length[2], counter = 0;
    struct sg_expand_part parts[] = {{seed, 32}, {length, sizeof length}, {info, n}, {&counter, 1}};

    if (n > SG_VOPRF_INPUT_MAX_BYTES)
        abort();
    two_bytes(length, n);
    do
        hash_to_scalar(secret, parts, 4, "DeriveKeyPair", mode);
    while (sg_scalar_is_zero(secret) && counter++ < 255);
    if (!sg_ristretto_base(public, secret))
        return false;
    sg_ct_declassify(public, SG_RISTRETTO_BYTES);
    return true;
}

bool sg_voprf_blind(uint8_t blinded[static SG_RISTRETTO_BYTES], const void *input, size_t n,
                    const uint8_t blind[static SG_SCALAR_BYTES], enum sg_voprf_mode mode)
{
    hash_to_group(blinded, input, n, mode);
    if (!sg_ristretto_mul(blinded, blind, blinded))
        return false;
    sg_ct_declassify(blinded, SG_RISTRETTO_BYTES); /* sent to the server */
    return true;
}

bool sg_voprf_evaluate(uint8_t evaluated[static SG_RISTRETTO_BYTES],
                       const uint8_t secret[static SG_SCALAR_BYTES],
                       const uint8_t blinded[static SG_RISTRETTO_BYTES])
{
    if (!sg_ristretto_mul(evaluated, secret, blinded))
        return false;
    sg_ct_declassify(evaluated, SG_RISTRETTO_BYTES); /* sent back */
    return true;
}

/* output = Hash(len(input) || input || len(element) || element || "Finalize") */
static void finish(uint8_t output[static SG_VOPRF_OUTPUT_BYTES], const void *input, size_t n,
                   const uint8_t element[static SG_RISTRETTO_BYTES])
{
    uint8_t length[2];
    struct sg_sha512 h;

    if (n > SG_VOPRF_INPUT_MAX_BYTES)
        abort();
    sg_sha512_init(&h);
    two_bytes(length, n);
    sg_sha512_update(&h, length, sizeof length);
    sg_sha512_update(&h, input, n);
    two_bytes(length, SG_RISTRETTO_BYTES);
    sg_sha512_update(&h, length, sizeof length);
    sg_sha512_update(&h, element, SG_RISTRETTO_BYTES);
    sg_sha512_update(&h, "Finalize", 8);
    sg_sha512_final(&h, output);
}

bool sg_voprf_finalize(uint8_t output[static SG_VOPRF_OUTPUT_BYTES], const void *input, size_t n,
                       const uint8_t blind[static SG_SCALAR_BYTES],
                       const uint8_t evaluated[static SG_RISTRETTO_BYTES])
{
    uint8_t inverse[SG_SCALAR_BYTES], element[SG_RISTRETTO_BYTES];
    bool ok;

    sg_scalar_invert(inverse, blind);
    ok = sg_ristretto_mul(element, inverse, evaluated);
    finish(output, input, n, element);
    sg_wipe(inverse, sizeof inverse);
    sg_wipe(element, sizeof element);
    return ok;
}

bool sg_voprf_value(uint8_t output[static SG_VOPRF_OUTPUT_BYTES],
                    const uint8_t secret[static SG_SCALAR_BYTES], const void *input, size_t n,
                    enum sg_voprf_mode mode)
{
    uint8_t element[SG_RISTRETTO_BYTES];
    bool ok;

    hash_to_group(element, input, n, mode);
    ok = sg_ristretto_mul(element, secret, element);
    finish(output, input, n, element);
    sg_wipe(element, sizeof element);
    return ok;
}

/* sum += the scalar times an element; false when that cannot be. */
static bool add_times(uint8_t sum[static SG_RISTRETTO_BYTES],
                      const uint8_t scalar[static SG_SCALAR_BYTES],
                      const uint8_t element[static SG_RISTRETTO_BYTES])
{
    uint8_t part[SG_RISTRETTO_BYTES];

    return sg_ristretto_mul(part, scalar, element) && sg_ristretto_add(sum, sum, part);
}

/* ComputeComposites: M and Z; Z is NULL for who computes it with the key. All of it is public. */
static bool composites(uint8_t m[static SG_RISTRETTO_BYTES], uint8_t *z,
                       const uint8_t public[static SG_RISTRETTO_BYTES], const uint8_t *c,
                       const uint8_t *d, size_t count)
{
    static const char label[] = "Seed-";
    uint8_t seed[SG_SHA512_BYTES], tag[sizeof label - 1 + CONTEXT_BYTES], di[SG_SCALAR_BYTES];
    uint8_t element_length[2], tag_length[2], seed_length[2], index[2];
    struct sg_sha512 h;

    two_bytes(element_length, SG_RISTRETTO_BYTES);
    two_bytes(tag_length, sizeof tag);
    two_bytes(seed_length, sizeof seed);
    memcpy(tag, label, sizeof label - 1);
    context(tag + sizeof label - 1, SG_VOPRF);
    sg_sha512_init(&h);
    sg_sha512_update(&h, element_length, 2);
    sg_sha512_update(&h, public, SG_RISTRETTO_BYTES);
    sg_sha512_update(&h, tag_length, 2);
    sg_sha512_update(&h, tag, sizeof tag);
    sg_sha512_final(&h, seed);
    memset(m, 0, SG_RISTRETTO_BYTES); /* the neutral element */
    if (z)
        memset(z, 0, SG_RISTRETTO_BYTES);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *ci = c + i * SG_RISTRETTO_BYTES, *di_element = d + i * SG_RISTRETTO_BYTES;
        struct sg_expand_part parts[] = {{seed_length, 2},
                                         {seed, sizeof seed},
                                         {index, 2},
                                         {element_length, 2},
                                         {ci, SG_RISTRETTO_BYTES},
                                         {element_length, 2},
                                         {di_element, SG_RISTRETTO_BYTES},
                                         {"Composite", 9}};
        two_bytes(index, i);
        hash_to_scalar(di, parts, sizeof parts / sizeof *parts, "HashToScalar-", SG_VOPRF);
        if (!add_times(m, di, ci) || (z && !add_times(z, di, di_element)))
            return false;
    }
    return true;
}

static void
challenge(uint8_t out[static SG_SCALAR_BYTES], const uint8_t public[static SG_RISTRETTO_BYTES],
          const uint8_t m[static SG_RISTRETTO_BYTES], const uint8_t z[static SG_RISTRETTO_BYTES],
          const uint8_t t2[static SG_RISTRETTO_BYTES], const uint8_t t3[static SG_RISTRETTO_BYTES])
{
    static const uint8_t length[2] = {0, SG_RISTRETTO_BYTES};
    struct sg_expand_part parts[] = {
        {length, 2}, {public, SG_RISTRETTO_BYTES}, {length, 2},     {m, SG_RISTRETTO_BYTES},
        {length, 2}, {z, SG_RISTRETTO_BYTES},      {length, 2},     {t2, SG_RISTRETTO_BYTES},
        {length, 2}, {t3, SG_RISTRETTO_BYTES},     {"Challenge", 9}};

    hash_to_scalar(out, parts, sizeof parts / sizeof *parts, "HashToScalar-", SG_VOPRF);
}

bool sg_voprf_prove(uint8_t proof[static SG_VOPRF_PROOF_BYTES],
                    const uint8_t secret[static SG_SCALAR_BYTES],
                    const uint8_t public[static SG_RISTRETTO_BYTES], const uint8_t *c,
                    const uint8_t *d, size_t count, const uint8_t r[static SG_SCALAR_BYTES])
{
    uint8_t m[SG_RISTRETTO_BYTES], z[SG_RISTRETTO_BYTES], t2[SG_RISTRETTO_BYTES],
        t3[SG_RISTRETTO_BYTES], product[SG_SCALAR_BYTES];

    if (count == 0 || count > SG_VOPRF_BATCH_MAX)
        abort();
    if (!composites(m, NULL, public, c, d, count) || !sg_ristretto_mul(z, secret, m) ||
        !sg_ristretto_base(t2, r) || !sg_ristretto_mul(t3, r, m))
        return false;
    challenge(proof, public, m, z, t2, t3);
    sg_scalar_mul(product, proof, secret);
    sg_scalar_sub(proof + SG_SCALAR_BYTES, r, product);
    sg_wipe(product, sizeof product);
    sg_ct_declassify(proof, SG_VOPRF_PROOF_BYTES); /* sent with what it is about */
    return true;
}

bool sg_voprf_verify(const uint8_t proof[static SG_VOPRF_PROOF_BYTES],
                     const uint8_t public[static SG_RISTRETTO_BYTES], const uint8_t *c,
                     const uint8_t *d, size_t count)
{
    const uint8_t *challenged = proof, *s = proof + SG_SCALAR_BYTES;
    uint8_t m[SG_RISTRETTO_BYTES], z[SG_RISTRETTO_BYTES], t2[SG_RISTRETTO_BYTES],
        t3[SG_RISTRETTO_BYTES], again[SG_SCALAR_BYTES];

    if (count == 0 || count > SG_VOPRF_BATCH_MAX)
        abort();
    if (!sg_scalar_check(challenged) || !sg_scalar_check(s) || sg_scalar_is_zero(challenged) ||
        sg_scalar_is_zero(s) || !composites(m, z, public, c, d, count) ||
        !sg_ristretto_base(t2, s) || !add_times(t2, challenged, public) ||
        !sg_ristretto_mul(t3, s, m) || !add_times(t3, challenged, z))
        return false;
    challenge(again, public, m, z, t2, t3);
    return sg_equal(again, challenged, sizeof again);
}
