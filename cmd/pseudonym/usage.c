#include "pseudonym/usage.h"

/* How the store, or a sealed file of -i, is unlocked, and how long others are waited for. */
#define UNLOCKING                                                                               \
    {0,    "unlock-identity", "FILE", "unlock the store with the keys in FILE",                 \
     true, COMPLETE_FILE,     NULL},                                                            \
        {'j',  "plugin",         "NAME", "unlock it with what the plugin NAME keeps",           \
         true, COMPLETE_NOTHING, NULL},                                                         \
        {0,     "password-file", "FILE", "take the password from line 1 of FILE",               \
         false, COMPLETE_FILE,   NULL},                                                         \
        {0,     "max-work",       "N", "allow passwords up to 2^N KiB; 22 is usual",            \
         false, COMPLETE_NOTHING, NULL},                                                        \
    {                                                                                           \
        0, "wait", "SECONDS", "wait for others using it; 30 is usual", false, COMPLETE_NOTHING, \
            NULL                                                                                \
    }

/* And where the root is, or the key that signs in a ring. */
#define ROOT                                                                        \
    {'i',   "identity",    "ROOT", "the root in this file; nothing is stored then", \
     false, COMPLETE_FILE, NULL},                                                   \
        UNLOCKING
#define RING_KEY                                                                               \
    {'i', "identity", "FILE", "an SSH key that signs, or a root", false, COMPLETE_FILE, NULL}, \
        UNLOCKING
#define OUTPUT                                                                                  \
    {                                                                                           \
        'o', "output", "FILE", "write to FILE, whole or not at all", false, COMPLETE_FILE, NULL \
    }
#define SECRET_OUTPUT                                                                            \
    {'o', "output", "FILE", "write to FILE, readable by you alone", false, COMPLETE_FILE, NULL}, \
    {                                                                                            \
        'f', "force", NULL, "replace FILE if it exists", false, COMPLETE_NOTHING, NULL           \
    }
#define JSON                                                         \
    {                                                                \
        0, "json", NULL, "write JSON", false, COMPLETE_NOTHING, NULL \
    }
#define PROGRESS                                                                                   \
    {                                                                                              \
        0, "progress", "WHEN", "always, never or auto", false, COMPLETE_WORDS, "always never auto" \
    }
#define SIGNATURE                                                             \
    {                                                                         \
        's', "signature", "FILE", "the signature", false, COMPLETE_FILE, NULL \
    }
#define NAMESPACE(does)                                             \
    {                                                               \
        0, "namespace", "TEXT", does, false, COMPLETE_NOTHING, NULL \
    }
#define RING                                                                                    \
    {0, "ring", "KEYS", "file of the ring's keys, a line each", false, COMPLETE_FILE, NULL},    \
    {                                                                                           \
        0, "scope", "TEXT", "where one key can be told to sign twice", false, COMPLETE_NOTHING, \
            NULL                                                                                \
    }
#define TERMS                                                                                      \
    {0, "message", "TEXT", "a line of text to say with it", false, COMPLETE_NOTHING, NULL},        \
    {                                                                                              \
        0, "date", "DATE", "the date to put in it: today, or 2026-11-25", false, COMPLETE_NOTHING, \
            NULL                                                                                   \
    }

static const struct option new_options[] = {ROOT, COMMON_OPTIONS};
static const struct option list_options[] = {JSON, ROOT, COMMON_OPTIONS};

static const struct option show_options[] = {
    {0, "as", "FORM", "recipient (usual), x25519, ssh, ... (8 in all)", false, COMPLETE_WORDS,
     "recipient x25519 ssh minisign onion did words qr"},
    JSON,
    OUTPUT,
    ROOT,
    COMMON_OPTIONS,
};

static const struct option key_options[] = {
    {0, "as", "FORM", "age (usual), pq, x25519, ssh, minisign", false, COMPLETE_WORDS,
     "age pq x25519 ssh minisign"},
    SECRET_OUTPUT,
    ROOT,
    COMMON_OPTIONS,
};

static const struct option retire_options[] = {TERMS, OUTPUT, ROOT, COMMON_OPTIONS};

static const struct option root_options[] = {
    {0, "import", "FILE", "take the root in FILE into a store without one", false, COMPLETE_FILE,
     NULL},
    SECRET_OUTPUT,
    UNLOCKING,
    COMMON_OPTIONS,
};

static const struct option onion_options[] = {ROOT, COMMON_OPTIONS};

static const struct option sign_options[] = {
    {0, "as", "FORM", "ssh (usual) or minisign", false, COMPLETE_WORDS, "ssh minisign"},
    NAMESPACE("ssh: what the signature is for; signet is usual"),
    {0, "comment", "TEXT", "minisign: the trusted comment, one line", false, COMPLETE_NOTHING,
     NULL},
    OUTPUT,
    PROGRESS,
    ROOT,
    COMMON_OPTIONS,
};

