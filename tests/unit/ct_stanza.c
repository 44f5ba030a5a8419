/*
 * The constant-time check of wrapping and unwrapping a file key with the stanzas for keys, and of
 * the header's MAC. Built and run as ct_mlkem.c is: identities, file keys and everything made of
 * them are undefined memory, and what is written to a file is declassified here.
 */
#include "base/ct.h"
#include "sealed/sealed.h"

#include <stdio.h>
#include <string.h>

#ifndef SG_CT
#error "the constant-time check needs -DSG_CT"
#endif

/* Whether two secrets are equal. The program may know; the library may not. */
static bool same(const void *a, const void *b, size_t n)
{
    bool equal = sg_equal(a, b, n);

    sg_ct_declassify(&equal, sizeof equal);
    return equal;
}

static bool check(enum sg_key_type type)
{
    uint8_t file_key[SG_FILE_KEY_BYTES] = "a file key here", found[SG_FILE_KEY_BYTES];
    struct sg_identities mine, other;
    struct sg_recipients to;
    struct sg_error err = {0};
    struct sg_header header;
    bool ok;

    sg_identities_init(&mine);
    sg_identities_init(&other);
    sg_recipients_init(&to);
    sg_header_init(&header);
    ok =
        sg_identity_new(&mine, type, &err) == SG_OK && sg_identity_new(&other, type, &err) == SG_OK;
    if (!ok)
        return false;
    sg_ct_classify(mine.bytes.data, mine.bytes.len);
    sg_ct_classify(other.bytes.data, other.bytes.len);
    sg_ct_classify(file_key, sizeof file_key);
    ok = sg_recipient_of(&to, sg_identities_at(&mine, 0), &err) == SG_OK;
    sg_ct_declassify(to.bytes.data, to.bytes.len); /* a recipient is public */
    ok = ok && sg_header_begin(&header, &err) == SG_OK &&
         sg_stanza_wrap_key(&header, sg_recipients_at(&to, 0), file_key, &err) == SG_OK &&
         sg_header_finish(&header, file_key, &err) == SG_OK;
    sg_ct_declassify(header.text.data, header.text.len); /* it is written to the file */
    if (ok) {
        struct sg_header read;
        struct sg_source in;
        sg_header_init(&read);
        sg_source_memory(&in, header.text.data, header.text.len, NULL);
        ok = sg_header_read(&read, &in, &err) == SG_OK &&
             sg_stanzas_unwrap_key(found, &read, &other, &err) == SG_ERR_NO_MATCH &&
             sg_stanzas_unwrap_key(found, &read, &mine, &err) == SG_OK &&
             same(found, file_key, sizeof found) && sg_header_verify(&read, found, &err) == SG_OK;
        sg_source_close(&in);
        sg_header_free(&read);
    }
    sg_header_free(&header);
    sg_recipients_free(&to);
    sg_identities_free(&other);
    sg_identities_free(&mine);
    return ok;
}

int main(void)
{
    struct sg_error err = {0};

    if (!RUNNING_ON_VALGRIND || sg_secret_init(&err) != SG_OK)
        return 2;
    if (!check(SG_KEY_PQ) || !check(SG_KEY_X25519) || !check(SG_KEY_SSH_ED25519)) {
        fputs("ct_stanza: a result is wrong\n", stderr);
        return 1;
    }
    return 0;
}
