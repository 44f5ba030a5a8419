#include "ratchet/book_private.h"

#include "base/utf8.h"

#include <string.h>

enum sg_err sg_contact_name_check(const char *name, struct sg_error *err)
{
    size_t n = strlen(name);

    sg_error_name(err, name);
    if (n == 0 || n > SG_CONTACT_NAME_MAX_BYTES)
        return sg_fail(err, SG_ERR_NAME, "it must have 1 to 64 bytes");
    if (*name == '-')
        return sg_fail(err, SG_ERR_NAME, "it must not begin with -");
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] <= ' ' || name[i] == 0x7f)
            return sg_fail(err, SG_ERR_NAME, "it must not hold spaces or control characters");
    return SG_OK;
}

#define COLUMNS                                                                        \
    "SELECT id, name, fp, trust, opened,"                                              \
    " (SELECT count(*) FROM ratchet_session s WHERE s.contact = c.id),"                \
    " (SELECT coalesce(max(heard), 0) FROM ratchet_session s WHERE s.contact = c.id)," \
    " (SELECT count(*) FROM ratchet_inbox i WHERE i.contact = c.id) FROM ratchet_contact c "

static enum sg_err read_contact(struct sg_query *q, struct sg_contact *c, struct sg_error *err)
{
    size_t n, m;
    const char *name = sg_query_text(q, 1, &n);
    const uint8_t *fp = sg_query_bytes(q, 2, &m);

    memset(c, 0, sizeof *c);
    if (n >= sizeof c->name || m != sizeof c->fingerprint)
        return sg_fail(err, SG_ERR_STORE, "a damaged contact");
    memcpy(c->name, name, n);
    memcpy(c->fingerprint, fp, m);
    c->id = sg_query_int(q, 0);
    c->trust = (enum sg_trust)sg_query_int(q, 3);
    c->opened = (uint64_t)sg_query_int(q, 4);
    c->sessions = (uint64_t)sg_query_int(q, 5);
    c->heard = (uint64_t)sg_query_int(q, 6);
    c->held = (uint64_t)sg_query_int(q, 7);
    return SG_OK;
}

/* The contact that a started query gives, and its end. */
static enum sg_err one(struct sg_query *q, struct sg_contact *c, enum sg_err r,
                       struct sg_error *err)
{
    bool there = false;

    memset(c, 0, sizeof *c);
    if (r == SG_OK)
        r = sg_query_row(q, &there, err);
    if (r == SG_OK && there)
        r = read_contact(q, c, err);
    sg_query_end(q);
    return r;
}

enum sg_err sg_contact_by_fp(struct sg_book *b, struct sg_contact *c,
                             const uint8_t fp[static SG_FINGERPRINT_BYTES], struct sg_error *err)
{
    struct sg_query q = {0};
    enum sg_err r =
        sg_book_query(&q, b, err, COLUMNS "WHERE fp = ?1", "b", fp, (size_t)SG_FINGERPRINT_BYTES);

    return one(&q, c, r, err);
}

enum sg_err sg_contact_by_id(struct sg_book *b, struct sg_contact *c, int64_t id,
                             struct sg_error *err)
{
    struct sg_query q = {0};
    enum sg_err r = sg_book_query(&q, b, err, COLUMNS "WHERE id = ?1", "i", id);

    return one(&q, c, r, err);
}

enum sg_err sg_book_contact(struct sg_book *b, struct sg_contact *c, const char *name,
                            struct sg_error *err)
{
    struct sg_query q = {0};
    enum sg_err r = sg_book_query(&q, b, err, COLUMNS "WHERE name = ?1", "t", name);

    r = one(&q, c, r, err);
    if (r == SG_OK && !c->id) {
        sg_error_name(err, name);
        r = sg_fail(err, SG_ERR_NOT_FOUND, "contact");
    }
    return r;
}

enum sg_err sg_book_contacts(struct sg_book *b,
                             enum sg_err (*row)(void *context, const struct sg_contact *c,
                                                struct sg_error *err),
                             void *context, struct sg_error *err)
{
    struct sg_contact c;
    struct sg_query q = {0};
    bool there = false;
    enum sg_err r = sg_book_query(&q, b, err, COLUMNS "ORDER BY name", "");

    while (r == SG_OK && (r = sg_query_row(&q, &there, err)) == SG_OK && there) {
        r = read_contact(&q, &c, err);
        if (r == SG_OK)
            r = row(context, &c, err);
    }
    sg_query_end(&q);
    return r;
}

enum sg_err sg_contact_add(struct sg_book *b, struct sg_contact *c, const char *name,
                           struct sg_error *err)
{
    char text[SG_FINGERPRINT_CHARS + 1], own[32] = "stranger-";
    int64_t count = 0;
    enum sg_err r = sg_book_number(&count, b, err, "SELECT count(*) FROM ratchet_contact", "");

    if (r == SG_OK && count >= SG_CONTACTS_MAX)
        r = sg_fail_limit(err, SG_ERR_LIMIT, "contacts", (uint64_t)count + 1, SG_CONTACTS_MAX);
    sg_fingerprint_text(text, c->fingerprint);
    memcpy(own + 9, text, 5);
    memcpy(own + 14, text + 6, 5);
    own[19] = '\0';
    if (!name)
        name = own;
    if (r == SG_OK) {
        sg_error_name(err, name);
        r = sg_book_run(
            b, err, "INSERT INTO ratchet_contact (name, fp, trust, opened) VALUES (?1, ?2, ?3, 0)",
            "tbi", name, c->fingerprint, sizeof c->fingerprint, (int64_t)c->trust);
    }
    if (r == SG_OK) {
        c->id = sg_query_inserted(b->store);
        memcpy(c->name, name, strlen(name) + 1);
    }
    return r;
}

enum sg_err sg_book_rename(struct sg_book *b, const struct sg_contact *c, const char *name,
                           struct sg_error *err)
{
    enum sg_err r = sg_contact_name_check(name, err);

    if (r == SG_OK)
        r = sg_book_run(b, err, "UPDATE ratchet_contact SET name = ?2 WHERE id = ?1", "it", c->id,
                        name);
    return r;
}

enum sg_err sg_book_trust(struct sg_book *b, const struct sg_contact *c, enum sg_trust trust,
                          struct sg_error *err)
{
    enum sg_err r = sg_book_run(b, err, "UPDATE ratchet_contact SET trust = ?2 WHERE id = ?1", "ii",
                                c->id, (int64_t)trust);

    if (r == SG_OK && trust == SG_BLOCKED)
        r = sg_book_run(b, err, "DELETE FROM ratchet_inbox WHERE contact = ?1", "i", c->id);
    return r;
}

enum sg_err sg_book_forget(struct sg_book *b, const struct sg_contact *c, struct sg_error *err)
{
    static const char *const all[] = {
        "DELETE FROM ratchet_session WHERE contact = ?1",
        "DELETE FROM ratchet_outbox WHERE contact = ?1",
        "DELETE FROM ratchet_inbox WHERE contact = ?1",
        "DELETE FROM ratchet_contact WHERE id = ?1",
    };
    enum sg_err r = SG_OK;

    for (size_t i = 0; r == SG_OK && i < sizeof all / sizeof *all; i++)
        r = sg_book_run(b, err, all[i], "i", c->id);
    return r;
}
