#include "sealed/inspect.h"

#include "base/base64.h"
#include "sealed/sniff.h"
#include "sealed/wrap.h"

#include <string.h>

#define READ_BYTES 65536
#define TAG_BYTES 4
#define MAC_START_BYTES 3 /* "---", which the MAC covers */
#define GREASE_END "-grease"

_Static_assert(SG_BASE64_RAW_CHARS(TAG_BYTES) == SG_STANZA_TAG_CHARS, "a tag is four bytes");

/*
 * What is known of the types, in the order of enum sg_kind. A tag makes a recipient recognisable;
 * it is the same in all files, and so links them, where it depends on the public key alone. Those
 * of p256tag and mlkem768p256tag also depend on the share, which is new in each file.
 */
static const struct {
    const char *type;
    bool tagged;
    enum sg_answer linkable, post_quantum;
} types[SG_KIND_GREASE] = {
    [SG_KIND_PQ] = {SG_PQ_TYPE, false, SG_ANSWER_NO, SG_ANSWER_YES},
    [SG_KIND_X25519] = {SG_X25519_TYPE, false, SG_ANSWER_NO, SG_ANSWER_NO},
    [SG_KIND_SSH_ED25519] = {"ssh-ed25519", true, SG_ANSWER_YES, SG_ANSWER_NO},
    [SG_KIND_SSH_RSA] = {SG_SSH_RSA_STANZA_TYPE, true, SG_ANSWER_YES, SG_ANSWER_NO},
    [SG_KIND_SCRYPT] = {SG_SCRYPT_TYPE, false, SG_ANSWER_NO, SG_ANSWER_YES},
    [SG_KIND_ARGON2ID] = {SG_ARGON2ID_TYPE, false, SG_ANSWER_NO, SG_ANSWER_YES},
    [SG_KIND_TAG] = {SG_TAG_TYPE, true, SG_ANSWER_NO, SG_ANSWER_NO},
    [SG_KIND_PQ_TAG] = {SG_PQ_TAG_TYPE, true, SG_ANSWER_NO, SG_ANSWER_YES},
    [SG_KIND_PIV] = {"piv-p256", true, SG_ANSWER_YES, SG_ANSWER_NO},
};

static enum sg_kind kind_of(const struct sg_inspected *s)
{
    const size_t end = sizeof GREASE_END - 1;

    for (enum sg_kind kind = 0; kind < SG_KIND_GREASE; kind++)
        if (strlen(types[kind].type) == s->type_len &&
            memcmp(types[kind].type, s->type, s->type_len) == 0)
            return kind;
    if (s->type_len >= end && memcmp(s->type + s->type_len - end, GREASE_END, end) == 0)
        return SG_KIND_GREASE;
    return SG_KIND_OTHER;
}

struct sg_inspected sg_inspection_stanza(const struct sg_inspection *found, size_t i)
{
    const struct sg_header *h = &found->header;
    const struct sg_stanza *stanza = sg_header_stanza(h, i);
    struct sg_inspected s = {.recognisable = SG_ANSWER_UNKNOWN,
                             .linkable = SG_ANSWER_UNKNOWN,
                             .post_quantum = SG_ANSWER_UNKNOWN};
    uint8_t tag[TAG_BYTES];

    s.type = sg_stanza_argument(h, stanza, 0, &s.type_len);
    s.kind = kind_of(&s);
    s.bytes = sizeof "-> " - 1 + stanza->arguments_len + sizeof "\n" - 1 + stanza->body_len;
    if (s.kind >= SG_KIND_GREASE)
        return s;
    s.post_quantum = types[s.kind].post_quantum;
    if (!types[s.kind].tagged) {
        s.recognisable = s.linkable = SG_ANSWER_NO;
    } else if (sg_stanza_bytes(h, stanza, 1, tag, sizeof tag)) {
        size_t n = sg_base64_encode(s.tag, tag, sizeof tag, SG_BASE64_RAW);
        s.tag[n] = '\0';
        s.recognisable = SG_ANSWER_YES;
        s.linkable = types[s.kind].linkable;
    }
    return s;
}

/* One stanza that can be broken opens the file; short of that, one that nothing is known of. */
static enum sg_answer weaker(enum sg_answer a, enum sg_answer b)
{
    if (a == SG_ANSWER_NO || b == SG_ANSWER_NO)
        return SG_ANSWER_NO;
    return a == SG_ANSWER_YES ? b : a;
}

