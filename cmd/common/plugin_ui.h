/*
 * plugin_ui - plugins as the tools run them: from $PATH, with the user's environment, and what they
 * say and ask at the terminal.
 *
 * $AGEDEBUG=plugin shows what a plugin writes to its standard error. $SIGNET_PASSWORD_FILE is not
 * passed on: it is for our own questions.
 */
#ifndef COMMON_PLUGIN_UI_H
#define COMMON_PLUGIN_UI_H

#include "common/options.h"
#include "key/key.h"

struct plugin_ui {
    struct sg_plugin_client client; /* to be set in identities and recipients */
    char **environment;             /* owned */
};

/* The struct must not move while in use. Ends the process with 1 when there is no memory. */
void plugin_ui_start(struct plugin_ui *ui);
void plugin_ui_free(struct plugin_ui *ui);

/*
 * Adds the identity without data of the plugin that the value of an option, NAME, names. Ends the
 * process with 2 when it cannot be a plugin's name.
 */
SG_CHECKED enum sg_err plugin_ui_identity(struct sg_identities *ids, const char *name,
                                          struct sg_error *err);

#endif
