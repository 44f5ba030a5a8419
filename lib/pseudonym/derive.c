#include "pseudonym/derive.h"

#include "base/secret.h"
#include "crypto/hkdf512.h"

#include <string.h>

static const char DOMAIN[] = "signet/pseudonym/v1";

static const char *const purposes[SG_PSEUDONYM_KEYS] = {
    [SG_PSEUDONYM_SIGN] = "/sign",     [SG_PSEUDONYM_PQ] = "/pq",
    [SG_PSEUDONYM_X25519] = "/x25519", [SG_PSEUDONYM_ONION] = "/onion",
    [SG_PSEUDONYM_TOKEN] = "/token",
};

#define PURPOSE_MAX 7

enum sg_err sg_pseudonym_derive(uint8_t key[static SG_PSEUDONYM_KEY_BYTES],
                                const uint8_t root[static SG_ROOT_BYTES], const char *name,
                                enum sg_pseudonym_key purpose, struct sg_error *err)
{
    char info[sizeof DOMAIN + PURPOSE_MAX + SG_PSEUDONYM_NAME_MAX_BYTES];
    const char *word = purposes[purpose];
    enum sg_err r = sg_pseudonym_name_check(name, err);
    size_t at = sizeof DOMAIN - 1;

    memset(key, 0, SG_PSEUDONYM_KEY_BYTES);
    if (r != SG_OK)
        return r;
    memcpy(info, DOMAIN, at);
    memcpy(info + at, word, strlen(word) + 1); /* with its NUL, which ends it */
    at += strlen(word) + 1;
    while (*name) /* and the name without */
        info[at++] = *name++;
    sg_hkdf512(key, SG_PSEUDONYM_KEY_BYTES, root, SG_ROOT_BYTES, DOMAIN, sizeof DOMAIN - 1, info,
               at);
    return SG_OK;
}
