#include "common/files.h"
#include "common/report.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAULTS_SHOWN 1000
#define FAULTS_MAX_BYTES (4U << 20)

/* What the check has found. */
struct findings {
    struct sg_store_report store;
    struct sg_vault_report vault;
    struct sg_buffer faults; /* file, block and what it is, a fault a line */
    uint64_t count;
    const char *tables; /* what the tables disagree about, or NULL */
};

static void fault(void *context, const char *file, uint64_t block, const char *what)
{
    struct findings *f = context;
    struct sg_error unheard = {0};
    char line[1024];
    int n;

    if (f->count++ >= FAULTS_SHOWN)
        return;
    n = snprintf(line, sizeof line, "%s%c%llu%c%s%c", file, '\0', (unsigned long long)block, '\0',
                 what, '\0');
    if (n > 0 && (size_t)n < sizeof line)
        (void)!sg_buffer_append(&f->faults, line, (size_t)n, &unheard);
}

/* Looks at everything. What is damaged is told by the findings, and by what this returns. */
static enum sg_err look(struct findings *f, struct home *h, struct sg_error *err)
{
    struct sg_error first;
    enum sg_err r = sg_store_check(h->store, &f->store, fault, f, err), v;

    if (r != SG_OK && r != SG_ERR_BLOCK && r != SG_ERR_DATABASE)
        return r;
    first = *err;
    v = sg_vault_check(&f->vault, h->store, err);
    if (v == SG_ERR_DATABASE)
        f->tables = err->what;
    if (r == SG_OK)
        return v;
    *err = first;
    return r;
}

static void print_faults(struct print *t, const struct findings *f)
{
    const char *p = (const char *)f->faults.data, *end = p + f->faults.len;

    while (f->faults.len && p < end) {
        const char *file = p, *block = file + strlen(file) + 1, *what = block + strlen(block) + 1;
        print_format(t, "damaged: ");
        print_text(t, file);
        if (strcmp(block, "0") != 0)
            print_format(t, ", block %s", block);
        print_format(t, ": ");
        print_text(t, what);
        print_format(t, "\n");
        p = what + strlen(what) + 1;
    }
    if (f->count > FAULTS_SHOWN)
        print_format(t, "damaged: and %llu more\n", (unsigned long long)f->count - FAULTS_SHOWN);
    if (f->tables)
        print_format(t, "damaged: %s\n", f->tables);
}

static enum sg_err print_findings(const struct findings *f, struct sg_sink *out,
                                  struct sg_error *err)
{
    const struct sg_vault_report *v = &f->vault;
    struct print t;

    print_start(&t, out, err);
    print_faults(&t, f);
    print_format(&t, "%llu blocks, %llu damaged\n%llu slots, %llu damaged\n",
                 (unsigned long long)f->store.blocks, (unsigned long long)f->store.damaged,
                 (unsigned long long)f->store.slots, (unsigned long long)f->store.damaged_slots);
    print_format(&t,
                 "%llu entries, %llu removed; %llu revisions, %llu parts, %llu bytes\n"
                 "%llu parts unfinished\n",
                 (unsigned long long)v->entries, (unsigned long long)v->removed,
                 (unsigned long long)v->revisions, (unsigned long long)v->parts,
                 (unsigned long long)v->bytes, (unsigned long long)v->loose);
    return print_end(&t, SG_OK);
}

static enum sg_err write_json(const struct findings *f, bool sound, struct sg_sink *out,
                              struct sg_error *err)
{
    const char *p = (const char *)f->faults.data, *end = p + f->faults.len;
    struct json j;

    json_start(&j, out, err);
    json_object(&j, NULL);
    json_bool(&j, "sound", sound);
    json_number(&j, "blocks", f->store.blocks);
    json_number(&j, "damaged_blocks", f->store.damaged);
    json_number(&j, "slots", f->store.slots);
    json_number(&j, "damaged_slots", f->store.damaged_slots);
    json_number(&j, "entries", f->vault.entries);
    json_number(&j, "removed", f->vault.removed);
    json_number(&j, "revisions", f->vault.revisions);
    json_number(&j, "parts", f->vault.parts);
    json_number(&j, "bytes", f->vault.bytes);
    json_number(&j, "unfinished", f->vault.loose);
    json_string(&j, "tables", f->tables);
    json_array(&j, "faults");
    while (f->faults.len && p < end) {
        const char *file = p, *block = file + strlen(file) + 1, *what = block + strlen(block) + 1;
        json_object(&j, NULL);
        json_string(&j, "file", file);
        json_number(&j, "block", strtoull(block, NULL, 10));
        json_string(&j, "what", what);
        json_close(&j);
        p = what + strlen(what) + 1;
    }
    json_close(&j);
    json_close(&j);
    return json_finish(&j);
}

int vault_check(const struct parsed *p)
{
    struct findings f = {0};
    struct sg_error err = {0}, found;
    struct sg_sink out = {0};
    struct home h = {0};
    enum sg_err r, verdict = SG_OK;

    sg_buffer_init(&f.faults, FAULTS_MAX_BYTES);
    r = open_vault(&h, p, &err);
    if (r == SG_OK) {
        verdict = look(&f, &h, &err);
        found = err;
        if (verdict != SG_OK && verdict != SG_ERR_BLOCK && verdict != SG_ERR_DATABASE)
            r = verdict;
    }
    if (r == SG_OK)
        r = open_output(&out, p, 0, &err);
    if (r == SG_OK)
        r = option_given(p, "json") ? write_json(&f, verdict == SG_OK, &out, &err)
                                    : print_findings(&f, &out, &err);
    r = close_output(&out, r, &err);
    home_close(&h);
    sg_buffer_free(&f.faults);
    if (r != SG_OK)
        return (int)report(&err);
    if (verdict == SG_OK)
        return STATUS_DONE;
    (void)report(&found);
    return STATUS_NOT_AUTHENTIC;
}
