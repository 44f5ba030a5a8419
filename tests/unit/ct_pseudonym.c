/*
 * The constant-time check of pseudonyms: their keys derived, signatures, links, ring signatures
 * with the signer's place, claims and disavowals, and tokens. Built and run as ct_mlkem.c is: the
 * root is undefined memory, and so is all that is made of it; what is shown is declassified in the
 * library where it comes into being.
 */
#include "base/ct.h"
#include "base/secret.h"
#include "crypto/sign.h"
#include "key/key.h"
#include "pseudonym/pseudonym.h"
#include "pseudonym/voprf.h"

#include <stdio.h>
#include <string.h>

#ifndef SG_CT
#error "the constant-time check needs -DSG_CT"
#endif

#define MEMBERS 5

static struct sg_error err;
static uint8_t root[SG_ROOT_BYTES], key[SG_PSEUDONYM_KEY_BYTES], other[SG_PSEUDONYM_KEY_BYTES];

static bool derive(uint8_t *out, const char *name, enum sg_pseudonym_key purpose)
{
    return sg_pseudonym_derive(out, root, name, purpose, &err) == SG_OK;
}

static bool check_signatures(void)
{
    struct sg_digest d = {.has = SG_DIGEST_SHA512 | SG_DIGEST_BLAKE2B};
    uint8_t public[32];
    struct sg_buffer out, comment;
    bool ok;

    sg_buffer_init(&out, 65536);
    sg_buffer_init(&comment, 4096);
    ok = derive(key, "work", SG_PSEUDONYM_SIGN) &&
         sg_sshsig_sign(&out, &d, "signet", key, &err) == SG_OK;
    sg_sign_public(public, key);
    ok = ok &&
         sg_sshsig_verify(&d, (const char *)out.data, out.len, "signet", public, &err) == SG_OK;
    out.len = 0;
    ok = ok && sg_minisign_sign(&out, &d, "comment", key, &err) == SG_OK &&
         sg_minisign_verify(&comment, &d, (const char *)out.data, out.len, public, &err) == SG_OK;
    sg_buffer_free(&out);
    sg_buffer_free(&comment);
    return ok;
}

/* The secret forms of the keys, as text and as files. */
static bool check_secrets(void)
{
    uint8_t onion[SG_ONION_SECRET_BYTES], public[SG_ONION_PUBLIC_BYTES];
    struct sg_identity id = {SG_KEY_PQ, key, sizeof key};
    struct sg_buffer out;
    bool ok;

    sg_buffer_init_secret(&out, 65536);
    ok = derive(key, "work", SG_PSEUDONYM_PQ) && sg_identity_text(&out, id, &err) == SG_OK;
    id.type = SG_KEY_SSH_ED25519;
    ok = ok && derive(key, "work", SG_PSEUDONYM_SIGN) &&
         sg_identity_text(&out, id, &err) == SG_OK &&
         sg_minisign_secret(&out, key, &err) == SG_OK && sg_root_file(&out, root, &err) == SG_OK &&
         derive(key, "work", SG_PSEUDONYM_ONION);
    sg_onion_secret_file(onion, key);
    sg_onion_public_file(public, key);
    sg_buffer_free(&out);
    return ok;
}

static bool check_links(void)
{
    struct sg_link_terms terms = {0};
    uint8_t verifier[32];
    struct sg_buffer out;
    struct sg_link l;
    bool ok = derive(key, "judge", SG_PSEUDONYM_SIGN);

    sg_sign_public(verifier, key);
    sg_buffer_init(&out, 65536);
    ok = ok && derive(key, "work", SG_PSEUDONYM_SIGN) && derive(other, "home", SG_PSEUDONYM_SIGN) &&
         sg_link_prove(&out, key, other, &terms, NULL, &err) == SG_OK &&
         sg_link_check(&l, (const char *)out.data, out.len, &err) == SG_OK;
    out.len = 0;
    ok = ok && sg_link_prove(&out, key, other, &terms, verifier, &err) == SG_OK &&
         sg_link_check(&l, (const char *)out.data, out.len, &err) == SG_OK;
    out.len = 0;
    ok = ok && sg_retirement(&out, key, &terms, &err) == SG_OK;
    sg_buffer_free(&out);
    return ok;
}

