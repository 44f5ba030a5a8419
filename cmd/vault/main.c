/*
 * vault - secrets, notes and conversations in one sealed store, searchable by its owner.
 */
#include "common/start.h"
#include "vault/usage.h"
#include "vault/verbs.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(const struct parsed *p);
} verbs[] = {
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
    static struct parsed p; /* what it owns lives as long as the process */
    size_t i = 0;

    start("vault");
    options_parse(&p, &vault_tool, argc, argv);
    while (strcmp(verbs[i].name, p.command->name) != 0)
        i++;
    return verbs[i].run(&p);
}
