/*
 * options - one table for each command, from which parsing, --help and completions come.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* How a shell may complete an option's argument or a command's operand. */
enum complete {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_WORDS /* the words of `words` */
};

struct option {
    char letter;          /* or 0 */
    const char *name;     /* without "--" */
    const char *argument; /* what it takes, as help names it; NULL for a flag */
    const char *help;
    bool repeats;
    enum complete complete;
    const char *words; /* separated by spaces */
};

#define MAX_OPTIONS 24

/* One thing a tool can do: a tool without verbs has one command, whose name is NULL. */
struct command {
    const char *name;           /* one word, or two: "slot add" */
    const char *summary;        /* one line */
    const char *usage;          /* lines after "Usage: ", separated by newlines */
    const struct option *table; /* ends with a zeroed option */
    const char *examples;       /* lines */
    enum complete operand;      /* how FILE is completed */
    int max_operands;
};

struct tool {
    const char *name;
    const char *summary;
    const char *manual; /* the name of its page, when that is not signet-NAME */
    const struct command
        *commands;        /* ends with one whose usage is NULL; the first is the default */
    const char *examples; /* of a tool with verbs */
    const char *overview; /* of a tool with many: lines in place of the lists in its help */
    bool verb_needed;     /* there is no default */
};

/* Options that every command has, to be put at the end of its table in this order. */
#define COMMON_OPTIONS                                                             \
    {'q', "quiet", NULL, "say nothing but errors", false, COMPLETE_NOTHING, NULL}, \
        {'h', "help", NULL, "show this help", false, COMPLETE_NOTHING, NULL},      \
        {0, "version", NULL, "show the version", false, COMPLETE_NOTHING, NULL},   \
    {                                                                              \
        0, NULL, NULL, NULL, false, COMPLETE_NOTHING, NULL                         \
    }

/* One option as it was given. */
struct given {
    const struct option *option;
    const char *value; /* NULL for a flag */
};

struct parsed {
    const struct tool *tool;
    const struct command *command;
    struct given *given; /* in the order of the command line */
    size_t count;
    char **operands;
    int operand_count;
    int before_dashes; /* how many operands stood before "--"; all of them where there is none */
    bool dashes;       /* whether there was a "--" */
};

/*
 * Reads a command line: finds the verb where the tool has any, then options and operands in any
 * order, "--" ending the options; checks the values that are one of some words. Answers --help and
 * --version itself and ends the process; ends it with status 2 and a hint when the command line is
 * wrong.
 */
void options_parse(struct parsed *p, const struct tool *tool, int argc, char **argv);

/* Whether the option was given, and its value (NULL when it was not). */
bool option_given(const struct parsed *p, const char *name);
const char *option_value(const struct parsed *p, const char *name);

/* The value as a decimal number from `least` to `most`; ends the process with status 2 otherwise.
 */
unsigned option_number(const struct parsed *p, const char *name, unsigned fallback, unsigned least,
                       unsigned most);

/* The index of the value among the option's words; ends the process with status 2 otherwise. */
unsigned option_word(const struct parsed *p, const char *name, unsigned fallback);

/* The operand that names the input, or NULL for standard input. */
const char *operand_file(const struct parsed *p);

/*
 * Writes to out (size bytes) the one of `words` (separated by spaces) that a mistyped word was
 * probably meant to be; false when none is near.
 */
bool nearest_word(char *out, size_t size, const char *typed, const char *words);

#endif