static bool check_ring(void)
{
    static const char *const names[MEMBERS] = {"a", "b", "c", "d", "e"};
    uint8_t message[SG_SHA512_BYTES] = {1}, public[32];
    struct sg_ring_signature s;
    struct sg_ring_proof proof;
    struct sg_buffer out, more;
    struct sg_ring ring;
    bool ok = true;

    sg_ring_init(&ring);
    sg_buffer_init(&out, 65536);
    sg_buffer_init(&more, 65536);
    for (int i = 0; ok && i < MEMBERS; i++) {
        ok = derive(key, names[i], SG_PSEUDONYM_SIGN);
        sg_sign_public(public, key);
        ok = ok && sg_ring_add(&ring, public, &err) == SG_OK;
    }
    for (int i = 0; ok && i < MEMBERS; i++) {
        out.len = more.len = 0;
        ok = derive(key, names[i], SG_PSEUDONYM_SIGN) &&
             sg_ring_sign(&out, &ring, key, message, i % 2 ? "scope" : NULL, &err) == SG_OK &&
             sg_ring_verify(&s, &ring, (const char *)out.data, out.len, message,
                            i % 2 ? "scope" : NULL, &err) == SG_OK &&
             sg_ring_claim(&more, &s, &ring, key, &err) == SG_OK &&
             sg_ring_proof_check(&proof, &s, &ring, (const char *)more.data, more.len, &err) ==
                 SG_OK;
        more.len = 0;
        ok = ok && derive(key, names[(i + 1) % MEMBERS], SG_PSEUDONYM_SIGN) &&
             sg_ring_disavow(&more, &s, &ring, key, &err) == SG_OK &&
             sg_ring_proof_check(&proof, &s, &ring, (const char *)more.data, more.len, &err) ==
                 SG_OK;
    }
    sg_ring_free(&ring);
    sg_buffer_free(&out);
    sg_buffer_free(&more);
    return ok;
}

/* The issuer's side with its key, and the asker's with blind and input. */
static bool check_tokens(void)
{
    uint8_t secret[32], public[32], blind[32], blinded[32], evaluated[32], r[32];
    uint8_t input[32] = {9}, proof[64], made[64], value[64];
    bool same;

    sg_scalar_random(blind);
    sg_scalar_random(r);
    sg_ct_classify(blind, sizeof blind);
    sg_ct_classify(r, sizeof r);
    sg_ct_classify(input, sizeof input);
    if (!derive(key, "door", SG_PSEUDONYM_TOKEN) ||
        !sg_voprf_key(secret, public, key, "info", 4, SG_VOPRF) ||
        !sg_voprf_blind(blinded, input, sizeof input, blind, SG_VOPRF) ||
        !sg_voprf_evaluate(evaluated, secret, blinded) ||
        !sg_voprf_prove(proof, secret, public, blinded, evaluated, 1, r) ||
        !sg_voprf_verify(proof, public, blinded, evaluated, 1) ||
        !sg_voprf_finalize(made, input, sizeof input, blind, evaluated) ||
        !sg_voprf_value(value, secret, input, sizeof input, SG_VOPRF))
        return false;
    same = sg_equal(made, value, sizeof made);
    sg_ct_declassify(&same, sizeof same); /* this program may know */
    return same;
}

int main(void)
{
    if (!RUNNING_ON_VALGRIND || sg_secret_init(&err) != SG_OK)
        return 2;
    sg_root_new(root);
    sg_ct_classify(root, sizeof root);
    if (!check_signatures() || !check_secrets() || !check_links() || !check_ring() ||
        !check_tokens()) {
        fputs("ct_pseudonym: a result is wrong\n", stderr);
        return 1;
    }
    return 0;
}
