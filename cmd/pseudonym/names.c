/*
 * names - new, list, retire, and root: what the book has.
 */
#include "common/json.h"
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/verbs.h"

#include <string.h>
#include <unistd.h>

#include "common/escape.h"

#define LIST_MAX_BYTES (16U << 20)

int pseudonym_new(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name");
    struct sg_error err = {0};
    struct roots r = {0};
    enum sg_err e;

    if (without_store(p)) {
        e = roots_find(&r, p, name, RETIRED_NOTED, &err);
        if (e == SG_OK)
            report_note("nothing is stored with -i: the root and the name are all there is to it");
    } else {
        e = roots_store(&r, p, &err);
        if (e == SG_OK)
            e = sg_book_new(r.home.store, name, &err);
        if (e == SG_OK)
            report_note("%s is there now; pseudonym show %s prints its public keys", name, name);
    }
    roots_close(&r);
    if (e == SG_ERR_EXISTS) {
        report_error("%s: there is such a pseudonym already", name);
        report_hint("pseudonym list shows them all");
        return STATUS_FAILED;
    }
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* Where a listing goes. */
struct listing {
    struct sg_buffer text;
    struct json *json;
    bool terminal;
};

static enum sg_err list_name(void *context, const char *name, const char *retired,
                             struct sg_error *err)
{
    struct listing *l = context;
    char shown[4 * SG_PSEUDONYM_NAME_MAX_BYTES + 1];
    enum sg_err r;

    if (l->json) {
        json_object(l->json, NULL);
        json_string(l->json, "name", name);
        json_string(l->json, "retired", retired);
        json_close(l->json);
        return SG_OK;
    }
    if (l->terminal) {
        (void)escape_text(shown, sizeof shown, name);
        name = shown;
    }
    r = sg_buffer_text(&l->text, name, err);
    if (r == SG_OK && retired)
        r = sg_buffer_text(&l->text, "\tretired ", err);
    if (r == SG_OK && retired)
        r = sg_buffer_text(&l->text, retired, err);
    return r == SG_OK ? sg_buffer_text(&l->text, "\n", err) : r;
}

int pseudonym_list(const struct parsed *p)
{
    struct listing l = {.terminal = isatty(STDOUT_FILENO)};
    struct sg_error err = {0};
    struct sg_sink out;
    struct roots r = {0};
    struct json json;
    enum sg_err e;

    if (without_store(p))
        usage_error("a root in a file stands for every name: pseudonym show NAME -i ROOT",
                    "with -i nothing is stored, so there is no list");
    sg_buffer_init(&l.text, LIST_MAX_BYTES);
    sg_sink_buffer(&out, &l.text);
    e = roots_store(&r, p, &err);
    if (option_given(p, "json")) {
        json_start(&json, &out, &err);
        l.json = &json;
        json_object(&json, NULL);
        json_array(&json, "pseudonyms");
    }
    if (e == SG_OK)
        e = sg_book_list(r.home.store, list_name, &l, &err);
    if (e == SG_OK && l.json) {
        json_close(&json);
        json_close(&json);
        e = json_finish(&json);
    }
    roots_close(&r);
    if (e == SG_OK)
        e = write_text(p, &l.text, 0, &err);
    sg_buffer_free(&l.text);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

int pseudonym_retire(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name");
    char day[SG_TIME_BYTES], kept[SG_BOOK_DAY_BYTES] = "";
    struct sg_link_terms terms = {.message = line_option(p, "message")};
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    terms.date = date_option(p, day);
    if (!terms.date) {
        today(day);
        terms.date = day;
    }
    sg_buffer_init(&text, SG_LINK_MAX_BYTES);
    e = roots_find(&r, p, name, RETIRED_NOTED, &err);
    if (e == SG_OK && r.stored) {
        e = sg_book_retire(kept, r.home.store, name, terms.date, &err);
        terms.date = kept; /* of the first time, when it is not the first */
    }
    if (e == SG_OK)
        guard(&r, name);
    if (e == SG_OK)
        e = roots_key(&r, name, SG_PSEUDONYM_SIGN, &err);
    if (e == SG_OK)
        e = sg_retirement(&text, KEY_OF(&r), &terms, &err);
    if (e == SG_OK)
        e = write_text(p, &text, 0, &err);
    sg_buffer_free(&text);
    roots_close(&r);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}

/* Takes the root that is in a file into the store. */
static enum sg_err import_root(struct roots *r, const struct parsed *p, struct sg_error *err)
{
    const char *path = option_value(p, "import");
    struct sg_buffer text;
    enum sg_err e = read_key_text(&text, p, path, err);

    if (e == SG_OK)
        e = roots_store(r, p, err);
    if (e == SG_OK)
        sg_error_name(err, path);
    if (e == SG_OK)
        e = sg_root_parse(ROOT_OF(r), (const char *)text.data, text.len, err);
    if (e == SG_OK)
        e = sg_book_set_root(r->home.store, ROOT_OF(r), err);
    sg_buffer_free(&text);
    return e;
}

int pseudonym_root(const struct parsed *p)
{
    unsigned flags = SG_SINK_PRIVATE | SG_SINK_NOFOLLOW;
    struct sg_error err = {0};
    struct sg_buffer text;
    struct roots r = {0};
    enum sg_err e;

    if (option_given(p, "import") && (option_given(p, "output") || option_given(p, "force")))
        usage_error(NULL, "--import takes a root in, and -o writes it: one or the other");
    sg_buffer_init_secret(&text, 4096);
    if (option_given(p, "import")) {
        e = import_root(&r, p, &err);
    } else {
        e = roots_store(&r, p, &err);
        if (e == SG_OK)
            e = sg_book_root(ROOT_OF(&r), r.home.store, &err);
        if (e == SG_OK)
            e = sg_root_file(&text, ROOT_OF(&r), &err);
        if (e == SG_OK)
            e = write_text(p, &text, flags | (option_given(p, "force") ? 0 : SG_SINK_NEW), &err);
    }
    sg_buffer_free(&text);
    roots_close(&r);
    if (e == SG_ERR_EXISTS && option_given(p, "import")) {
        report_error("%s: there is another root in the store already", err.name);
        report_hint("its names would be other people with this one; -i uses a root from its file");
        return STATUS_FAILED;
    }
    if (e == SG_ERR_NOT_FOUND) {
        report_error("there is no root in the store yet");
        report_hint("pseudonym new NAME makes one; pseudonym root --import FILE takes one in");
        return STATUS_FAILED;
    }
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
