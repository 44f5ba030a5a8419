#include "key/signer.h"

#include "base/base64.h"
#include "crypto/hash.h"
#include "key/ssh.h"
#include "key/text.h"

#include <string.h>
#include <strings.h>

#define LEADING_WORDS 2 /* before the key: principals and options */

_Static_assert(SG_SIGNER_BYTES == SG_SSH_PUBLIC_BYTES, "a signer is an Ed25519 key");
_Static_assert(SG_SIGNER_TEXT_BYTES >
                   SG_SSH_LINE_CHARS + sizeof " (SHA256:)" + SG_BASE64_RAW_CHARS(SG_SHA256_BYTES),
               "the text has room");

/* A word of a line. */
struct word {
    const char *p;
    size_t n;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Takes a word off a line; blanks between quotes do not end it. False when there is none. */
static bool take_word(struct word *w, const char **line, size_t *n)
{
    bool quoted = false;
    size_t i = 0;

    while (*n && is_blank(**line)) {
        ++*line;
        --*n;
    }
    for (; i < *n && (quoted || !is_blank((*line)[i])); i++) {
        if ((*line)[i] == '\\' && i + 1 < *n && (*line)[i + 1] == '"')
            i++; /* a quote that ends nothing */
        else if ((*line)[i] == '"')
            quoted = !quoted;
    }
    *w = (struct word){*line, i};
    *line += i;
    *n -= i;
    return i > 0;
}

/* Takes a part off a list with commas; commas between quotes do not end it. */
static bool take_part(struct word *part, struct word *list)
{
    bool quoted = false;
    size_t i = 0;

    if (list->n == 0)
        return false;
    for (; i < list->n && (quoted || list->p[i] != ','); i++)
        quoted ^= list->p[i] == '"' && !(i && list->p[i - 1] == '\\');
    *part = (struct word){list->p, i};
    i += i < list->n;
    list->p += i;
    list->n -= i;
    return true;
}

/* Whether a part of the options is NAME, or NAME="..." with the value in *value. */
static bool is_option(const struct word *part, const char *name, struct word *value)
{
    size_t n = strlen(name);

    *value = (struct word){part->p, 0};
    if (part->n < n || strncasecmp(part->p, name, n) != 0)
        return false;
    if (part->n == n)
        return true;
    if (part->p[n] != '=')
        return false;
    *value = (struct word){part->p + n + 1, part->n - n - 1};
    if (value->n > 1 && value->p[0] == '"' && value->p[value->n - 1] == '"')
        *value = (struct word){value->p + 1, value->n - 2};
    return true;
}

/* Whether a text matches a pattern of '*' and '?' (ssh_config(5), PATTERNS). */
static bool matches(const char *text, struct word pattern)
{
    const char *again = NULL; /* after the last '*', what of the text it has not taken */
    size_t i = 0, resume = 0;

    while (*text) {
        if (i < pattern.n && pattern.p[i] == '*') {
            resume = ++i;
            again = text;
        } else if (i < pattern.n && (pattern.p[i] == '?' || pattern.p[i] == *text)) {
            i++;
            text++;
        } else if (again) {
            text = ++again;
            i = resume;
        } else {
            return false;
        }
    }
    while (i < pattern.n && pattern.p[i] == '*')
        i++;
    return i == pattern.n;
}

/* Whether a list of patterns, some negated by '!', lets our namespace in. */
static bool has_namespace(struct word list)
{
    struct word part;
    bool in = false;

    while (take_part(&part, &list)) {
        bool negated = part.n && part.p[0] == '!';
        if (negated)
            part = (struct word){part.p + 1, part.n - 1};
        if (matches(SG_SIGNER_NAMESPACE, part)) {
            if (negated)
                return false;
            in = true;
        }
    }
    return in;
}

/* What options say of the key behind them: *pass_over, or what is wrong. */
static const char *judge(bool *pass_over, struct word options)
{
    static const char *const timed[] = {"valid-after", "valid-before", "expiry-time"};
    struct word part, value;

    while (take_part(&part, &options)) {
        if (is_option(&part, "cert-authority", &value))
            *pass_over = true;
        if (is_option(&part, "namespaces", &value) && !has_namespace(value))
            *pass_over = true;
        for (size_t i = 0; i < sizeof timed / sizeof *timed; i++)
            if (is_option(&part, timed[i], &value))
                return "it says when the key is valid, and that is not judged here";
    }
    return NULL;
}

bool sg_signer_is_text(const char *text, size_t n)
{
    return sg_text_kind(text, n) == SG_TEXT_SSH_PUBLIC;
}

static bool is_ours(const struct word *w)
{
    return w->n == sizeof SG_SSH_TYPE - 1 && memcmp(w->p, SG_SSH_TYPE, w->n) == 0;
}

enum sg_err sg_signer_read(struct sg_recipients *all, const char *text, size_t n,
                           struct sg_error *err)
{
    const char *rest = text;
    size_t left = n;
    struct word type;
    enum sg_err r;

