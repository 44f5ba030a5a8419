#include "seal/usage.h"

static const struct option table[] = {
    {'r', "recipient", "RECIPIENT", "seal to this public key, age1...", true, COMPLETE_NOTHING,
     NULL},
    {'R', "recipients-file", "FILE", "seal to every recipient in FILE", true, COMPLETE_FILE, NULL},
    {'i', "identity", "FILE", "seal to yourself: the keys in FILE", true, COMPLETE_FILE, NULL},
    {'j', "plugin", "NAME", "seal to what the plugin NAME keeps", true, COMPLETE_NOTHING, NULL},
    {'p', "password", NULL, "seal with a password", false, COMPLETE_NOTHING, NULL},
    {'a', "armor", NULL, "write text, for mail and chat", false, COMPLETE_NOTHING, NULL},
    {'z', "compress", NULL, "compress it, inside the sealing", false, COMPLETE_NOTHING, NULL},
    {0, "level", "N", "+how hard: 1 is fast, 9 is small, 6 is usual", false, COMPLETE_NOTHING,
     NULL},
    {0, "pad", NULL, "hide its exact length, inside the sealing", false, COMPLETE_NOTHING, NULL},
    {0, "sign", "KEY", "sign it with this OpenSSH Ed25519 key", false, COMPLETE_FILE, NULL},
    {'o', "output", "FILE", "write to FILE, whole or not at all", false, COMPLETE_FILE, NULL},
    {0, "kdf", "NAME", "with -p: argon2id or scrypt; 2^N KiB, 18 is usual", false, COMPLETE_WORDS,
     "argon2id scrypt"},
    {0, "work", "N", "+with -p: 2^N KiB of memory; 18 is usual", false, COMPLETE_NOTHING, NULL},
    {0, "rewrap", NULL, "new recipients for a file that -i opens", false, COMPLETE_NOTHING, NULL},
    {0, "password-file", "FILE", "take line 1 of FILE", false, COMPLETE_FILE, NULL},
    {0, "new-password-file", "FILE", "+with --rewrap -p: line 1 of FILE is the new one", false,
     COMPLETE_FILE, NULL},
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
        .examples = "  tar c docs | seal -R friends.pub -z --sign id_ed25519 -o docs.tar.age\n"
                    "  seal -p -a notes.txt > notes.txt.age",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {0},
};

const struct tool seal_tool = {.name = "seal", .commands = commands};
