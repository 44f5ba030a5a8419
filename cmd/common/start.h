/*
 * start - what every tool does first and last: hardening, and a clean end on signals.
 */
#ifndef COMMON_START_H
#define COMMON_START_H

#include "io/io.h"

/*
 * Call first in main. Turns off core files and tracing of the process, makes sure descriptors 0 to
 * 2 are taken, readies the library, and sets up the handling of SIGINT, SIGTERM, SIGHUP, SIGQUIT
 * and SIGPIPE. Ends the process with status 1 when the system has no randomness.
 */
void start(const char *tool);

/* The sink whose temporary is removed by a signal, or by exit(); NULL for none. */
void start_guard_sink(struct sg_sink *k);

/* The process that a signal interrupts, and kills when it does not end; 0 for none. */
void start_guard_process(pid_t process);

/* The terminal whose echo a signal turns on again; fd -1 for none. */
void start_guard_terminal(int fd);

#endif
