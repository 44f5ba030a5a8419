#include "keygen/usage.h"

static const struct option new_options[] = {
    {'t', "type", "TYPE", "pq (post-quantum, usual), x25519, sign, root", false, COMPLETE_WORDS,
     "pq x25519 sign root"},
    {'p', "password", NULL, "seal the identity file with a password", false, COMPLETE_NOTHING,
     NULL},
    {'o', "output", "FILE", "write to FILE, readable by you alone", false, COMPLETE_FILE, NULL},
    {'f', "force", NULL, "replace FILE if it exists: its key is lost", false, COMPLETE_NOTHING,
     NULL},
    {0, "comment", "TEXT", "with -t sign: what to call the key", false, COMPLETE_NOTHING, NULL},
    {0, "kdf", "NAME", "with -p: argon2id, or scrypt for age", false, COMPLETE_WORDS,
     "argon2id scrypt"},
    {0, "work", "N", "with -p: 2^N KiB of memory; 18 is usual", false, COMPLETE_NOTHING, NULL},
    {0, "password-file", "FILE", "take the password from line 1 of FILE", false, COMPLETE_FILE,
     NULL},
    COMMON_OPTIONS,
};

static const struct option public_options[] = {
    {'o', "output", "FILE", "write to FILE, whole or not at all", false, COMPLETE_FILE, NULL},
    {0, "max-work", "N", "allow passwords up to 2^N KiB; 22 is usual", false, COMPLETE_NOTHING,
     NULL},
    {0, "password-file", "FILE", "take the password from line 1 of FILE", false, COMPLETE_FILE,
     NULL},
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .name = "new",
        .summary = "Make a fresh key: an identity file, to be kept secret.",
        .usage = "[new] [-t TYPE] [-p] [-o FILE]",
        .table = new_options,
        .examples = "  keygen -o key.txt\n"
                    "  keygen -p -o key.age",
        .max_operands = 0,
    },
    {
        .name = "public",
        .summary = "Print the recipients of the identities in FILE or standard input.",
        .usage = "public [-o OUT] [FILE]",
        .table = public_options,
        .examples = "  keygen public key.txt\n"
                    "  seal -r \"$(keygen public key.txt)\" -o notes.age notes.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {0},
};

const struct tool keygen_tool = {
    .name = "keygen",
    .summary = "Make keys, and show their public halves.",
    .commands = commands,
    .examples = "  keygen -o key.txt\n"
                "  keygen public key.txt > friends.pub",
};
