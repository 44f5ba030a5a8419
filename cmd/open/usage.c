#include "open/usage.h"

static const struct option table[] = {
    {'i', "identity", "FILE", "open with the keys in FILE", true, COMPLETE_FILE, NULL},
    {'j', "plugin", "NAME", "open with what the plugin NAME keeps", true, COMPLETE_NOTHING, NULL},
    {'o', "output", "FILE", "write to FILE, whole or not at all", false, COMPLETE_FILE, NULL},
    {0, "from", "SIGNER", "only what SIGNER signed: a public key, or FILE", true, COMPLETE_FILE,
     NULL},
    {0, "range", "OFFSET:LENGTH", "only these bytes; K, M, G may follow", false, COMPLETE_NOTHING,
     NULL},
    {0, "max-output", "SIZE", "stop when more than SIZE comes out", false, COMPLETE_NOTHING, NULL},
    {0, "raw", NULL, "leave it as age -d would: compressed, padded", false, COMPLETE_NOTHING, NULL},
    {0, "inspect", NULL, "tell what FILE tells anyone; needs no key", false, COMPLETE_NOTHING,
     NULL},
    {0, "json", NULL, "with --inspect: as JSON", false, COMPLETE_NOTHING, NULL},
    {0, "max-work", "N", "allow passwords up to 2^N KiB; 22 is usual", false, COMPLETE_NOTHING,
     NULL},
    {0, "password-file", "FILE", "take the password from line 1 of FILE", false, COMPLETE_FILE,
     NULL},
    {0, "progress", "WHEN", "always, never or auto", false, COMPLETE_WORDS, "always never auto"},
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .summary =
            "Decrypt FILE, or standard input, sealed to one of your keys or with a password.\n"
            "Without -i and -j, the identity file that $SIGNET_IDENTITY names is tried.",
        .usage = "[-i FILE | -j NAME]... [--from SIGNER] [-o OUT] [FILE]\n--inspect [--json] [-o "
                 "OUT] [FILE]",
        .table = table,
        .examples = "  open -i key.txt -o docs.tar docs.tar.age\n"
                    "  open notes.txt.age | less\n"
                    "  open --from boss.pub -i key.txt orders.age\n"
                    "  open --inspect letter.age",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {0},
};

const struct tool open_tool = {.name = "open", .commands = commands};
