#include "pseudonym/token.h"

#include "base/base64.h"
#include "base/bech32.h"
#include "crypto/random.h"
#include "pseudonym/nonce.h"
#include "pseudonym/statement.h"
#include "pseudonym/voprf.h"

#include <string.h>

#define ISSUER_PREFIX "signet-issuer"
#define TOKEN_PREFIX "signet-token"
#define ISSUER_ID_BYTES 8
#define TOKEN_BYTES (SG_TOKEN_SERIAL_BYTES + SG_VOPRF_OUTPUT_BYTES + ISSUER_ID_BYTES)
#define TOKEN_CHARS SG_BECH32_CHARS(sizeof TOKEN_PREFIX - 1, TOKEN_BYTES)
#define ISSUER_CHARS SG_BECH32_CHARS(sizeof ISSUER_PREFIX - 1, SG_TOKEN_ISSUER_BYTES)

/* What the asker keeps of a token that is still to be made: its serial, its blind. */
#define STATE_BYTES (SG_TOKEN_SERIAL_BYTES + SG_SCALAR_BYTES)

static const char KEY_INFO[] = "signet/token/v1/key";
static const char DOMAIN[] = "signet/token/v1"; /* with its NUL */
#define INPUT_BYTES (sizeof DOMAIN + SG_TOKEN_SERIAL_BYTES)

_Static_assert(SG_TOKEN_ISSUER_BYTES == SG_RISTRETTO_BYTES, "a key is an element");
_Static_assert(SG_TOKEN_TEXT_BYTES > TOKEN_CHARS, "room for a token");

static bool issuer_key(uint8_t secret[static SG_SCALAR_BYTES],
                       uint8_t public[static SG_RISTRETTO_BYTES], const uint8_t seed[static 32])
{
    return sg_voprf_key(secret, public, seed, KEY_INFO, sizeof KEY_INFO - 1, SG_VOPRF);
}

bool sg_token_issuer(uint8_t issuer[static SG_TOKEN_ISSUER_BYTES], const uint8_t seed[static 32])
{
    uint8_t secret[SG_SCALAR_BYTES];
    bool ok = issuer_key(secret, issuer, seed);

    sg_wipe(secret, sizeof secret);
    return ok;
}

void sg_token_issuer_text(char out[static SG_TOKEN_TEXT_BYTES],
                          const uint8_t issuer[static SG_TOKEN_ISSUER_BYTES])
{
    sg_bech32_encode(out, ISSUER_PREFIX, issuer, SG_TOKEN_ISSUER_BYTES, false);
}

/* Decodes n characters of bech32 with a prefix, in lower case, into just `size` bytes. */
static bool decode(uint8_t *out, size_t size, const char *prefix, const char *text, size_t n)
{
    size_t prefix_len, len, column;

    return n && sg_bech32_decode(&prefix_len, out, size, &len, &column, text, n) == SG_BECH32_OK &&
           len == size && prefix_len == strlen(prefix) && memcmp(text, prefix, prefix_len) == 0;
}

enum sg_err sg_token_issuer_read(uint8_t issuer[static SG_TOKEN_ISSUER_BYTES], const char *text,
                                 size_t n, struct sg_error *err)
{
    static const char start[] = ISSUER_PREFIX "1";

    memset(issuer, 0, SG_TOKEN_ISSUER_BYTES);
    if (n < sizeof start - 1 || memcmp(text, start, sizeof start - 1) != 0)
        return sg_fail(err, SG_ERR_PUBLIC, "an issuer's key begins with signet-issuer1");
    if (n != ISSUER_CHARS || !decode(issuer, SG_TOKEN_ISSUER_BYTES, ISSUER_PREFIX, text, n))
        return sg_fail(err, SG_ERR_PUBLIC,
                       "the issuer's key was mistyped or cut off: its checksum does not match");
    if (sg_ristretto_check(issuer))
        return SG_OK;
    memset(issuer, 0, SG_TOKEN_ISSUER_BYTES);
    return sg_fail(err, SG_ERR_PUBLIC, "it is no element that an issuer's key can be");
}

