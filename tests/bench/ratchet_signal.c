/*
 * libsignal-protocol-c, measured as ratchet.c measures ours: messages of 100 bytes a second, sent
 * and received, both sides in one process, its store in memory and its primitives those of OpenSSL.
 * It reads and writes a session's record at each message, as its interface has it; so compare it
 * with the line of ours that stores the state. It has no header encryption and nothing
 * post-quantum.
 */
#include "rate.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <signal/signal_protocol.h>
#include <signal/curve.h>
#include <signal/key_helper.h>
#include <signal/protocol.h>
#include <signal/ratchet.h>
#include <signal/session_builder.h>
#include <signal/session_cipher.h>
#include <signal/session_pre_key.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROUND 100

/* What one side stores. */
struct store {
    signal_buffer *session, *pre_key, *signed_pre_key;
    ratchet_identity_key_pair *identity;
    signal_protocol_store_context *context;
    signal_protocol_address address; /* of the other side */
    session_cipher *cipher;
};

static struct store side[2];
static signal_context *global;
static uint8_t text[100];

static void check(int r)
{
    if (r < 0) {
        fprintf(stderr, "ratchet_signal: something went wrong: %d\n", r);
        exit(1);
    }
}

/* ---- primitives --------------------------------------------------------------------------------
 */

static int fill_random(uint8_t *data, size_t len, void *unused)
{
    (void)unused;
    return RAND_bytes(data, (int)len) == 1 ? 0 : -1;
}

static int hmac_init(void **context, const uint8_t *key, size_t key_len, void *unused)
{
    EVP_PKEY *k = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, key, key_len);
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    int r = k && c ? EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, k) : 0;

    (void)unused;
    EVP_PKEY_free(k);
    *context = c;
    return r == 1 ? 0 : -1;
}

static int hmac_update(void *context, const uint8_t *data, size_t len, void *unused)
{
    (void)unused;
    return EVP_DigestSignUpdate(context, data, len) == 1 ? 0 : -1;
}

static int hmac_final(void *context, signal_buffer **out, void *unused)
{
    uint8_t mac[EVP_MAX_MD_SIZE];
    size_t len = sizeof mac;

    (void)unused;
    if (EVP_DigestSignFinal(context, mac, &len) != 1)
        return -1;
    *out = signal_buffer_create(mac, len);
    return *out ? 0 : -1;
}

static void free_digest(void *context, void *unused)
{
    (void)unused;
    EVP_MD_CTX_free(context);
}

static int sha512_init(void **context, void *unused)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();

    (void)unused;
    *context = c;
    return c && EVP_DigestInit_ex(c, EVP_sha512(), NULL) == 1 ? 0 : -1;
}

static int sha512_update(void *context, const uint8_t *data, size_t len, void *unused)
{
    (void)unused;
    return EVP_DigestUpdate(context, data, len) == 1 ? 0 : -1;
}

static int sha512_final(void *context, signal_buffer **out, void *unused)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len;

    (void)unused;
    if (EVP_DigestFinal_ex(context, hash, &len) != 1 ||
        EVP_DigestInit_ex(context, EVP_sha512(), NULL) != 1)
        return -1;
    *out = signal_buffer_create(hash, len);
    return *out ? 0 : -1;
}

static int aes(signal_buffer **out, int cipher, const uint8_t *key, const uint8_t *iv,
               const uint8_t *in, size_t len, int encrypt)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    uint8_t bytes[1024];
    int n = 0, last = 0;
    bool ok = cipher == SG_CIPHER_AES_CBC_PKCS5 && len + 16 <= sizeof bytes &&
              EVP_CipherInit_ex(c, EVP_aes_256_cbc(), NULL, key, iv, encrypt) == 1 &&
              EVP_CipherUpdate(c, bytes, &n, in, (int)len) == 1 &&
              EVP_CipherFinal_ex(c, bytes + n, &last) == 1;

    EVP_CIPHER_CTX_free(c);
    *out = ok ? signal_buffer_create(bytes, (size_t)(n + last)) : NULL;
    return *out ? 0 : -1;
}

