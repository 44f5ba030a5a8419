#include "sealed/sealed.h"

#include "io/copy.h"
#include "sealed/build.h"

static enum sg_err write_all(struct sg_sink *out, struct sg_sealed *f, const struct sg_header *h,
                             const struct sg_progress *progress, struct sg_error *err)
{
    enum sg_err r = sg_sink_write(out, h->text.data, h->text.len, err);

    if (r == SG_OK)
        r = sg_copy(out, f->in, progress ? progress->tick : NULL,
                    progress ? progress->context : NULL, err);
    return r;
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
