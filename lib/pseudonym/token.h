/*
 * token - anonymous tokens: an issuer admits a known number of people, and cannot tell afterwards
 * which of them comes with a token. VOPRF tokens of RFC 9497, suite ristretto255-SHA512.
 *
 *     signet-issuer1...      the issuer's public key, the same for everybody
 *     request                blinded elements, to the issuer
 *     state                  what the asker needs to make tokens of the response: secret
 *     response               evaluated elements, and one proof that it is that key's work
 *     signet-token1...       a token: 32 random bytes, their value under the key (64), and 8 bytes
 *                            that tell whose it is
 *
 * The random bytes a token is of are never shown to the issuer before it is redeemed, and the
 * blind is uniform, so the issuer learns nothing that links the two. What it does not protect: an
 * issuer that gives different keys to different people marks them. Everybody must get the same key
 * from a place where all see it. And whoever issues to one person between two redemptions knows
 * more than numbers.
 *
 * What is computed on is "signet/token/v1" 0x00 and the token's random bytes.
 */
#ifndef SG_PSEUDONYM_TOKEN_H
#define SG_PSEUDONYM_TOKEN_H

#include "base/buffer.h"

#include <stdbool.h>

#define SG_TOKEN_ISSUER_BYTES 32 /* a public key */
#define SG_TOKEN_SERIAL_BYTES 32 /* what a token is of */
#define SG_TOKEN_MAX 1000U       /* tokens in one request */
#define SG_TOKEN_TEXT_BYTES 256  /* of a token's or an issuer's text, with its NUL */

/* No request, response or state is larger, in bytes. */
#define SG_TOKEN_FILE_MAX_BYTES (1U << 20)

/* The public key of an issuer's seed; and its text, with a NUL. */
SG_CHECKED bool sg_token_issuer(uint8_t issuer[static SG_TOKEN_ISSUER_BYTES],
                                const uint8_t seed[static 32]);
void sg_token_issuer_text(char out[static SG_TOKEN_TEXT_BYTES],
                          const uint8_t issuer[static SG_TOKEN_ISSUER_BYTES]);

/* Reads such a text of n characters. SG_ERR_PUBLIC with err->what. */
SG_CHECKED enum sg_err sg_token_issuer_read(uint8_t issuer[static SG_TOKEN_ISSUER_BYTES],
                                            const char *text, size_t n, struct sg_error *err);

/*
 * Appends a request for `count` tokens, 1 to SG_TOKEN_MAX, and the state, which is secret and goes
 * to a secret buffer.
 */
SG_CHECKED enum sg_err sg_token_request(struct sg_buffer *request, struct sg_buffer *state,
                                        const uint8_t issuer[static SG_TOKEN_ISSUER_BYTES],
                                        size_t count, struct sg_error *err);

/*
 * Appends the response to n characters of request, with an issuer's seed. most: tokens allowed.
 * *count: how many there are. SG_ERR_SIGNATURE when it is malformed; SG_ERR_FORGED when it is to
 * another issuer; SG_ERR_LIMIT when it asks for more.
 */
SG_CHECKED enum sg_err sg_token_issue(struct sg_buffer *response, size_t *count, const char *text,
                                      size_t n, const uint8_t seed[static 32], size_t most,
                                      struct sg_error *err);

/*
 * Appends the tokens, a line each, to a secret buffer: what a response makes of a state.
 * SG_ERR_SIGNATURE when either is malformed (err->value is 1 for the state); SG_ERR_FORGED when
 * they do not belong together, or the proof does not fit.
 */
SG_CHECKED enum sg_err sg_token_finalize(struct sg_buffer *tokens, const char *state,
                                         size_t state_len, const char *response,
                                         size_t response_len, struct sg_error *err);

/*
 * Judges n characters, one token, with the issuer's seed: *serial is what a ledger remembers it by.
 * SG_ERR_SIGNATURE when it is malformed; SG_ERR_FORGED when it is another issuer's, or nobody's.
 * Whether it was spent before is for a ledger to say (ledger.h).
 */
SG_CHECKED enum sg_err sg_token_check(uint8_t serial[static SG_TOKEN_SERIAL_BYTES],
                                      const char *text, size_t n, const uint8_t seed[static 32],
                                      struct sg_error *err);

#endif
