#include "sealed/sealed.h"

#include "io/copy.h"
#include "sealed/build.h"

static enum sg_err write_all(struct sg_sink *out, struct sg_sealed *f, const struct sg_header *h,
                             const struct sg_progress *progress, struct sg_error *err)
{
    enum sg_err r = sg_sink_write(out, h->text.data, h->text.len, err);

    if (r == SG_OK && f->ahead_len)
        r = sg_sink_write(out, f->ahead.data, f->ahead_len, err);
    if (r == SG_OK)
        r = sg_copy(out, f->in, progress ? progress->tick : NULL,
                    progress ? progress->context : NULL, err);
    return r;
}

/* The first chunk, as it is in the file and opened. */
struct ahead {
    uint8_t payload[SG_PAYLOAD_NONCE_BYTES + SG_CHUNK_SEALED_BYTES + 1]; /* and one byte more */
    uint8_t plain[SG_CHUNK_BYTES];
    uint8_t key[SG_AEAD_KEY_BYTES];
};

enum sg_err sg_sealed_peek(const uint8_t **p, size_t *n, struct sg_sealed *f, struct sg_error *err)
{
    struct ahead *a;
    size_t sealed;
    bool last;
    enum sg_err r = sg_secret_new(&f->ahead, sizeof *a, err);

    *p = NULL;
    *n = 0;
    if (r != SG_OK)
        return r;
    a = (struct ahead *)(void *)f->ahead.data;
    sg_error_name(err, f->in->name);
    r = sg_source_read(f->in, a->payload, sizeof a->payload, &f->ahead_len, err);
    if (r != SG_OK || f->ahead_len < SG_PAYLOAD_NONCE_BYTES + SG_AEAD_TAG_BYTES)
        return r;
    sealed = f->ahead_len - SG_PAYLOAD_NONCE_BYTES;
    last = sealed <= SG_CHUNK_SEALED_BYTES;
    sealed = last ? sealed : SG_CHUNK_SEALED_BYTES;
    sg_payload_key(a->key, f->file_key.data, a->payload);
    if (sg_payload_open_chunk(a->plain, a->payload + SG_PAYLOAD_NONCE_BYTES, sealed, 0, last,
                              a->key)) {
        *p = a->plain;
        *n = sealed - SG_AEAD_TAG_BYTES;
    }
    return SG_OK;
}

enum sg_err sg_rewrap(struct sg_sink *out, struct sg_sealed *f, const struct sg_seal *how,
                      struct sg_error *err)
{
    struct sg_header header;
    enum sg_err r;

    sg_header_init(&header);
    r = sg_header_build(&header, how, f->file_key.data, err);
    if (r == SG_OK && how->armor) {
        struct sg_armor_writer armor;
        sg_armor_write(&armor, out);
        r = write_all(&armor.sink, f, &header, how->progress, err);
        if (r == SG_OK)
            r = sg_sink_finish(&armor.sink, err);
    } else if (r == SG_OK) {
        r = write_all(out, f, &header, how->progress, err);
    }
    sg_header_free(&header);
    return r;
}
