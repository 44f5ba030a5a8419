/*
 * tty - a line typed at the terminal, whatever standard input and output are.
 */
#ifndef COMMON_TTY_H
#define COMMON_TTY_H

#include "base/base.h"

enum tty_echo {
    TTY_SHOWN, /* what is typed is shown */
    TTY_HIDDEN /* it is not; for secrets */
};

/*
 * Writes the prompt, which must be fit for a terminal, and reads a line without its newline: at
 * most cap bytes into text, the rest is dropped. *n: how many. False when there is no terminal.
 */
SG_CHECKED bool tty_ask(char *text, size_t cap, size_t *n, const char *prompt, enum tty_echo echo);

#endif
