#include "pseudonym/public.h"

#include "base/base64.h"
#include "crypto/edwards.h"
#include "crypto/hash.h"
#include "key/ssh.h"
#include "key/text.h"
#include "key/wordlist.h"
#include "pseudonym/base58.h"

#include <string.h>
#include <strings.h>

#define DID "did:key:z"
#define WORD_COUNT 12
#define MINISIGN_BYTES ((size_t)2 + SG_PUBLIC_MINISIGN_ID_BYTES + SG_PUBLIC_BYTES)
#define MINISIGN_CHARS SG_BASE64_PADDED_CHARS(MINISIGN_BYTES)
#define COMMENT "untrusted comment:"

/* The multicodec of an Ed25519 public key, 0xed, as an unsigned varint. */
static const uint8_t MULTICODEC[2] = {0xed, 0x01};

_Static_assert(SG_PUBLIC_BYTES == SG_EDWARDS_BYTES, "a key is a point");
_Static_assert(SG_PUBLIC_BYTES == SG_SSH_PUBLIC_BYTES, "of the same size everywhere");
_Static_assert(SG_PUBLIC_DID_BYTES > sizeof DID + SG_BASE58_CHARS(2 + SG_PUBLIC_BYTES), "room");
_Static_assert(WORD_COUNT *SG_KEY_WORD_BITS <= 8 * SG_SHA512_BYTES, "enough bits");

/* hash = SHA-512(label 0x00 key) */
static void labelled(uint8_t hash[static SG_SHA512_BYTES], const char *label,
                     const uint8_t key[static SG_PUBLIC_BYTES])
{
    struct sg_sha512 h;

    sg_sha512_init(&h);
    sg_sha512_update(&h, label, strlen(label) + 1);
    sg_sha512_update(&h, key, SG_PUBLIC_BYTES);
    sg_sha512_final(&h, hash);
}

void sg_public_minisign_id(uint8_t id[static SG_PUBLIC_MINISIGN_ID_BYTES],
                           const uint8_t key[static SG_PUBLIC_BYTES])
{
    uint8_t hash[SG_SHA512_BYTES];

    labelled(hash, "signet/minisign/v1", key);
    memcpy(id, hash, SG_PUBLIC_MINISIGN_ID_BYTES);
}

void sg_public_did(char out[static SG_PUBLIC_DID_BYTES], const uint8_t key[static SG_PUBLIC_BYTES])
{
    uint8_t bytes[sizeof MULTICODEC + SG_PUBLIC_BYTES];

    memcpy(bytes, MULTICODEC, sizeof MULTICODEC);
    memcpy(bytes + sizeof MULTICODEC, key, SG_PUBLIC_BYTES);
    memcpy(out, DID, sizeof DID);
    (void)sg_base58_encode(out + sizeof DID - 1, bytes, sizeof bytes);
}

/* "untrusted comment: minisign public key 0123456789ABCDEF", as minisign writes it. */
static enum sg_err minisign_text(struct sg_buffer *out, const uint8_t key[static SG_PUBLIC_BYTES],
                                 struct sg_error *err)
{
    uint8_t bytes[MINISIGN_BYTES] = {'E', 'd'};
    char text[MINISIGN_CHARS], id[2 * SG_PUBLIC_MINISIGN_ID_BYTES];
    enum sg_err r = sg_buffer_text(out, COMMENT " minisign public key ", err);

    sg_public_minisign_id(bytes + 2, key);
    memcpy(bytes + 2 + SG_PUBLIC_MINISIGN_ID_BYTES, key, SG_PUBLIC_BYTES);
    for (size_t i = 0; i < SG_PUBLIC_MINISIGN_ID_BYTES; i++) { /* the number is little-endian */
        uint8_t byte = bytes[2 + SG_PUBLIC_MINISIGN_ID_BYTES - 1 - i];
        id[2 * i] = "0123456789ABCDEF"[byte >> 4];
        id[2 * i + 1] = "0123456789ABCDEF"[byte & 15];
    }
    if (r == SG_OK)
        r = sg_buffer_append(out, id, sizeof id, err);
    if (r == SG_OK)
        r = sg_buffer_text(out, "\n", err);
    if (r == SG_OK)
        r = sg_buffer_append(out, text,
                             sg_base64_encode(text, bytes, sizeof bytes, SG_BASE64_PADDED), err);
    return r;
}

