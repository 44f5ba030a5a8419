#include "pseudonym/common.h"

#include "common/report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PIECE_BYTES 16384

bool without_store(const struct parsed *p)
{
    return option_given(p, "identity");
}

static enum sg_err start_roots(struct roots *r, const struct parsed *p, struct sg_error *err)
{
    r->p = p;
    return r->secret.data ? SG_OK
                          : sg_secret_new(&r->secret, SG_ROOT_BYTES + SG_PSEUDONYM_KEY_BYTES, err);
}

enum sg_err roots_store(struct roots *r, const struct parsed *p, struct sg_error *err)
{
    enum sg_err e = start_roots(r, p, err);

    r->stored = true;
    if (e == SG_OK)
        e = home_open(&r->home, p, false, err);
    if (e == SG_OK)
        e = sg_book_ready(r->home.store, err);
    if (e == SG_OK)
        home_warn(&r->home);
    return e;
}

enum sg_err read_key_text(struct sg_buffer *text, const struct parsed *p, const char *path,
                          struct sg_error *err)
{
    struct password_asking asking;
    struct sg_password_asker asker;
    struct sg_source in = {0};
    enum sg_err e;

    sg_buffer_init_secret(text, 0);
    password_start(&asking, p);
    asker = password_asker(&asking, p);
    e = open_source(&in, strcmp(path, "-") == 0 ? NULL : path, err);
    if (e == SG_OK)
        e = sg_keyfile_text(text, &in, &asker, err);
    sg_source_close(&in);
    password_free(&asking);
    return e;
}

/* Reads the root from the file of -i. */
static enum sg_err read_root(struct roots *r, struct sg_error *err)
{
    struct sg_buffer text;
    enum sg_err e = read_key_text(&text, r->p, option_value(r->p, "identity"), err);

    if (e == SG_OK)
        e = sg_root_parse(ROOT_OF(r), (const char *)text.data, text.len, err);
    sg_buffer_free(&text);
    return e;
}

enum sg_err roots_find(struct roots *r, const struct parsed *p, const char *name,
                       enum retired retired, struct sg_error *err)
{
    char day[SG_BOOK_DAY_BYTES];
    enum sg_err e = sg_pseudonym_name_check(name, err);

    if (e != SG_OK)
        return e;
    if (without_store(p)) {
        e = start_roots(r, p, err);
        return e == SG_OK ? read_root(r, err) : e;
    }
    e = roots_store(r, p, err);
    if (e == SG_OK)
        e = sg_book_find(ROOT_OF(r), day, r->home.store, name, err);
    if (e == SG_OK && day[0] && retired == RETIRED_NOTED)
        report_note("%s is retired since %s", name, day);
    if (e == SG_OK && day[0] && retired == RETIRED_REFUSED) {
        sg_error_name(err, name);
        e = sg_fail(err, SG_ERR_RETIRED, NULL);
    }
    return e;
}

enum sg_err roots_also(struct roots *r, const char *name, struct sg_error *err)
{
    char day[SG_BOOK_DAY_BYTES];
    enum sg_err e = sg_pseudonym_name_check(name, err);

    if (e == SG_OK && r->stored) {
        e = sg_book_find(ROOT_OF(r), day, r->home.store, name, err);
        if (e == SG_OK && day[0])
            report_note("%s is retired since %s", name, day);
    }
    return e;
}

enum sg_err roots_key(struct roots *r, const char *name, enum sg_pseudonym_key purpose,
                      struct sg_error *err)
{
    return sg_pseudonym_derive(KEY_OF(r), ROOT_OF(r), name, purpose, err);
}

void roots_close(struct roots *r)
{
    sg_secret_free(&r->secret);
    home_close(&r->home);
}

const char *operand(const struct parsed *p, int i, const char *what)
{
    char hint[160];

    (void)snprintf(hint, sizeof hint, "pseudonym %s --help tells more", p->command->name);
    if (p->operand_count <= i)
        usage_error(hint, "%s is missing", what);
    return p->operands[i];
}

