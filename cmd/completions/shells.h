/*
 * shells - a completion file for each shell, printed from the tools' own option tables.
 */
#ifndef COMPLETIONS_SHELLS_H
#define COMPLETIONS_SHELLS_H

#include "common/options.h"

/* What the front door takes besides the tools. */
#define FRONT_OPTIONS "-h --help --version --exec-path"

/* What a tool takes that needs a verb, without one. */
#define VERBLESS_OPTIONS "-h --help --version"

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

/*
 * Verbs of two words, such as "slot add": the length of the first word of a command's name; whether
 * there is a second; and whether no command before it has the same first word.
 */
int first_word(const struct command *c);
bool has_second_word(const struct command *c);
bool is_first_of_its_word(const struct tool *tool, const struct command *c);

/* Prints a command's name for the name of a function: slot_add. */
void print_function_name(const struct command *c);

/* Prints what the tools are called, as a list in a sentence. */
void print_tool_list(void);

#endif