/* The first bytes of SHA-512("signet/issuer/v1" 0x00 key). */
static void issuer_id(uint8_t id[static ISSUER_ID_BYTES], const uint8_t *issuer)
{
    static const char label[] = "signet/issuer/v1";
    uint8_t hash[SG_SHA512_BYTES];
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, label, sizeof label);
    sg_sha512_update(&h, issuer, SG_TOKEN_ISSUER_BYTES);
    sg_sha512_final(&h, hash);
    memcpy(id, hash, ISSUER_ID_BYTES);
}

static void input_of(uint8_t input[static INPUT_BYTES], const uint8_t *serial)
{
    memcpy(input, DOMAIN, sizeof DOMAIN);
    memcpy(input + sizeof DOMAIN, serial, SG_TOKEN_SERIAL_BYTES);
}

static enum sg_err put_issuer(struct sg_buffer *out, const char *first, const uint8_t *issuer,
                              struct sg_error *err)
{
    char text[SG_TOKEN_TEXT_BYTES];
    enum sg_err r = sg_buffer_text(out, first, err);

    sg_token_issuer_text(text, issuer);
    return r == SG_OK ? sg_statement_put(out, "issuer", text, err) : r;
}

/* Takes the issuer's line. */
static enum sg_err take_issuer(struct sg_statement *s, uint8_t *issuer, struct sg_error *err)
{
    struct sg_statement before = *s;
    const char *value;
    size_t len;

    if (!sg_statement_take(s, "issuer", &value, &len))
        return sg_statement_bad(s, "this line is not the one that belongs here", err);
    if (sg_token_issuer_read(issuer, value, len, err) != SG_OK)
        return sg_statement_bad(&before, err->what, err);
    return SG_OK;
}

/* Takes all lines of one name, records of `size` bytes; *count of them are in *records. */
static enum sg_err take_records(struct sg_statement *s, const char *name, struct sg_buffer *records,
                                size_t size, size_t *count, struct sg_error *err)
{
    uint8_t record[STATE_BYTES];
    enum sg_err r = SG_OK;

    *count = 0;
    do {
        struct sg_statement before = *s;
        const char *value;
        size_t len;
        bool more = sg_statement_take(s, name, &value, &len);
        *s = before;
        if (!more && *count)
            break;
        r = sg_statement_bytes(s, name, record, size, err);
        if (r == SG_OK && size == SG_RISTRETTO_BYTES && !sg_ristretto_check(record))
            r = sg_statement_bad(&before, "it is no element of the group", err);
        if (r == SG_OK && *count == SG_TOKEN_MAX)
            r = sg_statement_bad(&before, "there are more than 1000 in it", err);
        if (r == SG_OK)
            r = sg_buffer_append(records, record, size, err);
        ++*count;
    } while (r == SG_OK);
    sg_wipe(record, sizeof record);
    return r;
}

enum sg_err sg_token_request(struct sg_buffer *request, struct sg_buffer *state,
                             const uint8_t issuer[static SG_TOKEN_ISSUER_BYTES], size_t count,
                             struct sg_error *err)
{
    uint8_t secret[STATE_BYTES], input[INPUT_BYTES], blinded[SG_RISTRETTO_BYTES];
    enum sg_err r = put_issuer(request, SG_STATEMENT_REQUEST, issuer, err);

    if (r == SG_OK)
        r = put_issuer(state, SG_STATEMENT_STATE, issuer, err);
    for (size_t i = 0; r == SG_OK && i < count; i++) {
        do { /* fails for one input in 2^252 */
            sg_random(secret, SG_TOKEN_SERIAL_BYTES);
            sg_scalar_random(secret + SG_TOKEN_SERIAL_BYTES);
            input_of(input, secret);
        } while (!sg_voprf_blind(blinded, input, sizeof input, secret + SG_TOKEN_SERIAL_BYTES,
                                 SG_VOPRF));
        r = sg_statement_put_bytes(request, "blinded", blinded, sizeof blinded, err);
        if (r == SG_OK)
            r = sg_statement_put_bytes(state, "secret", secret, sizeof secret, err);
    }
    sg_wipe(secret, sizeof secret);
    sg_wipe(input, sizeof input);
    return r;
}

