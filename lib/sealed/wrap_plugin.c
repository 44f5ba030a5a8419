#include "sealed/wrap.h"

#include "key/plugin.h"

#include <string.h>

/* A plugin's labels are words on one line. */
#define LABELS_MAX_BYTES SG_SOURCE_WINDOW

/* Whether a key is the first of its plugin in its list; *name is the plugin's. */
static bool first_recipient(char name[static SG_PLUGIN_NAME_BYTES], const struct sg_recipients *all,
                            size_t i)
{
    struct sg_recipient to = sg_recipients_at(all, i);
    char other[SG_PLUGIN_NAME_BYTES];

    if (!sg_key_is_plugins(to.type))
        return false;
    sg_plugin_name(name, to.type, to.key, to.len);
    for (size_t j = 0; j < i; j++) {
        to = sg_recipients_at(all, j);
        if (!sg_key_is_plugins(to.type))
            continue;
        sg_plugin_name(other, to.type, to.key, to.len);
        if (strcmp(name, other) == 0)
            return false;
    }
    return true;
}

static bool first_identity(char name[static SG_PLUGIN_NAME_BYTES], const struct sg_identities *ids,
                           size_t i)
{
    struct sg_identity id = sg_identities_at(ids, i);
    char other[SG_PLUGIN_NAME_BYTES];

    if (!sg_key_is_plugins(id.type))
        return false;
    sg_plugin_name(name, id.type, id.secret, id.len);
    for (size_t j = 0; j < i; j++) {
        id = sg_identities_at(ids, j);
        if (!sg_key_is_plugins(id.type))
            continue;
        sg_plugin_name(other, id.type, id.secret, id.len);
        if (strcmp(name, other) == 0)
            return false;
    }
    return true;
}

static enum sg_err refuse(struct sg_error *err, enum sg_err code, const char *what,
                          const char *name)
{
    sg_fail(err, code, what);
    sg_error_plugin(err, name, NULL);
    return code;
}

/* A header of these stanzas alone must be one that we would open: nothing else is written. */
static enum sg_err check(const struct sg_buffer *stanzas, const char *name, struct sg_error *err)
{
    static const uint8_t no_key[SG_FILE_KEY_BYTES];
    struct sg_header made, read;
    struct sg_source in = {0};
    enum sg_err r;

    sg_header_init(&made);
    sg_header_init(&read);
    r = sg_header_begin(&made, err);
    if (r == SG_OK)
        r = sg_buffer_append(&made.text, stanzas->data, stanzas->len, err);
    if (r == SG_OK)
        r = sg_header_finish(&made, no_key, err);
    if (r == SG_OK) {
        sg_source_memory(&in, made.text.data, made.text.len, NULL);
        r = sg_header_read(&read, &in, err);
    }
    if (r == SG_ERR_HEADER)
        r = refuse(err, SG_ERR_PLUGIN, err->what, name);
    else if (r == SG_ERR_LIMIT)
        r = refuse(err, SG_ERR_PLUGIN, "its stanzas are too large for a file", name);
    sg_source_close(&in);
    sg_header_free(&made);
    sg_header_free(&read);
    return r;
}

static bool same(const struct sg_buffer *labels, const struct sg_buffer *expected)
{
    return labels->len == expected->len &&
           (labels->len == 0 || memcmp(labels->data, expected->data, labels->len) == 0);
}

static bool is(const struct sg_buffer *labels, const char *text)
{
    return labels->len == strlen(text) &&
           (labels->len == 0 || memcmp(labels->data, text, labels->len) == 0);
}

/* Says why the recipients of a plugin do not go with those before them. */
static enum sg_err mixed(const struct sg_buffer *labels, const struct sg_buffer *expected,
                         const char *name, struct sg_error *err)
{
    const char *what = "are to stand alone in a file, or with their like";

    if (is(labels, SG_LABEL_PQ) && expected->len == 0)
        what = "are post-quantum";
    else if (labels->len == 0 && is(expected, SG_LABEL_PQ))
        what = "are not post-quantum";
    return refuse(err, SG_ERR_MIXED, what, name);
}

enum sg_err sg_wrap_plugins(struct sg_header *h, const struct sg_recipients *all,
                            const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    struct sg_buffer stanzas, labels, expected;
    char name[SG_PLUGIN_NAME_BYTES];
    bool others = false;
    enum sg_err r = SG_OK;

    sg_buffer_init(&stanzas, SG_HEADER_MAX_BYTES);
    sg_buffer_init(&labels, LABELS_MAX_BYTES);
    sg_buffer_init(&expected, LABELS_MAX_BYTES);
    for (size_t i = 0; r == SG_OK && !others && i < sg_recipients_count(all); i++) {
        enum sg_key_type type = sg_recipients_at(all, i).type;
        others = !sg_key_is_plugins(type);
        if (type == SG_KEY_PQ || type == SG_KEY_PQ_TAG)
            r = sg_buffer_text(&expected, SG_LABEL_PQ, err);
    }
    for (size_t i = 0; r == SG_OK && i < sg_recipients_count(all); i++) {
        if (!first_recipient(name, all, i))
            continue;
        stanzas.len = labels.len = 0;
        r = sg_plugin_wrap(&stanzas, &labels, all, name, file_key, SG_FILE_KEY_BYTES, err);
        if (r == SG_OK && others && !same(&labels, &expected))
            r = mixed(&labels, &expected, name, err);
        if (r == SG_OK)
            r = check(&stanzas, name, err);
        if (r == SG_OK && !others)
            r = sg_buffer_append(&expected, labels.data, labels.len, err);
        if (r == SG_OK)
            r = sg_buffer_append(&h->text, stanzas.data, stanzas.len, err);
        if (r == SG_ERR_LIMIT)
            err->what = "there are too many recipients for one file";
        others = true;
    }
    sg_buffer_free(&stanzas);
    sg_buffer_free(&labels);
    sg_buffer_free(&expected);
    return r;
}

enum sg_err sg_unwrap_plugins(uint8_t file_key[static SG_FILE_KEY_BYTES], const struct sg_header *h,
                              const struct sg_identities *ids, struct sg_error *err)
{
    char name[SG_PLUGIN_NAME_BYTES];
    struct sg_error first = {0};
    enum sg_err r;

    for (size_t i = 0; i < sg_identities_count(ids); i++) {
        if (!first_identity(name, ids, i))
            continue;
        r = sg_plugin_unwrap(file_key, SG_FILE_KEY_BYTES, ids, name, &h->text,
                             sg_header_stanza(h, 0), sg_header_count(h), err);
        if (r == SG_OK)
            return SG_OK;
        if (r != SG_ERR_NO_MATCH && first.code == SG_OK) /* another plugin may do better */
            first = *err;
    }
    if (first.code != SG_OK) {
        *err = first;
        return first.code;
    }
    return sg_fail_limit(err, SG_ERR_NO_MATCH, NULL, sg_header_count(h), sg_identities_count(ids));
}
