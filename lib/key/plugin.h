/*
 * plugin - keys that another program keeps: the client's side of the age-plugin specification
 * (https://c2sp.org/age-plugin), both state machines.
 *
 * A key of a plugin is a text that names it. To wrap a file key for its recipients, or to unwrap
 * one with its identities, the program age-plugin-NAME is started and talked to over its standard
 * input and output; it may speak to the user through the callbacks of struct sg_plugin_client.
 *
 * A plugin sees the file key it wraps, and runs with the user's rights: a recipient or identity
 * from a stranger is a request to run the program that it names. Only programs in the absolute
 * folders of `path` are run. What a plugin says is bounded in size and number, checked, and never
 * trusted to be fit for a terminal.
 */
#ifndef SG_KEY_PLUGIN_H
#define SG_KEY_PLUGIN_H

#include "io/stanza.h"
#include "key/recipient.h"

#include <sys/types.h>

#define SG_PLUGIN_NAME_MAX 64
#define SG_PLUGIN_NAME_BYTES (SG_PLUGIN_NAME_MAX + 1)

/* The usual patience, in seconds: when to say that a plugin is waited for, and when to give up. */
#define SG_PLUGIN_NOTICE_SECONDS 5U
#define SG_PLUGIN_SILENCE_SECONDS 600U

/*
 * How plugins are run, and what they may ask of the user. `name` is a plugin's NAME; its texts have
 * a NUL, are as it sent them, and may hold anything. Each callback returns whether it could be
 * done; any of them may be NULL, and then it could not.
 */
struct sg_plugin_client {
    const char *path;         /* folders, as in $PATH; relative ones are passed over */
    char *const *environment; /* of the plugins; ends with NULL */
    bool debug;               /* a plugin's standard error is ours, and not thrown away */
    unsigned notice_seconds, silence_seconds;

    bool (*message)(void *context, const char *name, const char *untrusted_text);
    /* no: NULL when there is nothing to choose. Sets *chose_yes. */
    bool (*confirm)(void *context, const char *name, const char *untrusted_text,
                    const char *untrusted_yes, const char *untrusted_no, bool *chose_yes);
    /* Appends what the user gives to `answer`, a secret buffer. */
    bool (*request)(void *context, const char *name, const char *untrusted_text, bool secret,
                    struct sg_buffer *answer);

    /* Told once each time the plugin has been silent for notice_seconds. */
    void (*waiting)(void *context, const char *name);
    /* Told the process that runs, for a signal handler to end, and 0 when it has ended. */
    void (*running)(void *context, pid_t process);
    void *context;
};

static inline bool sg_key_is_plugins(enum sg_key_type type)
{
    return type == SG_KEY_PLUGIN || type == SG_KEY_PLUGIN_IDENTITY;
}

/*
 * Takes n characters as a plugin's NAME: letters, digits and +-._ alone. The copy has a NUL and is
 * in lower case. False, and out empty, when they are none.
 */
SG_CHECKED bool sg_plugin_name_take(char out[static SG_PLUGIN_NAME_BYTES], const char *name,
                                    size_t n);

/* The name of the plugin that a key from a list belongs to. */
void sg_plugin_name(char out[static SG_PLUGIN_NAME_BYTES], enum sg_key_type type,
                    const uint8_t *key, size_t len);

/* Adds the identity without data of the plugin `name`, which sg_plugin_name_take() gave. */
SG_CHECKED enum sg_err sg_identity_of_plugin(struct sg_identities *ids, const char *name,
                                             struct sg_error *err);

/*
 * recipient-v1: has the plugin `name` wrap a file key of n bytes for all of its recipients (and
 * identities in their place) among `all`. Appends one or more stanzas to `stanzas`, and to `labels`
 * the set of labels that they have: sorted, one space between two, "" for none; all stanzas of a
 * file must have the same set. SG_ERR_NO_PLUGIN; SG_ERR_PLUGIN; SG_ERR_LIMIT, SG_ERR_MEMORY.
 */
SG_CHECKED enum sg_err sg_plugin_wrap(struct sg_buffer *stanzas, struct sg_buffer *labels,
                                      const struct sg_recipients *all, const char *name,
                                      const uint8_t *file_key, size_t n, struct sg_error *err);

/*
 * identity-v1: has the plugin `name` unwrap a file key of n bytes from `count` stanzas of one
 * header, with all of its identities among `ids`. Errors as above, and SG_ERR_NO_MATCH when none of
 * the stanzas is for it; file_key is zeros then.
 */
SG_CHECKED enum sg_err sg_plugin_unwrap(uint8_t *file_key, size_t n,
                                        const struct sg_identities *ids, const char *name,
                                        const struct sg_buffer *text,
                                        const struct sg_stanza *stanzas, size_t count,
                                        struct sg_error *err);

#endif
