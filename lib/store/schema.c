#include "store/private.h"

#include <string.h>

static enum sg_err version_of(struct sg_store *s, const char *room, uint32_t *version,
                              struct sg_error *err)
{
    struct sg_query q;
    bool there = false;
    enum sg_err r = sg_query_start(&q, s, "SELECT version FROM sg_schema WHERE room = ?1", err);

    *version = 0;
    if (r == SG_OK) {
        sg_query_set_text(&q, 1, room, strlen(room));
        r = sg_query_row(&q, &there, err);
    }
    if (r == SG_OK && there)
        *version = (uint32_t)sg_query_int(&q, 0);
    sg_query_end(&q);
    return r;
}

static enum sg_err set_version(struct sg_store *s, const struct sg_schema *schema,
                               struct sg_error *err)
{
    struct sg_query q;
    enum sg_err r = sg_query_start(&q, s, "INSERT OR REPLACE INTO sg_schema VALUES (?1, ?2)", err);

    if (r == SG_OK) {
        sg_query_set_text(&q, 1, schema->room, strlen(schema->room));
        sg_query_set_int(&q, 2, schema->version);
        r = sg_query_run(&q, err);
    }
    sg_query_end(&q);
    return r;
}

static enum sg_err too_new(const struct sg_schema *schema, uint32_t version, struct sg_error *err)
{
    sg_error_name(err, schema->room);
    return sg_fail_limit(err, SG_ERR_VERSION, "tables", version, schema->version);
}

static enum sg_err migrate(struct sg_store *s, const struct sg_schema *schema, struct sg_error *err)
{
    uint32_t version = 0;
    enum sg_err r = sg_store_begin(s, SG_STORE_WRITE, err);

    if (r != SG_OK)
        return r;
    r = version_of(s, schema->room, &version, err); /* it may have been somebody else meanwhile */
    if (r == SG_OK && version > schema->version)
        r = too_new(schema, version, err);
    if (r == SG_OK && version < schema->version) {
        for (; r == SG_OK && version < schema->version; version++)
            r = sg_store_exec(s, schema->steps[version], err);
        if (r == SG_OK)
            r = set_version(s, schema, err);
    }
    return sg_store_end(s, r, err);
}

enum sg_err sg_store_schema(struct sg_store *s, const struct sg_schema *schema,
                            struct sg_error *err)
{
    uint32_t version = 0;
    enum sg_err r = sg_store_begin(s, SG_STORE_READ, err);

    if (r != SG_OK)
        return r;
    r = version_of(s, schema->room, &version, err);
    sg_store_rollback(s);
    if (r == SG_OK && version > schema->version)
        r = too_new(schema, version, err);
    if (r == SG_OK && version < schema->version)
        r = migrate(s, schema, err);
    return r;
}
