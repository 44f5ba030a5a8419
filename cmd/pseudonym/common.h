/*
 * common - what the verbs of pseudonym share: the root found, keys of a name, files read whole.
 */
#ifndef PSEUDONYM_COMMON_H
#define PSEUDONYM_COMMON_H

#include "common/files.h"
#include "common/home.h"
#include "pseudonym/pseudonym.h"

/* The root that names come from. Begin with a zeroed struct; it must not move. */
struct roots {
    const struct parsed *p;
    struct home home;        /* begun when there is a store */
    struct sg_secret secret; /* the root, and behind it the key last made */
    bool stored;
};

#define ROOT_OF(r) ((r)->secret.data)
#define KEY_OF(r) ((r)->secret.data + SG_ROOT_BYTES)

/* Whether -i names a root file, so that nothing is stored. */
bool without_store(const struct parsed *p);

/* Opens the store for the book, without a root. */
SG_CHECKED enum sg_err roots_store(struct roots *r, const struct parsed *p, struct sg_error *err);

/* What a verb does with a name that was retired. */
enum retired { RETIRED_REFUSED, RETIRED_NOTED };

/* Finds the root for a name: in the file of -i, or in the store, where the name must be. */
SG_CHECKED enum sg_err roots_find(struct roots *r, const struct parsed *p, const char *name,
                                  enum retired retired, struct sg_error *err);

/* The same for another name of the same root. */
SG_CHECKED enum sg_err roots_also(struct roots *r, const char *name, struct sg_error *err);

/* A key of a name, in KEY_OF(r) until the next one is made. */
SG_CHECKED enum sg_err roots_key(struct roots *r, const char *name, enum sg_pseudonym_key purpose,
                                 struct sg_error *err);

/* Wipes, and releases. Always. */
void roots_close(struct roots *r);

/* The i-th operand; ends the process with status 2 when there is none. what: as in "a name". */
const char *operand(const struct parsed *p, int i, const char *what);

/* The i-th operand as the name of a file; NULL for standard input. */
const char *operand_path(const struct parsed *p, int i);

/* The value of an option that must be there; ends the process with 2 otherwise. */
const char *needed(const struct parsed *p, const char *name, const char *what);

/*
 * Reads the text of the key file at `path` ("-": standard input), asking for its password if it is
 * sealed. The buffer is the caller's to free.
 */
SG_CHECKED enum sg_err read_key_text(struct sg_buffer *text, const struct parsed *p,
                                     const char *path, struct sg_error *err);

/* Reads a whole file, NULL or "-" for standard input, of at most `max` bytes. Secret throughout. */
SG_CHECKED enum sg_err read_whole(struct sg_buffer *text, const char *path, size_t max,
                                  struct sg_error *err);

/* Writes text to where -o says; flags SG_SINK_*. */
SG_CHECKED enum sg_err write_text(const struct parsed *p, const struct sg_buffer *text,
                                  unsigned flags, struct sg_error *err);

/* Hashes the message in a file, with a progress bar. */
SG_CHECKED enum sg_err read_message(struct sg_digest *digest, const struct parsed *p,
                                    const char *path, unsigned hashes, struct sg_error *err);

/* Reads the public key that an option's value is, or the file that it names. */
SG_CHECKED enum sg_err read_public(uint8_t key[static SG_PUBLIC_BYTES], const char *value,
                                   struct sg_error *err);

/* "2026-11-25", with a NUL: --date, where it may be "today"; or NULL without one. */
const char *date_option(const struct parsed *p, char out[static SG_TIME_BYTES]);
void today(char out[static SG_TIME_BYTES]);

/* Control characters and the like may not stand in it: ends the process with 2. */
const char *line_option(const struct parsed *p, const char *name);

#endif
