#include "age-plugin-signet/machines.h"

#include <stdio.h>
#include <string.h>

#define STANZA_START SG_STANZA_START "signet/argon2id "

/* What the client has asked for. */
struct wanted {
    size_t keys; /* recipients, and identities in the place of one */
    size_t recipients, identities;
    bool wrong, wrong_is_identity; /* one of them is not ours: */
    size_t wrong_index;
    bool labels;
    struct sg_buffer file_keys; /* secret */
    bool wrong_size;
};

static void take_key(struct wanted *w, const struct talk *t, bool identity)
{
    bool ours = talk_words(t) == 2 && talk_is(t, 1, identity ? OUR_IDENTITY : OUR_RECIPIENT);
    size_t *index = identity ? &w->identities : &w->recipients;

    if (!ours && !w->wrong) {
        w->wrong = true;
        w->wrong_is_identity = identity;
        w->wrong_index = *index;
    }
    ++*index;
    w->keys++;
}

static enum sg_err hear_all(struct wanted *w, struct talk *t, struct sg_error *err)
{
    for (;;) {
        enum sg_err r = talk_hear(t, err);
        if (r != SG_OK || talk_is(t, 0, "done"))
            return r;
        if (talk_is(t, 0, "add-recipient")) {
            take_key(w, t, false);
        } else if (talk_is(t, 0, "add-identity")) {
            take_key(w, t, true);
        } else if (talk_is(t, 0, "extension-labels")) {
            w->labels = true;
        } else if (talk_is(t, 0, "wrap-file-key")) {
            w->wrong_size |= t->body.len != SG_FILE_KEY_BYTES;
            r = sg_buffer_append(&w->file_keys, t->body.data, t->body.len, err);
        }
        if (r != SG_OK)
            return r;
    }
}

/* A label that no other recipient has, so that none can stand beside the password: a fresh salt. */
static enum sg_err send_label(struct talk *t, const char *salt, size_t n, struct sg_error *err)
{
    char words[128];

    (void)snprintf(words, sizeof words, "labels signet-%.*s", (int)n, salt);
    return talk_say(t, words, NULL, 0, NULL, err);
}

/* Wraps every file key before any stanza is sent: after an error there may be none. */
static enum sg_err wrap_all(struct sg_header *h, const struct wanted *w,
                            const struct sg_password *password, struct sg_error *err)
{
    enum sg_err r = sg_header_begin(h, err);

    for (size_t at = 0; r == SG_OK && at < w->file_keys.len; at += SG_FILE_KEY_BYTES)
        r = sg_stanza_wrap_password(h, password, SG_KDF_ARGON2ID, SG_WORK_DEFAULT,
                                    w->file_keys.data + at, err);
    return r;
}

/* Sends the stanzas of a header that has no MAC yet: each begins after the one before. */
static enum sg_err send_all(struct talk *t, const struct wanted *w, const struct sg_header *h,
                            struct sg_error *err)
{
    const char *p = (const char *)h->text.data, *end = p + h->text.len;
    enum sg_err r = SG_OK;

    p = memchr(p, '\n', (size_t)(end - p)) + 1; /* the version line */
    if (w->labels && p < end) {
        const char *salt = p + sizeof STANZA_START - 1;
        r = send_label(t, salt, strcspn(salt, " "), err);
    }
    for (unsigned file = 0; r == SG_OK && p < end; file++) {
        const char *from = p + sizeof SG_STANZA_START - 1, *line = p;
        char words[40];
        (void)snprintf(words, sizeof words, "recipient-stanza %u", file);
        for (int lines = 0; lines < 2; lines++) /* the words, and a body of 32 bytes */
            line = memchr(line, '\n', (size_t)(end - line)) + 1;
        r = talk_pass(t, words, (const uint8_t *)from, (size_t)(line - from), err);
        p = line;
    }
    return r;
}

static enum sg_err answer(struct talk *t, const struct wanted *w, struct sg_error *err)
{
    struct sg_password password;
    struct sg_error why = {0};
    struct sg_header h;
    char kind[40] = "internal";
    enum sg_err r;

    sg_header_init(&h);
    if (w->wrong) {
        (void)snprintf(kind, sizeof kind, "%s %zu", w->wrong_is_identity ? "identity" : "recipient",
                       w->wrong_index);
        r = sg_fail(&why, SG_ERR_RECIPIENT,
                    "it is not " OUR_RECIPIENT ", the one recipient of this plugin");
    } else if (w->keys != 1) {
        r = sg_fail(&why, SG_ERR_MIXED, "a password stands alone: name it once");
    } else if (w->wrong_size) {
        r = sg_fail(&why, SG_ERR_LIMIT, "a file key is not 16 bytes");
    } else {
        r = talk_new_password(t, &password, &why);
        if (r == SG_ERR_HEADER) {
            *err = why; /* the client is gone */
            return r;
        }
        if (r == SG_OK)
            r = wrap_all(&h, w, &password, &why);
    }
    if (r != SG_OK) {
        r = talk_complain(t, kind, &why, err);
    } else {
        r = send_all(t, w, &h, err);
    }
    sg_header_free(&h);
    return r == SG_OK ? talk_done(t, err) : r;
}

enum sg_err machine_recipient(struct talk *t, struct sg_error *err)
{
    struct wanted w = {0};
    enum sg_err r;

    sg_buffer_init_secret(&w.file_keys, 1U << 16);
    r = hear_all(&w, t, err);
    if (r == SG_OK)
        r = answer(t, &w, err);
    sg_buffer_free(&w.file_keys);
    return r;
}
