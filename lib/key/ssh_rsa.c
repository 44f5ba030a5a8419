#include "key/ssh_rsa.h"

#include "base/base64.h"
#include "crypto/random.h"
#include "key/list.h"

#define EXPONENT_MAX_BYTES 8 /* nobody's is over 65537 */
#define WIRE_MAX_CHARS SG_BASE64_PADDED_CHARS(SG_SSH_RSA_WIRE_MAX_BYTES)
#define DAMAGED "the SSH private key is damaged: "

static const char no_key[] = "what its base64 stands for is not an ssh-rsa key";

_Static_assert(SG_SSH_RSA_WIRE_MAX_BYTES + 8 + SG_RSA_MAX_BYTES < SG_IDENTITY_MAX_BYTES,
               "an identity has room");
_Static_assert(sizeof SG_SSH_RSA_TYPE + WIRE_MAX_CHARS < SG_RECIPIENT_MAX_CHARS, "and its line");

/* A positive number, in the one way that it can be written. */
static bool take_positive(struct sg_ssh_bytes *w, struct sg_rsa_number *out)
{
    struct sg_ssh_bytes s;

    if (!sg_ssh_take_string(w, &s) || s.n == 0 || s.p[0] & 0x80)
        return false;
    if (s.p[0] == 0) { /* only to keep the next byte's highest bit from being a sign */
        s.p++;
        s.n--;
        if (s.n == 0 || !(s.p[0] & 0x80))
            return false;
    }
    *out = (struct sg_rsa_number){s.p, s.n};
    return true;
}

static size_t bits(const struct sg_rsa_number *x)
{
    size_t n = x->n * 8;

    for (uint8_t mask = 0x80; mask && !(x->p[0] & mask); mask >>= 1)
        n--;
    return n;
}

const char *sg_ssh_rsa_public(struct sg_rsa_key *key, const uint8_t *wire, size_t n)
{
    struct sg_ssh_bytes w = {wire, n}, type;
    struct sg_rsa_number *e = &key->exponent, *m = &key->modulus;

    memset(key, 0, sizeof *key);
    if (!sg_ssh_take_string(&w, &type) || !sg_ssh_wire_is(&type, SG_SSH_RSA_TYPE) ||
        !take_positive(&w, e) || !take_positive(&w, m) || w.n)
        return no_key;
    if (bits(m) < SG_RSA_MIN_BITS)
        return "it is an SSH key of type ssh-rsa with fewer than 2048 bits, which is too weak";
    if (m->n > SG_RSA_MAX_BYTES)
        return "it is an SSH key of type ssh-rsa with over 16384 bits, which is not supported";
    if (e->n > EXPONENT_MAX_BYTES || bits(e) < 2 || !(e->p[e->n - 1] & 1) || !(m->p[m->n - 1] & 1))
        return no_key;
    return NULL;
}

void sg_ssh_rsa_secret(struct sg_rsa_key *key, struct sg_ssh_bytes *public, struct sg_identity id)
{
    struct sg_ssh_bytes w = {id.secret, id.len}, secret = {0};

    *public = (struct sg_ssh_bytes){0};
    memset(key, 0, sizeof *key);
    if (sg_ssh_take_string(&w, public) && sg_ssh_take_string(&w, &secret) &&
        !sg_ssh_rsa_public(key, public->p, public->n))
        key->secret = (struct sg_rsa_number){secret.p, secret.n};
}

enum sg_err sg_ssh_rsa_recipient_read(struct sg_recipients *all, const char *text, size_t n,
                                      struct sg_error *err)
{
    uint8_t wire[WIRE_MAX_CHARS / 4 * 3 + 2];
    struct sg_rsa_key key;
    const char *what;
    size_t len;

    if (n > WIRE_MAX_CHARS)
        return sg_fail(err, SG_ERR_RECIPIENT,
                       "it is an SSH key of type ssh-rsa with over 16384 bits, which is not "
                       "supported");
    if (!sg_base64_decode(wire, &len, text, n, SG_BASE64_PADDED))
        return sg_fail(err, SG_ERR_RECIPIENT, "its base64 is not as ssh-rsa keys have it");
    what = sg_ssh_rsa_public(&key, wire, len);
    if (what)
        return sg_fail(err, SG_ERR_RECIPIENT, what);
    return sg_key_list_add(&all->records, &all->bytes, SG_KEY_SSH_RSA, wire, len, err);
}

