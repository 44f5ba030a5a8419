/*
 * ledger - which tokens were spent, in a file of its own: for issuers that keep no store (book.h
 * has the other).
 *
 *     signet spent tokens v1
 *     64 hexadecimal digits, a line for each: the SHA-256 of "signet/spent/v1" 0x00, the issuer's
 *     key, the token's serial
 *
 * The file is locked while it is read and written, and each spending is on the disk before it is
 * reported. A line without its end, as a crash leaves it, was never reported: it is cut off.
 */
#ifndef SG_PSEUDONYM_LEDGER_H
#define SG_PSEUDONYM_LEDGER_H

#include "base/error.h"

#define SG_SPENT_BYTES 32

/* What a spent token is remembered as. */
void sg_spent_id(uint8_t id[static SG_SPENT_BYTES], const uint8_t issuer[static 32],
                 const uint8_t serial[static 32]);

/*
 * Enters `count` tokens, records of SG_SPENT_BYTES, into the ledger at `path`, which is made when
 * it is missing (mode 0600): all of them, or none and SG_ERR_SPENT when one was spent before, or
 * stands among them twice; err->value is its place, from 1. SG_ERR_IO; SG_ERR_SIGNATURE when the
 * file is no ledger.
 */
SG_CHECKED enum sg_err sg_ledger_spend(const char *path, const uint8_t *spent, size_t count,
                                       struct sg_error *err);

#endif
