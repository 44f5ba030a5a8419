/*
 * print - lines of text for standard output.
 */
#ifndef COMMON_PRINT_H
#define COMMON_PRINT_H

#include "io/io.h"

/* Lines for standard output, gathered and written in pieces. Begin with print_start(). */
struct print {
    struct sg_sink *out;
    struct sg_error *err;
    struct sg_buffer text;
    enum sg_err failed; /* what went wrong first; calls after it do nothing */
    bool terminal;      /* somebody else's text is made fit for one */
    bool colour;
};

void print_start(struct print *t, struct sg_sink *out, struct sg_error *err);
void print_format(struct print *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A name, or other text that may hold anything but a newline. */
void print_text(struct print *t, const char *text);

/* A time as RFC 3339 has it. */
void print_time(struct print *t, int64_t seconds);

/* Writes what is left and releases; returns r, or what went wrong. */
SG_CHECKED enum sg_err print_end(struct print *t, enum sg_err r);

#endif
