#include "open/bounds.h"

#include <string.h>

static enum sg_err put(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err)
{
    struct bounds *b = k->context;
    size_t skip = b->skip < n ? (size_t)b->skip : n;
    bool over;
    enum sg_err r = SG_OK;

    b->seen += n;
    b->skip -= skip;
    p += skip;
    n -= skip;
    if (n > b->take)
        n = (size_t)b->take;
    if (b->take != UINT64_MAX)
        b->take -= n;
    over = n > b->limit - b->done;
    if (over)
        n = (size_t)(b->limit - b->done);
    if (n)
        r = sg_sink_write(b->below, p, n, err);
    b->done += n;
    if (r == SG_OK && over) {
        sg_error_name(err, k->name);
        r = sg_fail_limit(err, SG_ERR_LIMIT, "more comes out of it than --max-output allows", 0,
                          b->limit);
    }
    return r;
}

static enum sg_err end(struct sg_sink *k, struct sg_error *err)
{
    struct bounds *b = k->context;

    if (b->skip == 0)
        return SG_OK;
    sg_error_name(err, k->name);
    return sg_fail_limit(err, SG_ERR_RANGE, NULL, b->offset, b->seen);
}

void bounds_start(struct bounds *b, struct sg_sink *below, uint64_t offset, uint64_t take,
                  uint64_t limit)
{
    memset(b, 0, sizeof *b);
    sg_sink_custom(&b->sink, put, end, b, below->name);
    b->below = below;
    b->skip = b->offset = offset;
    b->take = take;
    b->limit = limit;
}
