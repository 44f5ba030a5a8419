#include "common/report.h"
#include "vault/slots.h"
#include "vault/verbs.h"

int vault_init(const struct parsed *p)
{
    struct sg_store_place place;
    struct slot_making m;
    struct sg_store *s = NULL;
    struct sg_slot_new slots[2];
    struct sg_error err = {0};
    size_t count = 0;
    enum sg_err r;

    slot_making_start(&m, p, true);
    home_place(&place, p);
    r = sg_store_find(&s, &place, &err); /* before anybody types a password in vain */
    sg_store_close(s);
    s = NULL;
    if (r == SG_OK) {
        sg_error_name(&err, place.home);
        r = sg_fail(&err, SG_ERR_EXISTS, NULL);
    } else if (r == SG_ERR_NO_STORE) {
        r = slot_making_ways(&m, &err);
    }
    if (r == SG_OK && m.way.password && m.way.recipients && !option_given(p, "all")) {
        slots[count++] = (struct sg_slot_new){"password", m.way};
        slots[count - 1].way.recipients = NULL;
        slots[count++] = (struct sg_slot_new){"key", m.way};
        slots[count - 1].way.password = NULL;
    } else if (r == SG_OK) {
        slots[count++] = (struct sg_slot_new){m.way.password && m.way.recipients ? "both"
                                              : m.way.password                   ? "password"
                                                                                 : "key",
                                              m.way};
    }
    if (r == SG_OK)
        r = sg_store_create(&s, &place, slots, count, &err);
    if (r == SG_OK)
        r = sg_vault_ready(s, &err);
    if (r == SG_OK)
        report_note("there is a vault in %s now", sg_store_folder(s));
    sg_store_close(s);
    slot_making_end(&m);
    if (r == SG_ERR_EXISTS) {
        report_error("%s: there is a vault already", err.name);
        report_hint("SIGNET_HOME names another folder to make one in");
        return STATUS_FAILED;
    }
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
