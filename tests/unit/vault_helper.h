/*
 * vault_helper - a vault in a folder of its own, for the tests of lib/vault.
 */
#ifndef SG_TEST_VAULT_HELPER_H
#define SG_TEST_VAULT_HELPER_H

#include "unit/helper.h"

#include "key/key.h"
#include "store/store.h"
#include "vault/vault.h"

#include <ftw.h>
#include <sys/stat.h>

static char vault_folder[64];

static inline int vault_remove_one(const char *path, const struct stat *st, int type,
                                   struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Opens the vault in the folder; makes it first when there is none. */
static inline struct sg_store *vault_open(const char *name)
{
    char home[128], state[160];
    struct sg_store_place place = {.home = home, .state = state, .wait_ms = 5000};
    static const struct sg_password password = {(const uint8_t *)"password", 8};
    const struct sg_slot_new slot = {
        "password", {.password = &password, .kdf = SG_KDF_ARGON2ID, .work = SG_WORK_MIN}};
    struct sg_error err = {0};
    struct sg_store *s = NULL;

    (void)snprintf(home, sizeof home, "%s/%s", vault_folder, name);
    (void)snprintf(state, sizeof state, "%s/state", home);
    assert_int_equal(sg_store_create(&s, &place, &slot, 1, &err), SG_OK);
    assert_int_equal(sg_vault_ready(s, &err), SG_OK);
    return s;
}

static inline int vault_set_up(void **state)
{
    static const char *const parents[] = {"/dev/shm", "/tmp"};

    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(vault_folder, sizeof vault_folder, "%s/signet-vault-XXXXXX", parents[i]);
        if (mkdtemp(vault_folder)) {
            *state = vault_open("one");
            return 0;
        }
    }
    return -1;
}

static inline int vault_tear_down(void **state)
{
    sg_store_close(*state);
    return nftw(vault_folder, vault_remove_one, 16, FTW_DEPTH | FTW_PHYS);
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