static int aes_encrypt(signal_buffer **out, int cipher, const uint8_t *key, size_t key_len,
                       const uint8_t *iv, size_t iv_len, const uint8_t *in, size_t len,
                       void *unused)
{
    (void)unused;
    (void)iv_len;
    return key_len == 32 ? aes(out, cipher, key, iv, in, len, 1) : -1;
}

static int aes_decrypt(signal_buffer **out, int cipher, const uint8_t *key, size_t key_len,
                       const uint8_t *iv, size_t iv_len, const uint8_t *in, size_t len,
                       void *unused)
{
    (void)unused;
    (void)iv_len;
    return key_len == 32 ? aes(out, cipher, key, iv, in, len, 0) : -1;
}

/* ---- the store ---------------------------------------------------------------------------------
 */

static int load(signal_buffer **record, const signal_buffer *from)
{
    *record = from ? signal_buffer_copy(from) : NULL;
    return *record ? 1 : 0;
}

static int load_session(signal_buffer **record, signal_buffer **user,
                        const signal_protocol_address *address, void *s)
{
    (void)user;
    (void)address;
    return load(record, ((struct store *)s)->session);
}

static int store_session(const signal_protocol_address *address, uint8_t *record, size_t len,
                         uint8_t *user, size_t user_len, void *s)
{
    struct store *to = s;

    (void)address;
    (void)user;
    (void)user_len;
    signal_buffer_free(to->session);
    to->session = signal_buffer_create(record, len);
    return to->session ? 0 : -1;
}

static int contains_session(const signal_protocol_address *address, void *s)
{
    (void)address;
    return ((struct store *)s)->session != NULL;
}

static int load_pre_key(signal_buffer **record, uint32_t id, void *s)
{
    (void)id;
    return load(record, ((struct store *)s)->pre_key) ? SG_SUCCESS : SG_ERR_INVALID_KEY_ID;
}

static int load_signed_pre_key(signal_buffer **record, uint32_t id, void *s)
{
    (void)id;
    return load(record, ((struct store *)s)->signed_pre_key) ? SG_SUCCESS : SG_ERR_INVALID_KEY_ID;
}

static int contains_key(uint32_t id, void *s)
{
    (void)id;
    (void)s;
    return 1;
}

static int keep_key(uint32_t id, void *s)
{
    (void)id;
    (void)s;
    return 0;
}

static int identity_pair(signal_buffer **public_data, signal_buffer **private_data, void *s)
{
    const ratchet_identity_key_pair *pair = ((struct store *)s)->identity;

    check(ec_public_key_serialize(public_data, ratchet_identity_key_pair_get_public(pair)));
    check(ec_private_key_serialize(private_data, ratchet_identity_key_pair_get_private(pair)));
    return 0;
}

static int registration_id(void *s, uint32_t *id)
{
    *id = 1 + (s == &side[1]);
    return 0;
}

static int save_identity(const signal_protocol_address *address, uint8_t *key, size_t len, void *s)
{
    (void)address;
    (void)key;
    (void)len;
    (void)s;
    return 0;
}

static int trust_identity(const signal_protocol_address *address, uint8_t *key, size_t len, void *s)
{
    (void)address;
    (void)key;
    (void)len;
    (void)s;
    return 1;
}

/* ---- talking -----------------------------------------------------------------------------------
 */

static void pass(int from)
{
    struct store *s = &side[from], *r = &side[1 - from];
    ciphertext_message *message;
    signal_buffer *wire, *plain = NULL;

    check(session_cipher_encrypt(s->cipher, text, sizeof text, &message));
    wire = ciphertext_message_get_serialized(message);
    if (ciphertext_message_get_type(message) == CIPHERTEXT_PREKEY_TYPE) {
        pre_key_signal_message *in;
        check(pre_key_signal_message_deserialize(&in, signal_buffer_data(wire),
                                                 signal_buffer_len(wire), global));
        check(session_cipher_decrypt_pre_key_signal_message(r->cipher, in, NULL, &plain));
        SIGNAL_UNREF(in);
    } else {
        signal_message *in;
        check(signal_message_deserialize(&in, signal_buffer_data(wire), signal_buffer_len(wire),
                                         global));
        check(session_cipher_decrypt_signal_message(r->cipher, in, NULL, &plain));
        SIGNAL_UNREF(in);
    }
    if (signal_buffer_len(plain) != sizeof text ||
        memcmp(signal_buffer_data(plain), text, sizeof text) != 0)
        exit(1);
    signal_buffer_free(plain);
    SIGNAL_UNREF(message);
}

