/*
 * Signers: keys as text, and in authorized_keys and allowed_signers files, of which only those are
 * taken that somebody named for this.
 */
#include "unit/helper.h"

#include "key/key.h"

/* Two keys that ssh-keygen made, and others of other types. */
#define A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPED6sODGlwSfxSRdCrBuoSXz6WENd28mc7NxnS/+g/f"
#define B "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIARRJTjO4a/N/JqUogwR8YlR0re0YxGWJWvVfT1XqsYE"
#define RSA "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDA"
#define SK "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t"
#define ECDSA "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYA"

static enum sg_err parse(struct sg_recipients *all, const char *text, struct sg_error *err)
{
    sg_recipients_init(all);
    memset(err, 0, sizeof *err);
    return sg_signers_parse(all, text, strlen(text), err);
}

static void holds_keys(const char *text, size_t count)
{
    struct sg_recipients all;
    struct sg_error err;
    enum sg_err r = parse(&all, text, &err);

    if (r != SG_OK || sg_recipients_count(&all) != count)
        print_message("%d %s, line %d, of: %s\n", r, err.what, (int)err.line, text);
    assert_int_equal(r, SG_OK);
    assert_int_equal(sg_recipients_count(&all), count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(sg_recipients_at(&all, i).type, SG_KEY_SSH_ED25519);
    sg_recipients_free(&all);
}

static void is_refused(const char *text, enum sg_err code, uint64_t line, const char *words)
{
    struct sg_recipients all;
    struct sg_error err;
    enum sg_err r = parse(&all, text, &err);

    if (r != code || err.line != line || !strstr(err.what, words))
        print_message("%d %s, line %d, of: %s\n", r, err.what, (int)err.line, text);
    assert_int_equal(r, code);
    assert_int_equal(err.line, line);
    assert_non_null(strstr(err.what, words));
    sg_recipients_free(&all);
}

static void public_keys(void **state)
{
    (void)state;
    holds_keys(A, 1);
    holds_keys(A "\n", 1);
    holds_keys(A " a comment of several words\r\n", 1);
    holds_keys("# who may sign\n\n  " A "\n\t" B " b\n", 2);
    holds_keys(A "\n" A "\n", 1);
}

static void authorized_keys(void **state)
{
    (void)state;
    holds_keys("restrict " A " a\n", 1);
    holds_keys("command=\"echo hello, world\",no-pty " A " a\n", 1);
    holds_keys("environment=\"NAME=a \\\"quoted\\\" ssh-rsa\" " A "\n", 1);
    holds_keys("from=\"10.0.0.1,!10.0.0.2\" " A "\n" B "\n", 2);
}

static void allowed_signers(void **state)
{
    (void)state;
    holds_keys("alice@example.org " A "\n", 1);
    holds_keys("alice@example.org,*@example.net " A " comment\n", 1);
    holds_keys("\"alice with blanks\" " A "\n", 1);
    holds_keys("alice@example.org namespaces=\"signet\" " A "\n", 1);
    holds_keys("alice@example.org namespaces=\"file,signet,git\" " A "\n", 1);
    holds_keys("alice@example.org namespaces=\"s?gn*\" " A "\n", 1);
    holds_keys("alice@example.org namespaces=\"*\" " A "\nbob " B "\n", 2);
}

/* What others are trusted for is not what we ask, and what we cannot verify names nobody. */
static void passed_over(void **state)
{
    (void)state;
    holds_keys(RSA "\n" A "\n", 1);
    holds_keys("alice " RSA "\nalice " SK "\nalice " ECDSA "\nalice " A "\n", 1);
    holds_keys("restrict " SK "\n" A "\n", 1);
    holds_keys("ssh-admin@example.org " A "\n", 1);
    holds_keys("alice namespaces=\"git\" " A "\nbob " B "\n", 1);
    holds_keys("alice namespaces=\"*,!signet\" " A "\nbob " B "\n", 1);
    holds_keys("alice namespaces=\"!sig*,*\" " A "\nbob " B "\n", 1);
    holds_keys("alice NAMESPACES=\"git\" " A "\nbob " B "\n", 1);
    holds_keys("alice namespaces=\"\" " A "\nbob " B "\n", 1);
    holds_keys("*@example.org cert-authority " A "\nbob " B "\n", 1);
    holds_keys("cert-authority " A "\n" B "\n", 1);
    holds_keys("no-pty,cert-authority,principals=\"x\" " A "\n" B "\n", 1);
    /* with nobody left there is no signer */
    is_refused("", SG_ERR_NO_KEYS, 0, "no signer");
    is_refused("# nobody\n\n", SG_ERR_NO_KEYS, 0, "no signer");
    is_refused(RSA "\n" SK "\n", SG_ERR_NO_KEYS, 0, "no signer");
    is_refused("alice namespaces=\"git\" " A "\n", SG_ERR_NO_KEYS, 0, "no signer");
    is_refused("alice cert-authority " A "\n", SG_ERR_NO_KEYS, 0, "no signer");
}

static void refused(void **state)
{
    (void)state;
    is_refused(A "\nalice valid-before=\"20300101\" " A "\n", SG_ERR_NO_SIGNER, 2, "valid");
    is_refused("alice valid-after=\"20200101Z\",namespaces=\"signet\" " A, SG_ERR_NO_SIGNER, 1,
               "valid");
    is_refused("expiry-time=\"20300101\" " A, SG_ERR_NO_SIGNER, 1, "valid");
    is_refused("\n\nhello\n", SG_ERR_NO_SIGNER, 3, "no SSH public key");
    is_refused("a b c " A "\n", SG_ERR_NO_SIGNER, 1, "no SSH public key");
    is_refused("ssh-rsa nonsense\n", SG_ERR_NO_SIGNER, 1, "no SSH public key");
    is_refused("ssh-ed25519\n", SG_ERR_NO_SIGNER, 1, "68 characters");
    is_refused("alice ssh-ed25519 AAAAC3Nz\n", SG_ERR_NO_SIGNER, 1, "68 characters");
    is_refused("age1xyz\n", SG_ERR_NO_SIGNER, 1, "no SSH public key");
    is_refused("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
               SG_ERR_NO_SIGNER, 1, "nobody's key");
    is_refused("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", SG_ERR_NO_SIGNER, 0, "a private key");
    is_refused("\"" A, SG_ERR_NO_SIGNER, 1, "no SSH public key");
}

/* Cut off anywhere, and with any one character changed, a file names nobody else. */
static void damage_names_nobody_else(void **state)
{
    static const char text[] = "alice@example.org namespaces=\"signet\" " A " comment\n";
    struct sg_recipients good, all;
    struct sg_error err;
    char copy[sizeof text];

    (void)state;
    assert_int_equal(parse(&good, text, &err), SG_OK);
    for (size_t n = 0; n < sizeof text - 1; n++) {
        memcpy(copy, text, n);
        copy[n] = '\0';
        if (parse(&all, copy, &err) == SG_OK)
            assert_memory_equal(sg_recipients_at(&all, 0).key, sg_recipients_at(&good, 0).key, 32);
        sg_recipients_free(&all);
    }
    for (size_t i = 0; i < sizeof text - 1; i++) {
        for (int c = 1; c < 256; c += (int)stride(7, 31)) {
            memcpy(copy, text, sizeof text);
            copy[i] = (char)c;
            if (parse(&all, copy, &err) == SG_OK && i < 38)
                assert_memory_equal(sg_recipients_at(&all, 0).key, sg_recipients_at(&good, 0).key,
                                    32);
            sg_recipients_free(&all);
        }
    }
    sg_recipients_free(&good);
}

/* The fingerprint is the one that ssh-keygen -l prints for this key. */
static void text_for_people(void **state)
{
    char text[SG_SIGNER_TEXT_BYTES];
    struct sg_recipients all;
    struct sg_error err;

    (void)state;
    assert_int_equal(parse(&all, A, &err), SG_OK);
    sg_signer_text(text, sg_recipients_at(&all, 0).key);
    assert_string_equal(text, A " (SHA256:7+gGI9OyTtoAEfv2/XHmQFokU75LZ3VOZcFOyeoNPV8)");
    sg_recipients_free(&all);
}

static void text_or_file(void **state)
{
    (void)state;
    assert_true(sg_signer_is_text(A, strlen(A)));
    assert_true(sg_signer_is_text(RSA, strlen(RSA)));
    assert_false(sg_signer_is_text("team.pub", 8));
    assert_false(sg_signer_is_text("./ssh-ed25519", 13));
    assert_false(sg_signer_is_text("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_keys),     cmocka_unit_test(authorized_keys),
        cmocka_unit_test(allowed_signers), cmocka_unit_test(passed_over),
        cmocka_unit_test(refused),         cmocka_unit_test(damage_names_nobody_else),
        cmocka_unit_test(text_for_people), cmocka_unit_test(text_or_file),
    };

    return cmocka_run_group_tests(tests, start_library, NULL);
}
