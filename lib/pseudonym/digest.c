#include "pseudonym/digest.h"

#include <string.h>

#define PIECE_BYTES 65536U

enum sg_err sg_digest_read(struct sg_digest *d, struct sg_source *in, unsigned wanted,
                           void (*tick)(void *context, uint64_t done), void *context,
                           struct sg_error *err)
{
    struct sg_secret piece = {0};
    struct sg_sha512 sha512;
    struct sg_sha256 sha256;
    struct sg_blake2b blake2b;
    uint64_t done = 0;
    size_t got = 0;
    enum sg_err r;

    memset(d, 0, sizeof *d);
    sg_buffer_init_secret(&d->whole, SG_DIGEST_WHOLE_MAX_BYTES);
    sg_error_name(err, in->name);
    sg_sha512_init(&sha512);
    sg_sha256_init(&sha256);
    sg_blake2b_init(&blake2b, sizeof d->blake2b, NULL, 0);
    r = sg_secret_new(&piece, PIECE_BYTES, err);
    while (r == SG_OK && (r = sg_source_read(in, piece.data, PIECE_BYTES, &got, err)) == SG_OK &&
           got) {
        if (wanted & SG_DIGEST_SHA512)
            sg_sha512_update(&sha512, piece.data, got);
        if (wanted & SG_DIGEST_SHA256)
            sg_sha256_update(&sha256, piece.data, got);
        if (wanted & SG_DIGEST_BLAKE2B)
            sg_blake2b_update(&blake2b, piece.data, got);
        if (wanted & SG_DIGEST_WHOLE)
            r = sg_buffer_append(&d->whole, piece.data, got, err);
        if (r == SG_ERR_LIMIT)
            err->what = "a message under an old minisign signature must be held in memory";
        done += got;
        if (tick)
            tick(context, done);
    }
    sg_sha512_final(&sha512, d->sha512);
    sg_sha256_final(&sha256, d->sha256);
    sg_blake2b_final(&blake2b, d->blake2b);
    sg_secret_free(&piece);
    if (r == SG_OK)
        d->has = wanted;
    return r;
}

void sg_digest_free(struct sg_digest *d)
{
    sg_buffer_free(&d->whole);
    sg_wipe(d, sizeof *d);
}