static void start_side(int i)
{
    struct store *s = &side[i];
    signal_protocol_session_store sessions = {.load_session_func = load_session,
                                              .store_session_func = store_session,
                                              .contains_session_func = contains_session,
                                              .user_data = s};
    signal_protocol_pre_key_store pre_keys = {.load_pre_key = load_pre_key,
                                              .contains_pre_key = contains_key,
                                              .remove_pre_key = keep_key,
                                              .user_data = s};
    signal_protocol_signed_pre_key_store signed_pre_keys = {.load_signed_pre_key =
                                                                load_signed_pre_key,
                                                            .contains_signed_pre_key = contains_key,
                                                            .remove_signed_pre_key = keep_key,
                                                            .user_data = s};
    signal_protocol_identity_key_store identities = {.get_identity_key_pair = identity_pair,
                                                     .get_local_registration_id = registration_id,
                                                     .save_identity = save_identity,
                                                     .is_trusted_identity = trust_identity,
                                                     .user_data = s};

    check(signal_protocol_key_helper_generate_identity_key_pair(&s->identity, global));
    check(signal_protocol_store_context_create(&s->context, global));
    check(signal_protocol_store_context_set_session_store(s->context, &sessions));
    check(signal_protocol_store_context_set_pre_key_store(s->context, &pre_keys));
    check(signal_protocol_store_context_set_signed_pre_key_store(s->context, &signed_pre_keys));
    check(signal_protocol_store_context_set_identity_key_store(s->context, &identities));
    s->address = (signal_protocol_address){.name = i ? "a" : "b", .name_len = 1, .device_id = 1};
}

static void open_session(void)
{
    session_signed_pre_key *signed_key;
    session_pre_key_bundle *bundle;
    session_builder *builder;
    session_pre_key *key;
    ec_key_pair *pair;

    check(curve_generate_key_pair(global, &pair));
    check(session_pre_key_create(&key, 1, pair));
    check(session_pre_key_serialize(&side[1].pre_key, key));
    check(signal_protocol_key_helper_generate_signed_pre_key(&signed_key, side[1].identity, 1, 0,
                                                             global));
    check(session_signed_pre_key_serialize(&side[1].signed_pre_key, signed_key));
    check(session_pre_key_bundle_create(
        &bundle, 2, 1, 1, ec_key_pair_get_public(pair), 1,
        ec_key_pair_get_public(session_signed_pre_key_get_key_pair(signed_key)),
        session_signed_pre_key_get_signature(signed_key),
        session_signed_pre_key_get_signature_len(signed_key),
        ratchet_identity_key_pair_get_public(side[1].identity)));
    check(session_builder_create(&builder, side[0].context, &side[0].address, global));
    check(session_builder_process_pre_key_bundle(builder, bundle));
    for (int i = 0; i < 2; i++)
        check(session_cipher_create(&side[i].cipher, side[i].context, &side[i].address, global));
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
    signal_crypto_provider provider = {.random_func = fill_random,
                                       .hmac_sha256_init_func = hmac_init,
                                       .hmac_sha256_update_func = hmac_update,
                                       .hmac_sha256_final_func = hmac_final,
                                       .hmac_sha256_cleanup_func = free_digest,
                                       .sha512_digest_init_func = sha512_init,
                                       .sha512_digest_update_func = sha512_update,
                                       .sha512_digest_final_func = sha512_final,
                                       .sha512_digest_cleanup_func = free_digest,
                                       .encrypt_func = aes_encrypt,
                                       .decrypt_func = aes_decrypt};

    check(signal_context_create(&global, NULL));
    check(signal_context_set_crypto_provider(global, &provider));
    check(fill_random(text, sizeof text, NULL));
    start_side(0);
    start_side(1);
    open_session();
    pass(0);
    pass(1);
    rate_print("libsignal-protocol-c", "messages, one way", ROUND, one_way);
    rate_print("libsignal-protocol-c", "messages, ping-pong", ROUND, ping_pong);
    return 0;
}
