#include "ratchet/usage.h"

#define FLAG(letter, name, help)                                \
    {                                                           \
        letter, name, NULL, help, false, COMPLETE_NOTHING, NULL \
    }
#define VALUE(name, what, help)                            \
    {                                                      \
        0, name, what, help, false, COMPLETE_NOTHING, NULL \
    }
/* How a verb comes by the key of the store, and how long it waits for others. */
#define UNLOCKING                                                                         \
    {'i', "identity", "FILE", "unlock with the keys in FILE", true, COMPLETE_FILE, NULL}, \
        {'j',  "plugin",         "NAME", "unlock with what the plugin NAME keeps",        \
         true, COMPLETE_NOTHING, NULL},                                                   \
        {0,     "password-file", "FILE", "take the password from line 1 of FILE",         \
         false, COMPLETE_FILE,   NULL},                                                   \
        VALUE("max-work", "N", "allow passwords up to 2^N KiB; 22 is usual"),             \
        VALUE("wait", "SECONDS", "wait for others using it; 30 is usual")
#define STATUS VALUE("status-fd", "N", "a line for each message to descriptor N")
#define JSON FLAG(0, "json", "write JSON")

static const struct option offer_options[] = {
    FLAG(0, "reusable", "for anybody, any number of times; 30 days"),
    VALUE("for", "FINGERPRINT", "for the owner of this one alone"),
    VALUE("expires", "DAYS", "good for so many days"),
    UNLOCKING,
    COMMON_OPTIONS,
};
static const struct option start_options[] = {
    FLAG(0, "replace", "end what there was with NAME"),
    FLAG(0, "single-use", "refuse an offer that others may use too"),
    STATUS,
    UNLOCKING,
    COMMON_OPTIONS,
};
static const struct option send_options[] = {
    VALUE("floor", "N", "at least N bytes long, to hide its length"),
    VALUE("max-chars", "N", "in lines of at most N characters"),
    FLAG(0, "no-time", "do not tell the time"),
    FLAG(0, "force", "although the conversation is suspect"),
    FLAG(0, "raw", "write bytes instead of a line of text"),
    STATUS,
    UNLOCKING,
    COMMON_OPTIONS,
};
static const struct option receive_options[] = {
    {0, "accept", "WHOM", "any: let strangers in at once", false, COMPLETE_WORDS, "any"},
    FLAG(0, "stale", "also after the store was put back"),
    FLAG(0, "raw", "the input is the bytes of one message"),
    JSON,
    STATUS,
    UNLOCKING,
    COMMON_OPTIONS,
};
static const struct option accept_options[] = {
    FLAG(0, "no", "decline"), JSON, STATUS, UNLOCKING, COMMON_OPTIONS,
};
static const struct option list_options[] = {JSON, UNLOCKING, COMMON_OPTIONS};
static const struct option resend_options[] = {FLAG(0, "raw", "write bytes"), UNLOCKING,
                                               COMMON_OPTIONS};
static const struct option verify_options[] = {FLAG(0, "confirm", "they are the same: trust NAME"),
                                               UNLOCKING, COMMON_OPTIONS};
static const struct option pipe_send_options[] = {
    FLAG(0, "no-time", "do not tell the time"),
    STATUS,
    UNLOCKING,
    COMMON_OPTIONS,
};
static const struct option pipe_receive_options[] = {JSON, STATUS, UNLOCKING, COMMON_OPTIONS};
static const struct option plain_options[] = {UNLOCKING, COMMON_OPTIONS};

