#include "store/guard.h"

#include "crypto/hkdf512.h"
#include "store/block.h"
#include "store/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAGIC "SGGUARD1"
#define AT_ID 8
#define AT_COUNTER (AT_ID + SG_STORE_ID_BYTES)
#define AT_TAG (AT_COUNTER + 8)
#define AT_MAC (AT_TAG + 8)
#define RECORD_BYTES (AT_MAC + 32)
#define RECORD_STRIDE 4096 /* never in one sector */
#define NAP_MS 2

enum sg_err sg_guard_start(struct sg_guard *g, const char *folder, const char *id,
                           struct sg_error *err)
{
    *g = (struct sg_guard){.fd = -1};
    g->folder = sg_path_join(folder, NULL, NULL);
    g->path = sg_path_join(folder, "/store-", id);
    if (g->path)
        g->path = sg_path_extend(g->path, ".guard");
    if (!g->folder || !g->path)
        return sg_fail_limit(err, SG_ERR_MEMORY, NULL, strlen(folder), 0);
    return SG_OK;
}

void sg_guard_end(struct sg_guard *g)
{
    if (g->path && g->fd >= 0)
        (void)close(g->fd);
    free(g->folder);
    free(g->path);
    *g = (struct sg_guard){.fd = -1};
}

/* Whether the open file is still the one that its name means. */
static bool current(const struct sg_guard *g)
{
    struct stat open_file, named;

    return g->fd >= 0 && fstat(g->fd, &open_file) == 0 && stat(g->path, &named) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

static void forget(struct sg_guard *g)
{
    if (g->fd >= 0)
        (void)close(g->fd);
    g->fd = -1;
}

/* Opens the file, for writing by making it. */
static enum sg_err open_guard(struct sg_guard *g, bool write, struct sg_error *err)
{
    if (current(g) && (g->writable || !write))
        return SG_OK;
    forget(g);
    if (write) {
        enum sg_err r = sg_path_make(g->folder, err);
        if (r != SG_OK)
            return r;
    }
    g->fd = write ? open(g->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)
                  : open(g->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    g->writable = write;
    if (g->fd < 0 && (write || (errno != ENOENT && errno != ENOTDIR)))
        return sg_fail_sys(err, errno, "cannot open", g->path);
    return SG_OK;
}

enum sg_err sg_guard_lock(struct sg_guard *g, uint64_t wait_ms, uint64_t *left_ms,
                          struct sg_error *err)
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};
    uint64_t left = wait_ms;

    *left_ms = 0;
    for (;;) {
        enum sg_err r = open_guard(g, true, err);
        if (r != SG_OK)
            return r;
        if (flock(g->fd, LOCK_EX | LOCK_NB) == 0) {
            if (current(g))
                break;
            continue; /* somebody removed it just before */
        }
        if (errno != EWOULDBLOCK && errno != EINTR)
            return sg_fail_sys(err, errno, "cannot lock", g->path);
        if (left == 0) {
            sg_error_name(err, g->path);
            return sg_fail(err, SG_ERR_IN_USE, NULL);
        }
        (void)nanosleep(&nap, NULL);
        left = left > NAP_MS ? left - NAP_MS : 0;
    }
    g->locked = true;
    *left_ms = left;
    return SG_OK;
}

void sg_guard_unlock(struct sg_guard *g)
{
    if (g->locked)
        (void)flock(g->fd, LOCK_UN);
    g->locked = false;
}

static void mac_of(uint8_t out[static 32], const uint8_t *record, const struct sg_store_keys *keys)
{
    uint8_t full[SG_HMAC512_BYTES];

    sg_hmac512(full, keys->guard, sizeof keys->guard, record, AT_MAC);
    memcpy(out, full, 32);
}

/* Reads the record at a place. False when there is no valid one. */
static enum sg_err read_record(const struct sg_guard *g, int place, struct sg_guard_state *state,
                               bool *valid, const struct sg_store_keys *keys, const uint8_t *id,
                               struct sg_error *err)
{
    uint8_t record[RECORD_BYTES], mac[32];
    ssize_t n = pread(g->fd, record, sizeof record, (off_t)place * RECORD_STRIDE);

    *valid = false;
    *state = (struct sg_guard_state){0, 0};
    if (n < 0)
        return sg_fail_sys(err, errno, "cannot read", g->path);
    if (n < (ssize_t)sizeof record)
        return SG_OK;
    mac_of(mac, record, keys);
    if (!sg_equal(mac, record + AT_MAC, sizeof mac) || memcmp(record, MAGIC, AT_ID) != 0 ||
        memcmp(record + AT_ID, id, SG_STORE_ID_BYTES) != 0)
        return SG_OK;
    state->counter = sg_get_be64(record + AT_COUNTER);
    state->tag = sg_get_be32(record + AT_TAG);
    *valid = true;
    return SG_OK;
}

/* Which record is the newest valid one; -1 when none is. */
static enum sg_err newest(const struct sg_guard *g, struct sg_guard_state *state, int *place,
                          const struct sg_store_keys *keys, const uint8_t *id, struct sg_error *err)
{
    *place = -1;
    for (int i = 0; i < 2; i++) {
        struct sg_guard_state s;
        bool valid;
        enum sg_err r = read_record(g, i, &s, &valid, keys, id, err);
        if (r != SG_OK)
            return r;
        if (valid && (*place < 0 || s.counter >= state->counter)) {
            *state = s;
            *place = i;
        }
    }
    return SG_OK;
}

enum sg_err sg_guard_read(struct sg_guard *g, struct sg_guard_state *state, bool *there,
                          const struct sg_store_keys *keys,
                          const uint8_t id[static SG_STORE_ID_BYTES], struct sg_error *err)
{
    int place = -1;
    enum sg_err r = g->locked ? SG_OK : open_guard(g, false, err);

    *state = (struct sg_guard_state){0, 0};
    if (r == SG_OK && g->fd >= 0)
        r = newest(g, state, &place, keys, id, err);
    *there = r == SG_OK && place >= 0;
    return r;
}

enum sg_err sg_guard_write(struct sg_guard *g, const struct sg_guard_state *state, bool both,
                           const struct sg_store_keys *keys, const struct sg_store_keys *old,
                           const uint8_t id[static SG_STORE_ID_BYTES], struct sg_error *err)
{
    struct sg_guard_state had = {0, 0};
    uint8_t record[RECORD_BYTES] = {0};
    int place;
    enum sg_err r = newest(g, &had, &place, old ? old : keys, id, err);

    if (r == SG_OK && place < 0) /* it may be new, and its name not on the disk yet */
        r = sg_path_sync(g->folder, err);
    if (r != SG_OK)
        return r;
    /* NOLINTNEXTLINE(bugprone-not-null-terminated-result): lengths are counted here */
    memcpy(record, MAGIC, AT_ID);
    memcpy(record + AT_ID, id, SG_STORE_ID_BYTES);
    sg_put_be64(record + AT_COUNTER, state->counter);
    sg_put_be32(record + AT_TAG, state->tag);
    mac_of(record + AT_MAC, record, keys);
    place = place == 0 ? 1 : 0;
    for (int i = 0; i < (both ? 2 : 1); i++, place = !place)
        if (pwrite(g->fd, record, sizeof record, (off_t)place * RECORD_STRIDE) !=
                (ssize_t)sizeof record ||
            fdatasync(g->fd) != 0)
            return sg_fail_sys(err, errno ? errno : ENOSPC, "cannot write", g->path);
    return SG_OK;
}
