#include "common/files.h"
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

/* A history as it is printed. */
struct history {
    struct print text;
    struct json json;
};

static enum sg_err line(void *context, const struct sg_revision *v, struct sg_error *err)
{
    struct print *t = &((struct history *)context)->text;

    (void)err;
    print_format(t, "%6llu  ", (unsigned long long)(v->part ? v->part : v->revision));
    print_time(t, v->changed);
    print_format(t, " %12llu %-6s", (unsigned long long)v->size, v->text ? "text" : "binary");
    if (!v->part && v->parts > 1)
        print_format(t, "  %llu parts", (unsigned long long)v->parts);
    if (!v->part && v->current)
        print_format(t, "  current");
    print_format(t, "\n");
    return t->failed;
}

static enum sg_err object(void *context, const struct sg_revision *v, struct sg_error *err)
{
    struct json *j = &((struct history *)context)->json;

    (void)err;
    json_object(j, NULL);
    json_number(j, "revision", v->revision);
    if (v->part)
        json_number(j, "part", v->part);
    else
        json_number(j, "parts", v->parts);
    json_number(j, "size", v->size);
    json_bool(j, "text", v->text);
    json_time(j, "created", v->created);
    if (!v->part)
        json_time(j, "changed", v->changed);
    json_bool(j, "current", v->current);
    json_close(j);
    return j->failed;
}

static enum sg_err tell(struct home *h, const char *name,
                        enum sg_err (*each)(void *, const struct sg_revision *, struct sg_error *),
                        struct history *x, struct sg_error *err)
{
    uint64_t at = option_count(h->p, "at");

    if (option_given(h->p, "parts"))
        return sg_entry_parts(h->store, name, at ? at : SG_REVISION_CURRENT, each, x, err);
    return sg_entry_history(h->store, name, each, x, err);
}

static enum sg_err history(struct home *h, const char *name, struct sg_sink *out,
                           struct sg_error *err)
{
    struct history x;
    enum sg_err r;

    if (!option_given(h->p, "json")) {
        print_start(&x.text, out, err);
        return print_end(&x.text, tell(h, name, line, &x, err));
    }
    json_start(&x.json, out, err);
    json_object(&x.json, NULL);
    json_string(&x.json, "name", name);
    json_array(&x.json, option_given(h->p, "parts") ? "parts" : "revisions");
    r = tell(h, name, object, &x, err);
    json_close(&x.json);
    json_close(&x.json);
    return r == SG_OK ? json_finish(&x.json) : r;
}

int vault_history(const struct parsed *p)
{
    const char *name = operand(p, 0, "the name of an entry");
    struct sg_error err = {0};
    struct sg_sink out = {0};
    struct home h = {0};
    enum sg_err r = sg_name_check(name, &err);

    if (option_given(p, "at") && !option_given(p, "parts"))
        usage_error("vault get --at REVISION NAME shows it", "--at goes with --parts");
    if (r == SG_OK)
        r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = history(&h, name, &out, &err);
    r = close_output(&out, r, &err);
    home_close(&h);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