static const struct option heist_options[] = {
    VALUE("at", "N", "steal after message N; usual: one in the middle"),
    VALUE("messages", "M", "talk for M messages, 2 to 1000; 120 is usual"),
    JSON,
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .name = "offer list",
        .summary = "List the offers that can still be answered.",
        .usage = "offer list [--json]",
        .table = list_options,
        .examples = "  ratchet offer list\n"
                    "  ratchet offer list --json",
    },
    {
        .name = "offer revoke",
        .summary = "Erase an offer's secrets: nobody can answer it any more.",
        .usage = "offer revoke ID",
        .table = plain_options,
        .examples = "  ratchet offer list\n"
                    "  ratchet offer revoke 3",
        .max_operands = 1,
    },
    {
        .name = "offer",
        .summary = "Print an offer: whoever has it can write first.",
        .usage = "offer [--reusable] [--for FINGERPRINT] [--expires DAYS]",
        .table = offer_options,
        .examples = "  ratchet offer > offer-for-bob.txt\n"
                    "  ratchet offer --reusable > public.txt",
    },
    {
        .name = "start",
        .summary = "Begin a conversation with the maker of an offer, as NAME.",
        .usage = "start [--replace] [--single-use] NAME [OFFER]",
        .table = start_options,
        .examples = "  ratchet start alice offer.txt\n"
                    "  ratchet start alice --replace < new-offer.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "send",
        .summary = "Make a message to NAME of FILE, or standard input, and print it.",
        .usage = "send [--floor N] [--max-chars N] [--no-time] [--raw] NAME [FILE]",
        .table = send_options,
        .examples = "  echo 'meet at nine' | ratchet send bob > message.txt\n"
                    "  ratchet send --floor 1536 bob letter.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "resend",
        .summary = "Print again what may not have left, or the last message: the same bytes.",
        .usage = "resend NAME",
        .table = resend_options,
        .examples = "  ratchet resend bob\n"
                    "  ratchet resend bob > message.txt",
        .max_operands = 1,
    },
    {
        .name = "receive",
        .summary = "Read the messages in FILE, or standard input, wherever they stand in it.",
        .usage = "receive [--accept any] [--stale] [--raw] [--json] [FILE]",
        .table = receive_options,
        .examples = "  ratchet receive message.txt\n"
                    "  ratchet receive --json < chat.log",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {
        .name = "pipe send",
        .summary = "Make a message to NAME of each line, as they come, until the input ends.",
        .usage = "pipe send [--no-time] NAME",
        .table = pipe_send_options,
        .examples = "  tail -f log | ratchet pipe send bob >> outgoing\n"
                    "  bot | ratchet pipe send bob | bridge",
        .max_operands = 1,
    },
    {
        .name = "pipe receive",
        .summary = "Print the text of each message of NAME's, a line each, as they come.",
        .usage = "pipe receive [--json] NAME",
        .table = pipe_receive_options,
        .examples = "  tail -f incoming | ratchet pipe receive bob | bot\n"
                    "  bridge | ratchet pipe receive --json bob",
        .max_operands = 1,
    },
    {
        .name = "accept",
        .summary = "Let a stranger in, or a contact's re-opened conversation; print what waited.",
        .usage = "accept [--no] NAME [AS]",
        .table = accept_options,
        .examples = "  ratchet accept stranger-abcdefghij bob\n"
                    "  ratchet accept --no bob",
        .max_operands = 2,
    },
    {
        .name = "list",
        .summary = "List contacts.",
        .usage = "list [--json]",
        .table = list_options,
        .examples = "  ratchet list\n"
                    "  ratchet list --json",
    },
    {
        .name = "show",
        .summary = "Show what is known of a contact.",
        .usage = "show [--json] NAME",
        .table = list_options,
        .examples = "  ratchet show bob\n"
                    "  ratchet show --json bob",
        .max_operands = 1,
    },
    {
        .name = "verify",
        .summary = "Show one's own fingerprint and that of NAME, to be compared aloud.",
        .usage = "verify [--confirm] NAME",
        .table = verify_options,
        .examples = "  ratchet verify bob\n"
                    "  ratchet verify --confirm bob",
        .max_operands = 1,
    },
    {
        .name = "rename",
        .summary = "Call a contact by another name.",
        .usage = "rename OLD NEW",
        .table = plain_options,
        .examples = "  ratchet rename bob robert\n"
                    "  ratchet rename stranger-abcdefghij carol",
        .max_operands = 2,
    },
    {
        .name = "rekey",
        .summary = "Ask for fresh post-quantum secrets with the next messages.",
        .usage = "rekey NAME",
        .table = plain_options,
        .examples = "  ratchet rekey bob\n"
                    "  ratchet rekey alice",
        .max_operands = 1,
    },
    {
        .name = "block",
        .summary = "Drop what NAME sends from now on.",
        .usage = "block NAME",
        .table = plain_options,
        .examples = "  ratchet block mallory\n"
                    "  ratchet block stranger-abcdefghij",
        .max_operands = 1,
    },
    {
        .name = "forget",
        .summary = "Erase NAME with all that is kept of the conversation.",
        .usage = "forget NAME",
        .table = plain_options,
        .examples = "  ratchet forget mallory\n"
                    "  ratchet forget bob",
        .max_operands = 1,
    },
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
    .summary = "Talk with forward secrecy, post-quantum, over anything that carries text.",
    .commands = commands,
    .verb_needed = true,
    .overview = "  offer            let somebody write first; list, revoke: offers made\n"
                "  start            begin a conversation from somebody's offer\n"
                "  send, receive    make a message of a text, and texts of messages\n"
                "  pipe             send, receive: stay running, a line for a message\n"
                "  resend           print again what may not have left\n"
                "  accept           let in who waits\n"
                "  list, show       contacts\n"
                "  verify           compare fingerprints\n"
                "  rename, block    of contacts\n"
                "  rekey            ask for fresh post-quantum secrets\n"
                "  forget           erase a contact\n"
                "  heist            see what a thief of your state could read\n",
    .examples = "  ratchet offer > offer.txt\n"
                "  ratchet start alice offer.txt\n"
                "  echo hello | ratchet send alice | mail alice",
};
