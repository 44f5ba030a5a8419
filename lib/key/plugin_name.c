#include "key/plugin_name.h"

#include <string.h>

#define RECIPIENT_START "age1"
#define IDENTITY_START "age-plugin-"

static char lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 32);
    return c;
}

static bool allowed(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' ||
           c == '_';
}

bool sg_plugin_name_take(char out[static SG_PLUGIN_NAME_BYTES], const char *name, size_t n)
{
    out[0] = '\0';
    if (n == 0 || n > SG_PLUGIN_NAME_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!allowed(lower(name[i]))) {
            out[0] = '\0';
            return false;
        }
        out[i] = lower(name[i]);
    }
    out[n] = '\0';
    return true;
}

/* The name within the prefix of a key; false when it is none of a plugin's. */
static bool within(const char **name, size_t *n, const char *text, size_t prefix, bool secret)
{
    size_t start = secret ? sizeof IDENTITY_START - 1 : sizeof RECIPIENT_START - 1;

    if (prefix <= start + secret || (secret && text[prefix - 1] != '-'))
        return false;
    *name = text + start;
    *n = prefix - start - secret;
    return true;
}

enum sg_bech32 sg_plugin_text(char name[static SG_PLUGIN_NAME_BYTES], size_t *column,
                              const char **bad_name, const char *text, size_t n, bool secret)
{
    uint8_t data[SG_PLUGIN_DATA_MAX_BYTES];
    size_t prefix, len, chars;
    const char *p;
    enum sg_bech32 fault = sg_bech32_decode(&prefix, data, sizeof data, &len, column, text, n);

    sg_wipe(data, len); /* only the plugin knows what they are, and whether they are secret */
    *bad_name = NULL;
    name[0] = '\0';
    if (fault != SG_BECH32_OK)
        return fault;
    if ((text[0] == 'A') != secret)
        return SG_BECH32_CASE;
    if (!within(&p, &chars, text, prefix, secret))
        *bad_name = "it names no plugin";
    else if (chars > SG_PLUGIN_NAME_MAX)
        *bad_name = "the plugin's name in it is too long";
    else if (!sg_plugin_name_take(name, p, chars))
        *bad_name = "the plugin's name in it has a character that is not allowed";
    return *bad_name ? SG_BECH32_SHAPE : SG_BECH32_OK;
}

void sg_plugin_name(char out[static SG_PLUGIN_NAME_BYTES], enum sg_key_type type,
                    const uint8_t *key, size_t len)
{
    const char *text = (const char *)key, *p = text;
    size_t prefix = len, n = 0;

    while (prefix && text[prefix - 1] != '1')
        prefix--;
    out[0] = '\0';
    if (!prefix || !within(&p, &n, text, prefix - 1, type == SG_KEY_PLUGIN_IDENTITY) ||
        !sg_plugin_name_take(out, p, n))
        out[0] = '\0';
}

void sg_plugin_bare(char out[static SG_PLUGIN_BARE_BYTES], const char *name)
{
    char prefix[sizeof IDENTITY_START + SG_PLUGIN_NAME_MAX + 1] = IDENTITY_START;
    size_t n = strnlen(name, SG_PLUGIN_NAME_MAX);

    memcpy(prefix + sizeof IDENTITY_START - 1, name, n);
    memcpy(prefix + sizeof IDENTITY_START - 1 + n, "-", 2);
    sg_bech32_encode(out, prefix, (const uint8_t *)"", 0, true);
}
