#include "sealed/header.h"

#include "base/base64.h"
#include "base/ct.h"
#include "crypto/hmac.h"
#include "sealed/stanza.h"

#include <string.h>

#define VERSION_LINE "age-encryption.org/v1\n"
#define VERSION_START "age-encryption.org/"
#define MAC_START "---"

/* A stanza takes at least "-> x" and an empty line. */
#define MAX_STANZAS (SG_HEADER_MAX_BYTES / 6)

_Static_assert(SG_HMAC_BYTES == sizeof((struct sg_header *)0)->mac, "the MAC is HMAC-SHA-256");

void sg_header_init(struct sg_header *h)
{
    memset(h, 0, sizeof *h);
    sg_buffer_init(&h->text, SG_HEADER_MAX_BYTES);
    sg_buffer_init(&h->stanzas, MAX_STANZAS * sizeof(struct sg_stanza));
}

void sg_header_free(struct sg_header *h)
{
    sg_buffer_free(&h->text);
    sg_buffer_free(&h->stanzas);
}

size_t sg_header_count(const struct sg_header *h)
{
    return h->stanzas.len / sizeof(struct sg_stanza);
}

const struct sg_stanza *sg_header_stanza(const struct sg_header *h, size_t i)
{
    return (const struct sg_stanza *)(const void *)h->stanzas.data + i;
}

const char *sg_stanza_argument(const struct sg_header *h, const struct sg_stanza *s, size_t i,
                               size_t *len)
{
    return sg_stanza_text_argument(&h->text, s, i, len);
}

bool sg_stanza_is(const struct sg_header *h, const struct sg_stanza *s, const char *type)
{
    return sg_stanza_text_is(&h->text, s, 0, type);
}

size_t sg_stanza_arguments(const struct sg_header *h, const struct sg_stanza *s)
{
    return sg_stanza_text_arguments(&h->text, s);
}

bool sg_stanza_bytes(const struct sg_header *h, const struct sg_stanza *s, size_t i, uint8_t *out,
                     size_t size)
{
    size_t n;
    const char *p = sg_stanza_argument(h, s, i, &n);

    return p && sg_base64_decode_exact(out, size, p, n);
}

bool sg_stanza_body(const struct sg_header *h, const struct sg_stanza *s, uint8_t *out, size_t size)
{
    size_t len;

    return sg_stanza_text_body(out, size, &len, &h->text, s) && len == size;
}

static enum sg_err read_stanza(struct sg_header *h, struct sg_stanza_reader *r,
                               struct sg_error *err)
{
    struct sg_stanza s;
    enum sg_err e = sg_stanza_read(&s, r, err);

    if (e == SG_OK)
        e = sg_buffer_append(&h->stanzas, &s, sizeof s, err);
    if (e == SG_OK && (e = sg_stanza_check(h, &s, err)) != SG_OK)
        err->line = s.line;
    return e;
}

enum sg_err sg_header_read(struct sg_header *h, struct sg_source *in, struct sg_error *err)
{
    struct sg_stanza_reader r = {.in = in,
                                 .text = &h->text,
                                 .code = SG_ERR_HEADER,
                                 .ended = "the file ends inside the header",
                                 .too_large = "the header is larger than any header should be"};
    enum sg_err e;

    h->text.len = h->stanzas.len = 0;
    e = sg_stanza_read_line(&r, err);
    if (e != SG_OK)
        return e;
    if (!sg_stanza_line_starts(&r, VERSION_START))
        return sg_stanza_malformed(&r, "the first line is not a version line", err);
    if (r.n != sizeof VERSION_LINE - 2 || !sg_stanza_line_starts(&r, "age-encryption.org/v1"))
        return sg_fail(err, SG_ERR_VERSION, NULL);
    for (;;) {
        e = sg_stanza_read_line(&r, err);
        if (e != SG_OK)
            return e;
        if (!sg_stanza_line_starts(&r, SG_STANZA_START))
            break;
        e = read_stanza(h, &r, err);
        if (e != SG_OK)
            return e;
    }
    if (!sg_stanza_line_starts(&r, MAC_START))
        return sg_stanza_malformed(&r, "neither a stanza nor the MAC line begins here", err);
    if (sg_header_count(h) == 0)
        return sg_stanza_malformed(&r, "there is no stanza before the MAC line", err);
    if (!sg_stanza_line_starts(&r, MAC_START " ") ||
        !sg_base64_decode_exact(h->mac, sizeof h->mac, r.p + sizeof MAC_START,
                                r.n - sizeof MAC_START))
        return sg_stanza_malformed(&r, "the MAC is not 43 characters of canonical base64", err);
    h->authenticated = r.offset + sizeof MAC_START - 1;
    return sg_stanzas_check_mix(h, err);
}

enum sg_err sg_header_begin(struct sg_header *h, struct sg_error *err)
{
    h->text.len = h->stanzas.len = 0;
    return sg_buffer_text(&h->text, VERSION_LINE, err);
}

enum sg_err sg_header_add(struct sg_header *h, const char *arguments, const uint8_t *body,
                          size_t body_len, struct sg_error *err)
{
    enum sg_err r = sg_stanza_write(&h->text, arguments, strlen(arguments), body, body_len, err);

    if (r == SG_ERR_LIMIT)
        err->what = "there are too many recipients for one file";
    return r;
}

static void compute_mac(uint8_t mac[static SG_HMAC_BYTES], const struct sg_header *h,
                        const uint8_t file_key[static SG_FILE_KEY_BYTES])
{
    uint8_t key[SG_HMAC_BYTES];

    sg_hkdf(key, sizeof key, file_key, SG_FILE_KEY_BYTES, NULL, 0, "header", 6);
    sg_hmac(mac, key, sizeof key, h->text.data, h->authenticated);
    sg_wipe(key, sizeof key);
}

enum sg_err sg_header_finish(struct sg_header *h, const uint8_t file_key[static SG_FILE_KEY_BYTES],
                             struct sg_error *err)
{
    char line[1 + SG_BASE64_RAW_CHARS(SG_HMAC_BYTES) + 1] = " ";
    enum sg_err r = sg_buffer_text(&h->text, MAC_START, err);

    if (r != SG_OK)
        return r;
    h->authenticated = h->text.len;
    compute_mac(h->mac, h, file_key);
    (void)sg_base64_encode(line + 1, h->mac, sizeof h->mac, SG_BASE64_RAW);
    line[sizeof line - 1] = '\n';
    return sg_buffer_append(&h->text, line, sizeof line, err);
}

enum sg_err sg_header_verify(const struct sg_header *h,
                             const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    uint8_t mac[SG_HMAC_BYTES];
    bool same;

    compute_mac(mac, h, file_key);
    same = sg_equal(mac, h->mac, sizeof mac);
    sg_ct_declassify(&same, sizeof same); /* whether it is authentic is what the caller asks */
    sg_wipe(mac, sizeof mac);
    return same ? SG_OK : sg_fail(err, SG_ERR_MAC, NULL);
}
