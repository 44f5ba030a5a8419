#include "envelope/pack.h"

#include "envelope/little.h"

#include <string.h>

#define ZLIB_CONST /* what zlib reads, it does not write */
#include <zlib.h>

#define TRAILER_BYTES 8
#define RAW_WINDOW_BITS (-15) /* deflate data without a header of zlib's */
#define MEMORY_LEVEL 8
#define ALIGNMENT 64
#define STORED_MAX 65535 /* of plaintext in a stored block, which has five bytes of head */

_Static_assert(SG_BODY_MAX >=
                   SG_MEMBER_BYTES + 5 * (SG_MEMBER_BYTES / STORED_MAX + 1) + TRAILER_BYTES,
               "what does not shrink fits");

const uint8_t sg_body_empty[SG_BODY_EMPTY_BYTES] = {3};

/* Memory given away from its start on; nothing is given back. */
struct arena {
    uint8_t *next;
    size_t left;
};

static void *take(void *opaque, unsigned items, unsigned size)
{
    struct arena *a = opaque;
    size_t n = ((size_t)items * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    uint8_t *p = a->next;

    if (n > a->left)
        return NULL;
    a->next += n;
    a->left -= n;
    return p;
}

static void give_back(void *opaque, void *p)
{
    (void)opaque;
    (void)p;
}

static enum sg_err no_memory(size_t bytes, struct sg_error *err)
{
    return sg_fail_limit(err, SG_ERR_MEMORY, NULL, bytes, 0);
}

/* Bytes of the body of n bytes that are stored. */
static size_t stored_bytes(size_t n)
{
    size_t blocks = (n + STORED_MAX - 1) / STORED_MAX;

    return n ? n + 5 * blocks + TRAILER_BYTES : SG_BODY_EMPTY_BYTES;
}

/* *len is 0 when it does not come out shorter than `most` bytes. */
static enum sg_err try_deflate(uint8_t *out, size_t *len, size_t most, const uint8_t *in, size_t n,
                               int level, uint8_t *work, struct sg_error *err)
{
    struct arena arena = {work, SG_PACK_WORK_BYTES};
    z_stream z = {.zalloc = take, .zfree = give_back, .opaque = &arena};

    *len = 0;
    if (deflateInit2(&z, level, Z_DEFLATED, RAW_WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return no_memory(SG_PACK_WORK_BYTES, err);
    z.next_in = in;
    z.avail_in = (unsigned)n;
    z.next_out = out;
    z.avail_out = (unsigned)most;
    if (deflate(&z, Z_FINISH) == Z_STREAM_END)
        *len = most - z.avail_out;
    (void)deflateEnd(&z);
    return SG_OK;
}

static size_t store(uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t *start = out;

    while (n) {
        size_t take_now = n < STORED_MAX ? n : STORED_MAX;
        *out++ = take_now == n; /* the last block, or not; its type is 0 */
        sg_put_little(out, take_now, 2);
        sg_put_little(out + 2, ~take_now, 2);
        memcpy(out + 4, in, take_now);
        out += 4 + take_now;
        in += take_now;
        n -= take_now;
    }
    return (size_t)(out - start);
}

static uint32_t checksum(const uint8_t *p, size_t n)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), p, n);
}

enum sg_err sg_pack(uint8_t body[static SG_BODY_MAX], size_t *len, const uint8_t *in, size_t n,
                    int level, uint8_t work[static SG_PACK_WORK_BYTES], struct sg_error *err)
{
    enum sg_err r = SG_OK;

    *len = 0;
    if (n == 0) {
        memcpy(body, sg_body_empty, SG_BODY_EMPTY_BYTES);
        *len = SG_BODY_EMPTY_BYTES;
        return SG_OK;
    }
    if (level)
        r = try_deflate(body, len, stored_bytes(n) - TRAILER_BYTES - 1, in, n, level, work, err);
    if (r != SG_OK)
        return r;
    if (*len == 0)
        *len = store(body, in, n);
    sg_put_little(body + *len, checksum(in, n), 4);
    sg_put_little(body + *len + 4, n, 4);
    *len += TRAILER_BYTES;
    return SG_OK;
}

enum sg_err sg_unpack(uint8_t out[static SG_MEMBER_BYTES], size_t *len, const char **what,
                      const uint8_t *body, size_t n, uint8_t work[static SG_UNPACK_WORK_BYTES],
                      struct sg_error *err)
{
    struct arena arena = {work, SG_UNPACK_WORK_BYTES};
    z_stream z = {.zalloc = take, .zfree = give_back, .opaque = &arena};
    size_t packed = n < TRAILER_BYTES ? 0 : n - TRAILER_BYTES, size;
    int result;

    *len = 0;
    *what = NULL;
    if (inflateInit2(&z, RAW_WINDOW_BITS) != Z_OK)
        return no_memory(SG_UNPACK_WORK_BYTES, err);
    z.next_in = body;
    z.avail_in = (unsigned)packed;
    z.next_out = out;
    z.avail_out = SG_MEMBER_BYTES;
    result = inflate(&z, Z_FINISH);
    size = SG_MEMBER_BYTES - z.avail_out;
    (void)inflateEnd(&z);
    if (result == Z_MEM_ERROR)
        return no_memory(SG_UNPACK_WORK_BYTES, err);
    if (result == Z_BUF_ERROR && z.avail_out == 0)
        *what = "more comes out of it than a member may hold";
    else if (result != Z_STREAM_END || z.avail_in)
        *what = "its compressed data is malformed";
    else if (sg_get_little(body + packed, 4) != checksum(out, size))
        *what = "its CRC does not match";
    else if (sg_get_little(body + packed + 4, 4) != size)
        *what = "its length does not match";
    else
        *len = size;
    return SG_OK;
}
