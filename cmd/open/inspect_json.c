#include "common/json.h"
#include "open/inspect.h"

static const char *const classes[SG_KIND_COUNT] = {
    [SG_KIND_PQ] = "post_quantum_hybrid",  [SG_KIND_X25519] = "x25519",
    [SG_KIND_SSH_ED25519] = "ssh_ed25519", [SG_KIND_SSH_RSA] = "ssh_rsa",
    [SG_KIND_SCRYPT] = "password_scrypt",  [SG_KIND_ARGON2ID] = "password_argon2id",
    [SG_KIND_TAG] = "tagged_p256",         [SG_KIND_PQ_TAG] = "tagged_post_quantum_hybrid",
    [SG_KIND_PIV] = "tagged_piv_p256",     [SG_KIND_GREASE] = "grease",
    [SG_KIND_OTHER] = "unknown",
};

static void answer(struct json *j, const char *key, enum sg_answer a)
{
    if (a == SG_ANSWER_UNKNOWN)
        json_null(j, key);
    else
        json_bool(j, key, a == SG_ANSWER_YES);
}

static void stanzas(struct json *j, const struct sg_inspection *found)
{
    json_array(j, "stanzas");
    for (size_t i = 0; i < sg_header_count(&found->header); i++) {
        struct sg_inspected s = sg_inspection_stanza(found, i);
        json_object(j, NULL);
        json_text(j, "type", s.type, s.type_len);
        json_string(j, "class", classes[s.kind]);
        json_bool(j, "known", s.kind != SG_KIND_OTHER);
        answer(j, "recognisable", s.recognisable);
        json_string(j, "tag", s.tag[0] ? s.tag : NULL);
        answer(j, "linkable", s.linkable);
        answer(j, "post_quantum", s.post_quantum);
        json_number(j, "bytes", s.bytes);
        json_close(j);
    }
    json_close(j);
}

static void password(struct json *j, const struct sg_inspection *found)
{
    if (!found->password) {
        json_null(j, "password");
        return;
    }
    json_object(j, "password");
    json_string(j, "kdf", found->guess.kdf == SG_KDF_SCRYPT ? "scrypt" : "argon2id");
    json_number(j, "memory_log2_kib", found->guess.work);
    json_number(j, "passes", found->guess.passes);
    json_number(j, "lanes", found->guess.lanes);
    json_close(j);
}

/* A number that is known, or null. */
static void figure(struct json *j, const char *key, uint64_t n, bool known)
{
    if (known)
        json_number(j, key, n);
    else
        json_null(j, key);
}

static void sizes(struct json *j, const struct sg_inspection *found)
{
    bool whole = found->fault.code == SG_OK, read = found->fault.code != SG_ERR_ARMOR;

    json_object(j, "sizes");
    json_number(j, "total", found->total);
    figure(j, "armor", found->armor, read);
    json_number(j, "header", found->header_bytes);
    json_number(j, "header_stanzas", found->stanza_bytes);
    json_number(j, "header_mac", found->mac_bytes);
    figure(j, "payload", found->payload, read);
    figure(j, "payload_nonce", found->nonce, whole);
    figure(j, "payload_chunks", found->size.chunks, whole);
    figure(j, "payload_tags", found->size.tags, whole);
    figure(j, "content", found->size.content, whole);
    json_close(j);
}

static void inside(struct json *j, const struct sg_inspection *found)
{
    struct exposed_inside in = exposed_inside(found);

    json_object(j, "inside");
    answer(j, "compressed", in.compressed);
    answer(j, "padded", in.padded);
    answer(j, "signed", in.is_signed);
    json_close(j);
}

static void exposures(struct json *j, const struct exposure *e, const char *key, bool learned)
{
    json_array(j, key);
    for (size_t i = 0; i < e->count; i++) {
        if (e->list[i].learned != learned)
            continue;
        json_object(j, NULL);
        json_string(j, "id", e->list[i].id);
        json_string(j, "text", e->list[i].text);
        json_close(j);
    }
    json_close(j);
}

enum sg_err inspect_json(struct sg_sink *out, const struct sg_inspection *found, const char *name,
                         struct sg_error *err)
{
    struct exposure e;
    struct json j;

    exposure_of(&e, found);
    json_start(&j, out, err);
    json_object(&j, NULL);
    json_string(&j, "file", name);
    json_string(&j, "format", "age-encryption.org/v1");
    json_bool(&j, "armored", found->armored);
    json_string(&j, "fault", inspect_fault(found->fault.code));
    answer(&j, "post_quantum", found->post_quantum);
    password(&j, found);
    stanzas(&j, found);
    sizes(&j, found);
    inside(&j, found);
    json_object(&j, "exposure");
    exposures(&j, &e, "learned", true);
    exposures(&j, &e, "not_learned", false);
    json_close(&j);
    json_close(&j);
    return json_finish(&j);
}