static enum sg_err words_text(struct sg_buffer *out, const uint8_t key[static SG_PUBLIC_BYTES],
                              struct sg_error *err)
{
    uint8_t hash[SG_SHA512_BYTES];
    enum sg_err r = SG_OK;

    labelled(hash, "signet/words/v1", key);
    for (size_t i = 0, bit = 0; r == SG_OK && i < WORD_COUNT; i++, bit += SG_KEY_WORD_BITS) {
        uint32_t three =
            (uint32_t)hash[bit / 8] << 16 | (uint32_t)hash[bit / 8 + 1] << 8 | hash[bit / 8 + 2];
        if (i)
            r = sg_buffer_text(out, " ", err);
        if (r == SG_OK)
            r = sg_buffer_text(
                out, sg_key_word(three >> (24 - SG_KEY_WORD_BITS - bit % 8) & (SG_KEY_WORDS - 1)),
                err);
    }
    return r;
}

enum sg_err sg_public_text(struct sg_buffer *out, enum sg_public_form form,
                           const uint8_t key[static SG_PUBLIC_BYTES], struct sg_error *err)
{
    char line[SG_SSH_LINE_CHARS + 1], did[SG_PUBLIC_DID_BYTES];

    switch (form) {
    case SG_PUBLIC_MINISIGN:
        return minisign_text(out, key, err);
    case SG_PUBLIC_DID:
        sg_public_did(did, key);
        return sg_buffer_text(out, did, err);
    case SG_PUBLIC_WORDS:
        return words_text(out, key, err);
    default:
        sg_ssh_line(line, key);
        return sg_buffer_text(out, line, err);
    }
}

static bool begins(const char *text, size_t n, const char *with)
{
    return n >= strlen(with) && strncmp(text, with, strlen(with)) == 0;
}

bool sg_public_is_text(const char *text, size_t n)
{
    return sg_text_kind(text, n) == SG_TEXT_SSH_PUBLIC || begins(text, n, "did:") ||
           begins(text, n, COMMENT) || (n == MINISIGN_CHARS && begins(text, n, "RW"));
}

/* Reads an OpenSSH line with what reads it among recipients. */
static const char *read_ssh(uint8_t key[static SG_PUBLIC_BYTES], const char *text, size_t n)
{
    struct sg_error err = {0};
    struct sg_recipients one;
    const char *what = NULL;

    sg_recipients_init(&one);
    if (sg_ssh_recipient_read(&one, text, n, &err) != SG_OK)
        what = err.what ? err.what : "there is too little memory to read it";
    else if (sg_recipients_at(&one, 0).type == SG_KEY_SSH_ED25519)
        memcpy(key, sg_recipients_at(&one, 0).key, SG_PUBLIC_BYTES);
    else
        what = "it is an SSH key of another type than ssh-ed25519";
    sg_recipients_free(&one);
    return what;
}

static const char *read_did(uint8_t key[static SG_PUBLIC_BYTES], const char *text, size_t n)
{
    uint8_t bytes[sizeof MULTICODEC + SG_PUBLIC_BYTES];

    if (!begins(text, n, DID))
        return "of DIDs, did:key:z... is accepted";
    if (!sg_base58_decode(bytes, sizeof bytes, text + sizeof DID - 1, n - (sizeof DID - 1)))
        return "its did:key is not as an Ed25519 key is written";
    if (memcmp(bytes, MULTICODEC, sizeof MULTICODEC) != 0)
        return "its did:key is of a type other than Ed25519";
    memcpy(key, bytes + sizeof MULTICODEC, SG_PUBLIC_BYTES);
    return NULL;
}

