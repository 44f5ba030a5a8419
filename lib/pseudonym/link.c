#include "pseudonym/link.h"

#include "crypto/sign.h"
#include "pseudonym/designated.h"
#include "pseudonym/statement.h"

#include <string.h>

#define PROOF_MAX_BYTES SG_DESIGNATED_BYTES

static const char LINK_DOMAIN[] = "signet/link/v1/signed";
static const char RETIREMENT_DOMAIN[] = "signet/retirement/v1";

_Static_assert(sizeof LINK_DOMAIN != sizeof RETIREMENT_DOMAIN, "what is signed differs in length");

/* What an Ed25519 key signs: a text that says what for, its NUL, the hash. */
struct signed_bytes {
    uint8_t p[sizeof LINK_DOMAIN + SG_SHA512_BYTES];
    size_t n;
};

static void compose(struct signed_bytes *s, const char *domain,
                    const uint8_t hash[static SG_SHA512_BYTES])
{
    size_t n = strlen(domain) + 1;

    memcpy(s->p, domain, n);
    memcpy(s->p + n, hash, SG_SHA512_BYTES);
    s->n = n + SG_SHA512_BYTES;
}

static enum sg_err bad(struct sg_error *err, const char *what)
{
    return sg_fail(err, SG_ERR_SIGNATURE, what);
}

static enum sg_err check_terms(const struct sg_link_terms *t, struct sg_error *err)
{
    if (t->date && !sg_statement_is_date(t->date, strlen(t->date)))
        return bad(err, "a date is written 2026-11-25, or 2026-11-25T07:05:00Z with a time");
    if ((t->message && !sg_statement_is_value(t->message, strlen(t->message))) ||
        (t->audience && !sg_statement_is_value(t->audience, strlen(t->audience))))
        return bad(err, "a message or an audience is one line of text, of at most 1024 bytes");
    return SG_OK;
}

static enum sg_err put_terms(struct sg_buffer *out, const struct sg_link_terms *t,
                             struct sg_error *err)
{
    enum sg_err r = SG_OK;

    if (t->message)
        r = sg_statement_put(out, "message", t->message, err);
    if (r == SG_OK && t->date)
        r = sg_statement_put(out, "date", t->date, err);
    if (r == SG_OK && t->audience)
        r = sg_statement_put(out, "audience", t->audience, err);
    return r;
}

/* All lines of a link but the last. */
static enum sg_err put_link(struct sg_buffer *out, const struct sg_designated *who,
                            const struct sg_link_terms *terms, struct sg_error *err)
{
    enum sg_err r = check_terms(terms, err);

    if (r == SG_OK && memcmp(who->a, who->b, SG_SIGN_PUBLIC_BYTES) == 0)
        r = bad(err, "the two keys are the same");
    if (r == SG_OK && who->verifier &&
        (memcmp(who->a, who->verifier, SG_SIGN_PUBLIC_BYTES) == 0 ||
         memcmp(who->b, who->verifier, SG_SIGN_PUBLIC_BYTES) == 0))
        r = bad(err, "the verifier is one of the two");
    if (r == SG_OK)
        r = sg_buffer_text(out, SG_STATEMENT_LINK, err);
    if (r == SG_OK)
        r = sg_statement_put_key(out, "key", who->a, err);
    if (r == SG_OK)
        r = sg_statement_put_key(out, "key", who->b, err);
    if (r == SG_OK)
        r = put_terms(out, terms, err);
    if (r == SG_OK && who->verifier)
        r = sg_statement_put_key(out, "for", who->verifier, err);
    return r;
}

