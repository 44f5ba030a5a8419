/*
 * onion - the folder that tor keeps an onion service's key in.
 */
#include "common/report.h"
#include "pseudonym/guard.h"
#include "pseudonym/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOSTNAME_BYTES (SG_ONION_HOST_CHARS + 1)

/* What is in the folder: the hostname last, so that it is there only when all is. */
struct content {
    const char *file;
    const uint8_t *p;
    size_t n;
};

static enum sg_err file_in(char path[static PATH_MAX], const char *folder, const char *file,
                           struct sg_error *err)
{
    int n = snprintf(path, PATH_MAX, "%s/%s", folder, file);

    return n > 0 && n < PATH_MAX ? SG_OK : sg_fail_sys(err, ENAMETOOLONG, "cannot open", folder);
}

/* The service that a folder has already; "" when none. */
static enum sg_err read_host(char host[static HOSTNAME_BYTES + 1], const char *folder,
                             struct sg_error *err)
{
    char path[PATH_MAX];
    struct sg_source in = {0};
    struct stat st;
    size_t got = 0;
    enum sg_err r = file_in(path, folder, "hostname", err);

    host[0] = '\0';
    if (r != SG_OK || lstat(path, &st) != 0)
        return r;
    r = sg_source_file(&in, path, err);
    if (r == SG_OK)
        r = sg_source_read(&in, (uint8_t *)host, HOSTNAME_BYTES, &got, err);
    sg_source_close(&in);
    host[got] = '\0';
    host[strcspn(host, "\r\n")] = '\0';
    return r;
}

/* Makes the folder, or sees that it is fit: a folder that is ours, for us alone. */
static enum sg_err make_folder(const char *folder, struct sg_error *err)
{
    struct stat st;

    if (mkdir(folder, 0700) == 0)
        return chmod(folder, 0700) == 0 ? SG_OK
                                        : sg_fail_sys(err, errno, "cannot make the folder", folder);
    if (errno != EEXIST)
        return sg_fail_sys(err, errno, "cannot make the folder", folder);
    if (lstat(folder, &st) != 0)
        return sg_fail_sys(err, errno, "cannot open", folder);
    if (!S_ISDIR(st.st_mode))
        return sg_fail_sys(err, ENOTDIR, "cannot make the folder", folder);
    if ((st.st_mode & 077) && chmod(folder, st.st_mode & 0700) != 0)
        return sg_fail_sys(err, errno, "cannot make private the folder", folder);
    return SG_OK;
}

/* Whether a file is there and has just this content. */
static bool is_there(const char *path, const struct content *c)
{
    struct sg_error err = {0};
    struct sg_source in = {0};
    struct sg_secret have = {0};
    size_t got = 0;
    bool same = false;

    if (sg_source_file(&in, path, &err) == SG_OK && sg_secret_new(&have, c->n + 1, &err) == SG_OK &&
        sg_source_read(&in, have.data, c->n + 1, &got, &err) == SG_OK)
        same = got == c->n && sg_equal(have.data, c->p, c->n);
    sg_source_close(&in);
    sg_secret_free(&have);
    return same;
}

/* Writes a file of the folder, dated like every other: when it was made links it to others. */
static enum sg_err write_file(const char *folder, const struct content *c, struct sg_error *err)
{
    static const struct timespec epoch[2];
    char path[PATH_MAX];
    struct sg_sink out = {0};
    enum sg_err r = file_in(path, folder, c->file, err);

    if (r != SG_OK || is_there(path, c))
        return r;
    r = sg_sink_file(&out, path, SG_SINK_PRIVATE | SG_SINK_NEW | SG_SINK_NOFOLLOW, err);
    if (r == SG_OK)
        r = sg_sink_write(&out, c->p, c->n, err);
    if (r == SG_OK)
        r = sg_sink_finish(&out, err);
    sg_sink_close(&out);
    if (r == SG_OK && utimensat(AT_FDCWD, path, epoch, AT_SYMLINK_NOFOLLOW) != 0)
        r = sg_fail_sys(err, errno, "cannot date", path);
    return r;
}

static enum sg_err write_folder(const char *folder, const uint8_t seed[static 32], char *host,
                                struct sg_error *err)
{
    static const struct timespec epoch[2];
    uint8_t secret[SG_ONION_SECRET_BYTES], public[SG_ONION_PUBLIC_BYTES];
    struct content all[3] = {
        {"hs_ed25519_secret_key", secret, sizeof secret},
        {"hs_ed25519_public_key", public, sizeof public},
        {"hostname", (const uint8_t *)host, HOSTNAME_BYTES},
    };
    enum sg_err r = SG_OK;

    sg_onion_secret_file(secret, seed);
    sg_onion_public_file(public, seed);
    for (size_t i = 0; r == SG_OK && i < 3; i++)
        r = write_file(folder, &all[i], err);
    if (r == SG_OK && utimensat(AT_FDCWD, folder, epoch, 0) != 0)
        r = sg_fail_sys(err, errno, "cannot date", folder);
    sg_wipe(secret, sizeof secret);
    return r;
}

int pseudonym_onion(const struct parsed *p)
{
    const char *name = operand(p, 0, "a name"), *folder = operand(p, 1, "a folder"), *other;
    char host[HOSTNAME_BYTES + 1], before[HOSTNAME_BYTES + 1] = "";
    uint8_t public[SG_ONION_PUBLIC_BYTES];
    struct sg_error err = {0};
    struct roots r = {0};
    enum sg_err e = roots_find(&r, p, name, RETIRED_REFUSED, &err);

    if (e == SG_OK)
        guard_here(&r, name);
    if (e == SG_OK)
        e = roots_key(&r, name, SG_PSEUDONYM_ONION, &err);
    if (e == SG_OK) {
        sg_onion_public_file(public, KEY_OF(&r));
        sg_onion_host(host, public + SG_ONION_PUBLIC_BYTES - 32);
        e = read_host(before, folder, &err);
    }
    if (e == SG_OK && before[0] && strcmp(before, host) != 0) {
        other = guard_finds(&r, name, before);
        report_error("%s: it holds the onion service %s, %s%s", folder, before,
                     other ? "of your pseudonym " : "another's", other ? other : "");
        report_hint("two services in one folder, or one tor, can be linked: give each its own");
        roots_close(&r);
        return STATUS_FAILED;
    }
    if (e == SG_OK)
        e = make_folder(folder, &err);
    if (e == SG_OK) {
        host[SG_ONION_HOST_CHARS] = '\n'; /* as tor writes it */
        host[HOSTNAME_BYTES] = '\0';
        e = roots_key(&r, name, SG_PSEUDONYM_ONION, &err); /* guard_finds() made others */
    }
    if (e == SG_OK)
        e = write_folder(folder, KEY_OF(&r), host, &err);
    roots_close(&r);
    if (e == SG_OK)
        report_note("%s: %.*s", folder, SG_ONION_HOST_CHARS, host);
    return e == SG_OK ? STATUS_DONE : (int)report(&err);
}
