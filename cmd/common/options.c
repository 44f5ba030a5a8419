#include "common/options.h"

#include "common/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SG_VERSION
#error "SG_VERSION is given by the Makefile"
#endif

#define HELP_COLUMN 31

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);

    if (!p) {
        report_error("there is not enough memory");
        exit(STATUS_FAILED);
    }
    return p;
}

/* Ends the process after printing to standard output, with 1 if that did not work. */
noreturn static void finish_printing(void)
{
    if (fflush(stdout) != 0 || close(STDOUT_FILENO) != 0) {
        report_error("cannot write standard output");
        exit(STATUS_FAILED);
    }
    exit(STATUS_DONE);
}

static bool has_verbs(const struct tool *tool)
{
    return tool->commands[0].name != NULL;
}

static void print_usage(const char *tool, const char *usage)
{
    const char *label = "Usage: ";

    while (*usage) {
        size_t n = strcspn(usage, "\n");
        printf("%s%s%s%.*s\n", label, tool, n ? " " : "", (int)n, usage);
        usage += n + (usage[n] == '\n');
        label = "       ";
    }
}

static void print_option(const struct option *o)
{
    char left[64];
    int n;

    if (o->letter)
        n = snprintf(left, sizeof left, "  -%c, --%s%s%s", o->letter, o->name,
                     o->argument ? " " : "", o->argument ? o->argument : "");
    else
        n = snprintf(left, sizeof left, "      --%s%s%s", o->name, o->argument ? " " : "",
                     o->argument ? o->argument : "");
    printf("%s%*s%s\n", left, n < HELP_COLUMN ? HELP_COLUMN - n : 1, "", o->help);
}

noreturn static void help_command(const struct tool *tool, const struct command *c)
{
    print_usage(tool->name, c->usage);
    printf("%s\n\n", c->summary);
    for (const struct option *o = c->table; o->name; o++)
        print_option(o);
    printf("%s\nmanual: man %s%s\n", c->examples, tool->manual ? "" : "signet-",
           tool->manual ? tool->manual : tool->name);
    finish_printing();
}

noreturn static void help_tool(const struct tool *tool)
{
    const char *label = "Usage: ";

    if (tool->overview) {
        printf("%s%s VERB [OPTION]... [NAME]...\n%s\n\n%s\n%s VERB --help tells the options of "
               "each.\n%s\nmanual: man signet-%s\n",
               label, tool->name, tool->summary, tool->overview, tool->name, tool->examples,
               tool->name);
        finish_printing();
    }
    for (const struct command *c = tool->commands; c->usage; c++, label = "       ")
        printf("%s%s %s\n", label, tool->name, c->usage);
    printf("%s\n\n", tool->summary);
    for (const struct command *c = tool->commands; c->usage; c++)
        printf("  %-10s %s\n", c->name, c->summary);
    printf("\n%s VERB --help tells the options of each; without a verb, %s is meant.\n\n%s\n"
           "manual: man signet-%s\n",
           tool->name, tool->commands[0].name, tool->examples, tool->name);
    finish_printing();
}

noreturn static void print_version(const struct tool *tool)
{
    printf("%s (signet) %s\n", tool->name, SG_VERSION);
    finish_printing();
}

/* Levenshtein distance, given up above 3. */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned row[64];

    if (m >= 63 || n >= 63)
        return 63;
    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[m];
}

bool nearest_word(char *out, size_t size, const char *typed, const char *words)
{
    unsigned best = 3;
    bool found = false;

    while (*words) {
        size_t n = strcspn(words, " ");
        unsigned d = distance(typed, strlen(typed), words, n);
        if (n && d < best && d < n && n < size) {
            best = d;
            memcpy(out, words, n);
            out[n] = '\0';
            found = true;
        }
        words += n + (words[n] == ' ');
    }
    return found;
}

static const struct option *by_letter(const struct command *c, char letter)
{
    for (const struct option *o = c->table; o->name; o++)
        if (o->letter == letter)
            return o;
    return NULL;
}

static const struct option *by_name(const struct command *c, const char *name, size_t n)
{
    for (const struct option *o = c->table; o->name; o++)
        if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
            return o;
    return NULL;
}

