#include "vault/usage.h"

#include <limits.h>

/* How a verb comes by the key of the vault, and how long it waits for others. */
#define WITH_IDENTITY                                                                            \
    {'i', "identity", "FILE", "unlock with the keys in FILE", true, COMPLETE_FILE, NULL},        \
    {                                                                                            \
        'j', "plugin", "NAME", "unlock with what the plugin NAME keeps", true, COMPLETE_NOTHING, \
            NULL                                                                                 \
    }
#define WITH_PASSWORD                                                                              \
    {0,     "password-file", "FILE", "take the password from line 1 of FILE",                      \
     false, COMPLETE_FILE,   NULL},                                                                \
    {                                                                                              \
        0, "max-work", "N", "allow passwords up to 2^N KiB; 22 is usual", false, COMPLETE_NOTHING, \
            NULL                                                                                   \
    }
#define WAITING                                                                                 \
    {                                                                                           \
        0, "wait", "SECONDS", "wait for others using it; 30 is usual", false, COMPLETE_NOTHING, \
            NULL                                                                                \
    }
#define UNLOCKING WITH_IDENTITY, WITH_PASSWORD, WAITING
#define PROGRESS                                                                                   \
    {                                                                                              \
        0, "progress", "WHEN", "always, never or auto", false, COMPLETE_WORDS, "always never auto" \
    }
#define JSON                                                         \
    {                                                                \
        0, "json", NULL, "write JSON", false, COMPLETE_NOTHING, NULL \
    }
#define OUTPUT                                                                                  \
    {                                                                                           \
        'o', "output", "FILE", "write to FILE, whole or not at all", false, COMPLETE_FILE, NULL \
    }

/* Whom a new slot, or an export, is for. */
#define SEALING_TO(what)                                                                            \
    {'p', "password", NULL, what " a password", false, COMPLETE_NOTHING, NULL},                     \
        {'r',  "recipient",      "RECIPIENT", what " this public key, age1...",                     \
         true, COMPLETE_NOTHING, NULL},                                                             \
        {'R', "recipients-file", "FILE", what " any recipient in FILE", true, COMPLETE_FILE, NULL}, \
    {                                                                                               \
        'i', "identity", "FILE", what " the keys in FILE", true, COMPLETE_FILE, NULL                \
    }
#define WORK                                                                                     \
    {                                                                                            \
        0, "work", "N", "with -p: 2^N KiB of memory; 18 is usual", false, COMPLETE_NOTHING, NULL \
    }
#define ALL                                                                                   \
    {                                                                                         \
        0, "all", NULL, "ask for both: the password and a key", false, COMPLETE_NOTHING, NULL \
    }
#define UNLOCK_IDENTITY                                                               \
    {                                                                                 \
        0, "unlock-identity", "FILE", "unlock the vault with the keys in FILE", true, \
            COMPLETE_FILE, NULL                                                       \
    }
#define NEW_PASSWORD                                                                              \
    {                                                                                             \
        0, "new-password-file", "FILE", "with -p: the new one's file", false, COMPLETE_FILE, NULL \
    }

static const struct option init_options[] = {
    SEALING_TO("open it with"), ALL, WORK, WITH_PASSWORD, WAITING, COMMON_OPTIONS,
};

