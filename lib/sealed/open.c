#include "sealed/sealed.h"
#include "sealed/sniff.h"

#include <string.h>

enum sg_err sg_sealed_read(struct sg_sealed *f, struct sg_source *in, struct sg_error *err)
{
    const char *looks_like;
    enum sg_sniff kind;
    enum sg_err r;

    memset(f, 0, sizeof *f);
    sg_header_init(&f->header);
    sg_error_name(err, in->name);
    r = sg_sniff(&kind, &looks_like, in, err);
    if (r != SG_OK)
        return r;
    if (kind == SG_SNIFF_OTHER)
        return sg_fail(err, SG_ERR_NOT_SEALED, looks_like);
    f->in = in;
    if (kind == SG_SNIFF_ARMOR) {
        sg_armor_read(&f->armor, in);
        f->in = &f->armor.source;
    }
    return sg_header_read(&f->header, f->in, err);
}

bool sg_sealed_has_password(const struct sg_sealed *f)
{
    return sg_stanzas_have_password(&f->header);
}

/* Takes the result of an unwrapping: the header must be the one sealed with this file key. */
static enum sg_err verify(struct sg_sealed *f, enum sg_err r, struct sg_error *err)
{
    sg_error_name(err, f->in->name);
    if (r == SG_OK)
        r = sg_header_verify(&f->header, f->file_key.data, err);
    if (r != SG_OK)
        sg_secret_free(&f->file_key);
    return r;
}

enum sg_err sg_sealed_unlock(struct sg_sealed *f, const struct sg_identities *ids,
                             struct sg_error *err)
{
    enum sg_err r = sg_secret_new(&f->file_key, SG_FILE_KEY_BYTES, err);

    if (r != SG_OK)
        return r;
    return verify(f, sg_stanzas_unwrap_key(f->file_key.data, &f->header, ids, err), err);
}

enum sg_err sg_sealed_unlock_password(struct sg_sealed *f, const struct sg_password *password,
                                      unsigned max_work, struct sg_error *err)
{
    enum sg_err r = sg_secret_new(&f->file_key, SG_FILE_KEY_BYTES, err);

    if (r != SG_OK)
        return r;
    r = sg_stanzas_unwrap_password(f->file_key.data, &f->header, password, max_work, err);
    return verify(f, r, err);
}

enum sg_err sg_sealed_open(struct sg_sink *out, struct sg_sealed *f,
                           const struct sg_progress *progress, struct sg_error *err)
{
    sg_error_name(err, f->in->name);
    return sg_payload_open(out, f->in, f->file_key.data, progress, err);
}

void sg_sealed_close(struct sg_sealed *f)
{
    sg_secret_free(&f->file_key);
    sg_secret_free(&f->ahead);
    sg_header_free(&f->header);
    sg_source_close(&f->armor.source);
    sg_wipe(&f->armor, sizeof f->armor);
    memset(&f->armor, 0, sizeof f->armor); /* so that closing it again finds nothing to do */
}
