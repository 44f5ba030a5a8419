#include "sealed/keyfile.h"

#include "key/file.h"
#include "key/signer.h"
#include "sealed/sniff.h"

#define READ_BYTES 4096

/* Reads all of `in` into a secret buffer that is bounded already. */
static enum sg_err read_all(struct sg_buffer *text, struct sg_source *in, struct sg_error *err)
{
    size_t got;

    do {
        enum sg_err r = sg_buffer_reserve(text, READ_BYTES, err);
        if (r == SG_OK)
            r = sg_source_read(in, text->data + text->len, READ_BYTES, &got, err);
        if (r == SG_ERR_LIMIT)
            err->what = "the key file is larger than any key file should be";
        if (r != SG_OK)
            return r;
        text->len += got;
    } while (got == READ_BYTES);
    return SG_OK;
}

enum sg_err sg_sealed_ask(struct sg_sealed *f, const struct sg_password_asker *asker,
                          struct sg_error *err)
{
    for (unsigned attempt = 0;; attempt++) {
        struct sg_password password;
        enum sg_err r;
        sg_error_name(err, f->in->name);
        r = asker->ask(asker->context, f->in->name, attempt, &password, err);
        if (r != SG_OK)
            return r;
        r = sg_sealed_unlock_password(f, &password, asker->max_work, err);
        if (r != SG_ERR_WRONG_PASSWORD)
            return r;
    }
}

static enum sg_err open_sealed(struct sg_buffer *text, struct sg_source *in,
                               const struct sg_password_asker *asker, struct sg_error *err)
{
    struct sg_sealed f;
    struct sg_sink out;
    enum sg_err r = sg_sealed_read(&f, in, err);

    sg_sink_buffer(&out, text);
    if (r == SG_OK && !sg_sealed_has_password(&f))
        r = sg_fail(err, SG_ERR_NO_MATCH,
                    "it is sealed to a key; only a password can guard an "
                    "identity file");
    if (r == SG_OK)
        r = sg_sealed_ask(&f, asker, err);
    if (r == SG_OK)
        r = sg_sealed_open(&out, &f, NULL, err);
    sg_sealed_close(&f);
    return r;
}

enum sg_err sg_identities_are_sealed(bool *sealed, struct sg_source *in, struct sg_error *err)
{
    const char *looks_like;
    enum sg_sniff kind = SG_SNIFF_OTHER;
    enum sg_err r;

    sg_error_name(err, in->name);
    r = sg_sniff(&kind, &looks_like, in, err);
    *sealed = kind != SG_SNIFF_OTHER;
    return r;
}

enum sg_err sg_keyfile_text(struct sg_buffer *text, struct sg_source *in,
                            const struct sg_password_asker *asker, struct sg_error *err)
{
    const char *looks_like;
    enum sg_sniff kind;
    enum sg_err r;

    sg_buffer_init_secret(text, SG_KEY_FILE_MAX_BYTES + READ_BYTES);
    sg_error_name(err, in->name);
    r = sg_sniff(&kind, &looks_like, in, err);
    if (r == SG_OK)
        r = kind == SG_SNIFF_OTHER ? read_all(text, in, err) : open_sealed(text, in, asker, err);
    sg_error_name(err, in->name);
    return r;
}

enum sg_err sg_identities_load(struct sg_identities *ids, struct sg_source *in,
                               const struct sg_password_asker *asker, struct sg_error *err)
{
    struct sg_buffer text;
    enum sg_err r = sg_keyfile_text(&text, in, asker, err);

    if (r == SG_OK)
        r = sg_identities_parse(ids, (const char *)text.data, text.len, err);
    sg_buffer_free(&text);
    return r;
}

/* Reads a whole file of public keys and has it parsed. */
static enum sg_err load(struct sg_recipients *all, struct sg_source *in,
                        enum sg_err (*parse)(struct sg_recipients *, const char *, size_t,
                                             struct sg_error *),
                        struct sg_error *err)
{
    struct sg_buffer text;
    enum sg_err r;

    sg_buffer_init_secret(&text, SG_KEY_FILE_MAX_BYTES + READ_BYTES); /* it may be the wrong file */
    sg_error_name(err, in->name);
    r = read_all(&text, in, err);
    if (r == SG_OK)
        r = parse(all, (const char *)text.data, text.len, err);
    sg_buffer_free(&text);
    return r;
}

enum sg_err sg_recipients_load(struct sg_recipients *all, struct sg_source *in,
                               struct sg_error *err)
{
    return load(all, in, sg_recipients_parse, err);
}

enum sg_err sg_signers_load(struct sg_recipients *all, struct sg_source *in, struct sg_error *err)
{
    return load(all, in, sg_signers_parse, err);
}
