#include "age-plugin-signet/machines.h"

#include <stdio.h>
#include <string.h>

#define ARGON2ID "signet/argon2id"
#define NO_MAC "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
#define TRIES 3

/* Stanzas of one file: only one that is alone can be a password's. */
struct file {
    uint32_t number, stanzas; /* of all types */
    uint32_t ours;            /* index of the first of our type; valid when at is not 0 */
    uint32_t at, len;         /* where its text stands, from its type on */
};

struct wanted {
    size_t identities, wrong_index;
    bool wrong;             /* an identity that is not ours */
    bool disordered;        /* file numbers that go down, or are none */
    struct sg_buffer files; /* struct file */
    struct sg_buffer text;  /* begins with one byte that stands for nothing */
};

static struct file *last_file(struct wanted *w)
{
    return w->files.len ? (struct file *)(void *)(w->files.data + w->files.len) - 1 : NULL;
}

static enum sg_err take_stanza(struct wanted *w, const struct talk *t, struct sg_error *err)
{
    const struct sg_stanza *s = &t->command;
    struct file *file = last_file(w);
    uint32_t number;
    size_t n;
    const char *type = sg_stanza_text_argument(&t->heard, s, 2, &n);
    enum sg_err r = SG_OK;

    if (!type || !talk_number(t, 1, &number) || (file && number < file->number)) {
        w->disordered = true;
        return SG_OK;
    }
    if (!file || number > file->number) {
        struct file new = {.number = number};
        r = sg_buffer_append(&w->files, &new, sizeof new, err);
        if (r != SG_OK)
            return r;
        file = last_file(w);
    }
    if (!file->at && talk_is(t, 2, ARGON2ID)) {
        size_t before = (size_t)(type - (const char *)t->heard.data);
        file->ours = file->stanzas;
        file->at = (uint32_t)w->text.len;
        file->len = (uint32_t)(s->body + s->body_len - before);
        r = sg_buffer_append(&w->text, type, file->len, err);
    }
    file->stanzas++;
    return r;
}

static enum sg_err hear_all(struct wanted *w, struct talk *t, struct sg_error *err)
{
    for (;;) {
        enum sg_err r = talk_hear(t, err);
        if (r != SG_OK || talk_is(t, 0, "done"))
            return r;
        if (talk_is(t, 0, "add-identity")) {
            if (!w->wrong && !(talk_words(t) == 2 && talk_is(t, 1, OUR_IDENTITY))) {
                w->wrong = true;
                w->wrong_index = w->identities;
            }
            w->identities++;
        } else if (talk_is(t, 0, "recipient-stanza")) {
            r = take_stanza(w, t, err);
        }
        if (r != SG_OK)
            return r;
    }
}

/* Reads the stanza as a header of its own, with all the checks of one. Its MAC is the client's. */
static enum sg_err read_header(struct sg_header *h, const struct wanted *w, const struct file *file,
                               struct sg_error *why)
{
    struct sg_header made;
    struct sg_source in = {0};
    enum sg_err r;

    sg_header_init(&made);
    r = sg_header_begin(&made, why);
    if (r == SG_OK)
        r = sg_buffer_text(&made.text, SG_STANZA_START, why);
    if (r == SG_OK)
        r = sg_buffer_append(&made.text, w->text.data + file->at, file->len, why);
    if (r == SG_OK)
        r = sg_buffer_text(&made.text, NO_MAC, why);
    if (r == SG_OK) {
        sg_source_memory(&in, made.text.data, made.text.len, NULL);
        r = sg_header_read(h, &in, why);
    }
    sg_source_close(&in);
    sg_header_free(&made);
    return r;
}

static enum sg_err unwrap(struct sg_secret *file_key, struct talk *t, const struct sg_header *h,
                          struct sg_error *why)
{
    static const char again[] = "the password does not fit; once more";
    struct sg_password password;
    enum sg_err r = SG_OK;

    for (int i = 0; i < TRIES; i++) {
        r = i ? talk_say(t, "msg", again, sizeof again - 1, NULL, why) : SG_OK;
        if (r == SG_OK)
            r = talk_password(t, "Password:", &password, why);
        if (r == SG_OK)
            r = sg_stanzas_unwrap_password(file_key->data, h, &password, SG_MAX_WORK_DEFAULT, why);
        if (r != SG_ERR_WRONG_PASSWORD || t->asking.file)
            break;
    }
    return r;
}

static enum sg_err answer_file(struct talk *t, const struct wanted *w, const struct file *file,
                               struct sg_error *err)
{
    struct sg_secret file_key = {0};
    struct sg_error why = {0};
    struct sg_header h;
    char words[64];
    bool gone = false;
    enum sg_err r;

    if (!file->at)
        return SG_OK;
    sg_header_init(&h);
    r = sg_secret_new(&file_key, SG_FILE_KEY_BYTES, &why);
    if (r == SG_OK && file->stanzas > 1)
        r = sg_fail(&why, SG_ERR_HEADER, "a password stanza stands beside another");
    if (r == SG_OK)
        r = read_header(&h, w, file, &why);
    if (r == SG_OK) {
        r = unwrap(&file_key, t, &h, &why);
        gone =
            r == SG_ERR_HEADER; /* the stanza is good, so it is the client's words that are not */
    }
    if (gone) {
        *err = why;
    } else if (r == SG_OK) {
        (void)snprintf(words, sizeof words, "file-key %u", file->number);
        r = talk_say(t, words, file_key.data, SG_FILE_KEY_BYTES, NULL, err);
    } else {
        (void)snprintf(words, sizeof words, "stanza %u %u", file->number, file->ours);
        r = talk_complain(t, words, &why, err);
    }
    sg_header_free(&h);
    sg_secret_free(&file_key);
    return r;
}

static enum sg_err answer(struct talk *t, const struct wanted *w, struct sg_error *err)
{
    const struct file *files = (const struct file *)(const void *)w->files.data;
    struct sg_error why = {0};
    char kind[40] = "internal";
    enum sg_err r = SG_OK;

    if (w->wrong) {
        (void)snprintf(kind, sizeof kind, "identity %zu", w->wrong_index);
        sg_fail(&why, SG_ERR_IDENTITY,
                "it is not " OUR_IDENTITY ", the one identity of this plugin");
        r = talk_complain(t, kind, &why, err);
    } else if (w->disordered) {
        sg_fail(&why, SG_ERR_HEADER, "the client numbers its files in disorder");
        r = talk_complain(t, kind, &why, err);
    } else if (w->identities) {
        for (size_t i = 0; r == SG_OK && i < w->files.len / sizeof *files; i++)
            r = answer_file(t, w, &files[i], err);
    }
    return r == SG_OK ? talk_done(t, err) : r;
}

enum sg_err machine_identity(struct talk *t, struct sg_error *err)
{
    struct wanted w = {0};
    enum sg_err r;

    sg_buffer_init(&w.files, 1U << 20);
    sg_buffer_init(&w.text, SG_HEADER_MAX_BYTES);
    r = sg_buffer_append(&w.text, "", 1, err);
    if (r == SG_OK)
        r = hear_all(&w, t, err);
    if (r == SG_OK)
        r = answer(t, &w, err);
    sg_buffer_free(&w.files);
    sg_buffer_free(&w.text);
    return r;
}
