#include "key/text.h"

#include "base/secret.h"

#include <string.h>
#include <strings.h>

static bool begins(const char *text, size_t n, const char *with)
{
    size_t w = strlen(with);

    return n >= w && strncasecmp(text, with, w) == 0;
}

enum sg_text sg_text_kind(const char *text, size_t n)
{
    static const struct {
        const char *with;
        enum sg_text kind;
    } beginnings[] = {
        {"age-secret-key-pq-1", SG_TEXT_PQ_IDENTITY},
        {"age-secret-key-", SG_TEXT_IDENTITY},
        {"age-plugin-", SG_TEXT_PLUGIN_IDENTITY},
        {"signet-root-", SG_TEXT_ROOT},
        {"age1pq1", SG_TEXT_PQ_RECIPIENT},
        {"age1tag1", SG_TEXT_TAG_RECIPIENT},
        {"age1tagpq1", SG_TEXT_PQ_TAG_RECIPIENT},
        {"ssh-", SG_TEXT_SSH_PUBLIC},
        {"ecdsa-sha2-", SG_TEXT_SSH_PUBLIC},
        {"sk-ssh-", SG_TEXT_SSH_PUBLIC},
        {"sk-ecdsa-", SG_TEXT_SSH_PUBLIC},
        {"-----BEGIN OPENSSH PRIVATE", SG_TEXT_SSH_PRIVATE},
        {"-----BEGIN RSA PRIVATE", SG_TEXT_PRIVATE},
        {"-----BEGIN EC PRIVATE", SG_TEXT_PRIVATE},
        {"-----BEGIN DSA PRIVATE", SG_TEXT_PRIVATE},
        {"-----BEGIN PRIVATE", SG_TEXT_SSH_PRIVATE},
        {"-----BEGIN ENCRYPTED PRIVATE", SG_TEXT_PRIVATE},
        {"PuTTY-User-Key-File", SG_TEXT_PRIVATE},
    };

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (begins(text, n, beginnings[i].with))
            return beginnings[i].kind;
    if (begins(text, n, "age1"))
        return memchr(text + 4, '1', n - 4) ? SG_TEXT_PLUGIN_RECIPIENT : SG_TEXT_RECIPIENT;
    return SG_TEXT_OTHER;
}

const char *sg_text_private(const char *text, size_t n)
{
    if (begins(text, n, "-----BEGIN RSA"))
        return "it is an RSA private key in PEM format";
    if (begins(text, n, "-----BEGIN EC "))
        return "it is an ECDSA private key in PEM format";
    if (begins(text, n, "-----BEGIN DSA"))
        return "it is a DSA private key in PEM format";
    return begins(text, n, "PuTTY") ? "it is a private key of PuTTY"
                                    : "it is a private key in PKCS #8 format";
}

bool sg_text_has_prefix(const char *text, size_t n, const char *prefix)
{
    return n == strlen(prefix) && strncasecmp(text, prefix, n) == 0;
}

bool sg_text_is_bech32(const char *text, size_t n)
{
    uint8_t data[1024];
    size_t prefix, len, column;
    enum sg_bech32 fault = sg_bech32_decode(&prefix, data, sizeof data, &len, &column, text, n);

    sg_wipe(data, len);
    return fault == SG_BECH32_OK;
}

const char *sg_text_fault(enum sg_bech32 fault, bool secret)
{
    switch (fault) {
    case SG_BECH32_CASE:
        return secret ? "it must be all in upper case" : "it must be all in lower case";
    case SG_BECH32_CHARACTER:
        return "a character in it is none that keys are written with";
    case SG_BECH32_CHECKSUM:
        return "its checksum does not match: it was mistyped or damaged";
    case SG_BECH32_PADDING:
        return "its last characters are not as a key is written";
    case SG_BECH32_SIZE:
    case SG_BECH32_SHAPE:
        return "it is too short or too long";
    case SG_BECH32_OK:
        break;
    }
    return NULL;
}
