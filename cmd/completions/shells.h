/*
 * shells - a completion file for each shell, printed from the tools' own option tables.
 */
#ifndef COMPLETIONS_SHELLS_H
#define COMPLETIONS_SHELLS_H

#include "common/options.h"

/* What the front door takes besides the tools. */
#define FRONT_OPTIONS "-h --help --version --exec-path"

/* Every tool, in the order in which one meets them; ends with NULL. */
extern const struct tool *const tools[];

void print_bash(void);
void print_zsh(void);
void print_fish(void);

/* Prints text with each of the characters in `special` after a backslash. */
void print_escaped(const char *text, const char *special);

/* Prints text for the inside of single quotes: ' becomes '\''. */
void print_quoted(const char *text);

/* What a tool is for, in the words of its help: the number of bytes, and where they begin. */
int summary_of(const struct tool *tool, const char **text);

bool has_verbs(const struct tool *tool);

#endif
