#include "sealed/payload.h"

#include "crypto/hmac.h"
#include "crypto/random.h"

#include <string.h>

#define SEALED_BYTES SG_CHUNK_SEALED_BYTES
#define COUNTER_BYTES (SG_AEAD_NONCE_BYTES - 1)

/* What is wrong, as opening and measuring both say it. */
#define NO_NONCE "the file ends before its payload"
#define NO_CHUNK "nothing follows the header"
#define EMPTY_CHUNK "it is empty"

/* The state of one pass over a payload, in the guarded heap. */
struct pass {
    uint8_t key[SG_AEAD_KEY_BYTES];
    uint8_t nonce[SG_AEAD_NONCE_BYTES]; /* chunk number, big-endian; then 1 for the last chunk */
    uint8_t text[SEALED_BYTES + 1];     /* a chunk and the first byte of the next */
    uint8_t plain[SG_CHUNK_BYTES];      /* the chunk opened */
    size_t have;                        /* bytes in text */
    uint64_t done;                      /* plaintext bytes of finished chunks */
    uint64_t chunk;                     /* number of the chunk at hand, from 1 */
};

void sg_payload_key(uint8_t key[static SG_AEAD_KEY_BYTES],
                    const uint8_t file_key[static SG_FILE_KEY_BYTES],
                    const uint8_t nonce[static SG_PAYLOAD_NONCE_BYTES])
{
    sg_hkdf(key, SG_AEAD_KEY_BYTES, file_key, SG_FILE_KEY_BYTES, nonce, SG_PAYLOAD_NONCE_BYTES,
            "payload", 7);
}

static enum sg_err begin(struct sg_secret *block, const uint8_t *file_key,
                         const uint8_t nonce[static SG_PAYLOAD_NONCE_BYTES], struct sg_error *err)
{
    enum sg_err r = sg_secret_new(block, sizeof(struct pass), err);

    if (r == SG_OK) {
        struct pass *p = (struct pass *)(void *)block->data;
        sg_payload_key(p->key, file_key, nonce);
        p->chunk = 1;
    }
    return r;
}

/*
 * Fills p->text up to a chunk of `size` bytes and one more, by which it knows whether the chunk is
 * the last. The chunk is then text[0 .. *n).
 */
static enum sg_err next_chunk(struct pass *p, struct sg_source *in, size_t size, size_t *n,
                              bool *last, struct sg_error *err)
{
    size_t got;
    enum sg_err r = sg_source_read(in, p->text + p->have, size + 1 - p->have, &got, err);

    if (r != SG_OK)
        return r;
    p->have += got;
    *last = p->have <= size;
    *n = *last ? p->have : size;
    return SG_OK;
}

/* Counts the chunk just done and keeps the byte after it, `extra`, for the next. */
static void advance(struct pass *p, size_t bytes, uint8_t extra, const struct sg_progress *progress)
{
    p->text[0] = extra;
    p->have = 1;
    p->done += bytes;
    p->chunk++;
    for (int i = COUNTER_BYTES - 1; i >= 0 && ++p->nonce[i] == 0; i--)
        ;
    if (progress)
        progress->tick(progress->context, p->done);
}

enum sg_err sg_payload_seal(struct sg_sink *out, struct sg_source *in,
                            const uint8_t file_key[static SG_FILE_KEY_BYTES],
                            const struct sg_progress *progress, struct sg_error *err)
{
    uint8_t nonce[SG_PAYLOAD_NONCE_BYTES];
    struct sg_secret block;
    bool last = false;
    struct pass *p;
    enum sg_err r;

    sg_random(nonce, sizeof nonce);
    r = begin(&block, file_key, nonce, err);
    if (r != SG_OK)
        return r;
    p = (struct pass *)(void *)block.data;
    r = sg_sink_write(out, nonce, sizeof nonce, err);
    while (r == SG_OK && !last) {
        size_t n;
        uint8_t extra;
        r = next_chunk(p, in, SG_CHUNK_BYTES, &n, &last, err);
        if (r != SG_OK)
            break;
        extra = p->text[SG_CHUNK_BYTES]; /* the tag takes its place */
        p->nonce[COUNTER_BYTES] = last;
        sg_aead_seal(p->text, p->text, n, p->nonce, p->key);
        r = sg_sink_write(out, p->text, n + SG_AEAD_TAG_BYTES, err);
        advance(p, n, extra, progress);
    }
    sg_secret_free(&block);
    return r;
}

static bool try_chunk(struct pass *p, size_t n, bool last)
{
    p->nonce[COUNTER_BYTES] = last;
    return sg_aead_open(p->plain, p->text, n, p->nonce, p->key);
}

