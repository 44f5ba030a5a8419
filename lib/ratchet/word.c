#include "ratchet/word.h"

#include <stddef.h>

static const struct {
    const char *text;
    int exit;
} WORDS[SG_WORD_COUNT] = {
    [SG_WORD_OK] = {"ok", 0},
    [SG_WORD_LATE] = {"late", 0},
    [SG_WORD_OLD_SESSION] = {"old-session", 0},
    [SG_WORD_REOPENED] = {"reopened", 0},
    [SG_WORD_RECOVERED] = {"recovered", 0},
    [SG_WORD_PARTIAL] = {"partial", 0},
    [SG_WORD_OWN] = {"own", 0},
    [SG_WORD_QUARANTINED] = {"quarantined", 1},
    [SG_WORD_QUARANTINE_FULL] = {"quarantine-full", 1},
    [SG_WORD_BLOCKED] = {"blocked", 1},
    [SG_WORD_CLOCK] = {"clock", 1},
    [SG_WORD_UNSUPPORTED] = {"unsupported", 1},
    [SG_WORD_ROLLBACK] = {"rollback", 1},
    [SG_WORD_EXPIRED] = {"expired", 1},
    [SG_WORD_SUSPECT] = {"suspect", 1},
    [SG_WORD_TOO_LONG] = {"too-long", 1},
    [SG_WORD_CHAIN_FULL] = {"chain-full", 1},
    [SG_WORD_UNANSWERED] = {"unanswered", 1},
    [SG_WORD_NOT_FOR_US] = {"not-for-us", 3},
    [SG_WORD_DUPLICATE] = {"duplicate-or-expired", 4},
    [SG_WORD_TOO_FAR] = {"too-far", 4},
    [SG_WORD_CORRUPT] = {"corrupt", 4},
    [SG_WORD_MALFORMED] = {"malformed", 4},
    [SG_WORD_FORK] = {"fork", 4},
};

const char *sg_word_text(enum sg_word word)
{
    return WORDS[word].text;
}

int sg_word_exit(enum sg_word word)
{
    return WORDS[word].exit;
}

int sg_word_worse(int a, int b)
{
    static const int RANK[] = {[0] = 0, [3] = 1, [1] = 2, [2] = 3, [4] = 4};

    return RANK[a] >= RANK[b] ? a : b;
}
