#include "envelope/judge.h"

#include <string.h>

bool sg_judge_known(const uint8_t *start, size_t n, const struct sg_envelope_binding *binding)
{
    const uint8_t *bound = start + SG_MEMBER_BINDING_AT;

    if (n >= SG_MEMBER_START_BYTES && sg_member_starts(start))
        return true;
    return n >= SG_MEMBER_KNOWN_BYTES &&
           (sg_equal(bound, binding->key, SG_MEMBER_BINDING_BYTES) ||
            sg_equal(bound, binding->header, SG_MEMBER_BINDING_BYTES));
}

enum sg_err sg_judge_bare(const struct sg_unwrap_how *how, struct sg_error *err)
{
    return how->must_be_signed ? sg_fail(err, SG_ERR_UNSIGNED, NULL) : SG_OK;
}

static bool is_accepted(const uint8_t *key, const struct sg_unwrap_how *how)
{
    for (size_t i = 0; i < how->signer_count; i++)
        if (memcmp(how->signers + i * SG_SIGN_PUBLIC_BYTES, key, SG_SIGN_PUBLIC_BYTES) == 0)
            return true; /* public, compared as such */
    return false;
}

enum sg_err sg_judge_member(const struct sg_member *m, const struct sg_unwrap_how *how,
                            struct sg_error *err)
{
    const uint8_t *binding = m->signer ? how->binding.header : how->binding.key;

    if (!sg_equal(m->binding, binding, SG_MEMBER_BINDING_BYTES))
        return sg_fail(err, SG_ERR_FOREIGN, m->signer ? "signed" : NULL);
    if (how->must_be_signed && !m->signer)
        return sg_fail(err, SG_ERR_UNSIGNED, NULL);
    if (how->must_be_signed && !is_accepted(m->signer, how)) {
        sg_fail(err, SG_ERR_SIGNER, NULL);
        memcpy(err->key, m->signer, sizeof err->key);
        return SG_ERR_SIGNER;
    }
    return SG_OK;
}

bool sg_envelope_is_signed(const uint8_t *start, size_t n,
                           const struct sg_envelope_binding *binding)
{
    return n >= SG_MEMBER_KNOWN_BYTES && sg_member_starts(start) &&
           sg_equal(start + SG_MEMBER_BINDING_AT, binding->header, SG_MEMBER_BINDING_BYTES);
}
