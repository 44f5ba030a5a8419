#include "sealed/view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT 4 /* chunks: enough for what is read in turn */

struct memory {
    uint8_t key[SG_AEAD_KEY_BYTES];
    uint8_t sealed[SG_CHUNK_SEALED_BYTES];
    struct {
        uint64_t number; /* from 1; 0 for none */
        size_t len;
        uint8_t plain[SG_CHUNK_BYTES];
    } kept[KEPT];
    size_t next; /* of kept: the one that is given up */
};

static struct memory *memory_of(const struct sg_payload_view *v)
{
    return (struct memory *)(void *)v->memory.data;
}

/* Where the file is read next, what was read ahead not counted; false when there is no telling. */
static bool position(const struct sg_source *in, uint64_t *at, uint64_t *end)
{
    struct stat st;
    off_t now;

    if (in->fd < 0 || fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    now = lseek(in->fd, 0, SEEK_CUR);
    if (now < 0 || st.st_size < now || (uint64_t)now < in->have)
        return false;
    *at = (uint64_t)now - in->have;
    *end = (uint64_t)st.st_size;
    return *end > 0; /* or its size is made up, as in /proc */
}

bool sg_sealed_can_view(const struct sg_sealed *f)
{
    uint64_t at, end;

    return f->in != &f->armor.source && position(f->in, &at, &end);
}

static enum sg_err read_file(const struct sg_payload_view *v, uint8_t *out, size_t n, uint64_t at,
                             struct sg_error *err)
{
    while (n) {
        ssize_t got = pread(v->file->in->fd, out, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sg_fail_sys(err, errno, "cannot read", v->file->in->name);
        if (got == 0) /* it was cut while we read it */
            return sg_fail_limit(err, SG_ERR_TRUNCATED, NULL, 0, 0);
        out += got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return SG_OK;
}

/* *plain: chunk `number` opened, from what is kept or from the file. */
static enum sg_err load(const struct sg_payload_view *v, const uint8_t **plain, uint64_t number,
                        struct sg_error *err)
{
    struct memory *m = memory_of(v);
    uint64_t at = number * SG_CHUNK_SEALED_BYTES;
    size_t n =
        v->bytes - at < SG_CHUNK_SEALED_BYTES ? (size_t)(v->bytes - at) : SG_CHUNK_SEALED_BYTES;
    bool last = number == v->chunks - 1;
    size_t i;
    enum sg_err r;

    for (i = 0; i < KEPT; i++) {
        *plain = m->kept[i].plain;
        if (m->kept[i].number == number + 1)
            return SG_OK;
    }
    i = m->next++ % KEPT;
    m->kept[i].number = 0;
    *plain = m->kept[i].plain;
    r = read_file(v, m->sealed, n, v->start + at, err);
    if (r != SG_OK)
        return r;
    if (!sg_payload_open_chunk(m->kept[i].plain, m->sealed, n, number, last, m->key)) {
        if (last && n == SG_CHUNK_SEALED_BYTES &&
            sg_payload_open_chunk(m->kept[i].plain, m->sealed, n, number, false, m->key))
            return sg_fail_limit(err, SG_ERR_TRUNCATED, NULL, number + 2, 0);
        return sg_fail_limit(err, SG_ERR_PAYLOAD, NULL, number + 1, 0);
    }
    m->kept[i].number = number + 1;
    m->kept[i].len = n - SG_AEAD_TAG_BYTES;
    return SG_OK;
}

static enum sg_err view_read(struct sg_view *view, uint8_t *out, size_t n, uint64_t at,
                             struct sg_error *err)
{
    struct sg_payload_view *v = view->context;

    sg_error_name(err, v->file->in->name);
    while (n) {
        size_t skip = (size_t)(at % SG_CHUNK_BYTES);
        size_t take = SG_CHUNK_BYTES - skip < n ? SG_CHUNK_BYTES - skip : n;
        const uint8_t *plain;
        enum sg_err r = load(v, &plain, at / SG_CHUNK_BYTES, err);
        if (r != SG_OK)
            return r;
        memcpy(out, plain + skip, take);
        out += take;
        n -= take;
        at += take;
    }
    return SG_OK;
}

enum sg_err sg_sealed_view(struct sg_payload_view *v, struct sg_sealed *f, struct sg_error *err)
{
    uint8_t nonce[SG_PAYLOAD_NONCE_BYTES];
    struct sg_payload_size size;
    uint64_t at = 0, end = 0;
    const uint8_t *plain;
    enum sg_err r;

    memset(v, 0, sizeof *v);
    sg_error_name(err, f->in->name);
    if (!position(f->in, &at, &end))
        return sg_fail_sys(err, ESPIPE, "cannot read", f->in->name);
    v->file = f;
    r = sg_payload_measure(&size, end - at, err);
    if (r == SG_OK)
        r = sg_secret_new(&v->memory, sizeof(struct memory), err);
    if (r != SG_OK)
        return r;
    (void)posix_fadvise(f->in->fd, 0, 0, POSIX_FADV_RANDOM);
    r = read_file(v, nonce, sizeof nonce, at, err);
    if (r == SG_OK) {
        sg_payload_key(memory_of(v)->key, f->file_key.data, nonce);
        v->start = at + sizeof nonce;
        v->bytes = size.content + size.tags;
        v->chunks = size.chunks;
        v->view = (struct sg_view){view_read, v, size.content};
        r = load(v, &plain, v->chunks - 1, err);
    }
    if (r != SG_OK)
        sg_sealed_view_close(v);
    return r;
}

void sg_sealed_view_close(struct sg_payload_view *v)
{
    sg_secret_free(&v->memory);
}
