#include "open/inspect.h"

#include "common/escape.h"
#include "common/files.h"
#include "common/progress.h"
#include "common/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX_BYTES 65536 /* far more than a report has */
#define LINE_BYTES 1024
#define NAME_MAX_BYTES 16384 /* of the longest path there is, every byte made visible */
#define NAME_PART 512
#define COLUMNS 79
#define NAMES_SHOWN 2       /* fingerprints, or types that are unknown */
#define FINGERPRINT_CHARS 5 /* of a tag of 32 bits: its sixth character is of fewer bits */
#define TYPE_COLUMNS 17

/* A report as it is written; what went wrong first is kept. */
struct text {
    struct sg_buffer bytes;
    struct sg_error *err;
    enum sg_err failed;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (t->failed == SG_OK && n > 0)
        t->failed = sg_buffer_append(&t->bytes, line,
                                     (size_t)n < sizeof line ? (size_t)n : sizeof line - 1, t->err);
}

/* A file's name, which may be anything, without what could steer a terminal. */
static void add_name(struct text *t, const char *name)
{
    char shown[NAME_MAX_BYTES];
    size_t n = escape_text(shown, sizeof shown, name);

    for (size_t at = 0; at < n; at += NAME_PART)
        add(t, "%.*s", NAME_PART, shown + at);
}

/* A sentence after "  - ", broken between words. */
static void add_item(struct text *t, const char *sentence)
{
    size_t column = 4;

    add(t, "  - ");
    while (*sentence) {
        size_t n = strcspn(sentence, " ");
        if (column > 4 && column + 1 + n > COLUMNS) {
            add(t, "\n    ");
            column = 4;
        } else if (column > 4) {
            add(t, " ");
            column++;
        }
        add(t, "%.*s", (int)n, sentence);
        column += n;
        sentence += n + (sentence[n] == ' ');
    }
    add(t, "\n");
}

/* The first few distinct names that `name` gives for stanzas of a kind, separated by commas. */
static void add_names(struct text *t, const struct sg_inspection *f, enum sg_kind kind, int chars,
                      const char *before)
{
    struct sg_inspected shown[NAMES_SHOWN];
    size_t n = 0;

    for (size_t i = 0; i < sg_header_count(&f->header); i++) {
        struct sg_inspected s = sg_inspection_stanza(f, i);
        bool new = s.kind == kind;
        if (kind != SG_KIND_OTHER && !s.tag[0])
            continue;
        for (size_t j = 0; new &&j < n; j++)
            new = kind == SG_KIND_OTHER ? s.type_len != shown[j].type_len ||
                                              memcmp(s.type, shown[j].type, s.type_len) != 0
                                        : strcmp(s.tag, shown[j].tag) != 0;
        if (!new)
            continue;
        if (n == NAMES_SHOWN) {
            add(t, ", ...");
            return;
        }
        add(t, "%s", n ? ", " : before);
        shown[n++] = s;
        if (kind != SG_KIND_OTHER)
            add(t, "SHA256:%.*s...", chars, s.tag);
        else if (s.type_len <= (size_t)chars)
            add(t, "%.*s", (int)s.type_len, s.type);
        else
            add(t, "%.*s...", chars - 3, s.type);
    }
}

static void add_kind(struct text *t, const struct sg_inspection *f, enum sg_kind kind)
{
    static const struct {
        const char *type, *what;
    } kinds[SG_KIND_COUNT] = {
        [SG_KIND_PQ] = {"mlkem768x25519", "post-quantum keys: ML-KEM-768 with X25519"},
        [SG_KIND_X25519] = {"X25519", "keys, not post-quantum"},
        [SG_KIND_SSH_ED25519] = {"ssh-ed25519", "SSH keys"},
        [SG_KIND_SSH_RSA] = {"ssh-rsa", "SSH keys"},
        [SG_KIND_SCRYPT] = {"scrypt", "a password"},
        [SG_KIND_ARGON2ID] = {"signet/argon2id", "a password"},
        [SG_KIND_TAG] = {"p256tag", "hardware keys, not post-quantum"},
        [SG_KIND_PQ_TAG] = {"mlkem768p256tag", "post-quantum hardware keys: ML-KEM-768, P-256"},
        [SG_KIND_PIV] = {"piv-p256", "YubiKeys, not post-quantum"},
        [SG_KIND_GREASE] = {"...-grease", "by its name, put there to be ignored"},
        [SG_KIND_OTHER] = {"unknown", "perhaps of plugins"},
    };
    char memory[MEMORY_TEXT_BYTES];

    add(t, "%6zu x %-*s%s", f->kinds[kind], TYPE_COLUMNS, kinds[kind].type, kinds[kind].what);
    memory_text(memory, f->guess.work);
    if (kind == SG_KIND_SSH_ED25519 || kind == SG_KIND_SSH_RSA)
        add_names(t, f, kind, FINGERPRINT_CHARS, ": ");
    else if (kind == SG_KIND_OTHER)
        add_names(t, f, kind, 12, ": ");
    else if (kind == SG_KIND_SCRYPT)
        add(t, "; a guess takes %s", memory);
    else if (kind == SG_KIND_ARGON2ID)
        add(t, "; a guess takes %lu x %s", (unsigned long)f->guess.passes, memory);
    add(t, "\n");
}

