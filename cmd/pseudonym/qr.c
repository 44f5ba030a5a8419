#include "pseudonym/qr.h"

#ifdef SG_HAVE_QRENCODE

#include <errno.h>
#include <qrencode.h>

#define QUIET 4 /* modules round the code (ISO/IEC 18004, 6.3.8) */

bool qr_possible(void)
{
    return true;
}

/* Whether a module is dark; those of the quiet zone are not. */
static bool is_dark(const QRcode *code, int x, int y)
{
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1);
}

enum sg_err qr_draw(struct sg_buffer *out, const char *text, struct sg_error *err)
{
    /* Nothing, the lower half, the upper half, both: what is drawn is bright, and so not dark. */
    static const char *const halves[] = {" ", "\u2584", "\u2580", "\u2588"};
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
    enum sg_err r = code ? SG_OK : sg_fail_sys(err, errno, "cannot draw", "the QR code");

    for (int y = -QUIET; code && r == SG_OK && y < code->width + QUIET; y += 2) {
        for (int x = -QUIET; r == SG_OK && x < code->width + QUIET; x++)
            r = sg_buffer_text(out, halves[2 * !is_dark(code, x, y) + !is_dark(code, x, y + 1)],
                               err);
        if (r == SG_OK)
            r = sg_buffer_text(out, "\n", err);
    }
    QRcode_free(code);
    return r;
}

#else

bool qr_possible(void)
{
    return false;
}

enum sg_err qr_draw(struct sg_buffer *out, const char *text, struct sg_error *err)
{
    (void)out;
    (void)text;
    return sg_fail(err, SG_ERR_KIND, "built without QR codes");
}

#endif
