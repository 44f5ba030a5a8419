#include "sealed/sealed.h"

#include "crypto/random.h"
#include "key/plugin.h"
#include "sealed/build.h"
#include "sealed/wrap.h"

/*
 * One recipient that a quantum computer breaks would make the others' strength worthless. What
 * plugins make of theirs is known once they have run: sg_wrap_plugins().
 */
static enum sg_err check_mix(const struct sg_recipients *all, struct sg_error *err)
{
    size_t n = 0, pq = 0;

    for (size_t i = 0; i < sg_recipients_count(all); i++) {
        enum sg_key_type type = sg_recipients_at(all, i).type;
        pq += type == SG_KEY_PQ || type == SG_KEY_PQ_TAG;
        n += !sg_key_is_plugins(type);
    }
    return pq == 0 || pq == n ? SG_OK : sg_fail_limit(err, SG_ERR_MIXED, NULL, pq, n);
}

enum sg_err sg_header_build(struct sg_header *h, const struct sg_seal *how,
                            const uint8_t file_key[static SG_FILE_KEY_BYTES], struct sg_error *err)
{
    enum sg_err r = sg_header_begin(h, err);

    if (r == SG_OK && how->password)
        r = sg_stanza_wrap_password(h, how->password, how->kdf, how->work, file_key, err);
    else if (r == SG_OK)
        r = check_mix(how->recipients, err);
    for (size_t i = 0; r == SG_OK && !how->password && i < sg_recipients_count(how->recipients);
         i++) {
        struct sg_recipient to = sg_recipients_at(how->recipients, i);
        if (!sg_key_is_plugins(to.type))
            r = sg_stanza_wrap_key(h, to, file_key, err);
    }
    if (r == SG_OK && !how->password)
        r = sg_wrap_plugins(h, how->recipients, file_key, err);
    if (r == SG_OK)
        r = sg_header_finish(h, file_key, err);
    return r;
}

static enum sg_err write_all(struct sg_sink *out, struct sg_source *in, const struct sg_header *h,
                             const struct sg_seal *how, const uint8_t *file_key,
                             struct sg_error *err)
{
    enum sg_err r = sg_sink_write(out, h->text.data, h->text.len, err);

    if (r == SG_OK)
        r = sg_payload_seal(out, in, file_key, how->progress, err);
    return r;
}

enum sg_err sg_seal(struct sg_sink *out, struct sg_source *in, const struct sg_seal *how,
                    struct sg_error *err)
{
    struct sg_secret file_key;
    struct sg_header header;
    enum sg_err r;

    sg_header_init(&header);
    r = sg_secret_new(&file_key, SG_FILE_KEY_BYTES, err);
    if (r != SG_OK)
        return r;
    sg_random(file_key.data, SG_FILE_KEY_BYTES);
    r = sg_header_build(&header, how, file_key.data, err);
    if (r == SG_OK && how->armor) {
        struct sg_armor_writer armor;
        sg_armor_write(&armor, out);
        r = write_all(&armor.sink, in, &header, how, file_key.data, err);
        if (r == SG_OK)
            r = sg_sink_finish(&armor.sink, err);
    } else if (r == SG_OK) {
        r = write_all(out, in, &header, how, file_key.data, err);
    }
    sg_secret_free(&file_key);
    sg_header_free(&header);
    return r;
}