static const char *post_quantum(const struct sg_inspection *f)
{
    if (f->password)
        return "yes, as a password is; its strength is what counts";
    switch (f->post_quantum) {
    case SG_ANSWER_YES:
        return "yes, every recipient";
    case SG_ANSWER_NO:
        return "no, and the weakest recipient counts";
    case SG_ANSWER_UNKNOWN:
        break;
    }
    return "unknown, as a type of recipient is";
}

static void add_sizes(struct text *t, const struct sg_inspection *f)
{
    char tags[48];

    (void)snprintf(tags, sizeof tags, "tags of %llu chunk%s", (unsigned long long)f->size.chunks,
                   f->size.chunks == 1 ? "" : "s");
    add(t, "\nBytes\n");
    if (f->armored && f->fault.code != SG_ERR_ARMOR)
        add(t, "%20llu  armor\n", (unsigned long long)f->armor);
    add(t, "%20llu  header\n", (unsigned long long)f->header_bytes);
    if (f->fault.code == SG_OK) {
        add(t, "%20llu  nonce of the payload\n", (unsigned long long)f->nonce);
        add(t, "%20llu  %s\n", (unsigned long long)f->size.tags, tags);
        add(t, "%20llu  content\n", (unsigned long long)f->size.content);
    } else if (f->fault.code != SG_ERR_ARMOR) {
        add(t, "%20llu  payload\n", (unsigned long long)f->payload);
    }
    add(t, "%20llu  in all\n", (unsigned long long)f->total);
}

const char *inspect_fault(enum sg_err code)
{
    switch (code) {
    case SG_OK:
        return NULL;
    case SG_ERR_ARMOR:
        return "armor";
    case SG_ERR_PAYLOAD:
        return "payload_length";
    default:
        return "payload_missing";
    }
}

static void write_text(struct text *t, const struct sg_inspection *f, const char *name)
{
    struct exposure e;

    exposure_of(&e, f);
    add_name(t, name);
    add(t, ": an age file, version 1%s\n\nSealed to\n", f->armored ? ", in armor" : "");
    for (enum sg_kind kind = 0; kind < SG_KIND_COUNT; kind++)
        if (f->kinds[kind])
            add_kind(t, f, kind);
    add(t, "\nPost-quantum: %s\n", post_quantum(f));
    if (f->fault.code == SG_ERR_ARMOR)
        add(t, "Damaged: the armor is malformed behind the header\n");
    else if (f->fault.code == SG_ERR_PAYLOAD)
        add(t, "Damaged: no payload has such a length\n");
    else if (f->fault.code != SG_OK)
        add(t, "Damaged: the payload is missing\n");
    add_sizes(t, f);
    for (size_t i = 0; i < e.count; i++) {
        if (i == 0)
            add(t, "\nWhat anyone who has this file learns\n");
        else if (e.list[i].learned != e.list[i - 1].learned)
            add(t, "\nWhat they do not learn\n");
        add_item(t, e.list[i].text);
    }
}

void inspect_check_usage(const struct parsed *p)
{
    static const char *const keys[] = {"identity", "plugin", "max-work", "password-file"};

    if (option_given(p, "json") && !option_given(p, "inspect"))
        usage_error("open --inspect --json reports as JSON", "--json goes with --inspect");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (option_given(p, "inspect") && option_given(p, keys[i]))
            usage_error("leave it out, or leave --inspect out to open the file",
                        "--inspect needs no key and no password: --%s is of no use", keys[i]);
}

enum sg_err inspect(struct sg_source *in, const struct parsed *p, struct sg_error *err)
{
    struct sg_inspection found = {0};
    struct text t = {.err = err};
    struct sg_sink out = {0};
    struct progress bar;
    enum sg_err r;

    sg_buffer_init(&t.bytes, TEXT_MAX_BYTES);
    progress_start(&bar, p, in);
    r = sg_inspect(&found, in, bar.on ? &bar.hook : NULL, err);
    progress_end(&bar);
    if (r == SG_OK)
        r = open_output(&out, p, 0, err);
    if (r == SG_OK && option_given(p, "json")) {
        r = inspect_json(&out, &found, operand_file(p), err);
    } else if (r == SG_OK) {
        write_text(&t, &found, in->name);
        r = t.failed;
        if (r == SG_OK)
            r = sg_sink_write(&out, t.bytes.data, t.bytes.len, err);
    }
    r = close_output(&out, r, err);
    if (r == SG_OK && found.fault.code != SG_OK) {
        *err = found.fault;
        r = found.fault.code;
    }
    sg_buffer_free(&t.bytes);
    sg_inspection_free(&found);
    return r;
}
