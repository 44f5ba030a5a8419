#include "ratchet/usage.h"

static const struct option heist_options[] = {
    {0, "at", "N", "steal after message N; usual: one in the middle", false, COMPLETE_NOTHING,
     NULL},
    {0, "messages", "M", "talk for M messages, 2 to 1000; 120 is usual", false, COMPLETE_NOTHING,
     NULL},
    {0, "json", NULL, "write JSON", false, COMPLETE_NOTHING, NULL},
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .name = "heist",
        .summary =
            "Play a theft in a conversation made up for it, whose other side is called NAME:\n"
            "which messages would a thief of your state open, under designs old and new?\n"
            "Every answer is tried. No conversation that you have is read or changed.",
        .usage = "heist [--at N] [--messages M] [--json] NAME",
        .table = heist_options,
        .examples = "  ratchet heist bob\n"
                    "  ratchet heist --at 7 --messages 60 bob",
        .max_operands = 1,
    },
    {0},
};

const struct tool ratchet_tool = {
    .name = "ratchet",
    .summary = "Converse with forward secrecy, over any transport.",
    .commands = commands,
    .examples = "  ratchet heist bob",
    .verb_needed = true,
};
