/*
 * remove - entries that go away, or get another name: remove, move, prune.
 */
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

int vault_remove(const struct parsed *p)
{
    struct sg_removing what = {
        .below = option_given(p, "recursive"),
        .forget = option_given(p, "forget"),
        .now = now(),
    };
    struct sg_error err = {0};
    struct home h = {0};
    uint64_t count;
    enum sg_err r = SG_OK;

    (void)operand(p, 0, "the name of an entry");
    for (int i = 0; r == SG_OK && i < p->operand_count; i++)
        r = sg_name_check(p->operands[i], &err);
    if (r == SG_OK)
        r = open_vault(&h, p, &err);
    for (int i = 0; r == SG_OK && i < p->operand_count; i++) {
        what.name = p->operands[i];
        r = sg_entry_remove(&count, h.store, &what, &err);
    }
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}

int vault_move(const struct parsed *p)
{
    struct sg_moving what = {
        .from = operand(p, 0, "the name of an entry"),
        .to = operand(p, 1, "its new name"),
        .below = option_given(p, "recursive"),
        .over = option_given(p, "force"),
        .now = now(),
    };
    struct sg_error err = {0};
    struct home h = {0};
    uint64_t count;
    enum sg_err r = sg_name_check(what.from, &err);

    if (r == SG_OK)
        r = sg_name_check(what.to, &err);
    if (r == SG_OK)
        r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = sg_entry_move(&count, h.store, &what, &err);
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}

int vault_prune(const struct parsed *p)
{
    struct sg_pruning what = {
        .pattern = p->operand_count ? p->operands[0] : NULL,
        .keep = option_given(p, "keep") ? option_count(p, "keep") : 1,
        .dry = option_given(p, "dry-run"),
        .now = now(),
    };
    struct sg_pruned done;
    struct sg_error err = {0};
    struct home h = {0};
    enum sg_err r = open_vault(&h, p, &err);

    if (r == SG_OK)
        r = sg_prune(&done, h.store, &what, &err);
    if (r == SG_OK && !what.dry && done.bytes)
        r = sg_store_compact(h.store, &err);
    home_close(&h);
    if (r == SG_OK)
        report_note("%s: %llu revision%s, %llu bytes; %llu removed %s gone with them",
                    what.dry ? "would be forgotten" : "forgotten",
                    (unsigned long long)done.revisions, done.revisions == 1 ? "" : "s",
                    (unsigned long long)done.bytes, (unsigned long long)done.removed,
                    done.removed == 1 ? "entry" : "entries");
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
