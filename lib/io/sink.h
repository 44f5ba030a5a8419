/*
 * sink - where bytes go: a descriptor, memory, a file that appears whole or not at all, or another
 * sink by way of an encoder.
 *
 * Order of calls: one of sg_sink_file(), _fd(), _buffer() or _custom(); sg_sink_write() any number
 * of times; sg_sink_finish() when all went well; sg_sink_close() always. Without a finish, a file
 * sink leaves the folder as it was.
 *
 * A file sink writes to a nameless file in the target's folder (O_TMPFILE; or, where the file
 * system has none, to a hidden temporary), and at the finish syncs it, gives it the target's name
 * in one step, and syncs the folder. So a reader sees the old file or the new one, and a crash at
 * any moment leaves the old one.
 */
#ifndef SG_IO_SINK_H
#define SG_IO_SINK_H

#include "base/buffer.h"
#include "base/error.h"

#include <signal.h>
#include <sys/types.h>

#define SG_SINK_PRIVATE 1U /* a new file is 0600 whatever the umask */
#define SG_SINK_NEW 2U     /* never replaces anything: SG_ERR_EXISTS instead */
#define SG_SINK_NOFOLLOW                                                    \
    4U /* nothing is taken over from what is replaced: not where a symbolic \
        */
       /* link points to, nor permissions, nor owner */

#define SG_SINK_TEMPORARY_BYTES 32

struct sg_sink {
    enum sg_err (*put)(struct sg_sink *k, const uint8_t *p, size_t n, struct sg_error *err);
    enum sg_err (*end)(struct sg_sink *k, struct sg_error *err);
    void *context;    /* of a custom sink */
    const char *name; /* for errors: what the user called it, or NULL; not owned */

    struct sg_buffer *buffer; /* of a memory sink; not owned */

    int fd;       /* what is written to, or -1 */
    int folder;   /* descriptor of the target's folder, or -1 */
    char *target; /* the target's path, links followed; owned */
    char *base;   /* its last part, inside target */
    bool owns_fd;
    bool exclusive;
    bool replaces; /* the target's mode and owner are kept */
    mode_t mode;
    uid_t owner;
    gid_t group;

    volatile sig_atomic_t temporary_exists;
    char temporary[SG_SINK_TEMPORARY_BYTES]; /* its name in the folder */
};

/*
 * Starts the file at `path` (which must stay valid), flags SG_SINK_*. An existing file keeps its
 * permissions and, where possible, its owner; one that may not be written to is refused. Something
 * that is no file, such as /dev/null or a pipe, is written to directly.
 * SG_ERR_IO, SG_ERR_EXISTS, or SG_ERR_KIND for a folder.
 */
SG_CHECKED enum sg_err sg_sink_file(struct sg_sink *k, const char *path, unsigned flags,
                                    struct sg_error *err);

/* Writes to a descriptor that stays the caller's. */
void sg_sink_fd(struct sg_sink *k, int fd, const char *name);

/* Appends to a buffer that stays the caller's. */
void sg_sink_buffer(struct sg_sink *k, struct sg_buffer *b);

/* Hands all bytes to `put`; `end` is called by sg_sink_finish() and may be NULL. */
void sg_sink_custom(struct sg_sink *k,
                    enum sg_err (*put)(struct sg_sink *, const uint8_t *, size_t,
                                       struct sg_error *),
                    enum sg_err (*end)(struct sg_sink *, struct sg_error *), void *context,
                    const char *name);

/* Writes n bytes, all of them or an error. */
SG_CHECKED enum sg_err sg_sink_write(struct sg_sink *k, const void *p, size_t n,
                                     struct sg_error *err);

/* Says that all is written and well: a file sink puts its file in place. Once. */
SG_CHECKED enum sg_err sg_sink_finish(struct sg_sink *k, struct sg_error *err);

/* Releases what the sink owns, and drops what was not finished. Safe on a zeroed struct, twice. */
void sg_sink_close(struct sg_sink *k);

/* Removes a temporary that has a name, from inside a signal handler, before the process ends. */
void sg_sink_abandon(struct sg_sink *k);

#endif
