/*
 * libolm's double ratchet, measured as ratchet.c measures ours: messages of 100 bytes a second,
 * sent and received, both sides in one process, sessions in memory. It has no header encryption and
 * nothing post-quantum.
 */
#include "rate.h"

#include <olm/olm.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define ROUND 100
#define ROOM 4096

static OlmAccount *accounts[2];
static OlmSession *sessions[2]; /* of either side */
static uint8_t random_bytes[ROOM], text[100];

static void check(size_t r)
{
    if (r == olm_error()) {
        fputs("ratchet_olm: something went wrong\n", stderr);
        exit(1);
    }
}

static uint8_t *randomness(size_t n)
{
    if (n > sizeof random_bytes || getrandom(random_bytes, n, 0) != (ssize_t)n)
        exit(1);
    return random_bytes;
}

static void *room(size_t n)
{
    void *p = malloc(n);

    if (!p)
        exit(1);
    return p;
}

/* One message from a side to the other, as far as its bytes. */
static void pass(int from)
{
    static uint8_t message[ROOM], copy[ROOM], out[ROOM];
    OlmSession *s = sessions[from], *r = sessions[1 - from];
    size_t type = olm_encrypt_message_type(s), need = olm_encrypt_random_length(s), n, got;

    n = olm_encrypt(s, text, sizeof text, randomness(need), need, message, sizeof message);
    check(n);
    memcpy(copy, message, n); /* it is decoded in place */
    check(olm_decrypt_max_plaintext_length(r, type, copy, n));
    got = olm_decrypt(r, type, message, n, out, sizeof out);
    check(got);
    if (got != sizeof text || memcmp(out, text, got) != 0)
        exit(1);
}

static void open_session(void)
{
    static char identity[ROOM], keys[ROOM];
    static uint8_t message[ROOM];
    char *bob = NULL, *one_time = NULL;
    size_t need, n;

    for (int i = 0; i < 2; i++) {
        accounts[i] = olm_account(room(olm_account_size()));
        sessions[i] = olm_session(room(olm_session_size()));
        need = olm_create_account_random_length(accounts[i]);
        check(olm_create_account(accounts[i], randomness(need), need));
    }
    need = olm_account_generate_one_time_keys_random_length(accounts[1], 1);
    check(olm_account_generate_one_time_keys(accounts[1], 1, randomness(need), need));
    check(olm_account_identity_keys(accounts[1], identity, sizeof identity));
    check(olm_account_one_time_keys(accounts[1], keys, sizeof keys));
    bob = strstr(identity, "\"curve25519\":\"");
    one_time = strstr(keys, "\"curve25519\":{");
    one_time = one_time ? strstr(one_time, "\":\"") : NULL;
    if (!bob || !one_time)
        exit(1);
    bob += strlen("\"curve25519\":\"");
    one_time += strlen("\":\"");
    need = olm_create_outbound_session_random_length(sessions[0]);
    check(olm_create_outbound_session(sessions[0], accounts[0], bob, 43, one_time, 43,
                                      randomness(need), need));
    need = olm_encrypt_random_length(sessions[0]);
    n = olm_encrypt(sessions[0], text, sizeof text, randomness(need), need, message,
                    sizeof message);
    check(n);
    check(olm_create_inbound_session(sessions[1], accounts[1], message, n));
}

static void one_way(void)
{
    for (int i = 0; i < ROUND; i++)
        pass(0);
}

static void ping_pong(void)
{
    for (int i = 0; i < ROUND / 2; i++) {
        pass(0);
        pass(1);
    }
}

int main(void)
{
    (void)getrandom(text, sizeof text, 0);
    open_session();
    pass(0);
    pass(1);
    rate_print("libolm", "messages, one way", ROUND, one_way);
    rate_print("libolm", "messages, ping-pong", ROUND, ping_pong);
    return 0;
}
