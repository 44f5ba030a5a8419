#include "age-plugin-signet/usage.h"

static const struct option table[] = {
    {0, "age-plugin", "STATE-MACHINE", "for age clients: they start it so", false, COMPLETE_NOTHING,
     NULL},
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .summary =
            "Let age open what signet has sealed with a password, and seal in the same way.\n"
            "Without an option, the identity and the recipient to give to age are shown.",
        .usage = "[--age-plugin STATE-MACHINE]",
        .table = table,
        .examples = "  age -d -j signet notes.txt.age\n"
                    "  age-plugin-signet > password.id; age -d -i password.id notes.txt.age",
        .operand = COMPLETE_NOTHING,
        .max_operands = 0,
    },
    {0},
};

const struct tool age_plugin_signet_tool = {
    .name = "age-plugin-signet", .manual = "age-plugin-signet", .commands = commands};