noreturn static void unknown_option(const struct parsed *p, const char *typed)
{
    char words[512] = "", near[64], hint[160], name[64];
    size_t at = 0;

    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(typed, "="), typed);
    for (const struct option *o = p->command->table; o->name; o++) {
        int n = snprintf(words + at, sizeof words - at, "%s ", o->name);
        at += n > 0 && (size_t)n < sizeof words - at ? (size_t)n : 0;
    }
    if (strncmp(typed, "--", 2) == 0 && nearest_word(near, sizeof near, name + 2, words))
        (void)snprintf(hint, sizeof hint, "did you mean --%s?", near);
    else
        (void)snprintf(hint, sizeof hint, "%s%s%s --help lists the options", p->tool->name,
                       p->command->name ? " " : "", p->command->name ? p->command->name : "");
    usage_error(hint, "there is no option %s", name);
}

/* "-r", or "--recipient" where there is no letter. */
static const char *spelled(const struct option *o, char out[static 64])
{
    if (o->letter)
        (void)snprintf(out, 64, "-%c", o->letter);
    else
        (void)snprintf(out, 64, "--%s", o->name);
    return out;
}

static void add(struct parsed *p, const struct option *o, const char *value)
{
    char name[64];

    for (size_t i = 0; !o->repeats && i < p->count; i++)
        if (p->given[i].option == o)
            usage_error(NULL, "%s is given twice", spelled(o, name));
    p->given[p->count++] = (struct given){o, value};
}

static const char *argument_of(const struct option *o, int *i, int argc, char **argv)
{
    char name[64], hint[160];

    if (*i + 1 < argc)
        return argv[++*i];
    (void)snprintf(hint, sizeof hint, "--%s %s: %s", o->name, o->argument, o->help);
    usage_error(hint, "%s needs %s after it", spelled(o, name), o->argument);
}

static void long_option(struct parsed *p, int *i, int argc, char **argv)
{
    const char *name = argv[*i] + 2, *equals = strchr(name, '=');
    size_t n = equals ? (size_t)(equals - name) : strlen(name);
    const struct option *o = by_name(p->command, name, n);

    if (!o)
        unknown_option(p, argv[*i]);
    if (equals && !o->argument)
        usage_error(NULL, "--%s takes nothing after it", o->name);
    if (!o->argument)
        add(p, o, NULL);
    else
        add(p, o, equals ? equals + 1 : argument_of(o, i, argc, argv));
}

static void letters(struct parsed *p, int *i, int argc, char **argv)
{
    for (const char *c = argv[*i] + 1; *c; c++) {
        const struct option *o = by_letter(p->command, *c);
        char typed[3] = {'-', *c, '\0'};
        if (!o)
            unknown_option(p, typed);
        if (!o->argument) {
            add(p, o, NULL);
            continue;
        }
        add(p, o, c[1] ? c + 1 : argument_of(o, i, argc, argv));
        return;
    }
}

/* The verb that the words at argv[*i] name, which *i is moved past. */
static const struct command *find_verb(const struct tool *tool, int *i, int argc, char **argv)
{
    char words[256] = "", seconds[256] = "", near[64], hint[320];
    const char *typed = argv[*i], *second = *i + 1 < argc ? argv[*i + 1] : "";
    size_t at = 0, seconds_at = 0;

    for (const struct command *c = tool->commands; c->usage; c++) {
        size_t n = strcspn(c->name, " ");
        const char *rest = c->name + n + (c->name[n] == ' ');
        bool first = strlen(typed) == n && memcmp(c->name, typed, n) == 0;
        int len;
        if (first && strcmp(rest, *rest ? second : "") == 0) {
            *i += *rest ? 2 : 1;
            return c;
        }
        len = snprintf(words + at, sizeof words - at, "%.*s ", (int)n, c->name);
        at += len > 0 && (size_t)len < sizeof words - at ? (size_t)len : 0;
        if (!first)
            continue;
        len = snprintf(seconds + seconds_at, sizeof seconds - seconds_at, "%s%s %s",
                       seconds_at ? ", " : "", typed, rest);
        seconds_at += len > 0 && (size_t)len < sizeof seconds - seconds_at ? (size_t)len : 0;
    }
    if (seconds_at) {
        (void)snprintf(hint, sizeof hint, "there are: %s", seconds);
        usage_error(hint, "%s %s %s%s", tool->name, typed,
                    *second ? "has no verb " : "needs a verb after it", second);
    }
    if (nearest_word(near, sizeof near, typed, words))
        (void)snprintf(hint, sizeof hint, "did you mean %s %s?", tool->name, near);
    else if (tool->verb_needed)
        (void)snprintf(hint, sizeof hint, "%s --help lists the verbs", tool->name);
    else
        (void)snprintf(hint, sizeof hint, "the verbs are: %s", words);
    usage_error(hint, "%s has no verb %s", tool->name, typed);
}

