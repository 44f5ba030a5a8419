#include "ratchet/session.h"

#include "base/secret.h"
#include "ratchet/header.h"

#include <string.h>

/* role B u8 | sid[32] | each header key, made ready [64] */
#define KEY_BYTES sizeof(struct sg_siv_key)
#define KEYS_AT (1 + SG_SID_BYTES)

size_t sg_session_keys(uint8_t out[static SG_SESSION_KEYS_MAX_BYTES], const struct sg_session *s)
{
    uint8_t *at = out + KEYS_AT;

    out[0] = s->role == SG_ROLE_B;
    memcpy(out + 1, s->sid, SG_SID_BYTES);
    if (s->receiving) {
        memcpy(at, &s->hkr, KEY_BYTES);
        at += KEY_BYTES;
    }
    memcpy(at, &s->nhkr, KEY_BYTES);
    at += KEY_BYTES;
    for (uint32_t i = s->old_count; i-- > 0; at += KEY_BYTES)
        memcpy(at, &s->old[i].header, KEY_BYTES);
    return (size_t)(at - out);
}

static bool any_opens(const uint8_t *keys, size_t n, const uint8_t *header)
{
    struct sg_message_header h;
    struct sg_siv_key key;
    bool found = false;

    for (size_t at = KEYS_AT; at < n && !found; at += KEY_BYTES) {
        memcpy(&key, keys + at, KEY_BYTES);
        found = sg_message_header_open(&h, &key, keys + 1, header);
    }
    sg_wipe(&key, sizeof key);
    sg_wipe(&h, sizeof h);
    return found;
}

bool sg_session_keys_match(const uint8_t *keys, size_t n, const uint8_t *wire, size_t len)
{
    if (n < KEYS_AT || (n - KEYS_AT) % KEY_BYTES || !sg_padding_is_class(len))
        return false;
    return any_opens(keys, n, wire) ||
           (keys[0] && len >= SG_OPENING_MIN_BYTES && any_opens(keys, n, wire + SG_ENVELOPE_BYTES));
}