enum sg_err sg_link_prove(struct sg_buffer *out, const uint8_t a[static 32],
                          const uint8_t b[static 32], const struct sg_link_terms *terms,
                          const uint8_t *verifier, struct sg_error *err)
{
    uint8_t key_a[SG_SIGN_PUBLIC_BYTES], key_b[SG_SIGN_PUBLIC_BYTES], hash[SG_SHA512_BYTES];
    uint8_t proof[PROOF_MAX_BYTES];
    struct sg_designated who = {key_a, key_b, verifier};
    size_t start = out->len, n = 2 * (size_t)SG_SIGN_BYTES;
    struct signed_bytes s;
    enum sg_err r;

    sg_sign_public(key_a, a);
    sg_sign_public(key_b, b);
    if (verifier && !sg_edwards_check(verifier))
        return bad(err, "the verifier's key is no point that a key can have");
    r = put_link(out, &who, terms, err);
    if (r != SG_OK)
        return r;
    sg_statement_hash(hash, (const char *)out->data + start, out->len - start);
    if (verifier) {
        n = SG_DESIGNATED_BYTES;
        if (!sg_designated_prove(proof, &who, a, b, hash))
            return bad(err, "the verifier's key is no point that a key can have");
    } else {
        compose(&s, LINK_DOMAIN, hash);
        sg_sign(proof, s.p, s.n, a);
        sg_sign(proof + SG_SIGN_BYTES, s.p, s.n, b);
    }
    return sg_statement_put_bytes(out, "proof", proof, n, err);
}

enum sg_err sg_link_simulate(struct sg_buffer *out, const uint8_t key_a[static 32],
                             const uint8_t key_b[static 32], const struct sg_link_terms *terms,
                             const uint8_t verifier_seed[static 32], struct sg_error *err)
{
    uint8_t verifier[SG_SIGN_PUBLIC_BYTES], hash[SG_SHA512_BYTES], proof[SG_DESIGNATED_BYTES];
    struct sg_designated who = {key_a, key_b, verifier};
    size_t start = out->len;
    enum sg_err r;

    sg_sign_public(verifier, verifier_seed);
    r = put_link(out, &who, terms, err);
    if (r != SG_OK)
        return r;
    sg_statement_hash(hash, (const char *)out->data + start, out->len - start);
    if (!sg_designated_simulate(proof, &who, verifier_seed, hash))
        return bad(err, "a key is no point that a key can have");
    return sg_statement_put_bytes(out, "proof", proof, sizeof proof, err);
}

enum sg_err sg_retirement(struct sg_buffer *out, const uint8_t seed[static 32],
                          const struct sg_link_terms *terms, struct sg_error *err)
{
    uint8_t key[SG_SIGN_PUBLIC_BYTES], hash[SG_SHA512_BYTES], signature[SG_SIGN_BYTES];
    size_t start = out->len;
    struct signed_bytes s;
    enum sg_err r = check_terms(terms, err);

    sg_sign_public(key, seed);
    if (r == SG_OK)
        r = sg_buffer_text(out, SG_STATEMENT_RETIREMENT, err);
    if (r == SG_OK)
        r = sg_statement_put_key(out, "key", key, err);
    if (r == SG_OK)
        r = put_terms(out, terms, err);
    if (r != SG_OK)
        return r;
    sg_statement_hash(hash, (const char *)out->data + start, out->len - start);
    compose(&s, RETIREMENT_DOMAIN, hash);
    sg_sign(signature, s.p, s.n, seed);
    return sg_statement_put_bytes(out, "proof", signature, sizeof signature, err);
}

/* Takes a line of text when it is there; the value must be one. */
static enum sg_err take_term(struct sg_statement *s, const char *name, const char **value,
                             size_t *len, bool date, struct sg_error *err)
{
    struct sg_statement before = *s;

    if (!sg_statement_take(s, name, value, len))
        return SG_OK;
    if (!sg_statement_is_value(*value, *len) || (date && !sg_statement_is_date(*value, *len)))
        return sg_statement_bad(&before, "its value is not as it should be", err);
    return SG_OK;
}

static enum sg_err take_terms(struct sg_link *l, struct sg_statement *s, struct sg_error *err)
{
    enum sg_err r = take_term(s, "message", &l->message, &l->message_len, false, err);

    if (r == SG_OK)
        r = take_term(s, "date", &l->date, &l->date_len, true, err);
    if (r == SG_OK)
        r = take_term(s, "audience", &l->audience, &l->audience_len, false, err);
    return r;
}

