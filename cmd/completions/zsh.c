#include "completions/shells.h"

#include <stdio.h>
#include <string.h>

static void print_head(void)
{
    (void)printf("#compdef signet");
    for (size_t i = 0; tools[i]; i++)
        (void)printf(" %s", tools[i]->name);
    (void)printf("\n# Completions of signet, ");
    print_tool_list();
    (void)printf(" for zsh.\n"
                 "# Made by \"make completions\" from the tools' own option tables: change those "
                 "instead.\n");
}

/* The explanation and the argument of an option, and the quote that ends its specification. */
static void print_rest(const struct option *o)
{
    (void)printf("[");
    for (const char *c = option_help(o); *c; c++) {
        const char one[2] = {*c, '\0'};
        if (*c == '[' || *c == ']' || *c == '\\')
            (void)putchar('\\');
        print_quoted(one);
    }
    (void)printf("]");
    if (o->argument)
        (void)printf(":%s:", o->argument);
    if (o->complete == COMPLETE_FILE)
        (void)printf("_files");
    else if (o->complete == COMPLETE_WORDS)
        (void)printf("(%s)", o->words);
    else if (o->argument)
        (void)putchar(' ');
    (void)printf("'");
}

static void print_option(const struct option *o)
{
    const char *letter_end = o->argument ? "+" : "", *name_end = o->argument ? "=" : "";

    (void)printf(" \\\n        ");
    if (o->letter && o->repeats)
        (void)printf("'*'");
    else if (o->letter)
        (void)printf("'(-%c --%s)'", o->letter, o->name);
    if (o->letter)
        (void)printf("{-%c%s,--%s%s}'", o->letter, letter_end, o->name, name_end);
    else
        (void)printf("'%s--%s%s", o->repeats ? "*" : "", o->name, name_end);
    print_rest(o);
}

static void print_command(const struct tool *tool, const struct command *c)
{
    (void)printf("\n_signet_%s%s", tool->name, c->name ? "_" : "");
    if (c->name)
        print_function_name(c);
    (void)printf("() {\n    _arguments -s -S");
    for (const struct option *o = c->table; o->name; o++)
        print_option(o);
    if (c->operand == COMPLETE_FILE && c->max_operands == 1)
        (void)printf(" \\\n        '::FILE:_files'");
    else if (c->operand == COMPLETE_FILE)
        (void)printf(" \\\n        '*:FILE:_files'");
    else if (c->max_operands > 0)
        (void)printf(" \\\n        '*: : '"); /* words that no shell knows */
    (void)printf("\n}\n");
}

/* A summary up to the end of its first line, inside single quotes. */
static void print_summary(const struct command *c)
{
    for (const char *p = c->summary; *p && *p != '\n'; p++) {
        const char one[2] = {*p, '\0'};
        print_quoted(one);
    }
}

/* The second words of the verbs that begin as this one does. */
static void print_second_words(const struct tool *tool, const struct command *c)
{
    (void)printf("\n_signet_%s_%.*s() {\n    local -a verbs=(\n", tool->name, first_word(c),
                 c->name);
    for (const struct command *d = c; d->usage; d++) {
        if (strncmp(d->name, c->name, (size_t)first_word(c) + 1) != 0)
            continue;
        (void)printf("        '%s:", d->name + first_word(d) + 1);
        print_summary(d);
        (void)printf("'\n");
    }
    (void)printf("    )\n    if (( CURRENT == 2 )); then\n"
                 "        _describe verb verbs\n        return\n    fi\n"
                 "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
                 "    (( $+functions[_signet_%s_%.*s_$verb] )) && _signet_%s_%.*s_$verb\n}\n",
                 tool->name, first_word(c), c->name, tool->name, first_word(c), c->name);
}

static void print_verbs(const struct tool *tool)
{
    for (const struct command *c = tool->commands; c->usage; c++)
        if (has_second_word(c) && is_first_of_its_word(tool, c))
            print_second_words(tool, c);
    (void)printf("\n_signet_%s() {\n    local -a verbs=(\n", tool->name);
    for (const struct command *c = tool->commands; c->usage; c++) {
        if (!is_first_of_its_word(tool, c))
            continue;
        (void)printf("        '%.*s:", first_word(c), c->name);
        print_summary(c);
        (void)printf("'\n");
    }
    (void)printf("    )\n    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then\n"
                 "        _describe verb verbs\n        return\n    fi\n");
    if (tool->verb_needed)
        (void)printf("    if [[ $words[2] == -* ]]; then\n"
                     "        compadd -- " VERBLESS_OPTIONS "\n        return\n    fi\n"
                     "    local verb=$words[2]\n    shift words\n    (( CURRENT-- ))\n");
    else
        (void)printf("    local verb=%s\n"
                     "    if [[ $words[2] != -* ]]; then\n"
                     "        verb=$words[2]\n        shift words\n        (( CURRENT-- ))\n"
                     "    fi\n",
                     tool->commands[0].name);
    (void)printf("    (( $+functions[_signet_%s_$verb] )) && _signet_%s_$verb\n}\n", tool->name,
                 tool->name);
}

static void print_front(void)
{
    (void)printf("\n_signet_front() {\n    local -a tools=(\n");
    for (size_t i = 0; tools[i]; i++) {
        const char *text;
        int n = summary_of(tools[i], &text);
        (void)printf("        '%s:%.*s'\n", tools[i]->name, n, text);
    }
    (void)printf("    )\n"
                 "    if (( CURRENT == 2 )) && [[ $words[2] == -* ]]; then\n"
                 "        compadd -- " FRONT_OPTIONS "\n"
                 "    elif (( CURRENT == 2 )); then\n"
                 "        tools+=('help:Tell about signet, or about one tool.')\n"
                 "        _describe tool tools\n"
                 "    elif [[ $words[2] == help ]]; then\n"
                 "        (( CURRENT == 3 )) && _describe tool tools\n"
                 "    else\n"
                 "        shift words\n"
                 "        (( CURRENT-- ))\n"
                 "        case $words[1] in\n");
    for (size_t i = 0; tools[i]; i++)
        (void)printf("        %s) _signet_%s ;;\n", tools[i]->name, tools[i]->name);
    (void)printf("        esac\n    fi\n}\n");
}

void print_zsh(void)
{
    print_head();
    for (size_t i = 0; tools[i]; i++) {
        for (const struct command *c = tools[i]->commands; c->usage; c++)
            print_command(tools[i], c);
        if (has_verbs(tools[i]))
            print_verbs(tools[i]);
    }
    print_front();
    (void)printf(
        "\n"
        "# Other programs are called open as well: this one is ours where signet says so.\n"
        "if [[ $service == open && ! ${commands[open]} -ef \"$(signet --exec-path "
        "2>/dev/null)/open\" ]]; "
        "then\n"
        "    _default\n"
        "elif [[ $service == signet ]]; then\n"
        "    _signet_front\n"
        "else\n"
        "    _signet_$service\n"
        "fi\n");
}
