#include "ratchet/book_private.h"

/* Of a contact: the re-opening that waits, or else a suspect session that is trusted again. */
static enum sg_err settle(struct sg_book *b, const struct sg_contact *c, bool yes,
                          struct sg_error *err)
{
    struct sg_kept kept[SG_HELD_MAX], k;
    struct sg_held held[SG_HELD_MAX];
    struct sg_decision d;
    bool any = false;
    size_t n = 0;
    enum sg_err r = sg_kept_of(b, kept, held, &n, c->id, err);

    if (r != SG_OK)
        return r;
    if (sg_decide_accept(&d, held, n, yes))
        return sg_kept_decided(b, &d, kept, n, err);
    for (size_t i = 0; yes && r == SG_OK && i < n; i++)
        if (held[i].suspect) {
            any = true;
            r = sg_kept_load(b, &k, kept[i].id, err);
            sg_session_trust(sg_book_s(b));
            if (r == SG_OK)
                r = sg_kept_store(b, &k, err);
        }
    if (r == SG_OK && !any) {
        sg_error_name(err, c->name);
        r = sg_fail(err, SG_ERR_NOT_FOUND, "stranger or conversation that waits");
    }
    return r;
}

enum sg_err sg_book_accept(struct sg_book *b, const struct sg_contact *c, const char *as, bool yes,
                           struct sg_error *err)
{
    enum sg_err r = SG_OK;

    if (c->trust == SG_BLOCKED && yes)
        return sg_book_trust(b, c, SG_UNVERIFIED, err);
    if (c->trust != SG_STRANGER)
        return settle(b, c, yes, err);
    if (!yes)
        return sg_book_forget(b, c, err);
    if (as)
        r = sg_book_rename(b, c, as, err);
    if (r == SG_OK)
        r = sg_book_trust(b, c, SG_UNVERIFIED, err);
    return r;
}
