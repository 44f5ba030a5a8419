#include "completions/shells.h"

#include <stdio.h>
#include <string.h>

static const char HEAD[] =
    "# Made by \"make completions\" from the tools' own option tables: change those instead.\n"
    "# shellcheck shell=bash\n"
    "\n"
    "_signet_words() {\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$2\" -- \"$1\")\n"
    "}\n"
    "\n"
    "_signet_files() {\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -f -- \"$1\")\n"
    "}\n"
    "\n"
    "# Whether the word at hand stands after a \"--\", which ends the options.\n"
    "_signet_ended() {\n"
    "    local i\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        [[ ${COMP_WORDS[i]} == -- ]] && return 0\n"
    "    done\n"
    "    return 1\n"
    "}\n";

static const char TAIL_BEFORE_TOOLS[] =
    "\n"
    "# Other programs are called open as well: this one is ours where signet says so.\n"
    "_signet_is_ours() {\n"
    "    local ours\n"
    "    ours=$(signet --exec-path 2>/dev/null) && [[ $(type -P \"$1\") -ef $ours/open ]]\n"
    "}\n"
    "\n"
    "_signet() {\n"
    "    local tool=${COMP_WORDS[0]##*/} at=0\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == = ]]; then # --option=\n"
    "        word=\n"
    "    elif [[ $before == = ]] && ((COMP_CWORD > 1)); then\n"
    "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    if [[ $tool == open ]]; then\n"
    "        _signet_is_ours \"${COMP_WORDS[0]}\" || return 0\n"
    "    elif [[ $tool == signet ]]; then\n"
    "        at=1\n"
    "        tool=${COMP_WORDS[1]}\n"
    "        if ((COMP_CWORD == 1)) && [[ $word == -* ]]; then\n"
    "            _signet_words \"$word\" \"" FRONT_OPTIONS "\"\n"
    "            return 0\n"
    "        elif ((COMP_CWORD == 1)); then\n"
    "            _signet_words \"$word\" \"$_signet_tools help\"\n"
    "            return 0\n"
    "        elif [[ $tool == help ]]; then\n"
    "            ((COMP_CWORD == 2)) && _signet_words \"$word\" \"$_signet_tools\"\n"
    "            return 0\n"
    "        fi\n"
    "    fi\n"
    "    case $tool in\n";

static void print_spelled(const struct option *o, const char *between)
{
    if (o->letter)
        (void)printf("-%c%s", o->letter, between);
    (void)printf("--%s", o->name);
}

static void print_arguments(const struct option *o)
{
    (void)printf("    ");
    print_spelled(o, " | ");
    if (o->complete == COMPLETE_WORDS)
        (void)printf(") _signet_words \"$1\" \"%s\" && return ;;\n", o->words);
    else if (o->complete == COMPLETE_FILE)
        (void)printf(") _signet_files \"$1\" && return ;;\n");
    else
        (void)printf(") return ;;\n");
}

/* The function that completes one command, from the word at hand and the one before it. */
static void print_command(const struct tool *tool, const struct command *c)
{
    const char *space = "";

    (void)printf("\n_signet_%s%s", tool->name, c->name ? "_" : "");
    if (c->name)
        print_function_name(c);
    (void)printf("() {\n    case $2 in\n");
    for (const struct option *o = c->table; o->name; o++)
        if (o->argument)
            print_arguments(o);
    (void)printf("    esac\n    if [[ $1 == -* ]] && ! _signet_ended; then\n"
                 "        _signet_words \"$1\" \"");
    for (const struct option *o = c->table; o->name; o++, space = " ") {
        (void)printf("%s", space);
        print_spelled(o, " ");
    }
    (void)printf("\"\n");
    if (c->operand == COMPLETE_FILE)
        (void)printf("    else\n        _signet_files \"$1\"\n");
    (void)printf("    fi\n}\n");
}

/* The case of a verb: what completes it or, where it has two words, offers the second. */
static void print_verb(const struct tool *tool, const struct command *c)
{
    const char *space = "";

    if (!has_second_word(c)) {
        (void)printf("        %s) _signet_%s_%s \"$word\" \"$before\" ;;\n", c->name, tool->name,
                     c->name);
        return;
    }
    if (!is_first_of_its_word(tool, c))
        return;
    (void)printf("        %.*s)\n            if ((COMP_CWORD == at + 2)); then\n"
                 "                _signet_words \"$word\" \"",
                 first_word(c), c->name);
    for (const struct command *d = c; d->usage; d++, space = " ")
        if (strncmp(d->name, c->name, (size_t)first_word(c) + 1) == 0)
            (void)printf("%s%s", space, d->name + first_word(d) + 1);
    (void)printf("\"\n                return 0\n            fi\n"
                 "            case ${COMP_WORDS[at + 2]} in\n");
    for (const struct command *d = c; d->usage; d++) {
        if (strncmp(d->name, c->name, (size_t)first_word(c) + 1) != 0)
            continue;
        (void)printf("            %s) _signet_%s_", d->name + first_word(d) + 1, tool->name);
        print_function_name(d);
        (void)printf(" \"$word\" \"$before\" ;;\n");
    }
    (void)printf("            esac\n            ;;\n");
}

/* What a tool with verbs does first: offers them, or finds the one that was named. */
static void print_verbs(const struct tool *tool)
{
    const char *space = "";

    (void)printf("    %s)\n        if ((COMP_CWORD == at + 1)) && [[ $word != -* ]]; then\n"
                 "            _signet_words \"$word\" \"",
                 tool->name);
    for (const struct command *c = tool->commands; c->usage; c++) {
        if (is_first_of_its_word(tool, c))
            (void)printf("%s%.*s", space, first_word(c), c->name);
        space = " ";
    }
    (void)printf("\"\n            return 0\n        fi\n        case ${COMP_WORDS[at + 1]} in\n");
    for (const struct command *c = tool->commands + !tool->verb_needed; c->usage; c++)
        print_verb(tool, c);
    if (tool->verb_needed)
        (void)printf("        -*) _signet_words \"$word\" \"" VERBLESS_OPTIONS "\" ;;\n");
    else
        (void)printf("        *) _signet_%s_%s \"$word\" \"$before\" ;;\n", tool->name,
                     tool->commands[0].name);
    (void)printf("        esac\n        ;;\n");
}

void print_bash(void)
{
    (void)printf("# Completions of signet, ");
    print_tool_list();
    (void)printf(" for bash.\n%s", HEAD);
    for (size_t i = 0; tools[i]; i++)
        for (const struct command *c = tools[i]->commands; c->usage; c++)
            print_command(tools[i], c);
    (void)printf("\n_signet_tools=\"");
    for (size_t i = 0; tools[i]; i++)
        (void)printf("%s%s", i ? " " : "", tools[i]->name);
    (void)printf("\"\n%s", TAIL_BEFORE_TOOLS);
    for (size_t i = 0; tools[i]; i++) {
        if (has_verbs(tools[i]))
            print_verbs(tools[i]);
        else
            (void)printf("    %s) _signet_%s \"$word\" \"$before\" ;;\n", tools[i]->name,
                         tools[i]->name);
    }
    (void)printf("    esac\n    return 0\n}\n\n"
                 "complete -F _signet signet");
    for (size_t i = 0; tools[i]; i++)
        if (strcmp(tools[i]->name, "open") != 0)
            (void)printf(" %s", tools[i]->name);
    (void)printf(
        "\n"
        "# Where open is another program, nothing is offered here and bash does as usual.\n"
        "complete -p open &>/dev/null || complete -o bashdefault -o default -F _signet open\n");
}