static const char *read_minisign(uint8_t key[static SG_PUBLIC_BYTES], const char *text, size_t n)
{
    uint8_t bytes[MINISIGN_CHARS / 4 * 3 + 2];
    size_t len;

    if (!sg_base64_decode(bytes, &len, text, n, SG_BASE64_PADDED) || len != MINISIGN_BYTES ||
        memcmp(bytes, "Ed", 2) != 0)
        return "it is not as a public key of minisign is written";
    memcpy(key, bytes + 2 + SG_PUBLIC_MINISIGN_ID_BYTES, SG_PUBLIC_BYTES);
    return NULL;
}

/* What a text that is no public key is, where that can be told. */
static const char *other(const char *text, size_t n)
{
    switch (sg_text_kind(text, n)) {
    case SG_TEXT_RECIPIENT:
    case SG_TEXT_PQ_RECIPIENT:
    case SG_TEXT_TAG_RECIPIENT:
    case SG_TEXT_PQ_TAG_RECIPIENT:
    case SG_TEXT_PLUGIN_RECIPIENT:
        return "it is a recipient, which can be sealed to and signs nothing";
    case SG_TEXT_IDENTITY:
    case SG_TEXT_PQ_IDENTITY:
    case SG_TEXT_PLUGIN_IDENTITY:
    case SG_TEXT_ROOT:
    case SG_TEXT_SSH_PRIVATE:
    case SG_TEXT_PRIVATE:
        return "it is a secret key";
    default:
        return "it is neither ssh-ed25519 AAAA..., nor RW... of minisign, nor did:key:z6Mk...";
    }
}

const char *sg_public_line(uint8_t key[static SG_PUBLIC_BYTES], bool *is_key, const char *line,
                           size_t n)
{
    const char *what;

    memset(key, 0, SG_PUBLIC_BYTES);
    while (n && strchr(" \t\r", line[n - 1]))
        n--;
    while (n && (*line == ' ' || *line == '\t')) {
        line++;
        n--;
    }
    *is_key = n && *line != '#' && !begins(line, n, COMMENT);
    if (!*is_key)
        return NULL;
    if (sg_text_kind(line, n) == SG_TEXT_SSH_PUBLIC)
        what = read_ssh(key, line, n);
    else if (begins(line, n, "did:"))
        what = read_did(key, line, n);
    else if (n == MINISIGN_CHARS && begins(line, n, "RW"))
        what = read_minisign(key, line, n);
    else
        return other(line, n);
    if (!what && !sg_edwards_check(key))
        what = "it is no point that an Ed25519 key can have: nobody's key";
    if (what)
        memset(key, 0, SG_PUBLIC_BYTES);
    return what;
}

enum sg_err sg_public_read(uint8_t key[static SG_PUBLIC_BYTES], const char *text, size_t n,
                           struct sg_error *err)
{
    uint8_t one[SG_PUBLIC_BYTES];
    bool several = n && memchr(text, '\n', n) != NULL, found = false, is_key;
    const char *what = NULL;
    uint64_t line = 0;

    memset(key, 0, SG_PUBLIC_BYTES);
    while (n && !what) {
        const char *start = text, *end = memchr(text, '\n', n);
        size_t len = end ? (size_t)(end - text) : n;
        text += len + (end != NULL);
        n -= len + (end != NULL);
        line++;
        what = sg_public_line(one, &is_key, start, len);
        if (what || !is_key)
            continue;
        if (found)
            what = "more than one key is in it";
        found = true;
        memcpy(key, one, sizeof one);
    }
    if (found && !what)
        return SG_OK;
    memset(key, 0, SG_PUBLIC_BYTES);
    sg_fail(err, SG_ERR_PUBLIC, what ? what : "there is no key in it");
    err->line = what && several ? line : 0;
    return SG_ERR_PUBLIC;
}
