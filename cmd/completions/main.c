/*
 * completions - prints the completion file for a shell. Run by "make completions"; not installed.
 */
#include "completions/shells.h"
#include "keygen/usage.h"
#include "open/usage.h"
#include "pseudonym/usage.h"
#include "seal/usage.h"
#include "vault/usage.h"

#include <stdio.h>
#include <string.h>

const struct tool *const tools[] = {&keygen_tool, &seal_tool,      &open_tool,
                                    &vault_tool,  &pseudonym_tool, NULL};

static const struct {
    const char *name;
    void (*print)(void);
} shells[] = {
    {"bash", print_bash},
    {"zsh", print_zsh},
    {"fish", print_fish},
};

#define SHELLS (sizeof shells / sizeof *shells)

void print_escaped(const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            (void)putchar('\\');
        (void)putchar(*text);
    }
}

void print_quoted(const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            (void)printf("'\\''");
        else
            (void)putchar(*text);
    }
}

bool has_verbs(const struct tool *tool)
{
    return tool->commands[0].name != NULL;
}

int first_word(const struct command *c)
{
    return (int)strcspn(c->name, " ");
}

bool has_second_word(const struct command *c)
{
    return c->name[first_word(c)] == ' ';
}

bool is_first_of_its_word(const struct tool *tool, const struct command *c)
{
    for (const struct command *b = tool->commands; b < c; b++)
        if (first_word(b) == first_word(c) && memcmp(b->name, c->name, (size_t)first_word(c)) == 0)
            return false;
    return true;
}

void print_function_name(const struct command *c)
{
    for (const char *p = c->name; *p; p++)
        (void)putchar(*p == ' ' ? '_' : *p);
}

void print_tool_list(void)
{
    for (size_t i = 0; tools[i]; i++)
        (void)printf("%s%s", i == 0 ? "" : tools[i + 1] ? ", " : " and ", tools[i]->name);
}

int summary_of(const struct tool *tool, const char **text)
{
    *text = tool->summary ? tool->summary : tool->commands[0].summary;
    return (int)strcspn(*text, "\n");
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < SHELLS; i++) {
        if (strcmp(argv[1], shells[i].name) == 0) {
            shells[i].print();
            return fflush(stdout) == 0 ? 0 : 1;
        }
    }
    (void)fprintf(stderr, "Usage: completions bash | zsh | fish\n");
    return 2;
}