/*
 * Opens the chunk into p->plain. A chunk of full size may be authentic and yet in the wrong place:
 * the last one with something behind it, or one of the middle with nothing. Then it is released as
 * any other, and *after is what is wrong with what follows it; else *after is SG_OK.
 */
static enum sg_err open_chunk(struct pass *p, size_t n, bool last, enum sg_err *after,
                              struct sg_error *err)
{
    *after = SG_OK;
    if (n == 0 && p->chunk == 1)
        return sg_fail_limit(err, SG_ERR_TRUNCATED, NO_CHUNK, p->chunk, 0);
    if (n == SG_AEAD_TAG_BYTES && p->chunk > 1) /* allowed in an empty payload only */
        return sg_fail_limit(err, SG_ERR_PAYLOAD, EMPTY_CHUNK, p->chunk, 0);
    if (try_chunk(p, n, last))
        return SG_OK;
    if (n == SEALED_BYTES && try_chunk(p, n, !last)) {
        *after = last ? SG_ERR_TRUNCATED : SG_ERR_PAYLOAD;
        return SG_OK;
    }
    return sg_fail_limit(err, SG_ERR_PAYLOAD, NULL, p->chunk, 0);
}

enum sg_err sg_payload_open(struct sg_sink *out, struct sg_source *in,
                            const uint8_t file_key[static SG_FILE_KEY_BYTES],
                            const struct sg_progress *progress, struct sg_error *err)
{
    uint8_t nonce[SG_PAYLOAD_NONCE_BYTES];
    enum sg_err after = SG_OK;
    struct sg_secret block;
    bool last = false;
    struct pass *p;
    size_t n;
    enum sg_err r = sg_source_read(in, nonce, sizeof nonce, &n, err);

    if (r != SG_OK)
        return r;
    if (n != sizeof nonce)
        return sg_fail(err, SG_ERR_HEADER, NO_NONCE);
    r = begin(&block, file_key, nonce, err);
    if (r != SG_OK)
        return r;
    p = (struct pass *)(void *)block.data;
    while (!last && after == SG_OK) {
        r = next_chunk(p, in, SEALED_BYTES, &n, &last, err);
        if (r == SG_OK)
            r = open_chunk(p, n, last, &after, err);
        if (r != SG_OK)
            break;
        n -= SG_AEAD_TAG_BYTES;
        r = sg_sink_write(out, p->plain, n, err);
        if (r != SG_OK)
            break;
        advance(p, n, p->text[SEALED_BYTES], progress);
    }
    if (r == SG_OK && after == SG_ERR_TRUNCATED)
        r = sg_fail_limit(err, after, NULL, p->chunk, 0);
    else if (r == SG_OK && after == SG_ERR_PAYLOAD)
        r = sg_fail_limit(err, after, "it follows the last one", p->chunk, 0);
    sg_secret_free(&block);
    return r;
}

bool sg_payload_open_chunk(uint8_t plain[static SG_CHUNK_BYTES], const uint8_t *sealed, size_t n,
                           uint64_t number, bool last, const uint8_t key[static SG_AEAD_KEY_BYTES])
{
    uint8_t nonce[SG_AEAD_NONCE_BYTES] = {0};

    for (size_t i = 0; i < sizeof number; i++)
        nonce[COUNTER_BYTES - 1 - i] = (uint8_t)(number >> 8 * i);
    nonce[COUNTER_BYTES] = last;
    return n <= SEALED_BYTES && sg_aead_open(plain, sealed, n, nonce, key);
}

enum sg_err sg_payload_measure(struct sg_payload_size *size, uint64_t bytes, struct sg_error *err)
{
    uint64_t sealed, chunks, last;

    memset(size, 0, sizeof *size);
    if (bytes < SG_PAYLOAD_NONCE_BYTES)
        return sg_fail(err, SG_ERR_HEADER, NO_NONCE);
    sealed = bytes - SG_PAYLOAD_NONCE_BYTES;
    if (sealed == 0)
        return sg_fail_limit(err, SG_ERR_TRUNCATED, NO_CHUNK, 1, 0);
    chunks = sealed / SEALED_BYTES + (sealed % SEALED_BYTES != 0);
    last = sealed - (chunks - 1) * SEALED_BYTES;
    if (last < SG_AEAD_TAG_BYTES)
        return sg_fail_limit(err, SG_ERR_PAYLOAD, "it is shorter than its tag", chunks, 0);
    if (last == SG_AEAD_TAG_BYTES && chunks > 1)
        return sg_fail_limit(err, SG_ERR_PAYLOAD, EMPTY_CHUNK, chunks, 0);
    size->chunks = chunks;
    size->tags = chunks * SG_AEAD_TAG_BYTES;
    size->content = sealed - size->tags;
    return SG_OK;
}
