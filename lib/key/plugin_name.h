/*
 * plugin_name - whose a plugin's keys are (age-plugin specification, "Mapping recipients and
 * identities to plugin binaries").
 *
 *     age1NAME1...           a recipient of the plugin NAME, whatever its data are
 *     AGE-PLUGIN-NAME-1...   an identity of it
 *     age-plugin-NAME        the program
 *
 * The bytes of such keys in a list are their text. Private to the room, but for what plugin.h says.
 */
#ifndef SG_KEY_PLUGIN_NAME_H
#define SG_KEY_PLUGIN_NAME_H

#include "base/bech32.h"
#include "key/plugin.h"

/* Bytes of data that a key of a plugin may have at most. */
#define SG_PLUGIN_DATA_MAX_BYTES 5000

/*
 * Judges n characters of text that begin like a plugin's key. SG_BECH32_OK with the plugin's name,
 * in lower case and with a NUL; else the fault, with *column for SG_BECH32_CHARACTER.
 * *bad_name: static text when it is the name that is not allowed, else NULL.
 */
SG_CHECKED enum sg_bech32 sg_plugin_text(char name[static SG_PLUGIN_NAME_BYTES], size_t *column,
                                         const char **bad_name, const char *text, size_t n,
                                         bool secret);

/* Writes the identity of a plugin that has no data, with a NUL. */
#define SG_PLUGIN_BARE_BYTES \
    (SG_BECH32_CHARS(sizeof "age-plugin--" - 1 + SG_PLUGIN_NAME_MAX, 0) + 1)
void sg_plugin_bare(char out[static SG_PLUGIN_BARE_BYTES], const char *name);

#endif