/* The response: what the key makes of the elements, and the proof. */
static enum sg_err respond(struct sg_buffer *response, const struct sg_buffer *blinded,
                           size_t count, const uint8_t *secret, const uint8_t *issuer,
                           const uint8_t seed[static 32], struct sg_error *err)
{
    uint8_t element[SG_RISTRETTO_BYTES], proof[SG_VOPRF_PROOF_BYTES], r_scalar[SG_SCALAR_BYTES];
    uint8_t hash[SG_SHA512_BYTES];
    struct sg_buffer evaluated;
    struct sg_nonce nonce;
    enum sg_err r = put_issuer(response, SG_STATEMENT_RESPONSE, issuer, err);

    sg_buffer_init(&evaluated, count * SG_RISTRETTO_BYTES);
    for (size_t i = 0; r == SG_OK && i < count; i++) {
        if (!sg_voprf_evaluate(element, secret, blinded->data + i * SG_RISTRETTO_BYTES))
            r = sg_fail(err, SG_ERR_SIGNATURE, "an element in it cannot be evaluated");
        if (r == SG_OK)
            r = sg_buffer_append(&evaluated, element, sizeof element, err);
        if (r == SG_OK)
            r = sg_statement_put_bytes(response, "evaluated", element, sizeof element, err);
    }
    if (r == SG_OK) {
        sg_sha512(hash, blinded->data, blinded->len);
        sg_nonce_start(&nonce, "signet/token/v1/nonce", seed, hash);
        sg_nonce_next(r_scalar, &nonce);
        sg_nonce_end(&nonce);
        if (!sg_voprf_prove(proof, secret, issuer, blinded->data, evaluated.data, count, r_scalar))
            r = sg_fail(err, SG_ERR_SIGNATURE, "the elements in it cannot be proved");
        sg_wipe(r_scalar, sizeof r_scalar);
    }
    if (r == SG_OK)
        r = sg_statement_put_bytes(response, "proof", proof, sizeof proof, err);
    sg_buffer_free(&evaluated);
    return r;
}

enum sg_err sg_token_issue(struct sg_buffer *response, size_t *count, const char *text, size_t n,
                           const uint8_t seed[static 32], size_t most, struct sg_error *err)
{
    uint8_t secret[SG_SCALAR_BYTES], issuer[SG_RISTRETTO_BYTES], asked[SG_RISTRETTO_BYTES];
    struct sg_buffer blinded;
    struct sg_statement s;
    enum sg_err r = sg_statement_read(&s, SG_STATEMENT_REQUEST, text, n, err);

    *count = 0;
    sg_buffer_init(&blinded, (size_t)SG_TOKEN_MAX * SG_RISTRETTO_BYTES);
    if (r == SG_OK)
        r = take_issuer(&s, asked, err);
    if (r == SG_OK)
        r = take_records(&s, "blinded", &blinded, SG_RISTRETTO_BYTES, count, err);
    if (r == SG_OK)
        r = sg_statement_end(&s, err);
    if (r == SG_OK && *count > most)
        r = sg_fail_limit(err, SG_ERR_LIMIT, "it asks for more tokens than are allowed", *count,
                          most);
    if (r == SG_OK && !issuer_key(secret, issuer, seed))
        r = sg_fail(err, SG_ERR_SIGNATURE, "there is no key to issue with");
    if (r == SG_OK && memcmp(asked, issuer, sizeof asked) != 0)
        r = sg_fail(err, SG_ERR_FORGED, "it asks another issuer");
    if (r == SG_OK)
        r = respond(response, &blinded, *count, secret, issuer, seed, err);
    sg_wipe(secret, sizeof secret);
    sg_buffer_free(&blinded);
    return r;
}