static enum sg_err look_at_stanzas(struct sg_inspection *found, struct sg_error *err)
{
    struct sg_password_cost cost;
    enum sg_err r;

    found->post_quantum = SG_ANSWER_YES;
    for (size_t i = 0; i < sg_header_count(&found->header); i++) {
        struct sg_inspected s = sg_inspection_stanza(found, i);
        found->kinds[s.kind]++;
        found->stanza_bytes += s.bytes;
        found->post_quantum = weaker(found->post_quantum, s.post_quantum);
    }
    found->password = found->kinds[SG_KIND_SCRYPT] || found->kinds[SG_KIND_ARGON2ID];
    if (!found->password)
        return SG_OK;
    r = sg_password_cost(&cost, &found->header, sg_header_stanza(&found->header, 0), err);
    if (r == SG_OK)
        found->guess = (struct sg_inspected_password){cost.kdf, cost.passes, cost.work, cost.lanes};
    return r;
}

/* Takes the rest of `in` and counts it. */
static enum sg_err count_rest(uint64_t *count, struct sg_source *in,
                              const struct sg_progress *progress, struct sg_error *err)
{
    uint8_t bytes[READ_BYTES];
    size_t got;

    *count = 0;
    if (sg_source_left(in, count))
        return SG_OK;
    do {
        enum sg_err r = sg_source_read(in, bytes, sizeof bytes, &got, err);
        if (r != SG_OK)
            return r;
        *count += got;
        if (progress)
            progress->tick(progress->context, *count);
    } while (got == sizeof bytes);
    return SG_OK;
}

/* A line of armor at a time, so that a header is read to its end although what follows is damaged.
 */
static enum sg_err pull_line(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                             struct sg_error *err)
{
    return sg_source_read(s->context, out, cap < SG_ARMOR_LINE_BYTES ? cap : SG_ARMOR_LINE_BYTES,
                          got, err);
}

/* Measures what follows the header in `from`, which is `in` without its armor. */
static enum sg_err measure(struct sg_inspection *found, struct sg_source *from,
                           struct sg_source *in, const struct sg_progress *progress,
                           struct sg_error *err)
{
    uint64_t rest = 0;
    enum sg_err r = count_rest(&found->payload, from, progress, err);

    if (r == SG_ERR_ARMOR) {
        found->fault = *err;
        found->payload = 0;
        r = count_rest(&rest, in, progress, err);
        found->total = in->taken + rest;
        return r;
    }
    if (r != SG_OK)
        return r;
    found->total = found->armored ? in->taken : found->header_bytes + found->payload;
    found->armor = found->total - found->header_bytes - found->payload;
    if (sg_payload_measure(&found->size, found->payload, err) == SG_OK)
        found->nonce = SG_PAYLOAD_NONCE_BYTES;
    else
        found->fault = *err;
    return SG_OK;
}

enum sg_err sg_inspect(struct sg_inspection *found, struct sg_source *in,
                       const struct sg_progress *progress, struct sg_error *err)
{
    struct sg_armor_reader armor = {0};
    struct sg_source lines = {0}, *from = in;
    const char *looks_like;
    enum sg_sniff kind;
    enum sg_err r;

    memset(found, 0, sizeof *found);
    sg_header_init(&found->header);
    sg_error_name(err, in->name);
    r = sg_sniff(&kind, &looks_like, in, err);
    if (r == SG_OK && kind == SG_SNIFF_OTHER)
        r = sg_fail(err, SG_ERR_NOT_SEALED, looks_like);
    if (r == SG_OK && kind == SG_SNIFF_ARMOR) {
        found->armored = true;
        sg_armor_read(&armor, in);
        sg_source_custom(&lines, pull_line, &armor.source, in->name);
        from = &lines;
    }
    if (r == SG_OK)
        r = sg_header_read(&found->header, from, err);
    if (r == SG_OK) {
        found->header_bytes = found->header.text.len;
        found->mac_bytes = found->header_bytes - found->header.authenticated + MAC_START_BYTES;
        r = look_at_stanzas(found, err);
    }
    if (r == SG_OK)
        r = measure(found, from, in, progress, err);
    sg_source_close(&lines);
    sg_source_close(&armor.source);
    if (r != SG_OK)
        sg_inspection_free(found);
    return r;
}

void sg_inspection_free(struct sg_inspection *found)
{
    sg_header_free(&found->header);
    memset(found, 0, sizeof *found);
}
