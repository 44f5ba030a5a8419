/*
 * slot - the ways to unlock: listed, added, removed.
 */
#include "common/files.h"
#include "common/report.h"
#include "vault/slots.h"
#include "vault/verbs.h"

#include <string.h>

static const char *const kinds[] = {
    [SG_SLOT_KEY] = "key",
    [SG_SLOT_PASSWORD] = "password",
    [SG_SLOT_BOTH] = "both",
    [SG_SLOT_DAMAGED] = "damaged",
};

struct listing {
    struct print text;
    struct json json;
};

/* What of a recipient's text is shown: its ends, when it is long. */
static void print_recipient(struct print *t, const char *text, size_t n)
{
    if (n > 80)
        print_format(t, "  %.*s...%.*s", 16, text, 8, text + n - 8);
    else
        print_format(t, "  %.*s", (int)n, text);
}

static enum sg_err line(void *context, const struct sg_slot *slot, struct sg_error *err)
{
    struct print *t = &((struct listing *)context)->text;

    (void)err;
    print_format(t, "%-16s %-8s", slot->name, kinds[slot->kind]);
    for (const char *p = slot->recipients; *p;) {
        size_t n = strcspn(p, "\n");
        print_recipient(t, p, n);
        p += n + (p[n] == '\n');
    }
    print_format(t, "\n");
    return t->failed;
}

static enum sg_err object(void *context, const struct sg_slot *slot, struct sg_error *err)
{
    struct json *j = &((struct listing *)context)->json;

    (void)err;
    json_object(j, NULL);
    json_string(j, "name", slot->name);
    json_string(j, "kind", kinds[slot->kind]);
    json_array(j, "recipients");
    for (const char *p = slot->recipients; *p;) {
        size_t n = strcspn(p, "\n");
        json_text(j, NULL, p, n);
        p += n + (p[n] == '\n');
    }
    json_close(j);
    json_close(j);
    return j->failed;
}

static enum sg_err list(struct home *h, struct sg_sink *out, struct sg_error *err)
{
    struct listing l;
    enum sg_err r;

    if (!option_given(h->p, "json")) {
        print_start(&l.text, out, err);
        return print_end(&l.text, sg_slot_list(h->store, line, &l, err));
    }
    json_start(&l.json, out, err);
    json_object(&l.json, NULL);
    json_array(&l.json, "slots");
    r = sg_slot_list(h->store, object, &l, err);
    json_close(&l.json);
    json_close(&l.json);
    return r == SG_OK ? json_finish(&l.json) : r;
}

int vault_slot_list(const struct parsed *p)
{
    struct sg_error err = {0};
    struct sg_sink out = {0};
    struct home h = {0};
    enum sg_err r = open_vault(&h, p, &err);

    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = list(&h, &out, &err);
    r = close_output(&out, r, &err);
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* A slot's name from the command line, or the end. */
static const char *slot_name(const struct parsed *p)
{
    const char *name = operand(p, 0, "the name of the slot");

    if (!sg_slot_name_ok(name))
        usage_error("it has letters, digits, - and _, 64 at most", "%s cannot be a slot's name",
                    *name ? name : "nothing");
    return name;
}

int vault_slot_add(const struct parsed *p)
{
    struct sg_slot_new slot = {.name = slot_name(p)};
    struct slot_making m;
    struct sg_error err = {0};
    struct home h = {0};
    enum sg_err r;

    slot_making_start(&m, p, false);
    r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = slot_making_ways(&m, &err);
    slot.way = m.way;
    if (r == SG_OK)
        r = sg_slot_add(h.store, &slot, &err);
    home_close(&h);
    slot_making_end(&m);
    if (r == SG_ERR_EXISTS) {
        report_error("%s: there is a slot of that name", slot.name);
        report_hint("choose another, or remove that one first: vault slot remove %s", slot.name);
        return STATUS_FAILED;
    }
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}

int vault_slot_remove(const struct parsed *p)
{
    const char *name = slot_name(p);
    struct sg_error err = {0};
    struct home h = {0};
    enum sg_err r = open_vault(&h, p, &err);

    if (r == SG_OK)
        r = sg_slot_remove(h.store, name, option_given(p, "force"), &err);
    home_close(&h);
    if (r == SG_OK)
        report_note("%s unlocks the vault no more; who could use it may have kept the key, and "
                    "only vault rekey shuts them out",
                    name);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
