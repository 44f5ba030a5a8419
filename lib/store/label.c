#include "store/label.h"

#include "crypto/hkdf512.h"
#include "io/io.h"

#include <errno.h>
#include <string.h>

#define START "signet-store "
#define VERSION "1 "
#define HEAD (sizeof START VERSION - 1)
#define MACED (HEAD + SG_LABEL_ID_CHARS)
#define LINE_BYTES (MACED + 1 + (size_t)2 * SG_LABEL_MAC_BYTES + 1)
#define READ_BYTES 256

static const char digits[] = "0123456789abcdef";

static void to_hex(char *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        *out++ = digits[p[i] >> 4];
        *out++ = digits[p[i] & 15];
    }
}

static bool from_hex(uint8_t *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
        const char *a = memchr(digits, text[2 * i], 16), *b = memchr(digits, text[2 * i + 1], 16);
        if (!a || !b)
            return false;
        out[i] = (uint8_t)((a - digits) << 4 | (b - digits));
    }
    return true;
}

void sg_label_name(struct sg_label *l)
{
    to_hex(l->text, l->id, sizeof l->id);
    l->text[SG_LABEL_ID_CHARS] = '\0';
}

static void mac_of(uint8_t out[static SG_LABEL_MAC_BYTES], const struct sg_label *l,
                   const struct sg_store_keys *keys)
{
    uint8_t full[SG_HMAC512_BYTES];
    char text[MACED];

    memcpy(text, START VERSION, HEAD);
    memcpy(text + HEAD, l->text, SG_LABEL_ID_CHARS);
    sg_hmac512(full, keys->name, sizeof keys->name, text, sizeof text);
    memcpy(out, full, SG_LABEL_MAC_BYTES);
}

/* Whether the line has our start and, as far as one can tell, the number of another version. */
static bool of_another_version(const char *text, size_t n)
{
    size_t at = sizeof START - 1;

    if (n <= at || memcmp(text, START, at) != 0 || text[at] < '1' || text[at] > '9')
        return false;
    while (at < n && text[at] >= '0' && text[at] <= '9')
        at++;
    return at < n && (text[at] == ' ' || text[at] == '\n') &&
           (at != sizeof START || text[sizeof START - 1] != '1');
}

enum sg_err sg_label_read(struct sg_label *l, const char *path, struct sg_error *err)
{
    uint8_t bytes[READ_BYTES];
    const char *text = (const char *)bytes;
    struct sg_source in;
    size_t n = 0;
    enum sg_err r;

    memset(l, 0, sizeof *l);
    sg_error_name(err, path);
    r = sg_source_file(&in, path, err);
    if (r != SG_OK)
        return r == SG_ERR_IO && (err->sys == ENOENT || err->sys == ENOTDIR)
                   ? sg_fail(err, SG_ERR_NO_STORE, NULL)
                   : r;
    r = sg_source_read(&in, bytes, sizeof bytes, &n, err);
    sg_source_close(&in);
    if (r != SG_OK)
        return r;
    if (of_another_version(text, n))
        return sg_fail(err, SG_ERR_VERSION, NULL);
    if (n != LINE_BYTES || memcmp(text, START VERSION, HEAD) != 0 || text[MACED] != ' ' ||
        text[LINE_BYTES - 1] != '\n' || !from_hex(l->id, text + HEAD, sizeof l->id) ||
        !from_hex(l->mac, text + MACED + 1, sizeof l->mac))
        return sg_fail(err, SG_ERR_STORE, "this is no label of a store");
    sg_label_name(l);
    return SG_OK;
}

enum sg_err sg_label_write(struct sg_label *l, const char *path, const struct sg_store_keys *keys,
                           struct sg_error *err)
{
    char text[LINE_BYTES];
    struct sg_sink out;
    enum sg_err r = sg_sink_file(&out, path, SG_SINK_PRIVATE | SG_SINK_NOFOLLOW, err);

    if (r != SG_OK)
        return r;
    mac_of(l->mac, l, keys);
    memcpy(text, START VERSION, HEAD);
    memcpy(text + HEAD, l->text, SG_LABEL_ID_CHARS);
    text[MACED] = ' ';
    to_hex(text + MACED + 1, l->mac, sizeof l->mac);
    text[LINE_BYTES - 1] = '\n';
    r = sg_sink_write(&out, text, sizeof text, err);
    if (r == SG_OK)
        r = sg_sink_finish(&out, err);
    sg_sink_close(&out);
    return r;
}

bool sg_label_fits(const struct sg_label *l, const struct sg_store_keys *keys)
{
    uint8_t mac[SG_LABEL_MAC_BYTES];

    mac_of(mac, l, keys);
    return sg_equal(mac, l->mac, sizeof mac);
}
