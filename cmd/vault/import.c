#include "common/files.h"
#include "common/report.h"
#include "common/unlock.h"
#include "sealed/sealed.h"
#include "vault/common.h"
#include "vault/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/*
 * A sealed archive is opened by a thread of its own, which writes the content to a pipe that the
 * import reads. The import ends, and is committed, only after the thread has said that all of the
 * archive is authentic.
 */
struct opening {
    struct sg_sealed file;
    struct sg_error err;
    enum sg_err result;
    pthread_t thread;
    int from, to; /* the pipe */
    bool running;
    struct sg_source content; /* what the import reads */
    struct progress bar;
};

static void *open_all(void *context)
{
    struct opening *o = context;
    struct sg_sink out;

    sg_sink_fd(&out, o->to, "a pipe");
    o->result = sg_sealed_open(&out, &o->file, o->bar.on ? &o->bar.hook : NULL, &o->err);
    sg_sink_close(&out);
    (void)close(o->to);
    return NULL;
}

static void end_thread(struct opening *o)
{
    if (o->running)
        (void)pthread_join(o->thread, NULL);
    o->running = false;
}

/* Gives what the thread writes; at the end of that, its verdict. */
static enum sg_err pull(struct sg_source *s, uint8_t *out, size_t cap, size_t *got,
                        struct sg_error *err)
{
    struct opening *o = s->context;
    ssize_t n;

    *got = 0;
    do
        n = read(o->from, out, cap);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return sg_fail_sys(err, errno, "cannot read", "a pipe");
    *got = (size_t)n;
    if (n > 0)
        return SG_OK;
    end_thread(o);
    if (o->result != SG_OK)
        *err = o->err;
    return o->result;
}

/* Starts to open the archive, which was unlocked. */
static enum sg_err start_opening(struct opening *o, const char *name, struct sg_error *err)
{
    int ends[2], failed;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return sg_fail_sys(err, errno, "cannot make", "a pipe");
    o->from = ends[0];
    o->to = ends[1];
    sg_source_custom(&o->content, pull, o, name);
    failed = pthread_create(&o->thread, NULL, open_all, o);
    if (failed) {
        (void)close(o->to);
        return sg_fail_sys(err, failed, "cannot start", "a thread");
    }
    o->running = true;
    return SG_OK;
}

/* Whether the input begins as a sealed file does. */
static enum sg_err is_sealed(bool *sealed, struct sg_source *in, struct sg_error *err)
{
    static const char *const starts[] = {"age-encryption.org/", "-----BEGIN AGE "};
    const uint8_t *p;
    size_t n;
    enum sg_err r = sg_source_peek(in, 32, &p, &n, err);

    *sealed = false;
    for (size_t i = 0; r == SG_OK && i < sizeof starts / sizeof *starts; i++)
        *sealed |= n >= strlen(starts[i]) && memcmp(p, starts[i], strlen(starts[i])) == 0;
    return r;
}

/* Unlocks a sealed archive; *content is what to import. */
static enum sg_err open_archive(struct opening *o, struct sg_source **content, struct sg_source *in,
                                const struct parsed *p, struct sg_error *err)
{
    struct password_asking asking;
    struct sg_password_asker asker;
    bool sealed;
    enum sg_err r = is_sealed(&sealed, in, err);

    *content = in;
    if (r != SG_OK || !sealed)
        return r;
    *content = &o->content;
    password_start(&asking, p);
    asking.file = option_value(p, "archive-password-file");
    asker = password_asker(&asking, p);
    r = sg_sealed_read(&o->file, in, err);
    if (r == SG_OK)
        r = unlock(&o->file, p, &asker, in->name, err);
    password_free(&asking);
    return r == SG_OK ? start_opening(o, in->name, err) : r;
}

static void tell(const struct sg_imported *done)
{
    report_note("%llu entr%s imported, %llu parts, %llu bytes", (unsigned long long)done->entries,
                done->entries == 1 ? "y" : "ies", (unsigned long long)done->parts,
                (unsigned long long)done->bytes);
    if (done->skipped)
        report_note("%llu passed over, whose names were taken", (unsigned long long)done->skipped);
    if (done->others)
        report_note("%llu links, devices and the like passed over",
                    (unsigned long long)done->others);
}

/* Imports from the input; says what a taken name means here. */
static enum sg_err import(struct sg_imported *done, struct home *h, struct sg_source *in,
                          struct sg_error *err)
{
    static const enum sg_existing how[] = {SG_EXISTING_REFUSE, SG_EXISTING_SKIP, SG_EXISTING_ADD};
    struct sg_importing what = {
        .under = option_value(h->p, "under"),
        .existing = how[option_word(h->p, "existing", 0)],
        .now = now(),
    };
    struct opening o = {.from = -1, .to = -1};
    struct sg_source *content;
    enum sg_err r;

    progress_start(&o.bar, h->p, in);
    r = open_archive(&o, &content, in, h->p, err);
    if (r == SG_OK)
        r = sg_import(done, h->store, content, &what, err);
    if (o.from >= 0)
        (void)close(o.from); /* the thread ends when nobody listens */
    end_thread(&o);
    progress_end(&o.bar);
    sg_source_close(&o.content);
    sg_sealed_close(&o.file);
    return r;
}

int vault_import(const struct parsed *p)
{
    struct sg_imported done;
    struct sg_error err = {0};
    struct sg_source in = {0};
    struct home h = {0};
    enum sg_err r;

    (void)option_word(p, "existing", 0);
    if (option_given(p, "under") && sg_name_check(option_value(p, "under"), &err) != SG_OK)
        return (int)report(&err);
    r = open_input(&in, operand_file(p), &err);
    if (r == SG_OK)
        r = open_vault(&h, p, &err);
    if (r == SG_OK)
        r = import(&done, &h, &in, &err);
    home_close(&h);
    sg_source_close(&in);
    if (r == SG_ERR_EXISTS) {
        report_error("%s: there is an entry of that name; nothing was imported", err.name);
        report_hint("--existing skip passes over such entries, --existing add makes what is "
                    "imported their newest revisions, --under FOLDER puts all elsewhere");
        return STATUS_FAILED;
    }
    if (r == SG_OK)
        tell(&done);
    return r == SG_OK ? STATUS_DONE : (int)report(&err);
}
