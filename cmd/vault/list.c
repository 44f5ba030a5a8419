#include "common/files.h"
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <string.h>

/* A listing as it is printed. */
struct listing {
    struct print text;
    struct json json;
    bool long_lines, as_json;
    uint64_t count;
};

static enum sg_err line(void *context, const struct sg_entry *e, struct sg_error *err)
{
    struct listing *l = context;

    (void)err;
    l->count++;
    if (l->long_lines) {
        print_time(&l->text, e->changed);
        print_format(&l->text, " %12llu %-6s %4llu %4llu ", (unsigned long long)e->size,
                     e->text ? "text" : "binary", (unsigned long long)e->revision,
                     (unsigned long long)e->parts);
    }
    print_text(&l->text, e->name);
    print_format(&l->text, "\n");
    return l->text.failed;
}

static enum sg_err object(void *context, const struct sg_entry *e, struct sg_error *err)
{
    struct listing *l = context;
    struct json *j = &l->json;

    (void)err;
    l->count++;
    json_object(j, NULL);
    json_string(j, "name", e->name);
    json_number(j, "size", e->size);
    json_bool(j, "text", e->text);
    if (e->revision)
        json_number(j, "revision", e->revision);
    else
        json_null(j, "revision");
    json_number(j, "parts", e->parts);
    json_time(j, "changed", e->changed);
    json_close(j);
    return j->failed;
}

static enum sg_err list(struct home *h, const struct sg_listing *what, struct listing *l,
                        struct sg_sink *out, struct sg_error *err)
{
    enum sg_err r;

    if (!l->as_json) {
        print_start(&l->text, out, err);
        return print_end(&l->text, sg_entry_list(h->store, what, line, l, err));
    }
    json_start(&l->json, out, err);
    json_object(&l->json, NULL);
    json_array(&l->json, "entries");
    r = sg_entry_list(h->store, what, object, l, err);
    json_close(&l->json);
    json_close(&l->json);
    return r == SG_OK ? json_finish(&l->json) : r;
}

int vault_list(const struct parsed *p)
{
    struct sg_listing what = {
        .pattern = p->operand_count ? p->operands[0] : NULL,
        .removed = option_given(p, "removed"),
    };
    struct listing l = {
        .long_lines = option_given(p, "long"),
        .as_json = option_given(p, "json"),
    };
    struct sg_error err = {0};
    struct sg_sink out = {0};
    struct home h = {0};
    enum sg_err r;

    if (l.long_lines && l.as_json)
        usage_error("JSON has all of it", "--long and --json do not go together");
    r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = list(&h, &what, &l, &out, &err);
    if (r == SG_OK && !l.count && what.pattern && !strpbrk(what.pattern, "*?[")) {
        sg_error_name(&err, what.pattern);
        r = sg_fail(&err, SG_ERR_NOT_FOUND, what.removed ? "removed entry" : "entry");
    }
    r = close_output(&out, r, &err);
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
