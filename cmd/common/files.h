/*
 * files - the files named on a command line: input, output, key files; and the terminal's rules.
 */
#ifndef COMMON_FILES_H
#define COMMON_FILES_H

#include "common/options.h"
#include "common/progress.h"
#include "sealed/keyfile.h"

/* What is said when standard input is wanted for two things. */
#define STDIN_TWICE "two things cannot both be read from standard input"
#define STDIN_TWICE_HINT "give all but one of them as files"

/* Opens `path`, or standard input when it is NULL, which only one thing may be read from. */
SG_CHECKED enum sg_err open_source(struct sg_source *in, const char *path, struct sg_error *err);

/* The same, and says so when it is a terminal: there somebody is to type. */
SG_CHECKED enum sg_err open_input(struct sg_source *in, const char *path, struct sg_error *err);

/*
 * Opens the file that -o names, or standard output when there is no -o or it is "-"; flags
 * SG_SINK_*. *out must be zeroed: a signal may look at it from now on. Ends the process with status
 * 2 when the output is one of the inputs opened so far.
 */
SG_CHECKED enum sg_err open_output(struct sg_sink *out, const struct parsed *p, unsigned flags,
                                   struct sg_error *err);

/*
 * Says that the output, when it is a file named with -o, may take the place of this input: it is
 * replaced in one step when the new one is complete.
 */
void allow_replacing(const struct sg_source *in);

/* Finishes the output when r is SG_OK, closes it always; returns r or what went wrong. */
SG_CHECKED enum sg_err close_output(struct sg_sink *out, enum sg_err r, struct sg_error *err);

/* Whether output would go to a terminal that nobody has asked for with "-o -". */
bool output_is_terminal(const struct parsed *p);

/*
 * Adds the identities, or the recipients, of the file at `path` ("-" for standard input). An SSH
 * key that cannot be sealed to is passed over, and the user told.
 */
SG_CHECKED enum sg_err load_identities(struct sg_identities *ids, const char *path,
                                       const struct sg_password_asker *asker, struct sg_error *err);
SG_CHECKED enum sg_err load_recipients(struct sg_recipients *all, const char *path,
                                       struct sg_error *err);

#endif
