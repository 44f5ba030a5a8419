/*
 * plugin_process - a plugin's program as it runs: started, written to, read from, ended. Private to
 * the room.
 *
 * It has its own standard input and output, pipes to us; of our descriptors it gets nothing else,
 * but for standard error when the client wants it. It runs in the root folder, in our process group
 * so that it may use the terminal.
 */
#ifndef SG_KEY_PLUGIN_PROCESS_H
#define SG_KEY_PLUGIN_PROCESS_H

#include "key/plugin.h"

struct sg_plugin_process {
    const struct sg_plugin_client *client;
    const char *name;
    pid_t pid;      /* 0 when none runs */
    int to, from;   /* our ends of its standard input and output, or -1 */
    uint64_t since; /* when it began to be its turn, in milliseconds */
    bool told;      /* that it is waited for */
};

/*
 * Finds and starts age-plugin-NAME for a state machine. SG_ERR_NO_PLUGIN, or SG_ERR_PLUGIN when it
 * cannot be run. End it with sg_plugin_stop(), also after a failure.
 */
SG_CHECKED enum sg_err sg_plugin_start(struct sg_plugin_process *p,
                                       const struct sg_plugin_client *client, const char *name,
                                       const char *machine, struct sg_error *err);

/* Says that it is the plugin's turn from now on. */
void sg_plugin_turn(struct sg_plugin_process *p);

/* Writes n bytes. Writing to one that does not listen any more is no error: reading will tell. */
SG_CHECKED enum sg_err sg_plugin_put(struct sg_plugin_process *p, const uint8_t *bytes, size_t n,
                                     struct sg_error *err);

/* Reads what it writes. SG_ERR_PLUGIN when its turn takes too long. */
void sg_plugin_source(struct sg_source *s, struct sg_plugin_process *p);

/*
 * Ends it: hangs up, gives it `seconds` to end by itself, then interrupts it, then kills it.
 * Returns its exit status, or 128 and the number of the signal that ended it.
 */
unsigned sg_plugin_stop(struct sg_plugin_process *p, unsigned seconds);

#endif
