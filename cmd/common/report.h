/*
 * report - words for the person at the terminal, and the exit statuses.
 */
#ifndef COMMON_REPORT_H
#define COMMON_REPORT_H

#include "base/base.h"

#include <stdnoreturn.h>

enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,       /* could not: input, output, limits */
    STATUS_USAGE = 2,        /* wrong usage */
    STATUS_NO_KEY = 3,       /* no key or password fits */
    STATUS_NOT_AUTHENTIC = 4 /* tampered with, truncated, forged, replayed or malformed */
};

/* Sets the name that messages begin with, and whether notes are left out. */
void report_start(const char *tool);
void report_quiet(bool quiet);
bool report_is_quiet(void);

/* One line each: "TOOL: error: ...", "TOOL: hint: ...", "TOOL: ...". Control characters are
 * escaped. */
void report_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));
void report_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that is shown with --quiet too: somebody else's words for the user. */
void report_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints an error of the library with a hint where there is one; returns the exit status for it. */
enum status report(const struct sg_error *err);

/* An error in the command line: prints it, with a hint (or NULL), and ends the process with 2. */
noreturn void usage_error(const char *hint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