/* A command line without the verb that it needs: only help and the version can be meant. */
noreturn static void without_verb(const struct tool *tool, const char *word)
{
    char hint[160];

    if (word && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0))
        help_tool(tool);
    if (word && strcmp(word, "--version") == 0)
        print_version(tool);
    (void)snprintf(hint, sizeof hint, "%s --help lists the verbs", tool->name);
    if (word)
        usage_error(hint, "a verb comes first, before %s", word);
    usage_error(hint, "which verb?");
}

void options_parse(struct parsed *p, const struct tool *tool, int argc, char **argv)
{
    int i = 1;
    bool named = false;

    memset(p, 0, sizeof *p);
    p->tool = tool;
    p->command = &tool->commands[0];
    /* Each option that may repeat takes a word of its own; the others are given once. */
    p->given = allocate((size_t)argc + MAX_OPTIONS, sizeof *p->given);
    p->operands = allocate((size_t)argc, sizeof *p->operands);
    if (has_verbs(tool) && i < argc && argv[i][0] != '-') {
        p->command = find_verb(tool, &i, argc, argv);
        named = true;
    } else if (tool->verb_needed) {
        without_verb(tool, i < argc ? argv[i] : NULL);
    }
    for (; i < argc; i++) {
        const char *word = argv[i];
        if (strcmp(word, "--") == 0) {
            p->dashes = true;
            p->before_dashes = p->operand_count;
            while (++i < argc)
                p->operands[p->operand_count++] = argv[i];
        } else if (strncmp(word, "--", 2) == 0) {
            long_option(p, &i, argc, argv);
        } else if (word[0] == '-' && word[1]) {
            letters(p, &i, argc, argv);
        } else {
            p->operands[p->operand_count++] = argv[i];
        }
    }
    if (!p->dashes)
        p->before_dashes = p->operand_count;
    if (option_given(p, "help")) {
        if (has_verbs(tool) && !named)
            help_tool(tool);
        help_command(tool, p->command);
    }
    if (option_given(p, "version"))
        print_version(tool);
    for (size_t n = 0; n < p->count; n++)
        if (p->given[n].option->words)
            (void)option_word(p, p->given[n].option->name, 0);
    if (p->operand_count > p->command->max_operands)
        usage_error(p->command->operand == COMPLETE_FILE && p->command->max_operands
                        ? "one file at a time; tar c packs several into one"
                    : by_name(p->command, "output", 6) ? "-o FILE names the file to write"
                                                       : NULL,
                    "there is something left over on the command line: %s",
                    p->operands[p->command->max_operands]);
    report_quiet(option_given(p, "quiet"));
}

static const struct given *find(const struct parsed *p, const char *name)
{
    for (size_t i = p->count; i-- > 0;)
        if (strcmp(p->given[i].option->name, name) == 0)
            return &p->given[i];
    return NULL;
}

bool option_given(const struct parsed *p, const char *name)
{
    return find(p, name) != NULL;
}

const char *option_value(const struct parsed *p, const char *name)
{
    const struct given *g = find(p, name);

    return g ? g->value : NULL;
}

unsigned option_number(const struct parsed *p, const char *name, unsigned fallback, unsigned least,
                       unsigned most)
{
    const char *text = option_value(p, name);
    unsigned value = 0;

    if (!text)
        return fallback;
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || value > most)
            usage_error(NULL, "--%s takes a number from %u to %u, not %s", name, least, most, text);
        value = value * 10 + (unsigned)(*c - '0');
    }
    if (!*text || value < least || value > most)
        usage_error(NULL, "--%s takes a number from %u to %u, not %s", name, least, most,
                    *text ? text : "nothing");
    return value;
}

unsigned option_word(const struct parsed *p, const char *name, unsigned fallback)
{
    const struct given *g = find(p, name);
    const char *words;
    char near[64], hint[160];
    unsigned index = 0;

    if (!g)
        return fallback;
    for (words = g->option->words; *words; index++) {
        size_t n = strcspn(words, " ");
        if (strlen(g->value) == n && memcmp(g->value, words, n) == 0)
            return index;
        words += n + (words[n] == ' ');
    }
    if (nearest_word(near, sizeof near, g->value, g->option->words))
        (void)snprintf(hint, sizeof hint, "did you mean %s?", near);
    else
        (void)snprintf(hint, sizeof hint, "it is one of: %s", g->option->words);
    usage_error(hint, "--%s cannot be %s", name, g->value);
}

const char *operand_file(const struct parsed *p)
{
    const char *name = p->operand_count ? p->operands[0] : NULL;

    return name && strcmp(name, "-") == 0 ? NULL : name;
}