/* Appends one token. */
static enum sg_err put_token(struct sg_buffer *tokens, const uint8_t *secret,
                             const uint8_t *evaluated, const uint8_t *issuer, struct sg_error *err)
{
    uint8_t bytes[TOKEN_BYTES], input[INPUT_BYTES];
    char text[SG_TOKEN_TEXT_BYTES];
    enum sg_err r = SG_OK;

    input_of(input, secret);
    memcpy(bytes, secret, SG_TOKEN_SERIAL_BYTES);
    issuer_id(bytes + SG_TOKEN_SERIAL_BYTES + SG_VOPRF_OUTPUT_BYTES, issuer);
    if (!sg_scalar_check(secret + SG_TOKEN_SERIAL_BYTES) ||
        sg_scalar_is_zero(secret + SG_TOKEN_SERIAL_BYTES) ||
        !sg_voprf_finalize(bytes + SG_TOKEN_SERIAL_BYTES, input, sizeof input,
                           secret + SG_TOKEN_SERIAL_BYTES, evaluated))
        r = sg_fail(err, SG_ERR_FORGED, "the state was changed");
    sg_bech32_encode(text, TOKEN_PREFIX, bytes, sizeof bytes, false);
    if (r == SG_OK)
        r = sg_buffer_text(tokens, text, err);
    if (r == SG_OK)
        r = sg_buffer_text(tokens, "\n", err);
    sg_wipe(bytes, sizeof bytes);
    sg_wipe(input, sizeof input);
    sg_wipe(text, sizeof text);
    return r;
}

/* The elements that were sent, computed anew from the state. */
static enum sg_err blind_again(struct sg_buffer *blinded, const struct sg_buffer *secrets,
                               size_t count, struct sg_error *err)
{
    uint8_t input[INPUT_BYTES], element[SG_RISTRETTO_BYTES];
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < count; i++) {
        const uint8_t *secret = secrets->data + i * STATE_BYTES;
        input_of(input, secret);
        if (!sg_scalar_check(secret + SG_TOKEN_SERIAL_BYTES) ||
            !sg_voprf_blind(element, input, sizeof input, secret + SG_TOKEN_SERIAL_BYTES, SG_VOPRF))
            return sg_fail(err, SG_ERR_FORGED, "the state was changed");
        r = sg_buffer_append(blinded, element, sizeof element, err);
    }
    sg_wipe(input, sizeof input);
    return r;
}

static enum sg_err read_state(uint8_t *issuer, struct sg_buffer *secrets, size_t *count,
                              const char *text, size_t n, struct sg_error *err)
{
    struct sg_statement s;
    enum sg_err r = sg_statement_read(&s, SG_STATEMENT_STATE, text, n, err);

    if (r == SG_OK)
        r = take_issuer(&s, issuer, err);
    if (r == SG_OK)
        r = take_records(&s, "secret", secrets, STATE_BYTES, count, err);
    if (r == SG_OK)
        r = sg_statement_end(&s, err);
    if (r == SG_ERR_SIGNATURE)
        err->value = 1;
    return r;
}

static enum sg_err read_response(uint8_t *issuer, struct sg_buffer *evaluated, size_t *count,
                                 uint8_t proof[static SG_VOPRF_PROOF_BYTES], const char *text,
                                 size_t n, struct sg_error *err)
{
    struct sg_statement s;
    enum sg_err r = sg_statement_read(&s, SG_STATEMENT_RESPONSE, text, n, err);

    if (r == SG_OK)
        r = take_issuer(&s, issuer, err);
    if (r == SG_OK)
        r = take_records(&s, "evaluated", evaluated, SG_RISTRETTO_BYTES, count, err);
    if (r == SG_OK)
        r = sg_statement_bytes(&s, "proof", proof, SG_VOPRF_PROOF_BYTES, err);
    return r == SG_OK ? sg_statement_end(&s, err) : r;
}

