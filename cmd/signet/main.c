/*
 * signet - the front door: runs the tools, as git runs its programs.
 */
#include "common/options.h"
#include "common/report.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SG_LIBEXEC
#error "SG_LIBEXEC is given by the Makefile"
#endif

/* The tools there are, in the order in which one meets them. */
static const struct {
    const char *name, *summary;
} tools[] = {
    {"keygen", "make keys, and show their public halves"},
    {"seal", "encrypt to people, or with a password"},
    {"open", "decrypt what was sealed to you"},
    {"vault", "keep secrets and notes, sealed and searchable"},
    {"ratchet", "talk with forward secrecy over anything that carries text"},
    {"pseudonym", "be many people, whom nobody can link"},
};

#define TOOLS (sizeof tools / sizeof *tools)

static const char *find_tool(const char *name)
{
    for (size_t i = 0; i < TOOLS; i++)
        if (strcmp(tools[i].name, name) == 0)
            return tools[i].name;
    return NULL;
}

/* Whether every tool stands in the folder. */
static bool has_tools(const char *folder)
{
    char path[PATH_MAX];

    for (size_t i = 0; i < TOOLS; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, tools[i].name);
        if (n < 0 || (size_t)n >= sizeof path || access(path, X_OK) != 0)
            return false;
    }
    return true;
}

/*
 * Where the tools are: beside this program (as built), or in ../libexec/signet from it (as
 * installed, wherever that was moved to), or where the installation was meant for.
 */
static const char *exec_path(void)
{
    static char folder[PATH_MAX];
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;

    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
        if (slash) {
            *slash = '\0';
            if (has_tools(self)) {
                (void)snprintf(folder, sizeof folder, "%s", self);
                return folder;
            }
            slash = strrchr(self, '/');
            if (slash) {
                int len;
                *slash = '\0';
                len = snprintf(folder, sizeof folder, "%s/libexec/signet", self);
                if (len > 0 && (size_t)len < sizeof folder && has_tools(folder))
                    return folder;
            }
        }
    }
    return SG_LIBEXEC;
}

static void help(void)
{
    printf("Usage: signet TOOL [ARGUMENT]...\n"
           "       signet help [TOOL]\n"
           "       signet --version | --exec-path\n"
           "Encryption and identity for the command line; sealed files are age files.\n\n");
    for (size_t i = 0; i < TOOLS; i++)
        printf("  %-10s %s\n", tools[i].name, tools[i].summary);
    printf("\nExamples:\n"
           "  signet keygen -o key.txt\n"
           "  signet seal -i key.txt -o notes.txt.age notes.txt\n"
           "  PATH=\"$(signet --exec-path):$PATH\"    # and then: keygen, seal, ...\n\n"
           "signet help TOOL tells about one; manual: man signet\n");
}

/* The exit status once standard output has taken all that was printed. */
static int finish_printing(void)
{
    if (fflush(stdout) == 0 && close(STDOUT_FILENO) == 0)
        return STATUS_DONE;
    report_error("cannot write standard output");
    return STATUS_FAILED;
}

static int run(const char *tool, char **arguments)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s", exec_path(), tool);

    arguments[0] = (char *)(uintptr_t)tool;
    if (n > 0 && (size_t)n < sizeof path)
        (void)execv(path, arguments);
    report_error("cannot run %s: %s", path, strerror(errno));
    report_hint("the tools belong in %s; install signet again", SG_LIBEXEC);
    return STATUS_FAILED;
}

static int unknown(const char *typed)
{
    char words[256] = "", near[64];
    size_t at = 0;

    for (size_t i = 0; i < TOOLS; i++) {
        int n = snprintf(words + at, sizeof words - at, "%s ", tools[i].name);
        at += n > 0 ? (size_t)n : 0;
    }
    report_error("there is no tool %s", typed);
    if (nearest_word(near, sizeof near, typed, words))
        report_hint("did you mean signet %s?", near);
    else
        report_hint("signet help lists the tools");
    return STATUS_USAGE;
}

/* Whether the word is one that the front door answers without a tool. */
static bool answers_itself(const char *word)
{
    static const char *const words[] = {"--version", "--exec-path", "-h", "--help", "help"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL, *tool;

    report_start("signet");
    if (!word) {
        report_error("which tool?");
        report_hint("signet help lists the tools");
        return STATUS_USAGE;
    }
    if (answers_itself(word) && argc > (strcmp(word, "help") == 0 ? 3 : 2)) {
        report_error("there is something left over on the command line: %s", argv[argc - 1]);
        report_hint("signet --help lists what there is");
        return STATUS_USAGE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("signet %s\n", SG_VERSION);
        return finish_printing();
    }
    if (strcmp(word, "--exec-path") == 0) {
        printf("%s\n", exec_path());
        return finish_printing();
    }
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0 ||
        (strcmp(word, "help") == 0 && argc == 2)) {
        help();
        return finish_printing();
    }
    if (strcmp(word, "help") == 0) {
        static char option[] = "--help";
        char *arguments[] = {NULL, option, NULL};
        if (strcmp(argv[2], "signet") == 0) {
            help();
            return finish_printing();
        }
        tool = find_tool(argv[2]);
        return tool ? run(tool, arguments) : unknown(argv[2]);
    }
    if (word[0] == '-') {
        report_error("there is no option %s", word);
        report_hint("signet --help lists what there is");
        return STATUS_USAGE;
    }
    tool = find_tool(word);
    return tool ? run(tool, argv + 1) : unknown(word);
}