    if (sg_text_kind(text, n) == SG_TEXT_SSH_PRIVATE || sg_text_kind(text, n) == SG_TEXT_PRIVATE)
        return sg_fail(err, SG_ERR_NO_SIGNER, "it is a private key");
    if (!sg_signer_is_text(text, n))
        return sg_fail(err, SG_ERR_NO_SIGNER, "there is no SSH public key in it");
    if (!take_word(&type, &rest, &left) || !is_ours(&type))
        return sg_fail(err, SG_ERR_NO_SIGNER,
                       "it is an SSH key of another type than ssh-ed25519, and cannot have signed");
    r = sg_ssh_recipient_read(all, text, n, err);
    if (r == SG_ERR_RECIPIENT)
        r = err->code = SG_ERR_NO_SIGNER;
    return r;
}

/* Reads a line that is neither empty nor a comment; *any is set when it names a signer. */
static enum sg_err read_line(struct sg_recipients *all, bool *any, const char *line, size_t n,
                             struct sg_error *err)
{
    bool pass_over = false;

    for (size_t i = 0; i <= LEADING_WORDS; i++) {
        const char *key = line, *what;
        size_t left = n;
        struct word w;
        enum sg_err r;
        if (!take_word(&w, &line, &n))
            break;
        left -= (size_t)(w.p - key);
        key = w.p;
        if (is_ours(&w)) {
            if (pass_over)
                return SG_OK;
            while (left && is_blank(key[left - 1]))
                left--;
            r = sg_signer_read(all, key, left, err);
            *any |= r == SG_OK;
            return r;
        }
        if (sg_ssh_is_other(key, left))
            return SG_OK; /* a key of another type: nobody that we could verify */
        what = judge(&pass_over, w);
        if (what)
            return sg_fail(err, SG_ERR_NO_SIGNER, what);
    }
    return sg_signer_read(all, "", 0, err);
}

enum sg_err sg_signers_parse(struct sg_recipients *all, const char *text, size_t n,
                             struct sg_error *err)
{
    uint64_t number = 0;
    bool any = false;

    if (sg_text_kind(text, n) == SG_TEXT_SSH_PRIVATE || sg_text_kind(text, n) == SG_TEXT_PRIVATE)
        return sg_signer_read(all, text, n, err);
    while (n) {
        const char *line = text, *end = memchr(text, '\n', n);
        size_t len = end ? (size_t)(end - text) : n;
        enum sg_err r;
        number++;
        text += len + (end != NULL);
        n -= len + (end != NULL);
        while (len && is_blank(*line)) {
            line++;
            len--;
        }
        if (len == 0 || *line == '#')
            continue;
        r = read_line(all, &any, line, len, err);
        if (r != SG_OK) {
            err->line = number;
            return r;
        }
    }
    return any ? SG_OK : sg_fail(err, SG_ERR_NO_KEYS, "no signer that could be verified");
}

void sg_signer_text(char out[static SG_SIGNER_TEXT_BYTES],
                    const uint8_t key[static SG_SIGNER_BYTES])
{
    uint8_t wire[SG_SSH_WIRE_BYTES], hash[SG_SHA256_BYTES];
    static const char start[] = " (SHA256:";
    size_t at = SG_SSH_LINE_CHARS;

    sg_ssh_line(out, key);
    sg_ssh_wire(wire, key);
    sg_sha256(hash, wire, sizeof wire);
    memcpy(out + at, start, sizeof start);
    at += sizeof start - 1;
    at += sg_base64_encode(out + at, hash, sizeof hash, SG_BASE64_RAW);
    memcpy(out + at, ")", 2);
}
