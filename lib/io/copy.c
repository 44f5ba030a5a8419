#include "io/copy.h"

#include <errno.h>
#include <unistd.h>

#define BUFFER_BYTES 131072
#define KERNEL_BYTES (64U << 20) /* asked of the kernel at once, so that ticks keep coming */

struct copy {
    struct sg_sink *out;
    struct sg_source *in;
    void (*tick)(void *context, uint64_t done);
    void *context;
    uint64_t done;
};

static void advance(struct copy *c, size_t n)
{
    c->done += n;
    if (c->tick)
        c->tick(c->context, c->done);
}

static enum sg_err through_buffer(struct copy *c, uint8_t *bytes, size_t most, size_t *got,
                                  struct sg_error *err)
{
    enum sg_err r = sg_source_read(c->in, bytes, most, got, err);

    if (r == SG_OK && *got) {
        r = sg_sink_write(c->out, bytes, *got, err);
        advance(c, *got);
    }
    return r;
}

/*
 * Has the kernel copy as much as it will. Whatever stops it is not looked at: what is left goes
 * through the buffer, where the same trouble is met again and is known to be of the one side or the
 * other.
 */
static void through_kernel(struct copy *c)
{
    for (;;) {
        ssize_t n = copy_file_range(c->in->fd, NULL, c->out->fd, NULL, KERNEL_BYTES, 0);
        if (n > 0) {
            c->in->taken += (uint64_t)n;
            advance(c, (size_t)n);
        } else if (n == 0 || errno != EINTR) {
            return;
        }
    }
}

enum sg_err sg_copy(struct sg_sink *out, struct sg_source *in,
                    void (*tick)(void *context, uint64_t done), void *context, struct sg_error *err)
{
    struct copy c = {.out = out, .in = in, .tick = tick, .context = context};
    struct sg_secret buffer;
    size_t got = 0;
    enum sg_err r = sg_secret_new(&buffer, BUFFER_BYTES, err);

    if (r == SG_OK && in->have) /* what was read ahead */
        r = through_buffer(&c, buffer.data, in->have, &got, err);
    if (r == SG_OK && in->fd >= 0 && out->fd >= 0 && !in->ended)
        through_kernel(&c);
    do {
        if (r == SG_OK)
            r = through_buffer(&c, buffer.data, BUFFER_BYTES, &got, err);
    } while (r == SG_OK && got == BUFFER_BYTES);
    sg_secret_free(&buffer);
    return r;
}
