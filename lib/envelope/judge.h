/*
 * judge - whether an envelope belongs to its file, and is signed by who should have signed it.
 * Private to the room.
 */
#ifndef SG_ENVELOPE_JUDGE_H
#define SG_ENVELOPE_JUDGE_H

#include "envelope/envelope.h"

/* Whether a payload that begins so is meant to be an envelope, of whatever file; n bytes. */
bool sg_judge_known(const uint8_t *start, size_t n, const struct sg_envelope_binding *binding);

/* SG_ERR_UNSIGNED when content that is in no envelope may not be so. */
enum sg_err sg_judge_bare(const struct sg_unwrap_how *how, struct sg_error *err);

/* Judges an envelope by one of its members. SG_ERR_FOREIGN, SG_ERR_UNSIGNED, SG_ERR_SIGNER. */
enum sg_err sg_judge_member(const struct sg_member *m, const struct sg_unwrap_how *how,
                            struct sg_error *err);

#endif