static const struct option verify_options[] = {
    {'k', "key", "PUBLIC", "the signer's key, or a file with it", false, COMPLETE_FILE, NULL},
    SIGNATURE,
    NAMESPACE("ssh: what it must be for; signet is usual"),
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option prove_options[] = {
    TERMS,
    {0, "audience", "TEXT", "a line of text: whom it is meant for", false, COMPLETE_NOTHING, NULL},
    {0, "for", "PUBLIC", "convince only the owner of this key, or file", false, COMPLETE_FILE,
     NULL},
    OUTPUT,
    ROOT,
    COMMON_OPTIONS,
};

static const struct option check_options[] = {
    {0, "audience", "TEXT", "it must be meant for TEXT", false, COMPLETE_NOTHING, NULL},
    JSON,
    COMMON_OPTIONS,
};

static const struct option ring_sign_options[] = {RING, OUTPUT, PROGRESS, RING_KEY, COMMON_OPTIONS};

static const struct option ring_verify_options[] = {
    RING,
    SIGNATURE,
    {0, "proof", "FILE", "judge this claim or disavowal of it, too", false, COMPLETE_FILE, NULL},
    JSON,
    PROGRESS,
    COMMON_OPTIONS,
};

static const struct option ring_proof_options[] = {RING,     SIGNATURE, OUTPUT,
                                                   PROGRESS, RING_KEY,  COMMON_OPTIONS};

static const struct option issuer_key_options[] = {OUTPUT, ROOT, COMMON_OPTIONS};

static const struct option request_options[] = {
    {0, "issuer", "KEY", "the issuer's key: signet-issuer1..., or a file", false, COMPLETE_FILE,
     NULL},
    {0, "state", "FILE", "keep in FILE what finalize needs: secret", false, COMPLETE_FILE, NULL},
    {'n', "count", "N", "how many tokens, up to 1000; 1 is usual", false, COMPLETE_NOTHING, NULL},
    OUTPUT,
    COMMON_OPTIONS,
};

static const struct option issue_options[] = {
    {0, "most", "N", "refuse to give more than N; 1 is usual", false, COMPLETE_NOTHING, NULL},
    OUTPUT,
    ROOT,
    COMMON_OPTIONS,
};

static const struct option finalize_options[] = {
    {0, "state", "FILE", "what request kept", false, COMPLETE_FILE, NULL},
    SECRET_OUTPUT,
    COMMON_OPTIONS,
};

static const struct option redeem_options[] = {
    {0, "ledger", "FILE", "the file of spent tokens, with -i ROOT", false, COMPLETE_FILE, NULL},
    ROOT,
    COMMON_OPTIONS,
};

static const struct command commands[] = {
    {
        .name = "new",
        .summary = "Begin a pseudonym: enter its name, and make a root if there is none.",
        .usage = "new NAME",
        .table = new_options,
        .examples = "  pseudonym new work\n"
                    "  pseudonym new \"night owl\"",
        .max_operands = 1,
    },
    {
        .name = "list",
        .summary = "List the names in the store, and the day they were retired.",
        .usage = "list [--json]",
        .table = list_options,
        .examples = "  pseudonym list\n"
                    "  pseudonym list --json",
    },
    {
        .name = "show",
        .summary = "Print a public key of a pseudonym, in the form that others read.",
        .usage = "show NAME [--as FORM]",
        .table = show_options,
        .examples = "  seal -r \"$(pseudonym show work)\" notes.txt > notes.age\n"
                    "  pseudonym show work --as ssh",
        .max_operands = 1,
    },
    {
        .name = "key",
        .summary = "Print the secret half, for programs that need it.",
        .usage = "key NAME [--as FORM] [-o FILE]",
        .table = key_options,
        .examples = "  open -i <(pseudonym key work) notes.age\n"
                    "  pseudonym key work --as ssh -o id_work",
        .max_operands = 1,
    },
    {
        .name = "retire",
        .summary = "End a pseudonym: print a signed statement of that, to be published.",
        .usage = "retire NAME [--message TEXT] [--date DATE]",
        .table = retire_options,
        .examples = "  pseudonym retire work -o work-retired.txt\n"
                    "  pseudonym retire work --message 'the key was copied'",
        .max_operands = 1,
    },
    {
        .name = "root",
        .summary = "Print the root that all names come from, for a copy; or take one in.",
        .usage = "root [-o FILE]\nroot --import FILE",
        .table = root_options,
        .examples = "  pseudonym root | seal -p -o root.age\n"
                    "  pseudonym root --import root.age",
    },
    {
        .name = "onion",
        .summary = "Make DIR a HiddenServiceDir of tor, for the onion service of a pseudonym.",
        .usage = "onion NAME DIR",
        .table = onion_options,
        .examples = "  pseudonym onion work service\n"
                    "  cat service/hostname",
        .max_operands = 2,
    },
    {
        .name = "sign",
        .summary = "Print a detached signature of FILE or standard input.",
        .usage = "sign NAME [--as FORM] [FILE]",
        .table = sign_options,
        .examples = "  pseudonym sign work notes.txt > notes.txt.sig\n"
                    "  pseudonym sign work --as minisign -o notes.txt.minisig notes.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "verify",
        .summary = "Check a signature of FILE or standard input: of ssh-keygen or of minisign.",
        .usage = "verify -k PUBLIC -s SIGNATURE [FILE]",
        .table = verify_options,
        .examples = "  pseudonym verify -k work.pub -s notes.txt.sig notes.txt\n"
                    "  pseudonym verify -k did:key:z6Mk... -s notes.txt.sig < notes.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {
        .name = "prove",
        .summary = "Prove that two pseudonyms have one owner: to everybody, or to one person.",
        .usage = "prove A B [--for PUBLIC]",
        .table = prove_options,
        .examples = "  pseudonym prove work old --date today > link.txt\n"
                    "  pseudonym prove work home --for friend.pub",
        .max_operands = 2,
    },
    {
        .name = "check",
        .summary = "Check a proof that two keys have one owner, or that a key is retired.",
        .usage = "check [--audience TEXT] [PROOF]",
        .table = check_options,
        .examples = "  pseudonym check link.txt\n"
                    "  pseudonym check --json < link.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {
        .name = "ring-sign",
        .summary = "Sign as one of the keys in KEYS, without telling which.",
        .usage = "ring-sign (NAME | -i KEY) --ring KEYS [--scope TEXT] [FILE]",
        .table = ring_sign_options,
        .examples = "  pseudonym ring-sign work --ring team.pub notes.txt > notes.ring\n"
                    "  pseudonym ring-sign -i id_ed25519 --ring team.pub --scope vote-1 yes.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "ring-verify",
        .summary = "Check that one of the keys in KEYS signed; with --scope, print its tag.",
        .usage = "ring-verify --ring KEYS -s SIGNATURE [--scope TEXT] [FILE]",
        .table = ring_verify_options,
        .examples = "  pseudonym ring-verify --ring team.pub -s notes.ring notes.txt\n"
                    "  pseudonym ring-verify --ring team.pub -s notes.ring --proof claim notes.txt",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {
        .name = "ring-claim",
        .summary = "Prove to everybody that you made a ring signature.",
        .usage = "ring-claim (NAME | -i KEY) --ring KEYS -s SIGNATURE [FILE]",
        .table = ring_proof_options,
        .examples = "  pseudonym ring-claim work --ring team.pub -s notes.ring notes.txt > claim",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "ring-disavow",
        .summary = "Prove to everybody that you did not make a ring signature.",
        .usage = "ring-disavow (NAME | -i KEY) --ring KEYS -s SIGNATURE [FILE]",
        .table = ring_proof_options,
        .examples = "  pseudonym ring-disavow -i id --ring team.pub -s notes.ring notes.txt > not",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "token issuer-key",
        .summary = "Print the key that a pseudonym issues tokens with, for all to see.",
        .usage = "token issuer-key NAME",
        .table = issuer_key_options,
        .examples = "  pseudonym token issuer-key door > door.issuer",
        .max_operands = 1,
    },
    {
        .name = "token request",
        .summary = "Ask an issuer for tokens: print the request, keep the secret part.",
        .usage = "token request --issuer KEY --state FILE [-n N]",
        .table = request_options,
        .examples = "  pseudonym token request --issuer door.issuer --state mine > request",
    },
    {
        .name = "token issue",
        .summary = "Answer a request for tokens.",
        .usage = "token issue NAME [--most N] [REQUEST]",
        .table = issue_options,
        .examples = "  pseudonym token issue door request > response",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {
        .name = "token finalize",
        .summary = "Make tokens of an answer: print them, a line each.",
        .usage = "token finalize --state FILE [RESPONSE]",
        .table = finalize_options,
        .examples = "  pseudonym token finalize --state mine response -o tokens",
        .operand = COMPLETE_FILE,
        .max_operands = 1,
    },
    {
        .name = "token redeem",
        .summary = "Take tokens, a line each, once: all of them are good and unspent, or none is\n"
                   "taken.",
        .usage = "token redeem NAME [TOKENS]",
        .table = redeem_options,
        .examples = "  pseudonym token redeem door tokens && open-the-door",
        .operand = COMPLETE_FILE,
        .max_operands = 2,
    },
    {0},
};

const struct tool pseudonym_tool = {
    .name = "pseudonym",
    .summary = "One root, many identities, which nobody can link unless you do.",
    .commands = commands,
    .verb_needed = true,
    .overview = "  new, list, retire   begin a pseudonym; list them; end one\n"
                "  show, key           its public keys; its secret keys\n"
                "  root                what all of them come from: keep a copy\n"
                "  onion               an onion service of its own\n"
                "  sign, verify        signatures of ssh-keygen and minisign\n"
                "  prove, check        that two pseudonyms have one owner\n"
                "  ring-sign, ring-verify, ring-claim, ring-disavow\n"
                "                      one of these people signed, and nobody knows who\n"
                "  token               issuer-key, request, issue, finalize, redeem: admit people\n"
                "                      without knowing them\n",
    .examples = "  pseudonym new work\n"
                "  pseudonym sign work notes.txt > notes.txt.sig",
};