enum sg_err sg_ssh_rsa_line(struct sg_buffer *out, struct sg_recipient to, struct sg_error *err)
{
    char text[sizeof SG_SSH_RSA_TYPE + WIRE_MAX_CHARS] = SG_SSH_RSA_TYPE " ";
    size_t n = sizeof SG_SSH_RSA_TYPE;

    n += sg_base64_encode(text + n, to.key, to.len, SG_BASE64_PADDED);
    return sg_buffer_append(out, text, n, err);
}

/* Whether the two halves belong together: a message made for one opens with the other. */
static enum sg_rsa check(const struct sg_rsa_key *key)
{
    uint8_t sealed[SG_RSA_MAX_BYTES], text[16], again[sizeof text];
    enum sg_rsa r;

    sg_random(text, sizeof text);
    r = sg_rsa_seal(sealed, key, "", text, sizeof text);
    if (r == SG_RSA_OK)
        r = sg_rsa_open(again, sizeof again, key, "", sealed);
    if (r == SG_RSA_OK && !sg_equal(text, again, sizeof text))
        r = SG_RSA_FAILED;
    sg_wipe(text, sizeof text);
    sg_wipe(again, sizeof again);
    return r;
}

static void put_number(uint8_t out[static 4], size_t n)
{
    out[0] = (uint8_t)(n >> 24);
    out[1] = (uint8_t)(n >> 16);
    out[2] = (uint8_t)(n >> 8);
    out[3] = (uint8_t)n;
}

static enum sg_err keep(struct sg_identities *ids, const struct sg_ssh_bytes *public,
                        const struct sg_rsa_number *secret, struct sg_error *err)
{
    struct sg_secret bytes;
    size_t len = 4 + public->n + 4 + secret->n;
    enum sg_err r = sg_secret_new(&bytes, len, err);

    if (r != SG_OK)
        return r;
    put_number(bytes.data, public->n);
    memcpy(bytes.data + 4, public->p, public->n);
    put_number(bytes.data + 4 + public->n, secret->n);
    memcpy(bytes.data + 8 + public->n, secret->p, secret->n);
    r = sg_key_list_add(&ids->records, &ids->bytes, SG_KEY_SSH_RSA, bytes.data, len, err);
    sg_secret_free(&bytes);
    return r;
}

static bool same(const struct sg_rsa_number *a, const struct sg_rsa_number *b)
{
    return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

enum sg_err sg_ssh_rsa_read(struct sg_identities *ids, struct sg_ssh_bytes w,
                            const struct sg_ssh_bytes *public,
                            enum sg_err (*rest)(struct sg_ssh_bytes, struct sg_error *),
                            struct sg_error *err)
{
    struct sg_rsa_number modulus, exponent, coefficient, p, q;
    struct sg_rsa_key key;
    const char *what = sg_ssh_rsa_public(&key, public->p, public->n);
    enum sg_err r;

    if (what && what != no_key)
        return sg_fail(err, SG_ERR_IDENTITY, what);
    if (what || !take_positive(&w, &modulus) || !take_positive(&w, &exponent) ||
        !take_positive(&w, &key.secret) || !take_positive(&w, &coefficient) ||
        !take_positive(&w, &p) || !take_positive(&w, &q))
        return sg_fail(err, SG_ERR_IDENTITY, DAMAGED "its parts do not fit together");
    r = rest(w, err);
    if (r != SG_OK)
        return r;
    if (!same(&modulus, &key.modulus) || !same(&exponent, &key.exponent) ||
        key.secret.n > key.modulus.n || check(&key) != SG_RSA_OK)
        return sg_fail(err, SG_ERR_IDENTITY, DAMAGED "its public half is another key's");
    return keep(ids, public, &key.secret, err);
}