static enum sg_err forged(struct sg_error *err)
{
    return sg_fail(err, SG_ERR_FORGED, "its proof does not fit what it says");
}

static enum sg_err check_retirement(struct sg_link *l, const char *text, size_t n,
                                    struct sg_error *err)
{
    uint8_t hash[SG_SHA512_BYTES], signature[SG_SIGN_BYTES];
    struct sg_statement s;
    struct signed_bytes m;
    enum sg_err r = sg_statement_read(&s, SG_STATEMENT_RETIREMENT, text, n, err);

    l->retirement = true;
    if (r == SG_OK)
        r = sg_statement_key(&s, "key", l->key[0], err);
    if (r == SG_OK)
        r = take_terms(l, &s, err);
    if (r != SG_OK)
        return r;
    sg_statement_hash(hash, text, s.at);
    r = sg_statement_bytes(&s, "proof", signature, sizeof signature, err);
    if (r == SG_OK)
        r = sg_statement_end(&s, err);
    compose(&m, RETIREMENT_DOMAIN, hash);
    if (r == SG_OK && !sg_sign_verify(signature, m.p, m.n, l->key[0]))
        r = forged(err);
    return r;
}

static enum sg_err check_link(struct sg_link *l, const char *text, size_t n, struct sg_error *err)
{
    struct sg_designated who = {l->key[0], l->key[1], l->verifier};
    uint8_t hash[SG_SHA512_BYTES], proof[PROOF_MAX_BYTES];
    struct sg_statement s, before;
    const char *value;
    size_t len;
    struct signed_bytes m;
    bool ok;
    enum sg_err r = sg_statement_read(&s, SG_STATEMENT_LINK, text, n, err);

    if (r == SG_OK)
        r = sg_statement_key(&s, "key", l->key[0], err);
    if (r == SG_OK)
        r = sg_statement_key(&s, "key", l->key[1], err);
    if (r == SG_OK)
        r = take_terms(l, &s, err);
    if (r != SG_OK)
        return r;
    before = s;
    l->designated = sg_statement_take(&s, "for", &value, &len);
    if (l->designated) {
        s = before;
        r = sg_statement_key(&s, "for", l->verifier, err);
    }
    sg_statement_hash(hash, text, s.at);
    if (r == SG_OK)
        r = sg_statement_bytes(&s, "proof", proof,
                               l->designated ? SG_DESIGNATED_BYTES : 2 * (size_t)SG_SIGN_BYTES,
                               err);
    if (r == SG_OK)
        r = sg_statement_end(&s, err);
    if (r == SG_OK && memcmp(l->key[0], l->key[1], sizeof l->key[0]) == 0)
        r = bad(err, "the two keys in it are the same");
    if (r == SG_OK && l->designated &&
        (memcmp(l->key[0], l->verifier, sizeof l->verifier) == 0 ||
         memcmp(l->key[1], l->verifier, sizeof l->verifier) == 0))
        r = bad(err, "the verifier in it is one of the two");
    if (r != SG_OK)
        return r;
    if (l->designated) {
        ok = sg_designated_verify(proof, &who, hash);
    } else {
        compose(&m, LINK_DOMAIN, hash);
        ok = sg_sign_verify(proof, m.p, m.n, l->key[0]) &&
             sg_sign_verify(proof + SG_SIGN_BYTES, m.p, m.n, l->key[1]);
    }
    return ok ? SG_OK : forged(err);
}

enum sg_err sg_link_check(struct sg_link *l, const char *text, size_t n, struct sg_error *err)
{
    size_t first = sizeof SG_STATEMENT_RETIREMENT - 1;
    enum sg_err r;

    memset(l, 0, sizeof *l);
    if (n >= first && memcmp(text, SG_STATEMENT_RETIREMENT, first) == 0)
        r = check_retirement(l, text, n, err);
    else
        r = check_link(l, text, n, err);
    if (r != SG_OK)
        memset(l, 0, sizeof *l);
    return r;
}