static const struct option put_options[] = {
    {'a', "ask", NULL, "ask for a line at the terminal, unseen, twice", false, COMPLETE_NOTHING,
     NULL},
    UNLOCKING,
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option append_options[] = {UNLOCKING, PROGRESS, COMMON_OPTIONS};

static const struct option get_options[] = {
    {0, "at", "REVISION", "this revision, as history numbers them", false, COMPLETE_NOTHING, NULL},
    {0, "part", "N", "the Nth part alone", false, COMPLETE_NOTHING, NULL},
    OUTPUT,
    UNLOCKING,
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option list_options[] = {
    {'l', "long", NULL, "time, size, kind, revision and parts, too", false, COMPLETE_NOTHING, NULL},
    {0, "removed", NULL, "those removed and not yet pruned", false, COMPLETE_NOTHING, NULL},
    JSON,
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option search_options[] = {
    {'n', "most", "N", "at most N results; 20 is usual", false, COMPLETE_NOTHING, NULL},
    {0, "rank", NULL, "the best first, instead of the newest", false, COMPLETE_NOTHING, NULL},
    {0, "earlier", NULL, "also earlier revisions and removed entries", false, COMPLETE_NOTHING,
     NULL},
    {'l', "long", NULL, "time, revision and part, too", false, COMPLETE_NOTHING, NULL},
    JSON,
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option history_options[] = {
    {0, "parts", NULL, "the parts of one revision instead", false, COMPLETE_NOTHING, NULL},
    {0, "at", "REVISION", "with --parts: of this one", false, COMPLETE_NOTHING, NULL},
    JSON,
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option remove_options[] = {
    {'r', "recursive", NULL, "and all entries in the folder NAME/", false, COMPLETE_NOTHING, NULL},
    {0, "forget", NULL, "keep nothing of it, not even its history", false, COMPLETE_NOTHING, NULL},
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option move_options[] = {
    {'r', "recursive", NULL, "and all entries in the folder OLD/", false, COMPLETE_NOTHING, NULL},
    {'f', "force", NULL, "over NEW, whose content becomes history", false, COMPLETE_NOTHING, NULL},
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option prune_options[] = {
    {0, "keep", "N", "keep N revisions of each; 1 is usual", false, COMPLETE_NOTHING, NULL},
    {'n', "dry-run", NULL, "only tell what would be forgotten", false, COMPLETE_NOTHING, NULL},
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option slot_list_options[] = {JSON, UNLOCKING, COMMON_OPTIONS};

static const struct option slot_add_options[] = {
    SEALING_TO("open it with"),
    ALL,
    WORK,
    NEW_PASSWORD,
    UNLOCK_IDENTITY,
    WITH_PASSWORD,
    WAITING,
    COMMON_OPTIONS,
};

static const struct option slot_remove_options[] = {
    {'f', "force", NULL, "even the last one: the vault is lost then", false, COMPLETE_NOTHING,
     NULL},
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option rekey_options[] = {
    {0, "drop", "SLOT", "leave this slot out", true, COMPLETE_NOTHING, NULL},
    WORK,
    UNLOCKING,
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option unlock_options[] = {
    {0, "for", "TIME", "so long: 90s, 15m (usual), 8h, 2d", false, COMPLETE_NOTHING, NULL},
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option lock_options[] = {COMMON_OPTIONS};

static const struct option check_options[] = {JSON, UNLOCKING, COMMON_OPTIONS};

static const struct option export_options[] = {
    SEALING_TO("seal to"),
    OUTPUT,
    {'a', "armor", NULL, "write text", false, COMPLETE_NOTHING, NULL},
    WORK,
    NEW_PASSWORD,
    UNLOCK_IDENTITY,
    WITH_PASSWORD,
    WAITING,
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option import_options[] = {
    {0, "existing", "HOW", "where a name is taken: refuse, skip, add", false, COMPLETE_WORDS,
     "refuse skip add"},
    {0, "under", "FOLDER", "put all names into FOLDER/", false, COMPLETE_NOTHING, NULL},
    {0, "archive-password-file", "FILE", "the archive's password, in line 1", false, COMPLETE_FILE,
     NULL},
    UNLOCKING,
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option run_options[] = {UNLOCKING, COMMON_OPTIONS};

static const struct command commands[] = {
    {
        .name = "init",
        .summary = "Make a vault in $SIGNET_HOME; without options, one that a password opens.",
        .usage = "init [-p | -r RECIPIENT | -R FILE | -i FILE]... [--all]",
        .table = init_options,
        .examples = "  vault init\n"
                    "  vault init -i key.txt",
    },
    {
        .name = "put",
        .summary = "Keep FILE, or standard input, as NAME; what was there becomes its history.",
        .usage = "put [-a] NAME [FILE]",
        .table = put_options,
        .examples = "  vault put notes/today notes.txt\n"
                    "  vault put -a mail/password",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "append",
        .summary = "Add FILE, or standard input, to NAME as one more part, with its time.",
        .usage = "append NAME [FILE]",
        .table = append_options,
        .examples = "  echo 'called back' | vault append notes/bob\n"
                    "  vault append logs/today log.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "get",
        .summary = "Write what is kept as NAME.",
        .usage = "get [--at REVISION] [--part N] [-o OUT] NAME",
        .table = get_options,
        .examples = "  vault get notes/today\n"
                    "  vault get --at 1 -o old.txt notes/today",
        .max_operands = 1,
    },
    {
        .name = "list",
        .summary = "List the names; with PATTERN those that match, or are in that folder.",
        .usage = "list [-l] [--removed] [--json] [PATTERN]",
        .table = list_options,
        .examples = "  vault list notes\n"
                    "  vault list -l '*bob*'",
        .max_operands = 1,
    },
    {
        .name = "search",
        .summary =
            "Find entries by the words in them: all WORDs, a beginning*, a \"phrase\", a OR b,\n"
            "and NOT c.",
        .usage = "search [-n N] [--rank] [--earlier] [-l | --json] WORD...",
        .table = search_options,
        .examples = "  vault search meet* harbour\n"
                    "  vault search --rank '\"old harbour\" NOT closed'",
        .max_operands = INT_MAX,
    },
    {
        .name = "history",
        .summary = "List the revisions that are kept of NAME, the newest first.",
        .usage = "history [--parts [--at REVISION]] [--json] NAME",
        .table = history_options,
        .examples = "  vault history notes/today\n"
                    "  vault history --parts notes/bob",
        .max_operands = 1,
    },
    {
        .name = "remove",
        .summary = "Remove entries; their history stays until it is pruned.",
        .usage = "remove [-r] [--forget] NAME...",
        .table = remove_options,
        .examples = "  vault remove notes/today\n"
                    "  vault remove -r --forget notes",
        .max_operands = INT_MAX,
    },
    {
        .name = "move",
        .summary = "Call an entry, or with -r a folder, by another name; its history moves along.",
        .usage = "move [-r] [-f] OLD NEW",
        .table = move_options,
        .examples = "  vault move notes/today notes/yesterday\n"
                    "  vault move -r notes archive/notes",
        .max_operands = 2,
    },
    {
        .name = "prune",
        .summary = "Forget earlier revisions and removed entries for good.",
        .usage = "prune [--keep N] [-n] [PATTERN]",
        .table = prune_options,
        .examples = "  vault prune -n\n"
                    "  vault prune --keep 3 notes",
        .max_operands = 1,
    },
    {
        .name = "slot list",
        .summary = "List the ways to unlock the vault.",
        .usage = "slot list [--json]",
        .table = slot_list_options,
        .examples = "  vault slot list\n"
                    "  vault slot list --json",
    },
    {
        .name = "slot add",
        .summary = "Add a way to unlock the vault, called SLOT.",
        .usage = "slot add SLOT (-p | -r RECIPIENT | -R FILE | -i FILE)... [--all]",
        .table = slot_add_options,
        .examples = "  vault slot add laptop -i key.txt\n"
                    "  vault slot add both -p -R friends.pub --all",
        .max_operands = 1,
    },
    {
        .name = "slot remove",
        .summary = "Remove a way to unlock the vault.",
        .usage = "slot remove [-f] SLOT",
        .table = slot_remove_options,
        .examples = "  vault slot remove laptop\n"
                    "  vault slot remove laptop && vault rekey",
        .max_operands = 1,
    },
    {
        .name = "rekey",
        .summary = "Give the vault a new key: every block and every slot is sealed anew.",
        .usage = "rekey [--drop SLOT]...",
        .table = rekey_options,
        .examples = "  vault rekey\n"
                    "  vault rekey --drop laptop",
    },
    {
        .name = "unlock",
        .summary = "Keep the vault's key in the kernel's keyring for a time.",
        .usage = "unlock [--for TIME]",
        .table = unlock_options,
        .examples = "  vault unlock\n"
                    "  vault unlock --for 8h",
    },
    {
        .name = "lock",
        .summary = "Remove the vault's key from the kernel's keyring.",
        .usage = "lock",
        .table = lock_options,
        .examples = "  vault lock\n"
                    "  vault lock -q",
    },
    {
        .name = "check",
        .summary = "Verify every block, every slot, and that all agrees.",
        .usage = "check [--json]",
        .table = check_options,
        .examples = "  vault check\n"
                    "  vault check --json",
    },
    {
        .name = "export",
        .summary = "Write everything, its history too, as a sealed tar archive.",
        .usage = "export (-r RECIPIENT | -R FILE | -i FILE | -p)... [-o OUT]",
        .table = export_options,
        .examples = "  vault export -i key.txt -o backup.tar.age\n"
                    "  vault export -i key.txt | open -i key.txt | tar t",
    },
    {
        .name = "import",
        .summary = "Add what is in an archive: an export, or any tar archive, sealed or not.",
        .usage = "import [--existing HOW] [--under FOLDER] [FILE]",
        .table = import_options,
        .examples = "  vault import -i key.txt backup.tar.age\n"
                    "  vault import --under docs docs.tar",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {
        .name = "run",
        .summary =
            "Run COMMAND with entries in its environment, or behind descriptors:\n"
            "NAME as $NAME, NAME=VAR as $VAR, NAME=@N as descriptor N, NAME=@VAR as the path\n"
            "$VAR of one.",
        .usage = "run NAME[=VAR | =@N | =@VAR]... -- COMMAND [ARGUMENT]...",
        .table = run_options,
        .examples = "  vault run mail/password -- env\n"
                    "  vault run keys/spare=@0 -- keygen public",
        .max_operands = INT_MAX,
    },
    {0},
};

const struct tool vault_tool = {
    .name = "vault",
    .summary = "Keep secrets, notes and conversations in one sealed store that you can search.",
    .commands = commands,
    .verb_needed = true,
    .overview = "  init             make a vault\n"
                "  put, append      keep content under a name; add a part to it\n"
                "  get              have it back\n"
                "  list, search     find entries, by name or by the words in them\n"
                "  history          what was there before\n"
                "  remove, move     remove and rename entries\n"
                "  prune            forget removed entries and old revisions for good\n"
                "  slot             list, add, remove: the ways to unlock\n"
                "  rekey            a new key for everything\n"
                "  unlock, lock     keep the key at hand for a time, or no longer\n"
                "  check            verify every block\n"
                "  export, import   everything to one sealed archive, and back\n"
                "  run              give secrets to a command\n",
    .examples = "  vault init\n"
                "  vault put notes/today notes.txt\n"
                "  vault search harbour",
};