enum sg_err sg_token_finalize(struct sg_buffer *tokens, const char *state, size_t state_len,
                              const char *response, size_t response_len, struct sg_error *err)
{
    uint8_t issuer[SG_RISTRETTO_BYTES], answered[SG_RISTRETTO_BYTES], proof[SG_VOPRF_PROOF_BYTES];
    struct sg_buffer secrets, blinded, evaluated;
    size_t asked = 0, given = 0;
    enum sg_err r;

    sg_buffer_init_secret(&secrets, (size_t)SG_TOKEN_MAX * STATE_BYTES);
    sg_buffer_init(&blinded, (size_t)SG_TOKEN_MAX * SG_RISTRETTO_BYTES);
    sg_buffer_init(&evaluated, (size_t)SG_TOKEN_MAX * SG_RISTRETTO_BYTES);
    r = read_state(issuer, &secrets, &asked, state, state_len, err);
    if (r == SG_OK)
        r = read_response(answered, &evaluated, &given, proof, response, response_len, err);
    if (r == SG_OK && memcmp(issuer, answered, sizeof issuer) != 0)
        r = sg_fail(err, SG_ERR_FORGED, "it is by another issuer than was asked");
    if (r == SG_OK && asked != given)
        r = sg_fail(err, SG_ERR_FORGED, "it answers another request: the numbers differ");
    if (r == SG_OK)
        r = blind_again(&blinded, &secrets, asked, err);
    if (r == SG_OK && !sg_voprf_verify(proof, issuer, blinded.data, evaluated.data, asked))
        r = sg_fail(err, SG_ERR_FORGED,
                    "its proof does not fit: it answers another request, or with another key");
    for (size_t i = 0; r == SG_OK && i < asked; i++)
        r = put_token(tokens, secrets.data + i * STATE_BYTES,
                      evaluated.data + i * SG_RISTRETTO_BYTES, issuer, err);
    sg_buffer_free(&secrets);
    sg_buffer_free(&blinded);
    sg_buffer_free(&evaluated);
    return r;
}

enum sg_err sg_token_check(uint8_t serial[static SG_TOKEN_SERIAL_BYTES], const char *text, size_t n,
                           const uint8_t seed[static 32], struct sg_error *err)
{
    static const char start[] = TOKEN_PREFIX "1";
    uint8_t bytes[TOKEN_BYTES], secret[SG_SCALAR_BYTES], issuer[SG_RISTRETTO_BYTES];
    uint8_t id[ISSUER_ID_BYTES], input[INPUT_BYTES], value[SG_VOPRF_OUTPUT_BYTES];
    enum sg_err r = SG_OK;

    memset(serial, 0, SG_TOKEN_SERIAL_BYTES);
    if (n < sizeof start - 1 || memcmp(text, start, sizeof start - 1) != 0)
        return sg_fail(err, SG_ERR_SIGNATURE, "no token: one begins with signet-token1");
    if (n != TOKEN_CHARS || !decode(bytes, sizeof bytes, TOKEN_PREFIX, text, n))
        return sg_fail(err, SG_ERR_SIGNATURE, "a token that was mistyped or cut off");
    if (!issuer_key(secret, issuer, seed))
        return sg_fail(err, SG_ERR_SIGNATURE, "no token that can be checked");
    issuer_id(id, issuer);
    input_of(input, bytes);
    if (memcmp(id, bytes + TOKEN_BYTES - ISSUER_ID_BYTES, sizeof id) != 0)
        r = sg_fail(err, SG_ERR_FORGED, "it is a token of another issuer");
    else if (!sg_voprf_value(value, secret, input, sizeof input, SG_VOPRF) ||
             !sg_equal(value, bytes + SG_TOKEN_SERIAL_BYTES, sizeof value))
        r = sg_fail(err, SG_ERR_FORGED, "this issuer did not make it");
    else
        memcpy(serial, bytes, SG_TOKEN_SERIAL_BYTES);
    sg_wipe(secret, sizeof secret);
    sg_wipe(value, sizeof value);
    sg_wipe(bytes, sizeof bytes);
    return r;
}
