#include "completions/shells.h"

#include <stdio.h>
#include <string.h>

static const char HEAD[] =
    "# Made by \"make completions\" from the tools' own option tables: change those instead.\n"
    "\n"
    "# The words of the command line so far, from the tool's name on.\n"
    "function __signet_words\n"
    "    set -l words (commandline -opc)\n"
    "    set words[1] (string replace -r '.*/' '' -- $words[1])\n"
    "    test \"$words[1]\" = signet; and set -e words[1]\n"
    "    set -q words[1]; and printf '%s\\n' $words\n"
    "end\n"
    "\n"
    "# Other programs are called open as well: this one is ours where signet says so.\n"
    "function __signet_is_ours\n"
    "    set -l words (commandline -opc)\n"
    "    test \"$words[1]\" != open; and return 0\n"
    "    set -l ours (signet --exec-path 2>/dev/null)/open\n"
    "    test \"$(realpath (command -s open) 2>/dev/null)\" = \"$(realpath $ours 2>/dev/null)\"\n"
    "end\n"
    "\n"
    "# Whether the command line is for the tool, and for the verb: __signet_for TOOL [VERB "
    "[default]]\n"
    "function __signet_for\n"
    "    set -l words (__signet_words)\n"
    "    test \"$words[1]\" = \"$argv[1]\"; or return 1\n"
    "    __signet_is_ours; or return 1\n"
    "    test (count $argv) -eq 1; and return 0\n"
    "    test \"$words[2]\" = \"$argv[2]\"; and return 0\n"
    "    test \"$words[2] $words[3]\" = \"$argv[2]\"; and return 0\n"
    "    test (count $argv) -eq 3; or return 1\n"
    "    test (count $words) -eq 1; or string match -q -- '-*' \"$words[2]\"\n"
    "end\n"
    "\n"
    "# Whether the next word comes after these alone: after the tool its verb, after none the "
    "tool.\n"
    "function __signet_next\n"
    "    set -l words (__signet_words)\n"
    "    test (count $words) -eq (count $argv); and test \"$words\" = \"$argv\"\n"
    "end\n"
    "\n"
    "complete -c signet -n __signet_next -f\n"
    "complete -c signet -n __signet_next -s h -l help -d 'show this help'\n"
    "complete -c signet -n __signet_next -l version -d 'show the version'\n"
    "complete -c signet -n __signet_next -l exec-path -d 'show where the tools are'\n"
    "complete -c signet -n __signet_next -a help -d 'tell about signet, or about one tool'\n";

static void print_option(const struct option *o)
{
    if (o->letter)
        (void)printf(" -s %c", o->letter);
    (void)printf(" -l %s", o->name);
    if (o->complete == COMPLETE_FILE)
        (void)printf(" -r -F");
    else if (o->argument)
        (void)printf(" -x");
    if (o->complete == COMPLETE_WORDS)
        (void)printf(" -a '%s'", o->words);
    (void)printf(" -d '");
    print_escaped(o->help, "'\\");
    (void)printf("'\n");
}

static void print_command(const struct tool *tool, const struct command *c, bool is_default)
{
    char when[128];

    const char *quote = c->name && has_second_word(c) ? "\"" : "";

    (void)snprintf(when, sizeof when, "'__signet_for %s%s%s%s%s%s'", tool->name, c->name ? " " : "",
                   quote, c->name ? c->name : "", quote, c->name && is_default ? " default" : "");
    if (c->operand == COMPLETE_NOTHING)
        (void)printf("    complete -c $__signet_program -n %s -f\n", when);
    for (const struct option *o = c->table; o->name; o++) {
        (void)printf("    complete -c $__signet_program -n %s", when);
        print_option(o);
    }
}

/* Offers a word after others: the verb after the tool, or its second word after that. */
static void print_verb(const struct command *c, const char *after, const char *word, int n)
{
    (void)printf("    complete -c $__signet_program -n '__signet_next %s' -f -a %.*s -d '", after,
                 n, word);
    for (const char *p = c->summary; *p && *p != '\n'; p++) {
        const char one[2] = {*p, '\0'};
        print_escaped(one, "'\\");
    }
    (void)printf("'\n");
}

static void print_verbs(const struct tool *tool)
{
    char after[128];

    (void)printf("    complete -c $__signet_program -n '__signet_next %s' -f\n", tool->name);
    for (const struct command *c = tool->commands; c->usage; c++) {
        if (is_first_of_its_word(tool, c))
            print_verb(c, tool->name, c->name, first_word(c));
        if (!has_second_word(c))
            continue;
        (void)snprintf(after, sizeof after, "%s %.*s", tool->name, first_word(c), c->name);
        print_verb(c, after, c->name + first_word(c) + 1, (int)strlen(c->name) - first_word(c) - 1);
    }
    if (!tool->verb_needed)
        return;
    (void)printf("    complete -c $__signet_program -n '__signet_next %s' -s h -l help -d 'show "
                 "this help'\n"
                 "    complete -c $__signet_program -n '__signet_next %s' -l version -d 'show the "
                 "version'\n",
                 tool->name, tool->name);
}

static void print_tool(const struct tool *tool)
{
    const char *text;
    int n = summary_of(tool, &text);

    (void)printf("\ncomplete -c signet -n __signet_next -a %s -d '%.*s'\n", tool->name, n, text);
    (void)printf("complete -c signet -n '__signet_next help' -f -a %s -d '%.*s'\n", tool->name, n,
                 text);
    (void)printf("for __signet_program in signet %s\n", tool->name);
    if (has_verbs(tool))
        print_verbs(tool);
    for (const struct command *c = tool->commands; c->usage; c++)
        print_command(tool, c, c == tool->commands && !tool->verb_needed);
    (void)printf("end\n");
}

void print_fish(void)
{
    (void)printf("# Completions of signet, ");
    print_tool_list();
    (void)printf(" for fish.\n%s", HEAD);
    for (size_t i = 0; tools[i]; i++)
        print_tool(tools[i]);
    (void)printf("set -e __signet_program\n");
}
