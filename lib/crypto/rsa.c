#include "crypto/rsa.h"

#include "base/secret.h"

#include <string.h>

#ifdef SG_HAVE_LIBCRYPTO

#include "crypto/libcrypto.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

/* The functions of libcrypto that are used. */
#define FUNCTIONS(X)              \
    X(ERR_clear_error)            \
    X(EVP_PKEY_CTX_free)          \
    X(EVP_PKEY_CTX_new_from_name) \
    X(EVP_PKEY_CTX_new_from_pkey) \
    X(EVP_PKEY_decrypt)           \
    X(EVP_PKEY_decrypt_init_ex)   \
    X(EVP_PKEY_encrypt)           \
    X(EVP_PKEY_encrypt_init_ex)   \
    X(EVP_PKEY_free)              \
    X(EVP_PKEY_fromdata)          \
    X(EVP_PKEY_fromdata_init)

struct lib {
    FUNCTIONS(SG_LIBCRYPTO_DECLARE)
};

static bool load(struct lib *l)
{
    void *library = sg_libcrypto();
    bool found = library != NULL;

    memset(l, 0, sizeof *l);
    FUNCTIONS(SG_LIBCRYPTO_FIND)
    return found;
}

bool sg_rsa_available(void)
{
    struct lib l;

    return load(&l);
}

/* A number as libcrypto takes it: the other way round, on the machines this runs on. */
static OSSL_PARAM number(const char *name, uint8_t bytes[static SG_RSA_MAX_BYTES],
                         const struct sg_rsa_number *x)
{
    const uint16_t one = 1;
    bool little = *(const uint8_t *)&one == 1;
    OSSL_PARAM p = {name, OSSL_PARAM_UNSIGNED_INTEGER, bytes, x->n, 0};

    for (size_t i = 0; i < x->n; i++)
        bytes[i] = x->p[little ? x->n - 1 - i : i];
    return p;
}

static bool is_number(const struct sg_rsa_number *x)
{
    return x->n && x->n <= SG_RSA_MAX_BYTES && x->p[0];
}

/* The key as libcrypto has it; NULL when it is none. */
static EVP_PKEY *make(const struct lib *l, const struct sg_rsa_key *key, bool secret)
{
    uint8_t modulus[SG_RSA_MAX_BYTES], exponent[SG_RSA_MAX_BYTES], d[SG_RSA_MAX_BYTES];
    EVP_PKEY_CTX *c;
    EVP_PKEY *made = NULL;
    OSSL_PARAM params[4];

    if (!is_number(&key->modulus) || !is_number(&key->exponent) ||
        (secret && !is_number(&key->secret)))
        return NULL;
    memset(params, 0, sizeof params); /* ends with a parameter without a name */
    params[0] = number(OSSL_PKEY_PARAM_RSA_N, modulus, &key->modulus);
    params[1] = number(OSSL_PKEY_PARAM_RSA_E, exponent, &key->exponent);
    if (secret)
        params[2] = number(OSSL_PKEY_PARAM_RSA_D, d, &key->secret);
    c = l->EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (!c || l->EVP_PKEY_fromdata_init(c) != 1 ||
        l->EVP_PKEY_fromdata(c, &made, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params) !=
            1)
        made = NULL;
    l->EVP_PKEY_CTX_free(c);
    sg_wipe(d, sizeof d);
    return made;
}

/* Both directions: n bytes of `in` to *len bytes at out, which has room for that many. */
static enum sg_rsa run(uint8_t *out, size_t *len, const struct sg_rsa_key *key, bool opening,
                       const char *label, const uint8_t *in, size_t n)
{
    char digest[] = "SHA256", padding[] = OSSL_PKEY_RSA_PAD_MODE_OAEP;
    OSSL_PARAM params[] = {
        {OSSL_ASYM_CIPHER_PARAM_PAD_MODE, OSSL_PARAM_UTF8_STRING, padding, sizeof padding - 1, 0},
        {OSSL_ASYM_CIPHER_PARAM_OAEP_DIGEST, OSSL_PARAM_UTF8_STRING, digest, sizeof digest - 1, 0},
        {OSSL_ASYM_CIPHER_PARAM_MGF1_DIGEST, OSSL_PARAM_UTF8_STRING, digest, sizeof digest - 1, 0},
        {OSSL_ASYM_CIPHER_PARAM_OAEP_LABEL, OSSL_PARAM_OCTET_STRING, (void *)(uintptr_t)label,
         strlen(label), 0},
        {NULL, 0, NULL, 0, 0},
    };
    EVP_PKEY_CTX *c = NULL;
    EVP_PKEY *pkey;
    struct lib l;
    bool ok;

    if (!load(&l))
        return SG_RSA_MISSING;
    pkey = make(&l, key, opening);
    ok = pkey && (c = l.EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL)) != NULL;
    if (ok && opening)
        ok = l.EVP_PKEY_decrypt_init_ex(c, params) == 1 &&
             l.EVP_PKEY_decrypt(c, out, len, in, n) == 1;
    else if (ok)
        ok = l.EVP_PKEY_encrypt_init_ex(c, params) == 1 &&
             l.EVP_PKEY_encrypt(c, out, len, in, n) == 1;
    l.EVP_PKEY_CTX_free(c);
    l.EVP_PKEY_free(pkey);
    l.ERR_clear_error();
    sg_wipe_stack();
    return ok ? SG_RSA_OK : SG_RSA_FAILED;
}

enum sg_rsa sg_rsa_seal(uint8_t *out, const struct sg_rsa_key *key, const char *label,
                        const uint8_t *in, size_t n)
{
    size_t len = key->modulus.n;
    enum sg_rsa r = run(out, &len, key, false, label, in, n);

    return r == SG_RSA_OK && len != key->modulus.n ? SG_RSA_FAILED : r;
}

enum sg_rsa sg_rsa_open(uint8_t *out, size_t n, const struct sg_rsa_key *key, const char *label,
                        const uint8_t *in)
{
    uint8_t text[SG_RSA_MAX_BYTES] = {0};
    size_t len = sizeof text;
    enum sg_rsa r = run(text, &len, key, true, label, in, key->modulus.n);

    memset(out, 0, n);
    if (r == SG_RSA_OK && len == n)
        memcpy(out, text, n);
    else if (r == SG_RSA_OK)
        r = SG_RSA_FAILED;
    sg_wipe(text, sizeof text);
    return r;
}

#else

bool sg_rsa_available(void)
{
    return false;
}

enum sg_rsa sg_rsa_seal(uint8_t *out, const struct sg_rsa_key *key, const char *label,
                        const uint8_t *in, size_t n)
{
    (void)out;
    (void)key;
    (void)label;
    (void)in;
    (void)n;
    return SG_RSA_MISSING;
}

enum sg_rsa sg_rsa_open(uint8_t *out, size_t n, const struct sg_rsa_key *key, const char *label,
                        const uint8_t *in)
{
    (void)key;
    (void)label;
    (void)in;
    memset(out, 0, n);
    return SG_RSA_MISSING;
}

#endif
