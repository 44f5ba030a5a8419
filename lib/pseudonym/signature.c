#include "pseudonym/signature.h"

#include "pseudonym/minisign.h"
#include "pseudonym/ring.h"
#include "pseudonym/sshsig.h"
#include "pseudonym/statement.h"

#include <string.h>

#define BEGIN "-----BEGIN "

static bool begins(const char *text, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* The kinds that a beginning tells. */
static const struct {
    const char *with;
    enum sg_signature kind;
    const char *what;
} kinds[] = {
    {BEGIN SG_SSHSIG_LABEL "-----", SG_SIGNATURE_SSH, "an SSH signature"},
    {BEGIN SG_RING_LABEL "-----", SG_SIGNATURE_RING, "a ring signature"},
    {"untrusted comment:", SG_SIGNATURE_MINISIGN, "a minisign signature"},
    {SG_STATEMENT_LINK, SG_SIGNATURE_OTHER, "a link proof, which pseudonym check judges"},
    {SG_STATEMENT_RETIREMENT, SG_SIGNATURE_OTHER, "a retirement, which pseudonym check judges"},
    {SG_STATEMENT_CLAIM, SG_SIGNATURE_OTHER,
     "a claim of a ring signature, which ring-verify --proof judges"},
    {SG_STATEMENT_DISAVOWAL, SG_SIGNATURE_OTHER,
     "a disavowal of a ring signature, which ring-verify --proof judges"},
    {BEGIN "PGP SIGNATURE-----", SG_SIGNATURE_OTHER, "a PGP signature"},
    {BEGIN "PGP SIGNED MESSAGE-----", SG_SIGNATURE_OTHER, "a PGP signed message"},
    {BEGIN "PGP ", SG_SIGNATURE_OTHER, "a PGP message or key"},
    {BEGIN "PKCS7-----", SG_SIGNATURE_OTHER, "an S/MIME (PKCS #7) signature"},
    {BEGIN "CMS-----", SG_SIGNATURE_OTHER, "an S/MIME (CMS) signature"},
    {BEGIN "SIGNED MESSAGE-----", SG_SIGNATURE_OTHER, "an X.509 signed message of git"},
    {BEGIN "CERTIFICATE-----", SG_SIGNATURE_OTHER, "an X.509 certificate"},
    {BEGIN "AGE ENCRYPTED FILE-----", SG_SIGNATURE_OTHER, "a sealed file"},
    {BEGIN "OPENSSH PRIVATE KEY-----", SG_SIGNATURE_OTHER, "an SSH private key"},
    {"age-encryption.org/", SG_SIGNATURE_OTHER, "a sealed file"},
    {"ssh-", SG_SIGNATURE_OTHER, "an SSH public key"},
    {"-----BEGIN ", SG_SIGNATURE_OTHER, "a text of another program"},
    {"\x30\x82", SG_SIGNATURE_OTHER, "binary: X.509 or S/MIME, perhaps"},
    {"\x89\x01", SG_SIGNATURE_OTHER, "binary: a PGP signature, perhaps"},
    {"\x88", SG_SIGNATURE_OTHER, "binary: a PGP signature, perhaps"},
    {"\xc2", SG_SIGNATURE_OTHER, "binary: a PGP signature, perhaps"},
    {"{", SG_SIGNATURE_OTHER, "JSON: a bundle of sigstore or a JWS, perhaps"},
    {"eyJ", SG_SIGNATURE_OTHER, "a JSON web signature (JWS)"},
};

enum sg_signature sg_signature_kind(const char **what, const char *text, size_t n)
{
    while (n && strchr(" \t\r\n", *text)) {
        text++;
        n--;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (begins(text, n, kinds[i].with)) {
            *what = kinds[i].what;
            return kinds[i].kind;
        }
    *what = n ? "no signature that is known here" : "empty";
    return SG_SIGNATURE_OTHER;
}

enum sg_err sg_signature_needs(unsigned *hashes, const char *text, size_t n, struct sg_error *err)
{
    const char *what;

    *hashes = 0;
    switch (sg_signature_kind(&what, text, n)) {
    case SG_SIGNATURE_SSH:
        return sg_sshsig_needs(hashes, text, n, err);
    case SG_SIGNATURE_MINISIGN:
        return sg_minisign_needs(hashes, text, n, err);
    case SG_SIGNATURE_RING:
        *hashes = SG_DIGEST_SHA512;
        return SG_OK;
    default:
        return sg_fail(err, SG_ERR_SIGNATURE, what);
    }
}

enum sg_err sg_signature_verify(struct sg_buffer *comment, const struct sg_digest *digest,
                                const char *text, size_t n, const char *namespace,
                                const uint8_t key[static 32], struct sg_error *err)
{
    const char *what;

    switch (sg_signature_kind(&what, text, n)) {
    case SG_SIGNATURE_SSH:
        return sg_sshsig_verify(digest, text, n, namespace, key, err);
    case SG_SIGNATURE_MINISIGN:
        return sg_minisign_verify(comment, digest, text, n, key, err);
    default:
        return sg_fail(err, SG_ERR_SIGNATURE, what);
    }
}
