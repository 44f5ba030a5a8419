#include "sealed/sniff.h"

#include "sealed/armor.h"

#include <string.h>
#include <strings.h>

#define LOOK_BYTES 4096

static bool begins(const uint8_t *p, size_t n, const char *with)
{
    size_t w = strlen(with);

    return n >= w && memcmp(p, with, w) == 0;
}

static const uint8_t *skip_blank(const uint8_t *p, size_t *n)
{
    while (*n && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        p++;
        --*n;
    }
    return p;
}

/* An OpenPGP packet that begins an encrypted message: RFC 9580, sections 4.2, 5.1 and 5.3. */
static bool is_pgp(const uint8_t *p, size_t n)
{
    if (n < 6)
        return false;
    switch (p[0]) {
    case 0x84: /* public-key encrypted session key, old format, one length byte */
    case 0xc1:
        return p[2] == 3 || p[2] == 6 || p[3] == 3;
    case 0x85: /* the same, two length bytes */
        return p[3] == 3;
    case 0x8c: /* passphrase encrypted session key */
    case 0xc3:
        return p[1] < 64 && (p[2] >= 4 && p[2] <= 6);
    default:
        return false;
    }
}

static const char *other(const uint8_t *p, size_t n)
{
    static const struct {
        const char *with, *what;
    } beginnings[] = {
        {"-----BEGIN PGP MESSAGE-----", "a PGP message"},
        {"-----BEGIN PGP SIGNED MESSAGE-----", "a PGP signed message"},
        {"-----BEGIN PGP", "a PGP key or signature"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----", "an SSH private key"},
        {"-----BEGIN SSH SIGNATURE-----", "an SSH signature"},
        {"-----BEGIN", "a PEM file of another kind"},
        {"ssh-", "an SSH public key"},
        {"untrusted comment:", "a minisign or signify file"},
        {"AGE-SECRET-KEY-", "an identity file"},
        {"# created:", "an identity file"},
        {"age1", "a recipients file"},
        {"Salted__", "a file made by openssl enc"},
        {"\x1f\x8b", "a gzip file"},
        {"PK\x03\x04", "a zip file"},
        {"%PDF-", "a PDF file"},
    };
    size_t left = n;
    const uint8_t *q = skip_blank(p, &left);

    if (n == 0)
        return "an empty file";
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (begins(q, left, beginnings[i].with))
            return beginnings[i].what;
    return is_pgp(p, n) ? "a PGP message" : NULL;
}

/* Whether it means to be armor; if it is not quite right, reading it will say where. */
static bool means_armor(const uint8_t *p, size_t n)
{
    static const char label[] = "BEGIN AGE ENCRYPTED ";

    for (size_t i = 0; i + sizeof label - 1 <= n; i++)
        if (strncasecmp((const char *)p + i, label, sizeof label - 1) == 0)
            return true;
    return false;
}

enum sg_err sg_sniff(enum sg_sniff *kind, const char **looks_like, struct sg_source *in,
                     struct sg_error *err)
{
    const uint8_t *p;
    size_t n;
    enum sg_err r;

    *kind = SG_SNIFF_OTHER;
    *looks_like = NULL;
    r = sg_source_peek(in, LOOK_BYTES, &p, &n, err);
    if (r != SG_OK)
        return r;
    if (begins(p, n, "age-encryption.org/")) {
        *kind = SG_SNIFF_BINARY;
    } else if (means_armor(p, n)) {
        *kind = SG_SNIFF_ARMOR;
    } else {
        *looks_like = other(p, n);
    }
    return SG_OK;
}
