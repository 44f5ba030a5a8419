/*
 * vault_helper - a vault in a folder of its own, for the tests of lib/vault.
 */
#ifndef SG_TEST_VAULT_HELPER_H
#define SG_TEST_VAULT_HELPER_H

#include "unit/home.h"

#include "vault/vault.h"

static char vault_folder[64];

/* Makes a vault in the folder. */
static inline struct sg_store *vault_make(const char *name)
{
    char path[128], seen[160];
    struct sg_store_place place = {.home = path, .state = seen, .wait_ms = 5000};
    const struct sg_slot_new slot = password_slot("password");
    struct sg_error err = {0};
    struct sg_store *s = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", vault_folder, name);
    (void)snprintf(seen, sizeof seen, "%s/state", path);
    assert_int_equal(sg_store_create(&s, &place, &slot, 1, &err), SG_OK);
    assert_int_equal(sg_vault_ready(s, &err), SG_OK);
    return s;
}

static inline int vault_set_up(void **given)
{
    (void)snprintf(vault_folder, sizeof vault_folder, "%s/signet-vault-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(vault_folder))
        return -1;
    *given = vault_make("one");
    return 0;
}

static inline int vault_tear_down(void **given)
{
    sg_store_close(*given);
    remove_tree(vault_folder);
    return access(vault_folder, F_OK) == 0 ? -1 : 0;
}

/* Puts n bytes. */
static inline enum sg_err vault_put_bytes(struct sg_store *s, const char *name, const void *p,
                                          size_t n, enum sg_putting how, int64_t when,
                                          struct sg_error *err)
{
    struct sg_source in;
    enum sg_err r;

    sg_source_memory(&in, p, n, "memory");
    r = sg_entry_put(s, name, &in, how, when, NULL, err);
    sg_source_close(&in);
    return r;
}

static inline void vault_put_text(struct sg_store *s, const char *name, const char *text)
{
    struct sg_error err = {0};

    assert_int_equal(vault_put_bytes(s, name, text, strlen(text), SG_PUT, 1000, &err), SG_OK);
}

/* Gets an entry into a buffer. */
static inline enum sg_err vault_get_bytes(struct sg_buffer *out, struct sg_store *s,
                                          const char *name, uint64_t revision, struct sg_error *err)
{
    struct sg_getting what = {.name = name, .revision = revision};
    struct sg_sink to;

    sg_buffer_init(out, (size_t)1 << 30);
    sg_sink_buffer(&to, out);
    return sg_entry_get(&to, s, &what, err);
}

static inline void vault_assert_text(struct sg_store *s, const char *name, uint64_t revision,
                                     const char *want)
{
    struct sg_buffer got;
    struct sg_error err = {0};

    assert_int_equal(vault_get_bytes(&got, s, name, revision, &err), SG_OK);
    assert_int_equal(got.len, strlen(want));
    if (got.len)
        assert_memory_equal(got.data, want, got.len);
    sg_buffer_free(&got);
}

/* Fails unless the tables agree; returns what the check counted. */
static inline struct sg_vault_report vault_assert_sound(struct sg_store *s)
{
    struct sg_vault_report report;
    struct sg_error err = {0};

    assert_int_equal(sg_vault_check(&report, s, &err), SG_OK);
    return report;
}

#endif