const char *operand_path(const struct parsed *p, int i)
{
    const char *path = p->operand_count > i ? p->operands[i] : NULL;

    return path && strcmp(path, "-") == 0 ? NULL : path;
}

const char *needed(const struct parsed *p, const char *name, const char *what)
{
    const char *value = option_value(p, name);
    char hint[160];

    (void)snprintf(hint, sizeof hint, "pseudonym %s --help tells more", p->command->name);
    if (!value)
        usage_error(hint, "%s is missing: --%s", what, name);
    return value;
}

enum sg_err read_whole(struct sg_buffer *text, const char *path, size_t max, struct sg_error *err)
{
    struct sg_source in = {0};
    size_t got = 0;
    enum sg_err r;

    sg_buffer_init_secret(text, max + PIECE_BYTES);
    r = open_input(&in, path && strcmp(path, "-") == 0 ? NULL : path, err);
    sg_error_name(err, in.name);
    do {
        if (r == SG_OK)
            r = sg_buffer_reserve(text, PIECE_BYTES, err);
        if (r == SG_OK)
            r = sg_source_read(&in, text->data + text->len, PIECE_BYTES, &got, err);
        if (r == SG_OK)
            text->len += got;
        if (r == SG_ERR_LIMIT || (r == SG_OK && text->len > max))
            r = sg_fail_limit(err, SG_ERR_LIMIT, "the file is larger than any such file", text->len,
                              max);
    } while (r == SG_OK && got == PIECE_BYTES);
    sg_source_close(&in);
    return r;
}

enum sg_err write_text(const struct parsed *p, const struct sg_buffer *text, unsigned flags,
                       struct sg_error *err)
{
    struct sg_sink out = {0};
    enum sg_err r = open_output(&out, p, flags, err);

    if (r == SG_OK)
        r = sg_sink_write(&out, text->data, text->len, err);
    return close_output(&out, r, err);
}

enum sg_err read_message(struct sg_digest *digest, const struct parsed *p, const char *path,
                         unsigned hashes, struct sg_error *err)
{
    struct sg_source in = {0};
    struct progress bar;
    enum sg_err r = open_input(&in, path, err);

    memset(digest, 0, sizeof *digest);
    if (r != SG_OK)
        return r;
    progress_start(&bar, p, &in);
    r = sg_digest_read(digest, &in, hashes, bar.on ? bar.hook.tick : NULL, bar.hook.context, err);
    progress_end(&bar);
    sg_source_close(&in);
    return r;
}

enum sg_err read_public(uint8_t key[static SG_PUBLIC_BYTES], const char *value,
                        struct sg_error *err)
{
    struct sg_buffer text;
    enum sg_err r;

    if (sg_public_is_text(value, strlen(value)) || strncmp(value, "age1", 4) == 0) {
        sg_error_name(err, NULL);
        return sg_public_read(key, value, strlen(value), err);
    }
    r = read_whole(&text, value, SG_PUBLIC_FILE_MAX_BYTES, err);
    if (r == SG_OK)
        r = sg_public_read(key, (const char *)text.data, text.len, err);
    sg_buffer_free(&text);
    return r;
}

void today(char out[static SG_TIME_BYTES])
{
    sg_time_rfc3339(out, (int64_t)time(NULL));
    out[10] = '\0'; /* the day alone */
}

const char *date_option(const struct parsed *p, char out[static SG_TIME_BYTES])
{
    const char *value = option_value(p, "date");

    if (value && strcmp(value, "today") == 0) {
        today(out);
        return out;
    }
    if (value && !sg_statement_is_date(value, strlen(value)))
        usage_error("today, 2026-11-25, or 2026-11-25T07:05:00Z with a time",
                    "--date takes a date, not %s", *value ? value : "nothing");
    return value;
}

const char *line_option(const struct parsed *p, const char *name)
{
    const char *value = option_value(p, name);

    if (value && !sg_statement_is_value(value, strlen(value)))
        usage_error(NULL, "--%s takes one line of text, of at most 1024 bytes", name);
    return value;
}
