/*
 * The designs without a ratchet. Their messages are sealed as a session's bodies are, by Seal; what
 * differs is where the key comes from.
 */
#include "ratchet/heist.h"

#include <string.h>

#define KEY_BYTES 32
#define SEALED_BYTES (SG_SIV_TAG_BYTES + HEIST_TEXT_BYTES)

/* Message i, as it is recorded, bound to its number. */
static void write_message(uint8_t wire[static SEALED_BYTES], const uint8_t key[static KEY_BYTES],
                          unsigned i)
{
    char text[HEIST_TEXT_BYTES] = {0};
    struct sg_span ad = {&i, sizeof i};
    struct sg_siv_key ready;

    (void)heist_text(text, i);
    sg_siv_key(&ready, key);
    sg_siv_seal(wire, &ready, &ad, 1, (const uint8_t *)text, sizeof text);
    sg_wipe(&ready, sizeof ready);
}

static bool try_message(const uint8_t wire[static SEALED_BYTES],
                        const uint8_t key[static KEY_BYTES], unsigned i)
{
    char text[HEIST_TEXT_BYTES] = {0}, said[HEIST_TEXT_BYTES];
    struct sg_span ad = {&i, sizeof i};
    struct sg_siv_key ready;
    bool ok;

    (void)heist_text(text, i);
    sg_siv_key(&ready, key);
    ok = sg_siv_open((uint8_t *)said, &ready, &ad, 1, wire, SEALED_BYTES) &&
         memcmp(said, text, sizeof text) == 0;
    sg_wipe(&ready, sizeof ready);
    return ok;
}

/* ---- one key for ever ------------------------------------------------------------------------ */

void heist_play_static(struct heist *h, struct sg_hedge *hedge)
{
    uint8_t key[KEY_BYTES], stolen[KEY_BYTES], wire[SEALED_BYTES];

    sg_hedge_draw(hedge, key, 1);
    memcpy(stolen, key, sizeof stolen); /* it never changes: any moment will do */
    h->state[HEIST_STATIC] = sizeof stolen;
    for (unsigned i = 1; i <= h->messages; i++) {
        write_message(wire, key, i);
        h->message[i].opened[HEIST_STATIC] = try_message(wire, stolen, i);
    }
    sg_wipe(key, sizeof key);
    sg_wipe(stolen, sizeof stolen);
}

/* ---- a chain of hashes for each direction ---------------------------------------------------- */

struct chains {
    uint8_t key[2][KEY_BYTES]; /* the victim's messages, the peer's */
};

/* The next message's key, and the chain moves on: both are tags of Seal, which is keyed with the
 * chain, over nothing but their names. */
static void step(uint8_t chain[static KEY_BYTES], uint8_t key[static KEY_BYTES])
{
    struct sg_span next = {"next", 4}, message = {"message", 7};
    uint8_t tag[SG_SIV_TAG_BYTES], none = 0;
    struct sg_siv_key ready;

    _Static_assert(SG_SIV_TAG_BYTES == KEY_BYTES, "a tag makes a key");
    sg_siv_key(&ready, chain);
    sg_siv_seal(tag, &ready, &message, 1, &none, 0);
    memcpy(key, tag, KEY_BYTES);
    sg_siv_seal(tag, &ready, &next, 1, &none, 0);
    memcpy(chain, tag, KEY_BYTES);
    sg_wipe(&ready, sizeof ready);
    sg_wipe(tag, sizeof tag);
}

/* Goes along the stolen chain as far as there are messages, and tries every key. */
static bool try_chain(const uint8_t stolen[static KEY_BYTES],
                      const uint8_t wire[static SEALED_BYTES], unsigned i, unsigned steps)
{
    uint8_t chain[KEY_BYTES], key[KEY_BYTES];
    bool ok = try_message(wire, stolen, i);

    memcpy(chain, stolen, sizeof chain);
    for (unsigned j = 0; j < steps && !ok; j++) {
        step(chain, key);
        ok = try_message(wire, key, i);
    }
    sg_wipe(chain, sizeof chain);
    sg_wipe(key, sizeof key);
    return ok;
}

enum sg_err heist_play_chain(struct heist *h, struct sg_hedge *hedge, struct sg_error *err)
{
    struct chains chains, stolen = {0};
    struct sg_buffer wires;
    uint8_t key[KEY_BYTES];
    enum sg_err r;

    sg_buffer_init(&wires, (size_t)HEIST_MESSAGES_MAX * SEALED_BYTES);
    r = sg_buffer_reserve(&wires, (size_t)h->messages * SEALED_BYTES, err);
    sg_hedge_draw(hedge, chains.key[0], 1);
    sg_hedge_draw(hedge, chains.key[1], 1);
    for (unsigned i = 1; r == SG_OK && i <= h->messages; i++) {
        step(chains.key[!h->message[i].from_victim], key);
        write_message(wires.data + (size_t)(i - 1) * SEALED_BYTES, key, i);
        if (i == h->at)
            stolen = chains;
    }
    h->state[HEIST_CHAIN] = sizeof stolen;
    for (unsigned i = 1; r == SG_OK && i <= h->messages; i++)
        h->message[i].opened[HEIST_CHAIN] =
            try_chain(stolen.key[!h->message[i].from_victim],
                      wires.data + (size_t)(i - 1) * SEALED_BYTES, i, h->messages);
    sg_wipe(&chains, sizeof chains);
    sg_wipe(&stolen, sizeof stolen);
    sg_wipe(key, sizeof key);
    sg_buffer_free(&wires);
    return r;
}
