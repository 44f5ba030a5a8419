/*
 * vault - secrets, notes and conversations in one sealed store, searchable by its owner.
 */
#include "common/dispatch.h"
#include "vault/usage.h"
#include "vault/verbs.h"

static const struct verb verbs[] = {
    {"init", vault_init},
    {"put", vault_put},
    {"append", vault_append},
    {"get", vault_get},
    {"list", vault_list},
    {"search", vault_search},
    {"history", vault_history},
    {"remove", vault_remove},
    {"move", vault_move},
    {"prune", vault_prune},
    {"slot list", vault_slot_list},
    {"slot add", vault_slot_add},
    {"slot remove", vault_slot_remove},
    {"rekey", vault_rekey},
    {"unlock", vault_unlock},
    {"lock", vault_lock},
    {"check", vault_check},
    {"export", vault_export},
    {"import", vault_import},
    {"run", vault_run},
};

int main(int argc, char **argv)
{
    return dispatch(&vault_tool, verbs, argc, argv);
}
