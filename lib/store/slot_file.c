#include "store/private.h"

#include "base/bech32.h"
#include "sealed/sniff.h"

#include <stdlib.h>
#include <string.h>

/* The key as text: upper case throughout, and a line end. */
#define PREFIX "signet-store-key-"
#define TEXT_CHARS SG_BECH32_CHARS(sizeof PREFIX - 1, SG_STORE_KEY_BYTES)

bool sg_slot_name_ok(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t n = strlen(name);

    return n > 0 && n <= SG_SLOT_NAME_MAX && strspn(name, allowed) == n;
}

char *sg_slot_path(const char *slots, const char *name, enum sg_slot_kind kind)
{
    char *path = sg_path_join(slots, "/", name);

    return path ? sg_path_extend(path, kind == SG_SLOT_BOTH ? ".all.age" : ".age") : NULL;
}

enum sg_slot_kind sg_slot_kind_of(const struct sg_slot_way *way)
{
    if (!way->password)
        return SG_SLOT_KEY;
    return way->recipients ? SG_SLOT_BOTH : SG_SLOT_PASSWORD;
}

static enum sg_err seal(struct sg_buffer *out, const void *p, size_t n, const struct sg_seal *how,
                        struct sg_error *err)
{
    struct sg_source in;
    struct sg_sink to;
    enum sg_err r;

    sg_source_memory(&in, p, n, NULL);
    sg_sink_buffer(&to, out);
    r = sg_seal(&to, &in, how, err);
    sg_source_close(&in);
    return r;
}

enum sg_err sg_slot_seal(struct sg_buffer *out, const struct sg_slot_way *way,
                         const uint8_t key[static SG_STORE_KEY_BYTES], struct sg_error *err)
{
    const struct sg_seal to_keys = {.recipients = way->recipients};
    const struct sg_seal to_password = {
        .password = way->password, .kdf = way->kdf, .work = way->work};
    enum sg_slot_kind kind = sg_slot_kind_of(way);
    struct sg_buffer inner;
    char text[TEXT_CHARS + 2];
    enum sg_err r;

    if (kind != SG_SLOT_KEY &&
        (way->password->len == 0 || way->password->len > SG_PASSWORD_MAX_BYTES))
        return sg_fail(err, SG_ERR_PASSWORD, "a slot takes a password of 1 to 1024 bytes");
    if (kind != SG_SLOT_PASSWORD && (!way->recipients || sg_recipients_count(way->recipients) == 0))
        return sg_fail(err, SG_ERR_NO_KEYS, "nobody to seal the slot to");
    sg_bech32_encode(text, PREFIX, key, SG_STORE_KEY_BYTES, true);
    text[TEXT_CHARS] = '\n';
    sg_buffer_init(&inner, SG_SLOT_FILE_MAX_BYTES / 2);
    r = seal(kind == SG_SLOT_BOTH ? &inner : out, text, TEXT_CHARS + 1,
             kind == SG_SLOT_PASSWORD ? &to_password : &to_keys, err);
    if (r == SG_OK && kind == SG_SLOT_BOTH)
        r = seal(out, inner.data, inner.len, &to_password, err);
    sg_buffer_free(&inner);
    sg_wipe(text, sizeof text);
    return r;
}

enum sg_err sg_slot_write(const char *slots, const char *name, enum sg_slot_kind kind,
                          const struct sg_buffer *content, struct sg_error *err)
{
    char *path = sg_slot_path(slots, name, kind);
    struct sg_sink out = {0};
    enum sg_err r;

    if (!path)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(slots), 0);
    r = sg_sink_file(&out, path, SG_SINK_PRIVATE | SG_SINK_NEW | SG_SINK_NOFOLLOW, err);
    if (r == SG_OK) {
        r = sg_sink_write(&out, content->data, content->len, err);
        if (r == SG_OK)
            r = sg_sink_finish(&out, err);
        sg_sink_close(&out);
    }
    free(path);
    return r;
}

/* The key in the text of a slot: nothing else is in it. */
static enum sg_err read_key(uint8_t *key, const struct sg_buffer *text, struct sg_error *err)
{
    uint8_t bytes[SG_STORE_KEY_BYTES];
    size_t n = text->len, prefix, len, column;
    enum sg_err r = SG_OK;

    if (n && text->data[n - 1] == '\n')
        n--;
    if (sg_bech32_decode(&prefix, bytes, sizeof bytes, &len, &column, (const char *)text->data,
                         n) != SG_BECH32_OK ||
        prefix != sizeof PREFIX - 1 || strncasecmp((const char *)text->data, PREFIX, prefix) != 0 ||
        len != sizeof bytes)
        r = sg_fail(err, SG_ERR_STORE, "what is sealed in it is not the key of a store");
    else
        memcpy(key, bytes, sizeof bytes);
    sg_wipe(bytes, sizeof bytes);
    return r;
}

/* Opens the inner file of a slot that takes a password and a key. */
static enum sg_err open_inner(struct sg_buffer *text, const struct sg_buffer *sealed,
                              const struct sg_identities *identities, const char *name,
                              struct sg_error *err)
{
    struct sg_sealed f = {0};
    struct sg_source in;
    struct sg_sink out;
    enum sg_err r;

    sg_source_memory(&in, sealed->data, sealed->len, name);
    sg_sink_buffer(&out, text);
    r = sg_sealed_read(&f, &in, err);
    if (r == SG_OK && (!identities || sg_identities_count(identities) == 0))
        r = sg_fail(err, SG_ERR_NO_MATCH, "it takes an identity besides the password");
    if (r == SG_OK)
        r = sg_sealed_unlock(&f, identities, err);
    if (r == SG_OK)
        r = sg_sealed_open(&out, &f, NULL, err);
    sg_sealed_close(&f);
    sg_source_close(&in);
    return r;
}

enum sg_err sg_slot_take_key(uint8_t key[static SG_STORE_KEY_BYTES], struct sg_sealed *f,
                             const struct sg_identities *identities, struct sg_error *err)
{
    struct sg_buffer content, inner;
    const char *looks_like, *name = f->in->name;
    struct sg_source again;
    struct sg_sink out;
    enum sg_sniff kind = SG_SNIFF_OTHER;
    enum sg_err r;

    memset(key, 0, SG_STORE_KEY_BYTES);
    sg_buffer_init_secret(&content, SG_SLOT_FILE_MAX_BYTES);
    sg_buffer_init_secret(&inner, SG_SLOT_FILE_MAX_BYTES);
    sg_sink_buffer(&out, &content);
    r = sg_sealed_open(&out, f, NULL, err);
    if (r == SG_OK) {
        sg_source_memory(&again, content.data, content.len, name);
        r = sg_sniff(&kind, &looks_like, &again, err);
        sg_source_close(&again);
    }
    if (r == SG_OK && kind != SG_SNIFF_OTHER)
        r = open_inner(&inner, &content, identities, name, err);
    sg_error_name(err, name);
    if (r == SG_OK)
        r = read_key(key, kind == SG_SNIFF_OTHER ? &content : &inner, err);
    sg_buffer_free(&content);
    sg_buffer_free(&inner);
    return r;
}
