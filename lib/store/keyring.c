#include "store/keyring.h"

#include <string.h>

#ifdef SG_HAVE_KEYUTILS

#include <errno.h>

#include <keyutils.h>

#define TYPE "user"
#define START "signet:store:"
#define NAME_BYTES 96

static enum sg_err unavailable(struct sg_error *err)
{
    int sys = errno;

    sg_fail(err, SG_ERR_NO_KEYRING, NULL);
    err->sys = sys;
    return SG_ERR_NO_KEYRING;
}

static void name_of(char out[static NAME_BYTES], const char *id)
{
    size_t n = strnlen(id, NAME_BYTES - sizeof START);

    memcpy(out, START, sizeof START - 1);
    memcpy(out + sizeof START - 1, id, n);
    out[sizeof START - 1 + n] = '\0';
}

static bool is_gone(int sys)
{
    return sys == ENOKEY || sys == EKEYEXPIRED || sys == EKEYREVOKED;
}

/* -1 when it is not there. */
static enum sg_err find(key_serial_t *key, const char *id, struct sg_error *err)
{
    char name[NAME_BYTES];

    name_of(name, id);
    *key = (key_serial_t)keyctl_search(KEY_SPEC_USER_KEYRING, TYPE, name, 0);
    return *key < 0 && !is_gone(errno) ? unavailable(err) : SG_OK;
}

enum sg_err sg_keyring_put(const char *id, const uint8_t key[static SG_KEYRING_KEY_BYTES],
                           unsigned seconds, struct sg_error *err)
{
    char name[NAME_BYTES];
    key_serial_t entry;

    name_of(name, id);
    entry = add_key(TYPE, name, key, SG_KEYRING_KEY_BYTES, KEY_SPEC_USER_KEYRING);
    if (entry < 0)
        return unavailable(err);
    /* Sessions do not all have the user's keyring among theirs; what is the user's they may see. */
    if (keyctl_setperm(entry, KEY_POS_ALL | KEY_USR_VIEW | KEY_USR_READ | KEY_USR_WRITE |
                                  KEY_USR_SEARCH | KEY_USR_SETATTR) != 0 ||
        keyctl_set_timeout(entry, seconds) != 0) {
        enum sg_err r = unavailable(err);
        (void)keyctl_invalidate(entry);
        return r;
    }
    return SG_OK;
}

enum sg_err sg_keyring_get(uint8_t key[static SG_KEYRING_KEY_BYTES], const char *id,
                           struct sg_error *err)
{
    key_serial_t entry;
    enum sg_err r;
    long n;

    memset(key, 0, SG_KEYRING_KEY_BYTES);
    r = find(&entry, id, err);
    if (r != SG_OK)
        return r;
    if (entry < 0)
        return sg_fail(err, SG_ERR_NO_MATCH, NULL);
    n = keyctl_read(entry, (char *)key, SG_KEYRING_KEY_BYTES);
    if (n == SG_KEYRING_KEY_BYTES)
        return SG_OK;
    sg_wipe(key, SG_KEYRING_KEY_BYTES);
    if (n < 0 && !is_gone(errno))
        return unavailable(err);
    return sg_fail(err, SG_ERR_NO_MATCH, NULL);
}

enum sg_err sg_keyring_clear(const char *id, bool *had, struct sg_error *err)
{
    key_serial_t entry;
    enum sg_err r = find(&entry, id, err);

    *had = r == SG_OK && entry >= 0;
    if (!*had)
        return r;
    if (keyctl_invalidate(entry) != 0 && keyctl_unlink(entry, KEY_SPEC_USER_KEYRING) != 0 &&
        !is_gone(errno))
        return unavailable(err);
    return SG_OK;
}

#else

#include <errno.h>

static enum sg_err unavailable(struct sg_error *err)
{
    sg_fail(err, SG_ERR_NO_KEYRING, NULL);
    err->sys = ENOSYS;
    return SG_ERR_NO_KEYRING;
}

enum sg_err sg_keyring_put(const char *id, const uint8_t key[static SG_KEYRING_KEY_BYTES],
                           unsigned seconds, struct sg_error *err)
{
    (void)id;
    (void)key;
    (void)seconds;
    return unavailable(err);
}

enum sg_err sg_keyring_get(uint8_t key[static SG_KEYRING_KEY_BYTES], const char *id,
                           struct sg_error *err)
{
    (void)id;
    memset(key, 0, SG_KEYRING_KEY_BYTES);
    return unavailable(err);
}

enum sg_err sg_keyring_clear(const char *id, bool *had, struct sg_error *err)
{
    (void)id;
    *had = false;
    return unavailable(err);
}

#endif
