#include "seal/usage.h"

static const struct option table[] = {
    {'r', "recipient", "RECIPIENT", "seal to this public key, age1...", true, COMPLETE_NOTHING,
     NULL},
    {'R', "recipients-file", "FILE", "seal to every recipient in FILE", true, COMPLETE_FILE, NULL},
    {'i', "identity", "FILE", "seal to yourself: the keys in FILE", true, COMPLETE_FILE, NULL},
    {'j', "plugin", "NAME", "seal to what the plugin NAME keeps", true, COMPLETE_NOTHING, NULL},
    {'p', "password", NULL, "seal with a password", false, COMPLETE_NOTHING, NULL},
    {'a', "armor", NULL, "write text, for mail and chat", false, COMPLETE_NOTHING, NULL},
    {'o', "output", "FILE", "write to FILE, whole or not at all", false, COMPLETE_FILE, NULL},
    {0, "kdf", "NAME", "with -p: argon2id, or scrypt for age", false, COMPLETE_WORDS,
     "argon2id scrypt"},
    {0, "work", "N", "with -p: 2^N KiB of memory; 18 is usual", false, COMPLETE_NOTHING, NULL},
    {0, "rewrap", NULL, "new recipients for a file that -i opens", false, COMPLETE_NOTHING, NULL},
    {0, "password-file", "FILE", "take the password from line 1 of FILE", false, COMPLETE_FILE,
     NULL},
    {0, "new-password-file", "FILE", "with --rewrap -p: the new one's file", false, COMPLETE_FILE,
     NULL},
    {0, "max-work", "N", "open passwords up to 2^N KiB; 22 is usual", false, COMPLETE_NOTHING,
     NULL},
    {0, "progress", "WHEN", "always, never or auto", false, COMPLETE_WORDS, "always never auto"},
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .summary = "Encrypt FILE, or standard input, so that only its recipients can open it.",
        .usage = "(-r RECIPIENT | -R FILE | -i FILE | -j NAME | -p)... [-o OUT] [FILE]\n"
                 "--rewrap [-i FILE]... (-r RECIPIENT | -R FILE | -p)... [-o OUT] FILE",
        .table = table,
        .examples = "  tar c docs | seal -R friends.pub -o docs.tar.age\n"
                    "  seal -p -a notes.txt > notes.txt.age",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {0},
};

const struct tool seal_tool = {.name = "seal", .commands = commands};
